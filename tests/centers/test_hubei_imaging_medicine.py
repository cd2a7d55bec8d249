"""What the profile of the first center says, where only its own data can show it."""

import re
from pathlib import Path

import pytest
from test_bad_input import refused
from test_questions import dataset_of, engine_over

SLUG = "hubei-imaging-medicine"

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


def answers(root: Path | None = None) -> dict[str, list[str]]:
    """Return the answers of all queries over the center alone, as they stand."""
    dataset = dataset_of(SLUG, root) if root else dataset_of(SLUG)
    engine = engine_over(dataset)
    return {
        query.name: [str(row) for row in engine.select(query.text).rows]
        for query in dataset.queries
    }


@pytest.fixture(scope="module")
def true_answers() -> dict[str, list[str]]:
    """The answers over the sources as they are."""
    return answers()


@pytest.mark.parametrize("number", CHANGED_NUMBERS)
def test_a_changed_number_changes_exactly_the_answers_about_it(
    number: str, project: Path, true_answers: dict[str, list[str]]
) -> None:
    path = project / "data" / SLUG / "profile.trig"
    words, _, digits = number.rpartition(" ")
    text, count = re.subn(rf"{number}\b", f"{words} {int(digits) + 1}", path.read_text("utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")
    changed = answers(project)
    assert {n for n in changed if changed[n] != true_answers[n]} == CHANGED_NUMBERS[number]


def test_the_fifteen_questions_are_there(true_answers: dict[str, list[str]]) -> None:
    numbers = sorted(int(name[1:3]) for name in true_answers if re.match(r"q\d\d-", name))
    assert numbers == list(range(1, 16))


def test_a_letter_changed_in_the_real_text(project: Path) -> None:
    result = refused(project, f"data/{SLUG}/source.txt", "Xie Mingxing", "Xie Mingxin9")
    assert (
        f"data/{SLUG}/claims.tsv (violation)\n"
        "  5: C004 quotes 'Person in Charge: Xie Mingxing', but the text has "
        "'Person in Charge: Xie Mingxin9' at 142-172\n"
        "    fix: make quote and text the same; the text is never edited to fit a quote\n"
    ) in result.stdout
