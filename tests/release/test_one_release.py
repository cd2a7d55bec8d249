"""One request sees one release, though the pointer is switched in the midst of it.

The switch is made by a hook at a known place of the request, and noticed at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import quote

import pytest
from conftest import TINY
from flask import Flask, Response
from flask.testing import FlaskClient
from small_program import program_in
from werkzeug.test import TestResponse

from kg.config import CONFIG_FILE, read_config
from kg.query.embedded import EmbeddedEngine
from kg.query.runner import Runner
from kg.query.search import SearchIndex
from kg.release.build import build
from kg.release.shelf import point_to
from kg.web import pages
from kg.web import site as site_module
from kg.web.app import create_app

SELECT = "SELECT ?label { ?thing a ?kind ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } ORDER BY ?label"


@dataclass
class Two:
    """Two releases of the tiny instance, in which one thing is called differently."""

    app: Flask
    shelf: Path
    old: str
    new: str

    @property
    def client(self) -> FlaskClient:
        """A client of the application over the pointer."""
        return self.app.test_client()

    def point(self, release: str) -> None:
        """Switch the pointer."""
        point_to(self.shelf, release)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The folder of two releases and their ids."""
    root = Path(copytree(TINY, tmp_path_factory.mktemp("two") / "tiny"))
    shelf = root / "releases"
    config = read_config(root / CONFIG_FILE)
    old = build(root, config, shelf, program=program_in()).id
    for name in ("center.toml", "source.txt", "claims.tsv", "profile.trig"):
        path = root / "data" / "lake" / name
        # As long as the other, so that no place in the text moves.
        path.write_text(
            path.read_text(encoding="utf-8").replace("Lake Center", "Pond Center"), encoding="utf-8"
        )
    return shelf, old, build(root, config, shelf, program=program_in()).id


@pytest.fixture
def two(built: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """The application over the older release; a switch is noticed at once."""
    shelf, old, new = built
    monkeypatch.setattr(site_module, "POINTER_CHECK_S", 0.0)
    point_to(shelf, old)
    app = create_app(shelf / "current", read_config(shelf.parent / CONFIG_FILE))
    yield Two(app, shelf, old, new)
    app.extensions["kg"].close()


PLACES = [
    ("/en/center/lake", EmbeddedEngine, "select"),
    ("/en/center/lake", EmbeddedEngine, "query"),
    ("/en/browse/center", EmbeddedEngine, "select"),
    ("/en/browse/center?sort=-name", EmbeddedEngine, "select"),
    ("/data/center/lake.ttl", EmbeddedEngine, "query"),
    ("/data/center/lake.jsonld", EmbeddedEngine, "select"),
    ("/en/search?q=center", SearchIndex, "find"),
    ("/lookup?format=json&iri=https://ror.org/00p991c53", EmbeddedEngine, "select"),
    ("/en/mappings", EmbeddedEngine, "select"),
    ("/cite/center/lake.bib", EmbeddedEngine, "select"),
    (f"/sparql?format=csv&query={quote(SELECT)}", Runner, "run"),
]
"""An address, and the call in the course of its answer before which the pointer is switched."""


def told(response: TestResponse) -> tuple[int, bytes, str | None, str | None]:
    """Return what tells the answer of one release from that of another."""
    headers = response.headers
    return response.status_code, response.data, headers["ETag"], headers["Last-Modified"]


def answer_of(two: Two, release: str, address: str) -> tuple[int, bytes, str | None, str | None]:
    """Return the answer of a server that knows one release only."""
    app = create_app(two.shelf / release, read_config(two.shelf.parent / CONFIG_FILE))
    try:
        return told(app.test_client().get(address))
    finally:
        app.extensions["kg"].close()


@pytest.mark.parametrize(("address", "owner", "call"), PLACES)
def test_a_switch_in_the_midst_of_a_request_changes_the_next_one_only(
    two: Two, monkeypatch: pytest.MonkeyPatch, address: str, owner: type, call: str
) -> None:
    old, new = (answer_of(two, release, address) for release in (two.old, two.new))
    assert old[0] == new[0] == 200
    assert old[1:3] != new[1:3]
    plain = getattr(owner, call)
    switches = 0

    def switching(*args: object, **kwargs: object) -> object:
        nonlocal switches
        switches += 1
        two.point(two.new)
        return plain(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(owner, call, switching)
        assert told(two.client.get(address)) == old
    assert switches
    # What was made is kept as what it is of: neither release has an answer of the other's.
    assert told(two.client.get(address)) == new
    again = two.client.get(address, headers={"If-None-Match": str(old[2])})
    assert again.status_code == 200
    two.point(two.old)
    assert told(two.client.get(address)) == old


def test_a_switch_between_lookup_of_a_kept_page_and_its_making_keeps_no_page_of_the_other(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/en/center/lake"
    new = answer_of(two, two.new, address)
    plain = pages.keep_page

    def switching(*args: Any) -> Response:
        site_module.current_site()
        two.point(two.new)
        return plain(*args)

    with monkeypatch.context() as patched:
        patched.setattr(pages, "keep_page", switching)
        body = two.client.get(address).data
    assert b"Lake Center" in body
    assert b"Pond Center" not in body
    assert told(two.client.get(address)) == new


def test_health_names_the_release_that_answered(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = EmbeddedEngine.query

    def switching(*args: Any) -> object:
        two.point(two.new)
        return plain(*args)

    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedEngine, "query", switching)
        assert two.client.get("/healthz").json["release"] == two.old  # type: ignore[index]  # it is JSON
    assert two.client.get("/healthz").json["release"] == two.new  # type: ignore[index]  # it is JSON
