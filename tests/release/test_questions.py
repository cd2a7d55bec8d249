"""The questions that readers ask, answered by the queries of ``data/queries``.

The expected tables are files: ``cases/questions.toml``. A new query needs a new table there, no code.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, Store

from kg.config import Config
from kg.query.embedded import EmbeddedEngine
from kg.sources.dataset import find_sources, read_dataset

ROOT = Path(__file__).parents[2]
QUERIES = ROOT / "data" / "queries"
CLAIMS = ROOT / "data" / "hubei-imaging-medicine" / "claims.tsv"
CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "questions.toml").read_text(encoding="utf-8")
)["query"]
NAMES = [case["file"].removesuffix(".rq") for case in CASES]

# Fifteen questions of readers, at least twelve more about what the text says.
FEWEST_QUERIES = 27


def text_of(name: str) -> str:
    """Return the text of a query; ``name`` is its file name with ``.rq``."""
    return (QUERIES / name).read_text(encoding="utf-8")


def cell(term: Any) -> str:
    """Return the text of a term of a result, ``""`` for an unbound one."""
    return "" if term is None else str(term.value)


def claim_ids() -> set[str]:
    """Return the ids of the claims of the first center."""
    lines = CLAIMS.read_text(encoding="utf-8").splitlines()
    return {line.split("\t", 1)[0] for line in lines[1:]}


def test_every_query_has_its_expected_table_and_every_table_its_query() -> None:
    assert [case["file"] for case in CASES] == sorted(path.name for path in QUERIES.glob("*.rq"))
    assert len(CASES) >= FEWEST_QUERIES


def test_the_fifteen_questions_are_there() -> None:
    numbers = [int(name[1:3]) for name in NAMES if re.match(r"q\d\d-", name)]
    assert numbers == list(range(1, 16))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_answer_is_the_expected_table(case: dict[str, Any], release: Any) -> None:
    answer = release.engine.select(text_of(case["file"]))
    assert list(answer.variables) == case["columns"]
    assert [[cell(term) for term in row] for row in answer.rows] == case["rows"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_answer_names_the_claims_it_rests_on(case: dict[str, Any]) -> None:
    column = next(
        index for index, name in enumerate(case["columns"]) if name in {"claim", "claims"}
    )
    for row in case["rows"]:
        named = row[column].split()
        assert named == sorted(set(named))
        assert named
        assert set(named) <= claim_ids()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_query_has_a_title_in_both_languages_and_an_order(case: dict[str, Any]) -> None:
    text = text_of(case["file"])
    lines = text.splitlines()
    assert re.fullmatch(r"# title: [A-Z].+[?.a-z0-9]", lines[0])
    assert re.fullmatch(r"# title-zh: .*[\u4e00-\u9fff].*", lines[1])
    assert all(
        re.fullmatch(r"# (note(-zh)?: .+|home: [1-9]|column(-zh)? \w+: .+)", line)
        for line in lines[2:]
        if line.startswith("#")
    )
    assert re.search(r"^ORDER BY ", text, flags=re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_computed_answer_says_that_it_is_derived(case: dict[str, Any]) -> None:
    computed = [name for name in case["columns"] if name.startswith("derived")]
    assert case["derived"] is bool(computed)
    if computed:
        assert re.search(r"^# note: .*derived", text_of(case["file"]), re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_only_what_the_text_does_not_state_has_an_empty_answer(case: dict[str, Any]) -> None:
    assert (not case["rows"]) is case["file"].startswith("not-stated-")


# One number of profile.trig, and the queries whose answer is about it.
CHANGED_NUMBERS = {
    "kg:value 560": {"derived-figures", "evidence-of-the-papers", "figures", "q07-sci-papers"},
    "kg:value 86": {"figures", "q03-national-research-projects"},
    "kg:value 6": {
        *("awards-by-participation", "derived-figures", "figures"),
        "q08-first-accomplisher-awards",
    },
    "kg:positionAtMost 10": {"q10-ultrasound-ranking", "q15-inexact-numbers", "rankings"},
    "kg:minimum 5": {"q12-objectives-with-a-range", "q15-inexact-numbers"},
    "kg:consecutiveYears 4": {"q10-ultrasound-ranking", "rankings"},
}


def answers(root: Path, base: str) -> dict[str, list[str]]:
    """Return the answers of all queries over the sources below ``root``, as they stand."""
    dataset = read_dataset(find_sources(root, base))
    store = Store()
    store.bulk_extend(dataset.quads)
    store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in dataset.quads)
    engine = EmbeddedEngine(store, base)
    return {
        query.path.stem: [str(row) for row in engine.select(query.text).rows]
        for query in dataset.queries
    }


@pytest.fixture(scope="module")
def true_answers(config: Config) -> dict[str, list[str]]:
    """The answers over the sources as they are."""
    return answers(ROOT, config.base)


@pytest.mark.parametrize("number", CHANGED_NUMBERS)
def test_a_changed_number_changes_exactly_the_answers_about_it(
    number: str, project: Path, config: Config, true_answers: dict[str, list[str]]
) -> None:
    path = project / "data" / "hubei-imaging-medicine" / "profile.trig"
    words, _, digits = number.rpartition(" ")
    text, count = re.subn(rf"{number}\b", f"{words} {int(digits) + 1}", path.read_text("utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")
    changed = answers(project, config.base)
    assert {n for n in changed if changed[n] != true_answers[n]} == CHANGED_NUMBERS[number]
