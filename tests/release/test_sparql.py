"""``/sparql``: the SPARQL 1.1 Protocol over HTTP."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from conftest import BuiltRelease
from flask.testing import FlaskClient
from graphs import flat, flat_by_pyld, named
from sample import CLAIM, FIGURE, NUMBER
from werkzeug.test import TestResponse

from kg.config import Config
from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import describe

PREFIX = "PREFIX kg: <https://w3id.org/research-center-kg/ontology#>\n"
PAPERS = f"https://w3id.org/research-center-kg/id/{FIGURE}"
SELECT = f"{PREFIX}SELECT ?value {{ <{PAPERS}> kg:value ?value }}"
ASK = f"ASK {{ <{PAPERS}> ?p {NUMBER} }}"
CONSTRUCT = f"CONSTRUCT {{ <{PAPERS}> ?p ?o }} {{ <{PAPERS}> ?p ?o }}"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
RESULTS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}


def get(client: FlaskClient, query: str, accept: str | None = None, **more: str) -> TestResponse:
    headers: Mapping[str, str] = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **more}, headers=headers)


def values(response: TestResponse) -> list[str]:
    """Return the values of the first variable in SPARQL JSON results."""
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    table = json.loads(response.data)
    first = table["head"]["vars"][0]
    return [row[first]["value"] for row in table["results"]["bindings"]]


# --- ways to ask ---


def test_get(client: FlaskClient) -> None:
    response = get(client, SELECT)
    assert values(response) == [str(NUMBER)]
    assert "Accept" in response.vary


def test_post_of_a_form(client: FlaskClient) -> None:
    assert values(client.post("/sparql", data={"query": SELECT})) == [str(NUMBER)]


def test_post_of_the_query_itself(client: FlaskClient) -> None:
    content_type = "application/sparql-query; charset=utf-8"
    assert values(client.post("/sparql", data=SELECT, content_type=content_type)) == [str(NUMBER)]


def test_post_of_a_long_query(client: FlaskClient) -> None:
    query = f"{SELECT} #{'x' * 60_000}"
    assert values(client.post("/sparql", data={"query": query})) == [str(NUMBER)]


@pytest.mark.parametrize("way", ["get", "form", "query"])
def test_the_dataset_of_the_protocol(client: FlaskClient, release: BuiltRelease, way: str) -> None:
    graph = f"{release.release.base}{CLAIM}"
    query = f"{PREFIX}SELECT ?value {{ ?figure kg:value ?value }}"
    fields = {"default-graph-uri": graph}
    if way == "get":
        response = get(client, query, **fields)
    elif way == "form":
        response = client.post("/sparql", data={"query": query, **fields})
    else:
        address = f"/sparql?{urlencode(fields)}"
        response = client.post(address, data=query, content_type="application/sparql-query")
    assert values(response) == [str(NUMBER)]


def test_options_lets_other_sites_ask(client: FlaskClient) -> None:
    response = client.options("/sparql")
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "*"


# --- forms of the answer ---


@pytest.mark.parametrize(("name", "content_type"), RESULTS.items())
def test_select_by_accept_and_by_format(client: FlaskClient, name: str, content_type: str) -> None:
    negotiated = get(client, SELECT, accept=content_type.partition(";")[0])
    named_ = get(client, SELECT, accept="text/turtle", format=name)
    for response in (negotiated, named_):
        assert (response.status_code, response.content_type) == (200, content_type)
        assert str(NUMBER) in response.text


def test_select_in_each_form_is_well_formed(client: FlaskClient) -> None:
    assert get(client, SELECT, format="csv").text == f"value\r\n{NUMBER}\r\n"
    assert get(client, SELECT, format="tsv").text == f"?value\n{NUMBER}\n"
    root = ET.fromstring(get(client, SELECT, format="xml").data)  # noqa: S314 - our own answer
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"


def test_ask(client: FlaskClient) -> None:
    assert json.loads(get(client, ASK).data)["boolean"] is True
    assert (
        json.loads(get(client, ASK.replace(str(NUMBER), str(NUMBER + 1))).data)["boolean"] is False
    )
    assert get(client, ASK, format="csv").text == "true\r\n"


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
def test_construct_in_every_format(client: FlaskClient, format_: Format) -> None:
    by_accept = get(client, CONSTRUCT, accept=format_.media_type)
    by_name = get(client, CONSTRUCT, accept="text/html", format=format_.extension)
    expected = flat(get(client, CONSTRUCT, format="nt").data, BY_EXTENSION["nt"])
    assert len(expected) > 5
    for response in (by_accept, by_name):
        assert response.content_type == format_.content_type
        assert flat(response.data, format_) == expected


def test_describe_is_the_description(client: FlaskClient, release: BuiltRelease) -> None:
    expected = set(describe(release.engine, PAPERS, 200).quads)
    for query in (f"DESCRIBE <{PAPERS}>", f"DESCRIBE ?f {{ VALUES ?f {{ <{PAPERS}> }} }}"):
        response = get(client, query, accept="application/n-quads")
        assert named(response.data, BY_EXTENSION["nq"]) == expected
        turtle, jsonld = (get(client, query, format=name) for name in ("ttl", "jsonld"))
        assert flat(turtle.data, BY_EXTENSION["ttl"]) == flat_by_pyld(jsonld.data)
        assert flat(turtle.data, BY_EXTENSION["ttl"]) == flat(response.data, BY_EXTENSION["nq"])


def test_a_browser_gets_a_page_with_the_answer(client: FlaskClient) -> None:
    response = get(client, SELECT, accept=CHROME, lang="zh")
    assert response.content_type == "text/html; charset=utf-8"
    assert f"<td><span>{NUMBER}</span></td>" in response.text
    assert 'lang="zh"' in response.text
    switch = response.text.partition('hreflang="en"')[0].rpartition('href="')[2]
    assert "lang=en" in switch
    assert "query=" in switch


def test_a_browser_without_a_query_gets_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": CHROME})
    assert (response.status_code, response.content_type) == (200, "text/html; charset=utf-8")
    assert '<textarea id="query" name="query"' in response.text


def test_the_form_keeps_the_query_to_the_letter(client: FlaskClient) -> None:
    query = '\n\nSELECT * { ?s ?p "</textarea><b>&amp;" }'
    page = get(client, query, accept=CHROME).text
    shown = page.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0]
    assert (
        shown.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")
        == query
    )


def test_answers_to_get_have_validators(client: FlaskClient) -> None:
    tag = get(client, SELECT).headers["ETag"]
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert "ETag" not in client.post("/sparql", data={"query": SELECT}).headers


# --- mistakes ---


def test_a_syntax_error_gives_line_and_column(client: FlaskClient) -> None:
    response = get(client, "SELECT ?s {\n ?s}", accept="application/json")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert (response.json["line"], response.json["column"]) == (2, 4)
    assert "line 2, column 4" in response.json["detail"]


def test_a_syntax_error_in_the_page(client: FlaskClient) -> None:
    response = get(client, "SELECT ?s {\n ?s}", accept=CHROME)
    assert response.status_code == 400
    assert 'role="alert" lang="en">not a SPARQL query: line 2, column 4' in response.text
    assert "SELECT ?s {" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * { S\\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
@pytest.mark.parametrize("way", ["get", "form", "query"])
def test_service_is_403(client: FlaskClient, query: str, way: str) -> None:
    if way == "get":
        response = get(client, query, accept="text/plain")
    elif way == "form":
        response = client.post("/sparql", data={"query": query}, headers={"Accept": "text/plain"})
    else:
        response = client.post("/sparql", data=query, content_type="application/sparql-query")
    assert response.status_code == 403
    assert "SERVICE" in response.text


@pytest.mark.parametrize(
    "response",
    [
        lambda client: client.post("/sparql", data={"update": "CLEAR ALL"}),
        lambda client: client.get("/sparql?update=CLEAR+ALL"),
        lambda client: client.post(
            "/sparql", data="CLEAR ALL", content_type="application/sparql-update"
        ),
        lambda client: client.post("/sparql", data={"query": "CLEAR ALL"}),
        lambda client: client.get("/sparql?query=INSERT+DATA+%7B%7D"),
    ],
    ids=["form", "address", "type", "as a query", "as a query in the address"],
)
def test_updates_are_403(client: FlaskClient, response: object) -> None:
    assert callable(response)
    answer = response(client)
    assert answer.status_code == 403
    assert "read-only" in answer.text


def test_other_mistakes_of_the_protocol(client: FlaskClient, config: Config) -> None:
    long = "SELECT * {} #" + "x" * config.limits.query_bytes
    assert client.post("/sparql", data={"query": long}).status_code == 413
    assert get(client, long).status_code == 413
    content_type = "application/sparql-query"
    assert client.post("/sparql", data=long, content_type=content_type).status_code == 413
    assert client.post("/sparql", data="{}", content_type="application/json").status_code == 415
    assert client.post("/sparql", data=b"\xff", content_type=content_type).status_code == 400
    assert client.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D").status_code == 400
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406
    assert client.get("/sparql?query=", headers={"Accept": "text/csv"}).status_code == 400
    assert client.get("/sparql?query=ASK%7B%7D%23%FF").status_code == 400
    assert client.put("/sparql", data="x").status_code == 405


def test_a_form_that_does_not_fit_is_406_naming_those_that_do(client: FlaskClient) -> None:
    for response in (get(client, SELECT, accept="image/png"), get(client, SELECT, format="ttl")):
        assert response.status_code == 406
        assert "text/csv" in response.text
    problem = get(client, SELECT, accept="application/problem+json", format="ttl").json
    assert problem is not None
    address = problem["alternates"][0]["href"]
    assert values(client.get(address)) == [str(NUMBER)]


# --- the form of a query is the engine's to say ---


@pytest.mark.parametrize(
    "query",
    [
        'VERSION "1.2" CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1',
        "PREFIX a·b: <http://x/> CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1",
        "CONSTRUCTWHERE{ ?s ?p ?o } LIMIT 1",
        "PREFIXa:<http://x/>CONSTRUCT{ ?s ?p ?o }{ ?s ?p ?o } LIMIT 1",
    ],
)
def test_a_graph_is_a_graph_however_its_query_is_written(client: FlaskClient, query: str) -> None:
    response = get(client, query)
    assert response.status_code == 200
    assert response.content_type.startswith("text/turtle")
    assert get(client, query, format="json").status_code == 406


def test_a_page_where_only_a_page_fits(client: FlaskClient) -> None:
    accept = "application/sparql-results+json, text/html;q=0.5"
    assert get(client, SELECT, accept=accept).content_type.startswith("application/sparql")
    response = get(client, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", accept=accept)
    assert response.content_type.startswith("text/html")


def test_answers_that_may_change_have_no_validator(client: FlaskClient) -> None:
    for query in (
        "CONSTRUCT { [] a ?c } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT { _:x a ?c } WHERE { ?s a ?c } LIMIT 3",
        "SELECT (NOW() AS ?t) {}",
        "SELECT (bnode() AS ?b) {}",
    ):
        response = get(client, query)
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" in get(client, "SELECT * { ?s a [] } LIMIT 1").headers


def test_no_answer_is_confirmed_that_was_never_given(client: FlaskClient) -> None:
    headers = {"If-None-Match": "*"}
    query = {"query": "SELECT garbage"}
    assert client.get("/sparql", query_string=query, headers=headers).status_code == 400


def test_a_validator_holds_in_every_coding_and_for_one_format(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 100"}
    tags = {}
    for coding in ("identity", "gzip", "br", "zstd"):
        headers = {"Accept-Encoding": coding}
        tags[coding] = client.get("/sparql", query_string=query, headers=headers).headers["ETag"]
        headers["If-None-Match"] = tags[coding]
        again = client.get("/sparql", query_string=query, headers=headers)
        assert (again.status_code, again.headers["ETag"]) == (304, tags[coding])
        headers["Accept"] = "text/csv"
        other = client.get("/sparql", query_string=query, headers=headers)
        assert other.status_code == 200
    assert len(set(tags.values())) == 4


def test_a_graph_that_is_no_iri_is_named(client: FlaskClient) -> None:
    response = get(client, SELECT, **{"default-graph-uri": "", "accept": "text/plain"})
    assert response.status_code == 400
    assert "default-graph-uri" in response.text


def test_a_page_is_small_however_large_its_answer(client: FlaskClient) -> None:
    query = 'SELECT ?x { VALUES ?n { 1 2 3 4 5 6 7 8 9 } BIND("' + "x" * 60_000 + '" AS ?x) }'
    response = client.post("/sparql", data={"query": query}, headers={"Accept": CHROME})
    assert response.status_code == 200
    assert response.headers["X-SPARQL-MaxRows"] == "8"
    assert len(response.data) < 1_000_000


def test_a_problem_is_json_where_the_answer_would_have_been(client: FlaskClient) -> None:
    assert get(client, "SELEC", format="json").content_type == "application/problem+json"
    assert get(client, "SELEC", format="csv").content_type.startswith("text/plain")
    accept = "application/sparql-results+json"
    assert get(client, "SELEC", accept=accept).content_type == "application/problem+json"


def test_in_plain_text_a_caret_stands_below_the_place(client: FlaskClient) -> None:
    lines = get(client, "SELECT *\n{ ?s ?p\tSELEC }", accept="text/plain").text.splitlines()
    assert lines[-2:] == ["{ ?s ?p\tSELEC }", "       \t^"]
