"""A description -> what a page shows: facts in order, and behind each where it came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.describe import Description
from kg.vocab import DCTERMS, PREF_LABEL, PROV_VALUE, QUOTED_FROM, RDF_TYPE, RDFS_LABEL, SKOS, Iris
from kg.web.facts import (
    Fact,
    FactBlock,
    Group,
    RegistryLink,
    Section,
    fact_blocks,
    fact_rank,
    local_name,
)
from kg.web.headline import Headline, headline
from kg.web.language import OTHER
from kg.web.layout import (
    KEY_INCOMING,
    MATCHES,
    ONLY_IN_DATA,
    SAID_ALREADY,
    WHOSE_PART,
)
from kg.web.names import Name, Names, Term
from kg.web.origins import Origins
from kg.web.parts import sections
from kg.web.reading import Reading
from kg.web.registry_links import registry_links
from kg.web.shape_layout import Place

ALT_LABEL = NamedNode(SKOS + "altLabel")
NAMING = frozenset((PREF_LABEL, RDFS_LABEL, ALT_LABEL))
CLAIM_FACTS = frozenset((PROV_VALUE, QUOTED_FROM, NamedNode(DCTERMS + "identifier")))
"""What the page of a claim shows in its head."""


class View:
    """Reads one description for readers of one language.

    ``above`` is the view of the page that this one is a part of.
    """

    def __init__(
        self, description: Description, lang: str, reading: Reading, above: "View | None" = None
    ) -> None:
        base = reading.base
        self.reading = reading
        self.iris = Iris(base)
        self.above = above
        self.shown: set[str] = set()
        self.lang = lang
        self.description = description
        self.iri = description.iri
        self.names = Names(description.quads, lang, base)
        self.by_subject: dict[NamedNode, list[Quad]] = {}
        for quad in description.quads:
            if isinstance(quad.subject, NamedNode):
                self.by_subject.setdefault(quad.subject, []).append(quad)
        self.origins = Origins(self.by_subject, self.names, base)

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
            str(q.graph_name.value).removeprefix(self.reading.base)
            for q in self.by_subject.get(self.iri, [])
            if q.predicate in NAMING and q.object == Literal(self.title.text, language=self.lang)
            if isinstance(q.graph_name, NamedNode)
        }
        return bool(graphs) and all(
            f"{graph}/".startswith("graph/translations/") for graph in graphs
        )

    @cached_property
    def types(self) -> tuple[Name, ...]:
        """The classes of the thing, our own first."""
        ordered = sorted(
            self.classes_of(self.iri), key=lambda name: (not self.iris.is_ours(name), name)
        )
        return tuple(self.names.of(NamedNode(name)) for name in ordered)

    @cached_property
    def headline(self) -> Headline | None:
        """The thing's number, place or scope."""
        return headline(self.values_of(self.iri), self.names, self.iris)

    @cached_property
    def quote(self) -> Name | None:
        """The sentence of a claim, where the thing is one."""
        return next(iter(self._single(PROV_VALUE)), None)

    @cached_property
    def quoted_from(self) -> Name | None:
        """The text that a claim is from."""
        return next(iter(self._single(QUOTED_FROM)), None)

    def _single(self, predicate: NamedNode) -> tuple[Name, ...]:
        quads = self.by_subject.get(self.iri, [])
        return tuple(self.names.value(q.object) for q in quads if q.predicate == predicate)

    # --- its facts ---

    @cached_property
    def label_groups(self) -> tuple[Group, ...]:
        """Every name of the thing and where it came from."""
        return self.groups(q for q in self.by_subject.get(self.iri, []) if q.predicate in NAMING)

    @property
    def all_facts(self) -> Iterable[Quad]:
        """What is stated about the thing itself, but for its names and types."""
        hidden = NAMING | {RDF_TYPE}
        return (q for q in self.by_subject.get(self.iri, []) if q.predicate not in hidden)

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

    @cached_property
    def fact_blocks(self) -> tuple[FactBlock, ...]:
        """The facts under the headings of their shape, where there are many."""
        return fact_blocks(self.facts, self.lang)

    def facts_of(self, node: NamedNode) -> list[Quad]:
        """Return what is stated about a thing here, but for what the page shows elsewhere."""
        own = node == self.iri
        hidden = NAMING | ONLY_IN_DATA | {RDF_TYPE} | (CLAIM_FACTS if self.quote else frozenset())
        return [
            q
            for q in self.by_subject.get(node, [])
            if q.predicate not in hidden
            and not (own and (q.object in self.description.parts or self._is_mapped(q)))
            and not (q.predicate in self.reading.holders and (self.above or not own))
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
            and quad.graph_name.value.startswith(f"{self.reading.base}graph/mapping/")
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
        return registry_links(self, self.iris)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The parts, by what holds them, plans last."""
        return sections(self)

    def of_part(self, description: Description) -> "View":
        """Return the view of a part that has parts of its own."""
        return View(description, self.lang, self.reading, self)

    def values_of(self, node: NamedNode) -> Mapping[NamedNode, list[Term]]:
        """Return what is stated about a thing, by property."""
        found: dict[NamedNode, dict[Term, None]] = {}
        for quad in self.by_subject.get(node, []):
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: list(values) for predicate, values in found.items()}

    # --- statements as groups of facts ---

    def groups(self, quads: Iterable[Quad]) -> tuple[Group, ...]:
        """Return statements of one subject as facts, by property."""
        found: dict[NamedNode, dict[Term, list[Quad]]] = {}
        classes: set[str] = set()
        for quad in quads:
            found.setdefault(quad.predicate, {}).setdefault(quad.object, []).append(quad)
            if not classes and isinstance(quad.subject, NamedNode):
                classes = self.classes_of(quad.subject)
        groups = [
            self._group(predicate, values, self.reading.layout.of(classes, predicate.value))
            for predicate, values in found.items()
        ]
        return tuple(sorted(groups, key=fact_rank))

    def _group(
        self, predicate: NamedNode, values: Mapping[Term, Sequence[Quad]], place: Place
    ) -> Group:
        facts = sorted(
            (self._fact(term, stated) for term, stated in values.items()),
            # In the order of the text where the text says it.
            key=lambda fact: (
                min((origin.name.iri for origin in fact.origins), default=""),
                fact.value.text,
            ),
        )
        return Group(self._label(predicate, place), tuple(facts), place)

    def _label(self, predicate: NamedNode, place: Place) -> Name:
        """Return what a property is called: by the vocabulary, else by the shape."""
        name = self.names.of(predicate)
        if self.names.labels(predicate) or not place.names:
            return name
        lang = self.lang if self.lang in place.names else next(iter(place.names))
        return replace(name, text=place.names[lang], lang=lang)

    def classes_of(self, node: NamedNode) -> set[str]:
        """Return the IRIs of the classes of a thing."""
        return {
            q.object.value
            for q in self.by_subject.get(node, [])
            if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
        }

    def _fact(self, term: Term, quads: Sequence[Quad]) -> Fact:
        note = ""
        view: View | None = self
        while isinstance(term, NamedNode) and view and not note:
            line = headline(view.values_of(term), view.names, self.iris)
            note = line.text if line and term != self.iri else ""
            view = view.above
        return Fact(self.names.value(term), self.origins.of(quads), note)
