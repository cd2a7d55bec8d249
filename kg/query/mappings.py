"""The links to other registries: counted, and listed in portions.

A mapping is a ``kg:Mapping``: what an SSSOM row says of a link (https://mapping-commons.github.io/sssom/).
Each question is one query whose answer is bounded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kg.query.describe import BATCH
from kg.query.engine import Engine, Term
from kg.vocab import DCTERMS, FOAF, PAV, PREF_LABEL, RDF_TYPE, RDFS, SKOS, SSSOM, Iris

MATCHES = tuple(
    NamedNode(f"{SKOS}{name}Match") for name in ("exact", "close", "broad", "narrow", "related")
)
REGISTRY = NamedNode(SSSOM + "object_source")
PART_OF = NamedNode(DCTERMS + "isPartOf")
SOURCE = NamedNode(DCTERMS + "source")
AUTHOR, AUTHOR_LABEL = NamedNode(PAV + "authoredBy"), NamedNode(SSSOM + "author_label")
TOOL, TOOL_ID, TOOL_VERSION = (
    NamedNode(SSSOM + slot) for slot in ("mapping_tool", "mapping_tool_id", "mapping_tool_version")
)
REVIEWER, REVIEWER_LABEL = (NamedNode(f"{SSSOM}reviewer_{end}") for end in ("id", "label"))
MADE_ON, REVIEWED_ON = NamedNode(DCTERMS + "created"), NamedNode(SSSOM + "review_date")
LINKABLE = (
    *("center", "institution", "person", "region", "disease", "cell", "organism"),
    *("substance", "radionuclide", "probe", "therapy", "modality", "topic"),
)
"""Kinds of things that registries elsewhere may know."""


@dataclass(frozen=True)
class Wanted:
    """Which mappings are wanted: of a registry, a match, a set; None for all."""

    registry: NamedNode | None = None
    match: NamedNode | None = None
    set: NamedNode | None = None


@dataclass(frozen=True)
class Mapping:
    """One link and what is said of it.

    ``authors`` and ``reviewers`` are IRIs, ``made_by`` and ``reviewed_by`` names: of people,
    organizations, tools with their versions. ``sources`` are addresses where what
    ``stored_source`` names can be opened. All are empty where nothing is said.
    """

    node: NamedNode
    subject: NamedNode
    match: NamedNode
    object: NamedNode
    label: str
    registry: NamedNode | None
    registry_version: str
    set: NamedNode | None
    justification: NamedNode | None
    confidence: str
    authors: tuple[NamedNode, ...]
    made_by: tuple[str, ...]
    made_on: str
    reviewers: tuple[NamedNode, ...]
    reviewed_by: tuple[str, ...]
    reviewed_on: str
    stored_source: str
    sources: tuple[str, ...]
    comment: str


class Mappings:
    """The mappings of a release, which never change: their numbers are asked for once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        iris = Iris(engine.base)
        self._subject, self._match, self._object = (
            iris.term(f"mapping{end}") for end in ("Subject", "Predicate", "Object")
        )
        self._stored = iris.term("storedSource")
        self._class = iris.term("Mapping")

    def _pattern(self, wanted: Wanted) -> str:
        registry = f"?m {REGISTRY} {wanted.registry or '?registry'}"
        return (
            f"?m a {self._class} ; {self._subject} ?s ; {self._object} ?o ; "
            f"{self._match} {wanted.match or '?match'} ; {PART_OF} {wanted.set or '?set'} . "
            + (registry if wanted.registry else f"OPTIONAL {{ {registry} }}")
        )

    def count(self, wanted: Wanted) -> int:
        """Return how many mappings are wanted."""
        query = f"SELECT (COUNT(DISTINCT ?m) AS ?n) {{ {self._pattern(wanted)} }}"
        return _integer(self._engine.select(query).rows[0][0])

    @cached_property
    def by_registry(self) -> dict[NamedNode | None, dict[NamedNode, int]]:
        """The numbers of mappings by registry and match; None for no registry named."""
        rows = self._engine.select(
            f"SELECT ?registry ?match (COUNT(DISTINCT ?m) AS ?n) {{ {self._pattern(Wanted())} }} "
            "GROUP BY ?registry ?match ORDER BY ?registry ?match"
        ).rows
        found: dict[NamedNode | None, dict[NamedNode, int]] = {}
        for registry, match, count in rows:
            if isinstance(match, NamedNode) and (
                registry is None or isinstance(registry, NamedNode)
            ):
                found.setdefault(registry, {})[match] = _integer(count)
        return found

    @cached_property
    def by_set(self) -> dict[NamedNode, int]:
        """The number of mappings of each set."""
        rows = self._engine.select(
            f"SELECT ?set (COUNT(DISTINCT ?m) AS ?n) {{ {self._pattern(Wanted())} }} "
            "GROUP BY ?set ORDER BY ?set"
        ).rows
        return {row[0]: _integer(row[1]) for row in rows if isinstance(row[0], NamedNode)}

    def listed(
        self, wanted: Wanted, limit: int, offset: int = 0, *, by_set: bool = False
    ) -> tuple[Mapping, ...]:
        """Return a portion of the mappings, by registry or by set, then by thing."""
        order = "?set ?registry" if by_set else "?registry ?set"
        rows = self._engine.select(
            f"SELECT DISTINCT ?m ?registry ?set ?s ?o {{ {self._pattern(wanted)} }} "
            f"ORDER BY {order} ?s ?o ?m LIMIT {limit} OFFSET {offset}"
        ).rows
        return self.of([row[0] for row in rows if isinstance(row[0], NamedNode)])

    def of(self, nodes: Sequence[NamedNode]) -> tuple[Mapping, ...]:
        """Return mappings by their IRIs, in that order; what is none is left out."""
        batches = (nodes[start : start + BATCH] for start in range(0, len(nodes), BATCH))
        return tuple(mapping for batch in batches for mapping in self._read(batch))

    def _read(self, nodes: Sequence[NamedNode]) -> Iterator[Mapping]:
        values = " ".join(map(str, nodes))
        rows = self._engine.select(
            f"SELECT ?m ?p ?o {{ VALUES ?m {{ {values} }} ?m ?p ?o }} ORDER BY ?m ?p ?o"
        ).rows
        about: dict[tuple[Term | None, Term | None], list[Term]] = {}
        for node, property_, value in rows:
            if value is not None and property_ != RDF_TYPE:
                about.setdefault((node, property_), []).append(value)
        for node in nodes:

            def iris(property_: NamedNode, of: NamedNode = node) -> tuple[NamedNode, ...]:
                found = about.get((of, property_), [])
                return tuple(value for value in found if isinstance(value, NamedNode))

            def thing(property_: NamedNode, of: NamedNode = node) -> NamedNode | None:
                return next(iter(iris(property_, of)), None)

            def texts(*properties: NamedNode, of: NamedNode = node) -> tuple[str, ...]:
                found = (value for p in properties for value in about.get((of, p), []))
                return tuple(v.value for v in found if isinstance(v, NamedNode | Literal))

            subject, match, target = map(thing, (self._subject, self._match, self._object))
            if subject is None or match is None or target is None:
                continue
            yield Mapping(
                node=node,
                subject=subject,
                match=match,
                object=target,
                label=" / ".join(texts(NamedNode(SSSOM + "object_label"))),
                registry=thing(REGISTRY),
                registry_version=" / ".join(texts(NamedNode(SSSOM + "object_source_version"))),
                set=thing(PART_OF),
                justification=thing(NamedNode(SSSOM + "mapping_justification")),
                confidence=" / ".join(texts(NamedNode(SSSOM + "confidence"))),
                authors=iris(AUTHOR),
                made_by=(
                    *texts(AUTHOR_LABEL),
                    *filter(None, (" ".join(texts(TOOL, TOOL_VERSION)), *texts(TOOL_ID))),
                ),
                made_on=" / ".join(texts(MADE_ON)),
                reviewers=iris(REVIEWER),
                reviewed_by=texts(REVIEWER_LABEL),
                reviewed_on=" / ".join(texts(REVIEWED_ON)),
                stored_source=" / ".join(texts(self._stored)),
                sources=texts(SOURCE),
                comment=" / ".join(texts(NamedNode(RDFS + "comment"))),
            )

    def names_of(self, agents: Sequence[NamedNode]) -> dict[NamedNode, dict[str, str]]:
        """Return what those who made or reviewed mappings are called, by language."""
        values = " ".join(map(str, agents))
        rows = self._engine.select(
            f"SELECT ?agent ?name {{ VALUES ?agent {{ {values} }} "
            f"?agent <{FOAF}name>|{PREF_LABEL} ?name }} ORDER BY ?agent ?name"
        ).rows
        found: dict[NamedNode, dict[str, str]] = {}
        for agent, name in rows:
            if isinstance(agent, NamedNode) and isinstance(name, Literal):
                found.setdefault(agent, {}).setdefault(name.language or "en", name.value)
        return found

    def without_link(self, kind: str, limit: int) -> tuple[int, tuple[NamedNode, ...]]:
        """Return how many things of a kind no mapping links, and the first of them."""
        pattern = (
            f"{{ SELECT DISTINCT ?thing {{ ?thing a ?class "
            f"FILTER(STRSTARTS(STR(?thing), '{self._engine.base}id/{kind}/') && "
            f"!CONTAINS(STR(?thing), '#')) "
            f"FILTER NOT EXISTS {{ ?m {self._subject} ?thing }} }} }}"
        )
        count = self._engine.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows[0][0]
        rows = self._engine.select(f"SELECT ?thing {{ {pattern} }} ORDER BY ?thing LIMIT {limit}")
        return _integer(count), tuple(r[0] for r in rows.rows if isinstance(r[0], NamedNode))


def _integer(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
