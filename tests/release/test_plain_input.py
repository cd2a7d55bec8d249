"""What a client may write is answered, never with 500: hosts, numbers, parameters, headers.

The cases are made from the table of routes, from the parameters that the code reads, and from a
list of texts that are hard on programs, in a seeded order. Whoever wants more of them sets
``PLAIN_INPUT_CASES``.
"""

import os
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from conftest import ROOT, TINY
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kg.config import CONFIG_FILE, read_config
from kg.web.app import create_app
from kg.web.route_table import ROUTES

CASES = int(os.environ.get("PLAIN_INPUT_CASES", "500"))
SEED = 13
LONG = "9" * 4400
"""More digits than Python makes a number of."""

TEXTS = (
    *("", " ", "0", "1", "-1", "+1", "1.5", "1e3", "٣", "²", "0001", "0000000001", LONG),
    *("0" * 4400 + "1", "0000000009999999999999", "99999999999999999999", "0x10", "NaN", "１"),
    *("a", "A" * 5000, "\0", "\x1b[31m", "\r\nX: y", "\u202eabc", "é", "🜁", "\ud7ff", "\ufffe"),
    *("'", '"', "<", ">", "%", "%%", "%00", "%zz", "\\", "/", "//", "..", "../..", "#", "?", "&"),
    *("(", ")", "[", "]", "{", "}", "[[[[", "(((((", "*", "a*", "a OR b", "NEAR(a b)", "-a", "^a"),
    *("AND", "NOT", "a:b", "q:x", "%s", "{0}", "{{7*7}}", "$x", "?x", "null", "true", "[]", "{}"),
    *('{"queries":1}', '{"q0":{"query":5}}', "[" * 900, '{"q0":{"query":"a","limit":' + LONG + "}}"),
    *("id/center/lake", "center/lake", "center", "Center", "en", "zh", "json", "csv", "html", "ttl"),
    *("http://", "https://[", "http://[::1", "http://a..b/", "https://ror.org/", "javascript:x"),
    *("urn:x", "mailto:", "x:", ":", "://", "file:///etc/passwd", "https://example.org/kg/", "ror:"),
    *("SELECT * {?s ?p ?o} LIMIT 1", f'SELECT ("{LONG}"^^<http://www.w3.org/2001/XMLSchema#integer> AS ?x) {{}}'),
    *("ASK {}", "DESCRIBE <https://example.org/kg/id/center/lake>", "DESCRIBE <javascript:x>", "SELECT"),
    *("text/html", "*/*;q=x", "text/*;q=9999", 'a/b;c="', ";;;,,,", "en;q=1e999", "zh-Hans-CN-x-y"),
    *(f"bytes={LONG}-", f"bytes=0-{LONG}", "bytes=-", "bytes=5-1", "bytes=-0", "W/", '"', 'W/"', "*"),
    *("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 99 Foo 99999 99:99:99 GMT", "0", "-", ",", "<urn:x>;q=.5"),
)  # fmt: skip
HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Accept-Profile", "Accept-Charset", "Range"),
    *(
        "If-None-Match",
        "If-Match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "If-Range",
        "Cookie",
    ),
    *(
        "Content-Type",
        "Content-Encoding",
        "Origin",
        "Referer",
        "User-Agent",
        "Authorization",
        "Date",
    ),
    *("X-Forwarded-For", "X-Forwarded-Prefix", "X-Forwarded-Host", "X-Forwarded-Proto", "Host"),
    *("Cache-Control", "Pragma", "Access-Control-Request-Headers", "Accept-Datetime", "Prefer"),
)
PARAMETERS = (
    *("q", "kind", "page", "format", "iri", "query", "lang", "view", "sort", "by", "registry"),
    *("match", "set", "type", "prefix", "cursor", "limit", "id", "callback", "queries", "extend"),
    *("default-graph-uri", "named-graph-uri", "update", "_profile", "_mediatype", "v", "isPartOf"),
)
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "lang": ("en", "zh"),
    "kind": ("center", "nothing"),
    "slug": ("lake", "nothing"),
    "path": ("center/lake", "claim/lake/C001", "dataset", "code/scope/world", "graph/codes"),
    "file": ("center/lake.ttl", "center/lake.jsonld", "dataset.dcat-ap.rdf", "ontology.nq"),
    "center": ("lake",),
    "claim": ("C001", "C999"),
    "scheme": ("scope",),
    "concept": ("world",),
    "name": ("codes", "index.json", "centers", "tiny-graph.ttl"),
    "code": ("RAx",),
    "number": ("1", "0", "007", LONG, "٣"),
    "extension": ("bib", "json", "ris", "txt", "ttl", "nq"),
    "ext": ("csv",),
    "what": ("entity", "type", "property"),
    "identifier": ("0", "000000000000"),
    "filename": ("style.css", "nothing"),
}
HOSTS = {
    "localhost": 200, "a.example:80": 200, "A.B": 200, "127.0.0.1:8000": 200, "[::1]": 200,
    "[::1]:8000": 200, "a.example.": 200, "a_b.c": 200, "a" * 63: 200, "xn--80ak6aa92e.com": 200,
    "a:": 200, "xn--" + "z" * 59: 200, ".".join(["a" * 49] * 5): 200,
    "a..b": 400, ".": 400, "..": 400, ".a": 400, "a" * 64: 400, "a" * 64 + ".org": 400,
    "[::::::::]:1": 400, "[": 400, "[]": 400, "[1.2.3.4]": 400, "[::1]x": 400, "[fe80::1%25eth0]": 400,
    "a:99999": 400, f"a:{LONG}": 400, "a:b": 400, "a@b": 400, "a b": 400, "a/b": 400, "é": 400, "": 400,
    ".".join(["a" * 49] * 6): 400,
}  # fmt: skip
"""Texts as the header Host has them, and what the home page answers."""


