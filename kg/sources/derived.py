"""Values that are computed, never reported: CONSTRUCT queries over the sources.

``data/derived/*.rq``: each answers with triples for ``graph/derived``, and the graph says
which query made them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.errors import SourceError
from kg.sources.queries import Query
from kg.vocab import RDF_TYPE, RDFS_LABEL, SH, Iris


def derive(quads: Iterable[Quad], queries: Iterable[Query], iris: Iris) -> tuple[Quad, ...]:
    """Return what the queries compute from the union of ``quads``, in ``graph/derived``.

    Raises SourceError for a query that is no CONSTRUCT or that makes nothing.
    """
    store = Store()
    store.extend(Quad(q.subject, q.predicate, q.object) for q in quads)
    return tuple(quad for query in queries for quad in _results(store, query, iris))


def _results(store: Store, query: Query, iris: Iris) -> Iterator[Quad]:
    graph = iris.graph("derived")
    try:
        triples = store.query(query.text, base_iri=iris.base)
    except (SyntaxError, ValueError) as error:
        raise SourceError(query.path, None, f"no SPARQL query: {error}", "mend it") from None
    if not isinstance(triples, pyoxigraph.QueryTriples):
        raise SourceError(query.path, None, "not a CONSTRUCT query", "make it CONSTRUCT triples")
    made: list[Triple] = sorted(set(triples), key=str)
    if not made:
        raise SourceError(
            query.path, None, "the query computes nothing from the sources", "mend or remove it"
        )
    for triple in made:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)
    # The convention of SHACL's sh:SPARQLExecutable (SHACL Advanced Features, 5).
    node = NamedNode(f"{graph.value}#{query.path.stem}")
    yield Quad(node, RDF_TYPE, NamedNode(SH + "SPARQLConstructExecutable"), graph)
    yield Quad(node, NamedNode(SH + "construct"), Literal(query.text), graph)
    for language, title in query.titles.items():
        yield Quad(node, RDFS_LABEL, Literal(title, language=language), graph)


def query_paths(folder: Path) -> list[Path]:
    """Return the query files of a folder in one order; none where it does not exist."""
    return sorted(folder.glob("*.rq"))
