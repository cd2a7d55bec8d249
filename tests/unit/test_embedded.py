"""The engine inside: datasets of queries, errors with their place."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.query.embedded import EmbeddedEngine
from kg.query.engine import QueryDataset

BASE = "https://example.org/"


def node(name: str) -> NamedNode:
    return NamedNode(BASE + name)


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    """Two graphs that share a triple, each with one of its own, and a default graph."""
    shared = (node("s"), node("p"), Literal("shared"))
    quads = [
        Quad(*shared, node("g1")),
        Quad(*shared, node("g2")),
        Quad(node("s"), node("p"), Literal("first"), node("g1")),
        Quad(node("s"), node("p"), Literal("second"), node("g2")),
        Quad(*shared),
    ]
    store = Store()
    store.extend(quads)
    return EmbeddedEngine(store, BASE)


def count(engine: EmbeddedEngine, clause: str, dataset: QueryDataset | None = None) -> str:
    text = f"PREFIX : <{BASE}> SELECT (COUNT(*) AS ?n) {clause} {{ ?s ?p ?o }}"
    answer = engine.query(text, dataset)
    assert isinstance(answer, QuerySolutions)
    return str(next(answer)["n"].value)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("", "1"),
        ("FROM :g1", "2"),
        ("FROM <g1>", "2"),
        ("FROM :g1 FROM :g2", "3"),
        ("FROM <https://example.org/g1> from :g2", "3"),
        ("FROM :g1 FROM :g1", "2"),
        ("FROM :none", "0"),
        ("FROM NAMED :g1", "0"),
    ],
)
def test_from_counts_a_shared_triple_once(
    engine: EmbeddedEngine, clause: str, expected: str
) -> None:
    assert count(engine, clause) == expected


def test_the_word_from_elsewhere_names_no_graph(engine: EmbeddedEngine) -> None:
    text = (
        f'PREFIX from: <{BASE}> SELECT ?o {{ ?s from:p ?o FILTER(?o != "FROM <g1>") }} # FROM <g1>'
    )
    assert engine.select(text).texts() == (("shared",),)


def test_the_dataset_of_the_request_wins_over_the_query(engine: EmbeddedEngine) -> None:
    both = QueryDataset((f"{BASE}g1", f"{BASE}g2"))
    assert count(engine, "FROM :none", both) == "3"


def test_named_graphs_stay_apart_from_merged_ones(engine: EmbeddedEngine) -> None:
    text = (
        f"PREFIX : <{BASE}> SELECT ?g ?o FROM :g1 FROM :g2 FROM NAMED :g2 "
        "{ GRAPH ?g { ?s ?p ?o } } ORDER BY ?o"
    )
    assert engine.select(text).texts() == ((f"{BASE}g2", "second"), (f"{BASE}g2", "shared"))


def test_named_graphs_alone_leave_an_empty_default_graph(engine: EmbeddedEngine) -> None:
    answer = engine.query("ASK { ?s ?p ?o }", QueryDataset((), (f"{BASE}g1",)))
    assert not answer


def test_from_fetches_nothing(engine: EmbeddedEngine) -> None:
    assert count(engine, "FROM <file:///etc/passwd>") == "0"
    assert count(engine, "FROM <file:///etc/passwd> FROM <http://127.0.0.1:9/>") == "0"


def test_syntax_error_has_line_and_column(engine: EmbeddedEngine) -> None:
    with pytest.raises(
        QuerySyntaxError, match=r"^not a SPARQL query: line 2, column 4: "
    ) as caught:
        engine.query("SELECT ?s {\n ?s}")
    assert (caught.value.line, caught.value.column) == (2, 4)


def test_update_is_refused_with_the_reason(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryRefused, match=r"^INSERT would change data, and this endpoint is read"):
        engine.query("PREFIX : <http://a/> INSERT DATA { :a :b :c }")


def test_a_graph_that_is_no_iri_is_an_error_of_the_query(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match="cannot be answered"):
        count(engine, "", QueryDataset(("not an iri",)))
