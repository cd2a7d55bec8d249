"""What tests share: the real profile as a release, built once a run."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
import small_program
from beside import watch
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from kept import kept
from serving import running_server
from small_program import program_in

from kg.config import CONFIG_FILE, Config, read_config
from kg.query.embedded import EmbeddedEngine
from kg.release.build import build
from kg.release.folder import Release, open_release
from kg.release.shelf import point_to
from kg.web.app import create_app
from kg.web.export.run import export

# A busy machine is no mistake of the code: speed is measured elsewhere.
settings.register_profile("project", deadline=None)
if os.environ.get("CI") != "true":  # hypothesis has a profile of its own for it
    settings.load_profile("project")

ROOT = Path(__file__).resolve().parent.parent
TINY = small_program.TINY
RECORDS = Path(__file__).resolve().parent / "cases" / "registries" / "ror-records.jsonl"
"""102 records of ROR, of both schemas: of organizations in one region, namesakes, and others."""
SUITES = os.environ.get("SUITES", "")
"""The folder of other people's suites and registries, where somebody names one."""
SOURCE_FOLDERS = ("data", "ontology", "shapes")


@dataclass(frozen=True)
class BuiltRelease:
    """The release of the real sources, open, with an engine over it."""

    release: Release
    engine: EmbeddedEngine
    folder: Path


if not SUITES:
    # They are other people's; make suites SUITES=FOLDER runs them.
    collect_ignore = ["suites"]
    WATCH = watch(ROOT)

    @pytest.fixture(autouse=True)
    def nothing_beside_the_checkout() -> Iterator[None]:
        """Fail the test that opened something beside the checkout."""
        yield
        seen = sorted(set(WATCH.seen))
        WATCH.seen.clear()
        assert not seen, f"a test looks outside the checkout: {', '.join(seen)}"


EXHAUSTIVE_FIXTURES = {"exported", "nginx", "below"}
"""Whoever stands on the whole exported site or on nginx is part of make full."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is exhaustive by what it stands on."""
    for item in items:
        if EXHAUSTIVE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.exhaustive)


@pytest.fixture(
    params=[False, pytest.param(True, marks=pytest.mark.exhaustive)], ids=["some", "all"]
)
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether a test looks at everything there is, or at one of each kind.

    Everything is looked at by make full.
    """
    return bool(request.param)


def one_of_each_kind(paths: Iterable[str]) -> list[str]:
    """Return the first path of each kind: ``id/center/...``, ``code/scope/...``, ``claim/...``.

    >>> one_of_each_kind(
    ...     ["id/center/a", "id/center/b", "id/award/c", "claim/a/C001", "claim/a/C002"]
    ... )
    ['id/center/a', 'id/award/c', 'claim/a/C001']
    """
    found: dict[tuple[str, ...], str] = {}
    for path in paths:
        first, second, *_ = [*path.strip("/").split("/"), "", ""]
        kind = (first, second) if first in {"id", "code", "graph"} else (first,)
        found.setdefault(kind, path)
    return list(found.values())


def copy_project(target: Path) -> Path:
    """Copy the sources and the configuration to ``target``, to be changed by a test."""
    target.mkdir(parents=True)
    for name in SOURCE_FOLDERS:
        shutil.copytree(ROOT / name, target / name)
    shutil.copy(ROOT / CONFIG_FILE, target / CONFIG_FILE)
    return target


@pytest.fixture(scope="session")
def config() -> Config:
    """The configuration of the project."""
    return read_config(ROOT / CONFIG_FILE)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, config: Config) -> Path:
    """A folder of releases with the real profile as the current one; the release is kept."""

    def make(staging: Path) -> None:
        built = build(ROOT, config, staging)
        assert [
            path.name for path in staging.iterdir() if path.is_dir() and not path.is_symlink()
        ] == [built.id]

    folder = kept("real", [ROOT / "data", ROOT / CONFIG_FILE], make)
    out = tmp_path_factory.mktemp("releases")
    (release,) = (path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    (out / release.name).symlink_to(release)
    point_to(out, release.name)
    return out


@pytest.fixture(scope="session")
def release(shelf: Path) -> BuiltRelease:
    """The release of the real profile."""
    opened = open_release(shelf / "current")
    return BuiltRelease(opened, EmbeddedEngine(opened.store, opened.base), opened.folder)


@pytest.fixture(scope="session")
def app(shelf: Path, config: Config) -> Iterator[Flask]:
    """The application over the real profile."""
    app = create_app(shelf / "current", config)
    yield app
    app.extensions["kg"].close()


@pytest.fixture(scope="session")
def exported(shelf: Path, config: Config) -> Path:
    """The folder of the real profile's site as static files, for the root of a host; kept."""

    def make(staging: Path) -> None:
        export(
            shelf / "current",
            config,
            staging,
            host="http://localhost",
            prefix="/",
            progress=lambda _: None,
        )

    return kept("site", [ROOT / "data", ROOT / CONFIG_FILE], make)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that speaks to the application without a socket."""
    return app.test_client()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's sources that a test may break."""
    return copy_project(tmp_path / "project")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the smallest instance, which builds in a second and may be broken."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def tiny_shelf() -> Path:
    """A folder of releases with the smallest instance as the current one; kept, never written to."""
    return kept("tiny", [TINY], _build_tiny)


def _build_tiny(out: Path) -> None:
    build(TINY, read_config(TINY / CONFIG_FILE), out, program=program_in())


@pytest.fixture(scope="session")
def server(shelf: Path) -> Iterator[str]:
    """The address of a real server over the real profile, on a free port of loopback."""
    with running_server(shelf / "current") as address:
        yield address


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may open a socket."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def suite(*path: str) -> Path | None:
    """Return where a folder or file of the suites lies, or None where none were named.

    Fails where the folder of suites was named and lacks it: a suite that is not run must not
    look like one that passed.
    """
    if not SUITES:
        return None
    found = Path(SUITES).joinpath(*path)
    if not found.exists():
        pytest.fail(
            f"the folder of suites has no {'/'.join(path)}; CONTRIBUTING.md says where it is published"
        )
    return found.resolve()


def needed_suite(*path: str) -> Path:
    """Return where a folder or file of the suites lies; fail where none were named."""
    found = suite(*path)
    assert found is not None, "run it with make suites SUITES=FOLDER"
    return found


def skip_without(what: str, *, there: bool) -> None:
    """Skip the test where ``what`` is missing; with CI=true that is a failure."""
    if not there:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is missing")


def kg_command(*arguments: str | Path, root: Path = ROOT) -> list[str]:
    """Return the command line that runs ``kg`` in this environment.

    A copy of the smallest instance has ontology and shapes of its own as the program's.
    """
    kg = [str(Path(sys.executable).parent / "kg")]
    if (root / "data" / "lake").is_dir():
        kg = [sys.executable, small_program.__file__]
    return [*kg, "--root", str(root), *map(str, arguments)]


def run_kg(*arguments: str | Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run ``kg`` to its end and return what it printed."""
    return subprocess.run(
        kg_command(*arguments, root=root), capture_output=True, text=True, check=False, timeout=300
    )
