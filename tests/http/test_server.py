"""The real server over sockets: what a client on another machine would see."""

import http.client
import json
import shutil
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import brotli
import pytest
from conftest import BuiltRelease, copy_project
from sample import CENTERS, CLAIM, SLUG, claims_of
from serving import running_server

from kg.config import CONFIG_FILE, read_config
from kg.release.build import build
from kg.web.site import POINTER_CHECK_S

pytestmark = pytest.mark.server
CENTER = f"center/{SLUG}"


def ask(
    server: str, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (lower case) and body of one request; redirects are not followed."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, names)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, response.read()
    finally:
        connection.close()


def test_healthz_names_the_release(server: str, release: BuiltRelease) -> None:
    status, headers, body = ask(server, "/healthz")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert json.loads(body) == {
        "release": release.release.id,
        "status": "ok",
        "queries": {"working": 0, "waiting": 0},
    }


def test_curl_of_turtle_is_led_to_the_data(server: str) -> None:
    status, headers, _ = ask(server, f"/id/{CENTER}", Accept="text/turtle")
    assert (status, headers["location"]) == (303, f"/data/{CENTER}.ttl")
    status, headers, body = ask(server, headers["location"])
    assert (status, headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    assert SLUG.encode() in body


def test_a_browser_is_led_to_the_page(server: str) -> None:
    headers = {"Accept": "text/html,*/*;q=0.8", "Accept_Language": "zh-CN,zh;q=0.9"}
    status, found, _ = ask(server, f"/id/{CENTER}", **headers)
    assert (status, found["location"]) == (303, f"/zh/{CENTER}")
    status, found, body = ask(server, found["location"], Accept_Encoding="gzip, br")
    assert (status, found["content-encoding"]) == (200, "br")
    assert int(found["content-length"]) == len(body)
    assert "基本信息" in brotli.decompress(body).decode()


def test_what_we_lack_is_406_and_404(server: str) -> None:
    status, _, body = ask(server, f"/id/{CENTER}", Accept="image/png")
    assert status == 406
    assert b"text/turtle" in body
    status, _, body = ask(server, f"/id/center/{SLUG[:-1]}", Accept="text/plain")
    assert status == 404
    assert f"/id/{CENTER}".encode() in body


def test_conditions_ranges_and_head(server: str) -> None:
    path = f"/data/{CENTER}.nt"
    _, headers, body = ask(server, path)
    status, _, empty = ask(server, path, If_None_Match=headers["etag"])
    assert (status, empty) == (304, b"")
    status, part, some = ask(server, path, Range="bytes=0-9")
    assert (status, some, part["content-range"]) == (206, body[:10], f"bytes 0-9/{len(body)}")
    status, head, nothing = ask(server, path, method="HEAD")
    assert (status, nothing, head["etag"]) == (200, b"", headers["etag"])


def test_dumps_are_sent_as_they_are(server: str, release: BuiltRelease) -> None:
    name = "dumps/research-center-kg.ttl.gz"
    status, headers, body = ask(server, f"/{name}", Accept_Encoding="gzip")
    assert (status, headers["content-type"]) == (200, "application/gzip")
    assert "content-encoding" not in headers
    assert body == (release.folder / name).read_bytes()


def test_pages_of_the_rest(server: str) -> None:
    for path in ("/en/", "/en/ontology", "/en/shapes", f"/en/source/{SLUG}"):
        assert ask(server, path)[0] == 200
    assert ask(server, "/", Accept_Language="zh")[1]["location"] == "/zh/"
    assert ask(server, f"/{CLAIM}", Accept="text/html")[0] == 303
    assert ask(server, "/code/scope/world", Accept="application/trig")[0] == 303
    for path in ("/ontology", "/shapes", "/dataset", "/graph/codes"):
        assert ask(server, path, Accept="text/turtle")[0] == 200


def test_sparql_over_a_socket(server: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?claim a <https://w3id.org/research-center-kg/ontology#SourceClaim> }"
    status, headers, body = ask(server, f"/sparql?query={quote(query)}", Accept="text/csv")
    assert (status, headers["content-type"], body) == (
        200,
        "text/csv; charset=utf-8",
        f"n\r\n{sum(map(len, map(claims_of, CENTERS)))}\r\n".encode(),
    )
    kind = {"Content_Type": "application/sparql-query", "Accept": "application/json"}
    status, _, body = ask(server, "/sparql", "POST", query, **kind)
    assert json.loads(body)["results"]["bindings"][0]["n"]["value"] == str(
        sum(map(len, map(claims_of, CENTERS)))
    )
    status, _, _ = ask(server, "/sparql", "POST", "SELECT * { SERVICE <x:y> {} }", **kind)
    assert status == 403


def test_a_switched_pointer_is_followed(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    shelf = tmp_path / "releases"
    first = build(root, read_config(root / CONFIG_FILE), shelf)
    with running_server(shelf / "current", root=root) as server:
        tag = ask(server, "/en/")[1]["etag"]
        text = (root / CONFIG_FILE).read_text(encoding="utf-8")
        text = text.replace('en = "Research center knowledge graph"', 'en = "Another title"', 1)
        (root / CONFIG_FILE).write_text(text, encoding="utf-8")
        second = build(root, read_config(root / CONFIG_FILE), shelf)
        assert first.id != second.id
        assert _served(server, second.id)
        assert ask(server, "/en/")[1]["etag"] != tag
        # A pointer that leads nowhere leaves the open release in service.
        (shelf / "current").unlink()
        time.sleep(POINTER_CHECK_S * 1.2)
        assert _served(server, second.id)
        (shelf / "current").symlink_to(first.id)
        shutil.rmtree(shelf / second.id)
        assert _served(server, first.id)


def _served(server: str, expected: str) -> bool:
    deadline = time.monotonic() + 10 * POINTER_CHECK_S
    while time.monotonic() < deadline:
        if json.loads(ask(server, "/healthz")[2])["release"] == expected:
            return True
        time.sleep(POINTER_CHECK_S / 5)
    return False
