"""The cells of a result table: what a page writes for each term of an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.query.engine import Term
from kg.vocab import RDF, XSD
from kg.web.names import Names
from kg.web.site import Site
from kg.web.terms import site_prefixes, written

Row = Sequence[Term | None]

NUMBERS = frozenset(
    XSD + name
    for name in (
        *("integer", "decimal", "float", "double", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
PLAIN = frozenset((XSD + "string", RDF + "langString", XSD + "boolean", *NUMBERS))
"""Datatypes that go without saying."""
LINKED = ("http://", "https://")


@dataclass(frozen=True)
class Cell:
    """A term as a table shows it.

    ``lang`` is the language of ``text``, empty where unknown. A thing has its label as text,
    with its prefixed name or the rest of its IRI as ``note``, and the address of its page as
    ``href``; the note of a literal is its datatype.
    """

    text: str = ""
    lang: str = ""
    href: str = ""
    note: str = ""


def cells(site: Site, rows: Iterable[Row], lang: str) -> list[list[Cell]]:
    """Return the cells of a table for readers of ``lang``."""
    table = [list(row) for row in rows]
    nodes = {term for row in table for term in row if isinstance(term, NamedNode)}
    names = Names(site.labels(nodes), lang, site.base)
    ours = [node.value for node in nodes if node.value.startswith(site.base)]
    prefixes = site_prefixes(site.base, ours)
    return [[_cell(term, names, prefixes) for term in row] for row in table]


def number_columns(rows: Sequence[Row]) -> tuple[int, ...]:
    """Return the places of the columns that hold numbers and nothing else, from 0."""
    columns = range(len(rows[0])) if rows else range(0)
    return tuple(column for column in columns if _all_numbers([row[column] for row in rows]))


def has_chart(rows: Sequence[Row]) -> bool:
    """Say whether a row has a number and something to call it by."""
    return bool(number_columns(rows)) and len(rows[0]) > 1


def _all_numbers(terms: Iterable[Term | None]) -> bool:
    found = [term for term in terms if term is not None]
    return bool(found) and all(
        isinstance(term, Literal) and term.datatype.value in NUMBERS for term in found
    )


def _cell(term: Term | None, names: Names, prefixes: Mapping[str, str]) -> Cell:
    if isinstance(term, NamedNode):
        short = written(term.value, prefixes).strip("<>")
        href = names.href(term) if term.value.startswith(LINKED) else ""
        if not names.labels(term):
            return Cell(short, href=href)
        name = names.of(term)
        return Cell(name.text, name.lang, href, short)
    if isinstance(term, Literal):
        kind = term.datatype.value
        note = "" if kind in PLAIN else written(kind, prefixes).strip("<>")
        return Cell(term.value, term.language or "", note=note)
    return Cell(str(term)) if isinstance(term, BlankNode | Triple) else Cell()
