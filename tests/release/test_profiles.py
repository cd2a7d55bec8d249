"""Profiles: which are asked for, what they hold, and the list of all forms."""

import json
import re

import pytest
from conftest import BuiltRelease
from flask.testing import FlaskClient
from graphs import flat
from pyoxigraph import QuerySolutions, RdfFormat, Store
from rdflib import Graph
from sample import CLAIM, SLUG

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.schema_org import schema_org
from kg.web.accept_profile import wanted_profiles
from kg.web.addresses import iri_path
from kg.web.profiles import DCAT_AP, PROFILES
from kg.web.representations import ALTERNATES

CENTER = f"center/{SLUG}"
BASE = "https://w3id.org/research-center-kg/"
ALTR = "PREFIX altr: <http://www.w3.org/ns/dx/connegp/altr#> PREFIX dcterms: <http://purl.org/dc/terms/> "


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("<urn:x>", [("urn:x", 1.0)]),
        ("<urn:x>;q=0.5,<urn:y>;q=0.8", [("urn:y", 0.8), ("urn:x", 0.5)]),
        ("<urn:a,b;c>; q=0.5 , *;q=0", [("urn:a,b;c", 0.5), ("*", 0.0)]),
        ('"urn:x" ; q=0.25, token', [("token", 1.0), ("urn:x", 0.25)]),
        ("<urn:x>;Q=0.3;v=1", [("urn:x", 0.3)]),
        ("<urn:x>;q=7", [("urn:x", 1.0)]),
        ("<urn:x>, ;;; , <urn:y>", [("urn:x", 1.0)]),
        ("<urn:x", []),
    ],
)
def test_the_header_is_read(header: str, expected: list[tuple[str, float]]) -> None:
    found = wanted_profiles({}, header)
    assert [(wanted.name, wanted.quality) for wanted in found] == expected


def test_tokens_and_iris_of_profiles_are_their_own() -> None:
    assert len({profile.token for profile in PROFILES}) == len(PROFILES) >= 2
    assert len({profile.iri for profile in PROFILES}) == len(PROFILES)


def test_dcat_ap_is_the_dataset_and_nothing_beyond_dcat(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/data/dataset.dcat-ap.ttl").data, format="turtle")
    predicates = {str(p) for p in graph.predicates()}
    assert not any(p.startswith(("http://rdfs.org/ns/void#", BASE)) for p in predicates)
    store = Store()
    store.load(client.get("/data/dataset.dcat-ap.nt").data, RdfFormat.N_TRIPLES)
    files = store.query(
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dcterms: <http://purl.org/dc/terms/> "
        "PREFIX spdx: <http://spdx.org/rdf/terms#> SELECT DISTINCT ?file { "
        f"<{BASE}dataset> a dcat:Dataset ; dcterms:title ?title ; dcat:distribution ?file . "
        "?file dcat:downloadURL ?url ; spdx:checksum/spdx:checksumValue ?sum }"
    )
    assert isinstance(files, QuerySolutions)
    assert len(list(files)) >= 12


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.extension)
def test_every_format_of_a_profile_says_the_same(client: FlaskClient, format_: Format) -> None:
    extension = format_.extension
    response = client.get(f"/data/dataset.dcat-ap.{extension}")
    assert response.headers["Content-Profile"] == f"<{DCAT_AP}>"
    expected = flat(client.get("/data/dataset.dcat-ap.nt").data, BY_EXTENSION["nt"])
    assert flat(response.data, BY_EXTENSION[extension]) == expected


@pytest.mark.parametrize("path", ["dataset", CENTER, CLAIM])
def test_schema_org_is_what_its_table_makes_of_the_thing(
    client: FlaskClient, release: BuiltRelease, path: str
) -> None:
    response = client.get(f"/data/{path}.schema.jsonld")
    assert response.content_type == "application/ld+json"
    assert response.headers["Content-Profile"] == "<https://schema.org/>"
    assert response.json == schema_org(release.engine, BASE + iri_path(path), None)
    assert client.get(f"/data/{path}.schema.ttl").status_code == 404


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", ["dataset", CENTER, "institution/union-hospital"])
def test_pages_hold_it_for_search_engines(
    client: FlaskClient, release: BuiltRelease, path: str, lang: str
) -> None:
    page = client.get(f"/{lang}/{path}").text
    held = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert len(held) == 1
    assert json.loads(held[0]) == schema_org(release.engine, BASE + iri_path(path), lang)
    for other in ("", "ontology", "shapes", "downloads"):
        assert "application/ld+json" not in re.findall(
            r'<script type="([^"]+)"', client.get(f"/{lang}/{other}").text
        )


