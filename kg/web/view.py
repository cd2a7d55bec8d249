"""A description -> what a page shows: facts in order, and behind each where it came from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.describe import Description
from kg.vocab import DCTERMS, PREF_LABEL, PROV_VALUE, QUOTED_FROM, RDF_TYPE, RDFS_LABEL, SKOS, Iris
from kg.web.headline import Headline, headline
from kg.web.language import OTHER
from kg.web.layout import (
    FACT_ORDER,
    KEY_INCOMING,
    MATCHES,
    PLANS,
    SECTION_ORDER,
    SECTION_TITLES,
    SPLIT_CLASSES,
    WHOSE_PART,
)
from kg.web.names import Name, Names, Term
from kg.web.origins import Origin, Origins

ALT_LABEL = NamedNode(SKOS + "altLabel")
NAMING = frozenset((PREF_LABEL, RDFS_LABEL, ALT_LABEL))
CLAIM_FACTS = frozenset((PROV_VALUE, QUOTED_FROM, NamedNode(DCTERMS + "identifier")))
"""What the page of a claim shows in its head."""


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

    @property
    def origins(self) -> frozenset[tuple[Origin, ...]]:
        """The origins of its facts: one element where they all came from the same places."""
        return frozenset(fact.origins for fact in self.facts)

    @property
    def values(self) -> tuple[Name, ...]:
        """The values without their origins."""
        return tuple(fact.value for fact in self.facts)


@dataclass(frozen=True)
class Part:
    """A part of the thing. ``origins`` are those of the statement that it is one."""

    name: Name
    headline: str
    origins: tuple[Origin, ...]
    groups: tuple[Group, ...]
    sections: tuple["Section", ...]


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


class View:
    """Reads one description for readers of one language.

    ``holders`` are the properties whose objects are parts. ``look_up`` describes a part
    that has parts of its own. ``above`` is the view of the page that this one is a part of.
    """

    def __init__(
        self,
        description: Description,
        lang: str,
        base: str,
        holders: frozenset[NamedNode] = frozenset(),
        look_up: Callable[[NamedNode], Description] | None = None,
        above: "View | None" = None,
    ) -> None:
        self._iris = Iris(base)
        self._base = base
        self._holders = holders
        self._look_up = look_up
        self._above = above
        self._shown: set[str] = set()
        self.lang = lang
        self.description = description
        self.iri = description.iri
        self.names = Names(description.quads, lang, base)
        self._by_subject: dict[NamedNode, list[Quad]] = {}
        for quad in description.quads:
            if isinstance(quad.subject, NamedNode):
                self._by_subject.setdefault(quad.subject, []).append(quad)
        self._origins = Origins(self._by_subject, self.names, base)

    # --- the head of the page ---

    @cached_property
    def title(self) -> Name:
        """The thing's name."""
        return self.names.of(self.iri)

    @cached_property
    def other_title(self) -> Name | None:
        """The thing's name in the other language, where there is one."""
        other = OTHER[self.lang]
        text = self.names.labels(self.iri).get(other)
        return Name(text, other) if text and text != self.title.text else None

    @cached_property
    def lacks_name(self) -> bool:
        """Whether a thing with names has none in the reader's language."""
        labels = self.names.labels(self.iri)
        return bool(labels) and self.lang not in labels

    @cached_property
    def title_is_ours(self) -> bool:
        """Whether the name in the reader's language is a translation of ours."""
        graphs = {
            str(q.graph_name.value).removeprefix(self._base)
            for q in self._by_subject.get(self.iri, [])
            if q.predicate in NAMING and q.object == Literal(self.title.text, language=self.lang)
            if isinstance(q.graph_name, NamedNode)
        }
        return graphs == {"graph/translations"}

    @cached_property
    def types(self) -> tuple[Name, ...]:
        """The classes of the thing, our own first."""
        kinds = {
            q.object
            for q in self._by_subject.get(self.iri, [])
            if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
        }
        ordered = sorted(kinds, key=lambda k: (not self._iris.is_ours(k.value), k.value))
        return tuple(self.names.of(kind) for kind in ordered)

    @cached_property
    def headline(self) -> Headline | None:
        """The thing's number, place or scope."""
        return headline(self._values(self.iri), self.names, self._iris)

    @cached_property
    def quote(self) -> Name | None:
        """The sentence of a claim, where the thing is one."""
        return next(iter(self._single(PROV_VALUE)), None)

    @cached_property
    def quoted_from(self) -> Name | None:
        """The text that a claim is from."""
        return next(iter(self._single(QUOTED_FROM)), None)

    def _single(self, predicate: NamedNode) -> tuple[Name, ...]:
        quads = self._by_subject.get(self.iri, [])
        return tuple(self.names.value(q.object) for q in quads if q.predicate == predicate)

    # --- its facts ---

    @cached_property
    def label_groups(self) -> tuple[Group, ...]:
        """Every name of the thing and where it came from."""
        return self._groups(
            q for q in self._by_subject.get(self.iri, []) if q.predicate in NAMING
        )

    @cached_property
    def facts(self) -> tuple[Group, ...]:
        """What is stated about the thing itself: no names, types, parts or mappings."""
        own = self._groups(self._facts_of(self.iri))
        told = [
            replace(group, predicate=Name(str(KEY_INCOMING[local]), self.lang))
            for group in self._groups(self._incoming(key=True))
            if (local := _local(group.predicate.iri)) in KEY_INCOMING
        ]
        return (*told, *own)

    def groups(self, quads: Iterable[Quad]) -> tuple[Group, ...]:
        """Return statements of one subject as facts, by property."""
        return self._groups(quads)

    def _facts_of(self, node: NamedNode) -> list[Quad]:
        own = node == self.iri
        hidden = NAMING | {RDF_TYPE} | (CLAIM_FACTS if self.quote else frozenset())
        return [
            q
            for q in self._by_subject.get(node, [])
            if q.predicate not in hidden
            and not (own and (q.object in self.description.parts or self._is_mapped(q)))
            and not (not own and q.predicate in self._holders)
            and not (not own and q.object in self._owners and _local(q.predicate.value) in WHOSE_PART)
        ]

    @property
    def _owners(self) -> tuple[NamedNode, ...]:
        return (self.iri, *(self._above._owners if self._above else ()))

    def _is_mapped(self, quad: Quad) -> bool:
        return (
            _local(quad.predicate.value) in MATCHES
            and isinstance(quad.graph_name, NamedNode)
            and quad.graph_name.value.startswith(f"{self._base}graph/mapping/")
        )

    @cached_property
    def incoming(self) -> tuple[Group, ...]:
        """What links here: the property, and the things that have it."""
        return self._groups(self._incoming(key=False))

    def _incoming(self, *, key: bool) -> list[Quad]:
        hidden = {RDF_TYPE, self._iris.term("mappingSubject")}
        about = self.description.cut.document if self.description.cut else None
        return [
            Quad(q.object, q.predicate, q.subject, q.graph_name)
            for q in self.description.quads
            if q.object == self.iri
            and isinstance(q.subject, NamedNode)
            and q.subject not in {self.iri, about, *self.description.parts}
            and q.predicate not in hidden
            and q.graph_name != self.iri
            and (_local(q.predicate.value) in KEY_INCOMING) == key
        ]

    @cached_property
    def statements(self) -> tuple[tuple[Name, Name, Name], ...]:
        """What the graph that bears the thing's name holds, as names: a claim's statements."""
        found = {
            (q.subject, q.predicate, q.object)
            for q in self.description.quads
            if q.graph_name == self.iri and isinstance(q.subject, NamedNode)
        }
        return tuple(
            (self.names.of(s), self.names.of(p), self.names.value(o))
            for s, p, o in sorted(found, key=str)
        )

    @cached_property
    def mappings(self) -> tuple[RegistryLink, ...]:
        """The links to other registries."""
        term = self._iris.term
        subject, match, target = map(term, ("mappingSubject", "mappingPredicate", "mappingObject"))
        found = []
        for quad in self.description.quads:
            node = quad.subject
            if quad.predicate != subject or quad.object != self.iri:
                continue
            if not isinstance(node, NamedNode):
                continue
            values = self._values(node)
            linked, kind = values.get(target, [None])[0], values.get(match, [None])[0]
            if isinstance(linked, NamedNode) and isinstance(kind, NamedNode):
                said = {subject, match, target, NamedNode(DCTERMS + "isPartOf")}
                groups = self._groups(q for q in self._facts_of(node) if q.predicate not in said)
                name = Name(linked.value, "", linked.value, linked.value)
                label = next((g for g in groups if _local(g.predicate.iri) == "object_label"), None)
                text = label.facts[0].value.text if label else ""
                rest = tuple(group for group in groups if group is not label)
                origins = self._origins.of([quad])
                found.append(RegistryLink(self.names.of(kind), name, text, rest, origins))
        return tuple(sorted(found, key=lambda m: (m.match.text, m.target.text)))

    # --- its parts ---

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The parts, by what holds them, plans last."""
        held: dict[str, list[Quad]] = {}
        for quad in self._by_subject.get(self.iri, []):
            if quad.object in self.description.parts:
                held.setdefault(self._section_key(quad), []).append(quad)
        found = [self._section(key, held[key]) for key in sorted(held, key=_section_rank)]
        return tuple(section for section in found if section.parts)

    def _section_key(self, quad: Quad) -> str:
        types = {
            _local(q.object.value)
            for q in self._by_subject.get(quad.object, [])  # type: ignore[arg-type]
            if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
        }
        split = [name for name in SPLIT_CLASSES if name in types]
        return split[0] if split else _local(quad.predicate.value)

    def _section(self, key: str, quads: Sequence[Quad]) -> Section:
        links: dict[NamedNode, list[Quad]] = {}
        for quad in quads:
            if isinstance(quad.object, NamedNode) and quad.object.value not in self._shown:
                links.setdefault(quad.object, []).append(quad)
        parts = sorted(
            (self._part(node, links[node]) for node in links),
            # In the order of the text: claims are numbered.
            key=lambda part: (min((o.name.iri for o in part.origins), default=""), part.name.iri),
        )
        common = _common(parts)
        if common:
            kept = {group.predicate for group in common}
            parts = [
                replace(p, groups=tuple(g for g in p.groups if g.predicate not in kept))
                for p in parts
            ]
        title = SECTION_TITLES.get(key)
        name = Name(str(title), self.lang) if title else self.names.of(quads[0].predicate).unlinked()
        return Section(key, name, tuple(parts), common, key in PLANS)

    def _part(self, node: NamedNode, links: Sequence[Quad]) -> Part:
        view, sections = self, ()
        if self._look_up and any(q.predicate in self._holders for q in self._by_subject[node]):
            view = View(
                self._look_up(node), self.lang, self._base, self._holders, self._look_up, self
            )
            sections = view.sections
        values = self._values(node)
        line = headline(values, self.names, self._iris)
        said = line.said if line else frozenset()
        groups = self._groups(q for q in view._facts_of(node) if q.predicate not in said)
        if self._above:
            self._above._shown.update(fact.value.iri for group in groups for fact in group.facts)
        text = line.text if line else ""
        return Part(self.names.of(node), text, self._origins.of(links), groups, sections)

    def _values(self, node: NamedNode) -> Mapping[NamedNode, list[Term]]:
        found: dict[NamedNode, dict[Term, None]] = {}
        for quad in self._by_subject.get(node, []):
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: list(values) for predicate, values in found.items()}

    # --- statements as groups of facts ---

    def _groups(self, quads: Iterable[Quad]) -> tuple[Group, ...]:
        found: dict[NamedNode, dict[Term, list[Quad]]] = {}
        for quad in quads:
            found.setdefault(quad.predicate, {}).setdefault(quad.object, []).append(quad)
        groups = [
            Group(
                self.names.of(predicate),
                tuple(
                    sorted(
                        (self._fact(term, stated) for term, stated in values.items()),
                        key=lambda fact: fact.value.text,
                    )
                ),
            )
            for predicate, values in found.items()
        ]
        return tuple(sorted(groups, key=_fact_rank))

    def _fact(self, term: Term, quads: Sequence[Quad]) -> Fact:
        note = ""
        view: View | None = self
        while isinstance(term, NamedNode) and view and not note:
            line = headline(view._values(term), view.names, self._iris)
            note = line.text if line and term != self.iri else ""
            view = view._above
        return Fact(self.names.value(term), self._origins.of(quads), note)


def _common(parts: Sequence[Part]) -> tuple[Group, ...]:
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


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def _section_rank(key: str) -> tuple[int, str]:
    return (SECTION_ORDER.index(key) if key in SECTION_ORDER else len(SECTION_ORDER) - 2, key)


def _fact_rank(group: Group) -> tuple[int, str]:
    local = _local(group.predicate.iri)
    return (FACT_ORDER.index(local) if local in FACT_ORDER else len(FACT_ORDER), group.predicate.text)
