"""What a client sends -> reconciliation queries (API 0.2, section 5.1).

All mistakes are ReconcileErrors that say what was found and what to send instead. A query of a
batch that is wrong fails alone: in its place stands the error.
"""

import json
from dataclasses import dataclass
from typing import Any

from kg.config import Limits
from kg.errors import ReconcileError

STRICTNESS = ("any", "should", "all")
QUERY_FIELDS = frozenset(("query", "type", "limit", "properties", "type_strict"))
MOST_LIMIT = 1_000_000_000
LIMIT = 10
"""Candidates of a query that states no limit."""
MOST_PROPERTIES = 20
MOST_VALUES = 20
SHOWN = 60
"""Code points of what was sent that an error repeats."""

Scalar = str | int | float | bool


@dataclass(frozen=True)
class Value:
    """A value of a property: ``id`` is set where the client means a thing by its identifier."""

    text: str
    id: str = ""


@dataclass(frozen=True)
class Wanted:
    """A property and the values of which the thing is to have one."""

    property: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Query:
    """A reconciliation query. ``strictness`` is any, should or all."""

    text: str
    types: tuple[str, ...] = ()
    strictness: str = "any"
    wanted: tuple[Wanted, ...] = ()
    limit: int = LIMIT


def read_json(text: str) -> Any:  # noqa: ANN401 - a value of JSON
    """Return the value that ``text`` is in JSON (RFC 8259); ReconcileError where it is none."""
    try:
        text.encode("utf-8")
        value = json.loads(text, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ReconcileError(f"not JSON: {error.msg} at {place}") from None
    except UnicodeEncodeError:
        # A ValueError too, so it comes first.
        raise ReconcileError("not JSON: half a surrogate pair is no character") from None
    except RecursionError:
        raise ReconcileError("not JSON of use here: it is nested too deeply") from None
    except ValueError as error:
        raise ReconcileError(f"not JSON of use here: {error}") from None
    return value


def _no_number(name: str) -> float:
    raise ReconcileError(f"not JSON: {name} is no number")


def read_batch(text: str, limits: Limits) -> dict[str, Query | ReconcileError]:
    """Return the queries of a batch by their names, in their order.

    Raises ReconcileError for what is no batch; ``TooLarge`` for one that is too large.
    """
    batch = read_json(text)
    if not isinstance(batch, dict):
        raise ReconcileError('a batch is an object, as in {"q0": {"query": "..."}}')
    if len(batch) > limits.reconcile_queries:
        raise TooLarge(f"a batch may have {limits.reconcile_queries} queries, not {len(batch)}")
    found: dict[str, Query | ReconcileError] = {}
    for name, raw in batch.items():
        try:
            found[name] = read_query(raw, limits)
        except ReconcileError as error:
            found[name] = error
    return found


class TooLarge(ReconcileError):
    """More at once than the service answers."""


def read_query(raw: object, limits: Limits) -> Query:
    """Return a query as it was sent: a text alone, or an object."""
    if isinstance(raw, str):
        raw = {"query": raw}
    if not isinstance(raw, dict):
        raise ReconcileError(f'a query is an object, as in {{"query": "..."}}, not {shown(raw)}')
    unknown = sorted(set(raw) - QUERY_FIELDS)
    if unknown:
        raise ReconcileError(f"unknown field {unknown[0]!r}; a query has {either(QUERY_FIELDS)}")
    text = raw.get("query", "")
    if not isinstance(text, str):
        raise ReconcileError(f"query is a text, not {shown(text)}")
    if len(text) > limits.reconcile_characters:
        raise ReconcileError(f"a query may have {limits.reconcile_characters} characters")
    wanted = _wanted(raw.get("properties") or [], limits)
    if not text.strip() and not wanted:
        raise ReconcileError("a query has a text in 'query', or 'properties', or both")
    strictness = raw.get("type_strict", "any")
    if strictness not in STRICTNESS:
        raise ReconcileError(f"type_strict is {either(STRICTNESS)}, not {shown(strictness)}")
    limit = _limit(raw.get("limit", LIMIT), limits)
    return Query(text.strip(), _types(raw.get("type")), strictness, wanted, limit)


def _limit(raw: Any, limits: Limits) -> int:  # noqa: ANN401 - a value of JSON
    good = isinstance(raw, int | float) and not isinstance(raw, bool)
    if not good or not 1 <= raw <= MOST_LIMIT or raw != int(raw):
        raise ReconcileError(f"limit is a whole number above 0, not {shown(raw)}")
    return min(int(raw), limits.reconcile_results)


def _types(raw: object) -> tuple[str, ...]:
    given = raw if isinstance(raw, list) else [raw]
    types = []
    for one in given:
        identifier = one.get("id") if isinstance(one, dict) else one
        if identifier is not None and not isinstance(identifier, str):
            raise ReconcileError(f"type is an identifier or a list of them, not {shown(one)}")
        types += [identifier] if identifier else []
    if len(types) > MOST_VALUES:
        raise ReconcileError(f"a query may have {MOST_VALUES} types")
    return tuple(types)


def _wanted(raw: object, limits: Limits) -> tuple[Wanted, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_PROPERTIES:
        raise ReconcileError(f"properties is a list of at most {MOST_PROPERTIES} objects")
    found = []
    for one in raw:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise ReconcileError(
                f'a property is an object, as in {{"pid": "ror", "v": "..."}}, not {shown(one)}'
            )
        given = one["v"] if isinstance(one["v"], list) else [one["v"]]
        if len(given) > MOST_VALUES:
            raise ReconcileError(f"a property may have {MOST_VALUES} values")
        values = tuple(value for v in given if (value := _value(v, limits)) is not None)
        found += [Wanted(one["pid"], values)] if values else []
    if len({one.property for one in found}) < len(found):
        raise ReconcileError("a property is stated twice; give it a list of values")
    return tuple(found)


def _value(raw: object, limits: Limits) -> Value | None:
    """Return a value of a property; None for an empty text, which says nothing."""
    if isinstance(raw, dict):
        identifier, name = raw.get("id"), raw.get("name", "")
        if not isinstance(identifier, str) or not isinstance(name, str):
            raise ReconcileError(f"a thing as a value has a text as id, not {shown(raw)}")
        return Value(name or identifier, identifier)
    if not isinstance(raw, str | int | float | bool):
        raise ReconcileError(f"a value is a text, a number, true, false or a thing: {shown(raw)}")
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    if len(text) > limits.reconcile_characters:
        raise ReconcileError(f"a value may have {limits.reconcile_characters} characters")
    return Value(text.strip()) if text.strip() else None


def either(words: frozenset[str] | tuple[str, ...]) -> str:
    """Return words as a sentence names a choice between them.

    >>> either(("any", "all"))
    'any or all'
    """
    ordered = words if isinstance(words, tuple) else tuple(sorted(words))
    return f"{', '.join(ordered[:-1])} or {ordered[-1]}"


def shown(raw: object) -> str:
    """Return what was sent, as an error repeats it."""
    text = json.dumps(raw, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
