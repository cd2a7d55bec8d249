"""The tables, read back by another reader of CSV on the Web, say what SPARQL says."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import csvw
import pytest
from conftest import BuiltRelease
from pyoxigraph import Literal, NamedNode, Quad

from kg.config import Bilingual
from kg.release.gathered import Gathered
from kg.release.tables import Table, group_metadata, metadata, read_table
from kg.vocab import PREF_LABEL, RDF_TYPE, XSD, Iris

TABLES = 31
LICENSE = "https://example.org/license"
IRIS = Iris("https://example.org/")
KEY = "iri"

Statement = tuple[str, str, str, str]


def folder(release: BuiltRelease) -> Path:
    return release.folder / "dumps" / "tables"


def value(text: str, sort: str) -> str:
    """Return a value so that numbers of two datatypes are the same if they are equal."""
    if sort == "boolean":
        return text.lower()
    return str(Decimal(text).normalize()) if sort in {"integer", "decimal"} else text


def statements_of(path: Path) -> set[Statement]:
    """Return the statements that a table makes with its metadata, and the graphs it names."""
    columns = json.loads(path.read_bytes())["tableSchema"]["columns"]
    found: set[Statement] = set()
    for row in csvw.Table.from_file(path).iterdicts():
        for column in columns:
            cell = row[column["name"]]
            cells = cell if isinstance(cell, list) else [] if cell is None else [cell]
            for item in cells:
                sort = column.get("lang") or column["datatype"].replace("decimal", "integer")
                said = column.get("propertyUrl", column["name"])
                text = item.unsplit() if hasattr(item, "unsplit") else str(item)
                found.add((row[KEY].unsplit(), said, value(text, sort), sort))
    return {row for row in found if row[1] != KEY}


def statements_in_store(release: BuiltRelease, kind: str) -> set[Statement]:
    """Return what the things of a kind have, and where it is stated, by SPARQL."""
    base = release.release.base
    rows = release.engine.select(
        "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } "
        f"FILTER(STRSTARTS(STR(?s), '{base}id/{kind}/') && ?g != <{base}graph/description>) }}"
    ).rows
    found: set[Statement] = set()
    for subject, predicate, term, graph in rows:
        assert isinstance(subject, NamedNode)
        assert isinstance(predicate, NamedNode)
        assert isinstance(graph, NamedNode)
        assert isinstance(term, NamedNode | Literal)
        sort = "anyURI"
        if isinstance(term, Literal):
            sort = term.language or term.datatype.value.removeprefix(XSD)
            sort = sort.replace("decimal", "integer")
        found.add((subject.value, predicate.value, value(term.value, sort), sort))
        found.add((subject.value, "graph", graph.value, "anyURI"))
    return found


def test_every_table_read_back_says_what_sparql_says(release: BuiltRelease) -> None:
    paths = sorted(folder(release).glob("*.csv-metadata.json"))
    assert len(paths) == TABLES
    total = 0
    for path in paths:
        kind = path.name.removesuffix(".csv-metadata.json")
        found = statements_of(path)
        assert found == statements_in_store(release, kind), kind
        total += len(found)
    assert total > 1400


def test_every_table_is_valid_and_has_a_row_for_each_thing(release: BuiltRelease) -> None:
    for path in sorted(folder(release).glob("*.csv-metadata.json")):
        read = csvw.CSVW(str(path), validate=True)
        assert read.is_valid, path
        assert not read.warnings
        kind = path.name.removesuffix(".csv-metadata.json")
        rows = [row[KEY].unsplit() for row in csvw.Table.from_file(path).iterdicts()]
        assert rows == sorted(set(rows))
        things = release.engine.select(
            "SELECT DISTINCT ?s { ?s ?p ?o "
            f"FILTER(STRSTARTS(STR(?s), '{release.release.base}id/{kind}/')) }} ORDER BY ?s"
        ).texts()
        assert rows == [iri for (iri,) in things]


def test_the_group_describes_every_table_as_its_own_file_does(release: BuiltRelease) -> None:
    path = folder(release) / "csv-metadata.json"
    group = json.loads(path.read_bytes())
    described = {table["url"]: table for table in group["tables"]}
    assert set(described) == {file.name for file in folder(release).glob("*.csv")}
    for url, table in described.items():
        own = json.loads((folder(release) / f"{url}-metadata.json").read_bytes())
        assert own == {"@context": "http://www.w3.org/ns/csvw", **table}
    read = csvw.TableGroup.from_file(path)
    assert len(read.tables) == TABLES
    assert all(len(list(table.iterdicts())) > 0 for table in read.tables)


def test_headers_are_names_and_titles_are_in_two_languages(release: BuiltRelease) -> None:
    for path in folder(release).glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        schema = json.loads(path.with_name(path.name + "-metadata.json").read_bytes())
        columns = schema["tableSchema"]["columns"]
        assert header == [column["name"] for column in columns]
        assert len(set(header)) == len(header)
        for column in columns:
            assert set(column["titles"]) == {"und", "en", "zh"}
            assert column["titles"]["und"] == column["name"]
    titles = {c["name"]: c["titles"] for c in columns_of(release, "figure")}
    assert titles["kg_value"] == {"und": "kg_value", "en": "value", "zh": "数值"}


def columns_of(release: BuiltRelease, kind: str) -> list[dict[str, Any]]:
    path = folder(release) / f"{kind}.csv-metadata.json"
    columns: list[dict[str, Any]] = json.loads(path.read_bytes())["tableSchema"]["columns"]
    return columns


def test_a_column_says_what_its_cells_are(release: BuiltRelease) -> None:
    columns = {column["name"]: column for column in columns_of(release, "figure")}
    assert columns["kg_value"]["datatype"] == "decimal"
    assert columns["kg_indicator"]["valueUrl"] == "{+kg_indicator}"
    assert columns["skos_prefLabel_zh"]["lang"] == "zh"
    assert columns["rdf_type"]["separator"] == "|"
    assert "valueUrl" not in columns["rdf_type"]
    assert columns["graph"]["suppressOutput"] is True
    assert columns[KEY]["required"] is True


# --- what real profiles have little of ------------------------------------------------------

ONE, TWO = (IRIS.entity("ward", slug) for slug in ("one", "two"))
P = NamedNode(f"{IRIS.base}ontology#p-q")
GRAPH = IRIS.graph("ror/1")


def table(*quads: Quad) -> Table:
    return read_table(Gathered(quads, IRIS.base), "ward", Bilingual("Wards", "病房"))


def read_back(made: Table, tmp_path: Path) -> list[dict[str, Any]]:
    (tmp_path / "ward.csv").write_bytes(made.to_csv())
    path = tmp_path / "ward.csv-metadata.json"
    path.write_bytes(metadata(made, LICENSE))
    assert csvw.CSVW(str(path), validate=True).is_valid
    return [dict(row) for row in csvw.Table.from_file(path).iterdicts()]


def test_a_separator_occurs_in_no_value(tmp_path: Path) -> None:
    texts = ["a|b", "c; d", " padded ", 'quoted "x"', "two\nlines", "comma,"]
    made = table(*(Quad(ONE, P, Literal(text), GRAPH) for text in texts))
    assert made.columns[0].separator == "\u241f"
    [row] = read_back(made, tmp_path)
    assert sorted(row["kg_p_q"]) == sorted(texts)


def test_values_of_several_sorts_have_a_column_each(tmp_path: Path) -> None:
    made = table(
        Quad(ONE, P, Literal("word"), GRAPH),
        Quad(ONE, P, Literal("word", language="en"), GRAPH),
        Quad(ONE, P, Literal("词", language="zh"), GRAPH),
        Quad(ONE, P, TWO, GRAPH),
        Quad(ONE, P, Literal(True), GRAPH),
        Quad(TWO, P, Literal("1866", datatype=NamedNode(XSD + "gYear")), GRAPH),
    )
    names = [column.name for column in made.columns]
    assert names == [
        *("kg_p_q_en", "kg_p_q_zh", "kg_p_q_boolean", "kg_p_q_gYear", "kg_p_q_iri"),
        *("kg_p_q_string", "graph"),
    ]
    first, second = read_back(made, tmp_path)
    assert (first["kg_p_q_en"], first["kg_p_q_zh"]) == ("word", "词")
    assert (first["kg_p_q_string"], first["kg_p_q_boolean"]) == ("word", True)
    assert first["kg_p_q_iri"].unsplit() == TWO.value
    assert (second["kg_p_q_string"], str(second["kg_p_q_gYear"])) == (None, "1866")


def test_whole_numbers_and_decimals_share_a_column(tmp_path: Path) -> None:
    decimal = NamedNode(XSD + "decimal")
    made = table(
        Quad(ONE, P, Literal(12), GRAPH), Quad(TWO, P, Literal("0.5", datatype=decimal), GRAPH)
    )
    assert [column.name for column in made.columns] == ["kg_p_q", "graph"]
    assert [row["kg_p_q"] for row in read_back(made, tmp_path)] == [Decimal(12), Decimal("0.5")]


def test_type_and_label_come_first_and_the_rest_by_name() -> None:
    made = table(
        Quad(ONE, P, Literal("x"), GRAPH),
        Quad(ONE, PREF_LABEL, Literal("One", language="en"), GRAPH),
        Quad(ONE, RDF_TYPE, IRIS.term("Ward"), GRAPH),
    )
    names = [column.name for column in made.columns]
    assert names == ["rdf_type", "skos_prefLabel_en", "kg_p_q", "graph"]


def test_a_group_of_no_tables_is_a_group() -> None:
    group = json.loads(group_metadata([], Bilingual("None", "无"), LICENSE))
    assert group["tables"] == []


@pytest.mark.parametrize("kind", ["ward", "figure"])
def test_the_file_is_rfc_4180(kind: str, release: BuiltRelease) -> None:
    data = (folder(release) / f"{kind}.csv").read_bytes()
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    data.decode("utf-8")
