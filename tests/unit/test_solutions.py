"""Results row by row: the same as the engine's own writer, and cut between rows."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from conftest import BuiltRelease
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    parse_query_results,
)

from kg.query.results import RESULTS_FORMATS, ResultsFormat, write_results
from kg.query.solutions import CsvWriter, JsonWriter, TsvWriter, XmlWriter, write_solutions

ENGINE_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
TERMS = """SELECT * { VALUES (?a ?b ?c) {
  (<http://x/?a=1&b> "a\\"b\\\\c\\n\\r\\t<&>'" "x"@en-GB)
  (1 1.5 1.0e3) (-1 true "2"^^<http://type>) (UNDEF "" "a,b") (" " UNDEF UNDEF)
  (<<( <http://s> <http://p> "o"@en )>> "01" "x"@ar--rtl)
} }"""
ROWS = "SELECT ?n { VALUES ?n { 1 2 3 4 5 } }"
each_format = pytest.mark.parametrize("format_", RESULTS_FORMATS, ids=lambda f: f.extension)


def solutions(query: str) -> QuerySolutions:
    answer = Store().query(query)
    assert isinstance(answer, QuerySolutions)
    return answer


def rows_of(data: bytes, format_: ResultsFormat) -> list[list[object]]:
    answer = parse_query_results(data, ENGINE_FORMATS[format_.extension])
    assert isinstance(answer, QuerySolutions)
    return [list(row) for row in answer]


def test_json_is_what_the_engine_writes() -> None:
    own = write_results(solutions(TERMS), RESULTS_FORMATS[0])
    assert own.data == solutions(TERMS).serialize(format=QueryResultsFormat.JSON)


@each_format
def test_the_whole_profile_is_what_the_engine_writes(
    release: BuiltRelease, format_: ResultsFormat
) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    own, engine = (release.engine.query(query) for _ in range(2))
    assert isinstance(own, QuerySolutions)
    assert isinstance(engine, QuerySolutions)
    expected = engine.serialize(format=ENGINE_FORMATS[format_.extension])
    assert expected is not None
    written = write_results(own, format_).data
    if format_.extension == "xml":
        # The engine escapes quotes in text, which need no escape.
        assert rows_of(written, format_) == rows_of(expected, format_)
    else:
        assert written == expected


@pytest.mark.parametrize("extension", ["json", "xml", "tsv"])
def test_every_sort_of_term_is_read_back(extension: str) -> None:
    format_ = next(f for f in RESULTS_FORMATS if f.extension == extension)
    data = write_results(solutions(TERMS), format_).data
    assert rows_of(data, format_) == [list(row) for row in solutions(TERMS)]


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back_from_csv_and_json(text: str) -> None:
    row = [Literal(text)]
    csv_text = write_solutions(
        CsvWriter(), ["x", "y"], [[*row, None]], most_rows=9, most_bytes=10**6, cut_link=""
    ).data.decode()
    assert list(csv.reader(io.StringIO(csv_text, newline="")))[1:] == [[text, ""]]
    json_text = write_solutions(
        JsonWriter(), ["x"], [row], most_rows=9, most_bytes=10**6, cut_link=""
    ).data
    assert json.loads(json_text)["results"]["bindings"][0]["x"]["value"] == text


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"])) | st.just("\r\n\t"))
def test_any_text_is_read_back_from_xml(text: str) -> None:
    data = write_solutions(
        XmlWriter(), ["x"], [[Literal(text)]], most_rows=9, most_bytes=10**6, cut_link=""
    ).data
    found = ET.fromstring(data).find(".//{*}literal")  # noqa: S314 - our own text
    assert found is not None
    assert (found.text or "") == text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def test_what_xml_cannot_hold_is_replaced() -> None:
    data = write_solutions(
        XmlWriter(), ["x"], [[Literal("a\x01b")]], most_rows=9, most_bytes=999, cut_link=""
    ).data
    assert "a\ufffdb" in data.decode()


@each_format
def test_an_answer_is_cut_after_a_number_of_rows(format_: ResultsFormat) -> None:
    written = write_results(solutions(ROWS), format_, most_rows=3, cut_link="http://x/#cut")
    assert written.cut == 3
    if format_.extension != "csv":
        assert [row[0].value for row in rows_of(written.data, format_)] == ["1", "2", "3"]  # type: ignore[attr-defined]  # literals
    else:
        assert written.data == b"n\r\n1\r\n2\r\n3\r\n"
    whole = write_results(solutions(ROWS), format_, most_rows=5, cut_link="http://x/#cut")
    assert whole.cut is None


def test_a_cut_answer_says_so_where_the_format_has_a_place() -> None:
    link = "http://x/sparql#cut"
    texts = {
        format_.extension: write_results(
            solutions(ROWS), format_, most_rows=3, cut_link=link
        ).data.decode()
        for format_ in RESULTS_FORMATS
    }
    assert json.loads(texts["json"])["head"]["link"] == [link]
    assert f'<link href="{link}"/>' in texts["xml"]
    whole = write_results(solutions(ROWS), RESULTS_FORMATS[0], cut_link=link)
    assert "link" not in json.loads(whole.data)["head"]


@each_format
def test_an_answer_is_cut_after_a_number_of_bytes(format_: ResultsFormat) -> None:
    written = write_results(solutions(ROWS), format_, most_bytes=7, cut_link="http://x")
    assert written.cut is not None
    assert written.cut < 5
    if format_.extension != "csv":
        assert len(rows_of(written.data, format_)) == written.cut


@each_format
def test_no_rows(format_: ResultsFormat) -> None:
    written = write_results(solutions("SELECT ?n { FILTER(false) }"), format_)
    assert written.cut is None
    if format_.extension != "csv":
        assert rows_of(written.data, format_) == []
    assert TsvWriter().head(["n"], None) == "?n\n"


def test_iris_in_tsv_stand_in_brackets() -> None:
    data = write_solutions(
        TsvWriter(), ["x"], [[NamedNode("http://x/")]], most_rows=1, most_bytes=99, cut_link=""
    ).data
    assert data == b"?x\n<http://x/>\n"
