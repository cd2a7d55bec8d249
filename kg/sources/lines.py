"""In which line of a file a statement stands."""

from collections.abc import MutableSequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from rdflib import BNode as RdflibBlankNode
from rdflib import Dataset, Graph
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.plugins.parsers.trig import TrigSinkParser

Statement = tuple[str, ...]
"""Graph, subject, predicate and object, as text."""


class LineIndex:
    """Finds the line of statements and of subjects in one Turtle or TriG file.

    The file is read a second time, by a parser that counts lines, and only when a line is
    asked for: most readings of a file have nothing to report.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._data = data
        self._lines: dict[Statement, int] | None = None

    def find(self, quad: Quad) -> int | None:
        """Return the 1-based line in which the object of the statement begins, or None if it is not found."""
        graph, subject, predicate, value = (
            _text(t) for t in (quad.graph_name, quad.subject, quad.predicate, quad.object)
        )
        exact = self._index().get((graph, subject, predicate, value))
        # The graph of a Turtle file is not in it, and rdflib rewrites literals such as 01.
        return exact if exact is not None else self.find_about(subject, predicate, value)

    def find_about(
        self, subject: str, predicate: str | None = None, value: str | None = None
    ) -> int | None:
        """Return the first line about ``subject``, the most exact one that there is.

        ``value`` is an IRI or the lexical form of a literal.
        """
        about = sorted((line, p, o) for (_, s, p, o), line in self._index().items() if s == subject)
        for exact in (
            [line for line, p, o in about if predicate in {p, None} and o == value],
            [line for line, p, _ in about if p == predicate],
            [line for line, _, _ in about],
        ):
            if exact:
                return exact[0]
        return None

    def _index(self) -> dict[Statement, int]:
        if self._lines is None:
            self._lines = _statement_lines(self._path, self._data)
        return self._lines


def _text(term: object) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


class _NotingSink(RDFSink):
    """Notes the line of each statement's object instead of keeping the statement.

    The parser makes statements only at the end of a list of objects, so the places of the
    objects are queued where they are read.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.found: dict[Statement, int] = {}
        self.queue: list[tuple[object, int]] = []

    def makeStatement(self, quadruple, why=None) -> None:  # type: ignore[no-untyped-def]  # noqa: N802, ANN001, ARG002 - rdflib's name and signature
        """Note where the statement's object was read."""
        graph, predicate, subject, value = quadruple
        # From the end: subjects are queued as well, and never taken out.
        for place in range(len(self.queue) - 1, -1, -1):
            term, line = self.queue[place]
            if term == value:
                del self.queue[place]
                # What stands for rdf:type, numbers and booleans is no term yet.
                terms = (self.normalise(None, term) for term in (subject, predicate, value))
                name = getattr(graph, "identifier", "")
                self.found.setdefault(tuple(map(_rdflib_text, (name, *terms))), line)
                return


def _rdflib_text(term: object) -> str:
    return "_:" if isinstance(term, RdflibBlankNode) else str(term)


class _TurtlePlaces(SinkParser):
    """Reads Turtle and queues the line of every object that is read."""

    def object(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Read one object at ``i`` and queue the line that it begins in."""
        end = super().object(argstr, i, res)
        _queue(self, argstr, i, end, res)
        return end


class _TrigPlaces(TrigSinkParser):
    """Reads TriG and queues the line of every object that is read."""

    def object(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Read one object at ``i`` and queue the line that it begins in."""
        end = super().object(argstr, i, res)
        _queue(self, argstr, i, end, res)
        return end


def _queue(parser: SinkParser, argstr: str, i: int, end: int, res: MutableSequence[Any]) -> None:
    if end >= 0 and isinstance(parser._store, _NotingSink):  # noqa: SLF001 - rdflib's sink has no other name
        # White space and comments before it do not count.
        start = parser.skipSpace(argstr, i)
        parser._store.queue.append((res[-1], argstr.count("\n", 0, start) + 1))  # noqa: SLF001 - as above


def _statement_lines(path: Path, data: bytes) -> dict[Statement, int]:
    trig = path.suffix == ".trig"
    sink = _NotingSink(Dataset() if trig else Graph())
    parser = (_TrigPlaces if trig else _TurtlePlaces)(sink, baseURI="file:///", turtle=True)
    # Oxigraph has read the file: what rdflib cannot read is newer Turtle, and has no line.
    with suppress(BadSyntax):
        parser.loadBuf(data)
    return sink.found