@pytest.fixture(scope="module")
def app(tiny_shelf: Path) -> Iterator[Flask]:
    """The application over the tiny instance."""
    app = create_app(tiny_shelf / "current", read_config(TINY / CONFIG_FILE))
    yield app
    app.extensions["kg"].close()


@dataclass(frozen=True)
class Asked:
    """A request; what a server decodes of it is decoded in ``ask``."""

    path: str
    query: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def ask(app: Flask, asked: Asked) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of an answer.

    Werkzeug's client makes addresses of what it sends, which not all of this can be.
    """
    environ = EnvironBuilder(path="/", method=asked.method).get_environ()
    environ["PATH_INFO"] = asked.path.encode("utf-8", "replace").decode("latin-1")
    environ["QUERY_STRING"] = asked.query
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(asked.body), str(len(asked.body))
    for name, value in asked.headers:
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        # No server lets the end of a line or a null into a header.
        environ[key] = re.sub(r"[\r\n\0]", "", value).encode("utf-8", "replace").decode("latin-1")
    parts, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return int(status.split()[0]), dict(headers), b"".join(parts)


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
@pytest.mark.parametrize(
    ("host", "status"),
    HOSTS.items(),
    ids=[f"{place}-{host[:12]}" for place, host in enumerate(HOSTS)],
)
def test_a_host_that_is_none_is_refused_in_the_form_that_was_asked_for(
    app: Flask, host: str, status: int, accept: str
) -> None:
    headers = (("Host", host), ("Accept", accept))
    found, sent, body = ask(app, Asked("/healthz", headers=headers))
    assert found == status
    if status == 200:
        return
    kinds = {"application/json": "application/problem+json"}
    assert sent["Content-Type"].partition(";")[0] == kinds.get(accept, accept)
    assert b"The header Host is no host." in body


NUMBERS = {
    "1": 200, "01": 200, "0000000001": 200, "0" * 19 + "1": 200, "0" * 4400 + "1": 400,
    "": 400, "0": 400, "-1": 400, "+1": 400, "1.0": 400, " 1": 400, "٣": 400, "²": 400, "１": 400,
    "0000000009999999999": 400, LONG: 400, "0" * 4399: 400, "1e3": 400, "99999999999999999999": 400,
}  # fmt: skip
PAGED = ("/en/search?q=center&", "/en/browse/center?", "/en/browse/center.csv?", "/en/mappings?")


@pytest.mark.parametrize("address", PAGED)
@pytest.mark.parametrize(
    ("number", "status"),
    NUMBERS.items(),
    ids=[f"{place}-{number[:12]}" for place, number in enumerate(NUMBERS)],
)
def test_a_page_is_a_whole_number_however_long(
    app: Flask, address: str, number: str, status: int
) -> None:
    path, _mark, query = address.partition("?")
    found, _, body = ask(app, Asked(path, query + urlencode({"page": number})))
    assert found == status
    assert len(body) < 100_000


def test_the_parameters_are_those_that_the_code_reads() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg/web").rglob("*.py"))
    read = re.findall(r"""(?:args|values|form|fields)\.(?:get|getlist)\(["']([\w-]+)["']""", text)
    assert len(read) > 20
    assert set(read) <= set(PARAMETERS)


def made(chance: random.Random) -> Asked:
    """Return a request that is unlike what people send."""

    def variable(match: re.Match[str]) -> str:
        known = VARIABLES[match[1]]
        return chance.choice(known if chance.random() < 0.7 else TEXTS)

    rule = chance.choice(ROUTES).rule
    path = re.sub(r"<(?:[^:>]*(?:\([^)]*\))?:)?(\w+)>", variable, rule)
    fields = [(chance.choice(PARAMETERS), chance.choice(TEXTS)) for _ in range(chance.randrange(4))]
    query = urlencode(fields, errors="replace")
    if chance.random() < 0.1:
        query += chance.choice(("&%ff", "&=&=", "&%", "&a%00", ";x", "&iri=%C3%28"))
    headers = tuple(
        (chance.choice(HEADERS), chance.choice(TEXTS)) for _ in range(chance.randrange(3))
    )
    method = chance.choice(("GET", "GET", "GET", "HEAD", "OPTIONS", "POST"))
    body = b""
    if method == "POST":
        kinds = (
            *("application/x-www-form-urlencoded", "application/json", "text/plain", "text/csv"),
            *("application/sparql-query", "multipart/form-data", "multipart/form-data; boundary=x"),
        )
        headers += (("Content-Type", chance.choice(kinds)),)
        body = chance.choice((query.encode(), chance.choice(TEXTS).encode("utf-8", "replace")))
    return Asked(path, query, method, headers, body)


def test_no_plain_input_is_answered_with_our_mistake(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - cases, no secrets
    statuses: dict[int, int] = {}
    for _ in range(CASES):
        asked = made(chance)
        status, _headers, _body = ask(app, asked)
        statuses[status] = statuses.get(status, 0) + 1
        assert status < 500, f"{asked}\n{caplog.text}"
    # The cases reach what they are for.
    assert statuses.get(200, 0) > CASES // 10
    assert statuses.get(400, 0) > CASES // 50


READ = {
    "/en/search": ("q", "kind", "page", "format"),
    "/en/browse/center": ("page", "sort", "view", "format", "isPartOf"),
    "/en/mappings": ("registry", "match", "set", "by", "page"),
    "/lookup": ("iri", "format"),
    "/sparql": ("query", "format", "default-graph-uri", "named-graph-uri", "update"),
    "/reconcile": ("query", "queries", "extend", "callback", "lang"),
    "/en/reconcile/properties": ("type", "limit", "callback"),
    "/en/reconcile/suggest/entity": ("prefix", "cursor", "type"),
    "/en/reconcile/flyout/property": ("id",),
    "/en/reconcile/view": ("id",),
    "/id/center/lake": ("_profile", "_mediatype", "lang"),
    "/en/query": ("query",),
}


def test_every_text_is_answered_in_every_parameter(app: Flask) -> None:
    chance = random.Random(SEED)  # noqa: S311 - as above
    cases = [(a, name, text) for a, names in READ.items() for name in names for text in TEXTS]
    for address, name, text in chance.sample(cases, min(CASES, len(cases))):
        query = f"{name}={quote(text, errors='replace')}"
        status, _, _ = ask(app, Asked(address, query))
        assert status < 500, f"{address}?{query}"


@pytest.mark.parametrize("number", [LONG, "٣", "0", "-1"], ids=["long", "arabic", "0", "minus"])
def test_a_number_in_a_path_that_leads_nowhere_is_not_found(app: Flask, number: str) -> None:
    assert ask(app, Asked(f"/sitemap-{number}.xml"))[0] == 404


def test_a_long_number_of_a_query_stands_in_the_page_as_it_is(app: Flask) -> None:
    query = f'SELECT ("{LONG}"^^<http://www.w3.org/2001/XMLSchema#integer> AS ?x) {{}}'
    found = ask(app, Asked("/sparql", urlencode({"query": query}), headers=(("Accept", "text/html"),)))  # fmt: skip
    assert found[0] == 200
    assert LONG.encode() in found[2]


def test_identifiers_that_look_like_parts_of_a_query_are_looked_up(app: Flask) -> None:
    for iris in (["urn:x(1)", "urn:service:y"], ["urn:service:a#b", "x:y'z", "urn:a(b)'#"]):
        query = urlencode([("format", "json"), *(("iri", iri) for iri in iris)])
        status, _, body = ask(app, Asked("/lookup", query))
        assert status == 200, body
        assert body.count(b'"state": "ill-formed"') == len(iris)
