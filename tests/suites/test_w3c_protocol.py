"""The W3C's tests of the SPARQL 1.1 Protocol, at a real server.

Requests are sent to the letter of the manifest, and nothing is added but ``Host`` and the
length of the body. Data is loaded beforehand and nothing is fetched: ``data0.rdf``, which the
suite names and does not give, is an empty graph. The endpoint is read-only: updates are
refused, and what the suite asks after them finds the data as it was.
"""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
from rdflib import RDFS, Graph, Namespace, Node
from rdflib.collection import Collection
from serving import running_server
from w3c import MF, local_name, members, path_of, read_manifest, write_unchecked

from kg.config import Config
from kg.formats import FORMATS

pytestmark = pytest.mark.server

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

STATUSES = {
    200: {
        *("query_post_form", "query_get", "query_post_direct"),
        *("query_dataset_default_graphs_get", "query_dataset_default_graphs_post"),
        *("query_dataset_named_graphs_get", "query_dataset_named_graphs_post"),
        *("query_dataset_full", "query_multiple_dataset"),
        *("query_content_type_select", "query_content_type_ask"),
        *("query_content_type_describe", "query_content_type_construct"),
    },
    # The query cannot be read: two of them, another grammar.
    400: {"bad_multiple_queries", "bad_query_syntax"},
    # Updates, well-formed or not: the endpoint is read-only.
    403: {
        *("update_dataset_default_graph", "update_dataset_default_graphs"),
        *("update_dataset_named_graphs", "update_dataset_full"),
        *("update_post_form", "update_post_direct", "update_base_uri"),
        *("bad_update_get", "bad_multiple_updates", "bad_update_non_utf8"),
        *("bad_update_syntax", "bad_update_dataset_conflict"),
    },
    405: {"bad_query_method"},
    # A body that is no query by its type or its charset: what is in it is not read.
    415: {
        *("bad_query_wrong_media_type", "bad_update_wrong_media_type"),
        *("bad_query_missing_form_type", "bad_update_missing_form_type"),
        *("bad_query_missing_direct_type", "bad_query_non_utf8"),
    },
}
"""The documented status of the first request of each test."""

STATUS_OF = {name: status for status, names in STATUSES.items() for name in names}
COUNTS = {200: 13, 400: 2, 403: 12, 405: 1, 415: 6}

RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPHS = {format_.media_type: format_.engine for format_ in FORMATS}


@dataclass(frozen=True)
class Request:
    """A request of the manifest, with what is expected: ``2`` stands for any status 2xx."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    classes: frozenset[int]
    form: str
    boolean: bool | None


@dataclass(frozen=True)
class Reply:
    """A reply of the server; ``kind`` is the media type without parameters."""

    status: int
    kind: str
    body: bytes


def read_requests(manifest: Graph, test: Node) -> Iterator[Request]:
    """Yield the requests of a test in their order."""
    connection = manifest.value(test, MF.action)
    head = manifest.value(connection, HT.requests)
    assert head is not None
    for node in Collection(manifest, head):
        response = manifest.value(node, HT.resp)
        content = manifest.value(node, HT.body)
        headers = manifest.value(node, HT.headers)
        fields = Collection(manifest, headers) if headers else ()
        boolean = manifest.value(response, MF.expectedBoolean)
        classes = manifest.objects(response, MF.expectedStatus)
        yield Request(
            method=str(manifest.value(node, HT.methodName)),
            # The manifest leaves the endpoint's own path to whoever runs it.
            path=str(manifest.value(node, HT.absolutePath)).replace("/sparql/", "/sparql", 1),
            headers=tuple(
                (
                    str(manifest.value(field, HT.fieldName)),
                    str(manifest.value(field, HT.fieldValue)),
                )
                for field in fields
            ),
            body=None
            if content is None
            else str(manifest.value(content, CNT.chars)).encode(
                str(manifest.value(content, CNT.characterEncoding))
            ),
            classes=frozenset(int(local_name(c).removeprefix("StatusCode")[0]) for c in classes),
            form=str(manifest.value(response, MF.expectedFormat) or ""),
            boolean=None if boolean is None else str(boolean) == "true",
        )


def send(server: str, request: Request) -> Reply:
    """Send a request as it is; nothing is added that it does not name."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
        return Reply(response.status, kind, response.read())
    finally:
        connection.close()


