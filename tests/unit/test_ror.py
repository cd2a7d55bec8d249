"""ROR dumps: both schemas, every form of file, RDF that says what the record says."""

import csv
import gzip
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from click.testing import CliRunner
from conftest import RECORDS, ROOT
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from kg.cli import main
from kg.errors import SourceError
from kg.link.importing import RECORDS_FILE, import_ror
from kg.link.index import INDEX_FILE
from kg.sources.ror import (
    RorRecord,
    parse_record,
)
from kg.sources.ror_dump import read_dump
from kg.sources.ror_fields import (
    MalformedRecord,
)
from kg.sources.ror_rdf import record_quads
from kg.sources.ror_table import COLUMNS
from kg.vocab import Iris

BASE = "https://example.org/"
IRIS = Iris(BASE)
CASES = Path(__file__).parents[1] / "cases" / "ror"
TABLE = RECORDS.with_suffix(".csv")
RAW = [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]

SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
ORG = "http://www.w3.org/ns/org#"
DCTERMS = "http://purl.org/dc/terms/"
VCARD = "http://www.w3.org/2006/vcard/ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
KG = BASE + "ontology#"


def schema_1(name: str = "schema-1.json") -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return raw


def records(path: Path) -> tuple[list[RorRecord], list[SourceError]]:
    items = list(read_dump(path))
    good = [item for item in items if isinstance(item, RorRecord)]
    return good, [item for item in items if isinstance(item, SourceError)]


# What the quads say, read back by someone who knows the vocabulary only.


class ReadBack:
    def __init__(self, quads: list[Quad], identifier: str) -> None:
        self.quads = quads
        self.thing = NamedNode("https://ror.org/" + identifier)
        self.graph = NamedNode(f"{BASE}graph/ror/{identifier}")

    def values(self, predicate: str, subject: object = None) -> list[NamedNode | Literal]:
        about = subject or self.thing
        return [
            q.object
            for q in self.quads
            if q.subject == about and q.predicate.value == predicate
            if isinstance(q.object, NamedNode | Literal)
        ]

    def texts(self, predicate: str, subject: object = None) -> list[str]:
        return sorted(value.value for value in self.values(predicate, subject))

    def names(self) -> set[tuple[str, str, str | None]]:
        properties = {
            "ror_display": SKOS + "prefLabel",
            "label": RDFS + "label",
            "alias": SKOS + "altLabel",
            "acronym": KG + "acronym",
        }
        return {
            (kind, value.value, value.language)
            for kind, iri in properties.items()
            for value in self.values(iri)
            if isinstance(value, Literal)
        }

    def relations(self) -> set[tuple[str, str]]:
        properties = {
            "parent": ORG + "subOrganizationOf",
            "child": ORG + "hasSubOrganization",
            "related": ORG + "linkedTo",
            "successor": DCTERMS + "isReplacedBy",
            "predecessor": DCTERMS + "replaces",
        }
        return {(kind, v.value) for kind, iri in properties.items() for v in self.values(iri)}

    def identifiers(self) -> set[tuple[str, str, bool]]:
        return {
            (
                self.texts(SCHEMA + "propertyID", node)[0],
                self.texts(SCHEMA + "value", node)[0],
                self.texts(KG + "preferred", node) == ["true"],
            )
            for node in self.values(SCHEMA + "identifier")
        }

    def places(self) -> set[str]:
        return {v.value for v in self.values(SCHEMA + "location")}

    def addresses(self) -> set[tuple[str, ...]]:
        parts = ("addressLocality", "addressRegion", "addressCountry")
        return {
            tuple("".join(self.texts(SCHEMA + part, node)) for part in parts)
            for node in self.values(SCHEMA + "address")
        }


