"""Clients that people have: SPARQLWrapper, rdflib's SPARQLStore, curl, another Oxigraph.

What each of them makes of an answer is compared with what the engine says without a server.
"""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.dom.minidom import Document, Text

import brotli
import pyoxigraph as ox
import pytest
import zstandard
from conftest import BuiltRelease, skip_without
from rdflib import RDF, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from sample import CLAIM as SAMPLE_CLAIM
from sample import FIGURE, NUMBER, SLUG
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from kg.formats import FORMATS, Format
from kg.query.describe import describe
from kg.query.results import RESULTS_FORMATS, ResultsFormat

pytestmark = pytest.mark.server

KG = Namespace("https://w3id.org/research-center-kg/ontology#")
ID = "https://w3id.org/research-center-kg/id/"
CENTER = f"{ID}center/{SLUG}"
PAPERS = f"{ID}{FIGURE}"
CLAIM = f"https://w3id.org/research-center-kg/{SAMPLE_CLAIM}"
LABELS = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?label { ?thing skos:prefLabel ?label FILTER(LANG(?label) = 'zh') }
ORDER BY ?label ?thing LIMIT 50
"""
ASK_YES = f"ASK {{ <{PAPERS}> ?p {NUMBER} }}"
ASK_NO = f"ASK {{ <{PAPERS}> ?p {NUMBER + 1} }}"
CONSTRUCT = f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o FILTER(?s IN (<{PAPERS}>, <{CENTER}>)) }}"
DESCRIBE = f"DESCRIBE <{PAPERS}>"
WAYS = {
    "get": (GET, URLENCODED),
    "form": (POST, URLENCODED),
    "query": (POST, POSTDIRECTLY),
}


@dataclass(frozen=True)
class Truth:
    """What the engine says without a server, in rdflib's terms."""

    labels: list[tuple[str, str]]
    graph: Graph
    description: Graph
    count: int

    @property
    def texts(self) -> list[list[str]]:
        """The labels as rows without types."""
        return [list(row) for row in self.labels]


@pytest.fixture(scope="module")
def truth(release: BuiltRelease) -> Truth:
    """What the engine says without a server."""
    labels = [(iri, text) for iri, text in release.engine.select(LABELS).texts()]
    assert len(labels) == 50
    answer = release.engine.query(CONSTRUCT)
    assert isinstance(answer, ox.QueryTriples)
    graph = read_graph(ox.serialize(answer, format=ox.RdfFormat.N_TRIPLES) or b"", "nt")
    quads = describe(release.engine, PAPERS, 200).quads
    triples = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads}
    lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    [(count,)] = release.engine.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").texts()
    assert len(graph) > 20
    return Truth(labels, graph, read_graph(lines, "nt"), int(count))


def read_graph(data: bytes, format_: str) -> Graph:
    return Graph().parse(data=data, format=format_)


def merged(data: bytes, format_: str) -> Graph:
    """Return the statements of all graphs of a dataset."""
    graph = Graph()
    for s, p, o, _ in Dataset().parse(data=data, format=format_).quads():
        graph.add((s, p, o))
    return graph


# --- SPARQLWrapper ---


