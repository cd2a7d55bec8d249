"""schema.org: every kind has a type that is true, every word exists, nothing is said too much."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import BuiltRelease
from pyld import jsonld
from rdflib import SDO
from sample import CLAIM, FIGURE, NUMBER, QUOTE, SLUG

from kg.query.schema_org import mapping, schema_org
from kg.sources.context import load_nothing
from kg.vocab import DCAT, PREF_LABEL, RDF_TYPE, SCHEMA

BASE = "https://w3id.org/research-center-kg/"
CENTER = f"{BASE}id/center/{SLUG}"
LANGUAGES = ("en", "zh", None)
# In schema.org since a version that rdflib's list is older than.
NEWER = {"observationAbout"}

TYPES = {
    "achievement-group": {"ItemList", "ListItem"},
    "award": {"Intangible"},
    "cell": {"Thing"},
    "center": {"ResearchOrganization"},
    "database": {"Intangible"},
    "designation": {"Intangible"},
    "disease": {"MedicalCondition"},
    "figure": {"Observation"},
    "finding": {"Intangible"},
    "institution": {"Organization", "Hospital", "CollegeOrUniversity", "GovernmentOrganization"},
    "membership": {"OrganizationRole"},
    "method": {"ImagingTest"},
    "modality": {"MedicalImagingTechnique"},
    "network": {"Intangible"},
    "objective": {"Intangible"},
    "organism": {"Taxon"},
    "person": {"Person"},
    "plan": {"Intangible"},
    "platform": {"Service", "Intangible"},
    "priority-claim": {"Claim"},
    "probe": {"Substance"},
    "probe-set": {"ItemList"},
    "radionuclide": {"Substance"},
    "ranking": {"Intangible"},
    "region": {"Place"},
    "research-activity": {"Intangible"},
    "specification": {"MedicalGuideline"},
    "substance": {"Substance"},
    "therapy": {"MedicalTherapy", "MedicalDevice"},
    "topic": {"DefinedTerm"},
    "ward": {"Place"},
}


def things(release: BuiltRelease, start: str) -> list[str]:
    rows = release.engine.select(
        f"SELECT DISTINCT ?s {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), '{start}')) }} "
        "ORDER BY ?s"
    ).texts()
    return [iri for (iri,) in rows]


def datasets(release: BuiltRelease) -> list[str]:
    rows = release.engine.select(
        f"SELECT ?d {{ GRAPH <{BASE}graph/description> {{ ?d a <{DCAT}Dataset> }} }} ORDER BY ?d"
    ).texts()
    return [iri for (iri,) in rows]


def said(release: BuiltRelease, iri: str, language: str | None = "en") -> dict[str, Any]:
    return schema_org(release.engine, iri, language)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield a node of JSON-LD and those inside it."""
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- things --------------------------------------------------------------------------------


def test_every_kind_of_thing_is_of_a_type_that_is_true_of_it(release: BuiltRelease) -> None:
    found: dict[str, set[str]] = {}
    for iri in things(release, f"{BASE}id/"):
        kind = iri.removeprefix(f"{BASE}id/").partition("/")[0]
        found.setdefault(kind, set()).update(as_list(said(release, iri)["@type"]))
    assert found == TYPES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_and_property_exists_in_schema_org(
    language: str | None, release: BuiltRelease
) -> None:
    starts = ("id/", "claim/", "source/", "code/", "graph/mapping/")
    iris = [iri for start in starts for iri in things(release, BASE + start)]
    iris = [iri for iri in iris if "#" not in iri or "/id/" in iri] + datasets(release)[:3]
    types: set[str] = set()
    words: set[str] = set()
    for iri in iris:
        for node in nodes(said(release, iri, language)):
            types.update(as_list(node.get("@type", [])))
            words.update(name for name in node if not name.startswith("@"))
    assert {name for name in types | words if SCHEMA + name not in SDO} <= NEWER
    assert len(types) > 20
    assert len(words) > 40


