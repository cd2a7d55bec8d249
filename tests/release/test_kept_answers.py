"""Answers of ``/sparql`` that clients keep, with the headers that clients send.

What is kept is confirmed without a query; what may be another answer each time is not kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import TINY
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.config import CONFIG_FILE, read_config
from kg.query.runner import Runner
from kg.sources.queries import query_form
from kg.vocab import RDF
from kg.web.app import create_app

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
MOST_ROWS = 500
SENT = {
    "SELECT": (
        "application/sparql-results+json",
        "application/sparql-results+json,application/json,text/javascript,application/javascript",
        "application/sparql-results+xml, application/rdf+xml;q=0.5",
        "text/csv",
        "text/tab-separated-values",
    ),
    "CONSTRUCT": (
        "text/turtle",
        "application/rdf+xml",
        "application/n-triples",
        "application/ld+json",
        "application/trig",
        "text/turtle,application/rdf+xml;q=0.9,application/n-triples;q=0.8",
    ),
}
"""Headers of clients that want results, or a graph, and nothing of the other: SPARQLWrapper,
Jena, rdflib, curl as people call it."""
SENT |= {"ASK": SENT["SELECT"][:3], "DESCRIBE": SENT["CONSTRUCT"]}
KEPT = {
    "SELECT": "SELECT ?s { ?s a ?c FILTER(isIRI(?s)) } ORDER BY ?s LIMIT 5",
    "ASK": "ASK { ?s ?p [] }",
    "CONSTRUCT": "CONSTRUCT { ?s a ?c, <x:y> ; <x:z> -1 . } WHERE { ?s a ?c FILTER(isIRI(?s)) } LIMIT 5",
    "DESCRIBE": "DESCRIBE ?s WHERE { ?s a [] } ORDER BY ?s LIMIT 2",
}


@pytest.fixture(scope="module")
def client(tiny_shelf: Path) -> Iterator[FlaskClient]:
    """A client of the tiny instance, whose answers are cut early."""
    config = read_config(TINY / CONFIG_FILE)
    limits = replace(config.limits, result_rows=MOST_ROWS)
    app = create_app(tiny_shelf / "current", replace(config, limits=limits))
    yield app.test_client()
    app.extensions["kg"].close()


def get(
    client: FlaskClient,
    query: str,
    *,
    accept: str,
    headers: Mapping[str, str] | None = None,
    default_graph: str = "",
) -> TestResponse:
    """Ask a query by GET."""
    sent = {"Accept": accept, **(headers or {})}
    fields = {"query": query, **({"default-graph-uri": default_graph} if default_graph else {})}
    return client.get("/sparql", query_string=fields, headers=sent)


def test_what_may_be_another_answer_each_time_is_not_kept(client: FlaskClient) -> None:
    for query in (
        "CONSTRUCT { [] a ?c } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT { _:x a ?c } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT { ?s a ?c ; rdf:value (1 2) } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT { ?s a ?c {| rdf:value 1 |} } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT { << ?s a ?c >> rdf:value 1 } WHERE { ?s a ?c } LIMIT 3",
        "CONSTRUCT WHERE { ?s a [] } LIMIT 3",
        "SELECT (NOW() AS ?t) {}",
        "SELECT (rand() AS ?r) {}",
        "SELECT (UUID() AS ?u) {}",
        "SELECT (struuid() AS ?u) {}",
        "SELECT (bnode() AS ?b) {}",
        "ASK { FILTER(RAND() < 2) }",
    ):
        for accept in ("*/*", *SENT[query_form(query)]):
            response = get(client, f"PREFIX rdf: <{RDF}>\n{query}", accept=accept)
            # No format here holds triples in triples.
            assert response.status_code in {200, 406}, query
            assert response.status_code == 200 or "<<" in query or "{|" in query, query
            assert "ETag" not in response.headers
            assert "max-age" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("form", KEPT)
def test_an_answer_can_be_kept_whatever_its_client_says_it_takes(
    client: FlaskClient, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = {}
    for accept in SENT[form]:
        response = get(client, KEPT[form], accept=accept)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=60", accept
        assert "Accept" in response.vary
        assert response.headers["Last-Modified"]
        tags[accept] = response.headers["ETag"]
    # The engine is not asked again.
    monkeypatch.setattr(Runner, "run", None)
    for accept, tag in tags.items():
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            again = get(client, KEPT[form], accept=accept, headers={"If-None-Match": known})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
            assert again.headers["Cache-Control"] == "public, max-age=60"
            assert {"Accept", "Accept-Encoding"} <= set(again.vary)


def test_a_validator_is_of_one_query_one_dataset_and_one_format(client: FlaskClient) -> None:
    select, none = KEPT["SELECT"], "https://example.org/none"
    answers = [
        get(client, select, accept=accept)
        for accept in ("application/sparql-results+json", "text/csv", "application/xml")
    ]
    answers += [
        get(client, select.replace("5", "4"), accept="text/csv"),
        get(client, select + " ", accept="text/csv"),
        get(client, select, accept="text/csv", default_graph=none),
        get(client, KEPT["CONSTRUCT"], accept="text/turtle"),
        get(client, KEPT["CONSTRUCT"], accept="application/n-triples"),
    ]
    tags = [answer.headers["ETag"] for answer in answers]
    assert len(set(tags)) == len(tags)
    stale = get(client, select, accept="text/csv", headers={"If-None-Match": ", ".join(tags[2:])})
    assert stale.status_code == 200


def test_errors_pages_and_cut_answers_are_not_kept(client: FlaskClient) -> None:
    tag = get(client, KEPT["SELECT"], accept="text/csv").headers["ETag"]
    known = {"If-None-Match": tag}
    cut = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    for query, accept, status in (
        ("SELECT garbage", "text/csv", 400),
        ("SELECT * { SERVICE <https://example.org/> {} }", "text/csv", 403),
        (KEPT["SELECT"], "text/turtle", 406),
        (cut, "text/csv", 200),
        (KEPT["SELECT"], CHROME, 200),
    ):
        response = get(client, query, accept=accept, headers=known)
        assert response.status_code == status
        assert "ETag" not in response.headers
        assert "max-age" not in response.headers.get("Cache-Control", "")
    assert get(client, cut, accept="text/csv").headers["X-SPARQL-MaxRows"]
    posted = client.post("/sparql", data={"query": KEPT["SELECT"]}, headers={"Accept": "text/csv"})
    assert posted.headers["Cache-Control"] == "no-store"
