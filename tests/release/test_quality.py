"""Linksets, quality figures and the build itself: every number as it can be counted again."""

import hashlib
import importlib.metadata
import json
from decimal import Decimal

import pytest
from conftest import ROOT, BuiltRelease
from pyoxigraph import NamedNode
from sample import SLUG
from test_service_description import BASE, DATASET, DESCRIPTION, IRIS, PREFIXES, number

from kg.release.quality import METRICS
from kg.vocab import DQV, FOAF, PREF_LABEL, PROV, SCHEMA, SPDX, SSSOM

MORE = "".join(
    f"PREFIX {name}: <{namespace}>\n"
    for name, namespace in {
        "dqv": DQV,
        "prov": PROV,
        "foaf": FOAF,
        "schema": SCHEMA,
        "spdx": SPDX,
        "sssom": SSSOM,
        "kg": f"{BASE}ontology#",
        "id": f"{BASE}id/",
    }.items()
)
CENTER = SLUG
PART = f"<{DATASET.value}#center/{CENTER}>"
LINKED = """
SELECT DISTINCT ?set ?property ?registry ?s ?o {
  GRAPH ?set { ?s ?property ?o . ?mapping kg:mappingSubject ?s ; kg:mappingObject ?o .
    OPTIONAL { ?mapping sssom:object_source ?registry } }
}
"""


# --- linksets (VoID, 5) --------------------------------------------------------------------


def test_every_linkset_has_as_many_links_as_sparql_counts(release: BuiltRelease) -> None:
    stated = release.engine.select(
        PREFIXES + MORE + "SELECT ?set ?property ?registry ?n { ?linkset a void:Linkset ; "
        f"void:subjectsTarget {DATASET} ; void:objectsTarget ?registry ; "
        "void:linkPredicate ?property ; void:triples ?n ; prov:wasDerivedFrom ?set . "
        f"{DATASET} void:subset ?linkset }}"
    ).texts()
    counted = release.engine.select(
        PREFIXES + MORE + f"SELECT ?set ?property ?registry (COUNT(*) AS ?n) {{ {{ {LINKED} }} }} "
        "GROUP BY ?set ?property ?registry"
    ).texts()
    assert sorted(stated) == sorted(counted)
    assert len(stated) > 20
    assert len({row[0] for row in stated}) == 5
    assert sum(int(row[3]) for row in stated) == 115


def test_a_linkset_has_one_property_and_two_targets(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + "SELECT ?l (COUNT(DISTINCT ?p) AS ?n) (COUNT(DISTINCT ?t) AS ?m) "
        "{ ?l a void:Linkset ; void:linkPredicate ?p ; void:subjectsTarget|void:objectsTarget ?t } "
        "GROUP BY ?l"
    ).texts()
    assert {(n, m) for _, n, m in rows} == {("1", "2")}


def test_examples_are_things_of_the_dataset(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + f"SELECT ?x {{ {DATASET} void:exampleResource ?x }} ORDER BY ?x"
    ).texts()
    assert [iri.removeprefix(BASE) for (iri,) in rows] == [
        f"claim/{CENTER}/C001",
        f"id/center/{CENTER}",
    ]


def test_the_vocabularies_are_those_of_the_predicates_and_classes(release: BuiltRelease) -> None:
    told = {
        iri
        for (iri,) in release.engine.select(
            PREFIXES + f"SELECT ?v {{ {DATASET} void:vocabulary ?v }}"
        ).texts()
    }
    used = release.engine.select(
        "SELECT DISTINCT ?t { GRAPH ?g { { ?s ?t ?o } UNION { ?s a ?t } } "
        f"FILTER(?g != {DESCRIPTION}) }}"
    ).texts()
    for vocabulary in told:
        assert any(term.startswith(vocabulary) for (term,) in used), vocabulary
    assert {f"{BASE}ontology#", SCHEMA, PROV} < told
    assert f"{BASE}id/" not in told


# --- quality (DQV) -------------------------------------------------------------------------

COUNTED = {
    "links": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?o {{ {{ {LINKED} }} }} }}",
    "things-linked": "SELECT (COUNT(DISTINCT ?s) AS ?n) { "
    f"{{ {LINKED} }} FILTER(STRSTARTS(STR(?s), STR(id:))) }}",
    "things": "SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s ?p ?o } "
    f"FILTER(STRSTARTS(STR(?s), STR(id:)) && ?g != {DESCRIPTION}) }}",
    "things-named-in-english": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s {PREF_LABEL} ?name "
    'FILTER(STRSTARTS(STR(?s), STR(id:)) && LANG(?name) = "en") }',
    "things-named-in-chinese": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s {PREF_LABEL} ?name "
    'FILTER(STRSTARTS(STR(?s), STR(id:)) && LANG(?name) = "zh") }',
    "claims": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a kg:SourceClaim ; "
    f"prov:wasQuotedFrom <{BASE}source/{CENTER}> }}",
    "claims-with-statements": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a kg:SourceClaim ; "
    f"prov:wasQuotedFrom <{BASE}source/{CENTER}> GRAPH ?c {{ ?s ?p ?o }} }}",
    "statements-with-quote": "SELECT (COUNT(*) AS ?n) { ?c a kg:SourceClaim ; "
    f"prov:wasQuotedFrom <{BASE}source/{CENTER}> GRAPH ?c {{ ?s ?p ?o }} }}",
}
REPORTED = ("shapes", "violations", "warnings", "notes", "text-coverage", "text-characters")
OF_CENTER = ("claims", "claims-with-statements", "statements-with-quote")


