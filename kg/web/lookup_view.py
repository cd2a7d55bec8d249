"""What answers of a look-up say: things with their names, and sentences where there is none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from pyoxigraph import NamedNode

from kg.link.lookup import Answer, Hit
from kg.link.registries import Reading
from kg.web.language import OTHER, in_a_row
from kg.web.language import translate as _
from kg.web.mapping_words import NAMES, match_name
from kg.web.mappings_view import Row, rows_of
from kg.web.names import Name, Names
from kg.web.search_page import KINDS
from kg.web.site import Site

STATUSES = {"found": 200, "unknown": 404, "withdrawn": 410, "ill-formed": 400}
"""What a look-up of one identifier is answered with, by its state."""


@dataclass(frozen=True)
class Thing:
    """A thing that was found, as pages and data show it.

    ``row`` is the mapping that leads to it; None for its own IRI.
    """

    hit: Hit
    name: Name
    labels: dict[str, str]
    other: str
    kind: str
    kind_name: str
    match: str
    row: Row | None
    row_page: str


@dataclass(frozen=True)
class Item:
    """The answer for one identifier: things, what was read, a sentence, what is near."""

    answer: Answer
    things: tuple[Thing, ...]
    readings: tuple[tuple[str, Reading], ...]
    sentence: str
    near: tuple[tuple[str, str], ...]

    @property
    def status(self) -> int:
        """The status of an answer that is about this identifier alone."""
        return STATUSES[self.answer.state]


def registry_called(prefix: str) -> str:
    """Return what to call a registry by its prefix.

    >>> registry_called("mesh")
    'MeSH'
    """
    return NAMES.get(prefix, prefix.upper())


def items_of(site: Site, answers: Sequence[Answer], lang: str) -> list[Item]:
    """Return answers with the names that a reader of ``lang`` has for what they tell."""
    hits = [hit for answer in answers for hit in answer.hits]
    kinds = {kind.main_class for kind in site.kinds.values()}
    names = Names(site.labels({hit.thing for hit in hits} | kinds), lang, site.base)
    mappings = site.mappings.of(list(dict.fromkeys(h.mapping for h in hits if h.mapping)))
    rows = {row.mapping.node: row for row in rows_of(site, mappings, lang)}
    return [
        Item(
            answer,
            tuple(_thing(site, names, hit, rows, lang) for hit in answer.hits),
            tuple((registry_called(r.registry), r) for r in answer.readings),
            sentence(site, answer),
            tuple((r.curie, url_for("lookup.page", lang=lang, iri=r.curie)) for r in answer.near),
        )
        for answer in answers
    ]


def _thing(site: Site, names: Names, hit: Hit, rows: Mapping[NamedNode, Row], lang: str) -> Thing:
    path = hit.thing.value.removeprefix(site.base)
    first, _slash, rest = path.partition("/")
    kind = rest.partition("/")[0] if first == "id" else first.partition("#")[0]
    if kind in site.kinds and first == "id":
        kind_name = names.of(site.kinds[kind].main_class).text
    else:
        kind_name = str(KINDS.get(kind, kind))
    labels = names.labels(hit.thing)
    name = names.of(hit.thing)
    other = labels.get(OTHER[lang], "")
    return Thing(
        hit=hit,
        name=name if hit.withdrawn is None else name.unlinked(),
        labels=labels,
        other=other if other != name.text else "",
        kind=kind,
        kind_name=kind_name,
        match=match_name(hit.match) if hit.match else "",
        row=rows.get(hit.mapping) if hit.mapping else None,
        row_page=names.href(hit.mapping) if hit.mapping else "",
    )


def sentence(site: Site, answer: Answer) -> str:
    """Return what to tell of an identifier besides what was found; empty where that is all."""
    if answer.state == "withdrawn" and answer.withdrawn:
        row = answer.withdrawn
        told = _("%(iri)s was withdrawn on %(date)s.", iri=site.base + row.id, date=row.date)
        if row.replacement:
            told = in_a_row(told, _("Another has taken its place."))
        return told
    if answer.state == "found":
        things = {hit.thing for hit in answer.hits}
        return _several(answer) if len(answer.readings) > 1 or len(things) > 1 else ""
    said = _mistaken(site, answer) if answer.state == "ill-formed" else _unknown(answer)
    return in_a_row(said, _("Is it one of these?")) if answer.near else said


def _several(answer: Answer) -> str:
    if len(answer.readings) > 1:
        return _(
            "It fits several registries: %(readings)s. What each is the identifier of stands below.",
            readings=_listed(answer.readings),
        )
    return _("Several things are linked to it; exact matches come first.")


def _unknown(answer: Answer) -> str:
    if answer.is_ours:
        return _("Nothing is known under %(iri)s.", iri=answer.text)
    if not answer.readings:
        return _("No mapping leads to %(iri)s, and it is of no registry that is known here.", iri=answer.text)  # fmt: skip
    wrong = _("Its check digits are wrong: look for a mistyped character.")
    if len(answer.readings) > 1:
        said = _(
            "It may be an identifier of several registries: %(readings)s. No mapping leads to any of them.",
            readings=_listed(answer.readings),
        )
        sound = any(reading.sound for reading in answer.readings)
        return said if sound else in_a_row(said, wrong)
    (reading,) = answer.readings
    read = _("Read as %(registry)s %(id)s.", registry=registry_called(reading.registry), id=reading.identifier)  # fmt: skip
    if not reading.sound:
        return in_a_row(read, wrong)
    return in_a_row(read, _("No mapping leads to it."))


def _mistaken(site: Site, answer: Answer) -> str:
    mistake = answer.mistake
    registries = site.lookup.registries
    example = _("Give an IRI, a CURIE such as ror:0371fqr87, or an identifier.")
    if mistake is None or mistake.sort == "empty":
        return in_a_row(_("There is no identifier."), example)
    if mistake.sort == "form":
        registry = registries.all[mistake.prefix]
        return _(
            "“%(given)s” is read as one of %(registry)s, whose identifiers look like %(example)s.",
            given=answer.text, registry=registry_called(mistake.prefix), example=registry.example,
        )  # fmt: skip
    if mistake.sort == "prefix":
        near = ", ".join(mistake.near) or ", ".join(registries.all)
        return _("No registry known here has the prefix “%(prefix)s”; there are: %(near)s.", prefix=mistake.prefix, near=near)  # fmt: skip
    if mistake.sort == "long":
        return in_a_row(_("This is too long for an identifier."), example)
    if mistake.sort == "characters":
        said = _("“%(given)s” has characters that no IRI has.", given=answer.text)
        return in_a_row(said, example)
    return _("“%(given)s” is no identifier; names are found by the search.", given=answer.text)


def _listed(readings: Iterable[Reading]) -> str:
    return ", ".join(f"{registry_called(r.registry)} {r.identifier}" for r in readings)
