"""``data/withdrawn.csv``: identifiers that were published once and are no more.

The table has the columns ``id``, ``date``, ``reason`` and ``replacement``, one row for each
identifier, as CSV (RFC 4180) in UTF-8. ``id`` and ``replacement`` are IRIs without the base:
``id/probe/18f-old``. The server answers for them with 410 Gone (RFC 9110, 15.5.11), and says
when, why and what took their place.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from kg.errors import SourceError, SourceErrors
from kg.sources.rdf import read_text

WITHDRAWN_FILE = "withdrawn.csv"
COLUMNS = ("id", "date", "reason", "replacement")
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
IDENTIFIER = re.compile(
    rf"(?:id/{_SLUG}/{_SLUG}|claim/{_SLUG}/C\d{{3,}}|source/{_SLUG}(?:/{_SLUG})?|code/{_SLUG}(?:/{_SLUG})?)"
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Withdrawn:
    """An identifier that was taken back.

    ``id`` and ``replacement`` are IRIs without the base, the latter empty where nothing took
    its place; ``date`` is an ISO 8601 day, ``reason`` a sentence in English, ``line`` the
    line of the table.
    """

    id: str
    date: str
    reason: str
    replacement: str
    line: int


def read_withdrawn(path: Path) -> tuple[Withdrawn, ...]:
    """Return the rows of the table, in its order.

    Raises SourceError for a file that is no such table, SourceErrors for wrong rows.
    """
    text = read_text(path)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        fix = "put a cell with quotes in quotes, and double those inside"
        raise SourceError(path, start, f"not CSV: {error}", fix) from None
    if not rows or tuple(rows[0][1]) != COLUMNS:
        what = f"the first line is not the header {','.join(COLUMNS)}"
        raise SourceError(path, 1, what, "write it so")
    errors = list(_mistakes(path, rows[1:]))
    if errors:
        raise SourceErrors(errors)
    return tuple(
        Withdrawn(identifier, day, reason, replacement, line)
        for line, (identifier, day, reason, replacement) in rows[1:]
    )


def check_withdrawn(
    path: Path, withdrawn: Sequence[Withdrawn], known: AbstractSet[str]
) -> Iterator[SourceError]:
    """Yield what is wrong with the table beside the data.

    ``known`` are the IRIs, without the base, of what the data describes.
    """
    there = known | {row.id for row in withdrawn}
    for row in withdrawn:
        if row.id in known:
            what = f"{row.id} is withdrawn, but the data still describe it"
            yield SourceError(path, row.line, what, "remove its statements, or this line")
        if row.replacement and row.replacement not in there:
            what = f"the replacement {row.replacement} is not in the data"
            yield SourceError(path, row.line, what, "correct it, or leave the cell empty")


def _mistakes(path: Path, rows: Sequence[tuple[int, list[str]]]) -> Iterator[SourceError]:
    first: dict[str, int] = {}
    for line, row in rows:
        if len(row) != len(COLUMNS):
            what = f"{len(row)} cells instead of {len(COLUMNS)}"
            yield SourceError(path, line, what, "put a cell with commas in quotes")
            continue
        identifier, day, reason, replacement = row
        if not IDENTIFIER.fullmatch(identifier):
            what = f"the id {identifier!r} is not an IRI of ours without the base"
            yield SourceError(path, line, what, "write it like id/center/lake")
        elif identifier in first:
            what = f"{identifier} stands in line {first[identifier]} as well"
            yield SourceError(path, line, what, "keep one of them")
        first.setdefault(identifier, line)
        if not _is_day(day):
            yield SourceError(path, line, f"the date {day!r} is no day", "write it like 2025-01-31")
        if not reason.strip():
            yield SourceError(path, line, "the reason is missing", "say in a sentence why")
        if replacement == identifier:
            what = f"{identifier} is to be replaced by itself"
            yield SourceError(path, line, what, "name another thing, or leave the cell empty")
        elif replacement and not IDENTIFIER.fullmatch(replacement):
            what = f"the replacement {replacement!r} is not an IRI of ours without the base"
            yield SourceError(path, line, what, "write it like id/center/lake")


def _is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
