"""Answers in the formats that people ask for."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples
from rich.console import Console
from rich.table import Table as RichTable

from kg.config import Limits
from kg.errors import QueryError
from kg.formats import BY_EXTENSION, Format, Syntax
from kg.plain import plain
from kg.query.describe_query import describe_all, read_describe
from kg.query.engine import Engine, QueryDataset, Term
from kg.query.solutions import (
    CsvWriter,
    JsonWriter,
    TsvWriter,
    Writer,
    Written,
    XmlWriter,
    write_boolean,
    write_solutions,
)
from kg.query.writable import refuse_unwritable
from kg.release.folder import Release
from kg.release.write import (
    serialize_in_order,
    write_compact_jsonld,
    write_jsonld_tree,
    write_quads,
)
from kg.vocab import prefixes

UNLIMITED = sys.maxsize


@dataclass(frozen=True)
class ResultsFormat(Syntax):
    """A format of SELECT and ASK answers."""

    writer: Writer


RESULTS_FORMATS = (
    ResultsFormat(
        "JSON", "json", ("application/sparql-results+json", "application/json"), JsonWriter()
    ),
    ResultsFormat(
        "XML",
        "xml",
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        XmlWriter(),
    ),
    ResultsFormat("CSV", "csv", ("text/csv",), CsvWriter()),
    ResultsFormat("TSV", "tsv", ("text/tab-separated-values",), TsvWriter()),
)
RESULTS_BY_EXTENSION = {format_.extension: format_ for format_ in RESULTS_FORMATS}
TABLE_FORMATS = ("table", *RESULTS_BY_EXTENSION, "ttl")


def write_results(
    answer: QuerySolutions | QueryBoolean,
    format_: ResultsFormat,
    *,
    most_rows: int = UNLIMITED,
    most_bytes: int = UNLIMITED,
    cut_link: str = "",
) -> Written:
    """Return the answer to a SELECT or ASK query in a format; see ``write_solutions``."""
    if isinstance(answer, QueryBoolean):
        return write_boolean(format_.writer, answer)
    return write_solutions(
        format_.writer,
        [variable.value for variable in answer.variables],
        answer,
        most_rows=most_rows,
        most_bytes=most_bytes,
        cut_link=cut_link,
    )


def answer_query(
    engine: Engine, text: str, describe_incoming: int, dataset: QueryDataset | None = None
) -> QuerySolutions | QueryBoolean | Iterable[Quad]:
    """Return the answer to any query: solutions, a boolean, or the quads of a graph.

    DESCRIBE answers with what ``describe`` says of each thing, in its graphs; CONSTRUCT
    with triples in the default graph. Raises what ``Engine.query`` raises; solutions and
    quads may raise RuntimeError while they are read.
    """
    describe = read_describe(text)
    if describe is not None:
        # All of the query is read here, also what the rewritten ones leave out.
        engine.query(text, dataset)
        return describe_all(engine, describe, dataset, describe_incoming)
    answer = engine.query(text, dataset)
    if isinstance(answer, QueryTriples):
        return (Quad(t.subject, t.predicate, t.object) for t in answer)
    return answer


def write_limited_graph(
    quads: Iterable[Quad],
    format_: Format,
    release: Release,
    *,
    most_triples: int,
    most_bytes: int,
) -> Written:
    """Return the quads of an answer in an RDF format, up to a number of them and of bytes.

    Where quads are left out, a comment at the end says so in every format that has comments.
    """
    kept: dict[Quad, None] = {}
    cut = False
    for quad in quads:
        if len(kept) >= most_triples and quad not in kept:
            cut = True
            break
        kept[quad] = None
    given = tuple(kept)
    refuse_unwritable(given, format_)
    data = write_graph(given, format_, release.base, release.context)
    while len(data) > most_bytes and given:
        cut = True
        given = given[: len(given) * most_bytes // (len(data) + 1)]
        data = write_graph(given, format_, release.base, release.context)
    if not cut:
        return Written(data)
    note = f"Cut: only {len(given)} statements are given."
    comments = {"rdf": f"<!-- {note} -->\n", "jsonld": ""}
    return Written(data + comments.get(format_.extension, f"# {note}\n").encode(), len(given))


def write_graph(
    quads: tuple[Quad, ...],
    format_: Format,
    base: str,
    context: Mapping[str, Any],
    first: str | None = None,
) -> bytes:
    """Return the quads of an answer in an RDF format; JSON-LD is compact.

    ``first`` is the IRI of the node that the answer is about: JSON-LD is a tree that grows
    from it.

    A CONSTRUCT answer has no named graphs: in formats with graphs it is the default graph.
    """
    if format_.extension == "jsonld":
        if first is not None:
            return write_jsonld_tree(quads, context, first)
        return write_compact_jsonld(quads, context)
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
    answer = answer_query(engine, text, limits.describe_incoming)
    if isinstance(answer, QuerySolutions | QueryBoolean):
        if format_name in RESULTS_BY_EXTENSION:
            return write_results(answer, RESULTS_BY_EXTENSION[format_name]).data
        if format_name == "table":
            return _table(answer, prefixes(engine.base))
        raise QueryError("SELECT and ASK have no Turtle form; choose table, json, csv, tsv or xml")
    if format_name not in {"ttl", "table"}:
        raise QueryError(f"CONSTRUCT and DESCRIBE have no {format_name} form; choose ttl")
    return write_quads(tuple(answer), BY_EXTENSION["ttl"], prefixes(engine.base))


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
    return plain(term.value if isinstance(term, Literal) else "" if term is None else str(term))
