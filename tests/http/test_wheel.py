"""The journey of somebody who installs the wheel: an instance elsewhere, built and served.

The environment is empty but for the wheel. What the wheel depends on is that of the tests,
without the editable install in it, so that nothing is fetched.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, BuiltRelease, copy_project
from serving import running_server

from kg.release.folder import open_release
from kg.release.manifest import list_files

pytestmark = pytest.mark.exhaustive

BASE = "https://data.example.net/centers/"
PROGRAM_FOLDERS = ("ontology", "shapes")
IMPORTED = """
import json, sys
import kg.cli, kg.web.app
print(json.dumps([m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)]))
"""
CENTERS = "SELECT ?c { ?c a <ontology#Center> }"


def distribution(kind: str, folder: Path, project: Path = ROOT) -> Path:
    """Build the wheel or the sdist of a project into ``folder``."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return distribution("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that the wheel was installed into."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python.parent


def run(environment: Path, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment, away from the checkout."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [environment / arguments[0], *arguments[1:]],
        cwd=cwd,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def instance(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that the installed program made in a folder elsewhere, built."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    made = run(environment, "kg", "init", "mine", "--base", BASE, "--title", "Mine", cwd=elsewhere)
    assert (made.returncode, made.stderr) == (
        0,
        "next: read mine/README.md, then kg --root mine build\n",
    )
    folder = elsewhere / "mine"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(made.stdout.split()) == files
    assert {"kg.toml", "README.md", ".gitignore", ".github/workflows/check.yml"} <= files
    checked = run(environment, "kg", "check", cwd=folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.splitlines()[-1].startswith("conforms: 0 violations, 0 warnings, ")
    built = run(environment, "kg", "build", cwd=folder)
    assert built.returncode == 0, built.stderr
    assert built.stdout.strip() == open_release(folder / "releases" / "current").id
    return folder


@pytest.fixture(scope="module")
def address(environment: Path, instance: Path) -> Iterator[str]:
    """Where the installed program serves the instance."""
    release = instance / "releases" / "current"
    with running_server(release, instance, environment / "kg") as address:
        yield address


def fetched(url: str, accept: str = "*/*") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def test_nothing_is_imported_from_the_checkout(environment: Path, tmp_path: Path) -> None:
    files = json.loads(run(environment, "python", "-c", IMPORTED, cwd=tmp_path).stdout)
    packages = sysconfig.get_path("purelib")
    ours = [file for file in files if "/kg/" in file]
    assert len(ours) > 100
    assert all(file.startswith(str(environment.parent)) for file in ours)
    assert [f for f in files if f.startswith(str(ROOT)) and not f.startswith(packages)] == []


def test_pages_in_both_languages(address: str) -> None:
    assert "Mine" in fetched(f"{address}/en/", "text/html")
    for lang in ("en", "zh"):
        assert "Jane Doe" in fetched(f"{address}/{lang}/center/example", "text/html")
    assert "发表论文数" in fetched(f"{address}/zh/figure/example-papers", "text/html")


def test_static_files_are_there(address: str) -> None:
    page = fetched(f"{address}/en/", "text/html")
    found = [part.partition('"')[0] for part in page.split('"/static/')[1:]]
    assert any(".css" in name for name in found)
    for name in found:
        assert fetched(f"{address}/static/{name.replace('&amp;', '&')}")


def test_the_vocabulary_stands_below_the_base_of_the_instance(address: str) -> None:
    pages = [f"/{lang}/{path}" for lang in ("en", "zh") for path in ("ontology", "shapes")]
    for path in (*pages, "/data/ontology.ttl", "/data/shapes.ttl", "/ontology/context.jsonld"):
        text = fetched(address + path)
        assert "https://w3id.org/research-center-kg/" not in text, path
        assert f"{BASE}ontology#" in text or path.startswith(("/en", "/zh"))
    assert "Center" in fetched(f"{address}/en/ontology", "text/html")


def test_data_and_queries(address: str) -> None:
    turtle = fetched(f"{address}/id/center/example", "text/turtle")
    assert '"Example Center for Imaging"@en' in turtle
    query = urllib.parse.urlencode({"query": CENTERS.replace("<", f"<{BASE}")})
    rows = json.loads(fetched(f"{address}/sparql?{query}", "application/sparql-results+json"))
    assert [row["c"]["value"] for row in rows["results"]["bindings"]] == [
        f"{BASE}id/center/example"
    ]


def test_this_repository_has_the_same_release_by_wheel_and_editable(
    environment: Path, release: BuiltRelease, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    built = run(environment, "kg", "build", cwd=project)
    assert built.stdout.strip() == release.release.id, built.stderr
    by_wheel = open_release(project / "releases" / "current")
    assert by_wheel.manifest.sources == release.release.manifest.sources
    folders = ("dumps/", "reports/", "sources/")
    made, here = (
        {n: e.sha256 for n, e in list_files(folder).items() if n.startswith(folders)}
        for folder in (by_wheel.folder, release.folder)
    )
    assert made == here
    # Nor does it matter whether the instance has the program's files beside its own.
    for name in PROGRAM_FOLDERS:
        (project / name).rename(tmp_path / name)
    again = run(environment, "kg", "build", cwd=project)
    assert again.stdout.strip() == release.release.id
    assert "nothing changed" in again.stderr


def test_the_sources_in_a_release_are_an_instance_and_make_it_again(
    environment: Path, instance: Path, tmp_path: Path
) -> None:
    releases = instance / "releases"
    again = Path(shutil.copytree(releases / "current" / "sources", tmp_path / "again"))
    shutil.copy(instance / "kg.toml", again)
    assert BASE.encode() in (again / "shapes" / "center.ttl").read_bytes()
    # As it stands in the repository it is the same file too.
    shutil.copy(ROOT / "shapes" / "award.ttl", again / "shapes")
    built = run(environment, "kg", "build", "--out", releases, cwd=again)
    assert built.stdout.strip() == open_release(releases / "current").id, built.stderr
    assert "nothing changed" in built.stderr


def test_a_file_that_would_replace_one_of_the_wheel_is_refused(
    environment: Path, instance: Path
) -> None:
    own = instance / "shapes" / "center.ttl"
    own.parent.mkdir()
    try:
        own.write_bytes((ROOT / "shapes" / "center.ttl").read_bytes() + b"# mine\n")
        refused = run(environment, "kg", "check", cwd=instance)
    finally:
        own.unlink()
        own.parent.rmdir()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == (
        "shapes/center.ttl: would replace the program's file of this name; "
        "rename it: what an instance has in ontology/ and shapes/ adds, it never replaces"
    )


def test_the_wheel_holds_the_programs_files_and_no_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in PROGRAM_FOLDERS:
        files = [path for path in (ROOT / folder).iterdir() if path.is_file()]
        assert files
        assert {f"kg/{folder}/{path.name}" for path in files} <= names
    assert {name.partition("/")[0] for name in names} == {
        "kg",
        next(name for name in names if ".dist-info" in name).partition("/")[0],
    }


def test_the_wheel_of_the_source_distribution_is_the_same(wheel: Path, tmp_path: Path) -> None:
    packed = distribution("sdist", tmp_path / "sdist")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (project,) = (tmp_path / "unpacked").iterdir()
    again = distribution("wheel", tmp_path / "again", project)
    assert zipfile.ZipFile(again).namelist() == zipfile.ZipFile(wheel).namelist()
