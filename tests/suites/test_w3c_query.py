"""The W3C's tests of SPARQL 1.1: queries, result formats and the service description.

A folder of the suite is one release. A test's dataset is named in the request (SPARQL 1.1
Protocol, 2.1.4), for a release also describes itself and its default graph is the union.
Queries are sent to the letter: the base of the release resolves their relative IRIs.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from w3c import (
    BY_VALUE,
    KNOWN_FAILURES,
    MEDIA_TYPES,
    MF,
    PUBLISHED,
    Case,
    Reading,
    config_of,
    included_cases,
    local_name,
    members,
    path_of,
    read_answer,
    read_manifest,
    write_unchecked,
)

from kg.config import Config
from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.vocab import RDF_TYPE
from kg.web.app import create_app

QUERY_CASES = included_cases("manifest-sparql11-query.ttl")
RESULTS_CASES = included_cases("manifest-sparql11-results.ttl")
CASES = (*QUERY_CASES, *RESULTS_CASES)

QUERY_TYPE = "application/sparql-query"
NO_GRAPH = PUBLISHED + "no-such-graph"
FROM = re.compile(r"\bFROM\s+(NAMED\s+)?<")
ORDER_BY_OF_THE_WHOLE = re.compile(r"\bORDER\s+BY\b[^{}]*\Z", re.IGNORECASE)
SELECT_ALL = re.compile(r"\bSELECT\s+((DISTINCT|REDUCED)\s+)?\*", re.IGNORECASE)

# Of the 328 query tests at most 11 fail: of any 318 among them, at least 307 pass.
FEWEST_PASSING = {"query": 317, "csv-tsv-res": 5, "json-res": 4}
TESTS = {"query": 328, "csv-tsv-res": 6, "json-res": 4}


def asked(*kinds: str) -> list[Any]:
    """Return the tests of ``kinds`` as parameters; known failures are expected to fail."""
    return [
        pytest.param(
            case,
            id=case.id,
            marks=[
                pytest.mark.xfail(reason=KNOWN_FAILURES[i], raises=AssertionError, strict=True)
                for i in {case.id} & KNOWN_FAILURES.keys()
            ],
        )
        for case in CASES
        if case.kind in kinds
    ]


class Endpoint:
    """Answers over the data of one folder of the suite; one release is open at a time."""

    def __init__(self, shelf: Path, config: Config) -> None:
        self._shelf = shelf
        self._config = config
        self._folder = ""
        self._app: Flask | None = None

    def of(self, folder: str) -> FlaskClient:
        """Return a client of the release of ``folder``, written where it is not there yet."""
        if self._app is None or folder != self._folder:
            self.close()
            release, config = self._shelf / folder, config_of(folder, self._config)
            if not release.exists():
                iris = {iri for c in CASES if c.folder == folder for iri in (*c.data, *c.graphs)}
                write_unchecked({iri: path_of(iri) for iri in sorted(iris)}, release, config)
            self._folder, self._app = folder, create_app(release, config)
        return self._app.test_client()

    def close(self) -> None:
        """Close the release that is open, if one is."""
        close = getattr(self._app.extensions["kg"], "close", None) if self._app else None
        if close is not None:
            close()
        self._app = None


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, config: Config) -> Iterator[Endpoint]:
    """The endpoint that the suite is asked at."""
    endpoint = Endpoint(tmp_path_factory.mktemp("w3c"), config)
    yield endpoint
    endpoint.close()


def dataset_of(case: Case, query: str) -> dict[str, list[str]]:
    """Return the dataset of the request; none where the query names its own."""
    if FROM.search(query):
        return {}
    return {
        "default-graph-uri": list(case.data) or [NO_GRAPH],
        "named-graph-uri": list(case.graphs),
    }


@pytest.mark.parametrize("case", asked("QueryEvaluationTest", "CSVResultFormatTest"))
def test_answer_is_what_the_suite_expects(endpoint: Endpoint, case: Case) -> None:
    query = path_of(case.query).read_text(encoding="utf-8")
    data, syntax = path_of(case.result).read_bytes(), Path(case.result).suffix
    in_order = ORDER_BY_OF_THE_WHOLE.search(query) is not None
    # SPARQL leaves the columns of SELECT * in any order, and so does a graph.
    columns_in_order = syntax != ".ttl" and not SELECT_ALL.search(query)
    letter = Reading(in_order, columns_in_order)
    expected = read_answer(data, syntax, letter, case.result)
    form = ".srx" if (syntax, expected.form) == (".ttl", "table") else syntax

    fields = {"query": [query], **dataset_of(case, query)}
    headers = {"Accept": MEDIA_TYPES[form]}
    response = endpoint.of(case.folder).post("/sparql", data=fields, headers=headers)
    assert response.status_code == 200, response.text
    assert response.mimetype == MEDIA_TYPES[form]
    answer = read_answer(response.data, form, letter, case.query)
    if case.id in BY_VALUE:
        assert answer != expected
        value = Reading(in_order, columns_in_order, by_value=True)
        expected = read_answer(data, syntax, value, case.result)
        answer = read_answer(response.data, form, value, case.query)
    assert answer == expected


@pytest.mark.parametrize("case", asked("PositiveSyntaxTest11"))
def test_well_formed_query_is_answered(endpoint: Endpoint, case: Case) -> None:
    client, query = endpoint.of(case.folder), path_of(case.query).read_bytes()
    response = client.post("/sparql", data=query, content_type=QUERY_TYPE)
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("case", asked("NegativeSyntaxTest11"))
def test_malformed_query_is_400(endpoint: Endpoint, case: Case) -> None:
    client, query = endpoint.of(case.folder), path_of(case.query).read_bytes()
    headers = {"Accept": "application/problem+json"}
    response = client.post("/sparql", data=query, content_type=QUERY_TYPE, headers=headers)
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["detail"].startswith("not a SPARQL query: ")


def test_as_many_pass_as_ever() -> None:
    groups = {case.id: "query" for case in QUERY_CASES}
    groups |= {case.id: case.folder for case in RESULTS_CASES}
    kinds = ("QueryEvaluationTest", "CSVResultFormatTest")
    syntax = ("PositiveSyntaxTest11", "NegativeSyntaxTest11")
    assert len(asked(*kinds, *syntax)) == len(groups) == sum(TESTS.values())
    assert Counter(groups.values()) == TESTS
    assert KNOWN_FAILURES.keys() | BY_VALUE <= groups.keys()
    passing = Counter(group for test, group in groups.items() if test not in KNOWN_FAILURES)
    assert all(passing[group] >= fewest for group, fewest in FEWEST_PASSING.items()), passing


# --- the service description ---------------------------------------------------------------

SD = "http://www.w3.org/ns/sparql-service-description#"
SERVICE_TESTS = {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
"""Domain and range of each property (SPARQL 1.1 Service Description, 3.4); None is any IRI."""

SUPERCLASS = {
    "Dataset": "GraphCollection",
    **dict.fromkeys(("Function", "Aggregate", "Language"), "Feature"),
    **dict.fromkeys(("EntailmentRegime", "EntailmentProfile"), "Feature"),
}
INSTANCES = {
    **dict.fromkeys(("SPARQL10Query", "SPARQL11Query", "SPARQL11Update"), "Language"),
    **dict.fromkeys(("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset"), "Feature"),
    **dict.fromkeys(("EmptyGraphs", "BasicFederatedQuery"), "Feature"),
}


Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def described(endpoint: Endpoint, format_: Format | None) -> list[ox.Triple]:
    """Return what the endpoint answers with when it is asked without a query."""
    headers = {"Accept": format_.media_type} if format_ else {}
    response = endpoint.of("service-description").get("/sparql", headers=headers)
    assert response.status_code == 200, response.text
    found = {f.content_type: f for f in FORMATS}.get(response.content_type)
    assert found is not None, response.content_type
    assert format_ in {None, found}
    return [quad.triple for quad in ox.parse(response.data, found.engine)]


def pairs(triples: list[ox.Triple], property_: str) -> list[tuple[Node, Node]]:
    """Return subjects and objects of a property of the vocabulary."""
    return [(t.subject, t.object) for t in triples if t.predicate.value == SD + property_]


def may_be(node: Node, wanted: str | None, triples: list[ox.Triple]) -> bool:
    """Say whether a node may be in a class of the vocabulary: no class of its own speaks against it."""
    if not isinstance(node, ox.NamedNode | ox.BlankNode):
        return False
    types = [t.object for t in triples if t.subject == node and t.predicate == RDF_TYPE]
    names = {o.value for o in types if isinstance(o, ox.NamedNode)} | {node.value}
    known = {name.removeprefix(SD) for name in names if name.startswith(SD)}
    classes = {INSTANCES.get(name, name) for name in known}
    return wanted is None or not classes or wanted in classes | {SUPERCLASS.get(c) for c in classes}


def test_the_suite_has_these_tests_of_service_descriptions() -> None:
    manifest = read_manifest("service-description/manifest.ttl")
    assert {local_name(test) for test in members(manifest, MF.entries)} == SERVICE_TESTS


@pytest.mark.parametrize("format_", [None, *FORMATS], ids=lambda f: f.extension if f else "any")
def test_service_description_returns_rdf(endpoint: Endpoint, format_: Format | None) -> None:
    expected = described(endpoint, BY_EXTENSION["nt"])
    assert expected
    assert set(described(endpoint, format_)) == set(expected)


def test_service_description_has_the_endpoint_that_was_asked(endpoint: Endpoint) -> None:
    [(_, address)] = pairs(described(endpoint, BY_EXTENSION["ttl"]), "endpoint")
    assert address == ox.NamedNode("http://localhost/sparql")


def test_service_description_conforms_to_its_schema(endpoint: Endpoint) -> None:
    triples = described(endpoint, BY_EXTENSION["ttl"])
    used = {t.predicate.value for t in triples if t.predicate.value.startswith(SD)}
    assert used <= {SD + name for name in SCHEMA}
    for name, (domain, range_) in SCHEMA.items():
        for subject, value in pairs(triples, name):
            assert may_be(subject, domain, triples), (subject, name, value)
            assert may_be(value, range_, triples), (subject, name, value)
    services = [t.subject for t in triples if t.object == ox.NamedNode(SD + "Service")]
    assert services == [service for service, _ in pairs(triples, "endpoint")]
    # "MUST include the sd:name property and MAY include the sd:graph property"
    named = {graph for _, graph in pairs(triples, "namedGraph")}
    names = [graph for graph, _ in pairs(triples, "name")]
    assert sorted(map(str, names)) == sorted(map(str, named))
    for once in ("graph", "defaultGraph", "defaultDataset"):
        subjects = [subject for subject, _ in pairs(triples, once)]
        assert len(subjects) == len(set(subjects)), once
