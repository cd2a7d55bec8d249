"""Turtle and TriG files -> quads.

Beyond the syntax, a source file holds no blank node (nothing could point at its
evidence) and only literals in canonical form (RDF stores rewrite the others, so that the
dumps and the store would disagree).
"""

import logging
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple
from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from kg.errors import SourceError, SourceErrors
from kg.sources.lines import LineIndex

LANGUAGE_TAGS = (None, "en", "zh")
"""The language tags of our texts; None stands for texts without one."""

# rdflib logs a traceback for each literal that it cannot read; we say it in a sentence.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

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


Reader = Callable[[Path], bytes]
"""What gives the bytes of a source file."""


def read_text(path: Path, read: Reader = read_bytes) -> str:
    """Return the text of a UTF-8 source file exactly, line ends included."""
    data = read(path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "not UTF-8", "save the file as UTF-8") from None


def syntax_of(path: Path, read: Reader = read_bytes) -> tuple[bytes, tuple[Quad, ...]]:
    """Return the bytes and the quads of a Turtle or TriG file, whatever they say.

    The quads are in the order of the file, without repeats. Raises SourceError for a file
    that is no RDF.
    """
    data = read_text(path, read).encode()
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


def read_rdf(
    path: Path, graph: NamedNode | None = None, read: Reader = read_bytes
) -> tuple[Quad, ...]:
    """Return the quads of a Turtle or TriG file, in the order of the file, without repeats.

    ``graph`` names the graph of a Turtle file's statements; a TriG file names its own, and
    a statement outside of them is an error. Raises SourceError for a file that is no RDF,
    SourceErrors for statements that a source must not make.
    """
    data, quads = syntax_of(path, read)
    if graph is not None:
        quads = tuple(Quad(q.subject, q.predicate, q.object, graph) for q in quads)
    problems = tuple(_problems(path, data, quads))
    if problems:
        raise SourceErrors(problems)
    return quads


def _problems(path: Path, data: bytes, quads: tuple[Quad, ...]) -> Iterator[SourceError]:
    lines = LineIndex(path, data)
    for quad in quads:
        problem = _problem(quad)
        if problem is not None:
            yield SourceError(path, lines.find(quad), *problem)


def _problem(quad: Quad) -> tuple[str, str] | None:
    """Say what a source must not state in this way, and what to do."""
    if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
        return f"a triple term stands beside {quad.predicate}", "say it in RDF 1.1, without <<"
    if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
        fix = "give the thing an IRI, e.g. one that begins with its owner's and ends in #part"
        return f"a blank node stands beside {quad.predicate}", fix
    if isinstance(quad.graph_name, DefaultGraph):
        what = f"the statement {quad.predicate} of {quad.subject} lies outside of every graph"
        return what, "move it into the graph of the claim or the record that it comes from"
    if isinstance(quad.object, Literal):
        return _literal_problem(quad.object, quad.predicate)
    return None


def _literal_problem(literal: Literal, predicate: NamedNode) -> tuple[str, str] | None:
    if literal.direction is not None:
        return f"the text of {predicate} has a base direction", "leave it out, it is RDF 1.2"
    if literal.language not in LANGUAGE_TAGS:
        what = f"the language tag @{literal.language} of {predicate} is not used here"
        return what, "tag the text @en or @zh"
    if literal.language is not None:
        return None
    read = RdflibLiteral(literal.value, datatype=URIRef(literal.datatype.value))
    if read.ill_typed:
        return f"the value {literal} of {predicate} does not fit its type", "correct either"
    kept = _kept(literal)
    if kept == literal and str(read) != literal.value:
        kept = Literal(str(read), datatype=literal.datatype)
    if kept != literal:
        return f"the value {literal} of {predicate} is not in canonical form", f"write {kept}"
    return None


@cache
def _kept(literal: Literal) -> Literal:
    """Return the form in which Oxigraph gives a literal back."""
    store = Store()
    thing = NamedNode("x:")
    store.add(Quad(thing, thing, literal))
    kept = next(iter(store)).object
    return kept if isinstance(kept, Literal) else literal
