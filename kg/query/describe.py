"""What describes a thing: the one function behind data, pages and DESCRIBE.

A description is quads, each in the graph that it stands in, so that whoever shows a
statement can show where it came from:

1. the thing's outgoing statements;
2. those of its parts, one level: objects of properties that the ontology marks with
   ``kg:holdsPart``;
3. incoming statements, up to a limit;
4. type and labels of everything mentioned;
5. the origin of every statement: claims with quote and place, registry records, mapping
   sets.

Blank nodes never occur: no release holds any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.engine import Engine, Table
from kg.vocab import OA, RDF, RDFS, SKOS, Iris

BATCH = 400
"""IRIs in one VALUES block: keeps a query well below the limits of remote endpoints."""

_LABELS = f"<{SKOS}prefLabel> <{RDFS}label>"


@dataclass(frozen=True)
class Description:
    """What is known about ``iri``.

    ``quads`` has everything, without repeats. ``parts`` are the things of step 2.
    ``incoming_limit`` is set where incoming statements were cut to that number; then
    ``incoming_query`` is the query for all of them.
    """

    iri: NamedNode
    quads: tuple[Quad, ...]
    parts: tuple[NamedNode, ...]
    incoming_limit: int | None
    incoming_query: str

    def __bool__(self) -> bool:
        """Whether anything is known about the thing."""
        return bool(self.quads)


def describe(engine: Engine, iri: str, incoming_limit: int) -> Description:
    """Return the description of ``iri``; an empty one where the release does not know it.

    ``iri`` is an absolute IRI; ``incoming_limit`` counts statements.
    """
    node = NamedNode(iri)
    iris = Iris(engine.base)
    outgoing = _outgoing(engine, [node])
    parts = _parts(engine, node, iris)
    of_parts = _outgoing(engine, parts)
    incoming_query = _incoming_query(node)
    incoming = quads_of(engine.select(f"{incoming_query}LIMIT {incoming_limit + 1}"))
    cut = len(incoming) > incoming_limit
    incoming = incoming[:incoming_limit]
    statements = [*outgoing, *of_parts, *incoming]
    if iri.startswith(f"{engine.base}claim/"):
        # A claim is what it says.
        statements += graph_quads(engine, iri)
    statements = [*statements, *_labels(engine, _mentioned(statements))]
    origins = _origins(engine, statements, iris)
    quads = dict.fromkeys([*statements, *origins])
    # The names of what the origins mention in turn: sources, licences' own data, statuses.
    quads.update(dict.fromkeys(_labels(engine, _mentioned(origins))))
    return Description(
        iri=node,
        quads=tuple(sorted(quads, key=str)) if statements else (),
        parts=tuple(parts),
        incoming_limit=incoming_limit if cut else None,
        incoming_query=incoming_query.strip(),
    )


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
    """Return the rows of a SELECT of subject, predicate, object and graph as quads."""
    return [
        Quad(s, p, o, g)
        for s, p, o, g in table.rows
        if isinstance(s, NamedNode)
        and isinstance(p, NamedNode)
        and isinstance(o, NamedNode | Literal)
        and isinstance(g, NamedNode)
    ]


def _outgoing(engine: Engine, nodes: Sequence[NamedNode]) -> list[Quad]:
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


def _incoming_query(node: NamedNode) -> str:
    return (
        f"SELECT ?s ?p (<{node.value}> AS ?o) ?g "
        f"{{ GRAPH ?g {{ ?s ?p <{node.value}> }} FILTER(?s != <{node.value}>) }}\n"
        "ORDER BY ?p ?s ?g\n"
    )


def _mentioned(quads: Iterable[Quad]) -> list[NamedNode]:
    terms = (term for q in quads for term in (q.subject, q.predicate, q.object, q.graph_name))
    return sorted({t for t in terms if isinstance(t, NamedNode)}, key=lambda term: term.value)


def _labels(engine: Engine, nodes: Sequence[NamedNode]) -> list[Quad]:
    found: list[Quad] = []
    for batch in _batches(nodes):
        found += quads_of(
            engine.select(
                f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {_values(batch)} }} "
                f"VALUES ?p {{ <{RDF}type> {_LABELS} }} GRAPH ?g {{ ?s ?p ?o }} }}"
            )
        )
    return found


def _origins(engine: Engine, quads: Iterable[Quad], iris: Iris) -> list[Quad]:
    """Return the statements about the graphs that ``quads`` stand in, and their places."""
    graphs = sorted(
        {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)},
        key=lambda graph: graph.value,
    )
    claims = [g for g in graphs if g.value.startswith(f"{iris.base}claim/")]
    places = [NamedNode(f"{claim.value}#{part}") for claim in claims for part in ("position",)]
    found = _outgoing(engine, [*graphs, *places])
    links = f"<{OA}hasBody> <{OA}hasTarget> <{OA}hasSelector>"
    chain = [
        NamedNode(f"{claim.value}#{part}") for claim in claims for part in ("annotation", "target")
    ]
    for batch in _batches(chain):
        # Only what ties the position to its claim, not the whole annotation.
        found += quads_of(
            engine.select(
                f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {_values(batch)} }} "
                f"VALUES ?p {{ {links} <{RDF}type> }} GRAPH ?g {{ ?s ?p ?o }} "
                f"FILTER(!STRENDS(STR(?o), '#quote') && !CONTAINS(STR(?o), '#context')) }}"
            )
        )
    return found
