"""What a query worker is asked, and what it answers: plain values that travel as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kg.errors import (
    FormatRefused,
    QueryError,
    QueryOverLimit,
    QueryRefused,
    QuerySyntaxError,
    StoreDamaged,
)


@dataclass(frozen=True)
class Wanted:
    """The form of an answer: the extension of a format, and how much of it at most."""

    format: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Task:
    """A query, and the forms of the two sorts of answer; which counts is up to the query.

    ``cut_link`` is the address of a note on answers that are cut.
    """

    text: str
    results: Wanted
    graph: Wanted
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    describe_incoming: int
    cut_link: str

    def to_bytes(self) -> bytes:
        """Return the task as UTF-8 JSON."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_bytes(data: bytes) -> "Task":
        """Return the task that ``to_bytes`` wrote."""
        table = json.loads(data)
        wanted = {name: Wanted(**table[name]) for name in ("results", "graph")}
        return Task(**{**table, **wanted})


@dataclass(frozen=True)
class Reply:
    """An answer in its format. ``graph`` says which of the task's two formats it is.

    ``cut`` is the number of rows or triples that are given where that is not all. ``last``
    says that the worker ends after it.
    """

    data: bytes
    graph: bool
    cut: int | None
    last: bool = False


def head_of_reply(reply: Reply, *, last: bool) -> bytes:
    """Return what goes before the bytes of an answer."""
    return json.dumps({"graph": reply.graph, "cut": reply.cut, "last": last}).encode()


def head_of_error(error: QueryError) -> bytes:
    """Return what goes in place of an answer."""
    table: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, QuerySyntaxError):
        table |= {"line": error.line, "column": error.column}
    if isinstance(error, QueryOverLimit):
        table["retry_after_s"] = error.retry_after_s
    return json.dumps(table).encode()


def head_of_bug(report: str) -> bytes:
    """Return what goes in place of an answer where the worker itself failed."""
    return json.dumps({"error": WorkerFailed.__name__, "message": report}).encode()


class WorkerFailed(Exception):
    """A worker failed for no fault of the query; the text is its traceback, for the log."""


def error_in_head(head: dict[str, Any]) -> Exception | None:
    """Return the error that a worker reported, if it did."""
    if "error" not in head:
        return None
    if head["error"] == WorkerFailed.__name__:
        return WorkerFailed(head["message"])
    if head["error"] == QuerySyntaxError.__name__:
        return QuerySyntaxError(head["message"], head["line"], head["column"])
    if head["error"] == QueryOverLimit.__name__:
        return QueryOverLimit(head["message"], head["retry_after_s"])
    kinds = {kind.__name__: kind for kind in (QueryRefused, FormatRefused, StoreDamaged)}
    return kinds.get(head["error"], QueryError)(head["message"])
