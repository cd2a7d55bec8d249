"""The engine inside: Oxigraph, reading a release's store."""

import re
from collections.abc import Sequence

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from kg.errors import QueryError, QuerySyntaxError, StoreDamaged
from kg.guard import Token, body_tokens, refuse_forbidden, service_names, tokens
from kg.query.dataset_clause import read_dataset_clause
from kg.query.engine import Answer, QueryDataset, Table
from kg.query.federation import Federated, through_gateway
from kg.query.gateway import Gateway
from kg.sources.sparql_mistakes import explain_syntax_error, offset_of, place_of


class EmbeddedEngine:
    """Answers queries from a store that is open for reading.

    ``base`` resolves relative IRIs in queries. The store's default graph is the union
    that the build wrote. Without a ``gateway`` no SERVICE is asked.
    """

    def __init__(self, store: Store, base: str, gateway: Gateway | None = None) -> None:
        self._store = store
        self._gateway = gateway
        self.base = base

    def query(self, text: str, dataset: QueryDataset | None = None) -> Answer:
        """Return the answer to a query; see ``Engine.query``."""
        sent = Federated(text, ())
        if self._gateway is not None and service_names(text):
            sent = through_gateway(text, self._gateway, self._resolve)
        else:
            refuse_forbidden(text)
        try:
            if dataset is None or not (dataset.default_graphs or dataset.named_graphs):
                dataset = read_dataset_clause(text, self._resolve)
            if dataset is None:
                return self._store.query(sent.text, base_iri=self.base)
            return self._query_dataset(sent.text, dataset)
        except SyntaxError as error:
            raise syntax_error(text, str(error.msg), self.base, sent) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise self.failure(error) from None

    def failure(self, error: Exception) -> QueryError:
        """Return the error of a query that the engine gave up, maybe while it was read."""
        if is_damage(error):
            return StoreDamaged(str(error))
        over = self._gateway.over() if self._gateway else None
        if over is not None:
            return over
        message = f"the query cannot be answered: {error}"
        return QueryError(self._gateway.hide(message) if self._gateway else message)

    def refuse_incomplete(self) -> None:
        """Raise QueryError where an answer, read to its end, lacks what a service did not say."""
        error = self._gateway.error() if self._gateway else None
        if error is not None:
            raise error

    def select(self, text: str) -> Table:
        """Return the whole answer to a SELECT query; see ``Engine.select``."""
        try:
            table = _table(self.query(text))
        except (RuntimeError, OSError, ValueError) as error:
            # Solutions are found while they are read.
            raise self.failure(error) from None
        self.refuse_incomplete()
        return table

    def _resolve(self, names: Sequence[Token], text: str) -> tuple[str, ...]:
        """Return the IRIs that names stand for, under the prologue of a query."""
        if not names:
            return ()
        # A SELECT over the empty graph pattern: it reads nothing but the names.
        values = " ".join(f"({token.text})" for token in names)
        prologue = text[: body_tokens(tokens(text))[0].start]
        query = f"{prologue}SELECT ?name {{ VALUES (?name) {{ {values} }} }}"
        try:
            table = _table(self._store.query(query, base_iri=self.base))
        except SyntaxError as error:
            raise syntax_error(text, str(error.msg), self.base) from None
        return tuple(iri for (iri,) in table.texts())

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


DAMAGE = re.compile(r"(Corruption|IO error)\b")
"""How RocksDB begins what it says of blocks whose checksum is another one, and of files."""


def is_damage(error: BaseException) -> bool:
    """Return whether an error of the engine tells of damaged or unreadable files of the store.

    >>> is_damage(RuntimeError("Corruption: block checksum mismatch")), is_damage(ValueError("x"))
    (True, False)
    """
    return isinstance(error, RuntimeError | OSError) and bool(DAMAGE.match(str(error)))


def _table(answer: Answer) -> Table:
    if not isinstance(answer, QuerySolutions):
        raise TypeError("not a SELECT query")
    variables = tuple(variable.value for variable in answer.variables)
    return Table(variables, tuple(tuple(solution) for solution in answer))


def syntax_error(
    text: str, message: str, base: str, sent: Federated | None = None
) -> QuerySyntaxError:
    """Return the error for a query, with its place in the query as it was sent.

    ``message`` is Oxigraph's, of ``sent`` where that is not the query itself; ``base`` is that
    of our own IRIs.
    """
    place = re.match(r"error at (\d+):(\d+): ", message)
    if place is not None and sent is not None and sent.spans:
        offset = offset_of(sent.text, int(place[1]), int(place[2]))
        line, column = place_of(text, sent.place_in_original(offset))
        message = f"error at {line}:{column}: {message[place.end() :]}"
    mistake = explain_syntax_error(text, message, base)
    if mistake.line is None:
        return QuerySyntaxError(f"not a SPARQL query: {mistake.reason}")
    place_text = f"line {mistake.line}, column {mistake.column}"
    return QuerySyntaxError(
        f"not a SPARQL query: {place_text}: {mistake.reason}", mistake.line, mistake.column
    )
