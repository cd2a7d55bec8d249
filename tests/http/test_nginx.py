"""The exported site behind Debian's nginx: the same answers as of the server, from files."""

import gzip
import http.client
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import brotli
import pytest
from conftest import TINY, skip_without
from flask import Flask, Response, request
from flask.testing import FlaskClient
from links import ReadPage
from sample import FIGURE, SLUG
from serving import has_nginx, running_nginx
from small_program import program_in
from test_export import PLACED
from test_negotiation import ROWS
from test_withdrawn import TABLE

from kg.config import CONFIG_FILE, Config, read_config
from kg.release.build import build
from kg.web.app import HEADERS, create_app
from kg.web.export import run
from kg.web.export.addresses import NOT_EXPORTED

pytestmark = pytest.mark.server

CENTER = f"center/{SLUG}"
PREFIX = "/kg/"
READER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
COMPARED = (
    *("Content-Type", "Content-Language", "Content-Profile", "Content-Location", "Cache-Control"),
    *("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Last-Modified"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
)
"""Headers that nginx and the server send alike."""


@dataclass(frozen=True)
class Answer:
    """An answer: ``headers`` may hold a name several times."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def all(self, name: str) -> str:
        """Return the values of a header, joined."""
        return ", ".join(self.headers.get_all(name) or [])


def ask(address: str, path: str, *, method: str = "GET", **headers: str) -> Answer:
    """Ask a server; names of headers are written with ``_`` for ``-``."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def nginx(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx over the real profile's site."""
    skip_without("nginx, its js or its Brotli module", there=has_nginx())
    with running_nginx(exported, tmp_path_factory.mktemp("nginx") / "work") as address:
        yield address


def with_a_policy(folder: Path, config: Config, *, exported: bool) -> Flask:
    """Make the application, with one page that has a policy of its own."""
    app = create_app(folder, config, exported=exported)

    def add_policy(response: Response) -> Response:
        if request.path == "/zh/ontology":
            response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    app.after_request(add_policy)
    return app


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx over a small site below a prefix, with withdrawn identifiers."""
    skip_without("nginx, its js or its Brotli module", there=has_nginx())
    root = tmp_path_factory.mktemp("below")
    project = Path(shutil.copytree(TINY, root / "project"))
    (project / "data" / "withdrawn.csv").write_text(TABLE, encoding="utf-8")
    config = read_config(project / CONFIG_FILE)
    build(project, config, root / "releases", program=program_in())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "create_app", with_a_policy)
        run.export(
            root / "releases" / "current",
            config,
            root / "site",
            host="http://localhost",
            prefix=PREFIX,
            progress=lambda _: None,
        )
    with running_nginx(root / "site", root / "work") as address:
        yield address


# --- negotiation ---


SERVICES = ("lookup.", "reconcile.")
"""How the endpoints begin that need a running server: an exported site has none of them."""


def is_of_a_service(app: Flask, row: dict[str, str]) -> bool:
    """Say whether the address of a row is one that is not exported, for its reason."""
    endpoint, _ = app.url_map.bind("").match(row["path"].partition("?")[0], method="GET")
    return endpoint in NOT_EXPORTED and endpoint.startswith(SERVICES)


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_who_asks_for_what_gets_what(nginx: str, app: Flask, row: dict[str, str]) -> None:
    if is_of_a_service(app, row):
        # Files answer no queries: there the address is unknown, whatever is asked for.
        assert ask(nginx, row["path"], method=row["method"]).status == 404
        return
    asked = {
        name.replace("-", "_"): row[name.lower()]
        for name in ("Accept", "Accept-Language", "Accept-Profile")
        if row[name.lower()]
    }
    answer = ask(nginx, row["path"], method=row["method"], **asked)
    assert answer.status == int(row["status"])
    assert answer.headers.get("Location", "") == row["location"]
    if row["content-type"]:
        assert answer.headers["Content-Type"] == row["content-type"]
    if row["content-language"]:
        assert answer.headers["Content-Language"] == row["content-language"]
    for wanted in filter(None, row["headers"].split("|")):
        name, text = wanted.split("~", 1)
        assert text in answer.all(name), name
    assert bool(answer.body) == (row["method"] != "HEAD")


LISTS = (
    "",
    "text/html;q=0.3, text/turtle;q=0.30001",
    "TEXT/TURTLE",
    'application/ld+json;profile="a,b;c", text/html;q=0.5',
    "text/turtle;q=nonsense, application/n-triples;q=0.1",
    "text/turtle; q=0, */*;q=0.1",
    "application/*, text/*;q=0.9",
    "application/x-turtle;q=0.8, application/trig;q=0.7",
    ",,text/turtle,",
    "text/turtle;q=1.5",
    "application/xhtml+xml, text/turtle;q=0.9",
    "*/*;q=0.1, application/rdf+xml;q=0.2",
)
LANGUAGE_LISTS = ("", "zh", "ZH-hant-TW;q=0.8, en;q=0.7", "fr, *;q=0.5", "en;q=0, zh;q=0.1", "*")


@pytest.mark.parametrize("languages", LANGUAGE_LISTS)
@pytest.mark.parametrize("accept", LISTS)
def test_lists_are_read_as_the_server_reads_them(
    nginx: str, client: FlaskClient, accept: str, languages: str
) -> None:
    given = {"Accept": accept, "Accept-Language": languages}
    headers = {name: value for name, value in given.items() if value}
    wanted = client.get(f"/id/{CENTER}", headers=headers)
    answer = ask(nginx, f"/id/{CENTER}", **{n.replace("-", "_"): v for n, v in headers.items()})
    assert answer.status == wanted.status_code
    assert answer.headers.get("Location") == wanted.headers.get("Location")


@pytest.mark.parametrize(
    "profiles",
    ["<https://schema.org/>;q=0.5, native", '"https://schema.org/"', "a b", "*", "schema"],
)
def test_profiles_are_read_as_the_server_reads_them(
    nginx: str, client: FlaskClient, profiles: str
) -> None:
    wanted = client.get(f"/id/{CENTER}", headers={"Accept-Profile": profiles})
    answer = ask(nginx, f"/id/{CENTER}", Accept_Profile=profiles)
    assert (answer.status, answer.headers.get("Location")) == (
        wanted.status_code,
        wanted.headers.get("Location"),
    )


# --- headers ---


@pytest.mark.parametrize(
    "path",
    [
        *(f"/en/{CENTER}", "/zh/ontology", "/en/", "/zh/downloads", "/en/code/scope/world"),
        *(f"/data/{CENTER}.{e}" for e in ("ttl", "jsonld", "nt", "nq", "trig", "rdf")),
        *(f"/data/{CENTER}.schema.jsonld", "/data/dataset.dcat-ap.ttl", "/data/releases.ttl"),
        *(f"/linkset/en/{CENTER}.json", f"/linkset/zh/{CENTER}.txt", "/robots.txt"),
        *(f"/cite/{CENTER}.{extension}" for extension in ("bib", "json", "ris")),
        *(f"/cite/zh/{FIGURE}.bib", "/ontology/context.jsonld"),
        *("/sitemap.xml", "/downloads/sha256sums.txt", "/sparql/terms/zh.json"),
        *("/dumps/research-center-kg.ttl", "/dumps/research-center-kg.nq.gz"),
        *("/dumps/tables/center.csv", "/dumps/tables/csv-metadata.json"),
    ],
)
def test_headers_are_those_of_the_server(nginx: str, client: FlaskClient, path: str) -> None:
    wanted = client.get(path, headers={"Accept": READER}, buffered=True)
    answer = ask(nginx, path, Accept=READER)
    assert answer.status == wanted.status_code == 200
    # What the server says of the time of a file on its own is not of the release.
    compared = [name for name in COMPARED if name != "Last-Modified" or "releases" not in path]
    if path.startswith("/dumps/"):
        compared.remove("Cache-Control")
    assert {n: answer.headers.get(n) for n in compared} == {
        n: wanted.headers.get(n) for n in compared
    }
    varied = {name.strip() for name in answer.all("Vary").split(",")} - {"Accept-Encoding"}
    assert varied - {""} == set(wanted.vary.to_header().split(", ")) - {"", "Accept-Encoding"}
    links = [one for field in wanted.headers.getlist("Link") for one in field.split(", ")]
    assert sorted(filter(None, answer.all("Link").split(", "))) == sorted(links)


@pytest.mark.parametrize("path", [f"/id/{CENTER}", "/dataset", "/releases", f"/en/{CENTER}/none"])
def test_what_is_no_file_has_the_headers_too(nginx: str, client: FlaskClient, path: str) -> None:
    wanted = client.get(path, headers={"Accept": READER})
    answer = ask(nginx, path, Accept=READER)
    assert answer.status == wanted.status_code
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Access-Control-Allow-Origin",
    ):
        assert answer.headers[name] == wanted.headers[name]
    links = [one for field in wanted.headers.getlist("Link") for one in field.split(", ")]
    assert sorted(filter(None, answer.all("Link").split(", "))) == sorted(links)


def test_scripts_may_ask_from_elsewhere(nginx: str) -> None:
    answer = ask(nginx, f"/data/{CENTER}.ttl", method="OPTIONS", Origin="https://other.example")
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"


def test_a_page_may_have_a_policy_of_its_own(below: str) -> None:
    answers = [ask(below, f"{PREFIX}{lang}/ontology", Accept=READER) for lang in ("en", "zh")]
    usual, own = (answer.headers["Content-Security-Policy"] for answer in answers)
    assert usual == HEADERS["Content-Security-Policy"]
    assert own == "default-src 'none'"


def test_versioned_files_are_kept_for_long(nginx: str) -> None:
    page = ReadPage(ask(nginx, "/en/").body.decode())
    (style,) = [link for _, link in page.links if "style.css" in link]
    assert "immutable" in ask(nginx, style).headers["Cache-Control"]
    assert "immutable" not in ask(nginx, style.partition("?")[0]).headers["Cache-Control"]


# --- packed files, conditions, ranges ---


@pytest.mark.parametrize("path", [f"/en/{CENTER}", f"/data/{CENTER}.ttl", "/static/style.css"])
def test_packed_files_are_sent_to_who_can_read_them(nginx: str, path: str) -> None:
    plain = ask(nginx, path, Accept=READER)
    assert "Content-Encoding" not in plain.headers
    packed = ask(nginx, path, Accept=READER, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    small = ask(nginx, path, Accept=READER, Accept_Encoding="gzip, deflate, br")
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 2
    assert len({answer.headers["ETag"] for answer in (plain, packed, small)}) == 3
    assert "Accept-Encoding" in small.all("Vary")


def test_an_unchanged_file_is_confirmed(nginx: str) -> None:
    first = ask(nginx, f"/data/{CENTER}.ttl")
    again = ask(nginx, f"/data/{CENTER}.ttl", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    since = ask(nginx, f"/data/{CENTER}.ttl", If_Modified_Since=first.headers["Last-Modified"])
    assert since.status == 304


def test_ranges_are_answered(nginx: str) -> None:
    whole = ask(nginx, "/dumps/research-center-kg.nq.gz")
    part = ask(nginx, "/dumps/research-center-kg.nq.gz", Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.body)}"
    beyond = ask(nginx, "/dumps/research-center-kg.nq.gz", Range="bytes=999999999-")
    assert beyond.status == 416


# --- what is not there ---


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_404_is_a_page_in_both_languages(nginx: str, lang: str) -> None:
    answer = ask(nginx, "/id/center/<nowhere>", Accept=READER, Accept_Language=lang)
    page = answer.body.decode()
    assert answer.status == 404
    assert f'<html lang="{lang}">' in page
    assert "/id/center/&lt;nowhere&gt;" in page
    assert "kg-" not in page.partition("<main")[2]
    assert (
        ask(nginx, f"/{lang}/center/nowhere", Accept="text/html").headers["Content-Language"]
        == lang
    )


@pytest.mark.parametrize(
    "path", ["/.export/manifest.json", "/.export/nginx/site.js", "/en//center", "/../etc/passwd"]
)
def test_what_is_not_of_the_site_is_not_served(nginx: str, path: str) -> None:
    assert ask(nginx, path).status in {400, 404}


@pytest.mark.parametrize("form", ["text/html", "application/problem+json", "text/plain"])
def test_a_406_lists_the_forms_as_the_server_does(
    nginx: str, client: FlaskClient, form: str
) -> None:
    path = f"/id/{CENTER}?_mediatype=image/png"
    wanted = client.get(path, headers={"Accept": form})
    answer = ask(nginx, path, Accept=form)
    assert answer.status == wanted.status_code == 406
    if form == "text/html":
        theirs, ours = (ReadPage(html).links for html in (answer.body.decode(), wanted.text))
        there = (
            "/sparql",
            "/query",
            "/api",
        )  # what the server has and files have not, or elsewhere
        ours, theirs = (
            [link for link in links if not any(word in link[1] for word in there)]
            for links in (ours, theirs)
        )
        assert ours == theirs
    elif form == "application/problem+json":
        assert json.loads(answer.body) == wanted.json
    else:
        assert answer.body.decode() == wanted.text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "path", ["id/center/pond", "data/center/pond.ttl", "en/center/pond", "cite/center/pond.bib"]
)
def test_what_was_withdrawn_is_410(below: str, path: str, lang: str) -> None:
    answer = ask(below, PREFIX + path, Accept="application/problem+json", Accept_Language=lang)
    assert answer.status == 410
    assert b'"withdrawn": "2025-01-31"' in answer.body
    page = ask(below, PREFIX + path, Accept="text/html")
    assert page.status == 410
    assert f'href="{PREFIX}id/center/lake"' in page.body.decode()


def test_programs_are_not_given_a_page_for_an_answer(nginx: str) -> None:
    asked = "/sparql?query=ASK%20%7B%7D"
    assert ask(nginx, asked, Accept="application/sparql-results+json").status == 404
    assert ask(nginx, asked, Accept="text/html", method="POST").status == 405
    page = ask(nginx, "/sparql", Accept=READER)
    assert page.status == 302
    assert ask(nginx, page.headers["Location"], Accept=READER).status == 200


# --- the whole site ---


def crawl(address: str, start: str) -> dict[str, Answer]:
    """Follow every link from a page to this host; return the answers by path."""
    found: dict[str, Answer] = {}
    places: dict[str, set[str]] = {}
    fragments: set[tuple[str, str]] = set()
    queue = [start]
    while queue:
        path = queue.pop()
        if path in found:
            continue
        answer = found[path] = ask(address, path, Accept=READER)
        links = [answer.headers["Location"]] if "Location" in answer.headers else []
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            page = ReadPage(answer.body.decode())
            places[path] = page.places
            links += [link for _, link in page.links]
        for link in links:
            parts = urlsplit(urljoin(f"http://localhost{path}", link))
            if parts.netloc == "localhost":
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                queue.append(target)
                if parts.fragment:
                    fragments.add((target, unquote(parts.fragment)))
    for target, fragment in fragments:
        if PLACED.fullmatch(target.lstrip("/")):
            assert fragment in places[target], f"{target}#{fragment}"
    return found


def test_a_crawler_finds_no_broken_link(nginx: str) -> None:
    found = crawl(nginx, "/")
    assert len(found) > 5000
    assert {path: a.status for path, a in found.items() if a.status not in {200, 302, 303}} == {}


def test_a_crawler_stays_below_the_prefix(below: str) -> None:
    found = crawl(below, PREFIX)
    assert len(found) > 400
    assert [path for path in found if not path.startswith(PREFIX)] == []
    assert {path: a.status for path, a in found.items() if a.status not in {200, 302, 303}} == {}
    assert ask(below, "/en/center/lake").status == 404
