"""The engine inside: Oxigraph, reading a release's store."""

import re

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from kg.errors import QueryError, QuerySyntaxError
from kg.guard import refuse_forbidden
from kg.query.dataset_clause import read_dataset_clause
from kg.query.engine import Answer, QueryDataset, Table


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
        try:
            if dataset is None or not (dataset.default_graphs or dataset.named_graphs):
                dataset = read_dataset_clause(text, self._select_here)
            if dataset is None:
                return self._store.query(text, base_iri=self.base)
            return self._query_dataset(text, dataset)
        except SyntaxError as error:
            raise _syntax_error(error) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(f"the query cannot be answered: {error}") from None

    def select(self, text: str) -> Table:
        """Return the whole answer to a SELECT query; see ``Engine.select``."""
        return _table(self.query(text))

    def _select_here(self, text: str) -> Table:
        return _table(self._store.query(text, base_iri=self.base))

    def _query_dataset(self, text: str, dataset: QueryDataset) -> Answer:
        default = [NamedNode(iri) for iri in dict.fromkeys(dataset.default_graphs)]
        named: list[NamedNode | BlankNode] = [NamedNode(iri) for iri in dataset.named_graphs]
        if len(default) <= 1:
            # Given one of the two alone, Oxigraph would leave the store's own for the other.
            return self._store.query(
                text, base_iri=self.base, default_graph=[*default], named_graphs=named
            )
        # Oxigraph counts a triple once for each of the graphs that it is in; their merge
        # (SPARQL 1.1, 13.1) holds it once.
        merged = Store()
        for graph in default:
            quads = self._store.quads_for_pattern(None, None, None, graph)
            merged.extend(Quad(q.subject, q.predicate, q.object) for q in quads)
        for iri in dataset.named_graphs:
            merged.extend(self._store.quads_for_pattern(None, None, None, NamedNode(iri)))
        return merged.query(
            text, base_iri=self.base, default_graph=[DefaultGraph()], named_graphs=named
        )


def _table(answer: Answer) -> Table:
    if not isinstance(answer, QuerySolutions):
        raise TypeError("not a SELECT query")
    variables = tuple(variable.value for variable in answer.variables)
    return Table(variables, tuple(tuple(solution) for solution in answer))


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
