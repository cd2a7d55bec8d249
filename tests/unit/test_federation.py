"""SERVICE for allowed hosts: named by a gateway, and nothing else gets through."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from pyoxigraph import Store

from kg.errors import QueryRefused, QuerySyntaxError
from kg.guard import service_names, silent_names
from kg.query.embedded import EmbeddedEngine
from kg.query.federation import Federated
from kg.query.gateway import Gateway, host_allowed
from kg.query.spending import ServiceLimits

HOSTS = ("query.example.org", "localhost:3030", "[::1]:80")


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    gateway = Gateway(HOSTS, ServiceLimits(1, 1000, 5, 2000))
    yield gateway
    gateway.close()


@pytest.mark.parametrize(
    ("iri", "allowed"),
    [
        ("https://query.example.org/sparql", True),
        ("http://QUERY.example.org:80/", True),
        ("https://query.example.org:443/", True),
        ("https://query.example.org:80/", False),
        ("https://query.example.org:8443/", False),
        ("http://localhost:3030/ds", True),
        ("http://localhost/ds", False),
        ("http://[::1]/", True),
        ("http://[::1]:81/", False),
        ("https://query.example.org.evil.net/", False),
        ("https://evil.net/query.example.org", False),
        ("https://query.example.org@evil.net/", False),
        ("https://user@query.example.org/", False),
        ("ftp://query.example.org/", False),
        ("file:///query.example.org", False),
        ("query.example.org", False),
        ("http://query.example.org:x/", False),
        ("http://", False),
    ],
)
def test_hosts(iri: str, *, allowed: bool) -> None:
    assert host_allowed(iri, HOSTS) is allowed


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://evil.net/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://localhost:3030/> {} SERVICE <http://localhost:9/> {} }",
        "PREFIX e: <https://evil.net/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
        "BASE <https://evil.net/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://localhost:3030/> {} S\\u0045RVICE <http://localhost:9/> {} }",
        "SELECT * { SERVICE <http://localhost:3030/> {} SERVICE ?s {} }",
        "SELECT * { SERVICE <http://localhost:3030/> { SERVICE <http://localhost:9/> {} } }",
        "SELECT * { SERVICE <http://localhost:3030/> {} } # no other SERVICE",
        "SELECT * { SERVICE <http://localhost:3030/> { ?s ?p 'a service' } }",
    ],
)
def test_other_hosts_are_refused(gateway: Gateway, query: str) -> None:
    with pytest.raises(QueryRefused):
        EmbeddedEngine(Store(), "https://kg.example.org/", gateway).query(query)


def test_the_gateway_does_nothing_for_who_does_not_know_it(gateway: Gateway) -> None:
    host = gateway.address("http://localhost:3030/").split("/")[2]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{host}/0?query=ASK", timeout=5)
    caught.value.close()
    assert caught.value.code == 404


def test_what_a_message_hides_is_each_service_and_nothing_of_the_gateway(
    gateway: Gateway,
) -> None:
    services = [f"http://localhost:3030/{number}" for number in range(12)]
    addresses = [gateway.address(service) for service in services]
    assert gateway.hide(" ".join(addresses)) == " ".join(services)
    quiet = gateway.address(services[0], silent=True)
    assert quiet not in addresses
    assert gateway.hide(quiet) == services[0]


def test_a_mistake_keeps_its_place_beside_a_service(gateway: Gateway) -> None:
    query = "SELECT * {\n SERVICE <http://localhost:3030/> { ?s ?p ?o } FILTR(?s) }"
    with pytest.raises(QuerySyntaxError) as caught:
        EmbeddedEngine(Store(), "https://kg.example.org/", gateway).query(query)
    assert (caught.value.line, caught.value.column) == (2, query.split("\n")[1].index("FILTR") + 1)


def test_places_are_those_of_the_original() -> None:
    original = "ab<x>cd<y>ef"
    sent = Federated("ab<longer>cd<longer>ef", ((2, 5, 8), (7, 10, 8)))
    for offset, char in enumerate(sent.text):
        place = sent.place_in_original(offset)
        if char in "abcdef" and not sent.text[max(0, offset - 7) : offset].count("<"):
            assert original[place] == char
    assert sent.place_in_original(4) == 2
    assert sent.place_in_original(len(sent.text)) == len(original)


def test_plain_service_clauses_are_found() -> None:
    query = (
        "SELECT * { service SILENT ex:a { } # SERVICE <b> {\n SERVICE<c>{} ?x a 'SERVICE <d> {' }"
    )
    assert [token.text for token in service_names(query)] == ["ex:a", "<c>"]


def test_silent_clauses_are_told_from_others() -> None:
    query = "SELECT * { SERVICE silent <a> {} SERVICE <b> {} SERVICE # no\n SILENT\n<c> {} }"
    named = {token.text: token.start for token in service_names(query)}
    assert silent_names(query) == {named["<a>"], named["<c>"]}
