"""SERVICE is refused in every spelling that the engine would follow, and nowhere else."""

import http.server
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

from kg.config import Limits
from kg.errors import QueryError, QueryRefused
from kg.guard import tokens
from kg.query.embedded import EmbeddedEngine
from kg.query.results import answer_query

CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "sparql" / "service.toml").read_text(encoding="utf-8")
)
UPDATES = (
    "INSERT DATA { <a> <b> <c> }",
    "PREFIX : <http://a/> DELETE WHERE { ?s ?p ?o }",
    "BASE <http://a/> # comment\nload <{canary}>",
    "CLEAR ALL",
    "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
)


class Canary(http.server.BaseHTTPRequestHandler):
    """Counts whoever asks."""

    hits = 0

    def do_GET(self) -> None:
        type(self).hits += 1
        self.send_error(404)

    do_POST = do_GET  # noqa: N815 - the server's name for it

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def canary() -> Iterator[str]:
    """The address of a server on loopback."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    """An engine over one statement, so that every pattern has something to join."""
    store = Store()
    node = NamedNode("http://example.org/a")
    store.add(Quad(node, node, node))
    return EmbeddedEngine(store, "http://example.org/")


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_service_is_refused_and_nothing_is_fetched(
    case: dict[str, str], canary: str, engine: EmbeddedEngine
) -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        answer_query(engine, case["query"].replace("{canary}", canary), Limits().describe_incoming)
    assert Canary.hits == 0


@pytest.mark.parametrize("case", CASES["passed"], ids=lambda case: case["name"])
def test_the_word_alone_is_no_service_clause(
    case: dict[str, str], canary: str, engine: EmbeddedEngine
) -> None:
    answer_query(engine, case["query"].replace("{canary}", canary), Limits().describe_incoming)
    assert Canary.hits == 0


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused_as_what_they_are(
    update: str, canary: str, engine: EmbeddedEngine
) -> None:
    with pytest.raises(QueryRefused, match="would change data, and this endpoint is read-only"):
        answer_query(engine, update.replace("{canary}", canary), Limits().describe_incoming)
    assert Canary.hits == 0


@pytest.mark.parametrize("query", ["SELECT * FROM <{canary}> { ?s ?p ?o }", "DESCRIBE <{canary}>"])
def test_naming_an_address_fetches_nothing(query: str, canary: str, engine: EmbeddedEngine) -> None:
    answer_query(engine, query.replace("{canary}", canary), Limits().describe_incoming)
    assert Canary.hits == 0


def test_the_canary_would_sing(canary: str) -> None:
    """Without the guard the engine does fetch: the cases above can fail."""
    before = Canary.hits
    with pytest.raises(OSError, match="404"):
        list(Store().query(f"SELECT * {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}"))  # type: ignore[arg-type]  # solutions
    assert Canary.hits == before + 1
    Canary.hits = 0


def test_no_query_is_an_error_of_the_query(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError):
        answer_query(engine, "SERVICE", Limits().describe_incoming)


# --- a text to be read by a machine may be written by an enemy ---

UNITS = (
    *("a.", "a-", "é.", '\\"', "\\'", '\\"""\n', '"""x" ', "'''x' ", "<a", ":.", "a:."),
    *("((", "\\", "a1.", "?a", "_:a."),
)


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_long_to_read(unit: str) -> None:
    began = time.process_time()
    tokens.__wrapped__("SELECT * {" + unit * (100_000 // len(unit)))
    # A fifth of a second at most; a reader that goes back and forth takes a minute.
    assert time.process_time() - began < 5


@pytest.mark.parametrize("quotes", ['"""', "'''"])
@pytest.mark.parametrize("escape", ["\\q", "\\uD800", "\\U00110000", "\\u12"])
def test_a_clause_behind_a_string_that_is_none_is_found(
    quotes: str, escape: str, canary: str, engine: EmbeddedEngine
) -> None:
    one = quotes[0]
    clause = f"}} SERVICE <{canary}> {{ ?s ?p ?o }} # {escape} {quotes}\n"
    with pytest.raises(QueryRefused, match="SERVICE"):
        engine.query(f"SELECT * {{ VALUES ?x {{ {quotes} {one} {clause} }}")


def test_a_text_with_too_many_broken_strings_is_refused(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryRefused, match="too many quotes"):
        engine.query("SELECT * {" + '"""x" # \\q\n' * 30 + "}")


def test_names_have_the_characters_of_the_grammar() -> None:
    found = tokens("a·b:c‿d ex:a\\'b. é.é:x ?ü\u0301 a.b")
    kinds = [(token.kind, token.text) for token in found]
    assert kinds == [
        ("name", "a·b:c‿d"),
        ("name", "ex:a\\'b"),
        ("other", "."),
        ("name", "é.é:x"),
        ("variable", "?ü\u0301"),
        ("word", "a"),
        ("other", "."),
        ("word", "b"),
    ]
