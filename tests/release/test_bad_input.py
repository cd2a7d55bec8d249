"""Bad input gives one clear sentence: where, what, what next, and exit 1.

The cases are the file ``cases/bad-input.toml``: a copy of the smallest instance is changed in
one place, and ``kg check`` must answer with exactly the text ``says``. A case replaces ``old``
by ``new`` in ``file``, or makes the file ``content``, or removes it, or puts a folder in its
place. In ``bytes`` cases ``old`` and ``new`` are Latin-1, so that they can be no UTF-8.
"""

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, run_kg
from small_program import program_in

from kg.cli import main
from kg.config import read_config
from kg.release.build import build
from kg.release.folder import open_release

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "bad-input.toml").read_text(encoding="utf-8")
)
FEWEST_CASES = 90


def spoil(root: Path, case: dict[str, Any]) -> None:
    """Change one thing below ``root`` as the case says; it must be there to be changed."""
    path = root / case["file"]
    if "content" in case:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case["content"], encoding="utf-8")
    elif case.get("removed"):
        (shutil.rmtree if path.is_dir() else Path.unlink)(path)
    elif case.get("folder"):
        path.unlink()
        path.mkdir()
    else:
        encoding = "latin-1" if case.get("bytes") else "utf-8"
        data = path.read_bytes()
        old = case["old"].encode(encoding)
        assert data.count(old) >= 1
        path.write_bytes(data.replace(old, case["new"].encode(encoding)))


def said(result: Result) -> str:
    """Return what a person must read: the errors, or else the findings of the report."""
    errors = [line for line in result.stderr.splitlines() if not line.startswith("... ")]
    if errors:
        assert result.stdout == ""
        return "\n".join(errors)
    _, _, findings = result.stdout.partition("\n\n")
    found, _, verdict = findings.rpartition("\n\n")
    assert verdict.startswith("refused: ")
    return found


def test_there_are_cases() -> None:
    assert len(CASES) >= FEWEST_CASES


@pytest.mark.parametrize("name", CASES)
def test_kg_check_says_where_what_and_what_next(
    name: str, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(tiny, CASES[name])
    monkeypatch.chdir(tiny)
    result = CliRunner().invoke(main, ["check"], obj=program_in(Path()))
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert said(result) == CASES[name]["says"].rstrip("\n")


@pytest.mark.parametrize(
    "name", ["claim-id-twice", "config-unknown-key", "value-of-no-type", "shapes-no-shacl"]
)
def test_a_real_process_prints_no_traceback(name: str, tiny: Path) -> None:
    spoil(tiny, CASES[name])
    result = run_kg("check", root=tiny)
    assert (result.returncode, result.stdout) == (1, "")
    lines = [line for line in result.stderr.splitlines() if not line.startswith("... ")]
    expected = CASES[name]["says"].rstrip("\n").splitlines()
    # A folder that was named is in the paths as it was typed.
    prefix = "" if name == "shapes-no-shacl" else f"{tiny}/"
    assert lines == [prefix + line for line in expected]


@pytest.mark.parametrize(
    "name", ["quote-off-by-one", "statement-in-an-unknown-graph", "context-syntax", "text-missing"]
)
def test_kg_build_refuses_what_kg_check_refuses_and_keeps_the_earlier_release(
    name: str, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "releases"
    old = build(tiny, read_config(tiny / "kg.toml"), out, program=program_in())
    spoil(tiny, CASES[name])
    monkeypatch.chdir(tiny)
    result = CliRunner().invoke(main, ["build", "--out", str(out)], obj=program_in(Path()))
    assert (result.exit_code, result.stdout) == (1, "")
    assert CASES[name]["says"].rstrip("\n") in result.stderr
    assert open_release(out / "current").id == old.id
    assert sorted(path.name for path in out.iterdir()) == sorted([".lock", old.id, "current"])


# --- the real profile: what only its own shapes and files can show -----------------------------


def refused(root: Path, path: str, old: str, new: str) -> subprocess.CompletedProcess[str]:
    """Check the real profile with one change; it must be refused."""
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = run_kg("check", root=root)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result


def test_wrong_check_digits_of_ror_in_the_records(project: Path) -> None:
    result = refused(
        project,
        "data/organizations.trig",
        "dcterms:source <https://ror.org/00p991c53>",
        "dcterms:source <https://ror.org/00p991c35>",
    )
    assert "data/organizations.trig (violation)\n" in result.stdout
    assert "Copy the ROR" in result.stdout


def test_the_project_itself_has_no_file_that_nothing_reads() -> None:
    assert not list((ROOT / "data").rglob("*.orig"))
