"""Statements of a release's description, before they stand in its graph."""

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from kg.config import Bilingual

Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]


def say(subject: NamedNode, predicate: str, *values: NamedNode | Literal) -> Iterator[Statement]:
    """Yield the statements that ``subject`` has each of ``values`` for a property, an IRI."""
    for value in values:
        yield subject, NamedNode(predicate), value


def texts(text: Bilingual) -> tuple[Literal, Literal]:
    """Return a text in its two languages."""
    return Literal(text.en, language="en"), Literal(text.zh, language="zh")


def part_of(whole: NamedNode, name: str) -> NamedNode:
    """Return the IRI of a part that is named by a word of ours."""
    return NamedNode(f"{whole.value}#{name}")


def part_about(whole: NamedNode, kind: str, thing: NamedNode, base: str) -> NamedNode:
    """Return the IRI of the part of a kind that is about ``thing``; no two things share one.

    >>> dataset, base = NamedNode("https://example.org/dataset"), "https://example.org/"
    >>> part_about(dataset, "graph", NamedNode("https://example.org/graph/codes"), base).value
    'https://example.org/dataset#graph-graph/codes'
    >>> part_about(dataset, "class", NamedNode("http://www.w3.org/ns/dcat#Dataset"), base).value
    'https://example.org/dataset#class-http://www.w3.org/ns/dcat%23Dataset'
    """
    return part_of(whole, f"{kind}-{quote(thing.value.removeprefix(base), safe='/:')}")
