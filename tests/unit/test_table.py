"""Tables with a map: real ones, workbooks, and every mistake with its place."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
from conftest import ROOT
from openpyxl import Workbook
from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import SourceError, SourceErrors
from kg.sources.table import read_table
from kg.sources.table_map import read_table_map

BASE = "https://w3id.org/research-center-kg/"
MAPS = ROOT / "docs" / "maps"
HEADER = ["id", "name", "name_zh", "website", "founded", "note"]
ROW = ["a1", "Institute", "研究所", "https://a.example/", "1950", "old"]
PREF_LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")


def table(tmp_path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> tuple[int, tuple[pyoxigraph.Quad, ...]]:
    return read_table(path, read_table_map(MAPS / "organization.toml", BASE), BASE)


def labels_of_things(quads: Iterable[Quad]) -> list[str]:
    return [
        q.object.value
        for q in quads
        if isinstance(q.subject, NamedNode) and "/id/" in q.subject.value
        if isinstance(q.object, Literal) and q.predicate == PREF_LABEL
    ]


def test_a_workbook_says_what_the_csv_says(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append([])
    sheet.append([*ROW[:4], 1950, None])
    book.save(tmp_path / "table.xlsx")
    rows, quads = read(tmp_path / "table.xlsx")
    assert (rows, set(quads)) == (1, set(read(table(tmp_path, ROW))[1]))


def test_a_row_becomes_a_record_with_its_origin(tmp_path: Path) -> None:
    _, quads = read(table(tmp_path, ROW))
    graph = NamedNode(BASE + "graph/our-list/a1")
    thing = NamedNode(BASE + "id/institution/our-list-a1")
    assert {q.graph_name for q in quads} == {graph}
    said = {(q.predicate.value.rpartition("/")[2], q.object) for q in quads if q.subject == thing}
    year = Literal("1950", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#gYear"))
    assert ("foundingDate", year) in said
    assert ("url", NamedNode("https://a.example/")) in said
    origin = {q.predicate.value.rpartition("/")[2]: q.object for q in quads if q.subject == graph}
    assert origin["source"] == NamedNode("https://example.org/list/a1")
    assert origin["version"] == Literal("2026-01")


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    _, quads = read(table(tmp_path, ["a1", "Institute", "", "", "", ""]))
    assert labels_of_things(quads) == ["Institute"]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([[*ROW, "x"]], [*HEADER, "motto"], "csv:1: the map says nothing of the columns 'motto'"),
        ([ROW[:5]], HEADER[:5], "csv:1: the table has no columns 'note'"),
        ([[*ROW, "x"]], [*HEADER, "name"], "csv:1: the column 'name' stands there twice"),
        ([ROW[:4]], HEADER, "csv:2: the row has 4 cells and the header 6"),
        ([["a 1", *ROW[1:]]], HEADER, "csv:2: id 'a 1' cannot stand in an IRI"),
        ([ROW, ROW], HEADER, "csv:3: id 'a1' stands in line 2 already; keep one of the two rows"),
        ([[*ROW[:4], "old", ""]], HEADER, "csv:2: founded 'old' is no gYear; correct the cell"),
        ([[*ROW[:3], "a b", *ROW[4:]]], HEADER, "csv:2: website 'a b' is no IRI"),
        ([], HEADER, "table.csv: the table has no rows"),
    ],
)
def test_mistakes_in_a_table_are_said_with_their_line(
    rows: list[list[str]], header: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises((SourceError, SourceErrors), match=re.escape(message)):
        read(table(tmp_path, *rows, header=header))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "institution"', 'kind = "sparql"', "a name of the server's own"),
        ('kind = "institution"', 'kind = "An Institution"', "kind 'An Institution' is no slug"),
        ('id = "id"', "", "id is missing or no text; fill it in"),
        ("/{id}", "/", "source has no {id}"),
        ('type = "gYear"', 'type = "years"', "columns.founded.type 'years' is unknown"),
        ('type = "gYear"', 'tpye = "gYear"', "no key columns.founded.'tpye' is read"),
        ('"schema:url"', '"web site"', "columns.website.property 'web site' is no IRI"),
        ("version =", "version", "no valid TOML"),
    ],
)
def test_mistakes_in_a_map_are_said(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (MAPS / "organization.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "map.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(message)):
        read_table_map(path, BASE)


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_template_is_a_valid_map(path: Path) -> None:
    assert read_table_map(path, BASE).columns
