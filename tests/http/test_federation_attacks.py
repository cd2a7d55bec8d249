"""SERVICE at a server that allows one host: it is asked within bounds, and nobody else is.

The allowed host is a little server of the tests with an address for each sort of mischief;
the canary is what may not be asked.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from attacking import Answer, Attack, ask, get, read_attacks, send
from conftest import ROOT, BuiltRelease
from sample import SLUG
from serving import running_server
from watching import Listener, Silent, Watched, listening

from kg.config import CONFIG_FILE

pytestmark = pytest.mark.server

ATTACKS = [
    attack
    for attack in read_attacks()
    if attack.name.startswith(("service-", "harmless-", "from-", "graph-uri-", "update-"))
]
SERVICE_S = 1
SERVICE_BYTES = 100_000
BOUND_S = 4
LIMITS = {
    "query_s": 3,
    "service_s": SERVICE_S,
    "service_bytes": SERVICE_BYTES,
    "service_calls": 25,
    "service_total_bytes": 3 * SERVICE_BYTES,
}
CENTER = f"https://w3id.org/research-center-kg/id/center/{SLUG}"
CLASS = "https://w3id.org/research-center-kg/ontology#Center"
NUMBER = "http://example.org/number"
ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
TABLE = {
    "head": {"vars": ["s", "n"]},
    "results": {
        "bindings": [
            {"s": {"type": "uri", "value": iri}, "n": {"type": "literal", "value": text}}
            for iri, text in ((CENTER, "forty-two"), ("http://example.org/x", "none of ours"))
        ]
    },
}


class Service(BaseHTTPRequestHandler):
    """The allowed host. What it does is up to the path."""

    canary: ClassVar[str] = ""
    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        """Answer any request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.asked.append((self.path, body, dict(self.headers)))
        answer = getattr(self, f"_{urlsplit(self.path).path.strip('/')}", None)
        if answer is None:
            self.send_error(404)
        else:
            answer()

    do_POST = do_GET  # noqa: N815 - the server's name for it

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _good(self) -> None:
        self._start(200, {"Content-Type": "application/sparql-results+json"})
        self.wfile.write(json.dumps(TABLE).encode())

    def _home(self) -> None:
        self._start(307 if self.command == "POST" else 302, {"Location": "/good"})

    def _away(self) -> None:
        self._start(302, {"Location": self.canary})

    def _round(self) -> None:
        self._start(302, {"Location": "/round"})

    def _file(self) -> None:
        self._start(302, {"Location": "file:///etc/hostname"})

    def _large(self) -> None:
        self._start(200, {"Content-Type": "application/sparql-results+json"})
        try:
            for _ in range(10_000):
                self.wfile.write(b" " * 10_000)
        except OSError:
            self.asked.append(("stopped", "", {}))

    def _half(self) -> None:
        self._start(200, {"Content-Type": "application/sparql-results+json"})
        self.wfile.write(json.dumps(TABLE).encode() + b" " * (SERVICE_BYTES * 2 // 3))

    def _silent(self) -> None:
        time.sleep(BOUND_S * 2)

    def _slow(self) -> None:
        self._start(200, {"Content-Type": "application/sparql-results+json"})
        try:
            for _ in range(BOUND_S * 20):
                self.wfile.write(b" ")
                time.sleep(0.1)
        except OSError:
            self.asked.append(("stopped", "", {}))

    def _headers(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(BOUND_S * 20):
                self.wfile.write(b"X: y\r\n")
                time.sleep(0.1)
        except OSError:
            self.asked.append(("stopped", "", {}))

    def _nonsense(self) -> None:
        self._start(200, {"Content-Type": "application/sparql-results+json"})
        self.wfile.write(b'{"head": <html>')

    def _page(self) -> None:
        self._start(200, {"Content-Type": "text/html"})
        self.wfile.write(b"<html></html>")

    def _broken(self) -> None:
        self._start(500, {"X: y\r\nSet-Cookie": "a=b"})

    def _unlabelled(self) -> None:
        self._start(200, {"Content-Type": ""})

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@dataclass(frozen=True)
class Federation:
    """A server that may ask one host, that host, and the canary."""

    watched: Watched
    service: Listener
    canary: Listener

    def ask(self, query: str, accept: str = "application/json") -> Answer:
        """Return the answer to a query in which {good}, {host} and {canary} are filled in."""
        good = f"http://{self.service.netloc}/good"
        names = {"good": good, "host": self.service.netloc, "canary": self.canary.netloc}
        for name, value in names.items():
            query = query.replace(f"{{{name}}}", value)
        Service.asked.clear()
        answer = ask(self.watched.address, query, accept)
        assert set(ADDRESS.findall(answer.text)) <= {self.service.netloc, self.canary.netloc}
        assert self.canary.connections == 0
        return answer


@pytest.fixture(scope="module")
def federation(
    tmp_path_factory: pytest.TempPathFactory, release: BuiltRelease
) -> Iterator[Federation]:
    """A server over the real profile that may ask one host."""
    root = tmp_path_factory.mktemp("federated")
    with ExitStack() as stack:
        service, canary = stack.enter_context(listening(Service, Silent))
        Service.canary = f"http://{canary.netloc}/"
        limits = "".join(f"{key} = {value}\n" for key, value in LIMITS.items())
        text = (ROOT / CONFIG_FILE).read_text(encoding="utf-8")
        hosts = f'service_hosts = ["{service.netloc}"]\n'
        (root / CONFIG_FILE).write_text(f"{hosts}{text}{limits}", encoding="utf-8")
        watched = Watched(stack.enter_context(running_server(release.folder, root)))
        yield Federation(watched, service, canary)


def rows(answer: Answer) -> list[dict[str, str]]:
    """Return the rows of an answer in SPARQL JSON, as plain texts."""
    assert answer.status == 200, answer.text
    found = json.loads(answer.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


# --- what is allowed ---


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?n { ?s a <CLASS> SERVICE <{good}> { ?s <NUMBER> ?n } }",
        "SELECT ?s ?n { ?s a <CLASS> service silent<{good}>{ ?s <NUMBER> ?n } }",
        "PREFIX h: <http://{host}/> SELECT ?s ?n { SERVICE h:good { ?s <NUMBER> ?n } ?s a <CLASS> }",
        "BASE <http://{host}/x/y> SELECT ?s ?n { SERVICE <../good> { ?s <NUMBER> ?n } ?s a <CLASS> }",
        "SELECT ?s ?n { { SELECT * { SERVICE <{good}> { ?s <NUMBER> ?n } } } ?s a <CLASS> }",
        "SELECT ?s ?n { ?s a <CLASS> OPTIONAL { SERVICE <{good}> { ?s <NUMBER> ?n } } }",
        "SELECT ?s ?n { ?s a <CLASS> SERVICE <http://{host}/home> { ?s <NUMBER> ?n } }",
    ],
)
def test_an_allowed_service_is_asked_and_joined(federation: Federation, query: str) -> None:
    answer = federation.ask(query.replace("CLASS", CLASS).replace("NUMBER", NUMBER))
    assert rows(answer) == [{"s": CENTER, "n": "forty-two"}]
    _path, body, _headers = Service.asked[-1]
    assert NUMBER in body


def test_what_the_service_hears_names_nobody(federation: Federation) -> None:
    query = f"SELECT * {{ SERVICE <{{good}}?a=b> {{ ?s <{NUMBER}> ?n }} }}"
    assert len(rows(federation.ask(query))) == 2
    [(path, body, headers)] = Service.asked
    assert path.startswith("/good?a=b")
    assert ADDRESS.findall(body) == []
    assert headers["Host"] == federation.service.netloc
    assert {name.lower() for name in headers} <= {
        *("host", "user-agent", "accept", "content-type", "content-length", "connection"),
        "accept-encoding",
    }


def test_ask_construct_and_describe_ask_services(federation: Federation) -> None:
    pattern = f"{{ ?s a <{CLASS}> SERVICE <{{good}}> {{ ?s <{NUMBER}> ?n }} }}"
    assert json.loads(federation.ask(f"ASK {pattern}").body)["boolean"] is True
    answer = federation.ask(f"CONSTRUCT {{ ?s <{NUMBER}> ?n }} {pattern}", "text/turtle")
    assert '"forty-two"' in answer.text
    answer = federation.ask(f"DESCRIBE ?s {pattern}", "text/turtle")
    assert (answer.status, f"{SLUG}" in answer.text) == (200, True)


def test_a_clause_within_a_clause_does_not_tell_the_way(federation: Federation) -> None:
    query = "SELECT * { SERVICE <{good}> { SERVICE <{good}> { ?s ?p ?n } } }"
    answer = federation.ask(query)
    assert answer.status in {200, 403}
    assert all(
        set(ADDRESS.findall(body)) <= {federation.service.netloc}
        for _path, body, _headers in Service.asked
    )


# --- what is not ---


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://{canary}/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <https://{host}.example.org/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://{host}@{canary}/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://a:b@{host}/good> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <//{canary}/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <ftp://{host}/good> { ?s ?p ?o } }",
        "SELECT * { SERVICE <file:///etc/hostname> { ?s ?p ?o } }",
        "SELECT * { SERVICE <good> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?x { ?s ?p ?o } VALUES ?x { <{good}> } }",
        "SELECT * { SERVICE <{good}> { ?s ?p ?o } SERVICE SILENT <http://{canary}/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <{good}> { ?s ?p ?o SERVICE <http://{canary}/> { ?s ?p ?o } } }",
        "SELECT * { SERVICE <{good}> { ?s ?p ?o } SERVICE ?o { ?s ?p ?o } }",
        "PREFIX c: <http://{canary}/> SELECT * { SERVICE <{good}> { } SERVICEc:x { ?s ?p ?o } }",
        "SELECT * { SERVICE <{good}> { } \\u0053ERVICE <http://{canary}/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <{good}\\u003E \\u007B\\u007D SERVICE \\u003Chttp://{canary}/> { } }",
    ],
)
def test_every_other_service_is_refused(federation: Federation, query: str) -> None:
    answer = federation.ask(query)
    assert answer.status in {400, 403}, answer.text
    assert "SERVICE" in answer.text
    assert Service.asked == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attacks_meet_the_same_answer_where_a_host_is_allowed(
    federation: Federation, attack: Attack
) -> None:
    places = {
        "canary": f"http://{federation.canary.netloc}/",
        "canary_host": federation.canary.netloc,
        "file": "/etc/hostname",
        "host": urlsplit(federation.watched.address).netloc,
    }
    for request in attack.requests(places):
        answer = send(federation.watched.address, request)
        assert answer.status in attack.statuses, answer.text
        assert attack.says in answer.text
    assert federation.canary.connections == 0


