"""What answers queries: the one protocol that pages, data and the endpoint rely on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Triple,
)

Term = NamedNode | BlankNode | Literal | Triple
Answer = QuerySolutions | QueryBoolean | QueryTriples


@dataclass(frozen=True)
class QueryDataset:
    """The RDF dataset of a request (SPARQL 1.1 Protocol, 2.1.4): graph IRIs."""

    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT query: a row has a term, or None, for each variable."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows as plain texts: IRIs and lexical forms; nothing is empty."""
        return tuple(
            tuple("" if term is None else str(getattr(term, "value", term)) for term in row)
            for row in self.rows
        )


class Engine(Protocol):
    """A SPARQL 1.1 query engine over one release."""

    @property
    def base(self) -> str:
        """The base of relative IRIs in queries."""

    def query(self, text: str, dataset: QueryDataset | None = None) -> Answer:
        """Return the answer to a query.

        Raises QuerySyntaxError for text that is no query, QueryRefused for a query that is
        not allowed, QueryError where the engine fails.
        """

    def select(self, text: str) -> Table:
        """Return the whole answer to a SELECT query that is our own."""
