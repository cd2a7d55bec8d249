"""The dataset that a query names: its FROM and FROM NAMED clauses (SPARQL 1.1, 13.2)."""

from collections.abc import Callable, Sequence

from kg.guard import Token, body_tokens, tokens
from kg.query.engine import QueryDataset

_ENDS_OF_CLAUSES = frozenset(("WHERE", "{"))


def read_dataset_clause(
    text: str, resolve: Callable[[list[Token], str], Sequence[str]]
) -> QueryDataset | None:
    """Return the graphs that the query names, or None where it names none.

    ``resolve`` returns the IRIs that tokens stand for, under the prologue of the query:
    prefixed and relative names are resolved by the engine that reads the query, so that
    both read them alike.
    """
    body = body_tokens(tokens(text))
    default: list[Token] = []
    named: list[Token] = []
    for place, token in enumerate(body):
        if token.text.upper() in _ENDS_OF_CLAUSES:
            break
        if token.kind == "word" and token.text.upper() == "FROM":
            following = body[place + 1 : place + 3]
            if following and following[0].text.upper() == "NAMED":
                named += following[1:]
            else:
                default += following[:1]
    if not default and not named:
        return None
    return QueryDataset(resolve(default, text), resolve(named, text))
