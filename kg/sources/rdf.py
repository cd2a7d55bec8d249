"""Turtle and TriG files -> quads.

Beyond the syntax, a source file holds no blank node (nothing could point at its
evidence) and only literals in canonical form (RDF stores rewrite the others, so that the
dumps and the store would disagree).
"""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple
from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from kg.errors import SourceError, SourceErrors
from kg.sources.lines import LineIndex

LANGUAGE_TAGS = (None, "en", "zh")
"""The language tags of our texts; None stands for texts without one."""

READERS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a source file, or raise SourceError for one that cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(path, None, "no such file", "restore it or create it") from None
    except OSError as error:
        raise SourceError(
            path, None, f"cannot be read: {error.strerror}", "make it a readable file"
        ) from None


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 source file exactly, line ends included."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "not UTF-8", "save the file as UTF-8") from None


def syntax_of(path: Path) -> tuple[bytes, tuple[Quad, ...]]:
    """Return the bytes and the quads of a Turtle or TriG file, whatever they say.

    The quads are in the order of the file, without repeats. Raises SourceError for a file
    that is no RDF.
    """
    data = read_bytes(path)
    try:
        return data, tuple(dict.fromkeys(pyoxigraph.parse(data, READERS[path.suffix])))
    except SyntaxError as error:
        message = str(error.msg)
        what = message.split(": ", 1)[-1] if message.startswith("Parser error") else message
        raise SourceError(
            path, error.lineno, f"no valid {path.suffix[1:]}: {what}", "mend the syntax"
        ) from None
    except ValueError as error:
        raise SourceError(path, None, f"not readable as RDF: {error}", "mend the file") from None


def read_rdf(path: Path, graph: NamedNode | None = None) -> tuple[Quad, ...]:
    """Return the quads of a Turtle or TriG file, in the order of the file, without repeats.

    ``graph`` names the graph of a Turtle file's statements; a TriG file names its own, and
    a statement outside of them is an error. Raises SourceError for a file that is no RDF,
    SourceErrors for statements that a source must not make.
    """
    data, quads = syntax_of(path)
    if graph is not None:
        quads = tuple(Quad(q.subject, q.predicate, q.object, graph) for q in quads)
    problems = tuple(_problems(path, data, quads))
    if problems:
        raise SourceErrors(problems)
    return quads


def _problems(path: Path, data: bytes, quads: tuple[Quad, ...]) -> Iterator[SourceError]:
    lines = LineIndex(path, data)
    store = Store()
    store.extend(quads)
    # What it gives back: it would answer yes to the forms that it rewrites as well.
    kept = frozenset(store)
    for quad in quads:
        if not isinstance(quad.subject, NamedNode | BlankNode) or isinstance(quad.object, Triple):
            yield SourceError(
                path,
                lines.find_about(str(quad.subject)),
                f"a triple term stands beside {quad.predicate}",
                "say it in RDF 1.1, without << >>",
            )
            continue
        blank = any(isinstance(term, BlankNode) for term in (quad.subject, quad.object))
        if blank:
            yield SourceError(
                path,
                lines.find(quad),
                f"a blank node stands beside {quad.predicate}",
                "give the thing an IRI, e.g. one that begins with its owner's and ends in #part",
            )
        elif isinstance(quad.graph_name, DefaultGraph):
            yield SourceError(
                path,
                lines.find(quad),
                f"the statement {quad.predicate} of {quad.subject} lies outside of every graph",
                "move it into the graph of the claim or the record that it comes from",
            )
        elif isinstance(quad.object, Literal) and quad.object.language not in LANGUAGE_TAGS:
            yield SourceError(
                path,
                lines.find(quad),
                f"the language tag @{quad.object.language} of {quad.predicate} is not used here",
                "tag the text @en or @zh",
            )
        elif isinstance(quad.object, Literal) and not (
            quad in kept and _is_canonical_for_rdflib(quad.object)
        ):
            yield SourceError(
                path,
                lines.find(quad),
                f"the value {quad.object.value!r} of {quad.predicate} is not in canonical form",
                "write it the short way, e.g. 86 and not 086, 0.5 and not 0.50",
            )


def _is_canonical_for_rdflib(literal: Literal) -> bool:
    if literal.language is not None:
        return True
    read = RdflibLiteral(literal.value, datatype=URIRef(literal.datatype.value))
    return str(read) == literal.value and not read.ill_typed
