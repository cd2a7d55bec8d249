"""The dataset that a query names: its FROM and FROM NAMED clauses (SPARQL 1.1, 13.2)."""

from collections.abc import Callable

from kg.guard import Token, body_tokens, tokens
from kg.query.engine import QueryDataset, Table

_ENDS_OF_CLAUSES = frozenset(("WHERE", "{"))


def read_dataset_clause(text: str, select: Callable[[str], Table]) -> QueryDataset | None:
    """Return the graphs that the query names, or None where it names none.

    ``select`` answers a SELECT query: prefixed and relative names are resolved by the
    engine that reads the query, so that both read them alike.
    """
    body = body_tokens(list(tokens(text)))
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
    prologue = text[: body[0].start]
    return QueryDataset(_resolve(default, prologue, select), _resolve(named, prologue, select))


def _resolve(names: list[Token], prologue: str, select: Callable[[str], Table]) -> tuple[str, ...]:
    if not names:
        return ()
    values = " ".join(token.text for token in names)
    # A SELECT over the empty graph pattern: it reads nothing but the names.
    table = select(f"{prologue}SELECT ?graph {{ VALUES ?graph {{ {values} }} }}")
    return tuple(text for (text,) in table.texts())
