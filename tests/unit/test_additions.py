"""What an instance has in ``ontology/``, ``shapes/`` and ``data/codes.ttl`` adds, never replaces.

The cases are the file ``cases/additions.toml``: a file is put into a copy of the smallest
instance, whose program is that of the original.
"""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_program import TINY, program_in

from kg.cli import main

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "additions.toml").read_text(encoding="utf-8")
)
FEWEST_CASES = 20
HEADER = """@base <https://example.org/kg/> .
@prefix kg: <https://example.org/kg/ontology#> .
@prefix shapes: <https://example.org/kg/shapes#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

"""


@pytest.fixture
def instance(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smallest instance without files of the program, in the folder where the test runs."""
    shutil.rmtree(tiny / "ontology")
    shutil.rmtree(tiny / "shapes")
    monkeypatch.chdir(tiny)
    return tiny


def put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def checked() -> Result:
    return CliRunner().invoke(main, ["check"], obj=program_in())


def said(result: Result) -> str:
    return "\n".join(row for row in result.stderr.splitlines() if not row.startswith("... "))


def test_there_are_cases() -> None:
    assert len(CASES) >= FEWEST_CASES


@pytest.mark.parametrize("name", CASES)
def test_an_addition_passes_and_a_change_is_refused_with_its_line(
    name: str, instance: Path
) -> None:
    case = CASES[name]
    header = "" if case.get("plain") else HEADER
    put(instance / case["file"], header + case["content"] + "\n")
    result = checked()
    assert (result.exit_code, said(result)) == (int("says" in case), case.get("says", ""))


def test_an_instance_needs_neither_ontology_nor_shapes(instance: Path) -> None:
    result = checked()
    assert result.exit_code == 0
    assert "dataset: 147 quads against 2 shapes" in result.stdout


def test_a_shape_that_is_added_is_checked(instance: Path) -> None:
    shape = "shapes:Own a sh:NodeShape ; sh:targetClass kg:Person ; sh:property shapes:Own-age .\n"
    rule = "shapes:Own-age sh:path kg:age ; sh:minCount 1 ; sh:message 'Say the age.'@en .\n"
    put(instance / "shapes" / "own.ttl", HEADER + shape + rule)
    result = checked()
    assert result.exit_code == 1
    assert "fix: Say the age." in result.stdout


def test_the_files_of_the_program_may_lie_in_the_instance_too(instance: Path) -> None:
    for name in ("ontology", "shapes"):
        shutil.copytree(TINY / name, instance / name)
    assert checked().exit_code == 0


def test_a_finding_in_a_file_of_the_program_names_where_it_lies(instance: Path) -> None:
    shape = "shapes:Own a sh:NodeShape ; sh:targetNode kg:head ; sh:property shapes:Own-note .\n"
    rule = "shapes:Own-note sh:path rdfs:comment ; sh:minCount 1 ; sh:message 'Note it.'@en .\n"
    put(instance / "shapes" / "own.ttl", HEADER + shape + rule)
    result = checked()
    assert f"\n{TINY / 'ontology' / 'ontology.ttl'} (violation)\n  17: " in result.stdout
