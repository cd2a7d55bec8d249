"""The questions that readers ask of a center, answered by the queries of the instance.

What is expected lies beside the questions, in ``data/<center>/queries/answers.toml``: the table
that each query of the instance gives where that center is the only one. So a center that comes
or goes changes no answer of another.
"""

import re
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from pyoxigraph import Quad, Store

from kg.config import CONFIG_FILE, read_config
from kg.query.embedded import EmbeddedEngine
from kg.sources.dataset import Dataset, find_sources, read_dataset
from kg.sources.queries import ANSWERS_FILE

BASE = read_config(ROOT / CONFIG_FILE).base
FILES = sorted(ROOT.glob(f"data/*/queries/{ANSWERS_FILE}"))


def cases() -> list[Any]:
    """Return center and expected answer, for each query that a center has an answer to."""
    return [
        pytest.param(path.parts[-3], case, id=f"{path.parts[-3]}-{case['file']}")
        for path in FILES
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["query"]
    ]


CASES = cases()


def dataset_of(center: str, root: Path = ROOT) -> Dataset:
    """Return the dataset of the instance with one center alone."""
    sources = find_sources(root, BASE)
    (one,) = (shelf for shelf in sources.centers if shelf.center == center)
    return read_dataset(replace(sources, centers=(one,)))


def engine_over(dataset: Dataset) -> EmbeddedEngine:
    """Return an engine over a dataset and the union of its graphs."""
    store = Store()
    store.bulk_extend(dataset.quads)
    store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in dataset.quads)
    return EmbeddedEngine(store, BASE)


@cache
def asked(center: str) -> tuple[EmbeddedEngine, dict[str, str]]:
    """Return an engine over a center, and the texts of the queries by their files."""
    dataset = dataset_of(center)
    return engine_over(dataset), {query.path.name: query.text for query in dataset.queries}


def cell(term: Any) -> str:
    """Return the text of a term of a result, ``""`` for an unbound one."""
    return "" if term is None else str(term.value)


def claim_ids(center: str) -> set[str]:
    """Return the ids of the claims of a center."""
    lines = (ROOT / "data" / center / "claims.tsv").read_text(encoding="utf-8").splitlines()
    return {line.split("\t", 1)[0] for line in lines[1:]}


def test_every_query_has_an_expected_answer() -> None:
    expected = {case.values[1]["file"] for case in CASES}
    assert expected == {path.name for path in ROOT.glob("data/**/queries/*.rq")}


@pytest.mark.parametrize(("center", "case"), CASES)
def test_answer_is_the_expected_table(center: str, case: dict[str, Any]) -> None:
    engine, texts = asked(center)
    answer = engine.select(texts[case["file"]])
    assert list(answer.variables) == case["columns"]
    assert [[cell(term) for term in row] for row in answer.rows] == case["rows"]


@pytest.mark.parametrize(("center", "case"), CASES)
def test_answer_names_the_claims_it_rests_on(center: str, case: dict[str, Any]) -> None:
    column = next(
        index for index, name in enumerate(case["columns"]) if name in {"claim", "claims"}
    )
    for row in case["rows"]:
        named = row[column].split()
        assert named == sorted(set(named))
        assert named
        assert set(named) <= claim_ids(center)


@pytest.mark.parametrize(("center", "case"), CASES)
def test_query_has_a_title_in_both_languages_and_an_order(
    center: str, case: dict[str, Any]
) -> None:
    text = asked(center)[1][case["file"]]
    lines = text.splitlines()
    assert re.fullmatch(r"# title: [A-Z].+[?.a-z0-9]", lines[0])
    assert re.fullmatch(r"# title-zh: .*[\u4e00-\u9fff].*", lines[1])
    assert all(
        re.fullmatch(r"# (note(-zh)?: .+|home: [1-9]|column(-zh)? \w+: .+)", line)
        for line in lines[2:]
        if line.startswith("#")
    )
    assert re.search(r"^ORDER BY ", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("center", "case"), CASES)
def test_a_computed_answer_says_that_it_is_derived(center: str, case: dict[str, Any]) -> None:
    computed = [name for name in case["columns"] if name.startswith("derived")]
    assert case["derived"] is bool(computed)
    if computed:
        text = asked(center)[1][case["file"]]
        assert re.search(r"^# note: .*derived", text, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(("center", "case"), CASES)
def test_only_what_the_text_does_not_state_has_an_empty_answer(
    center: str, case: dict[str, Any]
) -> None:
    assert center
    assert (not case["rows"]) is case["file"].startswith("not-stated-")
