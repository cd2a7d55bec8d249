"""SHACL: does the dataset fit the shapes? (W3C Shapes Constraint Language, by pySHACL)"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyshacl
from pyoxigraph import Quad, RdfFormat, serialize
from rdflib import SH, Dataset, Graph, Literal, Node

from kg.check.finding import Finding, Severity, short
from kg.check.locate import Locator
from kg.errors import SourceError
from kg.sources.rdf import read_rdf
from kg.vocab import Iris

SEVERITIES = {
    SH.Info: Severity.INFO,
    SH.Warning: Severity.WARNING,
    SH.Violation: Severity.VIOLATION,
}


def read_shapes(paths: Iterable[Path], iris: Iris) -> Graph:
    """Return the shapes of all files as one graph; raise SourceError for a syntax error."""
    shapes = Graph()
    for path in paths:
        try:
            shapes.parse(path, format="turtle")
        except Exception:
            # Oxigraph's parser tells the line and the reason better.
            read_rdf(path, iris.graph("shapes"))
            raise SourceError(path, None, "not readable as Turtle", "mend the syntax") from None
    return shapes


def rdflib_dataset(quads: Iterable[Quad]) -> Dataset:
    """Return the quads as an rdflib dataset whose default graph is the union of all."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=serialize(quads, format=RdfFormat.N_QUADS), format="nquads")
    return dataset


def validate(quads: Iterable[Quad], shapes: Graph) -> Graph:
    """Return the SHACL validation report on the union of the quads' graphs."""
    # pySHACL writes into the dataset that it is given, so it gets one of its own.
    _, report, _ = pyshacl.validate(
        rdflib_dataset(quads), shacl_graph=shapes, inplace=True, advanced=False, inference="none"
    )
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report!r}")
    return report


def findings(report: Graph, locator: Locator) -> Iterator[Finding]:
    """Yield each result of a validation report, with the file and line that it is about."""
    for result in report.subjects(None, SH.ValidationResult):
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        shape = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        file, line = locator.find(str(focus), _text(path), _text(value))
        messages = {
            message.language or "en": str(message)
            for message in report.objects(result, SH.resultMessage)
            if isinstance(message, Literal)
        }
        severity = report.value(result, SH.resultSeverity)
        yield Finding(
            severity=SEVERITIES.get(severity, Severity.VIOLATION),  # type: ignore[call-overload]
            path=file,
            line=line,
            what=_sentence(focus, path, value),
            fix=messages.get("en", ""),
            constraint=str(shape),
            subject=str(focus),
            fix_zh=messages.get("zh", ""),
        )


def _text(node: Node | None) -> str | None:
    return None if node is None else str(node)


def _sentence(focus: Node | None, path: Node | None, value: Node | None) -> str:
    words = [f"<{focus}>"]
    if path is not None:
        words.append(f"has for <{path}>")
        words.append("no fitting value" if value is None else f"the value {short(str(value))}")
    else:
        words.append("does not fit its shape")
        if value is not None and value != focus:
            words.append(f"(value {short(str(value))})")
    return " ".join(words)


def count_shapes(shapes: Graph) -> int:
    """Return the number of node shapes and property shapes."""
    return len(
        {*shapes.subjects(None, SH.NodeShape)}
        | {*shapes.subjects(None, SH.PropertyShape)}
        | {*shapes.objects(None, SH.property)}
    )