# --- what one query may ask in all ---


def test_a_filter_that_asks_for_every_row_asks_once(federation: Federation) -> None:
    exists = f"FILTER EXISTS {{ SERVICE <{{good}}> {{ ?s <{NUMBER}> ?n }} }}"
    some = f"{{ ?s a <{CLASS}> }} UNION {{ SELECT ?s {{ ?s a ?kind }} LIMIT 200 }}"
    answer = federation.ask(f"SELECT DISTINCT ?s {{ {some} {exists} }}")
    assert rows(answer) == [{"s": CENTER}]
    assert [path for path, _body, _headers in Service.asked] == ["/good"]


@pytest.mark.parametrize("silent", ["", "SILENT"])
@pytest.mark.parametrize("over", [("good", 26, "asks services more than 25 times"), ("half", 5, "reads more than 300000 bytes from services")])  # fmt: skip
def test_a_query_that_asks_too_much_in_all_is_ended(
    federation: Federation, silent: str, over: tuple[str, int, str]
) -> None:
    path, count, phrase = over
    clause = f"{{ SERVICE {silent} <http://{{host}}/{path}?n=%d> {{ ?s <{NUMBER}> ?n }} }}"
    union = " UNION ".join(clause % number for number in range(count))
    answer = federation.ask(f"SELECT * {{ {union} }}")
    assert (answer.status, phrase in answer.text) == (503, True), answer.text
    assert int(answer.headers["retry-after"])
    assert len(Service.asked) <= 25
    assert answer.seconds < BOUND_S


