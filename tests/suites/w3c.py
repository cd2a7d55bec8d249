"""The W3C's tests of SPARQL 1.1: manifests, releases of their data, answers to compare.

The suite is read where SUITES names it. It stands for the place where it was
published, so every file has an IRI of that place: graphs are named by it, and the base of a
release is the folder of its queries.
"""

import csv
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from conftest import ROOT, needed_suite
from graphs import canonical
from rdflib import RDF, Graph, Namespace, Node, URIRef
from rdflib.collection import Collection

from kg.config import Config
from kg.query.engine import Term
from kg.release.build import write_release
from kg.vocab import XSD

SUITE = needed_suite("w3c", "sparql11")
PUBLISHED = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
CONTEXT = "ontology/context.jsonld"
_LISTS: dict[str, Any] = tomllib.loads(
    (ROOT / "tests" / "cases" / "w3c" / "known-failures.toml").read_text(encoding="utf-8")
)
KNOWN_FAILURES: dict[str, str] = {row["test"]: row["cause"] for row in _LISTS["failure"]}
BY_VALUE: frozenset[str] = frozenset(_LISTS["by-value"]["tests"])

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

RDF_SYNTAXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
}
TABLE_SYNTAXES = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
MEDIA_TYPES = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
    ".ttl": "text/turtle",
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """A test of a manifest.

    Everything that is a file is its IRI: ``data`` makes the default graph, ``graphs`` are the
    named ones, ``result`` is empty where the manifest gives none.
    """

    folder: str
    name: str
    kind: str
    query: str
    data: tuple[str, ...]
    graphs: tuple[str, ...]
    result: str

    @property
    def id(self) -> str:
        """Folder and name, as the list of known failures has it."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class Answer:
    """What an answer says: two are equal where the specifications see no difference.

    ``head`` are the variables of a table; ``body`` are sorted lines in which the names of
    blank nodes do not count.
    """

    form: str
    head: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What counts in an answer: the order of its rows and columns, the spelling of numbers."""

    rows_in_order: bool = False
    columns_in_order: bool = False
    by_value: bool = False


def path_of(iri: str) -> Path:
    """Return where the file that was published under ``iri`` lies."""
    return SUITE / iri.removeprefix(PUBLISHED)


def read_manifest(place: str) -> Graph:
    """Return the manifest at ``place``, a path in the suite."""
    return Graph().parse(SUITE / place, publicID=PUBLISHED + place, format="turtle")


def members(graph: Graph, property_: URIRef) -> list[Node]:
    """Return the members of the list that a manifest gives for ``property_``."""
    return [node for head in graph.objects(None, property_) for node in Collection(graph, head)]


def local_name(node: Node | None) -> str:
    """Return what follows the ``#`` of an IRI."""
    return str(node).rpartition("#")[2]


@cache
def included_cases(place: str) -> tuple[Case, ...]:
    """Return the tests of all manifests that the one at ``place`` includes."""
    manifests = members(read_manifest(place), MF.include)
    return tuple(c for iri in manifests for c in _cases(str(iri).removeprefix(PUBLISHED)))


def _cases(place: str) -> Iterator[Case]:
    graph = read_manifest(place)
    for entry in members(graph, MF.entries):
        action = graph.value(entry, MF.action)
        yield Case(
            folder=place.partition("/")[0],
            name=local_name(entry),
            kind=local_name(graph.value(entry, RDF.type)),
            query=str(graph.value(action, QT.query, default=action)),
            data=tuple(sorted(map(str, graph.objects(action, QT.data)))),
            graphs=tuple(sorted(map(str, graph.objects(action, QT.graphData)))),
            result=str(graph.value(entry, MF.result) or ""),
        )


def write_unchecked(files: Mapping[str, Path], folder: Path, config: Config) -> None:
    """Write a release of ``files`` into ``folder``, each in the graph that it is named for."""
    context = folder / "sources" / CONTEXT
    context.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / CONTEXT, context)
    quads = [quad for iri, path in files.items() for quad in _quads(iri, path)]
    write_release(quads, folder, identifier="0" * 12, config=config, sources={})


