"""Reads RDF with each of our parsers, and compares: what several test files need."""

import json
from collections.abc import Iterable

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import (
    CanonicalizationAlgorithm,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)
from pyoxigraph import Dataset as OxigraphDataset
from rdflib import Dataset, Graph

from kg.formats import Format

Triples = frozenset[str]

RDFLIB_NAMES = {
    "ttl": "turtle",
    "jsonld": "json-ld",
    "nt": "nt",
    "nq": "nquads",
    "trig": "trig",
    "rdf": "xml",
}


def canonical(quads: Iterable[Quad]) -> Triples:
    """Return statements as canonical N-Triples lines, without their graphs."""
    dataset = OxigraphDataset(Quad(q.subject, q.predicate, q.object) for q in quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad) for quad in dataset)


def flat(data: bytes, format_: Format) -> Triples:
    """Return what Oxigraph reads in ``data``, without graphs."""
    return canonical(parse(data, format_.engine))


def flat_by_rdflib(data: bytes, format_: Format) -> Triples:
    """Return what rdflib reads in ``data``, without graphs."""
    graph = Dataset() if format_.has_graphs else Graph()
    with pytest.MonkeyPatch.context() as patch:
        # What stands in the file counts, not how rdflib would write it.
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph.parse(data=data.decode(), format=RDFLIB_NAMES[format_.extension])
    triples = (
        ((s, p, o) for s, p, o, _ in graph.quads()) if isinstance(graph, Dataset) else iter(graph)
    )
    lines = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples)
    # n3() of a plain literal with line breaks is a long string: Turtle, not N-Triples.
    return canonical(parse(lines.encode(), RdfFormat.TURTLE))


def flat_by_pyld(data: bytes) -> Triples:
    """Return what PyLD reads in a JSON-LD document."""
    nquads = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
    return canonical(parse(str(nquads).encode(), RdfFormat.N_QUADS))


def named(data: bytes, format_: Format) -> set[Quad]:
    """Return the quads of a complete format; each stands in a named graph."""
    quads = set(parse(data, format_.engine))
    assert not any(isinstance(q.graph_name, DefaultGraph) for q in quads)
    return quads


def graphs_of(quads: Iterable[Quad]) -> set[str]:
    """Return the IRIs of the graphs that quads stand in."""
    return {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