def wrapper(server: str, query: str, form: str, way: str = "get") -> SPARQLWrapper:
    method, request = WAYS[way]
    client = SPARQLWrapper(f"{server}/sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(method)
    client.setRequestMethod(request)
    return client


def texts_of(document: Document, name: str) -> list[str]:
    """Return the text of each element of a name."""
    children = (node.firstChild for node in document.getElementsByTagName(name))
    return [child.data for child in children if isinstance(child, Text)]


@pytest.mark.parametrize("way", WAYS)
def test_sparqlwrapper_reads_select_as_json(server: str, truth: Truth, way: str) -> None:
    found: Any = wrapper(server, LABELS, JSON, way).queryAndConvert()
    rows = [(row["thing"]["value"], row["label"]["value"]) for row in found["results"]["bindings"]]
    assert rows == truth.labels
    assert {row["label"]["xml:lang"] for row in found["results"]["bindings"]} == {"zh"}


@pytest.mark.parametrize("way", WAYS)
def test_sparqlwrapper_reads_select_as_xml(server: str, truth: Truth, way: str) -> None:
    found = wrapper(server, LABELS, XML, way).queryAndConvert()
    assert isinstance(found, Document)
    names = ("uri", "literal")
    values = [texts_of(found, name) for name in names]
    assert list(zip(*values, strict=True)) == truth.labels


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("form", "dialect"), [(CSV, "excel"), (TSV, "excel-tab")])
def test_sparqlwrapper_reads_select_as_a_table(
    server: str, truth: Truth, way: str, form: str, dialect: str
) -> None:
    found = wrapper(server, LABELS, form, way).queryAndConvert()
    assert isinstance(found, bytes)
    rows = list(csv.reader(io.StringIO(found.decode()), dialect, quoting=csv.QUOTE_MINIMAL))
    if form == CSV:
        assert rows == [["thing", "label"], *truth.texts]
    else:
        assert rows[0] == ["?thing", "?label"]
        assert [row[0] for row in rows[1:]] == [f"<{iri}>" for iri, _ in truth.labels]
        assert len(rows) == 51


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("query", "expected"), [(ASK_YES, True), (ASK_NO, False)])
def test_sparqlwrapper_reads_ask(server: str, way: str, query: str, expected: bool) -> None:
    found: Any = wrapper(server, query, JSON, way).queryAndConvert()
    assert found["boolean"] is expected
    document = wrapper(server, query, XML, way).queryAndConvert()
    assert isinstance(document, Document)
    assert texts_of(document, "boolean") == [str(expected).lower()]
    table = wrapper(server, query, CSV, way).queryAndConvert()
    assert table == f"{str(expected).lower()}\r\n".encode()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [TURTLE, N3, RDFXML, XML, JSONLD])
def test_sparqlwrapper_reads_construct_and_describe(
    server: str, truth: Truth, way: str, form: str
) -> None:
    for query, expected in ((CONSTRUCT, truth.graph), (DESCRIBE, truth.description)):
        found = wrapper(server, query, form, way).queryAndConvert()
        graph = read_graph(found, "turtle") if isinstance(found, bytes) else found
        assert isinstance(graph, Graph)
        assert isomorphic(graph, expected)


def test_sparqlwrapper_asks_named_graphs(server: str) -> None:
    client = wrapper(server, f"SELECT ?v {{ <{PAPERS}> <{KG.value}> ?v }}", JSON)
    query = f"SELECT ?v {{ ?s <{KG.value}> ?v }}"
    client.setQuery(query)
    client.addDefaultGraph(CLAIM)
    found: Any = client.queryAndConvert()
    assert [row["v"]["value"] for row in found["results"]["bindings"]] == [str(NUMBER)]


def test_sparqlwrapper_tells_of_a_mistake(server: str) -> None:
    with pytest.raises(QueryBadFormed, match="line 1, column 10"):
        wrapper(server, "SELECT * ?s", JSON).query()


# --- rdflib's SPARQLStore ---


@pytest.fixture(params=["xml", "json", "csv", "tsv"])
def store_format(request: pytest.FixtureRequest) -> str:
    """A format that rdflib can ask for."""
    return str(request.param)


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def store(request: pytest.FixtureRequest, server: str) -> Iterator[SPARQLStore]:
    """The client of rdflib, in each of its ways to ask."""
    store = SPARQLStore(f"{server}/sparql", method=request.param)
    yield store
    store.close()


def test_rdflib_selects_in_every_format(server: str, truth: Truth, store_format: str) -> None:
    graph = Graph(SPARQLStore(f"{server}/sparql", returnFormat=store_format))
    rows = [(str(thing), str(label)) for thing, label in graph.query(LABELS)]  # type: ignore[misc]  # rows of SELECT
    assert rows == truth.labels


def test_rdflib_finds_triples(store: SPARQLStore, truth: Truth) -> None:
    graph = Graph(store)
    thing = URIRef(PAPERS)
    expected = set(truth.graph.triples((thing, None, None)))
    assert set(graph.triples((thing, None, None))) == expected
    assert graph.value(thing, KG.value) == Literal(NUMBER)
    assert (thing, KG.value, Literal(NUMBER)) in graph
    assert (thing, KG.value, Literal(NUMBER + 1)) not in graph
    assert URIRef(CENTER) in set(graph.subjects(RDF.type, KG.Center))
    assert len(graph) == truth.count


