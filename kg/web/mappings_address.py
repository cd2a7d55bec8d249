"""What the address of a page of mappings asks for, and the addresses of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict

from kg.query.mappings import MATCHES, Mappings, Wanted
from kg.web.browse_address import LAST_PAGE, SHOWN
from kg.web.language import translate as _
from kg.web.mapping_words import last_part
from kg.web.numbers import whole_number
from kg.web.problems import Problem

WORDS = ("registry", "match", "set", "by", "page", "lang")
GROUPINGS = ("registry", "set")


@dataclass(frozen=True)
class Asked:
    """Which mappings a page shows and in what groups."""

    wanted: Wanted
    by: str
    page: int


def read_asked(mappings: Mappings, fields: MultiDict[str, str]) -> Asked:
    """Return what the address asks for; raise the Problem of a 400."""
    for word in fields:
        if word not in WORDS:
            known = ", ".join(WORDS[:-1])
            raise Problem(400, _("There is no choice by “%(word)s” here, but by: %(known)s.", word=word, known=known))  # fmt: skip
    registries = [node for node in mappings.by_registry if node]
    by, number = fields.get("by", GROUPINGS[0]), fields.get("page", "1")
    if by not in GROUPINGS:
        raise _unknown("by", by, GROUPINGS)
    page = whole_number(number, 1, LAST_PAGE)
    if page is None:
        raise Problem(400, _("The page “%(word)s” is no number from 1.", word=number[:SHOWN]))
    wanted = Wanted(
        _chosen(fields, "registry", registries),
        _chosen(fields, "match", MATCHES),
        _chosen(fields, "set", [*mappings.by_set]),
    )
    return Asked(wanted, by, page)


def _chosen(
    fields: MultiDict[str, str], field: str, nodes: Sequence[NamedNode]
) -> NamedNode | None:
    word = fields.get(field)
    found = {last_part(node): node for node in nodes}
    if word is not None and word not in found:
        raise _unknown(field, word, tuple(found))
    return found[word] if word is not None else None


def _unknown(field: str, word: str, known: Sequence[str]) -> Problem:
    sentence = _(
        "“%(word)s” is no value of %(field)s. There are: %(known)s.",
        word=word, field=field, known=", ".join(known),
    )  # fmt: skip
    return Problem(400, sentence)


def address_of(
    lang: str, asked: Asked, endpoint: str = "mappings.page", **changed: str | int | None
) -> str:
    """Return the address of a page of mappings, with some of what it asks for changed."""
    wanted = asked.wanted
    nodes = {"registry": wanted.registry, "match": wanted.match, "set": wanted.set}
    fields: dict[str, Any] = {n: last_part(node) for n, node in nodes.items() if node}
    fields |= {"by": asked.by} if asked.by != GROUPINGS[0] else {}
    fields |= {"page": asked.page} if asked.page > 1 else {}
    if changed:
        fields = {**fields, "page": None, **changed}
    return url_for(endpoint, lang=lang, **fields)
