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
from kg.release.compact import OPTIONS, Compactor, is_plain
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


def write_compact_jsonld(quads: Iterable[Quad], context: Mapping[str, Any]) -> bytes:
    """Return the statements as compact JSON-LD 1.1, a list of nodes with the context inside.

    No remote context is ever loaded.
    """
    return _json(_compacted([*_json_nodes(quads).values()], context))


def write_jsonld_tree(quads: Iterable[Quad], context: Mapping[str, Any], root: str) -> bytes:
    """Return the statements as a JSON-LD 1.1 tree that grows from the node ``root``, an IRI.

    What the root leads to is embedded once, as near to the root as it is, and named elsewhere.
    What it does not lead to, such as things that point to it, follows under ``@included``
    (JSON-LD 1.1, 4.10). So nothing is lost, and the context is inside: the document is read
    without a network. No remote context is ever loaded.
    """
    nodes = _json_nodes(quads)
    if root not in nodes:
        return _json(_compacted([*nodes.values()], context))
    told = _grow(nodes, root)
    rest = [node for name, node in nodes.items() if name not in told]
    document = _compacted([nodes[root], *rest], context)
    (graph,) = (name for name in document if name != "@context")
    tree, *others = document[graph]
    return _json(
        {"@context": document["@context"], **tree, **({"@included": others} if others else {})}
    )


def _compacted(nodes: list[dict[str, Any]], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return expanded nodes as a document with a list of compact ones."""
    if not is_plain(context):
        made: dict[str, Any] = jsonld.compact(nodes, dict(context), {**OPTIONS, "graph": True})
        return made
    compactor = Compactor(nodes, context)
    return {
        "@context": dict(context),
        compactor.graph: [compactor.node(node) for node in nodes],
    }


def _grow(nodes: Mapping[str, dict[str, Any]], root: str) -> dict[str, None]:
    """Put each node that ``root`` leads to where it is nearest; return the names of all of them."""
    found = {root: None}
    queue = deque([root])
    while queue:
        node = nodes[queue.popleft()]
        for name in sorted(node.keys() - {"@id", "@type"}):
            for place, value in enumerate(node[name]):
                target = value.get("@id")
                if target in nodes and target not in found:
                    found[target] = None
                    queue.append(target)
                    node[name][place] = nodes[target]
    return found


def _json_nodes(quads: Iterable[Quad]) -> dict[str, dict[str, Any]]:
    """Return the statements as expanded JSON-LD, nodes by their names, in the order of these."""
    triples = [
        {
            "subject": _as_rdf(triple.subject),
            "predicate": _as_rdf(triple.predicate),
            "object": _as_rdf(triple.object),
        }
        for triple in triples_of(quads)
    ]
    nodes = jsonld.from_rdf({"@default": triples}, OPTIONS)
    return {node["@id"]: node for node in sorted(nodes, key=lambda node: str(node["@id"]))}


def _as_rdf(term: Term) -> dict[str, str]:
    """Return a term as PyLD has it (JSON-LD 1.1 API, 9.6)."""
    if isinstance(term, NamedNode):
        return {"type": "IRI", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "blank node", "value": str(term)}
    if not isinstance(term, Literal):
        raise TypeError(f"JSON-LD has no triples in triples: {term}")
    found = {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    return {**found, "language": term.language} if term.language else found


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False).encode() + b"\n"
