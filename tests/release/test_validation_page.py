"""The page of the validation tells what the reports and SPARQL tell."""

import json
import re
from pathlib import Path

import pytest
from conftest import BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from sample import SLUG

from kg.config import Config
from kg.query.gaps import measurements, silent_claims, unstated
from kg.release.build import write_release
from kg.release.folder import REPORTS
from kg.sources.claims import UNCOVERED_COLUMNS, read_table
from kg.vocab import DQV, SH
from kg.web.app import create_app

LANGUAGES = ("en", "zh")


def section(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_is_told_in_the_readers_language(
    client: FlaskClient, release: BuiltRelease, lang: str
) -> None:
    verdict = release.release.verdict
    found = section(client.get(f"/{lang}/validation").text, "findings")
    assert len(verdict["findings"]) == 10
    base = release.release.base
    for finding in verdict["findings"]:
        assert finding["fix"][lang] in found
        address = finding["subject"].removeprefix(f"{base}id/")
        assert found.count(f'href="/{lang}/{address}"') == 1
        assert f"{finding['file']}:{finding['line']}" in found
        fragment = finding["constraint"].partition("#")[2]
        assert f'href="/{lang}/shapes#{fragment}"' in found


def test_shapes_are_linked_to_their_places(client: FlaskClient) -> None:
    page = client.get("/en/validation").text
    fragments = set(re.findall(r'href="/en/shapes#([^"]+)"', page))
    assert len(fragments) > 40
    shapes = client.get("/en/shapes").text
    assert [name for name in sorted(fragments) if f'id="{name}"' not in shapes] == []


def test_the_verdict_stands_at_the_top(client: FlaskClient, release: BuiltRelease) -> None:
    verdict = release.release.verdict
    page = client.get("/en/validation").text
    assert "This release passed." in page
    assert (
        f"{verdict['quads']:,} statements were checked against {verdict['shapes']} shapes" in page
    )
    assert "0 violations, 0 warnings, 10 notes" in page


def test_what_the_text_leaves_out_is_listed_with_reasons(
    client: FlaskClient, release: BuiltRelease
) -> None:
    found = section(client.get("/en/validation").text, "coverage")
    assert "98.80 %" in found
    assert "3,451 of 3,493 letters and digits are in 82 claims, of which 78 make 793" in found
    path = release.release.source_file(f"data/{SLUG}/uncovered.tsv")
    rows = [row for _line, row in read_table(path, UNCOVERED_COLUMNS)]
    assert len(rows) > 15
    for row in rows:
        assert f'“{row["text"]}” <span class="note">{row["start"]}–{row["end"]}</span>' in found
        assert f'<dt lang="en">{row["reason"]}</dt>' in found


def test_claims_without_statements_are_those_of_sparql(
    client: FlaskClient, release: BuiltRelease
) -> None:
    base = release.release.base
    rows = release.engine.select(
        f"SELECT ?claim {{ ?claim a <{base}ontology#SourceClaim> "
        "FILTER NOT EXISTS { GRAPH ?claim { ?s ?p ?o } } }"
    ).texts()
    found = section(client.get("/en/validation").text, "claims")
    addresses = re.findall(r'href="/en/(claim/[^"]+)"', found)
    assert sorted(addresses) == sorted(iri.removeprefix(base) for (iri,) in rows)
    verdict = release.release.verdict["profiles"][0]
    assert len(rows) == verdict["claims"] - verdict["claims_with_statements"] == 4
    assert "heading of the introduction" in found
    assert silent_claims(release.engine, 2)[0] == 4


def test_what_is_not_stated_is_that_of_sparql(client: FlaskClient, release: BuiltRelease) -> None:
    base = release.release.base
    found = section(client.get("/en/validation").text, "open")
    for property_, value in (("period", "period"), ("scope", "scope")):
        rows = release.engine.select(
            f"SELECT DISTINCT ?x {{ ?x <{base}ontology#{property_}> <{base}code/{value}/not-stated> }}"
        ).texts()
        told = next(f for f in unstated(release.engine, 50) if f.property.value.endswith(property_))
        assert told.count == len(rows)
        assert {node.value for node in told.things} == {iri for (iri,) in rows}
        for (iri,) in rows:
            assert f'href="/en/{iri.removeprefix(f"{base}id/")}"' in found
    assert found.count('href="/sparql?') == 10


def test_figures_of_quality_are_those_of_the_release(
    client: FlaskClient, release: BuiltRelease
) -> None:
    rows = release.engine.select(
        f"SELECT ?m ?v {{ ?m a <{DQV}QualityMeasurement> ; <{DQV}value> ?v }}"
    ).texts()
    figures = section(client.get("/en/validation").text, "figures")
    assert (
        figures.count('<tr><th scope="row">') == len(rows) == len(measurements(release.engine, 99))
    )
    assert len(rows) == 15
    for text in ("coverage of the text", "98.8", "things named in Chinese"):
        assert text in figures
    assert "原文覆盖率" in section(client.get("/zh/validation").text, "figures")


def test_the_reports_are_those_of_the_release(client: FlaskClient, release: BuiltRelease) -> None:
    folder: Path = release.folder / REPORTS
    turtle = client.get("/validation/report.ttl")
    assert turtle.mimetype == "text/turtle"
    assert turtle.data == (folder / "shacl.ttl").read_bytes()
    results = [
        q for q in parse(turtle.data, RdfFormat.TURTLE) if q.object.value == SH + "ValidationResult"
    ]
    assert len(results) == 10
    verdict = client.get("/validation/verdict.json")
    assert verdict.json == json.loads((folder / "verdict.json").read_bytes())
    assert client.get("/validation/other.ttl").status_code == 404
    page = client.get("/en/validation").text
    assert 'href="/validation/report.ttl"' in page


def test_the_address_without_a_language_leads_to_the_page(client: FlaskClient) -> None:
    response = client.get("/validation", headers={"Accept-Language": "zh"})
    assert (response.status_code, response.headers["Location"]) == (302, "/zh/validation")
    assert "Accept-Language" in response.vary


def test_a_release_that_was_not_checked_says_so(tmp_path: Path, config: Config) -> None:
    write_release([], tmp_path / "r", identifier="0" * 12, config=config, sources={})
    app = create_app(tmp_path / "r", config)
    client = app.test_client()
    page = client.get("/en/validation")
    assert page.status_code == 200
    assert "This release was not checked." in page.text
    assert client.get("/validation/report.ttl").status_code == 404
    for path in ("/en/mappings", "/en/browse", "/en/api"):
        assert client.get(path).status_code == 200
    app.extensions["kg"].close()
