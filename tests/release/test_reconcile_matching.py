"""Which thing a text means: homonyms, acronyms, typing errors, identifiers; many things."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import BuiltRelease
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from kg.config import Limits
from kg.errors import ReconcileError
from kg.link.reconcile.queries import read_batch, read_query
from kg.link.reconcile.scores import Candidate, Reconciler
from kg.link.reconcile.things import Things
from kg.link.reconcile.vocabulary import Vocabulary
from kg.query.embedded import EmbeddedEngine

TABLE = Path(__file__).parents[1] / "cases" / "reconcile" / "matching.tsv"
BASE = "https://example.org/"
HOSPITALS = """
@base <https://example.org/> .
@prefix kg: <https://example.org/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix schema: <https://schema.org/> .
kg:Institution rdfs:subClassOf org:Organization ; kg:kind "institution" ; rdfs:label "institution"@en .
kg:Region kg:kind "region" ; rdfs:label "region"@en .
<id/region/wuhan> a kg:Region ; skos:prefLabel "Wuhan"@en , "武汉"@zh .
<id/region/fuzhou> a kg:Region ; skos:prefLabel "Fuzhou"@en , "福州"@zh .
<id/institution/wuhan-union> a kg:Institution ; schema:location <id/region/wuhan> ;
  skos:prefLabel "Union Hospital"@en , "协和医院"@zh ; kg:beds 5000 .
<id/institution/fujian-union> a kg:Institution ; schema:location <id/region/fuzhou> ;
  skos:prefLabel "Union Hospital"@en , "协和医院"@zh ; kg:beds 2500 .
<id/institution/tongji-hospital> a kg:Institution ; skos:prefLabel "Tongji Hospital"@en , "同济医院"@zh .
<id/institution/tongji-university> a kg:Institution ; skos:prefLabel "Tongji University"@en , "同济大学"@zh .
<id/institution/hubei-lab> a kg:Institution ; skos:prefLabel "Hubei Key Laboratory of Lakes"@en .
<id/institution/hebei-lab> a kg:Institution ; skos:prefLabel "Hebei Key Laboratory of Lakes"@en .
<id/institution/cma> a kg:Institution ; skos:prefLabel "Chinese Medical Association"@en ; skos:altLabel "CMA"@en .
"""


@pytest.fixture(scope="module")
def hospitals() -> Reconciler:
    """Things whose names are easily mixed up."""
    store = Store()
    store.load(HOSPITALS.encode(), RdfFormat.TURTLE)
    engine = EmbeddedEngine(store, BASE)
    things = Things(engine)
    return Reconciler(engine, things, Vocabulary(engine, things, (), {}))


@pytest.fixture(scope="module")
def real(app: Flask, release: BuiltRelease) -> Reconciler:
    """The things of the real profile."""
    found: Reconciler = app.extensions["kg"].get().reconciler
    assert len(found.things.all) > 150
    return found


def ask(reconciler: Reconciler, raw: Any) -> tuple[Candidate, ...]:
    return reconciler.candidates(read_query(raw, Limits()))


def matched(candidates: tuple[Candidate, ...]) -> str:
    (*found,) = [c.thing.id for c in candidates if c.match]
    assert len(found) <= 1
    return found[0].rpartition("/")[2] if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Union Hospital", ""),
        ("协和医院", ""),
        ("UNION  HOSPITAL.", ""),
        ("Tongji", ""),
        ("同济", ""),
        ("Tongji Hospital", "tongji-hospital"),
        ("同济大学", "tongji-university"),
        ("Tongji Univ.", "tongji-university"),
        ("Tongji Univeristy", "tongji-university"),
        ("Tongji Universty", ""),
        ("Hubei Key Laboratory of Lakes", "hubei-lab"),
        ("Hibei Key Laboratory of Lakes", ""),
        ("CMA", ""),
        ("Chinese Medical Association", "cma"),
        ("Chinese Medical Assoc.", "cma"),
    ],
)
def test_only_what_is_sure_is_matched(hospitals: Reconciler, text: str, expected: str) -> None:
    assert matched(ask(hospitals, text)) == expected


def test_namesakes_have_the_same_score_and_say_how_many_they_are(hospitals: Reconciler) -> None:
    first, second = ask(hospitals, "Union Hospital")[:2]
    assert {first.thing.id, second.thing.id} == {
        "id/institution/wuhan-union",
        "id/institution/fujian-union",
    }
    assert first.score == second.score == 100.0
    assert first.features["namesakes"] == second.features["namesakes"] == 1


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ([("schema:location", "Wuhan")], "wuhan-union"),
        ([("schema:location", "福州")], "fujian-union"),
        ([("schema:location", {"id": "id/region/fuzhou"})], "fujian-union"),
        ([("beds", 5000)], "wuhan-union"),
        ([("beds", "2500")], "fujian-union"),
        ([("schema:location", "Wuhan"), ("beds", 2500)], ""),
        ([("schema:location", "Beijing")], ""),
        ([("schema:location", ["Beijing", "Wuhan"])], "wuhan-union"),
    ],
)
def test_properties_tell_namesakes_apart(
    hospitals: Reconciler, properties: list[tuple[str, Any]], expected: str
) -> None:
    query = {"query": "Union Hospital", "properties": [{"pid": p, "v": v} for p, v in properties]}
    assert matched(ask(hospitals, query)) == expected


def test_a_typing_error_costs_little_and_is_no_match(hospitals: Reconciler) -> None:
    best = ask(hospitals, "Tongji Hopsital")[0]
    assert best.thing.id == "id/institution/tongji-hospital"
    assert 85 < best.score < 98
    assert not best.match


def rows() -> list[dict[str, str]]:
    """Return the rows of the table of texts, at least one."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert found
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['text']} {row['type']}")
def test_texts_of_the_table(real: Reconciler, row: dict[str, str]) -> None:
    query = {"query": row["text"]} | ({"type": row["type"]} if row["type"] else {})
    found = ask(real, query)
    if not row["best"]:
        assert found == ()
        return
    best = found[0]
    assert best.thing.id == row["best"]
    assert best.match == (row["match"] == "yes")
    assert best.score >= float(row["least"])


@given(st.text(max_size=60))
def test_no_text_breaks_it(hospitals: Reconciler, text: str) -> None:
    try:
        found = ask(hospitals, text)
    except ReconcileError:
        assert not text.strip()
        return
    assert all(0 < one.score <= 100 for one in found)
    assert sum(one.match for one in found) <= 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("query", "type", "limit", "properties", "type_strict", "pid", "v", "id"))
            | st.text(max_size=5),
            inner,
            max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_no_json_breaks_it(hospitals: Reconciler, value: Any) -> None:
    try:
        batch = read_batch(json.dumps({"q": value}), Limits())
    except ReconcileError:
        return
    answer = hospitals.answer(batch, Limits())["q"]
    assert isinstance(answer, tuple | ReconcileError)
