"""``tools/owl/check`` says whether Turtle files are an OWL 2 DL ontology.

A case file begins with a comment: in an invalid one, words of the violation.
"""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parents[1] / "cases" / "owl"
VALID = sorted(CASES.glob("valid-*.ttl"))
INVALID = sorted(CASES.glob("invalid-*.ttl"))

pytestmark = pytest.mark.java


def owl_check(*files: Path, jars: str = "/usr/share/java") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "tools/owl/check", *files],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OWLAPI_JARS": jars},
    )


def test_there_are_cases() -> None:
    assert VALID
    assert INVALID


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.stem)
def test_an_ontology_in_the_profile_passes(case: Path) -> None:
    result = owl_check(case)
    assert (result.returncode, result.stderr) == (0, "")
    assert "0 violations of OWL 2 DL" in result.stdout


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.stem)
def test_an_ontology_outside_the_profile_fails_and_says_why(case: Path) -> None:
    reason = case.read_text().splitlines()[0].removeprefix("# ")
    result = owl_check(case)
    assert result.returncode == 1
    assert reason in result.stdout + result.stderr


def test_a_declaration_in_one_file_serves_the_other(tmp_path: Path) -> None:
    declaration = tmp_path / "external.ttl"
    declaration.write_text(
        "<https://example.org/o#Organization> a <http://www.w3.org/2002/07/owl#Class> ."
    )
    result = owl_check(CASES / "invalid-undeclared-class.ttl", declaration)
    assert result.returncode == 0, result.stdout


def test_a_file_that_is_not_turtle_fails(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<https://example.org/o#A> a ; .")
    result = owl_check(broken)
    assert result.returncode == 1
    assert "at line 1" in result.stderr


def test_a_missing_library_is_named(tmp_path: Path) -> None:
    result = owl_check(VALID[0], jars=str(tmp_path))
    assert result.returncode == 3
    assert result.stderr == (
        f"{tmp_path}/owlapi-distribution.jar is missing: "
        "run apt-get install default-jre-headless libowlapi-java\n"
    )
