"""Does the dataset fit the shapes? The W3C Shapes Constraint Language, by pySHACL."""

import logging
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, NamedNode, Quad
from pyoxigraph import Literal as OxigraphLiteral
from pyshacl.errors import ReportableRuntimeError
from rdflib import SH, BNode, Dataset, Graph, Literal, Node, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.check.finding import Finding, Severity, short
from kg.check.locate import Locator
from kg.errors import CheckError
from kg.vocab import XSD

SEVERITIES: dict[Node, Severity] = {
    SH.Info: Severity.INFO,
    SH.Warning: Severity.WARNING,
    SH.Violation: Severity.VIOLATION,
}

HAN = re.compile(r"[\u4e00-\u9fff]")

# It prints what it raises; we say it in a sentence.
logging.getLogger("pyshacl-validate").disabled = True


@cache
def _prepared(text: str) -> Query:
    return prepareQuery(text)


class PreparedDataset(Dataset):
    """A dataset that parses each query text once.

    pySHACL asks the same text for every focus node, and rdflib takes ten times longer to
    parse a query than to answer it.
    """

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:  # noqa: ANN401 - rdflib's arguments, passed on
        """Return the answer to a query; see ``rdflib.Graph.query``."""
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **options)


def rdflib_dataset(quads: Iterable[Quad]) -> PreparedDataset:
    """Return the quads as an rdflib dataset whose default graph is the union of all."""
    dataset = PreparedDataset(default_union=True)
    graphs: dict[str, Graph] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        if name not in graphs:
            graphs[name] = dataset.graph(URIRef(name)) if name else dataset.default_graph
        graphs[name].add(
            (_rdflib_term(quad.subject), _rdflib_term(quad.predicate), _rdflib_term(quad.object))
        )
    return dataset


def _rdflib_term(term: object) -> Node:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, OxigraphLiteral):
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        plain = term.datatype.value == f"{XSD}string"
        return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))
    if isinstance(term, BlankNode):
        return BNode(term.value)
    raise TypeError(f"no term of RDF 1.1: {term}")


def validate(quads: Iterable[Quad], shapes: Graph) -> Graph:
    """Return the SHACL validation report on the union of the quads' graphs.

    Raises CheckError where the shapes are well-formed RDF, but not SHACL.
    """
    try:
        # pySHACL writes into the dataset that it is given, so it gets one of its own.
        _, report, _ = pyshacl.validate(
            rdflib_dataset(quads),
            shacl_graph=shapes,
            inplace=True,
            advanced=False,
            inference="none",
        )
    except (ReportableRuntimeError, NotImplementedError) as error:
        report = error
    if not isinstance(report, Graph):
        reason = " ".join(str(report).split()).removesuffix(".")
        raise CheckError(f"shapes: no valid SHACL: {reason}; mend the shape")
    return report


def findings(report: Graph, locator: Locator) -> Iterator[Finding]:
    """Yield each result of a validation report, with the file and line that it is about."""
    for result in report.subjects(None, SH.ValidationResult):
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        shape = report.value(result, SH.sourceShape)
        file, line = locator.find(str(focus), _text(path), _text(value))
        messages = {
            _language(message): str(message)
            for message in sorted(report.objects(result, SH.resultMessage), key=str)
            if isinstance(message, Literal)
        }
        yield Finding(
            severity=SEVERITIES[URIRef(str(report.value(result, SH.resultSeverity)))],
            path=file,
            line=line,
            what=_sentence(focus, path, value),
            fix=messages.get("en", ""),
            constraint=str(shape),
            subject=str(focus),
            fix_zh=messages.get("zh", ""),
        )


def _language(message: Literal) -> str:
    """Return ``en`` or ``zh``: pySHACL drops the language where it fills in values."""
    return message.language or ("zh" if HAN.search(message) else "en")


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
