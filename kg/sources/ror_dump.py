"""A ROR dump, read record by record: JSON, JSON lines or CSV, packed or not.

What a file is, is told by its first bytes, not by its name. Memory holds one record at a time,
however large the file is, and a record that cannot be read does not lose those after it.
"""

import csv
import gzip
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import SourceError
from kg.plain import brief
from kg.sources.bounded import (
    UNPACKED_BYTES,
    Measured,
    bounded_lines,
    open_archive,
    regular_file,
    too_long,
)
from kg.sources.json_array import array_items
from kg.sources.ror import (
    RorRecord,
    parse_record,
)
from kg.sources.ror_fields import (
    ROR_PREFIX,
    MalformedRecord,
)
from kg.sources.ror_table import COLUMNS, parse_row

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
CHUNK = 1 << 18
RECORD_CHARS = 1 << 21
"""The longest record that is waited for; the longest real one has a hundredth of it."""
ROW_LINES = 1000
"""Lines of a row of the table with a quotation mark left open."""

Item = RorRecord | SourceError
RECORD_FIX = "mend the record or take the dump again"


@dataclass
class Progress:
    """How far a reading is: bytes of the file as it lies on the disk."""

    done: int
    total: int


def read_dump(path: Path, report: Callable[[Progress], None] = lambda _: None) -> Iterator[Item]:
    """Yield each record of a dump, or a SourceError with line and reason for one that is none.

    ``report`` is called now and then. Raises SourceError for a file that is no dump at all.
    """
    try:
        with regular_file(path) as raw:
            total = path.stat().st_size
            yield from _reported(_items(path, raw), raw, total, report)
    except FileNotFoundError:
        raise SourceError(path, None, "no such file", "name a ROR dump") from None
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
        what = f"the file breaks off: {error}"
        raise SourceError(path, None, what, "take the dump again") from None
    except OSError as error:
        raise SourceError(
            path, None, f"cannot be read: {error.strerror or error}", "name a file"
        ) from None


def _reported(
    items: Iterator[Item], raw: BinaryIO, total: int, report: Callable[[Progress], None]
) -> Iterator[Item]:
    for number, item in enumerate(items):
        if number % 500 == 0:
            report(Progress(raw.tell(), total))
        yield item
    report(Progress(total, total))


def _text(path: Path, raw: BinaryIO, stack: ExitStack) -> io.TextIOWrapper:
    """Return the text of a dump from its beginning, unpacked within bounds."""
    raw.seek(0)
    head = raw.read(4)
    raw.seek(0)
    unpacked = raw
    if head.startswith(GZIP):
        unpacked = cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=raw)))
    elif head == ZIP:
        archive = stack.enter_context(open_archive(path, raw))
        unpacked = cast("BinaryIO", stack.enter_context(archive.open(_member(path, archive))))
    if unpacked is raw:
        # What is written meanwhile is told at the end, and not waited for.
        most, what = os.fstat(raw.fileno()).st_size, ""
    else:
        most, what = UNPACKED_BYTES, f"it unpacks to more than {UNPACKED_BYTES:,} bytes"
    binary = io.BufferedReader(Measured(unpacked, most, what), CHUNK)
    # A byte that is no UTF-8 becomes half a surrogate pair, which the record's reader refuses:
    # so one bad byte costs one record.
    return io.TextIOWrapper(binary, "utf-8-sig", errors="surrogateescape", newline="")


def _member(path: Path, archive: zipfile.ZipFile) -> str:
    """Return the file of an archive to read: JSON of schema 2 if there is one."""
    names = sorted(n for n in archive.namelist() if n.endswith((".json", ".jsonl", ".csv")))
    if not names:
        raise SourceError(path, None, "the archive holds no JSON and no CSV", "unpack it yourself")
    return max(names, key=lambda name: (name.endswith(".json"), "schema_v2" in name, name))