def get(server: str, path: str, accept: str | None = None) -> Reply:
    headers = (("Accept", accept),) if accept else ()
    return send(server, Request("GET", path, headers, None, frozenset(), "", None))


def everything(server: str) -> list[bytes]:
    """Return every quad of the named graphs, as sorted lines."""
    query = quote("SELECT * { GRAPH ?g { ?s ?p ?o } }")
    reply = get(server, f"/sparql?query={query}", "text/tab-separated-values")
    assert reply.status == 200
    return sorted(reply.body.splitlines())


def boolean_of(reply: Reply) -> bool:
    found = ox.parse_query_results(reply.body, RESULTS[reply.kind])
    assert isinstance(found, ox.QueryBoolean)
    return bool(found)


MANIFEST = read_manifest("protocol/manifest.ttl")
TESTS = {local_name(test): test for test in members(MANIFEST, MF.entries)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, config: Config) -> Iterator[str]:
    """The address of a server over the data of all tests of the protocol."""
    named = {node for test in TESTS.values() for node in MANIFEST.objects(test, UT.graphData)}
    files = {
        str(MANIFEST.value(node, RDFS.label)): path_of(str(MANIFEST.value(node, UT.graph)))
        for node in named
    }
    assert len(files) == 3
    release = tmp_path_factory.mktemp("protocol")
    write_unchecked(files, release, config)
    with running_server(release) as address:
        assert len(everything(address)) > len(files)
        yield address


def names(*beginnings: str) -> list[str]:
    return sorted(name for name in STATUS_OF if name.startswith(beginnings))


def test_every_test_of_the_protocol_has_its_status() -> None:
    assert TESTS.keys() == STATUS_OF.keys()
    assert {status: len(tests) for status, tests in STATUSES.items()} == COUNTS
    assert names("query_") == sorted(STATUSES[200])
    assert len(names("query_", "update_", "bad_")) == len(STATUS_OF) == 34


@pytest.mark.parametrize("name", names("query_"))
def test_query_is_answered_in_the_form_that_the_suite_expects(server: str, name: str) -> None:
    [request] = read_requests(MANIFEST, TESTS[name])
    reply = send(server, request)
    assert reply.status == STATUS_OF[name], reply.body
    assert reply.status // 100 in request.classes
    if request.form == "boolean":
        assert boolean_of(reply) is (request.boolean is not False)
    elif request.form == "tabular":
        found = ox.parse_query_results(reply.body, RESULTS[reply.kind])
        assert isinstance(found, ox.QuerySolutions)
        assert [row["value"] for row in found] == [ox.Literal(1)]
    else:
        assert request.form == "RDF"
        statements = [quad.object for quad in ox.parse(reply.body, GRAPHS[reply.kind])]
        assert statements == ([ox.Literal(1)] if name.endswith("construct") else [])


@pytest.mark.parametrize("name", names("bad_"))
def test_mistake_is_refused(server: str, name: str) -> None:
    [request] = read_requests(MANIFEST, TESTS[name])
    before = everything(server)
    reply = send(server, request)
    assert reply.status == STATUS_OF[name], reply.body
    assert request.classes == {reply.status // 100}
    assert everything(server) == before


@pytest.mark.parametrize("name", names("update_"))
def test_update_is_refused_and_changes_nothing(server: str, name: str) -> None:
    update, *following = read_requests(MANIFEST, TESTS[name])
    before = everything(server)
    reply = send(server, update)
    assert reply.status == STATUS_OF[name], reply.body
    for question in following:
        answer = send(server, question)
        assert (answer.status, question.boolean) == (200, True)
        assert boolean_of(answer) is False
    assert everything(server) == before
