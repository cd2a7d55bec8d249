"""A ROR dump, read record by record: JSON, JSON lines or CSV, packed or not.

What a file is, is told by its first bytes, not by its name. Memory holds one record at a time,
however large the file is, and a record that cannot be read does not lose those after it.
"""

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import SourceError
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
BOM = "\ufeff"
CHUNK = 1 << 18
RECORD_CHARS = 1 << 21
"""The longest record that is waited for; the longest real one has a hundredth of it."""

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
        total = path.stat().st_size
        with ExitStack() as stack:
            raw = stack.enter_context(path.open("rb"))
            lines = _text(path, raw, stack)
            yield from _reported(_items(path, lines), raw, total, report)
    except FileNotFoundError:
        raise SourceError(path, None, "no such file", "name a ROR dump") from None
    except zipfile.BadZipFile as error:
        what = f"the file breaks off: {error}"
        raise SourceError(path, None, what, "take the dump again") from None
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror}", "name a file") from None


def _reported(
    items: Iterator[Item], raw: BinaryIO, total: int, report: Callable[[Progress], None]
) -> Iterator[Item]:
    for number, item in enumerate(items):
        if number % 500 == 0:
            report(Progress(raw.tell(), total))
        yield item
    report(Progress(total, total))


def _text(path: Path, raw: BinaryIO, stack: ExitStack) -> io.TextIOWrapper:
    head = raw.read(4)
    raw.seek(0)
    binary = raw
    if head.startswith(GZIP):
        binary = cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=raw)))
    elif head == ZIP:
        archive = stack.enter_context(zipfile.ZipFile(raw))
        binary = cast("BinaryIO", stack.enter_context(archive.open(_member(path, archive))))
    # A byte that is no UTF-8 becomes half a surrogate pair, which the record's reader refuses:
    # so one bad byte costs one record.
    return io.TextIOWrapper(binary, "utf-8", errors="surrogateescape", newline="\n")


def _member(path: Path, archive: zipfile.ZipFile) -> str:
    """Return the file of an archive to read: JSON of schema 2 if there is one."""
    names = sorted(n for n in archive.namelist() if n.endswith((".json", ".jsonl", ".csv")))
    if not names:
        raise SourceError(path, None, "the archive holds no JSON and no CSV", "unpack it yourself")
    return max(names, key=lambda name: (name.endswith(".json"), "schema_v2" in name, name))


def _items(path: Path, stream: io.TextIOWrapper) -> Iterator[Item]:
    try:
        head = stream.read(CHUNK).removeprefix(BOM)
        start = head.lstrip()[:1]
        if start == "[":
            yield from _array(path, head, stream)
        elif start == "{":
            yield from _json_lines(path, _lines(head, stream))
        elif head.startswith(COLUMNS[0]):
            yield from _rows(path, _lines(head, stream))
        else:
            what = "it begins neither as JSON nor as a table with the column ror_id"
            raise SourceError(path, None, what, "give a ROR dump as JSON, JSON lines or CSV")
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        yield SourceError(path, None, f"the file breaks off: {error}", "take the dump again")


def _lines(head: str, stream: io.TextIOWrapper) -> Iterator[str]:
    *whole, last = io.StringIO(head, newline="\n")
    yield from whole
    yield last if last.endswith("\n") else last + stream.readline()
    yield from stream


def _json_lines(path: Path, lines: Iterator[str]) -> Iterator[Item]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield parse_record(json.loads(line))
        except (ValueError, RecursionError) as error:
            yield SourceError(path, number, _reason(error), RECORD_FIX)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no valid JSON: {error.msg} at column {error.colno}"
    if isinstance(error, MalformedRecord):
        return str(error)
    return "nested too deeply" if isinstance(error, RecursionError) else f"no valid JSON: {error}"


