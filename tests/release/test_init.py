"""``kg init``: what it makes passes at once, and what it will not touch."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT

from kg.cli import main
from kg.config import CONFIG_FILE, EXAMPLE_BASE, read_config

BASE = "https://data.example.net/centers/"
NOTE = (
    f"kg.toml (info)\n  base is the example's, {EXAMPLE_BASE}: "
    "nobody can look up an IRI that begins with it\n"
    "    fix: take a base that you keep, before others use your IRIs\n"
)


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_what_is_made_passes_and_the_base_of_the_example_is_noted(tmp_path: Path) -> None:
    made = kg("init", tmp_path)
    assert (made.exit_code, made.stderr) == (
        0,
        f"next: read {tmp_path}/README.md, then kg --root {tmp_path} build\n",
    )
    checked = kg("check", tmp_path)
    assert checked.exit_code == 0, checked.output
    assert NOTE in checked.stdout


def test_base_and_title_are_taken_over(tmp_path: Path) -> None:
    title = 'Centers of "the" C:\\Lake'
    assert kg("init", tmp_path, "--base", BASE, "--title", title).exit_code == 0
    config = read_config(tmp_path / CONFIG_FILE)
    assert (config.base, config.title.en) == (BASE, title)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or EXAMPLE_BASE not in path.read_text("utf-8"), path


def test_what_a_forge_runs_is_the_check_and_the_build(tmp_path: Path) -> None:
    kg("init", tmp_path)
    table = yaml.safe_load((tmp_path / ".github" / "workflows" / "check.yml").read_text("utf-8"))
    steps = [step["run"] for step in table["jobs"]["check"]["steps"] if "run" in step]
    assert steps == ["pip install research-center-kg", "kg check", "kg build"]


def test_a_clone_of_an_empty_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert kg("init", tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("made", "arguments", "says"),
    [
        ("notes.txt", [], "{folder}: not empty; name a folder that is new or empty\n"),
        (None, ["--base", "example.org"], "--base 'example.org': no base of IRIs; {iri}\n"),
        (None, ["--base", "https://[::1/"], "--base 'https://[::1/': no base of IRIs; {iri}\n"),
        (None, ["--base", "https://a.org/b"], "--base 'https://a.org/b': no base of IRIs; {iri}\n"),
        (None, ["--title", " "], "--title ' ': no title; give a line of text\n"),
        (None, ["--title", "a\nb"], "--title 'a\\nb': no title; give a line of text\n"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_written(
    made: str | None, arguments: list[str], says: str, tmp_path: Path
) -> None:
    if made:
        (tmp_path / made).touch()
    before = sorted(tmp_path.iterdir())
    result = kg("init", tmp_path, *arguments)
    iri = "give an absolute http(s) IRI that ends in '/'"
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == says.format(folder=tmp_path, iri=iri)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_place_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = kg("init", tmp_path / name)
    reason = "a file; name a folder that is new or empty"
    if name != "file":
        reason = "Not a directory; name a folder that can be written"
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path / name}: {reason}\n")


def test_what_the_docs_add_to_the_program_passes(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "instance.md").read_text("utf-8")
    files = re.findall(r"```turtle\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert {name for name, _ in files} == {"ontology/beds.ttl", "shapes/beds.ttl"}
    assert kg("init", tmp_path, "--base", "https://YOUR.BASE/").exit_code == 0
    profile = tmp_path / "data" / "example" / "profile.trig"
    said = profile.read_text("utf-8").replace("kg:figure <", "kg:beds 120 ; kg:figure <")
    profile.write_text(said, encoding="utf-8")
    # The shapes of the program are closed: neither file alone will do.
    for name, content in files:
        assert kg("check", tmp_path).exit_code == 1
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content, encoding="utf-8")
    checked = kg("check", tmp_path)
    assert checked.exit_code == 0, checked.output
