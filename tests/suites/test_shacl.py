"""The W3C's tests of SHACL, Core and SHACL-SPARQL: what the suite demands of the reports of kg check.

A report is compared as the suite says: as a graph, with the properties below and no others, in
which the names of blank nodes do not count. Messages count where the expected report has one.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, needed_suite
from pyoxigraph import Quad, RdfFormat, parse
from rdflib import RDF, SH, BNode, Graph, Literal, Namespace, Node
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from kg.check.shacl import validate
from kg.check.shapes import read_shapes
from kg.errors import CheckError, SourceErrors

TESTS = needed_suite("w3c", "shacl") / "tests"
PUBLISHED = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
KNOWN_FAILURES: dict[str, str] = {
    row["test"]: row["cause"]
    for row in tomllib.loads(
        (ROOT / "tests" / "cases" / "w3c" / "known-failures-shacl.toml").read_text("utf-8")
    )["failure"]
}
FAILURES = (AssertionError, CheckError, SourceErrors)
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

TESTS_OF = {
    "core/complex": 2,
    "core/misc": 5,
    "core/node": 32,
    "core/path": 13,
    "core/property": 38,
    "core/targets": 7,
    "core/validation-reports": 1,
    "sparql/component": 3,
    "sparql/node": 4,
    "sparql/pre-binding": 14,
    "sparql/property": 1,
}
FEWEST_PASSING = TESTS_OF | {"core/property": 37, "sparql/pre-binding": 13}
COMPARED = {
    RDF.type,
    SH.conforms,
    SH.result,
    SH.focusNode,
    SH.resultPath,
    SH.value,
    SH.sourceConstraintComponent,
    SH.sourceConstraint,
    SH.sourceShape,
    SH.resultSeverity,
}
SIGNS = {
    SH.inversePath: ("^", ""),
    SH.zeroOrMorePath: ("", "*"),
    SH.oneOrMorePath: ("", "+"),
    SH.zeroOrOnePath: ("", "?"),
}


@dataclass(frozen=True)
class Case:
    """A test: the files of its data and its shapes, and the report; none where it must fail."""

    id: str
    data: Path
    shapes: Path
    report: Graph | None

    @property
    def manifest(self) -> str:
        """The folder of the test, which has a manifest of its own."""
        return self.id.rpartition("/")[0]


def path_of(iri: Node | None) -> Path:
    """Return where the file that was published under ``iri`` lies."""
    return TESTS / str(iri).removeprefix(PUBLISHED)


def address_of(path: Path) -> str:
    """Return the IRI that a file was published under."""
    return PUBLISHED + path.relative_to(TESTS).as_posix()


def graph_of(path: Path) -> Graph:
    """Return a file of the suite as a graph."""
    return Graph().parse(path, publicID=address_of(path))


def cases_of(manifest: Path) -> Iterator[Case]:
    """Yield the tests of a manifest and of all that it includes, in their order."""
    graph = graph_of(manifest)
    for included in sorted(graph.objects(None, MF.include), key=str):
        yield from cases_of(path_of(included))
    for head in graph.objects(None, MF.entries):
        for entry in Collection(graph, head):
            action, result = graph.value(entry, MF.action), graph.value(entry, MF.result)
            yield Case(
                id=str(entry).removeprefix(PUBLISHED),
                data=path_of(graph.value(action, SHT.dataGraph)),
                shapes=path_of(graph.value(action, SHT.shapesGraph)),
                report=report_below(graph, result) if isinstance(result, BNode) else None,
            )


def path_text(graph: Graph, path: Node) -> str:
    """Return a path as SPARQL would write it.

    SHACL asks for an equal path, not for a copy: results may share the node of one.
    """
    if not isinstance(path, BNode):
        return path.n3()
    for kind, (before, after) in SIGNS.items():
        inner = graph.value(path, kind)
        if inner is not None:
            return f"{before}({path_text(graph, inner)}){after}"
    either = graph.value(path, SH.alternativePath)
    steps = Collection(graph, path if either is None else either)
    return ("/" if either is None else "|").join(f"({path_text(graph, step)})" for step in steps)


def report_below(graph: Graph, node: Node, *, messages: bool = True) -> Graph:
    """Return what a report says, from the node that stands for it."""
    report = Graph()
    counted = COMPARED | ({SH.resultMessage} if messages else set())
    for subject in (node, *graph.objects(node, SH.result)):
        for _, predicate, value in graph.triples((subject, None, None)):
            if predicate == SH.resultPath:
                report.add((subject, predicate, Literal(path_text(graph, value))))
            elif predicate in counted:
                report.add((subject, predicate, value))
    return report


def shapes_of(path: Path) -> Graph:
    """Return the shapes of a file as the product reads those of an instance."""
    base = f"@base <{address_of(path)}> .\n"
    return read_shapes([path], lambda path: base.encode() + path.read_bytes())


def quads_of(path: Path) -> list[Quad]:
    """Return the statements of a file as a release would hold them."""
    return list(parse(path=path, format=RdfFormat.TURTLE, base_iri=address_of(path)))


CASES = tuple(cases_of(TESTS / "manifest.ttl"))


def asked(*, failing: bool) -> list[Any]:
    """Return the tests that must fail, or the others; known failures are expected to fail."""
    return [
        pytest.param(
            case,
            id=case.id,
            marks=[
                pytest.mark.xfail(reason=KNOWN_FAILURES[i], raises=FAILURES, strict=True)
                for i in {case.id} & KNOWN_FAILURES.keys()
            ],
        )
        for case in CASES
        if (case.report is None) is failing
    ]


@pytest.mark.parametrize("case", asked(failing=False))
def test_the_report_is_what_the_suite_expects(case: Case) -> None:
    assert case.report is not None
    messages = (None, SH.resultMessage, None) in case.report
    made = validate(quads_of(case.data), shapes_of(case.shapes))
    (node,) = made.subjects(RDF.type, SH.ValidationReport)
    report = report_below(made, node, messages=messages)
    assert isomorphic(report, case.report), (
        f"expected:\n{case.report.serialize()}\nfound:\n{report.serialize()}"
    )


@pytest.mark.parametrize("case", asked(failing=True))
def test_shapes_that_cannot_be_used_are_refused(case: Case) -> None:
    with pytest.raises((CheckError, SourceErrors), match=r"no valid S(HACL|PARQL)"):
        validate(quads_of(case.data), shapes_of(case.shapes))


def test_as_many_pass_as_ever() -> None:
    assert len(CASES) == len({case.id for case in CASES}) == sum(TESTS_OF.values())
    assert Counter(case.manifest for case in CASES) == TESTS_OF
    assert len(asked(failing=True)) == 7
    assert KNOWN_FAILURES.keys() <= {case.id for case in CASES}
    passing = Counter(case.manifest for case in CASES if case.id not in KNOWN_FAILURES)
    assert all(passing[manifest] >= fewest for manifest, fewest in FEWEST_PASSING.items()), passing
