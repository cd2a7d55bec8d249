"""What the address of a list asks for, and addresses of lists that ask for something else.

``?indicator=code/indicator/papers&sort=-value&view=cards&page=2``: properties of ours go by
their local names, others by prefixed names; things of ours by the path of their IRI, others
by their IRI. An address is written in one order, so that a list has one address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict

from kg.query.columns import Column
from kg.query.listing import Sorting
from kg.vocab import prefixes
from kg.web.language import translate as _
from kg.web.numbers import whole_number
from kg.web.problems import Problem

VIEWS = ("table", "cards")
FORMATS = ("csv",)
OTHER_WORDS = frozenset(("sort", "view", "page", "format", "lang"))
LAST_PAGE = 1_000_000
SHOWN = 20
"""Characters of what is no number that an answer repeats."""


@dataclass(frozen=True)
class Asked:
    """What a list is to show. ``chosen`` has properties in the order of the columns."""

    kind: str
    chosen: tuple[tuple[NamedNode, tuple[NamedNode, ...]], ...] = ()
    sorting: Sorting = field(default_factory=Sorting)
    view: str = VIEWS[0]
    page: int = 1

    def values(self, property_: NamedNode) -> tuple[NamedNode, ...]:
        """Return what is chosen of a property."""
        return dict(self.chosen).get(property_, ())

    @property
    def choices(self) -> int:
        """How many values are chosen in all."""
        return sum(len(values) for _property, values in self.chosen)


class Words:
    """Translates between terms and the words that addresses have for them."""

    def __init__(self, base: str, columns: Sequence[Column]) -> None:
        self._base = base
        self._prefixes = prefixes(base)
        self.columns = {self.property_word(column.property): column for column in columns}
        self._order = [column.property for column in columns]

    def property_word(self, node: NamedNode) -> str:
        """Return the word for a property."""
        for prefix, namespace in self._prefixes.items():
            if node.value.startswith(namespace):
                local = node.value.removeprefix(namespace)
                return local if prefix == "kg" and local not in OTHER_WORDS else f"{prefix}:{local}"
        return node.value

    def value_word(self, node: NamedNode) -> str:
        """Return the word for a thing."""
        return node.value.removeprefix(self._base)

    def read(self, kind: str, fields: MultiDict[str, str]) -> Asked:
        """Return what the fields of an address ask for; raise the Problem of a 400."""
        chosen: dict[NamedNode, tuple[NamedNode, ...]] = {}
        for word in fields:
            if word in OTHER_WORDS:
                continue
            column = self.columns.get(word)
            if column is None or not column.is_link:
                raise self._wrong(_("There is no choice by “%(word)s” here.", word=word))
            values = {self._thing(value) for value in fields.getlist(word)}
            chosen[column.property] = tuple(sorted(values, key=str))
        view = fields.get("view", VIEWS[0])
        if view not in VIEWS:
            raise self._wrong(_("There is no view “%(word)s” here.", word=view))
        stated = fields.get("page", "1")
        page = whole_number(stated, 1, LAST_PAGE)
        if page is None:
            raise self._wrong(_("The page “%(word)s” is no number from 1.", word=stated[:SHOWN]))
        return Asked(kind, self._ordered(chosen.items()), self._sorting(fields), view, page)

    def _sorting(self, fields: MultiDict[str, str]) -> Sorting:
        word = fields.get("sort", "name")
        descending, name = word.startswith("-"), word.removeprefix("-")
        if name == "name":
            return Sorting(None, descending)
        column = self.columns.get(name)
        if column is None or not column.is_sortable:
            raise self._wrong(_("There is no order by “%(word)s” here.", word=word))
        return Sorting(column.property, descending)

    def _thing(self, word: str) -> NamedNode:
        try:
            return NamedNode(word if "://" in word else self._base + word)
        except ValueError:
            raise self._wrong(_("“%(word)s” names no thing.", word=word)) from None

    def _wrong(self, sentence: str) -> Problem:
        links = ", ".join(word for word, column in self.columns.items() if column.is_link)
        numbers = [word for word, column in self.columns.items() if column.is_sortable]
        orders = ", ".join(sign + word for word in ("name", *numbers) for sign in ("", "-"))
        known = _("Choose by: %(links)s; sort by: %(orders)s.", links=links or "–", orders=orders)
        return Problem(400, f"{sentence} {known}")

    def _ordered(
        self, chosen: Iterable[tuple[NamedNode, tuple[NamedNode, ...]]]
    ) -> tuple[tuple[NamedNode, tuple[NamedNode, ...]], ...]:
        found = [(property_, values) for property_, values in chosen if values]
        return tuple(sorted(found, key=lambda pair: self._order.index(pair[0])))

    def toggled(self, asked: Asked, property_: NamedNode, value: NamedNode) -> Asked:
        """Return ``asked`` with one value more, or less where it is chosen already."""
        values = set(asked.values(property_)) ^ {value}
        chosen = dict(asked.chosen) | {property_: tuple(sorted(values, key=str))}
        return replace(asked, chosen=self._ordered(chosen.items()), page=1)

    def address(self, asked: Asked, lang: str, extension: str = "") -> str:
        """Return the address of a list; with an extension, of the list in that format."""
        fields: dict[str, Any] = {
            self.property_word(property_): [self.value_word(value) for value in values]
            for property_, values in asked.chosen
        }
        sorting = asked.sorting
        if sorting != Sorting():
            word = self.property_word(sorting.property) if sorting.property else "name"
            fields["sort"] = f"-{word}" if sorting.descending else word
        if extension:
            return url_for("browse.table", lang=lang, kind=asked.kind, ext=extension, **fields)
        if asked.view != VIEWS[0]:
            fields["view"] = asked.view
        if asked.page > 1:
            fields["page"] = asked.page
        return url_for("browse.listed", lang=lang, kind=asked.kind, **fields)
