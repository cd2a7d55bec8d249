"""Mapping files: what they become, what is refused, and that nothing is lost on the way."""

import csv
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from kg.errors import SourceError, SourceErrors
from kg.sources.sssom import MappingSet, read_mappings

BASE = "https://w3id.org/research-center-kg/"
ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases" / "sssom"
MAPPINGS = ROOT / "data" / "mappings"
IDENTIFIERS = ROOT.parent / "shared" / "domain" / "identifiers.tsv"

PREDICATES = {
    "exact": "exactMatch",
    "close": "closeMatch",
    "broader": "broadMatch",
    "narrower": "narrowMatch",
    "related": "relatedMatch",
}
REGISTRIES = {
    "ROR": "https://ror.org/",
    "Wikidata": "http://www.wikidata.org/entity/",
    "GRID": "https://www.grid.ac/institutes/",
    "ISNI": "https://isni.org/isni/",
    "Crossref Funder ID": "https://doi.org/",
    "GeoNames": "https://sws.geonames.org/",
    "MeSH": "http://id.nlm.nih.gov/mesh/",
    "MeSH SCR": "http://id.nlm.nih.gov/mesh/",
    "MONDO": "http://purl.obolibrary.org/obo/",
    "DOID": "http://purl.obolibrary.org/obo/",
    "NCIt": "http://purl.obolibrary.org/obo/",
    "ChEBI": "http://purl.obolibrary.org/obo/",
    "PubChem CID": "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
    "NCBI Taxonomy": "http://purl.obolibrary.org/obo/NCBITaxon_",
    "DICOM DCM": "http://dicom.nema.org/resources/ontology/DCM/",
}
"""Identifier schemes of identifiers.tsv and how their IRIs begin. Others have no IRI."""


def foreign_iri(scheme: str, identifier: str) -> str:
    text = identifier.removeprefix("https://ror.org/").replace(" ", "").replace(":", "_")
    return REGISTRIES[scheme] + text + ("/" if scheme == "GeoNames" else "")


def kg(name: str) -> NamedNode:
    return NamedNode(f"{BASE}ontology#{name}")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def links(quads: tuple[Quad, ...]) -> list[tuple[str, str, str]]:
    """Return subject, SKOS property and object of every kg:Mapping."""
    found: dict[str, dict[str, str]] = {}
    for quad in quads:
        name = quad.predicate.value.partition("#mapping")[2]
        if name in {"Subject", "Predicate", "Object"}:
            found.setdefault(str(quad.subject), {})[name] = str(quad.object)[1:-1]
    return [(m["Subject"], m["Predicate"].partition("#")[2], m["Object"]) for m in found.values()]


@pytest.fixture(scope="module")
def sets() -> list[MappingSet]:
    paths = sorted(MAPPINGS.glob("*.sssom.tsv"))
    assert len(paths) == 5
    return [read_mappings(path, BASE) for path in paths]


@pytest.fixture(scope="module")
def mapped(sets: list[MappingSet]) -> list[tuple[str, str, str]]:
    return [link for mapping_set in sets for link in links(mapping_set.quads)]


@pytest.fixture(scope="module")
def identifiers() -> list[dict[str, str]]:
    if not IDENTIFIERS.is_file():
        pytest.skip(reason="the table of identifiers lies beside the project and is not there")
    rows = table(IDENTIFIERS)
    assert len(rows) == 208
    return rows


@pytest.fixture(scope="module")
def mapping_rows(identifiers: list[dict[str, str]]) -> list[dict[str, str]]:
    return [r for r in identifiers if r["match"] in PREDICATES and r["scheme"] != "SNOMED CT"]


VALID = sorted(CASES.glob("valid-*.sssom.tsv"))
INVALID = sorted(CASES.glob("invalid-*.sssom.tsv"))


def test_there_are_cases() -> None:
    assert len(VALID) == 2
    assert len(INVALID) == 32


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_a_valid_file_gives_its_quads(path: Path) -> None:
    expected = path.with_name(path.name.replace(".sssom.tsv", ".nq")).read_bytes()
    mapping_set = read_mappings(path, BASE)
    assert list(mapping_set.quads) == list(pyoxigraph.parse(expected, RdfFormat.N_QUADS))


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.name)
def test_an_invalid_file_says_where_what_and_what_next(path: Path) -> None:
    expected = path.with_name(path.name.replace(".sssom.tsv", ".txt")).read_text(encoding="utf-8")
    with pytest.raises((SourceError, SourceErrors)) as caught:
        read_mappings(path, BASE)
    assert str(caught.value).replace(f"{CASES}/", "") == expected.rstrip("\n")


def test_a_missing_file_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "none.sssom.tsv"
    with pytest.raises(SourceError) as caught:
        read_mappings(path, BASE)
    assert str(caught.value) == f"{path}: no such file; restore it or create it"


def test_a_set_says_what_it_is(sets: list[MappingSet]) -> None:
    for mapping_set in sets:
        said = {(q.predicate, q.object) for q in mapping_set.quads if q.subject == mapping_set.iri}
        label = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
        assert (label, Literal(mapping_set.title, language="en")) in said
        assert (NamedNode("http://purl.org/dc/terms/license"), mapping_set.license) in said
        kinds = {value for name, value in said if name.value.endswith("#type")}
        assert kinds == {kg("MappingSet"), NamedNode("http://www.w3.org/ns/prov#Entity")}
        assert {quad.graph_name for quad in mapping_set.quads} == {mapping_set.iri}