def _rows(path: Path, lines: Iterator[str]) -> Iterator[Item]:
    header = next(csv.reader([next(lines)]))
    if unknown := sorted(set(header) ^ set(COLUMNS)):
        what = f"the columns are not those of the table: {', '.join(unknown)}"
        raise SourceError(path, 1, what, f"the columns are {', '.join(COLUMNS)}")
    for first, group in _row_groups(lines):
        try:
            for cells in csv.reader(group, strict=True):
                yield _row(path, first, header, cells)
        except csv.Error as error:
            yield SourceError(path, first, f"no valid CSV: {error}", RECORD_FIX)


def _row_groups(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of each row: a quotation mark left open ends where the next id begins."""
    group: list[str] = []
    first = 2
    for number, line in enumerate(lines, 2):
        if group and line.lstrip('"').startswith(ROR_PREFIX):
            yield first, group
            group = []
        if not group:
            first = number
        group.append(line)
    if group:
        yield first, group


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> Item:
    if len(cells) != len(header):
        what = f"the row has {len(cells)} cells and the header {len(header)}"
        return SourceError(path, line, what, RECORD_FIX)
    try:
        return parse_row(dict(zip(header, cells, strict=True)))
    except MalformedRecord as error:
        return SourceError(path, line, str(error), RECORD_FIX)


class _Window:
    """A piece of a long text that moves on, and knows its line."""

    def __init__(self, head: str, stream: io.TextIOWrapper) -> None:
        self.text = head
        self.at = 0
        self.line = 1
        self._stream = stream
        self.ended = False

    def grow(self) -> None:
        """Forget what was read and read on."""
        more = self._stream.read(CHUNK)
        self.ended = not more
        self.text, self.at = self.text[self.at :] + more, 0

    def is_last(self) -> bool:
        """Say whether nothing but white space follows the character here."""
        while not self.ended and not self.text[self.at + 1 :].strip():
            self.grow()
        return not self.text[self.at + 1 :].strip()

    def move(self, to: int) -> None:
        """Go on to the place ``to``."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to


SPACE = re.compile(r"[\s,]*")
OBJECT = re.compile(r'\{\s*"')


def _array(path: Path, head: str, stream: io.TextIOWrapper) -> Iterator[Item]:
    window = _Window(head, stream)
    decoder = json.JSONDecoder()
    window.move(window.text.index("[") + 1)
    number = 0
    while True:
        space = SPACE.match(window.text, window.at)
        window.move(space.end() if space else window.at)
        if window.at >= len(window.text) and not window.ended:
            window.grow()
            continue
        if window.text.startswith("]", window.at) and window.is_last():
            return
        number += 1
        line = window.line
        if window.at >= len(window.text):
            what = f"the list breaks off before record {number}"
            yield SourceError(path, line, what, "take the dump again")
            return
        found = _decode(decoder, window)
        if isinstance(found, str):
            yield SourceError(path, line, f"record {number} is no valid JSON: {found}", RECORD_FIX)
            if not _resume(decoder, window):
                return
            continue
        try:
            yield parse_record(found[0])
        except MalformedRecord as error:
            yield SourceError(path, line, f"record {number}: {error}", RECORD_FIX)


def _decode(decoder: json.JSONDecoder, window: _Window) -> tuple[object] | str:
    """Return the value that begins here and move behind it, or say what is wrong with it."""
    while True:
        try:
            value, end = decoder.raw_decode(window.text, window.at)
        except (ValueError, RecursionError) as error:
            if window.ended or len(window.text) - window.at >= RECORD_CHARS:
                return getattr(error, "msg", "") or _reason(error)
            window.grow()
        else:
            window.move(end)
            return (value,)


def _resume(decoder: json.JSONDecoder, window: _Window) -> bool:
    """Move on to the next place behind this one at which a whole record begins."""
    start = window.at + 1
    while True:
        for place in OBJECT.finditer(window.text, start):
            try:
                value, _ = decoder.raw_decode(window.text, place.start())
            except (ValueError, RecursionError):
                continue
            # Relations have an id too, but no status.
            if isinstance(value, dict) and {"id", "status"} <= value.keys():
                window.move(place.start())
                return True
        if window.ended:
            return False
        if len(window.text) - window.at > RECORD_CHARS:
            window.move(len(window.text) - RECORD_CHARS)
        window.grow()
        start = window.at + 1
