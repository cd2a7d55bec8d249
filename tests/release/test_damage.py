"""A flipped byte is found: by kg verify, by kg build, and while the release is served."""

import logging
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import TINY
from flask.testing import FlaskClient
from small_program import program_in

from kg.cli import main
from kg.config import CONFIG_FILE, read_config
from kg.errors import ReleaseError
from kg.release.build import build
from kg.release.folder import open_release
from kg.release.verify import damages, is_whole
from kg.web.app import create_app
from kg.web.site import SiteHolder, verify

SEEDS = range(12)


@pytest.fixture
def shelf(tiny_shelf: Path, tmp_path: Path) -> Path:
    """A folder with a release that a test may damage."""
    return Path(shutil.copytree(tiny_shelf, tmp_path / "shelf", symlinks=True))


@pytest.fixture
def folder(shelf: Path) -> Path:
    """That release."""
    return (shelf / "current").resolve()


def flip(path: Path, place: int) -> None:
    """Flip the bits of one byte; the length stays."""
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 0xFF
    path.write_bytes(data)


def run(shelf: Path, *arguments: str) -> tuple[int, str, str]:
    command = ["--root", str(TINY), *arguments]
    result = CliRunner().invoke(main, command, obj=program_in())
    return result.exit_code, result.stdout, result.stderr


def test_a_whole_release_is_said_to_be(shelf: Path, folder: Path) -> None:
    assert is_whole(folder)
    code, out, _ = run(shelf, "verify", str(shelf / "current"))
    assert (code, out) == (0, f"{folder.name}: every file is as it was written\n")


@pytest.mark.parametrize("seed", SEEDS)
def test_any_byte_of_any_file_is_found(seed: int, shelf: Path, folder: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - places, no secrets
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size]
    files = [p for p in files if p.name != "manifest.json"]
    assert len(files) > 50
    path = chance.choice(files)
    flip(path, chance.randrange(path.stat().st_size))
    name = path.relative_to(folder).as_posix()
    assert [damage.path for damage in damages(folder)] == [name]
    code, out, err = run(shelf, "verify", str(folder))
    assert code == 1
    assert out == f"{path}: is not what was written: its SHA-256 is another one\n"
    assert "kg build makes the release again from its sources" in err


def test_files_too_many_too_few_and_too_short_are_found(folder: Path) -> None:
    (folder / "dumps" / "more.txt").write_text("x", encoding="utf-8")
    gone, cut = (
        min((folder / "dumps").glob("*.nq")),
        min((folder / "dumps").glob("*.ttl")),
    )
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    found = {damage.path: damage.what for damage in damages(folder)}
    assert found.keys() == {"dumps/more.txt", f"dumps/{gone.name}", f"dumps/{cut.name}"}
    assert found["dumps/more.txt"] == "was not written by the build"
    assert found[f"dumps/{gone.name}"] == "is not there"
    assert found[f"dumps/{cut.name}"].endswith(" were written")


def test_a_manifest_of_other_sources_is_found(folder: Path) -> None:
    path = folder / "manifest.json"
    text = path.read_text(encoding="utf-8")
    changed = text.replace('"base": "https://example.org/kg/"', '"base": "https://example.com/kg/"')
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    assert any("its sources make" in damage.what for damage in damages(folder))


@pytest.mark.parametrize("seed", range(3))
def test_a_build_does_not_call_a_damaged_release_current(
    seed: int, shelf: Path, folder: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - places, no secrets
    path = chance.choice(
        [*sorted((folder / "dumps").glob("*.nq")), *sorted((folder / "store").glob("*.sst"))]
    )
    flip(path, path.stat().st_size // 2)
    built = build(TINY, read_config(TINY / CONFIG_FILE), shelf, program=program_in())
    assert (built.changed, built.folder.name) == (True, folder.name)
    assert is_whole(folder)
    again = build(TINY, read_config(TINY / CONFIG_FILE), shelf, program=program_in())
    assert not again.changed


def test_a_release_that_is_named_wrong_is_a_sentence(shelf: Path) -> None:
    code, _, err = run(shelf, "verify", "nowhere")
    assert code == 1
    assert "no such release; name an id of" in err


# --- while it is served --------------------------------------------------------------------


@pytest.fixture
def broken(folder: Path) -> Path:
    """The release with damage in its store wherever opening it does not look."""
    spoiled = 0
    for path in sorted((folder / "store").glob("*.sst")):
        whole = path.read_bytes()
        flip(path, 5)
        try:
            open_release(folder)
            spoiled += 1
        except ReleaseError:
            path.write_bytes(whole)
    assert spoiled > 5
    return folder


@pytest.fixture
def client(broken: Path) -> Iterator[FlaskClient]:
    app = create_app(broken, read_config(TINY / CONFIG_FILE))
    yield app.test_client()
    app.extensions["kg"].close()


ASK = "/sparql?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/html", "text/csv"])
def test_damage_is_no_mistake_of_whoever_asks(
    client: FlaskClient, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = client.get(ASK, headers={"Accept": accept})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.text.startswith("503 The data of this server are damaged.")
    # What is damaged is for the operator alone.
    assert "Corruption" not in response.text
    assert "Corruption" in caplog.text
    assert "kg verify tells which files are" in caplog.text


def test_a_server_that_met_damage_is_not_ready(client: FlaskClient) -> None:
    client.get(ASK)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["status"] == "damaged"


def test_pages_of_damaged_data_are_503_too(client: FlaskClient) -> None:
    response = client.get("/en/center/lake")
    assert response.status_code == 503


def test_a_mistake_stays_a_mistake(tiny_shelf: Path) -> None:
    app = create_app(tiny_shelf / "current", read_config(TINY / CONFIG_FILE))
    try:
        client = app.test_client()
        assert client.get("/sparql?query=SELECT").status_code == 400
        assert client.get("/readyz").status_code == 200
    finally:
        app.extensions["kg"].close()


def test_a_damaged_dump_is_found_when_it_is_opened_and_not_sent(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dump = min((folder / "dumps").glob("*.nq"))
    flip(dump, 100)
    app = create_app(folder, read_config(TINY / CONFIG_FILE))
    try:
        holder: SiteHolder = app.extensions["kg"]
        with caplog.at_level(logging.ERROR):
            verify(holder.get())
        assert f"dumps/{dump.name} is not what was written" in caplog.text
        client = app.test_client()
        assert client.get(f"/dumps/{dump.name}").status_code == 503
        assert client.get("/readyz").json == {
            "damaged": [f"dumps/{dump.name}"],
            "release": holder.get().release.id,
            "status": "damaged",
        }
        # The rest is served on.
        assert client.get("/en/center/lake").status_code == 200
    finally:
        app.extensions["kg"].close()


def test_a_store_that_does_not_open_says_so(folder: Path) -> None:
    flip(folder / "store" / "CURRENT", 3)
    with pytest.raises(ReleaseError, match=r"Corruption: .*; build the release again"):
        open_release(folder)