def test_every_row_is_a_mapping_of_its_own(sets: list[MappingSet]) -> None:
    for mapping_set in sets:
        nodes = [q.subject for q in mapping_set.quads if q.object == kg("Mapping")]
        assert len(nodes) == len(set(nodes)) == len(links(mapping_set.quads)) == mapping_set.rows


def test_reading_twice_gives_the_same_quads_in_the_same_order(sets: list[MappingSet]) -> None:
    again = [read_mappings(path, BASE) for path in sorted(MAPPINGS.glob("*.sssom.tsv"))]
    assert again == sets


def test_only_concepts_have_skos_matches(sets: list[MappingSet]) -> None:
    concepts = (f"{BASE}code/", f"{BASE}id/modality/", f"{BASE}id/topic/")
    matches = [
        quad
        for mapping_set in sets
        for quad in mapping_set.quads
        if quad.predicate.value.endswith("Match")
    ]
    assert len(matches) == 31
    for quad in matches:
        assert str(quad.subject)[1:-1].startswith(concepts)


def test_every_subject_is_a_thing_of_ours_and_carries_its_label(sets: list[MappingSet]) -> None:
    labels: dict[str, set[str]] = {}
    label = (
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://www.w3.org/2000/01/rdf-schema#label",
    )
    files = [*ROOT.glob("data/*/profile.trig"), ROOT / "data" / "organizations.trig"]
    files += [ROOT / "ontology" / name for name in ("codes.ttl", "ontology.ttl")]
    for path in files:
        form = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
        for quad in pyoxigraph.parse(path.read_bytes(), form):
            if quad.predicate.value in label and isinstance(quad.object, Literal):
                labels.setdefault(str(quad.subject)[1:-1], set()).add(quad.object.value)
    rows = 0
    for mapping_set in sets:
        path = MAPPINGS / f"{mapping_set.iri.value.rpartition('/')[2]}.sssom.tsv"
        lines = path.read_text(encoding="utf-8").splitlines()
        body = [line for line in lines if not line.startswith("#")]
        for row in csv.DictReader(body, delimiter="\t"):
            prefix, _, name = row["subject_id"].partition(":")
            iri = BASE + {"kg": "ontology#", "kgid": "id/", "kgcode": "code/"}[prefix] + name
            assert row["subject_label"] in labels.get(iri, set()), row["subject_id"]
            assert row["stored_source"], row["subject_id"]
            rows += 1
    assert rows == 115


def test_every_mapping_row_is_mapped_or_left_out(
    mapped: list[tuple[str, str, str]], mapping_rows: list[dict[str, str]]
) -> None:
    left_out = Counter(
        (r["entity"], r["scheme"], r["identifier"]) for r in table(MAPPINGS / "left-out.tsv")
    )
    ends = Counter((predicate, target) for _, predicate, target in mapped)
    missing = []
    used: Counter[tuple[str, str]] = Counter()
    for row in mapping_rows:
        key = (row["entity"], row["scheme"], row["identifier"])
        if left_out[key]:
            left_out[key] -= 1
            continue
        end = (PREDICATES[row["match"]], foreign_iri(row["scheme"], row["identifier"]))
        used[end] += 1
        if used[end] > ends[end]:
            missing.append(key)
    assert missing == []
    assert +left_out == Counter()
    # Not rows of the table: the cities of two records of organizations.
    assert {target for _, target in +(ends - used)} == {
        "https://sws.geonames.org/1796236/",
        "https://sws.geonames.org/1816670/",
    }


def test_what_is_left_out_has_a_reason() -> None:
    rows = table(MAPPINGS / "left-out.tsv")
    assert len(rows) == 36
    assert all(row["reason"] for row in rows)


def test_no_row_that_is_for_the_reader_only_is_published(
    mapped: list[tuple[str, str, str]], identifiers: list[dict[str, str]]
) -> None:
    kept_out = [r for r in identifiers if r["match"] not in PREDICATES]
    kept_out += [r for r in identifiers if r["scheme"] == "SNOMED CT"]
    assert len(kept_out) == 59
    targets = {target for _, _, target in mapped}
    for row in kept_out:
        code = row["identifier"].replace(" ", "").replace(":", "_").rpartition("/")[2]
        assert not any(
            target.rstrip("/").endswith(("/" + code, "_" + code, "CID" + code))
            for target in targets
        ), row["identifier"]
    assert not any("snomed" in target.lower() for target in targets)


@pytest.mark.parametrize(
    ("registry", "count"),
    [
        ("https://ror.org/", 5),
        ("http://www.wikidata.org/entity/", 8),
        ("https://www.grid.ac/institutes/", 5),
        ("https://isni.org/isni/", 5),
        ("https://doi.org/10.13039/", 5),
        ("https://sws.geonames.org/", 5),
    ],
)
def test_organizations_and_places_are_mapped(
    mapped: list[tuple[str, str, str]], registry: str, count: int
) -> None:
    assert sum(target.startswith(registry) for _, _, target in mapped) == count
