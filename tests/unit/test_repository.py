"""What the repository promises beside the code: locks, targets, licences, reasons."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt")
PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall(read(lock)))


def normalized(requirement: str) -> str:
    """Return the name in a requirement, as locks spell it."""
    name = re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


# --- locks ---


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_host_or_path(lock: str) -> None:
    text = read(lock)
    assert "://" not in text
    assert not re.search(r"^\s*-(-index|-extra|-find|-trusted|i |f )", text, re.MULTILINE)
    assert not re.search(r"(?<![\w.])/\w+/", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    blocks = re.split(r"(?m)^(?=[a-z0-9.-]+==)", read(lock))[1:]
    assert len(blocks) == len(pins(lock)) > 10
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    table = project()
    runtime = table["project"]["dependencies"] + table["build-system"]["requires"]
    tools = table["project"]["optional-dependencies"]["test"]
    assert {normalized(one) for one in runtime} - pins("requirements.txt").keys() == set()
    assert {normalized(one) for one in tools} - pins("requirements-test.txt").keys() == set()


def test_the_test_lock_holds_the_runtime_lock() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-test.txt").items()


def imported(source: str) -> set[str]:
    """Return the top-level names of the modules that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_the_package_imports_only_what_it_declares() -> None:
    files = sorted(ROOT.glob("kg/**/*.py"))
    assert files
    declared = {normalized(one) for one in project()["project"]["dependencies"]}
    distributions = packages_distributions()
    undeclared = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name in imported(file.read_text(encoding="utf-8")) - {"kg"} - sys.stdlib_module_names
        if not declared & {normalized(one) for one in distributions.get(name, [])}
    }
    assert undeclared == set()


# --- make ---


def targets() -> set[str]:
    """Return the targets that people may run: the phony ones, less the helpers."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)
    return {name for name in phony.split() if not name.endswith("-packages")}


def test_make_help_lists_every_target() -> None:
    # MAKEFLAGS of a make that runs these tests is not for this one.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    printed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    listed = re.findall(r"^make ([a-z-]+) +\S.*$", printed, re.MULTILINE)
    assert set(listed) == targets()
    assert len(listed) == len(printed.splitlines())


def test_every_rule_without_a_file_is_phony() -> None:
    rules = re.findall(r"^([a-z-]+):(?! export)(?! \w+ =)", read("Makefile"), re.MULTILINE)
    assert {name for name in rules if not name.endswith("-packages")} == targets()


def test_continuous_integration_runs_what_people_run() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line.strip() for line in script.read_text(encoding="utf-8").splitlines()]
    assert [line.split()[1] for line in lines if line.startswith("make")] == [
        "test",
        "full",
        "suites",
    ]
    # What fails stops it: nothing is allowed to fail, nothing goes on behind it.
    assert "set -eu" in lines
    assert not any(
        "|" in line or "&" in line.replace("&&", "") for line in lines if line.startswith("make")
    )


# --- licences ---


def test_code_and_data_have_licences_of_their_own() -> None:
    assert "Apache License\n                           Version 2.0" in read("LICENSE")
    assert len(read("LICENSE").splitlines()) > 200, "the full text, not a notice"
    assert project()["project"]["license"] == "Apache-2.0"
    data = read("DATA-LICENSE.md")
    assert tomllib.loads(read("kg.toml"))["license"] in data
    for name in project()["project"]["license-files"]:
        assert (ROOT / name).is_file()


# --- settings ---


def excused_lines() -> list[tuple[int, str]]:
    """Return the lines of pyproject.toml that excuse a rule of ruff, with their numbers."""
    found = []
    inside = False
    for number, line in enumerate(read("pyproject.toml").splitlines(), 1):
        if re.match(r'(ignore|".*") = \[$', line):
            inside = True
        elif line == "]":
            inside = False
        elif inside and re.match(r'    "[A-Z]+[0-9]*"', line):
            found.append((number, line))
    return found


def test_every_ignored_rule_has_a_reason() -> None:
    lines = read("pyproject.toml").splitlines()
    excused = excused_lines()
    ruff = project()["tool"]["ruff"]["lint"]
    rules = ruff["ignore"] + [one for some in ruff["per-file-ignores"].values() for one in some]
    named = [rule for _, line in excused for rule in re.findall(r'"([A-Z]+[0-9]*)"', line)]
    assert sorted(named) == sorted(rules)
    unexplained = [
        f"pyproject.toml:{number}: {line.strip()}"
        for number, line in excused
        if "  # " not in line and ", # " not in line and not lines[number - 2].startswith("    # ")
    ]
    assert unexplained == []


def test_an_excuse_in_the_code_names_its_rule_and_gives_a_reason() -> None:
    bare = re.compile(r"#\s*(noqa|type:\s*ignore)(?!(: [A-Z]+\d+|\[[\w-]+\]).*\s[-#]\s*\S)")
    files = [*ROOT.glob("kg/**/*.py"), *ROOT.glob("tests/**/*.py")]
    assert files
    here = Path(__file__)
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        if file != here
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_warnings_and_unknown_settings_are_errors() -> None:
    pytest_table = project()["tool"]["pytest"]
    assert pytest_table["strict"] is True
    assert pytest_table["filterwarnings"][0] == "error"
    assert project()["tool"]["mypy"]["strict"] is True


def test_every_module_of_the_package_has_a_place_in_the_import_line() -> None:
    layers = project()["tool"]["importlinter"]["contracts"][0]
    placed = {name for layer in layers["layers"] for name in layer.split(" | ")}
    found = {
        path.stem
        for path in (ROOT / "kg").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert found - {"__init__"} == placed


def test_no_file_of_the_machine_is_kept() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip(reason="not a git working tree: a source archive has no list of files")
    kept = re.compile(r"(^|/)(\.venv|__pycache__|releases|\w+_cache)/")
    assert [name for name in listed.stdout.splitlines() if kept.search(name)] == []
