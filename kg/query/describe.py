"""What describes a thing: the one function behind data, pages and DESCRIBE.

A description is quads, each in the graph that it stands in, so that whoever shows a
statement can show where it came from:

1. the thing's outgoing statements;
2. those of its parts, one level: objects of properties that the ontology marks with
   ``kg:holdsPart``;
3. incoming statements, up to a limit, but none of the release's own description where the
   thing is one of the data;
4. type and labels of everything mentioned;
5. the origin of every statement: claims with quote and place, registry records, and for a
   link to another registry the mapping that justifies it.

Where incoming statements were cut, the description says so itself, with the query for the
rest. Blank nodes never occur: no release holds any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.engine import Engine, Table
from kg.release.write import as_declared
from kg.vocab import FOAF, OA, RDF, RDF_TYPE, RDFS, SKOS, Iris

BATCH = 400
"""IRIs in one VALUES block: keeps a query well below the limits of remote endpoints."""

_LABELS = f"<{SKOS}prefLabel>, <{RDFS}label>"
_DATA = ("id/", "claim/", "source/", "code/")
"""Of these the release's own description says nothing: it only names some as examples."""


@dataclass(frozen=True)
class Cut:
    """Incoming statements that a description leaves out.

    ``limit`` of them are in it; ``query`` asks for the rest, and ``address`` is the IRI of
    the endpoint's answer to it. ``document`` names the description itself.
    """

    document: NamedNode
    limit: int
    query: str
    address: NamedNode


@dataclass(frozen=True)
class Description:
    """What is known about ``iri``.

    ``quads`` has everything, without repeats. ``parts`` are the things of step 2. ``cut``
    is set where incoming statements were cut.
    """

    iri: NamedNode
    quads: tuple[Quad, ...]
    parts: tuple[NamedNode, ...]
    cut: Cut | None

    def __bool__(self) -> bool:
        """Whether anything is known about the thing."""
        return bool(self.quads)


def describe(engine: Engine, iri: str, incoming_limit: int) -> Description:
    """Return the description of ``iri``; an empty one where the release does not know it.

    ``iri`` is an absolute IRI; ``incoming_limit`` counts statements.
    """
    node = NamedNode(iri)
    own = outgoing(engine, [node])
    parts = _parts(engine, node, Iris(engine.base))
    incoming_query = _incoming_query(node, Iris(engine.base))
    incoming = quads_of(engine.select(f"{incoming_query}LIMIT {incoming_limit + 1}"))
    cut = _cut(engine.base, iri, incoming_query, incoming_limit, len(incoming))
    statements = [*own, *outgoing(engine, parts), *incoming[:incoming_limit]]
    if iri.startswith(f"{engine.base}claim/"):
        # A claim is what it says.
        statements += graph_quads(engine, iri)
    quads = dict.fromkeys(complete(engine, statements))
    if cut is not None:
        quads.update(dict.fromkeys(_cut_quads(cut, node)))
    return Description(iri=node, quads=tuple(sorted(quads, key=str)), parts=tuple(parts), cut=cut)


def complete(engine: Engine, statements: Iterable[Quad]) -> tuple[Quad, ...]:
    """Return ``statements`` with the names of what they mention, and their origins."""
    named = [*statements]
    named += _labels(engine, _mentioned(named))
    origins = _origins(engine, named, Iris(engine.base))
    # The names of what the origins mention in turn: sources, statuses, justifications.
    return tuple(dict.fromkeys((*named, *origins, *_labels(engine, _mentioned(origins)))))


def _cut(base: str, iri: str, incoming_query: str, limit: int, found: int) -> Cut | None:
    """Return what is left out; None where ``found`` statements are all there are."""
    if found <= limit:
        return None
    query = f"{incoming_query}OFFSET {limit}"
    path = iri.removeprefix(base).removeprefix("id/") if iri.startswith(base) else quote(iri, "")
    return Cut(
        document=NamedNode(f"{base}data/{path}"),
        limit=limit,
        query=query,
        address=NamedNode(f"{base}sparql?query={quote(query, safe='')}"),
    )


def _cut_quads(cut: Cut, node: NamedNode) -> list[Quad]:
    """Return what the description says of itself, in a graph of its own name."""
    texts = (
        Literal(
            f"Only {cut.limit} statements that point to this thing are given. "
            "rdfs:seeAlso is the query for the rest.",
            language="en",
        ),
        Literal(
            f"这里只给出指向该事物的{cut.limit}条陈述。其余部分见rdfs:seeAlso所示的查询。",
            language="zh",
        ),
    )
    document = cut.document
    return [
        Quad(document, RDF_TYPE, NamedNode(FOAF + "Document"), document),
        Quad(document, NamedNode(FOAF + "primaryTopic"), node, document),
        Quad(document, NamedNode(RDFS + "seeAlso"), cut.address, document),
        *(Quad(document, NamedNode(RDFS + "comment"), text, document) for text in texts),
    ]


def graph_quads(engine: Engine, graph: str) -> list[Quad]:
    """Return every statement of a named graph, and what is said about the graph itself."""
    inside = f"SELECT ?s ?p ?o (<{graph}> AS ?g) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    about = f"SELECT (<{graph}> AS ?s) ?p ?o ?g {{ GRAPH ?g {{ <{graph}> ?p ?o }} }}"
    return [quad for query in (inside, about) for quad in quads_of(engine.select(query))]