def expected(raw: dict[str, Any]) -> dict[str, Any]:
    """What a record's JSON says, in the words of schema 2, taken from the JSON by hand."""
    if "names" in raw:
        return {
            "names": {
                (kind, name["value"].strip(), name["lang"])
                for name in raw["names"]
                for kind in name["types"]
            },
            "relations": {(r["type"], r["id"]) for r in raw["relationships"]},
            "identifiers": {
                (e["type"], value.strip(), value == e["preferred"])
                for e in raw["external_ids"]
                for value in e["all"]
            },
            "places": {f"https://sws.geonames.org/{p['geonames_id']}/" for p in raw["locations"]},
            "addresses": {
                (
                    d["name"],
                    d.get("country_subdivision_name") or "",
                    d["country_code"],
                )
                for d in (p["geonames_details"] for p in raw["locations"])
            },
            "websites": sorted(x["value"] for x in raw["links"] if x["type"] == "website"),
            "wikipedia": sorted(x["value"] for x in raw["links"] if x["type"] == "wikipedia"),
            "domains": sorted(raw["domains"]),
            "types": sorted(raw["types"]),
        }
    ids = {
        (scheme.lower(), value, value == x["preferred"])
        for scheme, x in raw["external_ids"].items()
        for value in ([x["all"]] if isinstance(x["all"], str) else x["all"])
    }
    cities = [address["geonames_city"] for address in raw["addresses"]]
    return {
        "names": {
            ("ror_display", raw["name"], None),
            ("label", raw["name"], None),
            *(("label", x["label"], x["iso639"]) for x in raw["labels"]),
            *(("alias", x, None) for x in raw["aliases"]),
            *(("acronym", x, None) for x in raw["acronyms"]),
        },
        "relations": {(r["type"].lower(), r["id"]) for r in raw["relationships"]},
        "identifiers": ids,
        "places": {f"https://sws.geonames.org/{city['id']}/" for city in cities},
        "addresses": {
            (
                city["city"],
                (city.get("geonames_admin1") or {}).get("name") or "",
                raw["country"]["country_code"],
            )
            for city in cities
        },
        "websites": sorted(raw["links"]),
        "wikipedia": [raw["wikipedia_url"]] if raw["wikipedia_url"] else [],
        "domains": [],
        "types": sorted(kind.lower() for kind in raw["types"]),
    }


def assert_says_the_same(raw: dict[str, Any]) -> None:
    record = parse_record(raw)
    back = ReadBack(record_quads(record, "v9.9", IRIS), record.id)
    want = expected(raw)
    assert back.names() == want["names"]
    assert back.relations() == want["relations"]
    assert back.identifiers() == want["identifiers"]
    assert back.places() == want["places"]
    assert back.addresses() == want["addresses"]
    assert back.texts(SCHEMA + "url") == want["websites"]
    assert back.texts(RDFS + "seeAlso") == want["wikipedia"]
    assert back.texts(KG + "webDomain") == want["domains"]
    assert back.texts(KG + "organizationType") == want["types"]
    assert back.texts(KG + "recordStatus", back.graph) == [raw["status"]]
    founded = [f"{raw['established']:04}"] if raw["established"] else []
    assert back.texts(SCHEMA + "foundingDate") == founded
    modified = raw["admin"]["last_modified"]["date"] if "admin" in raw else None
    assert back.texts(DCTERMS + "modified", back.graph) == ([modified] if modified else [])
    version = raw["_path"].partition("/")[0] if "_path" in raw else "v9.9"
    assert back.texts(SCHEMA + "version", back.graph) == [version]
    assert back.texts(DCTERMS + "source", back.graph) == [raw["id"]]
    license_ = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert back.texts(DCTERMS + "license", back.graph) == [license_]
    assert {q.graph_name for q in back.quads} == {back.graph}


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: raw["id"].rpartition("/")[2])
def test_a_record_of_the_registry_says_in_rdf_what_its_json_says(raw: dict[str, Any]) -> None:
    assert_says_the_same(raw)


def test_records_of_both_schemas_are_there() -> None:
    assert {"names" in raw for raw in RAW} == {True, False}
    assert {raw["status"] for raw in RAW} == {"active", "inactive", "withdrawn"}


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.glob("schema-*.json")))
def test_a_record_made_by_hand_says_in_rdf_what_its_json_says(name: str) -> None:
    assert_says_the_same(schema_1(name))


def test_a_preferred_identifier_comes_first() -> None:
    record = parse_record(schema_1())
    funder = next(i for i in record.identifiers if i.scheme == "fundref")
    assert funder.values == ("501100000002", "501100000001")


def test_every_literal_is_in_the_form_that_the_store_keeps() -> None:
    quads = record_quads(parse_record(schema_1("schema-2.json")), "v2.0", IRIS)
    store = pyoxigraph.Store()
    store.extend(quads)
    assert set(store) == set(quads)