def test_the_table_maps_words_that_the_release_uses(release: BuiltRelease) -> None:
    table = mapping(BASE)
    classes = {iri for (iri,) in release.engine.select("SELECT DISTINCT ?c { ?s a ?c }").texts()}
    properties = {
        iri for (iri,) in release.engine.select("SELECT DISTINCT ?p { ?s ?p ?o }").texts()
    }
    assert {rule.source for rule in table.rules} <= properties
    assert {rule.only for rule in table.rules if rule.only} <= classes
    # Every class of ours that things of a page have, and states no type of its own, is there.
    assert set(table.types) <= classes | {f"{BASE}ontology#Database"}


def test_what_is_only_planned_is_nothing_that_exists(release: BuiltRelease) -> None:
    rows = release.engine.select(
        f"SELECT ?s {{ ?s <{BASE}ontology#status> <{BASE}code/status/planned> }}"
    ).texts()
    assert len(rows) > 3
    for (iri,) in rows:
        assert said(release, iri)["@type"] == "Intangible", iri


def test_a_type_that_the_data_state_is_the_type(release: BuiltRelease) -> None:
    rows = release.engine.select(
        f"SELECT ?s ?c {{ ?s {RDF_TYPE} ?c FILTER(STRSTARTS(STR(?c), '{SCHEMA}') && "
        f"STRSTARTS(STR(?s), '{BASE}id/')) }}"
    ).texts()
    assert len(rows) > 40
    for iri, class_ in rows:
        assert class_.removeprefix(SCHEMA) in as_list(said(release, iri)["@type"])


def test_an_institution_has_its_names_place_and_identifiers(release: BuiltRelease) -> None:
    iri = f"{BASE}id/institution/union-hospital"
    hospital = said(release, iri, "zh")
    assert (hospital["@type"], hospital["name"]) == ("Hospital", "武汉协和医院")
    assert {"@value": "Union Hospital", "@language": "en"} in hospital["alternateName"]
    assert hospital["location"] == {
        "@id": f"{BASE}id/region/wuhan",
        "@type": "Place",
        "name": "武汉",
    }
    assert "https://ror.org/0371fqr87" in hospital["sameAs"]
    assert hospital["foundingDate"] == "1866"
    rows = release.engine.select(f"SELECT ?o {{ <{iri}> <{SCHEMA}sameAs> ?o }}").texts()
    assert set(hospital["sameAs"]) == {other for (other,) in rows}


def test_a_figure_says_what_of_whom_and_how_much(release: BuiltRelease) -> None:
    figure = said(release, f"{BASE}id/{FIGURE}")
    [(indicator, name)] = release.engine.select(
        f"SELECT ?i ?n {{ <{BASE}id/{FIGURE}> <{BASE}ontology#indicator> ?i . "
        f"?i {PREF_LABEL} ?n FILTER(LANG(?n) = 'en') }}"
    ).texts()
    assert figure["value"] == NUMBER
    assert figure["observationAbout"]["@id"] == CENTER
    assert figure["measuredProperty"] == {
        "@id": indicator,
        "@type": "Property",
        "name": name,
    }
    # Undated in the text, undated here.
    assert "observationDate" not in figure


def test_a_claim_is_a_quotation_of_its_text(release: BuiltRelease) -> None:
    claim = said(release, f"{BASE}{CLAIM}")
    assert claim["@type"] == "Quotation"
    assert claim["text"] == QUOTE
    assert claim["isPartOf"]["@id"] == f"{BASE}source/{SLUG}"


def test_a_center_has_its_awards_in_words_and_no_place_that_is_not_stated(
    release: BuiltRelease,
) -> None:
    center = said(release, CENTER)
    assert len(center["award"]) == 4
    assert all(isinstance(award, str) for award in center["award"])
    assert not {"location", "address", "parentOrganization", "foundingDate"} & set(center)


def test_names_are_in_the_language_or_all_with_their_languages(release: BuiltRelease) -> None:
    iri = f"{BASE}id/modality/ultrasound"
    english, chinese, both = (said(release, iri, language) for language in LANGUAGES)
    assert (english["name"], chinese["name"]) == ("Ultrasound", "超声")
    assert english["alternateName"] == {"@value": "超声", "@language": "zh"}
    assert both["name"] == [
        {"@value": "Ultrasound", "@language": "en"},
        {"@value": "超声", "@language": "zh"},
    ]
    unit = said(release, f"{BASE}code/per/year", "zh")
    assert isinstance(unit["description"], str)
    assert unit["description"].startswith("数值")


