"""DESCRIBE, rewritten.

The engine's own DESCRIBE gives duplicates and no evidence. Here the query is turned into
the SELECT that finds the things, and each is described by ``kg.query.describe``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, QuerySolutions

from kg.guard import Token, body_tokens, tokens
from kg.query.describe import describe
from kg.query.engine import Engine, QueryDataset

_ENDS_OF_LIST = frozenset(
    ("FROM", "WHERE", "{", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
)


@dataclass(frozen=True)
class Describe:
    """A DESCRIBE query as the SELECT queries that find the things that it means.

    ``named`` finds those written as IRIs, ``found`` those of variables; each is None where
    there are none. ``found`` has every character at the place that it has in the query.
    """

    named: str | None
    found: str | None


def read_describe(text: str) -> Describe | None:
    """Return the DESCRIBE query in ``text``, or None for every other form of query."""
    body = body_tokens(tokens(text))
    if not body or body[0].text.upper() != "DESCRIBE":
        return None
    things: list[Token] = []
    for token in body[1:]:
        if token.text.upper() in _ENDS_OF_LIST:
            break
        things.append(token)
    prologue = text[: body[0].start]
    iris = [token for token in things if token.kind in {"iri", "name"}]
    named = None
    if iris:
        values = " ".join(token.text for token in iris)
        named = f"{prologue} SELECT ?thing {{ VALUES ?thing {{ {values} }} }}"
    found = None
    has_pattern = any(token.text == "{" for token in body)
    if has_pattern and len(iris) < len(things):
        blanked = [body[0], *iris]
        found = text
        for token in blanked:
            blank = " " * (token.end - token.start)
            found = found[: token.start] + blank + found[token.end :]
        start = body[0].start
        found = f"{found[:start]}SELECT{found[start + len('SELECT') :]}"
    return Describe(named, found)


def describe_all(
    engine: Engine, query: Describe, dataset: QueryDataset | None, incoming_limit: int
) -> Iterator[Quad]:
    """Yield the descriptions of all things that the query finds, quads perhaps repeated.

    The dataset says where things are found; what is said of them is all that is known.
    Raises what ``Engine.query`` raises.
    """
    done: set[NamedNode] = set()
    for text in (query.named, query.found):
        answer = engine.query(text, dataset) if text is not None else ()
        for solution in answer if isinstance(answer, QuerySolutions) else ():
            for thing in solution:
                if isinstance(thing, NamedNode) and thing not in done:
                    done.add(thing)
                    yield from describe(engine, thing.value, incoming_limit).quads