def _values(nodes: Iterable[NamedNode]) -> str:
    return " ".join(str(node) for node in nodes)


def _batches(nodes: Sequence[NamedNode]) -> Iterable[Sequence[NamedNode]]:
    return (nodes[start : start + BATCH] for start in range(0, len(nodes), BATCH))


def quads_of(table: Table) -> list[Quad]:
    """Return the rows of a SELECT of subject, predicate, object and graph as quads.

    Values have the datatypes that their properties are declared with.
    """
    return [
        Quad(s, p, as_declared(p, o), g)
        for s, p, o, g in table.rows
        if isinstance(s, NamedNode)
        and isinstance(p, NamedNode)
        and isinstance(o, NamedNode | Literal)
        and isinstance(g, NamedNode)
    ]


def outgoing(engine: Engine, nodes: Sequence[NamedNode]) -> list[Quad]:
    """Return the statements whose subjects are ``nodes``, in the graphs that they stand in."""
    found: list[Quad] = []
    for batch in _batches(nodes):
        query = f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {_values(batch)} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        found += quads_of(engine.select(query))
    return found


def _parts(engine: Engine, node: NamedNode, iris: Iris) -> list[NamedNode]:
    table = engine.select(
        f"SELECT DISTINCT ?part {{ ?p <{iris.term('holdsPart').value}> true . {node} ?p ?part }}"
    )
    parts = {row[0] for row in table.rows if isinstance(row[0], NamedNode)} - {node}
    return sorted(parts, key=lambda part: part.value)


def _incoming_query(node: NamedNode, iris: Iris) -> str:
    others = f"?s != <{node.value}>"
    if node.value.startswith(tuple(iris.base + first for first in _DATA)):
        others += f" && ?g != {iris.graph('description')}"
    return (
        f"SELECT ?s ?p (<{node.value}> AS ?o) ?g "
        f"{{ GRAPH ?g {{ ?s ?p <{node.value}> }} FILTER({others}) }}\n"
        # The rest of a cut can be asked for: the order must be the same each time.
        "ORDER BY ?p ?s ?g\n"
    )


def _mentioned(quads: Iterable[Quad]) -> list[NamedNode]:
    terms = (term for q in quads for term in (q.subject, q.predicate, q.object, q.graph_name))
    return sorted({t for t in terms if isinstance(t, NamedNode)}, key=lambda term: term.value)


def labels(engine: Engine, nodes: Iterable[NamedNode]) -> tuple[Quad, ...]:
    """Return types and labels of things, in the graphs that they stand in."""
    return tuple(_labels(engine, sorted(set(nodes), key=str)))


def _labels(engine: Engine, nodes: Sequence[NamedNode]) -> list[Quad]:
    found: list[Quad] = []
    for batch in _batches(nodes):
        found += quads_of(
            engine.select(
                # A second VALUES would be joined with the first: measured, 25 times slower.
                f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {_values(batch)} }} GRAPH ?g {{ ?s ?p ?o }} "
                f"FILTER(?p IN (<{RDF}type>, {_LABELS})) }}"
            )
        )
    return found


def _origins(engine: Engine, quads: Sequence[Quad], iris: Iris) -> list[Quad]:
    """Return the statements about the graphs that ``quads`` stand in, and their places."""
    graphs = sorted(
        {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)},
        key=lambda graph: graph.value,
    )
    claims = [graph.value for graph in graphs if graph.value.startswith(f"{iris.base}claim/")]
    places = [NamedNode(f"{claim}#position") for claim in claims]
    chain = [NamedNode(f"{claim}#{part}") for claim in claims for part in ("annotation", "target")]
    links = f"<{OA}hasBody> <{OA}hasTarget> <{OA}hasSelector> <{OA}hasSource>"
    found = outgoing(engine, [*graphs, *places])
    for batch in _batches(chain):
        # Only what ties the position to its claim, not the whole annotation.
        found += quads_of(
            engine.select(
                f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {_values(batch)} }} "
                f"VALUES ?p {{ {links} <{RDF}type> }} GRAPH ?g {{ ?s ?p ?o }} "
                f"FILTER(!STRENDS(STR(?o), '#quote') && !CONTAINS(STR(?o), '#context')) }}"
            )
        )
    return found + _mappings(engine, quads, iris)


def _mappings(engine: Engine, quads: Iterable[Quad], iris: Iris) -> list[Quad]:
    """Return the mappings behind the links to other registries among ``quads``.

    A link and its mapping have subject and object in common; what the link says may be
    weaker than the mapping (schema:sameAs for an exact match).
    """
    sets = f"{iris.base}graph/mapping/"
    links = {
        (q.subject, q.object)
        for q in quads
        if isinstance(q.graph_name, NamedNode) and q.graph_name.value.startswith(sets)
    }
    subjects = sorted({s for s, _object in links if isinstance(s, NamedNode)}, key=str)
    subject, object_ = (iris.term(name) for name in ("mappingSubject", "mappingObject"))
    mappings: set[NamedNode] = set()
    for batch in _batches(subjects):
        rows = engine.select(
            f"SELECT ?mapping ?s ?o {{ VALUES ?s {{ {_values(batch)} }} "
            f"?mapping {subject} ?s ; {object_} ?o }}"
        ).rows
        mappings |= {m for m, s, o in rows if isinstance(m, NamedNode) and (s, o) in links}
    return outgoing(engine, sorted(mappings, key=str))