def config_of(folder: str, config: Config) -> Config:
    """Return the configuration whose base is the published place of a folder of the suite."""
    return replace(config, base=f"{PUBLISHED}{folder}/")


def _quads(iri: str, path: Path) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(iri)
    format_ = RDF_SYNTAXES[path.suffix]
    base = PUBLISHED + path.relative_to(SUITE).as_posix()
    for q in ox.parse(path=path, format=format_, base_iri=base, rename_blank_nodes=True):
        yield ox.Quad(q.subject, q.predicate, q.object, graph)


def read_answer(data: bytes, syntax: str, reading: Reading, base: str) -> Answer:
    """Return what ``data`` says; ``syntax`` is the ending of a file's name."""
    if syntax == ".csv":
        head, *lines = csv.reader(StringIO(data.decode(), newline=""))
        return _table(head, [dict(_cells(head, line, reading)) for line in lines], reading)
    if syntax in RDF_SYNTAXES:
        return _graph(list(ox.parse(data, RDF_SYNTAXES[syntax], base_iri=base)), reading)
    found = ox.parse_query_results(data, TABLE_SYNTAXES[syntax])
    if isinstance(found, ox.QueryBoolean):
        return Answer("boolean", (), (str(bool(found)),))
    head = [variable.value for variable in found.variables]
    rows = [{name: row[name] for name in head} for row in found]
    return _table(head, rows, reading)


def _cells(head: list[str], line: list[str], reading: Reading) -> Iterator[tuple[str, Term]]:
    """Yield the terms of a CSV line, which tells blank nodes but no types."""
    for name, text in zip(head, line, strict=True):
        if text.startswith("_:"):
            yield name, ox.BlankNode(text.removeprefix("_:"))
        elif reading.by_value and _NUMBER.fullmatch(text):
            yield name, ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))
        else:
            yield name, ox.Literal(text)


def _graph(quads: list[ox.Quad], reading: Reading) -> Answer:
    """Return a graph, or the table that it describes in the vocabulary of result sets."""

    def objects(subject: object, name: str) -> list[Any]:
        return [q.object for q in quads if q.subject == subject and q.predicate.value == RS + name]

    tables = [q.subject for q in quads if q.object == ox.NamedNode(RS + "ResultSet")]
    if not tables:
        return Answer("graph", (), tuple(sorted(canonical(quads))))
    rows = [
        {objects(b, "variable")[0].value: objects(b, "value")[0] for b in objects(row, "binding")}
        for row in objects(tables[0], "solution")
    ]
    return _table([name.value for name in objects(tables[0], "resultVariable")], rows, reading)


def _table(head: list[str], rows: Iterable[Mapping[str, Term | None]], reading: Reading) -> Answer:
    """Return a table as a canonical graph of its rows: blank nodes hold across them."""
    bound = [
        frozenset(
            (name, _value(term) if reading.by_value else term)
            for name, term in row.items()
            if term is not None
        )
        for row in rows
    ]
    # A row has its number where the order counts, else the number of times that it occurs.
    numbered = (
        [(row, number) for number, row in enumerate(bound)]
        if reading.rows_in_order
        else list(Counter(bound).items())
    )
    quads = []
    for row, number in numbered:
        node = ox.BlankNode()
        quads.append(ox.Quad(node, ox.NamedNode("urn:row"), ox.Literal(number)))
        quads += [ox.Quad(node, ox.NamedNode(f"urn:variable:{name}"), term) for name, term in row]
    columns = head if reading.columns_in_order else sorted(head)
    return Answer("table", tuple(columns), tuple(sorted(canonical(quads))))


def _value(term: Term) -> Term:
    """Return the literal of the same value and type that stands for all its spellings."""
    if not isinstance(term, ox.Literal):
        return term
    match term.datatype.value.removeprefix(XSD):
        case "integer" | "decimal":
            text = f"{Decimal(term.value).normalize():f}"
        case "double" | "float":
            text = repr(float(term.value))
        case "boolean":
            text = {"1": "true", "0": "false"}.get(term.value, term.value)
        case _:
            return term
    return ox.Literal(text, datatype=term.datatype)
