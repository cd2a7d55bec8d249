"""What the page of the mappings shows: rows, numbers, sets, conflicts, gaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from flask import url_for
from pyoxigraph import NamedNode

from kg.query.mapping_conflicts import Conflict, conflicts
from kg.query.mappings import LINKABLE, MATCHES, Mapping, Mappings
from kg.sources.sssom import file_of_set
from kg.web.language import OTHER
from kg.web.language import translate as _
from kg.web.mapping_words import (
    CONFLICTS,
    justification_name,
    last_part,
    match_name,
    registry_name,
)
from kg.web.mappings_address import GROUPINGS, Asked, address_of
from kg.web.names import Name, Names
from kg.web.site import Site

UNLINKED_SHOWN = 30


@dataclass(frozen=True)
class Row:
    """A mapping with the names that a page has for its ends."""

    mapping: Mapping
    subject: Name
    match: str
    registry: str
    set: Name | None
    justification: str
    makers: tuple[Name, ...]
    reviewers: tuple[Name, ...]

    @property
    def identifier(self) -> str:
        """The last part of the identifier: what the registry calls the record by."""
        return last_part(self.mapping.object)


@dataclass(frozen=True)
class Choice:
    """A registry or a match: its word and name, the mappings of it, and where they are.

    ``counts`` are those of a registry by match, each with its address.
    """

    word: str
    name: str
    count: int
    address: str
    is_chosen: bool
    counts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class MappingSet:
    """A set of mappings: its name, its number of mappings, its file, its page of them."""

    name: Name
    count: int
    file: str
    address: str


@dataclass(frozen=True)
class Unlinked:
    """The things of a kind that no mapping links; ``names`` are the first of them."""

    kind: Name
    count: int
    total: int
    names: tuple[Name, ...]


def choices(mappings: Mappings, asked: Asked, lang: str) -> tuple[list[Choice], list[Choice]]:
    """Return the registries, by name, and the matches, the closest first."""
    found = mappings.by_registry
    registries = []
    for node, counts in found.items():
        word = last_part(node) if node else ""
        by_match = tuple(
            (counts.get(match, 0), _pair(lang, word, last_part(match))) for match in MATCHES
        )
        registries.append(
            Choice(
                word,
                registry_name(node) or _("not named"),
                sum(counts.values()),
                address_of(lang, asked, registry=word) if word else "",
                node is not None and node == asked.wanted.registry,
                by_match,
            )
        )
    matches = [
        Choice(
            last_part(match),
            match_name(match),
            sum(counts.get(match, 0) for counts in found.values()),
            address_of(lang, asked, match=last_part(match)),
            match == asked.wanted.match,
        )
        for match in MATCHES
    ]
    return sorted(registries, key=lambda choice: choice.name.lower()), matches


def _pair(lang: str, registry: str, match: str) -> str:
    return url_for("mappings.page", lang=lang, registry=registry, match=match) if registry else ""


def chips(asked: Asked, lang: str) -> list[tuple[str, str, str]]:
    """Return what is chosen: of what, its name, and the address without it."""
    wanted = asked.wanted
    chosen = (
        (_("registry"), registry_name(wanted.registry), "registry"),
        (_("match"), match_name(wanted.match) if wanted.match else "", "match"),
        (_("set"), last_part(wanted.set) if wanted.set else "", "set"),
    )
    return [
        (
            what,
            name,
            address_of(lang, replace(asked, wanted=replace(wanted, **{field: None}), page=1)),
        )
        for what, name, field in chosen
        if name
    ]


def groupings(asked: Asked, lang: str) -> list[tuple[str, str, bool]]:
    """Return name and address of each way to group, and whether it is the current one."""
    texts = (_("registry"), _("mapping set"))
    return [
        (text, address_of(lang, asked, by=word if word != GROUPINGS[0] else None), word == asked.by)
        for word, text in zip(GROUPINGS, texts, strict=True)
    ]


def grouped(rows: Sequence[Row], by: str) -> list[tuple[str, list[Row]]]:
    """Return rows under the names of their registries or sets."""

    def key(row: Row) -> str:
        if by == GROUPINGS[0]:
            return row.registry
        return row.set.text if row.set else ""

    return [(name or _("not named"), list(found)) for name, found in groupby(rows, key)]


def rows_of(site: Site, mappings: Sequence[Mapping], lang: str) -> list[Row]:
    """Return mappings with the names that a page has for their ends and their makers."""
    ends = {node for m in mappings for node in (m.subject, m.set) if node}
    names = Names(site.labels(ends), lang, site.base)
    agents = {node for m in mappings for node in (*m.authors, *m.reviewers)}
    called = site.mappings.names_of(sorted(agents, key=str))

    def agent(node: NamedNode) -> Name:
        found = called.get(node, {})
        language = next((each for each in (lang, OTHER[lang]) if each in found), "")
        text = found.get(language) or node.value
        return Name(text, language, node.value, names.href(node))

    return [
        Row(
            mapping=m,
            subject=names.of(m.subject),
            match=match_name(m.match),
            registry=registry_name(m.registry),
            set=names.of(m.set) if m.set else None,
            justification=justification_name(m.justification),
            makers=(*map(agent, m.authors), *map(_maker, m.made_by)),
            reviewers=(*map(agent, m.reviewers), *map(_maker, m.reviewed_by)),
        )
        for m in mappings
    ]


def _maker(text: str) -> Name:
    """Return a maker that is a text; a tool may be named by its address."""
    is_address = text.startswith(("https://", "http://")) and " " not in text
    return Name(text, href=text if is_address else "")


def sets_of(site: Site, mappings: Mappings, lang: str) -> list[MappingSet]:
    """Return the sets of mappings, each with the file that it was read from."""
    counts = mappings.by_set
    names = Names(site.labels(counts), lang, site.base)
    found = []
    for node, count in counts.items():
        word = last_part(node)
        there = file_of_set(word) in site.release.manifest.sources
        file = url_for("mappings.sssom", name=word) if there else ""
        address = url_for("mappings.page", lang=lang, set=word)
        found.append(MappingSet(names.of(node), count, file, address))
    return found


def conflicts_of(site: Site, lang: str) -> list[tuple[str, str, list[tuple[Conflict, list[Name]]]]]:
    """Return title, advice and conflicts of each sort that there are any of."""
    found = conflicts(site.engine, site.withdrawn)
    names = Names(site.labels({t for c in found for t in c.things}), lang, site.base)
    return [
        (str(title), str(advice), [(c, [names.of(t) for t in c.things]) for c in some])
        for sort, (title, advice) in CONFLICTS.items()
        if (some := [conflict for conflict in found if conflict.sort == sort])
    ]


def unlinked_of(site: Site, mappings: Mappings, lang: str) -> list[Unlinked]:
    """Return the things without a link, by kind."""
    found = []
    for word in LINKABLE:
        kind = site.kinds.get(word)
        if kind is None:
            continue
        count, things = mappings.without_link(word, UNLINKED_SHOWN)
        names = Names(site.labels((kind.main_class, *things)), lang, site.base)
        listed = tuple(names.of(thing) for thing in things)
        found.append(Unlinked(names.of(kind.main_class).unlinked(), count, kind.total, listed))
    return found
