"""What the description says of the dataset's size is what the endpoint counts, over a socket.

The stated numbers are read from ``/data/graph/description.nt``; each is compared to the answer
of a query that anyone can send.
"""

import json
import urllib.parse
import urllib.request

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

pytestmark = pytest.mark.server

BASE = "https://w3id.org/research-center-kg/"
DATASET = f"<{BASE}dataset>"
PREFIXES = (
    "PREFIX void: <http://rdfs.org/ns/void#> "
    "PREFIX prov: <http://www.w3.org/ns/prov#> "
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    "PREFIX sssom: <https://w3id.org/sssom/> "
    f"PREFIX kg: <{BASE}ontology#> "
)
DATA = (
    "{ SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } "
    f"FILTER(?g != <{BASE}graph/description>) }} }}"
)
COUNTS = {
    "triples": "COUNT(*)",
    "entities": f"COUNT(DISTINCT IF(STRSTARTS(STR(?s), '{BASE}'), ?s, ?none))",
    "classes": "COUNT(DISTINCT IF(?p = rdf:type, ?o, ?none))",
    "properties": "COUNT(DISTINCT ?p)",
    "distinctSubjects": "COUNT(DISTINCT ?s)",
    "distinctObjects": "COUNT(DISTINCT ?o)",
}
LINKS = """SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?o {{ GRAPH <{set}> {{
  ?s <{property}> ?o . ?mapping kg:mappingSubject ?s ; kg:mappingObject ?o {registry} }} }} }}"""


@pytest.fixture(scope="module")
def stated(server: str) -> Store:
    """The description of the release, as it is served."""
    store = Store()
    with urllib.request.urlopen(f"{server}/data/graph/description.nt") as answer:
        store.load(answer.read(), RdfFormat.N_TRIPLES)
    return store


def said(stated: Store, query: str) -> list[list[str]]:
    """Return the rows of a query over what is stated; empty texts where nothing is bound."""
    found = stated.query(PREFIXES + query)
    assert isinstance(found, QuerySolutions)
    return [[term.value if term else "" for term in row] for row in found]


def counted(server: str, query: str) -> list[list[str]]:
    """Return the rows that the endpoint answers a query with."""
    body = urllib.parse.urlencode({"query": PREFIXES + query}).encode()
    headers = {"Accept": "application/sparql-results+json"}
    request = urllib.request.Request(f"{server}/sparql", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        table = json.loads(answer.read())
    names = table["head"]["vars"]
    return [[row[name]["value"] for name in names] for row in table["results"]["bindings"]]


@pytest.mark.parametrize("name", COUNTS)
def test_a_total_is_what_the_endpoint_counts(server: str, stated: Store, name: str) -> None:
    [[number]] = said(stated, f"SELECT ?n {{ {DATASET} void:{name} ?n }}")
    assert [[number]] == counted(server, f"SELECT ({COUNTS[name]} AS ?n) {{ {DATA} }}")
    print(f"void:{name} {number}")  # noqa: T201 - asked for: pytest -s shows it
    assert int(number) > 50


@pytest.mark.parametrize(
    ("kind", "what", "query"),
    [
        (
            *("class", "entities"),
            f"SELECT ?o (COUNT(DISTINCT ?s) AS ?n) {{ {DATA} FILTER(?p = rdf:type) }} GROUP BY ?o",
        ),
        ("property", "triples", f"SELECT ?p (COUNT(*) AS ?n) {{ {DATA} }} GROUP BY ?p"),
    ],
)
def test_each_partition_is_what_the_endpoint_counts(
    server: str, stated: Store, kind: str, what: str, query: str
) -> None:
    rows = said(
        stated,
        f"SELECT ?thing ?n {{ {DATASET} void:{kind}Partition ?part . "
        f"?part void:{kind} ?thing ; void:{what} ?n }}",
    )
    assert sorted(rows) == sorted(counted(server, query))
    print(f"{len(rows)} partitions by {kind}")  # noqa: T201 - as above
    assert len(rows) > 50


def test_each_linkset_is_what_the_endpoint_counts(server: str, stated: Store) -> None:
    rows = said(
        stated,
        f"SELECT ?set ?property ?registry ?n {{ {DATASET} void:subset ?links . "
        "?links a void:Linkset ; void:linkPredicate ?property ; void:triples ?n ; "
        "prov:wasDerivedFrom ?set OPTIONAL { ?links void:objectsTarget ?registry } }",
    )
    for set_, property_, registry, number in rows:
        named = f"; sssom:object_source <{registry}>" if registry else ""
        query = LINKS.format(set=set_, property=property_, registry=named)
        assert [[number]] == counted(server, query), (set_, property_, registry)
    print(f"{len(rows)} linksets, {sum(int(row[3]) for row in rows)} links")  # noqa: T201 - as above
    assert len(rows) > 5