def test_redirects_are_calls(federation: Federation) -> None:
    clause = "{ SERVICE <http://{host}/home?n=%d> { ?s ?p ?o } }"
    union = " UNION ".join(clause % number for number in range(13))
    answer = federation.ask(f"SELECT * {{ {union} }}")
    assert (answer.status, "more than 25 times" in answer.text) == (503, True), answer.text


@pytest.mark.parametrize(
    ("path", "phrase"),
    [
        ("broken", "/broken>: Internal Server Error"),
        ("nonsense", "/nonsense>: the answer is no SPARQL result"),
        ("page", "/page>: the answer is in no format of SPARQL results"),
    ],
)
def test_a_service_that_fails_in_a_filter_fails_the_query(
    federation: Federation, path: str, phrase: str
) -> None:
    exists = f"FILTER EXISTS {{ SERVICE %s <http://{{host}}/{path}> {{ ?s ?p ?n }} }}"
    answer = federation.ask(f"SELECT ?s {{ ?s a <{CLASS}> {exists % ''} }}")
    assert answer.status == 400, answer.text
    assert phrase in answer.text
    assert len(Service.asked) == 1
    assert rows(federation.ask(f"SELECT ?s {{ ?s a <{CLASS}> {exists % 'SILENT'} }}"))


# --- services that misbehave ---

