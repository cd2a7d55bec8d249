"""The site below a path: no link of any kind of answer leads out of it."""

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from links import ReadPage
from sample import CLAIM, SLUG
from serving import running_server
from test_front import instance
from werkzeug.test import TestResponse

HOST = "http://localhost"
PREFIX = "/kg/"
CENTER = f"center/{SLUG}"
PAGES = (
    *("en/", f"en/{CENTER}", f"zh/{CLAIM}"),
    *(f"en/source/{SLUG}", "en/ontology", "en/shapes", "en/dataset"),
    *("en/downloads", "en/releases", "en/releases/{release}", "en/code/scope", "en/graph/codes"),
    *("en/browse", "en/browse/probe", "en/browse/probe?view=cards", "zh/mappings"),
    *("en/mappings?registry=mesh", "en/validation", "en/api", f"en/neighbourhood/{CENTER}"),
    *("en/search", "zh/search?q=影像", "en/query"),
    *("en/reconcile", "zh/reconcile?query=协和医院"),
    *("en/lookup", "zh/lookup?iri=0371fqr86&iri=Q148"),
    *("sparql?lang=en", "sparql?query=SELECT+*+{?s+?p+?o}+LIMIT+9"),
    *(f"id/{CENTER}?_profile=alt", "dataset?_profile=alt"),
    *(f"en/center/{SLUG[:-9]}", f"id/center/{SLUG[:-9]}", "nowhere"),
)
LINK = re.compile(r"<([^>]*)>")


@pytest.fixture
def below(app: Flask) -> FlaskClient:
    """A client of the site below the prefix."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def ask(below: FlaskClient, path: str, **options: Any) -> TestResponse:
    return below.get(f"/{path}", base_url=HOST + PREFIX, **options)


def own(addresses: list[str]) -> list[str]:
    """Return those of addresses that are on this host, as paths."""
    paths = [address.removeprefix(HOST) for address in addresses]
    return [path for path in paths if path.startswith("/")]


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_a_page_leaves_the_prefix(
    below: FlaskClient, release: BuiltRelease, path: str
) -> None:
    response = ask(below, path.replace("{release}", release.release.id))
    assert response.mimetype == "text/html"
    found = own([address for _, address in ReadPage(response.text).links])
    found += own([a for header in response.headers.getlist("Link") for a in LINK.findall(header)])
    assert len(found) > 5
    assert [address for address in found if not address.startswith(PREFIX)] == []


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"id/{CENTER}", "text/html"),
        (f"id/{CENTER}", "text/turtle"),
        ("", "text/html"),
        ("downloads", "text/html"),
        ("releases", "text/turtle"),
        (".well-known/void", "text/turtle"),
    ],
)
def test_redirects_stay_below_the_prefix(below: FlaskClient, path: str, accept: str) -> None:
    response = ask(below, path, headers={"Accept": accept})
    assert response.status_code in {302, 303}
    (location,) = own([response.headers["Location"]])
    assert location.startswith(PREFIX)
    assert ask(below, location.removeprefix(PREFIX)).status_code == 200


@pytest.mark.parametrize("path", [f"data/{CENTER}.trig", f"data/{CENTER}.ttl", "dumps/{dump}"])
def test_headers_of_data_stay_below_the_prefix(
    below: FlaskClient, release: BuiltRelease, path: str
) -> None:
    dump = next(name for name in release.release.manifest.files if name.startswith("dumps/"))
    response = ask(below, path.replace("{dump}", dump.removeprefix("dumps/")))
    assert response.status_code == 200
    response.close()
    found = own([a for header in response.headers.getlist("Link") for a in LINK.findall(header)])
    assert found
    assert [address for address in found if not address.startswith(PREFIX)] == []


def test_lists_for_programs_stay_below_the_prefix(below: FlaskClient) -> None:
    sitemap = re.findall(r'<loc>([^<]+)|href="([^"]+)"', ask(below, "sitemap.xml").text)
    robots = re.findall(r"(?m)^\w+: (\S+)$", ask(below, "robots.txt").text)
    links = json.loads(ask(below, f"linkset/en/{CENTER}.json").text)["linkset"]
    targets = [t["href"] for c in links for ts in c.values() if isinstance(ts, list) for t in ts]
    problem = ask(below, f"en/{CENTER}", headers={"Accept": "image/png, application/json;q=0.5"})
    others = [one["href"] for one in problem.json["alternates"]] if problem.json else []
    island = json.loads(ReadPageData(ask(below, "sparql").text).island)
    parts = [island["root"], island["endpoint"], island["terms"], *island["parts"].values()]
    for found in ([a or b for a, b in sitemap], robots[1:], targets, others, parts):
        assert len(own(found)) > 2
        assert [path for path in own(found) if not path.startswith(PREFIX)] == []


class ReadPageData:
    """The data that a page holds for its script."""

    def __init__(self, html: str) -> None:
        match = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
        assert match
        self.island = match[1]


def test_pages_of_both_places_are_kept_apart(below: FlaskClient) -> None:
    above = below.get(f"/en/{CENTER}").text
    assert PREFIX not in above
    assert f'href="{PREFIX}en/"' in ask(below, f"en/{CENTER}").text
    assert below.get(f"/en/{CENTER}").text == above


@pytest.mark.server
def test_a_proxy_may_name_the_prefix(release: BuiltRelease, tmp_path: Path) -> None:
    root = instance(tmp_path / "instance", "proxies = 1")
    with running_server(release.folder, root) as address:
        assert headers_from_proxy(address, "/kg")["location"] == "/kg/en/"
        assert headers_from_proxy(address, "//elsewhere.example")["location"] == "/en/"
    with running_server(release.folder, instance(tmp_path / "other", "")) as address:
        assert headers_from_proxy(address, "/kg")["location"] == "/en/"


def headers_from_proxy(address: str, prefix: str) -> dict[str, str]:
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("GET", "/", headers={"X-Forwarded-Prefix": prefix})
    response = connection.getresponse()
    response.read()
    connection.close()
    return {name.lower(): value for name, value in response.getheaders()}
