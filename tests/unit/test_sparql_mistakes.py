"""A text that is no query: the place of the mistake, and what to do."""

import pytest
from pyoxigraph import Store

from kg.errors import QuerySyntaxError
from kg.query.embedded import EmbeddedEngine
from kg.sources.sparql_mistakes import offset_of, place_of

BASE = "https://kg.example.org/"
MISTAKES = [
    ("SELEC ?s { ?s ?p ?o }", 1, 1, "SELECT?"),
    ("SELECT ?s\nWHERE {\n ?s a <http://x>\n FILTR(?s > 3)\n}", 4, 2, "FILTER?"),
    ("SELECT (COUNT(?s) as n) {?s ?p ?o}", 1, 22, "a variable a '?'"),
    ("SELECT * { ?s ?p ?o FILTER(foo(?s)) }", 1, 28, "'foo' is no word of SPARQL"),
    ("SELECT ?s {?s ?p ?o} LIMIT abc", 1, 28, "'abc'"),
    ("# 注释\nSELECT * { ?s ?p ?o . 中 }", 2, 23, "'中'"),
    ("SELECT ?s {\n ?s a foo:Bar }", 2, 7, "no PREFIX line declares foo:"),
    ("SELECT ?s { ?s a skos:Concept }", 1, 18, "PREFIX skos: <http://www.w3.org/2004/02/skos"),
    ("SELECT ?s { ?s a kg:Center }", 1, 18, f"PREFIX kg: <{BASE}ontology#>"),
    ("PREFIX kg <http://x/> SELECT * {}", 1, 8, "kg:"),
    ("SELECT * { ?s <http://x y> ?o }", 1, 15, "no IRI has"),
    ("SELECT ?s { ?s ?p 'open }", 1, 19, "never closed"),
    ("SELECT ?s {\n  { ?s ?p ?o", 2, 3, "the { here is never closed"),
    ("SELECT ?s { ?s ?p ?o } }", 1, 24, "closes nothing"),
    ("SELECT ?s { FILTER(?s > (1 } )", 1, 28, ") is wanted here before }"),
    ("SELECT ?s WHERE { ?s ?p }", 1, 25, "near '?s ?p }'"),
    ("SELECT ?s {?s ?p ?o} GROUP BY ?p", 1, 31, "a variable that is unbound"),
    ("SELECT * { ?s ?p ?o } -- all of it", 1, 23, "begins with #"),
    ("SELECT * {\n ?s ?p ?o . // all\n}", 2, 13, "begins with #"),
    ("SELECT * { ?s ?p “curly” }", 1, 18, "straight"),
    ("SELECT * { ?s ?p ?o ； ?q ?r }", 1, 21, "ASCII"),
    ("SELECT * { ?s ?p http://ex.org/a }", 1, 18, "between < and >"),
    ("@prefix kg: <http://x/> .\nSELECT * {}", 1, 1, "PREFIX without @"),
    ("SELECT * { ?s ?p ?o FILTER(?o = 'a' AND ?p = 'b') }", 1, 37, "&&?"),
    ("SELECT * { ?s ?p ?o FILTER(STARTSWITH(?o, 'a')) }", 1, 28, "STRSTARTS?"),
    ("SELECT * { ?s ?p ?o FILTER(shout(?s)) }", 1, 28, "no function of that name"),
    ("SELECT COUNT(*) { ?s ?p ?o }", 1, 8, "(COUNT(...) AS ?x)"),
    ("SELECT * { ?s ?p ?o FILTER(?o > 5)) }", 1, 35, "closes nothing"),
    ("\ufeffSELECT * {}", 1, 1, "byte order mark"),
    ("SELECT * FROM graph WHERE { ?s ?p ?o }", 1, 15, "the name of a graph"),
    ("SELECT ?x (1 AS ?x) {}", 1, 22, "Duplicated variable name"),
]


@pytest.mark.parametrize(("query", "line", "column", "words"), MISTAKES, ids=lambda v: str(v)[:40])
def test_the_mistake_is_named_in_its_place(query: str, line: int, column: int, words: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        EmbeddedEngine(Store(), BASE).query(query)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert words in str(caught.value)


def test_a_query_with_escapes_in_it_keeps_its_places() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        EmbeddedEngine(Store(), BASE).query('SELECT ?s { ?s ?p "\\u4e2d\\u6587" . x }')
    assert (caught.value.line, caught.value.column) == (1, 36)


@pytest.mark.parametrize("offset", range(9))
def test_places_and_offsets_are_inverse(offset: int) -> None:
    text = "a中\n\nb\r\ncd"
    assert offset_of(text, *place_of(text, offset)) == offset


def test_a_long_line_is_not_sent_back() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        EmbeddedEngine(Store(), BASE).query("SELECT * { " + "?x" * 20_000)
    assert len(str(caught.value)) < 300
