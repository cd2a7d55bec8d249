"""The first sheet of an XLSX workbook, measured before it is unpacked.

A workbook of a few kilobytes may say that it has a billion cells, or unpack to many gigabytes, so
its parts are walked through first, by a parser that keeps nothing. What openpyxl makes of them
then is bounded by what was counted.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from openpyxl import load_workbook

from kg.errors import SourceError
from kg.plain import brief, quoted
from kg.sources.bounded import CHUNK, open_archive

WORKBOOK_BYTES = 128_000_000
"""Length of the XML of a workbook when unpacked."""
ROWS, COLUMNS = 1_048_576, 16_384
"""The numbers of the last row and column of a sheet, in every program that writes them."""
CELLS = 2_000_000
"""Cells and shared texts of a workbook, the empty cells before the last one of a row included."""
CELL_CHARS = 131_072
"""Length of one text, as in CSV."""
DEPTH = 64
ELEMENTS = 1_000_000
"""Elements that are no cells, in all, and elements of one row or text: they are kept in memory."""
TAG_BYTES = 1_000_000
"""Length of a tag with its attributes, or of a comment."""
USUAL = frozenset(("v", "f", "is", "t", "r", "rPr"))
XML_HEAD = 64
XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
NO_WORKBOOK_FIX = "save it as XLSX, or as CSV"


class _TooMuch(ValueError):
    """Why a workbook is not read: a clause."""


class _Counts:
    """Counts what the parts of a workbook hold, and stops at what is too much."""

    def __init__(self) -> None:
        self._cells = self._others = 0
        self.begin_part()

    def begin_part(self) -> None:
        """Begin with a part of the workbook."""
        self._depth = self._row = self._column = self._run = self._chars = 0

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element that begins."""
        self._chars = 0
        self._depth += 1
        self._run += 1
        if self._depth > DEPTH:
            raise _TooMuch(f"it is nested more than {DEPTH} levels deep")
        name = tag.rpartition(":")[2]
        if name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "c":
            self._begin_cell(attributes.get("r"))
        elif name == "si":
            self._run = 0
            self._count(1)
        elif name not in USUAL:
            self._others += 1
        if max(self._others, self._run) > ELEMENTS:
            raise _TooMuch(f"it has more than {ELEMENTS:,} elements that are no cells")

    def end(self, _tag: str) -> None:
        """Note an element that ends."""
        self._depth -= 1

    def text(self, text: str) -> None:
        """Count characters between two tags."""
        self._chars += len(text)
        if self._chars > CELL_CHARS:
            raise _TooMuch(f"it has a text of more than {CELL_CHARS:,} characters")

    def _begin_row(self, number: str | None) -> None:
        self._column = self._run = 0
        row = _number(number) if number else self._row + 1
        if row <= self._row:
            raise _TooMuch(f"its row {row} stands behind row {self._row}")
        self._row = row
        _within(row, ROWS, "rows")

    def _begin_cell(self, place: str | None) -> None:
        column = _column(place) if place else self._column + 1
        _within(column, COLUMNS, "columns")
        self._count(max(column - self._column, 1))
        self._column = max(column, self._column)

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > CELLS:
            raise _TooMuch(f"it has more than {CELLS:,} cells")


def _within(number: int, most: int, what: str) -> None:
    if number > most:
        raise _TooMuch(f"it has more than {most:,} {what}")


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise _TooMuch(f"{quoted(text, 20)} is no number of a row")
    return int(text)


def _column(place: str) -> int:
    found = PLACE.fullmatch(place)
    if found is None:
        raise _TooMuch(f"{quoted(place, 20)} is no place of a cell")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _refuse_declaration(*_: object) -> None:
    raise _TooMuch("it declares entities, which no workbook does")


def _measure(path: Path, raw: BinaryIO) -> None:
    """Raise SourceError for a workbook that is too large or too deep to be read."""
    counts = _Counts()
    try:
        with open_archive(path, raw) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            _within(unpacked, WORKBOOK_BYTES, "bytes when unpacked")
            for part in archive.infolist():
                # Drawings of comments are often no XML, and nobody reads them.
                with suppress(*([expat.ExpatError] if part.filename.endswith(".vml") else [])):
                    _walk(archive, part, counts)
    except _TooMuch as error:
        what = f"the workbook is not read: {error}"
        raise SourceError(path, None, what, "save the rows that are meant as CSV") from None
    except expat.ExpatError as error:
        raise SourceError(path, None, f"no workbook: {error}", NO_WORKBOOK_FIX) from None


def _walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo, counts: _Counts) -> None:
    """Count what is in a part of a workbook."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = counts.begin
    parser.EndElementHandler = counts.end
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.CharacterDataHandler = counts.text
    counts.begin_part()
    given = 0
    with io.BufferedReader(cast("io.RawIOBase", archive.open(part))) as data:
        # No parser of XML reads a part that begins otherwise, such as a picture.
        head = data.peek(XML_HEAD).lstrip(b" \t\r\n\0")
        if head and not head.startswith(XML_STARTS):
            return
        while chunk := data.read(CHUNK):
            parser.Parse(chunk)
            given += len(chunk)
            # What is not read yet is a tag without an end, read again with every piece.
            if given - parser.CurrentByteIndex > TAG_BYTES:
                raise _TooMuch(f"it has a tag of more than {TAG_BYTES:,} bytes")
        parser.Parse(b"", True)


def read_workbook(path: Path, raw: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet with their number, as texts, no empty cells at the end.

    ``raw`` is the open file. Raises SourceError for a file that is no workbook, or too large.
    """
    _measure(path, raw)
    raw.seek(0)
    rows = _rows(raw)
    while True:
        try:
            row = next(rows, None)
        except Exception as error:  # noqa: BLE001 - whatever the library says of a file that is no workbook
            what = f"no workbook: {brief(str(error) or type(error).__name__)}"
            raise SourceError(path, None, what, NO_WORKBOOK_FIX) from None
        if row is None:
            return
        yield row


def _rows(raw: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    with warnings.catch_warnings():
        # Of styles and rules that do not matter here.
        warnings.simplefilter("ignore")
        # Values, not formulas; read only, so that a large sheet is not held in memory.
        book = load_workbook(raw, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        # What a sheet says of its own size counts for nothing: rows are as long as they are.
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield line, _without_end([_text(cell) for cell in cells])
    finally:
        book.close()


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()  # a workbook has no dates without a time
    return "" if value is None else str(value).strip()


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