def test_nothing_is_said_of_what_nobody_knows(release: BuiltRelease) -> None:
    assert said(release, f"{BASE}id/center/nowhere") == {}


def test_the_same_thing_is_said_the_same_way_each_time(release: BuiltRelease) -> None:
    iris = things(release, f"{BASE}id/")
    for language in LANGUAGES:
        first, second = (
            json.dumps([said(release, iri, language) for iri in iris]) for _ in range(2)
        )
        assert first == second


def test_it_is_json_ld(release: BuiltRelease) -> None:
    document = said(release, f"{BASE}id/institution/union-hospital")
    # What the context would say of every word; it is never fetched.
    document = {**document, "@context": {"@vocab": SCHEMA}}
    quads = jsonld.to_rdf(document, {"documentLoader": load_nothing})["@default"]
    assert len(quads) > 10
    assert {q["subject"]["type"] for q in quads} == {"IRI"}


# --- the dataset ---------------------------------------------------------------------------

REQUIRED = ("name", "description")
RECOMMENDED = (
    *("creator", "publisher", "license", "keywords", "identifier", "url", "version"),
    *("isAccessibleForFree", "variableMeasured", "includedInDataCatalog", "distribution"),
    *("dateModified", "datePublished", "inLanguage", "hasPart", "isBasedOn"),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_dataset_has_what_dataset_search_wants(language: str, release: BuiltRelease) -> None:
    dataset = said(release, f"{BASE}dataset", language)
    assert dataset["@type"] == "Dataset"
    assert set(REQUIRED) | set(RECOMMENDED) <= set(dataset)
    # Google: between 50 and 5000 characters.
    assert 50 <= len(dataset["description"]) <= 5000
    for name in ("spatialCoverage", "temporalCoverage", "sameAs", "citation", "funder"):
        assert name not in dataset
    assert dataset["isAccessibleForFree"] is True
    for agent in (*dataset["creator"], *dataset["publisher"]):
        assert agent["@type"] == "Organization"
        assert agent["name"]
    [catalog] = dataset["includedInDataCatalog"]
    assert catalog["@type"] == "DataCatalog"


def test_the_downloads_are_the_files_of_the_release(release: BuiltRelease) -> None:
    files = release.release.manifest.files
    found = {}
    for iri in datasets(release):
        for download in said(release, iri)["distribution"]:
            assert download["@type"] == "DataDownload"
            found[download["contentUrl"]] = download
    assert set(found) == {BASE + path for path in files if path.startswith("dumps/")}
    for url, download in found.items():
        entry = files[url.removeprefix(BASE)]
        assert download["sha256"] == entry.sha256
        assert download["contentSize"] == f"{entry.bytes} B"
        assert "/" in download["encodingFormat"]


def test_the_numbers_of_the_description_are_those_of_the_release(release: BuiltRelease) -> None:
    text = said(release, f"{BASE}dataset", "en")["description"]
    triples = release.release.manifest.counts["triples"]
    count = len(things(release, f"{BASE}id/"))
    assert text.endswith(f" {triples} statements about {count} things.")


def test_what_is_measured_are_the_indicators_of_figures(release: BuiltRelease) -> None:
    measured = said(release, f"{BASE}dataset", "zh")["variableMeasured"]
    rows = release.engine.select(f"SELECT DISTINCT ?o {{ ?s <{BASE}ontology#indicator> ?o }}")
    assert {item["@id"] for item in measured} == {iri for (iri,) in rows.texts()}
    assert "获奖数" in {item["name"] for item in measured}


def test_a_part_of_the_dataset_is_a_dataset_too(release: BuiltRelease) -> None:
    part = said(release, f"{BASE}dataset#kind/figure", "zh")
    assert part["name"] == "“数据”类的全部事物"
    assert part["isPartOf"] == [f"{BASE}dataset"]
    assert len(part["distribution"]) == 14
    both = said(release, f"{BASE}dataset", None)
    assert [text["@language"] for text in both["description"]] == ["en", "zh"]
