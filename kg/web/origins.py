"""Where a statement came from, as a page says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.vocab import DCTERMS, PROV_VALUE, SCHEMA
from kg.web.names import Name, Names

SOURCE = NamedNode(DCTERMS + "source")
VERSION = NamedNode(SCHEMA + "version")
KINDS = {
    "translations": "translation",
    "mapping": "mapping",
    "derived": "derived",
    "ontology": "ontology",
    "codes": "ontology",
    "evidence": "evidence",
    "description": "description",
}
"""Graphs by the first segment after ``graph/``; every other one is a registry record."""


@dataclass(frozen=True)
class Origin:
    """Where a statement came from.

    ``kind`` is claim, record or one of KINDS. ``quote`` is the sentence of a claim;
    ``source`` and ``version`` are those of a record.
    """

    kind: str
    name: Name
    quote: Name | None = None
    source: str = ""
    version: str = ""

    @property
    def id(self) -> str:
        """The last part of the graph's IRI: ``C022``."""
        return self.name.iri.rpartition("/")[2]


class Origins:
    """Reads the origins of statements from what a description says about its graphs."""

    def __init__(
        self, by_subject: Mapping[NamedNode, Sequence[Quad]], names: Names, base: str
    ) -> None:
        self._by_subject = by_subject
        self._names = names
        self._base = base

    def of(self, quads: Iterable[Quad]) -> tuple[Origin, ...]:
        """Return the origins of one statement that stands in several graphs."""
        graphs = {q.graph_name for q in quads if isinstance(q.graph_name, NamedNode)}
        return tuple(self._origin(graph) for graph in sorted(graphs, key=lambda g: g.value))

    def _origin(self, graph: NamedNode) -> Origin:
        path = graph.value.removeprefix(self._base)
        about = {q.predicate: q.object for q in self._by_subject.get(graph, ())}
        name = self._names.of(graph)
        if path.startswith("claim/"):
            quote = about.get(PROV_VALUE)
            return Origin("claim", name, self._names.value(quote) if quote else None)
        source, version = about.get(SOURCE), about.get(VERSION)
        return Origin(
            KINDS.get(path.removeprefix("graph/").partition("/")[0], "record"),
            name,
            source=source.value if isinstance(source, NamedNode) else "",
            version=version.value if isinstance(version, Literal) else "",
        )