def test_rdflib_asks_and_constructs(store: SPARQLStore, truth: Truth) -> None:
    graph = Graph(store)
    assert graph.query(ASK_YES).askAnswer is True
    assert graph.query(ASK_NO).askAnswer is False
    for query, expected in ((CONSTRUCT, truth.graph), (DESCRIBE, truth.description)):
        found = graph.query(query).graph
        assert found is not None
        assert isomorphic(found, expected)


def test_rdflib_binds_prefixes_and_values(store: SPARQLStore) -> None:
    graph = Graph(store)
    query = "SELECT ?v { ?figure kg:value ?v }"
    found = graph.query(query, initNs={"kg": KG}, initBindings={"figure": URIRef(PAPERS)})
    assert [tuple(row) for row in found] == [(Literal(NUMBER),)]  # type: ignore[arg-type]  # rows of SELECT


def test_rdflib_asks_named_graphs(store: SPARQLStore, release: BuiltRelease) -> None:
    inside = f"{{ GRAPH <{CLAIM}> {{ ?s ?p ?o }} }}"
    [(count,)] = release.engine.select(f"SELECT (COUNT(*) AS ?n) {inside}").texts()
    graph = Graph(store, identifier=URIRef(CLAIM))
    assert len(graph) == len(set(graph)) == int(count) > 0
    found = graph.query(f"SELECT ?v {{ ?s <{KG.value}> ?v }}")
    assert [tuple(row) for row in found] == [(Literal(NUMBER),)]  # type: ignore[arg-type]  # rows of SELECT
    assert CLAIM in {str(name) for name in store.contexts()}


# --- curl ---


@pytest.fixture(scope="module")
def curl_features() -> frozenset[str]:
    """What this curl was built with."""
    skip_without("curl", there=shutil.which("curl") is not None)
    text = subprocess.run(["curl", "-V"], capture_output=True, text=True, check=True).stdout
    return frozenset(re.findall(r"^Features: (.*)$", text, re.MULTILINE)[0].split())