def _items(path: Path, raw: BinaryIO) -> Iterator[Item]:
    with ExitStack() as stack:
        head = _text(path, raw, stack).read(CHUNK)
    start = head.lstrip()[:1]
    try:
        with ExitStack() as stack:
            stream = _text(path, raw, stack)
            if start == "[":
                yield from _array(path, stream)
            elif start == "{":
                yield from _json_lines(path, bounded_lines(stream, RECORD_CHARS))
            elif head.startswith(COLUMNS[0]):
                yield from _rows(path, bounded_lines(stream, RECORD_CHARS))
            else:
                what = "it begins neither as JSON nor as a table with the column ror_id"
                raise SourceError(path, None, what, "give a ROR dump as JSON, JSON lines or CSV")
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        yield SourceError(path, None, f"the file breaks off: {error}", "take the dump again")


def _json_lines(path: Path, lines: Iterator[str | None]) -> Iterator[Item]:
    for number, line in enumerate(lines, 1):
        if line is None:
            yield SourceError(path, number, too_long(RECORD_CHARS), RECORD_FIX)
        elif line.strip():
            try:
                yield parse_record(json.loads(line))
            except (ValueError, RecursionError) as error:
                yield SourceError(path, number, _reason(error), RECORD_FIX)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no valid JSON: {error.msg} at column {error.colno}"
    if isinstance(error, MalformedRecord):
        return brief(str(error))
    return "nested too deeply" if isinstance(error, RecursionError) else f"no valid JSON: {error}"


def _rows(path: Path, lines: Iterator[str | None]) -> Iterator[Item]:
    header = _header(path, next(lines))
    for first, group in _row_groups(lines):
        if group is None:
            yield SourceError(path, first, too_long(RECORD_CHARS), RECORD_FIX)
            continue
        try:
            for cells in csv.reader(group, strict=True):
                if any(cells):
                    yield _row(path, first, header, cells)
        except csv.Error as error:
            yield SourceError(path, first, f"no valid CSV: {error}", RECORD_FIX)


def _header(path: Path, line: str | None) -> list[str]:
    try:
        header = [] if line is None else next(csv.reader([line], strict=True), [])
    except csv.Error:
        header = []
    wrong = [name for name in header if name not in COLUMNS or header.count(name) > 1]
    if line is None or len(header) > 2 * len(COLUMNS):
        what = "the header is no list of the table's columns"
    elif wrong or len(header) < len(COLUMNS):
        wrong = list(dict.fromkeys(wrong)) or [name for name in COLUMNS if name not in header]
        what = f"the columns are not those of the table: {', '.join(sorted(wrong))}"
    else:
        return header
    raise SourceError(path, 1, brief(what), f"the columns are {', '.join(COLUMNS)}")


def _row_groups(lines: Iterator[str | None]) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the lines of each row, None for lines that are too long.

    A row goes on while a quotation mark is open, but ends where the next id begins.
    """
    group: list[str] = []
    first, length, quotes = 2, 0, 0
    for number, line in enumerate(lines, 2):
        begins = line is None or line.lstrip('"').startswith(ROR_PREFIX)
        if group and (begins or len(group) >= ROW_LINES or length > RECORD_CHARS):
            yield first, group
            group = []
        if line is None:
            yield number, None
            continue
        if not group:
            first, length, quotes = number, 0, 0
        group.append(line)
        length += len(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            yield first, group
            group = []
    if group:
        yield first, group


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> Item:
    if len(cells) != len(header):
        what = f"the row has {len(cells)} cells and the header {len(header)}"
        return SourceError(path, line, what, RECORD_FIX)
    try:
        return parse_row(dict(zip(header, cells, strict=True)))
    except MalformedRecord as error:
        return SourceError(path, line, brief(str(error)), RECORD_FIX)


def _array(path: Path, stream: io.TextIOWrapper) -> Iterator[Item]:
    for found in array_items(stream, RECORD_CHARS):
        number = found.number
        if found.mistake:
            where = f"record {number}" if number else "the list"
            yield SourceError(path, found.line, f"{where} {found.mistake}", found.fix or RECORD_FIX)
            continue
        try:
            yield parse_record(found.value)
        except (MalformedRecord, RecursionError) as error:
            what = f"record {number}: {_reason(error)}"
            yield SourceError(path, found.line, what, RECORD_FIX)
