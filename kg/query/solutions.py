"""The four results formats, written row by row, so that an answer can be cut between rows.

Oxigraph's own writer takes an answer as a whole: it can neither stop after a row nor say
that it stopped. Sources: SPARQL 1.1 Query Results JSON Format, Query Results XML Format,
and Query Results CSV and TSV Formats. Triple terms and base directions are written as
Oxigraph writes them (SPARQL 1.2).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, Triple

from kg.query.engine import Term
from kg.vocab import RDF, XSD

Row = Sequence[Term | None]

XSD_STRING = XSD + "string"
PLAIN_TYPES = frozenset((XSD_STRING, RDF + "langString", RDF + "dirLangString"))
_BARE_IN_TSV = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    XSD + "boolean": re.compile("true|false"),
}
_OUTER_SPACE = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ITS = ' its:dir="{}" xmlns:its="http://www.w3.org/2005/11/its" its:version="2.0"'


@dataclass(frozen=True)
class Written:
    """An answer in a format. ``cut`` is the number of rows or triples given, if not all."""

    data: bytes
    cut: int | None = None


class Writer(Protocol):
    """Writes the parts of a document of results; ``separator`` stands between its rows."""

    separator: str

    def head(self, variables: Sequence[str], link: str | None) -> str:
        """Return what comes before the rows; ``link`` is the address of a note on them."""

    def row(self, variables: Sequence[str], row: Row) -> str:
        """Return a row."""

    def tail(self) -> str:
        """Return what comes after the rows."""

    def boolean(self, *, value: bool) -> str:
        """Return the whole document of an ASK answer."""


def write_solutions(
    writer: Writer,
    variables: Sequence[str],
    rows: Iterable[Row],
    *,
    most_rows: int,
    most_bytes: int,
    cut_link: str,
) -> Written:
    """Return the rows in the writer's format, up to a number of rows and of bytes.

    Where rows are left out, the document says so if the format has a place for it (``link``
    in the head of JSON and XML, with ``cut_link``).
    """
    written: list[bytes] = []
    size = 0
    cut: int | None = None
    for row in rows:
        data = writer.row(variables, row).encode()
        if len(written) >= most_rows or size + len(data) > most_bytes:
            cut = len(written)
            break
        written.append(data)
        size += len(data)
    head = writer.head(variables, cut_link if cut is not None else None)
    body = writer.separator.encode().join(written)
    return Written(head.encode() + body + writer.tail().encode(), cut)


def write_boolean(writer: Writer, answer: QueryBoolean) -> Written:
    """Return an ASK answer; in CSV and TSV, which have no form for it, as one cell."""
    return Written(writer.boolean(value=bool(answer)).encode())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class JsonWriter:
    """SPARQL 1.1 Query Results JSON Format."""

    separator = ","

    def head(self, variables: Sequence[str], link: str | None) -> str:
        """See Writer."""
        links = f',"link":[{_text(link)}]' if link else ""
        names = ",".join(map(_text, variables))
        return f'{{"head":{{"vars":[{names}]{links}}},"results":{{"bindings":['

    def row(self, variables: Sequence[str], row: Row) -> str:
        """See Writer."""
        bound = zip(variables, row, strict=True)
        cells = (f'"{name}":{self._term(term)}' for name, term in bound if term is not None)
        return f"{{{','.join(cells)}}}"

    def tail(self) -> str:
        """See Writer."""
        return "]}}"

    def boolean(self, *, value: bool) -> str:
        """See Writer."""
        return f'{{"head":{{}},"boolean":{"true" if value else "false"}}}'

    def _term(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return f'{{"type":"uri","value":{_text(term.value)}}}'
        if isinstance(term, BlankNode):
            return f'{{"type":"bnode","value":{_text(term.value)}}}'
        if isinstance(term, Triple):
            parts = zip(("subject", "predicate", "object"), term, strict=True)
            inner = ",".join(f'"{name}":{self._term(part)}' for name, part in parts)
            return f'{{"type":"triple","value":{{{inner}}}}}'
        more = ""
        if term.language:
            more = f',"xml:lang":{_text(term.language)}'
            if term.direction:
                more += f',"its:dir":"{term.direction}"'
        elif term.datatype.value not in PLAIN_TYPES:
            more = f',"datatype":{_text(term.datatype.value)}'
        return f'{{"type":"literal","value":{_text(term.value)}{more}}}'


class XmlWriter:
    """SPARQL Query Results XML Format.

    Characters that XML 1.0 cannot hold, not even escaped, become U+FFFD.
    """

    separator = ""

    def head(self, variables: Sequence[str], link: str | None) -> str:
        """See Writer."""
        names = "".join(f"<variable name={quoteattr(name)}/>" for name in variables)
        links = f"<link href={quoteattr(link)}/>" if link else ""
        return self._start(names + links) + "<results>"

    def row(self, variables: Sequence[str], row: Row) -> str:
        """See Writer."""
        cells = "".join(
            f"<binding name={quoteattr(name)}>{self._term(term)}</binding>"
            for name, term in zip(variables, row, strict=True)
            if term is not None
        )
        return f"<result>{cells}</result>"

    def tail(self) -> str:
        """See Writer."""
        return "</results></sparql>"

    def boolean(self, *, value: bool) -> str:
        """See Writer."""
        return f"{self._start('')}<boolean>{'true' if value else 'false'}</boolean></sparql>"

    def _start(self, head: str) -> str:
        space = 'xmlns="http://www.w3.org/2005/sparql-results#"'
        return f'<?xml version="1.0"?><sparql {space}><head>{head}</head>'

    def _term(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return f"<uri>{self._escaped(term.value)}</uri>"
        if isinstance(term, BlankNode):
            return f"<bnode>{self._escaped(term.value)}</bnode>"
        if isinstance(term, Triple):
            parts = zip(("subject", "predicate", "object"), term, strict=True)
            inner = "".join(f"<{name}>{self._term(part)}</{name}>" for name, part in parts)
            return f"<triple>{inner}</triple>"
        attributes = ""
        if term.language:
            attributes = f" xml:lang={quoteattr(term.language)}"
            if term.direction:
                attributes += ITS.format(term.direction)
        elif term.datatype.value not in PLAIN_TYPES:
            attributes = f" datatype={quoteattr(term.datatype.value)}"
        return f"<literal{attributes}>{self._escaped(term.value)}</literal>"

    def _escaped(self, text: str) -> str:
        # A parser would read a bare carriage return as a line feed (XML 1.0, 2.11), and some
        # readers of results strip the space around a text.
        written = escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})
        return _OUTER_SPACE.sub(lambda space: "".join(f"&#{ord(c)};" for c in space[0]), written)


class CsvWriter:
    """SPARQL 1.1 Query Results CSV Format (RFC 4180): values without their types."""

    separator = ""

    def head(self, variables: Sequence[str], link: str | None) -> str:  # noqa: ARG002 - CSV has no place for a link
        """See Writer."""
        return f"{','.join(variables)}\r\n"

    def row(self, variables: Sequence[str], row: Row) -> str:  # noqa: ARG002 - a row names no variable
        """See Writer."""
        return f"{','.join(map(self._term, row))}\r\n"

    def tail(self) -> str:
        """See Writer."""
        return ""

    def boolean(self, *, value: bool) -> str:
        """See Writer."""
        return "true\r\n" if value else "false\r\n"

    def _term(self, term: Term | None) -> str:
        if term is None:
            return ""
        text = (
            str(getattr(term, "value", term))
            if isinstance(term, NamedNode | Literal)
            else str(term)
        )
        return '"{}"'.format(text.replace('"', '""')) if re.search('[",\r\n]', text) else text


class TsvWriter:
    """SPARQL 1.1 Query Results TSV Format: terms as in Turtle."""

    separator = ""

    def head(self, variables: Sequence[str], link: str | None) -> str:  # noqa: ARG002 - TSV has no place for a link
        """See Writer."""
        names = "\t".join(f"?{name}" for name in variables)
        return f"{names}\n"

    def row(self, variables: Sequence[str], row: Row) -> str:  # noqa: ARG002 - a row names no variable
        """See Writer."""
        return "\t".join(map(self._term, row)) + "\n"

    def tail(self) -> str:
        """See Writer."""
        return ""

    def boolean(self, *, value: bool) -> str:
        """See Writer."""
        return "true\n" if value else "false\n"

    def _term(self, term: Term | None) -> str:
        if term is None:
            return ""
        if isinstance(term, Triple):
            return f"<<( {' '.join(map(self._term, term))} )>>"
        if isinstance(term, Literal):
            bare = _BARE_IN_TSV.get(term.datatype.value)
            if bare and bare.fullmatch(term.value):
                return term.value
        # In N-Triples a tab within a string is escaped already.
        return str(term)