def curl(*arguments: str | Path) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one request; the body as it was sent."""
    command = ["curl", "--silent", "--show-error", "--max-time", "30", "--include"]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100 "):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, body


def curl_query(server: str, query: str, *arguments: str) -> tuple[int, dict[str, str], bytes]:
    data = ("--get", "--data-urlencode", f"query={query}")
    return curl(f"{server}/sparql", *data, *arguments)


def rows_of(data: bytes, format_: ResultsFormat) -> list[list[str]]:
    """Return the rows of SELECT results as plain texts."""
    if format_.extension == "csv":
        return list(csv.reader(io.StringIO(data.decode())))[1:]
    known = ox.QueryResultsFormat.from_extension(
        {"xml": "srx", "json": "srj"}.get(format_.extension, "tsv")
    )
    assert known is not None
    found = ox.parse_query_results(data, known)
    assert isinstance(found, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in row] for row in found]


@pytest.mark.usefixtures("curl_features")
@pytest.mark.parametrize("format_", RESULTS_FORMATS, ids=lambda f: f.extension)
def test_curl_selects_in_every_format(server: str, truth: Truth, format_: ResultsFormat) -> None:
    by_accept = [curl_query(server, LABELS, "-H", f"Accept: {t}") for t in format_.media_types]
    by_name = curl_query(server, LABELS, "--data", f"format={format_.extension}")
    for status, headers, body in (*by_accept, by_name):
        assert (status, headers["content-type"]) == (200, format_.content_type)
        assert rows_of(body, format_) == truth.texts


@pytest.mark.usefixtures("curl_features")
@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
def test_curl_constructs_in_every_format(server: str, truth: Truth, format_: Format) -> None:
    name = {"jsonld": "json-ld", "rdf": "xml", "ttl": "turtle", "nq": "nquads"}
    for query, expected in ((CONSTRUCT, truth.graph), (DESCRIBE, truth.description)):
        by_accept = [curl_query(server, query, "-H", f"Accept: {t}") for t in format_.media_types]
        by_name = curl_query(server, query, "--data", f"format={format_.extension}")
        for status, headers, body in (*by_accept, by_name):
            assert (status, headers["content-type"]) == (200, format_.content_type)
            read = name.get(format_.extension, format_.extension)
            assert isomorphic(merged(body, read), expected)


@pytest.mark.usefixtures("curl_features")
def test_curl_posts_both_ways(server: str, truth: Truth, tmp_path: Path) -> None:
    file = tmp_path / "labels.rq"
    file.write_text(LABELS, encoding="utf-8")
    accept = ("-H", "Accept: text/csv")
    kind = ("-H", "Content-Type: application/sparql-query")
    chunked = ("-H", "Transfer-Encoding: chunked")
    for way in (
        ("--data-urlencode", f"query@{file}"),
        (*kind, "--data-binary", f"@{file}"),
        (*kind, *chunked, "--data-binary", f"@{file}"),
        (*kind, "--request", "POST", "--upload-file", str(file)),
    ):
        status, _, body = curl(f"{server}/sparql", *accept, *way)
        assert (status, rows_of(body, RESULTS_FORMATS[2])) == (200, truth.texts)


@pytest.mark.usefixtures("curl_features")
def test_curl_head_and_options(server: str) -> None:
    status, headers, body = curl_query(server, LABELS)
    head_status, head, nothing = curl_query(server, LABELS, "--head")
    assert (head_status, nothing) == (status, b"") == (200, b"")
    assert head["content-type"] == headers["content-type"]
    assert int(head["content-length"]) == len(body)
    assert head["etag"] == headers["etag"]
    status, headers, _ = curl(f"{server}/sparql", "--request", "OPTIONS")
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert set(headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("feature", "coding"), [("libz", "gzip"), ("brotli", "br"), ("zstd", "zstd")]
)
def test_curl_reads_compressed_answers(
    server: str, truth: Truth, curl_features: frozenset[str], feature: str, coding: str
) -> None:
    decode = {
        "br": brotli.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    }
    wish = ("-H", f"Accept-Encoding: {coding}", "-H", "Accept: text/csv")
    status, headers, body = curl_query(server, LABELS, *wish)
    assert (status, headers["content-encoding"]) == (200, coding)
    assert len(body) == int(headers["content-length"])
    if coding in decode:
        assert rows_of(decode[coding](body), RESULTS_FORMATS[2]) == truth.texts
    if feature in curl_features:
        _, _, plain = curl_query(server, LABELS, "--compressed", *wish)
        assert rows_of(plain, RESULTS_FORMATS[2]) == truth.texts


@pytest.mark.usefixtures("curl_features")
def test_curl_keeps_what_it_has(server: str, tmp_path: Path) -> None:
    tag = tmp_path / "tag"
    address = f"{server}/sparql?{urlencode({'query': LABELS})}"
    assert curl(address, "--etag-save", tag)[0] == 200
    status, _, body = curl(address, "--etag-compare", tag)
    assert (status, body) == (304, b"")
    assert curl(address, "-H", 'If-None-Match: "another"')[0] == 200
    assert curl(address, "-H", "Accept: text/csv", "--etag-compare", tag)[0] == 200


@pytest.mark.usefixtures("curl_features")
def test_curl_is_told_of_a_mistake(server: str) -> None:
    status, headers, body = curl_query(server, "SELECT * ?s", "-H", "Accept: application/json")
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["column"] == 10
    assert curl_query(server, LABELS, "-H", "Accept: image/png")[0] == 406
    assert curl(f"{server}/sparql", "--data", "update=CLEAR ALL")[0] == 403
    assert curl(f"{server}/sparql", "--request", "PUT", "--data", "x")[0] == 405


# --- another Oxigraph ---


def test_another_store_asks_by_service(server: str, truth: Truth) -> None:
    thing = ox.NamedNode(truth.labels[0][0])
    store = ox.Store()
    store.add(ox.Quad(thing, ox.NamedNode("http://example.org/ours"), ox.Literal("1")))
    pattern = LABELS.partition("{")[2].rpartition("}")[0]
    found = store.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?thing ?label "
        f"{{ ?thing <http://example.org/ours> ?one SERVICE <{server}/sparql> {{ {pattern} }} }}"
    )
    assert isinstance(found, ox.QuerySolutions)
    rows = [(row["thing"].value, row["label"].value) for row in found]
    assert rows == [row for row in truth.labels if row[0] == thing.value]
    assert rows
