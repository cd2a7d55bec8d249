"""Quads -> bytes in one of our formats, the same bytes for the same quads.

Oxigraph's writers keep the order that they are given, so sorted quads make reproducible
files; rdflib's depend on the hash seed even then.
"""

import gzip
import json
from collections import deque
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

_JSONLD = {
    "documentLoader": load_nothing,
    "useNativeTypes": True,
    "format": "application/n-quads",
}
"""What every call of PyLD is told."""
_NAMED_ONLY = "urn:uuid:3f0e7a54-5d0c-4b4e-9a53-6b1d0d4f1a77#"
"""Stands before the name of a node that is not to be embedded, while a tree is made."""

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


def write_compact_jsonld(quads: Iterable[Quad], context: Mapping[str, Any]) -> bytes:
    """Return the statements as compact JSON-LD 1.1, a list of nodes with the context inside.

    No remote context is ever loaded.
    """
    nodes = _json_nodes(quads)
    return _json(jsonld.compact(nodes, dict(context), {**_JSONLD, "graph": True}))


def write_jsonld_tree(quads: Iterable[Quad], context: Mapping[str, Any], root: str) -> bytes:
    """Return the statements as a JSON-LD 1.1 tree that grows from the node ``root``, an IRI.

    What the root leads to is embedded once, as near to the root as it is (JSON-LD 1.1
    Framing), and named elsewhere. What it does not lead to, such as things that point to it,
    follows under ``@included`` (JSON-LD 1.1, 4.10). So nothing is lost, and the context is
    inside: the document is read without a network. No remote context is ever loaded.
    """
    nodes = {node["@id"]: node for node in _json_nodes(quads)}
    if root not in nodes:
        return _json(jsonld.compact([*nodes.values()], dict(context), {**_JSONLD, "graph": True}))
    told = _cut_to_tree(nodes, root)
    frame = {"@context": dict(context), "@id": root}
    options = {**_JSONLD, "embed": "@once", "omitDefault": True, "omitGraph": True}
    tree = jsonld.frame([nodes[name] for name in told], frame, options)
    rest = jsonld.compact(
        [node for name, node in nodes.items() if name not in told],
        dict(context),
        {**_JSONLD, "graph": True},
    )["@graph"]
    document = _json({**tree, "@included": rest} if rest else tree)
    return document.replace(f'"{_NAMED_ONLY}'.encode(), b'"')


def _cut_to_tree(nodes: Mapping[str, dict[str, Any]], root: str) -> dict[str, None]:
    """Return the names of the nodes that ``root`` leads to, nearest first.

    All but the first mention of each is marked in place, so that framing, which goes deep
    first, does not embed it there.
    """
    found = {root: None}
    queue = deque([root])
    while queue:
        node = nodes[queue.popleft()]
        for name in sorted(node.keys() - {"@id", "@type"}):
            for value in node[name]:
                target = value.get("@id")
                if target in found:
                    value["@id"] = _NAMED_ONLY + target
                elif target in nodes:
                    found[target] = None
                    queue.append(target)
    return found


def _json_nodes(quads: Iterable[Quad]) -> list[dict[str, Any]]:
    """Return the statements as expanded JSON-LD, nodes in the order of their names."""
    nquads = serialize_in_order(triples_of(quads), RdfFormat.N_TRIPLES, {}).decode()
    nodes: list[dict[str, Any]] = jsonld.from_rdf(nquads, _JSONLD)
    nodes.sort(key=lambda node: str(node["@id"]))
    return nodes


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False).encode() + b"\n"
