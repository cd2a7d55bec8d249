"""The engine inside: Oxigraph, reading a release's store."""

import re

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QuerySolutions, Store

from kg.errors import QueryError, QuerySyntaxError
from kg.query.engine import Answer, QueryDataset, Table
from kg.query.guard import refuse_forbidden


class EmbeddedEngine:
    """Answers queries from a store that is open for reading.

    ``base`` resolves relative IRIs in queries. The store's default graph is the union
    that the build wrote.
    """

    def __init__(self, store: Store, base: str) -> None:
        self._store = store
        self.base = base

    def query(self, text: str, dataset: QueryDataset | None = None) -> Answer:
        """Return the answer to a query; see ``Engine.query``."""
        refuse_forbidden(text)
        default: list[NamedNode | BlankNode | DefaultGraph] | None = None
        named: list[NamedNode | BlankNode] | None = None
        if dataset and (dataset.default_graphs or dataset.named_graphs):
            # Given one of the two alone, Oxigraph would leave the store's own for the other.
            default = [NamedNode(iri) for iri in dataset.default_graphs]
            named = [NamedNode(iri) for iri in dataset.named_graphs]
        try:
            return self._store.query(
                text, base_iri=self.base, default_graph=default, named_graphs=named
            )
        except SyntaxError as error:
            raise _syntax_error(error) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(f"the query cannot be answered: {error}") from None

    def select(self, text: str) -> Table:
        """Return the whole answer to a SELECT query; see ``Engine.select``."""
        answer = self.query(text)
        if not isinstance(answer, QuerySolutions):
            raise TypeError("not a SELECT query")
        variables = tuple(variable.value for variable in answer.variables)
        rows = tuple(tuple(solution) for solution in answer)
        return Table(variables, rows)


def _syntax_error(error: SyntaxError) -> QuerySyntaxError:
    message = str(error.msg)
    place = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if place is None:
        return QuerySyntaxError(f"not a SPARQL query: {message}")
    line, column = int(place[1]), int(place[2])
    expected = re.sub(r"\s+", " ", place[3])
    return QuerySyntaxError(
        f"not a SPARQL query: line {line}, column {column}: {expected}", line, column
    )
