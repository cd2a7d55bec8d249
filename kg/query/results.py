"""Answers in the formats that people ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
)
from rich.console import Console
from rich.table import Table as RichTable

from kg.config import Limits
from kg.errors import QueryError
from kg.formats import BY_EXTENSION, Format, Syntax
from kg.guard import refuse_forbidden
from kg.query.describe_query import describe_all, read_describe
from kg.query.engine import Engine, QueryDataset, Term
from kg.release.write import serialize_in_order, write_compact_jsonld, write_quads
from kg.vocab import prefixes


@dataclass(frozen=True)
class ResultsFormat(Syntax):
    """A format of SELECT and ASK answers."""

    engine: QueryResultsFormat


RESULTS_FORMATS = (
    ResultsFormat(
        "JSON",
        "json",
        ("application/sparql-results+json", "application/json"),
        QueryResultsFormat.JSON,
    ),
    ResultsFormat(
        "XML",
        "xml",
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        QueryResultsFormat.XML,
    ),
    ResultsFormat("CSV", "csv", ("text/csv",), QueryResultsFormat.CSV),
    ResultsFormat("TSV", "tsv", ("text/tab-separated-values",), QueryResultsFormat.TSV),
)
RESULTS_BY_EXTENSION = {format_.extension: format_ for format_ in RESULTS_FORMATS}
TABLE_FORMATS = ("table", *RESULTS_BY_EXTENSION, "ttl")


def write_results(answer: QuerySolutions | QueryBoolean, format_: ResultsFormat) -> bytes:
    """Return the answer to a SELECT or ASK query in a format.

    A boolean has no CSV or TSV form in the specifications; it is one cell, true or false.
    """
    if isinstance(answer, QueryBoolean) and format_.extension in {"csv", "tsv"}:
        return b"true\r\n" if answer else b"false\r\n"
    data = answer.serialize(format=format_.engine)
    if data is None:
        raise TypeError("the serializer wrote elsewhere")
    return data


def answer_query(
    engine: Engine, text: str, limits: Limits, dataset: QueryDataset | None = None
) -> QuerySolutions | QueryBoolean | tuple[Quad, ...]:
    """Return the answer to any query: solutions, a boolean, or the quads of a graph.

    DESCRIBE answers with what ``describe`` says of each thing, in its graphs; CONSTRUCT
    with triples in the default graph. Raises what ``Engine.query`` raises.
    """
    describe = read_describe(text)
    if describe is not None:
        refuse_forbidden(text)
        return describe_all(engine, describe, dataset, limits.describe_incoming)
    answer = engine.query(text, dataset)
    if isinstance(answer, QueryTriples):
        return tuple(Quad(t.subject, t.predicate, t.object) for t in answer)
    return answer


def write_graph(
    quads: tuple[Quad, ...],
    format_: Format,
    base: str,
    context: Mapping[str, Any],
    first: str | None = None,
) -> bytes:
    """Return the quads of an answer in an RDF format; JSON-LD is compact.

    ``first`` is the IRI of the node that JSON-LD begins with.

    A CONSTRUCT answer has no named graphs: in formats with graphs it is the default graph.
    """
    if format_.extension == "jsonld":
        return write_compact_jsonld(quads, context, first=first)
    if format_.has_graphs and not any(isinstance(q.graph_name, NamedNode) for q in quads):
        items = sorted(set(quads), key=str)
        return serialize_in_order(items, format_.engine, prefixes(base))
    return write_quads(quads, format_, prefixes(base))


def decode_query(data: bytes) -> str:
    """Return the text of a query; raise QueryError for bytes that are no UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise QueryError(f"the query is not UTF-8 (line {line}); save it as UTF-8") from None


def render(engine: Engine, text: str, format_name: str, limits: Limits) -> bytes:
    """Return the answer to ``text`` for a person at a terminal or for a file.

    ``format_name`` is one of TABLE_FORMATS. Raises QueryError where the format does not fit
    the form of the query.
    """
    answer = answer_query(engine, text, limits)
    if isinstance(answer, QuerySolutions | QueryBoolean):
        if format_name in RESULTS_BY_EXTENSION:
            return write_results(answer, RESULTS_BY_EXTENSION[format_name])
        if format_name == "table":
            return _table(answer, prefixes(engine.base))
        raise QueryError("SELECT and ASK have no Turtle form; choose table, json, csv, tsv or xml")
    if format_name not in {"ttl", "table"}:
        raise QueryError(f"CONSTRUCT and DESCRIBE have no {format_name} form; choose ttl")
    return write_quads(answer, BY_EXTENSION["ttl"], prefixes(engine.base))


def _table(answer: QuerySolutions | QueryBoolean, names: Mapping[str, str]) -> bytes:
    if isinstance(answer, QueryBoolean):
        return b"true\n" if answer else b"false\n"
    table = RichTable()
    for variable in answer.variables:
        table.add_column(variable.value)
    count = 0
    for solution in answer:
        table.add_row(*(_short(term, names) for term in solution))
        count += 1
    output = StringIO()
    console = Console(file=output, width=160, markup=False, highlight=False)
    console.print(table)
    console.print(f"{count} row{'' if count == 1 else 's'}")
    return output.getvalue().encode()


def _short(term: Term | None, names: Mapping[str, str]) -> str:
    if isinstance(term, NamedNode):
        for prefix, namespace in names.items():
            if term.value.startswith(namespace):
                return f"{prefix}:{term.value[len(namespace) :]}"
        return term.value
    return term.value if isinstance(term, Literal) else "" if term is None else str(term)
