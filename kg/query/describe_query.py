"""DESCRIBE, rewritten.

The engine's own DESCRIBE gives duplicates and no evidence. Here the query is turned into
the SELECT that finds the things, and each is described by ``kg.query.describe``.
"""

from collections.abc import Sequence
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
    body = body_tokens(list(tokens(text)))
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
    if len(iris) < len(things) or not things:
        # Without anything to describe the query is wrong: let the engine say so, in place.
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
) -> tuple[Quad, ...]:
    """Return the descriptions of all things that the query finds, as one set of quads.

    Raises what ``Engine.query`` raises.
    """
    things: dict[NamedNode, None] = {}
    for text in (query.named, query.found):
        if text is not None:
            answer = engine.query(text, dataset)
            if isinstance(answer, QuerySolutions):
                for solution in answer:
                    things.update((t, None) for t in solution if isinstance(t, NamedNode))
    return _together([describe(engine, thing.value, incoming_limit).quads for thing in things])


def _together(descriptions: Sequence[tuple[Quad, ...]]) -> tuple[Quad, ...]:
    return tuple(dict.fromkeys(quad for quads in descriptions for quad in quads))
