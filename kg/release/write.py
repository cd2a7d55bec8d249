"""Quads -> bytes in one of our formats, the same bytes for the same quads.

Oxigraph's writers keep the order that they are given, so sorted quads make reproducible
files; rdflib's depend on the hash seed even then.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from kg.formats import Format
from kg.sources.context import load_nothing
from kg.vocab import BYTE_SIZE, XSD

Term = NamedNode | BlankNode | Literal | Triple

_WITH_PREFIXES = {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML, RdfFormat.JSON_LD}


def packed(data: bytes) -> bytes:
    """Return ``data`` as gzip has it, the same bytes at any time and under any name."""
    return gzip.compress(data, mtime=0)


def as_declared(predicate: NamedNode, value: Term) -> Term:
    """Return the value of a statement from the store in the datatype that its property has.

    DCAT 3 wants ``dcat:byteSize`` as xsd:nonNegativeInteger. Oxigraph keeps every datatype that
    is derived from xsd:integer as xsd:integer, which is the same number of another type.
    """
    whole = isinstance(value, Literal) and value.datatype.value == XSD + "integer"
    if predicate == BYTE_SIZE and isinstance(value, Literal) and whole:
        return Literal(value.value, datatype=NamedNode(XSD + "nonNegativeInteger"))
    return value


def triples_of(quads: Iterable[Quad]) -> list[Triple]:
    """Return the statements without their graphs, each once, sorted."""
    return sorted({Triple(q.subject, q.predicate, q.object) for q in quads}, key=str)


def named_quads(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads of named graphs, each once, sorted by graph, then statement."""
    named = {quad for quad in quads if not isinstance(quad.graph_name, DefaultGraph)}
    return sorted(named, key=lambda q: (str(q.graph_name), str(q)))


def serialize_in_order(
    items: Iterable[Triple] | Iterable[Quad], format_: RdfFormat, prefixes: Mapping[str, str]
) -> bytes:
    """Return ``items`` in their order; prefixes are used where the format has them."""
    used = dict(prefixes) if format_ in _WITH_PREFIXES else {}
    data = serialize(items, format=format_, prefixes=used)
    if data is None:
        raise TypeError("the serializer wrote elsewhere")
    return data


def write_quads(quads: Iterable[Quad], format_: Format, prefixes: Mapping[str, str]) -> bytes:
    """Return ``quads`` in a format.

    Formats with graphs hold the named graphs; the flat ones the union, each statement once.
    """
    items = named_quads(quads) if format_.has_graphs else triples_of(quads)
    return serialize_in_order(items, format_.engine, prefixes)


def write_compact_jsonld(
    quads: Iterable[Quad], context: Mapping[str, Any], first: str | None = None
) -> bytes:
    """Return the statements as compact JSON-LD 1.1 with the context inside.

    ``first`` is the IRI of the node to put first. No remote context is ever loaded.
    """
    nquads = serialize_in_order(triples_of(quads), RdfFormat.N_TRIPLES, {}).decode()
    options = {
        "documentLoader": load_nothing,
        "useNativeTypes": True,
        "format": "application/n-quads",
    }
    nodes = jsonld.from_rdf(nquads, options)
    nodes.sort(key=lambda node: (first is None or node["@id"] != first, node["@id"]))
    document = jsonld.compact(nodes, dict(context), {**options, "graph": True})
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False).encode() + b"\n"
