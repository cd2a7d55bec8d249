"""Behind a reverse proxy, and over a release that somebody removed: a real server each."""

import json
import shutil
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TINY, BuiltRelease
from serving import running_server

pytestmark = pytest.mark.server

PROXIED = {
    "Accept": "text/turtle",
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "elsewhere.example",
}


@pytest.fixture(scope="module")
def tiny_server(tiny_shelf: Path) -> Iterator[str]:
    """A real server over the smallest instance."""
    with running_server(tiny_shelf / "current", TINY) as address:
        yield address


def instance(folder: Path, more: str) -> Path:
    """Write a configuration with further keys at the top; return its folder."""
    folder.mkdir(exist_ok=True)
    text = (TINY / "kg.toml").read_text(encoding="utf-8")
    (folder / "kg.toml").write_text(f"{more}\n{text}", encoding="utf-8")
    return folder


def described(address: str) -> str:
    """Return the service description as it comes through a proxy."""
    request = urllib.request.Request(f"{address}/sparql", headers=PROXIED)
    with urllib.request.urlopen(request, timeout=10) as response:
        body: bytes = response.read()
        return body.decode()


@pytest.mark.parametrize(("proxies", "scheme"), [(0, "http"), (1, "https")])
def test_a_proxy_is_believed_where_there_is_one(
    release: BuiltRelease, tmp_path: Path, proxies: int, scheme: str
) -> None:
    root = instance(tmp_path / "instance", f"proxies = {proxies}")
    with running_server(release.folder, root) as address:
        host = address.removeprefix("http://")
        assert f"sd:endpoint <{scheme}://{host}/sparql>" in described(address)


def test_a_release_that_is_gone_is_told_by_healthz_and_by_queries(
    release: BuiltRelease, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(release.folder, tmp_path / "release"))
    root = instance(tmp_path / "instance", "")
    limits = (root / "kg.toml").read_text(encoding="utf-8")
    (root / "kg.toml").write_text(f"{limits}query_s = 1\n", encoding="utf-8")
    with running_server(folder, root) as address:
        shutil.rmtree(folder)
        said = ""
        runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        for query in (runaway, "ASK {}"):
            # The first ends the worker that had the release open.
            body = urllib.parse.urlencode({"query": query}).encode()
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{address}/sparql", data=body, timeout=10)
            with caught.value as error:
                assert error.code == 503
                said = error.read().decode()
        assert "the release is being replaced" in said
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{address}/healthz", timeout=10)
        with caught.value as error:
            assert (error.code, json.loads(error.read())["status"]) == (503, "gone")


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64, "[::::::::]:1", "a:99999"])
def test_a_host_that_is_none_is_refused_with_a_sentence(tiny_server: str, host: str) -> None:
    parts = urllib.parse.urlsplit(tiny_server)
    with socket.create_connection((parts.hostname or "", parts.port or 0), 10) as connection:
        head = (
            f"GET /en/ HTTP/1.1\r\nHost: {host}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"The header Host is no host." in answer
