"""A description -> what a page shows: facts in order, and behind each where it came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.query.describe import Description
from kg.vocab import (
    DCTERMS,
    PREF_LABEL,
    PROV_VALUE,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA,
    SKOS,
    Iris,
)

Term = NamedNode | BlankNode | Literal | Triple
ALT_LABEL = NamedNode(SKOS + "altLabel")
SOURCE = NamedNode(DCTERMS + "source")
VERSION = NamedNode(SCHEMA + "version")
OTHER = {"en": "zh", "zh": "en"}


@dataclass(frozen=True)
class Name:
    """A thing as a page names it: ``lang`` is the language that ``text`` is in."""

    text: str
    lang: str
    iri: str = ""
    href: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a statement came from.

    ``kind``: claim, record, mapping, translation, derived, ontology or description.
    ``quote`` is the sentence of a claim, ``version`` that of a record.
    """

    kind: str
    name: Name
    quote: str = ""
    quote_lang: str = ""
    source: str = ""
    version: str = ""


@dataclass(frozen=True)
class Fact:
    """One value of a property, and its origins."""

    value: Name
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Group:
    """All values of one property."""

    predicate: Name
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Part:
    """A part of the thing, with facts of its own."""

    name: Name
    origins: tuple[Origin, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class PartGroup:
    """All parts that one property holds."""

    predicate: Name
    parts: tuple[Part, ...]
    planned: bool


class View:
    """Reads one description for readers of one language.

    Labels fall back from the reader's language to the other one, then to the last part of
    the IRI.
    """

    def __init__(self, description: Description, lang: str, base: str) -> None:
        self._iris = Iris(base)
        self._lang = lang
        self.description = description
        self.iri = description.iri
        self._labels: dict[NamedNode, dict[str, str]] = {}
        self._by_subject: dict[NamedNode, list[Quad]] = {}
        for quad in description.quads:
            if isinstance(quad.subject, NamedNode):
                self._by_subject.setdefault(quad.subject, []).append(quad)
                if quad.predicate in {PREF_LABEL, RDFS_LABEL} and isinstance(quad.object, Literal):
                    labels = self._labels.setdefault(quad.subject, {})
                    labels.setdefault(quad.object.language or "en", quad.object.value)

    def name(self, node: NamedNode) -> Name:
        """Return how ``node`` is called in the reader's language, and where its page is."""
        labels = self._labels.get(node, {})
        href = self._href(node)
        for language in (self._lang, OTHER[self._lang]):
            if language in labels:
                return Name(labels[language], language, node.value, href)
        tail = node.value.rstrip("/").replace("#", "/").rpartition("/")[2]
        ours = self._iris.is_ours(node.value)
        return Name(tail if ours and tail else node.value, "", node.value, href)

    def _href(self, node: NamedNode) -> str:
        if not self._iris.is_ours(node.value):
            return node.value
        path, _, fragment = node.value.removeprefix(self._iris.base).partition("#")
        address = f"/{self._lang}/{path.removeprefix('id/')}"
        return f"{address}#{fragment}" if fragment else address

    @cached_property
    def title(self) -> Name:
        """The thing's name."""
        return self.name(self.iri)

    @cached_property
    def other_title(self) -> Name | None:
        """The thing's name in the other language, where there is one."""
        other = OTHER[self._lang]
        text = self._labels.get(self.iri, {}).get(other)
        return Name(text, other) if text and text != self.title.text else None

    @cached_property
    def lacks_name(self) -> bool:
        """Whether there is no name in the reader's language."""
        return self._lang not in self._labels.get(self.iri, {})

    @cached_property
    def label_groups(self) -> tuple[Group, ...]:
        """Every name of the thing and where it came from."""
        labels = {PREF_LABEL, RDFS_LABEL, ALT_LABEL}
        quads = [q for q in self._by_subject.get(self.iri, []) if q.predicate in labels]
        return self._groups(quads)

    @cached_property
    def types(self) -> tuple[Name, ...]:
        """The classes of the thing, our own first."""
        kinds = {
            q.object
            for q in self._by_subject.get(self.iri, [])
            if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
        }
        ordered = sorted(kinds, key=lambda k: (not self._iris.is_ours(k.value), k.value))
        return tuple(self.name(kind) for kind in ordered)

    @cached_property
    def facts(self) -> tuple[Group, ...]:
        """What is stated about the thing itself: no labels, no types, no parts."""
        return self._groups(self._facts_of(self.iri))

    @cached_property
    def part_groups(self) -> tuple[PartGroup, ...]:
        """The parts, under the property that holds them, plans last."""
        held: dict[NamedNode, list[Quad]] = {}
        for quad in self._by_subject.get(self.iri, []):
            if quad.object in self.description.parts:
                held.setdefault(quad.predicate, []).append(quad)
        plans = {self._iris.term("developmentPlan"), self._iris.term("objective")}
        groups = [
            PartGroup(
                self.name(predicate),
                tuple(
                    self._part(node, [q for q in quads if q.object == node])
                    for node in sorted({q.object for q in quads}, key=str)
                    if isinstance(node, NamedNode)
                ),
                predicate in plans,
            )
            for predicate, quads in held.items()
        ]
        return tuple(sorted(groups, key=lambda g: (g.planned, g.predicate.text)))

    def _part(self, node: NamedNode, links: Sequence[Quad]) -> Part:
        return Part(self.name(node), self._origins(links), self._groups(self._facts_of(node)))

    @cached_property
    def incoming(self) -> tuple[Group, ...]:
        """What links here: the property, and the things that have it."""
        quads = [
            quad
            for quad in self.description.quads
            if quad.object == self.iri
            and quad.subject != self.iri
            and quad.subject not in self.description.parts
            and quad.predicate != RDF_TYPE
        ]
        return self._groups([Quad(q.object, q.predicate, q.subject, q.graph_name) for q in quads])

    @cached_property
    def statements(self) -> tuple[tuple[Name, Name, Name], ...]:
        """What the graph that bears the thing's name holds, as names: a claim's statements."""
        found = sorted(
            {
                (q.subject, q.predicate, q.object)
                for q in self.description.quads
                if q.graph_name == self.iri
            },
            key=str,
        )
        return tuple(
            (self.name(s), self.name(p), self.value(o))
            for s, p, o in found
            if isinstance(s, NamedNode)
        )

    @cached_property
    def quote(self) -> Name | None:
        """The sentence of a claim, where the thing is one."""
        for quad in self._by_subject.get(self.iri, []):
            if quad.predicate == PROV_VALUE and isinstance(quad.object, Literal):
                return Name(quad.object.value, quad.object.language or "")
        return None

    def value(self, term: Term) -> Name:
        """Return a value as a page shows it."""
        if isinstance(term, NamedNode):
            return self.name(term)
        if isinstance(term, Literal):
            return Name(_readable(term, self._lang), term.language or "")
        return Name(str(term), "")

    def _facts_of(self, node: NamedNode) -> list[Quad]:
        hidden = {PREF_LABEL, RDFS_LABEL, ALT_LABEL, RDF_TYPE}
        return [
            q
            for q in self._by_subject.get(node, [])
            if q.predicate not in hidden
            # A part says whose part it is; on its owner's page that goes without saying.
            and not (node != self.iri and q.object == self.iri)
            and not (node == self.iri and q.object in self.description.parts)
        ]

    def _groups(self, quads: Iterable[Quad]) -> tuple[Group, ...]:
        found: dict[NamedNode, dict[Term, list[Quad]]] = {}
        for quad in quads:
            found.setdefault(quad.predicate, {}).setdefault(quad.object, []).append(quad)
        groups = [
            Group(
                self.name(predicate),
                tuple(
                    Fact(self.value(term), self._origins(stated))
                    for term, stated in sorted(
                        values.items(), key=lambda item: self.value(item[0]).text
                    )
                ),
            )
            for predicate, values in found.items()
        ]
        return tuple(sorted(groups, key=lambda group: group.predicate.text))

    def _origins(self, quads: Iterable[Quad]) -> tuple[Origin, ...]:
        graphs = {q.graph_name for q in quads if isinstance(q.graph_name, NamedNode)}
        return tuple(self._origin(graph) for graph in sorted(graphs, key=lambda g: g.value))

    def _origin(self, graph: NamedNode) -> Origin:
        path = graph.value.removeprefix(self._iris.base)
        about = {q.predicate: q.object for q in self._by_subject.get(graph, [])}
        name = self.name(graph)
        if path.startswith("claim/"):
            quote = about.get(PROV_VALUE)
            if isinstance(quote, Literal):
                return Origin("claim", name, quote.value, quote.language or "")
            return Origin("claim", name)
        source = about.get(SOURCE)
        version = about.get(VERSION)
        kinds = {"translations": "translation", "mapping": "mapping", "derived": "derived"}
        kinds |= {"ontology": "ontology", "codes": "ontology", "evidence": "evidence"}
        kinds |= {"description": "description"}
        return Origin(
            kinds.get(path.split("/")[1], "record") if "/" in path else "record",
            name,
            source=source.value if isinstance(source, NamedNode) else "",
            version=version.value if isinstance(version, Literal) else "",
        )


def _readable(literal: Literal, lang: str) -> str:
    """Return a literal for readers: whole numbers get separators, true and false words."""
    kind = literal.datatype.value.rpartition("#")[2]
    if kind == "boolean":
        words = {"en": {"true": "yes", "false": "no"}, "zh": {"true": "是", "false": "否"}}
        return words[lang].get(literal.value, literal.value)
    if kind in {"integer", "nonNegativeInteger"} and literal.value.lstrip("-").isdecimal():
        return f"{int(literal.value):,}"
    return literal.value
