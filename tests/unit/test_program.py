"""The program's own files: packaged, or the repository's; never both."""

from pathlib import Path

import pytest
from conftest import ROOT

from kg.errors import InstallError
from kg.program import find_program

FOLDERS = ("ontology", "shapes")


def installed(folder: Path, *, packaged: bool, repository: bool) -> Path:
    """Make a folder that holds the package ``kg``; return the package's."""
    package = folder / "kg"
    package.mkdir(parents=True)
    for name in FOLDERS:
        if packaged:
            (package / name).mkdir()
        if repository:
            (folder / name).mkdir()
    return package


def test_in_the_repository_they_are_its_top_level_folders() -> None:
    program = find_program()
    assert program.folder == ROOT
    assert {"ontology/codes.ttl", "ontology/context.jsonld", "shapes/center.ttl"} <= {
        *program.names
    }


def test_in_a_wheel_they_lie_in_the_package_whatever_lies_beside_it(tmp_path: Path) -> None:
    package = installed(tmp_path, packaged=True, repository=True)
    assert find_program(package).folder == package


def test_in_both_is_said(tmp_path: Path) -> None:
    package = installed(tmp_path, packaged=True, repository=True)
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(InstallError) as refused:
        find_program(package)
    assert str(refused.value) == (
        f"{package}: the ontology and the shapes lie in the package and in {tmp_path} too; "
        "remove the folders ontology and shapes of the package"
    )


def test_in_neither_is_said(tmp_path: Path) -> None:
    package = installed(tmp_path, packaged=False, repository=False)
    with pytest.raises(InstallError) as refused:
        find_program(package)
    assert str(refused.value) == (
        f"{package}: the program's folders ontology and shapes are not there; install it again"
    )