BAD = {
    "away": "redirect",
    "file": "",
    "round": "",
    "large": "longer than",
    "silent": "cannot be answered",
    "slow": "longer than",
    "headers": "",
    "nonsense": "",
    "page": "",
    "broken": "",
    "unlabelled": "",
    "missing": "Not Found",
}


@pytest.mark.parametrize(("path", "phrase"), BAD.items())
def test_a_bad_service_is_an_error_in_bounded_time(
    federation: Federation, path: str, phrase: str
) -> None:
    answer = federation.ask(f"SELECT * {{ SERVICE <http://{{host}}/{path}> {{ ?s ?p ?o }} }}")
    assert answer.status in {400, 502, 503, 504}, answer.text
    assert phrase in answer.text
    assert "Traceback" not in answer.text
    assert answer.seconds < BOUND_S
    assert get(federation.watched.address, "/healthz").status == 200


@pytest.mark.parametrize("path", BAD)
def test_a_bad_service_is_silent_if_the_query_says_so(federation: Federation, path: str) -> None:
    query = f"SELECT * {{ SERVICE SILENT <http://{{host}}/{path}> {{ ?s ?p ?o }} }}"
    answer = federation.ask(query)
    assert rows(answer) == [{}]
    assert answer.seconds < BOUND_S


def test_many_slow_services_do_not_add_up(federation: Federation) -> None:
    clause = "{ SERVICE SILENT <http://{host}/silent> { ?s ?p ?o } }"
    answer = federation.ask(f"SELECT * {{ {' UNION '.join([clause] * 20)} }}")
    assert (answer.status, answer.seconds < BOUND_S) == (503, True)


def test_a_large_answer_is_not_read_to_its_end(federation: Federation) -> None:
    federation.ask("SELECT * { SERVICE <http://{host}/large> { ?s ?p ?o } }")
    deadline = time.monotonic() + 2
    while ("stopped", "", {}) not in Service.asked:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_no_worker_with_a_way_out_stays(federation: Federation) -> None:
    assert rows(federation.ask("SELECT * { SERVICE <{good}> { ?s ?p ?n } }"))
    assert federation.watched.busy_workers() == []
    for worker in federation.watched.workers():
        limits = (f"/proc/{worker.pid}/limits", "Max open files")
        with open(limits[0], encoding="ascii") as lines:  # noqa: PTH123 - a file of the kernel
            [row] = [line for line in lines if line.startswith(limits[1])]
        assert int(row.split()[3]) < 100
    assert ask(federation.watched.address, "ASK { }").status == 200


def test_the_canary_would_sing(federation: Federation) -> None:
    assert federation.canary.connections == 0
    assert get(f"http://{federation.canary.netloc}", "/").status == 404
    assert federation.canary.connections == 1
