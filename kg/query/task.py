"""What a query worker is asked, and what it answers: plain values that travel as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kg.errors import QueryError, QueryRefused, QuerySyntaxError


@dataclass(frozen=True)
class Task:
    """A query and the form of its answer.

    ``results`` and ``graph`` are the extensions of the formats for the two sorts of answer;
    which of them counts is up to the query. ``cut_link`` is the address of a note on answers
    that are cut.
    """

    text: str
    results: str
    graph: str
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    result_rows: int
    result_bytes: int
    describe_incoming: int
    cut_link: str

    def to_bytes(self) -> bytes:
        """Return the task as UTF-8 JSON."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_bytes(data: bytes) -> "Task":
        """Return the task that ``to_bytes`` wrote."""
        return Task(**json.loads(data))


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
    return json.dumps(table).encode()


def error_in_head(head: dict[str, Any]) -> QueryError | None:
    """Return the error that a worker reported, if it did."""
    if "error" not in head:
        return None
    if head["error"] == QuerySyntaxError.__name__:
        return QuerySyntaxError(head["message"], head["line"], head["column"])
    kind = QueryRefused if head["error"] == QueryRefused.__name__ else QueryError
    return kind(head["message"])
