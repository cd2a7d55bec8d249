"""The shapes of what a page shows: facts, parts, sections."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.web.bars import Bar
from kg.web.layout import FACT_ORDER, OTHER_FACTS, SECTION_ORDER, UNLABELLED
from kg.web.names import Name
from kg.web.origins import Origin
from kg.web.shape_layout import NOWHERE, Place

MANY_FACTS = 7
"""So many properties need headings."""


def local_name(iri: str) -> str:
    """Return the last part of an IRI.

    >>> local_name("http://www.w3.org/ns/org#headOf"), local_name("https://schema.org/url")
    ('headOf', 'url')
    """
    return iri.replace("#", "/").rpartition("/")[2]


@dataclass(frozen=True)
class Fact:
    """One value of a property, and its origins. ``note`` is a word on the value."""

    value: Name
    origins: tuple[Origin, ...]
    note: str = ""


@dataclass(frozen=True)
class Group:
    """All values of one property."""

    predicate: Name
    facts: tuple[Fact, ...]
    place: Place = NOWHERE

    @property
    def origins(self) -> frozenset[tuple[Origin, ...]]:
        """The origins of its facts: one element where they all came from the same places."""
        return frozenset(fact.origins for fact in self.facts)

    @property
    def values(self) -> tuple[Name, ...]:
        """The values without their origins."""
        return tuple(fact.value for fact in self.facts)

    @property
    def is_labelled(self) -> bool:
        """Whether a part shows the property as well."""
        return local_name(self.predicate.iri) not in UNLABELLED


@dataclass(frozen=True)
class FactBlock:
    """Facts under one heading; it is None where they need none."""

    title: Name | None
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Part:
    """A part of the thing. ``origins`` are those of the statement that it is one.

    ``number`` is its place where the text numbers it; ``id`` the fragment of its IRI where
    it is named after the thing.
    """

    name: Name
    number: str
    id: str
    headline: str
    origins: tuple[Origin, ...]
    groups: tuple[Group, ...]
    sections: tuple["Section", ...]
    bar: Bar | None = None


@dataclass(frozen=True)
class Section:
    """Parts of one sort. ``common`` are facts that each of them has."""

    id: str
    title: Name
    parts: tuple[Part, ...]
    common: tuple[Group, ...]
    planned: bool


@dataclass(frozen=True)
class RegistryLink:
    """A link to another registry, and the mapping that states it."""

    match: Name
    target: Name
    label: str
    groups: tuple[Group, ...]
    origins: tuple[Origin, ...]


def fact_blocks(groups: Sequence[Group], lang: str) -> tuple[FactBlock, ...]:
    """Return facts by the groups of their shapes (``sh:group``); few stay together."""
    found: dict[str, list[Group]] = {}
    for group in sorted(groups, key=lambda group: group.place.rank[0]):
        found.setdefault(group.place.group, []).append(group)
    if len(groups) < MANY_FACTS or len(found) == 1:
        return (FactBlock(None, tuple(groups)),) if groups else ()
    return tuple(FactBlock(_heading(inside[0], lang), tuple(inside)) for inside in found.values())


def _heading(group: Group, lang: str) -> Name:
    names = group.place.group_names
    if not names:
        return Name(str(OTHER_FACTS), lang)
    chosen = lang if lang in names else next(iter(names))
    return Name(names[chosen], chosen)


def common_groups(parts: Sequence[Part]) -> tuple[Group, ...]:
    """Return the groups that all of several parts have alike.

    Nothing is lost on the way: either each part's own evidence backs the fact as well, or
    the fact has the same evidence in each part and keeps it.
    """
    if len(parts) < 2:  # noqa: PLR2004 - one alone has nothing in common
        return ()
    found = []
    for group in parts[0].groups:
        same = [g for p in parts for g in p.groups if g.predicate == group.predicate]
        if len(same) != len(parts) or any(g.values != group.values for g in same):
            continue
        backed = all(g.origins == {p.origins} for g, p in zip(same, parts, strict=True))
        if backed:
            found.append(replace(group, facts=tuple(replace(f, origins=()) for f in group.facts)))
        elif all(g.facts == group.facts for g in same):
            found.append(group)
    return tuple(found)


def section_rank(key: str) -> tuple[int, str]:
    """Return the key to sort sections by; plans stay last."""
    return (SECTION_ORDER.index(key) if key in SECTION_ORDER else len(SECTION_ORDER) - 2, key)


def fact_rank(group: Group) -> tuple[int, tuple[float, float], str]:
    """Return the key to sort groups of facts by: our tables, then the shape, then the label."""
    local = local_name(group.predicate.iri)
    return (
        FACT_ORDER.index(local) if local in FACT_ORDER else len(FACT_ORDER),
        group.place.rank,
        group.predicate.text,
    )
