"""The bundles of editor, engine and search are what their sources in ``assets/`` make."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

ASSETS = ROOT / "assets"
STATIC = ROOT / "kg" / "web" / "static"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "licenses", "src")
NPM_TIMEOUT_S = 120
LARGEST_MODULE = 250


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of ``assets/`` with its packages, from the lock.

    The bundle is committed, so that nobody needs npm but who changes it: without npm this is
    skipped everywhere, and the digest of the sources is what holds the bundle to them.
    """
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip(reason="npm is missing: the digest in the bundle is checked instead")
    folder = tmp_path_factory.mktemp("assets")
    for name in SOURCES:
        source = ASSETS / name
        copy: Callable[..., Any] = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    run("npm", "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


def run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=NPM_TIMEOUT_S
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bundle_is_what_the_sources_make(installed: Path, tmp_path: Path) -> None:
    run("node", "build.mjs", str(tmp_path), folder=installed)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    paths = [path for path in STATIC.glob("sparql*") if path.suffix != ".css"]
    paths += [STATIC / "search.js", STATIC / "oxigraph.wasm"]
    committed = {path.name: path.read_bytes() for path in paths}
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


def test_the_bundle_is_of_these_sources() -> None:
    paths = ["build.mjs", "package-lock.json"]
    paths += sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.glob("src/**/*.js"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path}\0".encode() + (ASSETS / path).read_bytes())
    bundles = [*sorted(STATIC.glob("sparql*.js")), STATIC / "search.js"]
    assert len(bundles) == 5
    banner = f"/* Bundled from assets/ {digest.hexdigest()};"
    stale = [path.name for path in bundles if not path.read_text("utf-8").startswith(banner)]
    assert stale == [], "run make assets"


def test_the_lock_names_no_host_and_every_hash() -> None:
    packages = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    others = {name: package for name, package in packages.items() if name}
    assert len(others) > 15
    assert [name for name, package in others.items() if "resolved" in package] == []
    assert [name for name, package in others.items() if "integrity" not in package] == []
    wanted = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert others[f"node_modules/{name}"]["version"] == version


def test_the_bundle_names_the_licences_of_what_is_in_it() -> None:
    notices = (STATIC / "sparql-licenses.txt").read_text(encoding="utf-8")
    wanted = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name, version in wanted.items() if f"{name} {version}\n" not in notices] == []


def test_modules_of_the_editor_are_small() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in ASSETS.glob("src/*/*.js")
    }
    assert len(lengths) > 15
    assert [path for path, lines in lengths.items() if lines > LARGEST_MODULE] == []