def measured(release: BuiltRelease, name: str) -> tuple[str, str]:
    """Return what a metric was measured on, and its value."""
    [row] = release.engine.select(
        PREFIXES + MORE + "SELECT ?on ?value { ?on dqv:hasQualityMeasurement ?m . "
        "?m a dqv:QualityMeasurement ; dqv:computedOn ?on ; dqv:value ?value ; "
        f"dqv:isMeasurementOf <{DATASET.value}#metric/{name}> }}"
    ).texts()
    return row[0], row[1]


@pytest.mark.parametrize("name", COUNTED)
def test_a_figure_of_quality_is_what_sparql_counts(name: str, release: BuiltRelease) -> None:
    on, value = measured(release, name)
    assert int(value) == number(release.engine, MORE + COUNTED[name])
    assert int(value) > 40
    assert f"<{on}>" == (PART if name in OF_CENTER else str(DATASET))


def test_the_other_figures_are_those_of_the_report(release: BuiltRelease) -> None:
    report = json.loads((release.folder / "reports" / "verdict.json").read_bytes())
    [profile] = report["profiles"]
    expected = {
        "shapes": report["shapes"],
        "violations": 0,
        "warnings": report["counts"]["warning"],
        "notes": report["counts"]["info"],
        "text-coverage": Decimal(str(profile["coverage_percent"])),
        "text-characters": profile["characters"],
        "text-characters-left-out": profile["characters_in_uncovered"],
    }
    found = {name: Decimal(measured(release, name)[1]) for name in expected}
    assert found == expected
    assert {*expected, *COUNTED} == set(METRICS)
    text = (ROOT / "data" / CENTER / "source.txt").read_text(encoding="utf-8")
    assert found["text-characters"] == sum(character.isalnum() for character in text)
    assert 0 < found["text-coverage"] <= 100


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_says_what_it_counts_in_both_languages(name: str, release: BuiltRelease) -> None:
    node = f"<{DATASET.value}#metric/{name}>"
    rows = release.engine.select(
        PREFIXES + MORE + "SELECT (LANG(?text) AS ?lang) { "
        f"{node} a dqv:Metric ; dqv:inDimension ?d ; dqv:expectedDataType ?t ; "
        "<http://www.w3.org/2004/02/skos/core#definition> ?text } ORDER BY ?lang"
    ).texts()
    assert rows == (("en",), ("zh",))


# --- the build (PROV) ----------------------------------------------------------------------


def test_the_build_used_every_source_with_its_digest(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + MORE + f"SELECT ?file ?sha {{ {DATASET} prov:wasGeneratedBy ?build . "
        "?build a prov:Activity ; prov:used ?file . ?file a prov:Entity ; "
        "spdx:checksum/spdx:checksumValue ?sha }"
    ).texts()
    start = f"{DATASET.value}#source-file/"
    used = {iri.removeprefix(start): sha256 for iri, sha256 in rows}
    assert used == dict(release.release.manifest.sources)
    for path, sha256 in used.items():
        data = (release.folder / "sources" / path).read_bytes()
        assert sha256 == hashlib.sha256(data).hexdigest()


def test_the_build_names_its_programs_and_their_versions(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + MORE + f"SELECT ?name ?version {{ {DATASET} prov:wasGeneratedBy ?build . "
        "?build prov:wasAssociatedWith ?agent ; prov:startedAtTime ?time . "
        "?agent a prov:SoftwareAgent ; foaf:name ?name ; schema:softwareVersion ?version }"
    ).texts()
    assert {name: version for name, version in rows} == {  # noqa: C416 - a row is a tuple of any length
        name: importlib.metadata.version(name)
        for name in ("research-center-kg", "pyoxigraph", "rdflib", "pyshacl")
    }


def test_the_time_of_the_build_is_that_of_the_manifest(release: BuiltRelease) -> None:
    for path in ("prov:generatedAtTime", "prov:wasGeneratedBy/prov:startedAtTime"):
        rows = release.engine.select(PREFIXES + MORE + f"SELECT ?t {{ {DATASET} {path} ?t }}")
        assert rows.texts() == ((release.release.manifest.built_at,),)


def test_what_the_description_names_as_ours_it_describes(release: BuiltRelease) -> None:
    start = f"{DATASET.value}#"
    quads = list(release.release.store.quads_for_pattern(None, None, None, DESCRIPTION))
    named = {
        q.object
        for q in quads
        if isinstance(q.object, NamedNode) and q.object.value.startswith(start)
    }
    assert len(named) > 700
    assert named <= {q.subject for q in quads}
    assert IRIS.dataset in {q.subject for q in quads}
