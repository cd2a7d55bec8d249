"""A description -> what a page shows: facts in order, and behind each where it came from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.describe import Description
from kg.vocab import DCTERMS, PREF_LABEL, PROV_VALUE, QUOTED_FROM, RDF_TYPE, RDFS_LABEL, SKOS, Iris
from kg.web.facts import (
    Fact,
    Group,
    Part,
    RegistryLink,
    Section,
    common_groups,
    fact_rank,
    local_name,
    section_rank,
)
from kg.web.headline import Headline, headline
from kg.web.language import OTHER
from kg.web.layout import (
    IN_THE_NAME,
    KEY_INCOMING,
    MATCHES,
    ONLY_IN_DATA,
    PLANS,
    SAID_ALREADY,
    SECTION_TITLES,
    SPLIT_CLASSES,
    WHOSE_PART,
)
from kg.web.names import Name, Names, Term
from kg.web.origins import Origins
from kg.web.registry_links import registry_links

ALT_LABEL = NamedNode(SKOS + "altLabel")
NAMING = frozenset((PREF_LABEL, RDFS_LABEL, ALT_LABEL))
CLAIM_FACTS = frozenset((PROV_VALUE, QUOTED_FROM, NamedNode(DCTERMS + "identifier")))
"""What the page of a claim shows in its head."""


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
        self.above = above
        self.shown: set[str] = set()
        self.lang = lang
        self.description = description
        self.iri = description.iri
        self.names = Names(description.quads, lang, base)
        self._by_subject: dict[NamedNode, list[Quad]] = {}
        for quad in description.quads:
            if isinstance(quad.subject, NamedNode):
                self._by_subject.setdefault(quad.subject, []).append(quad)
        self.origins = Origins(self._by_subject, self.names, base)

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
        return headline(self.values_of(self.iri), self.names, self._iris)

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
        return self.groups(q for q in self._by_subject.get(self.iri, []) if q.predicate in NAMING)

    @cached_property
    def facts(self) -> tuple[Group, ...]:
        """What is stated about the thing itself: no names, types, parts or mappings."""
        own = self.groups(self.facts_of(self.iri))
        told = [
            replace(group, predicate=Name(str(KEY_INCOMING[local]), self.lang))
            for group in self.groups(self._incoming(key=True))
            if (local := local_name(group.predicate.iri)) in KEY_INCOMING
        ]
        return (*told, *own)

    def facts_of(self, node: NamedNode) -> list[Quad]:
        """Return what is stated about a thing here, but for what the page shows elsewhere."""
        own = node == self.iri
        hidden = NAMING | ONLY_IN_DATA | {RDF_TYPE} | (CLAIM_FACTS if self.quote else frozenset())
        return [
            q
            for q in self._by_subject.get(node, [])
            if q.predicate not in hidden
            and not (own and (q.object in self.description.parts or self._is_mapped(q)))
            and not (q.predicate in self._holders and (self.above or not own))
            and not (
                q.object in self.owners - {node} and local_name(q.predicate.value) in WHOSE_PART
            )
        ]

    @property
    def owners(self) -> frozenset[NamedNode]:
        """The thing that the page is about and what is between it and this view."""
        return frozenset((self.iri,)) | (self.above.owners if self.above else frozenset())

    def _is_mapped(self, quad: Quad) -> bool:
        return (
            local_name(quad.predicate.value) in MATCHES
            and isinstance(quad.graph_name, NamedNode)
            and quad.graph_name.value.startswith(f"{self._base}graph/mapping/")
        )

    @cached_property
    def incoming(self) -> tuple[Group, ...]:
        """What links here: the property, and the things that have it."""
        return self.groups(self._incoming(key=False))

    def _incoming(self, *, key: bool) -> list[Quad]:
        about = self.description.cut.document if self.description.cut else None
        return [
            Quad(q.object, q.predicate, q.subject, q.graph_name)
            for q in self.description.quads
            if isinstance(q.object, NamedNode)
            and q.object == self.iri
            and isinstance(q.subject, NamedNode)
            and q.subject not in {self.iri, about, *self.description.parts}
            and q.predicate != RDF_TYPE
            and local_name(q.predicate.value) not in SAID_ALREADY
            and q.graph_name != self.iri
            and (local_name(q.predicate.value) in KEY_INCOMING) == key
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
        return registry_links(self, self._iris)

    # --- its parts ---

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The parts, by what holds them, plans last."""
        held: dict[str, list[Quad]] = {}
        for quad in self._by_subject.get(self.iri, []):
            if quad.object in self.description.parts:
                held.setdefault(self._section_key(quad), []).append(quad)
        found = [self._section(key, held[key]) for key in sorted(held, key=section_rank)]
        return tuple(section for section in found if section.parts)

    def _section_key(self, quad: Quad) -> str:
        types = {
            local_name(q.object.value)
            for q in self._by_subject.get(quad.object, [])  # type: ignore[arg-type]  # other terms have no statements
            if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
        }
        split = [name for name in SPLIT_CLASSES if name in types]
        return split[0] if split else local_name(quad.predicate.value)

    def _section(self, key: str, quads: Sequence[Quad]) -> Section:
        links: dict[NamedNode, list[Quad]] = {}
        for quad in quads:
            if isinstance(quad.object, NamedNode) and quad.object.value not in self.shown:
                links.setdefault(quad.object, []).append(quad)
        parts = sorted(
            (self._part(node, links[node]) for node in links),
            # In the order of the text: claims are numbered.
            key=lambda part: (min((o.name.iri for o in part.origins), default=""), part.name.iri),
        )
        common = common_groups(parts)
        if common:
            kept = {group.predicate for group in common}
            parts = [
                replace(p, groups=tuple(g for g in p.groups if g.predicate not in kept))
                for p in parts
            ]
        title = SECTION_TITLES.get(key)
        name = (
            Name(str(title), self.lang) if title else self.names.of(quads[0].predicate).unlinked()
        )
        return Section(key, name, tuple(parts), common, key in PLANS)

    def _part(self, node: NamedNode, links: Sequence[Quad]) -> Part:
        view: View = self
        sections: tuple[Section, ...] = ()
        if self._look_up and any(q.predicate in self._holders for q in self._by_subject[node]):
            view = View(
                self._look_up(node), self.lang, self._base, self._holders, self._look_up, self
            )
            sections = view.sections
        values = self.values_of(node)
        line = headline(values, self.names, self._iris)
        said = line.said if line else frozenset()
        groups = view.groups(
            q
            for q in view.facts_of(node)
            if q.predicate not in said and local_name(q.predicate.value) not in IN_THE_NAME
        )
        if self.above:
            self.above.shown.update(fact.value.iri for group in groups for fact in group.facts)
        number = values.get(self._iris.term("number"), [None])[0]
        return Part(
            name=self.names.of(node),
            number=number.value if isinstance(number, Literal) else "",
            id=node.value.removeprefix(f"{self.iri.value}#")
            if node.value.startswith(f"{self.iri.value}#") and not self.above
            else "",
            headline=line.text if line else "",
            origins=self.origins.of(links),
            groups=groups,
            sections=sections,
        )

    def values_of(self, node: NamedNode) -> Mapping[NamedNode, list[Term]]:
        """Return what is stated about a thing, by property."""
        found: dict[NamedNode, dict[Term, None]] = {}
        for quad in self._by_subject.get(node, []):
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: list(values) for predicate, values in found.items()}

    # --- statements as groups of facts ---

    def groups(self, quads: Iterable[Quad]) -> tuple[Group, ...]:
        """Return statements of one subject as facts, by property."""
        found: dict[NamedNode, dict[Term, list[Quad]]] = {}
        for quad in quads:
            found.setdefault(quad.predicate, {}).setdefault(quad.object, []).append(quad)
        groups = [
            Group(
                self.names.of(predicate),
                tuple(
                    sorted(
                        (self._fact(term, stated) for term, stated in values.items()),
                        # In the order of the text where the text says it.
                        key=lambda fact: (
                            min((origin.name.iri for origin in fact.origins), default=""),
                            fact.value.text,
                        ),
                    )
                ),
            )
            for predicate, values in found.items()
        ]
        return tuple(sorted(groups, key=fact_rank))

    def _fact(self, term: Term, quads: Sequence[Quad]) -> Fact:
        note = ""
        view: View | None = self
        while isinstance(term, NamedNode) and view and not note:
            line = headline(view.values_of(term), view.names, self._iris)
            note = line.text if line and term != self.iri else ""
            view = view.above
        return Fact(self.names.value(term), self.origins.of(quads), note)