def test_a_website_that_is_no_iri_stays_a_text() -> None:
    raw = schema_1() | {"links": ["http://a b.example/"]}
    back = ReadBack(record_quads(parse_record(raw), "v1", IRIS), "000000098")
    assert back.values(SCHEMA + "url") == [Literal("http://a b.example/")]


# Forms of files


def write_jsonl(path: Path, raws: list[str]) -> Path:
    path.write_text("\n".join(raws) + "\n", encoding="utf-8")
    return path


def gzip_of(text: str, path: Path) -> Path:
    path.write_bytes(gzip.compress(text.encode("utf-8")))
    return path


def zip_of(text: str, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v1.50-ror-data.json", "[]")
        archive.writestr("v1.50-ror-data_schema_v2.json", text)
        archive.writestr("v1.50-ror-data_schema_v2.csv", "id\n")
    return path


def two_records() -> list[dict[str, Any]]:
    return [schema_1(), schema_1("schema-2.json")]


FORMS: dict[str, Callable[[Path], Path]] = {
    "array": lambda p: gzip_of(json.dumps(two_records()), p / "dump.json"),
    "indented array": lambda p: gzip_of(json.dumps(two_records(), indent=2), p / "dump.csv"),
    "lines": lambda p: write_jsonl(p / "dump.json", [json.dumps(r) for r in two_records()]),
    "packed lines": lambda p: gzip_of(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in two_records()), p / "noname"
    ),
    "lines with a mark": lambda p: gzip_of(
        "\ufeff" + "\r\n".join(map(json.dumps, two_records())), p / "dump.txt"
    ),
    "zip": lambda p: zip_of(json.dumps(two_records(), indent=4), p / "dump.zip"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_dump_is_told_by_its_content(form: str, tmp_path: Path) -> None:
    good, errors = records(FORMS[form](tmp_path))
    assert errors == []
    assert [r.id for r in good] == ["000000098", "000000195"]
    assert good == [parse_record(raw) for raw in two_records()]


def test_an_array_longer_than_a_window_is_read_record_by_record(tmp_path: Path) -> None:
    raw = schema_1()
    many = [raw | {"aliases": [f"name {n} " + "x" * 500]} for n in range(2000)]
    good, errors = records(gzip_of(json.dumps(many), tmp_path / "dump"))
    assert errors == []
    assert [r.names[-2].text.split()[1] for r in good] == [str(n) for n in range(2000)]


def test_the_table_has_the_records_of_the_json() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    good, errors = records(TABLE)
    assert errors == []
    assert [r.id for r in good] == [row["ror_id"].rpartition("/")[2] for row in rows]
    assert_same_facts(good, {r.id: r for r in records(RECORDS)[0]})


def assert_same_facts(of_table: list[RorRecord], full: dict[str, RorRecord]) -> None:
    """Check that records of a table say what those of the JSON say, as far as it goes."""
    assert of_table
    for record in of_table:
        other = full[record.id]
        assert (record.display, record.status, record.established, record.types) == (
            *(other.display, other.status, other.established),
            other.types,
        )
        # The table joins names by |, which a name may hold too.
        parts = {part for n in other.names for part in (n.text, *map(str.strip, n.text.split("|")))}
        assert {n.text for n in record.names} <= parts


# Mistakes in a dump


@pytest.mark.parametrize("content", [b"\x1f\x8bxx", b"\x1f\x8b" + b"x" * 50, b"PK\x03\x04 no"])
def test_what_only_looks_packed_breaks_off(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"the file breaks off: .*; "):
        import_ror(path, tmp_path / "ror", BASE, "v1.0")


def broken(raw: str) -> Iterator[tuple[str, str]]:
    yield "cut", raw[: len(raw) // 2]
    yield "no object", "17"
    yield "no id", raw.replace('"id": "https://ror.org/000000098"', '"id": null')
    yield (
        "wrong check digits",
        raw.replace("https://ror.org/000000098", "https://ror.org/000000097"),
    )
    yield "status", raw.replace('"active"', '"sleeping"')
    yield "lone surrogate", raw.replace("Institute", "Institute\\ud800")
    yield "huge number", raw.replace("1950", "1" * 5000)
    yield "deep", '{"id": ' + "[" * 100_000
    yield "names", raw.replace('"aliases": [', '"aliases": [7, ')


@pytest.mark.parametrize("layout", ["lines", "array"])
def test_a_malformed_record_costs_only_itself(layout: str, tmp_path: Path) -> None:
    first, last = (json.dumps(raw) for raw in two_records())
    for what, bad in broken(first):
        between = [first, bad, last]
        text = "\n".join(between) if layout == "lines" else "[" + ",\n".join(between) + "]"
        good, errors = records(gzip_of(text, tmp_path / "dump"))
        assert [r.id for r in good] == ["000000098", "000000195"], what
        assert [e.line for e in errors] == [2], what
        if layout == "array":
            assert "record 2" in str(errors[0])


@pytest.mark.parametrize("layout", ["lines", "array", "indented array"])
def test_a_dump_that_is_damaged_anywhere_loses_few_records(layout: str, tmp_path: Path) -> None:
    chance = random.Random(20260623)  # noqa: S311 - places, no secrets
    many = two_records() * 10
    if layout == "lines":
        whole = "\n".join(json.dumps(raw) for raw in many).encode()
    else:
        whole = json.dumps(many, indent=2 if layout == "indented array" else None).encode()
    path = tmp_path / "dump"
    for _ in range(150):
        place = chance.randrange(1, len(whole) - 20)
        damage = chance.choice([b"", b'"', b"}", b"{", b"\xff", b"\x00", b"\\", b"]"])
        path.write_bytes(whole[:place] + damage + whole[place + chance.randrange(20) :])
        good, errors = records(path)
        assert len(good) >= 18, (place, damage)
        assert len(good) + len(errors) >= 19 or good == [parse_record(raw) for raw in many]
        assert all(error.line for error in errors)


def test_a_byte_that_is_no_utf_8_costs_one_record(tmp_path: Path) -> None:
    first, last = (json.dumps(raw, ensure_ascii=False).encode() for raw in two_records())
    path = tmp_path / "dump"
    path.write_bytes(b"\n".join([first, first.replace(b"Institute", b"Inst\xff"), last]))
    good, errors = records(path)
    assert len(good) == 2
    assert [e.line for e in errors] == [2]


def test_a_row_with_an_open_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    row = dict.fromkeys(COLUMNS, "")
    row |= {"ror_id": "https://ror.org/000000098", "status": "active", "display_name": "A"}
    lines = [",".join(COLUMNS), ",".join(row.values())]
    lines.append(",".join((row | {"display_name": '"B'}).values()))
    lines.append(",".join((row | {"ror_id": "https://ror.org/000000195"}).values()))
    good, errors = records(write_jsonl(tmp_path / "dump.csv", lines))
    assert [r.id for r in good] == ["000000098", "000000195"]
    assert [e.line for e in errors] == [3]


def test_a_column_that_nothing_reads_stops_the_reading(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "dump.csv", [",".join((*COLUMNS, "motto"))])
    with pytest.raises(SourceError, match=r"dump\.csv:1: the columns are not those .*: motto;"):
        records(path)


def test_a_gzip_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311 - a sample, no secret
    lines = [
        json.dumps(schema_1() | {"aliases": [f"{rng.random()}" for _ in range(99)]})
        for _ in range(900)
    ]
    whole = gzip_of("\n".join(lines), tmp_path / "whole").read_bytes()
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: len(whole) // 2])
    good, errors = records(path)
    assert 100 < len(good) < 900
    assert "breaks off" in str(errors[-1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "begins neither as JSON nor as a table"),
        (b"<html>", "begins neither as JSON nor as a table"),
    ],
)
def test_what_is_no_dump_is_said(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        records(path)


def test_a_record_without_a_displayed_name_is_refused() -> None:
    raw = schema_1("schema-2.json")
    raw["names"] = [{"value": "X", "lang": None, "types": ["alias"]}]
    with pytest.raises(MalformedRecord, match="no name has the type ror_display"):
        parse_record(raw)


# The import as a whole


def import_command(file: Path, out: Path, *more: str) -> tuple[int, str, str]:
    arguments = ["--root", str(ROOT), "import", "ror", str(file), "--out", str(out), *more]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_an_import_writes_graphs_index_and_summary(tmp_path: Path) -> None:
    file = gzip_of(json.dumps(two_records()), tmp_path / "v1.50-2024-01-01-ror-data.json")
    code, out, err = import_command(file, tmp_path / "ror")
    assert code == 0, err
    assert out.startswith("2 records read (2 active, 1 schema 1, 1 schema 2), 0 left out\n")
    assert "... read v1.50-2024-01-01-ror-data.json: 100 %" in err
    packed = (tmp_path / "ror" / RECORDS_FILE).read_bytes()
    quads = list(pyoxigraph.parse(gzip.decompress(packed), RdfFormat.N_QUADS))
    versions = {q.object.value for q in quads if q.predicate.value == SCHEMA + "version"}
    assert versions == {"v1.50"}
    with sqlite3.connect(tmp_path / "ror" / INDEX_FILE) as db:
        entries = dict(db.execute("SELECT local, status FROM entry"))
        # What the two relate to, and the dump has no record of, is known by its name.
        assert entries == {
            "000000098": "active",
            "000000195": "active",
            **dict.fromkeys(("000000292", "000000389", "000000486", "000000583"), "mentioned"),
        }
        assert dict(db.execute("SELECT key, value FROM meta"))["version"] == "v1.50"
    db.close()


def test_an_import_with_a_bad_record_keeps_the_others_and_exits_1(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "dump", [json.dumps(two_records()[0]), "{}", '{"id": 3}'])
    code, out, err = import_command(file, tmp_path / "ror", "--version", "v1.0")
    assert code == 1
    assert out.startswith("1 records read (1 active, 1 schema 1), 2 left out\n")
    assert f"{file}:2: " in err
    assert f"{file}:3: " in err
    summary = json.loads((tmp_path / "ror" / "import.json").read_text(encoding="utf-8"))
    assert len(summary["leftOut"]) == 2


def test_the_same_dump_gives_the_same_bytes(tmp_path: Path) -> None:
    file = gzip_of(json.dumps(two_records()), tmp_path / "dump")
    found = []
    for name in ("a", "b"):
        import_ror(file, tmp_path / name, BASE, "v1.0")
        found.append((tmp_path / name / RECORDS_FILE).read_bytes())
    assert found[0] == found[1]


def test_a_record_twice_is_told(tmp_path: Path) -> None:
    file = gzip_of(json.dumps(two_records() * 2), tmp_path / "dump")
    imported = import_ror(file, tmp_path / "ror", BASE, "v1.0")
    assert imported.records == 2
    assert [e.what for e in imported.errors] == [
        "the record 000000098 stands there twice",
        "the record 000000195 stands there twice",
    ]


def test_records_of_no_release_are_left_out(tmp_path: Path) -> None:
    file = gzip_of(json.dumps(two_records()), tmp_path / "dump")
    imported = import_ror(file, tmp_path / "ror", BASE)
    assert imported.records == 1  # schema 2 says when it was modified
    assert "does not say which release it is of; name the release with --version" in str(
        imported.errors[0]
    )


def test_a_failed_import_leaves_what_was_there(tmp_path: Path) -> None:
    good = gzip_of(json.dumps(two_records()), tmp_path / "dump")
    import_ror(good, tmp_path / "ror", BASE, "v1.0")
    before = (tmp_path / "ror" / RECORDS_FILE).read_bytes()
    bad = write_jsonl(tmp_path / "bad", ["{}"])
    with pytest.raises(SourceError, match="no record could be read"):
        import_ror(bad, tmp_path / "ror", BASE, "v1.0")
    assert (tmp_path / "ror" / RECORDS_FILE).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad", "dump", "ror"]


def test_a_folder_that_is_no_import_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years", encoding="utf-8")
    file = gzip_of(json.dumps(two_records()), tmp_path / "dump")
    code, _, err = import_command(file, tmp_path / "mine", "--version", "v1.0")
    assert code == 1
    assert "the folder is no import; name another place with --out" in err
    assert (tmp_path / "mine" / "thesis.txt").is_file()


def test_all_records_are_read(tmp_path: Path) -> None:
    imported = import_ror(RECORDS, tmp_path / "ror", BASE)
    assert (imported.records, imported.errors) == (len(RAW), ())
    assert sum(imported.schemas.values()) == len(RAW)
    assert set(imported.schemas) == {"schema 1", "schema 2"}
