"""A center is a folder: with one text or several, and with translations, mappings, queries of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TINY
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode
from small_program import program_in

from kg.config import CONFIG_FILE, read_config
from kg.query.embedded import EmbeddedEngine
from kg.release.build import Built, build
from kg.release.examples import read_examples
from kg.release.folder import open_release
from kg.vocab import DCAT, DCTERMS, PROV, SCHEMA, Iris
from kg.web.app import create_app

POND = TINY.parent / "pond"
IRIS = Iris("https://example.org/kg/")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest instance with a second center, which has all that a center may have."""
    root = tmp_path_factory.mktemp("two") / "instance"
    shutil.copytree(TINY, root)
    shutil.copytree(POND, root / "data" / "pond")
    return root


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("releases")
    return build(root, read_config(root / CONFIG_FILE), out, program=program_in())


@pytest.fixture(scope="module")
def engine(built: Built) -> EmbeddedEngine:
    opened = open_release(built.folder)
    return EmbeddedEngine(opened.store, opened.base)


@pytest.fixture(scope="module")
def client(built: Built, root: Path) -> Iterator[FlaskClient]:
    app = create_app(built.folder, read_config(root / CONFIG_FILE))
    yield app.test_client()
    app.extensions["kg"].close()


def graphs_of(engine: EmbeddedEngine, text: str) -> set[str]:
    query = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {text} }} }}"
    return {graph.removeprefix(IRIS.base) for (graph,) in engine.select(query).texts()}


def test_what_is_of_a_center_lies_in_graphs_of_the_center(engine: EmbeddedEngine) -> None:
    pond = IRIS.entity("center", "pond")
    found = graphs_of(engine, f"{pond} ?p ?o")
    assert found >= {
        *("claim/pond/C001", "claim/pond/C002", "claim/pond/C003"),
        *("graph/translations/pond", "graph/mapping/pond/centers-nearby"),
    }
    lake = graphs_of(engine, f"{IRIS.entity('center', 'lake')} ?p ?o")
    assert {"graph/translations", "graph/mapping/centers"} <= lake
    assert not any("pond" in graph for graph in lake)


def test_each_text_is_a_source_of_its_own(engine: EmbeddedEngine) -> None:
    whole = IRIS.source("pond")
    members = engine.select(f"SELECT ?m {{ {whole} <{PROV}hadMember> ?m }} ORDER BY ?m").texts()
    assert members == tuple((f"{whole.value}/{name}",) for name in ("about", "history"))
    rows = engine.select(
        f"SELECT ?claim ?text {{ ?claim <{PROV}wasQuotedFrom> ?text "
        f"FILTER(STRSTARTS(STR(?text), '{whole.value}')) }} ORDER BY ?claim"
    ).texts()
    assert [(c.rpartition("/")[2], t.rpartition("/")[2]) for c, t in rows] == [
        *(("C001", "about"), ("C002", "about")),
        *(("C003", "history"), ("C004", "history")),
    ]
    # The only text of a center keeps the address of the center's source.
    assert engine.select(f"SELECT ?t {{ {IRIS.source('lake')} <{DCTERMS}title> ?t }}").rows


def test_what_is_told_of_a_text_is_said_of_it(engine: EmbeddedEngine) -> None:
    about = IRIS.source("pond", "about")
    said = {(p.value, o) for p, o in engine.select(f"SELECT ?p ?o {{ {about} ?p ?o }}").rows}  # type: ignore[union-attr]  # IRIs
    day = NamedNode("http://www.w3.org/2001/XMLSchema#date")
    assert {
        (f"{DCTERMS}source", NamedNode("https://example.org/pond")),
        (f"{SCHEMA}archivedAt", NamedNode("https://example.org/archive/pond")),
        (f"{SCHEMA}copyrightNotice", Literal("The text is made up.", language="en")),
        (IRIS.term("readOn").value, Literal("2026-01-31", datatype=day)),
    } <= said


def test_a_quote_is_in_the_language_of_its_text_and_placed_in_it(engine: EmbeddedEngine) -> None:
    node = IRIS.claim("pond", "C003")
    oa = "http://www.w3.org/ns/oa#"
    [row] = engine.select(
        f"SELECT ?quote ?start ?end {{ {node} <{PROV}value> ?quote . "
        f"<{node.value}#position> <{oa}start> ?start ; <{oa}end> ?end }}"
    ).rows
    assert row[0] == Literal("池塘中心", language="zh")
    assert [term.value for term in row[1:]] == ["0", "4"]  # type: ignore[union-attr]  # literals


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_text_has_a_page_and_they_are_listed(client: FlaskClient, lang: str) -> None:
    listed = client.get(f"/{lang}/source/pond")
    assert listed.status_code == 200
    for name in ("about", "history"):
        assert f'href="/{lang}/source/pond/{name}"' in listed.text
        page = client.get(f"/{lang}/source/pond/{name}")
        assert page.status_code == 200
    assert "7 beds" in client.get(f"/{lang}/source/pond/about").text
    history = client.get(f"/{lang}/source/pond/history").text
    assert '<div class="text" lang="zh">' in history
    assert "7 beds" not in history
    assert "This text is made up too." in history
    assert client.get(f"/{lang}/source/pond/nothing").status_code == 404
    one = client.get(f"/{lang}/source/lake").text
    assert "The center has 12 beds" in one


def test_texts_are_negotiated_and_have_data(client: FlaskClient) -> None:
    for path in ("source/pond", "source/pond/about"):
        lead = client.get(f"/{path}", headers={"Accept": "text/turtle"})
        assert (lead.status_code, lead.headers["Location"]) == (303, f"/data/{path}.ttl")
        assert client.get(lead.headers["Location"]).status_code == 200


def test_a_question_of_a_center_is_an_example_of_the_instance(built: Built) -> None:
    found = {query.name: query.center for query in read_examples(built.folder / "sources")}
    assert found == {"centers": "", "pond-beds": "pond"}
    names = {path.name for path in (built.folder / "sources").rglob("*") if path.is_file()}
    # Answers are for tests: no part of a release, nor of its id.
    assert "answers.toml" not in names
    assert "pond-beds.rq" in names


def test_expected_answers_change_no_release(root: Path, built: Built, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    (copy / "data" / "pond" / "queries" / "answers.toml").write_text("", encoding="utf-8")
    other = build(copy, read_config(copy / CONFIG_FILE), tmp_path / "out", program=program_in())
    assert other.id == built.id


def test_who_keeps_a_profile_is_said_of_its_part_of_the_data(engine: EmbeddedEngine) -> None:
    part = f"{IRIS.dataset.value}#center/pond"
    [row] = engine.select(
        f"SELECT ?name ?page ?license {{ <{part}> <{DCTERMS}creator>/<http://xmlns.com/foaf/0.1/name> "
        f"?name ; <{DCAT}contactPoint>/<http://www.w3.org/2006/vcard/ns#hasURL> ?page ; "
        f"<{DCTERMS}license> ?license }}"
    ).texts()
    assert row == (
        "Pond project",
        "https://example.org/pond/us",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    )


def test_taken_away_again_the_first_one_is_as_before(root: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(root, tmp_path / "alone"))
    shutil.rmtree(alone / "data" / "pond")
    config = read_config(alone / CONFIG_FILE)
    before = build(TINY, config, tmp_path / "before", program=program_in())
    assert build(alone, config, tmp_path / "after", program=program_in()).id == before.id