def test_a_profile_is_only_where_it_fits(client: FlaskClient) -> None:
    assert client.get(f"/data/{CENTER}.dcat-ap.ttl").status_code == 404
    assert client.get("/data/dataset.dcat-ap.csv").status_code == 404
    assert client.get("/data/dataset.none.ttl").status_code == 404
    assert client.get("/data/ontology.schema.jsonld").status_code == 404


@pytest.mark.parametrize("path", [f"id/{CENTER}", "dataset", CLAIM])
def test_the_list_of_forms_as_rdf_is_the_one_in_the_header(client: FlaskClient, path: str) -> None:
    response = client.get(f"/{path}?_profile=alt", headers={"Accept": "text/turtle"})
    store = Store()
    store.load(response.data, RdfFormat.TURTLE)
    rows = store.query(
        ALTR + f"SELECT ?form ?type ?profile {{ <{BASE}{path}> altr:hasRepresentation"
        "|altr:hasDefaultRepresentation ?form . ?form a altr:Representation ; "
        "dcterms:format ?type OPTIONAL { ?form dcterms:conformsTo ?profile } }"
    )
    assert isinstance(rows, QuerySolutions)
    in_rdf = {
        (row[0].value.removeprefix(BASE), row[1].value, row[2].value if row[2] else "")
        for row in rows
    }
    in_header = set()
    for field in response.headers.getlist("Link"):
        target, *attributes = field.split("; ")
        named = dict(attribute.split("=", 1) for attribute in attributes)
        if named["rel"].strip('"') in {"canonical", "alternate"}:
            kind, profile = (named.get(name, "").strip('"') for name in ("type", "profile"))
            in_header.add((target.strip("</>"), kind, profile))
    assert in_rdf == in_header
    assert len(in_rdf) == (15 if path == "dataset" else 9)
    default = store.query(
        ALTR + f"ASK {{ <{BASE}{path}> altr:hasDefaultRepresentation ?form . "
        "?form dcterms:format 'text/html' }"
    )
    assert bool(default)


def test_every_form_of_the_list_is_there_as_the_list_says(client: FlaskClient) -> None:
    checked = 0
    for path in (f"id/{CENTER}", "dataset"):
        listed = client.get(f"/{path}?_profile=all&_mediatype=application/ld%2Bjson")
        graph = Graph().parse(data=listed.data, format="json-ld")
        for form, kind in graph.query(ALTR + "SELECT ?f ?t { ?f dcterms:format ?t }"):  # type: ignore[misc]  # as above
            response = client.get(str(form).replace(BASE, "/"))
            assert response.status_code == 200
            assert response.mimetype == str(kind)
            checked += 1
    assert checked == 24


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_of_forms_for_people(client: FlaskClient, lang: str) -> None:
    address = f"/id/{CENTER}?_profile=alt&lang={lang}"
    page = client.get(address, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Language"]) == (200, lang)
    assert page.headers["Content-Profile"] == f"<{ALTERNATES}>"
    assert f'href="/data/{CENTER}.trig"' in page.text
    assert f'href="/zh/{CENTER}" hreflang="zh"' in page.text
    assert {"en": "Available forms", "zh": "可获取的形式"}[lang] in page.text
    assert f"_profile=alt&amp;lang={lang}" in client.get(f"/{lang}/{CENTER}").text


def test_the_list_of_forms_is_negotiated_too(client: FlaskClient) -> None:
    response = client.get(f"/id/{CENTER}?_profile=alt", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert f"/id/{CENTER}?_profile=alt&_mediatype=application/ld%2Bjson" in response.text


def test_rdflib_reads_json_ld_and_not_another_profile(
    client: FlaskClient, release: BuiltRelease
) -> None:
    """It follows links to other JSON-LD from JSON-LD: there must be none."""
    response = client.get(f"/data/{CENTER}.jsonld")
    assert not any("alternate" in link for link in response.headers.getlist("Link"))
    assert json.loads(response.data)["id"] == f"{release.release.base}id/{CENTER}"
