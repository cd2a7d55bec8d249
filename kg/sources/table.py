"""A spreadsheet with a declared map -> quads: CSV or XLSX, one row a record of a registry."""

import csv
import io
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

from pyoxigraph import Literal, NamedNode, Quad
from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from kg.errors import SourceError, SourceErrors
from kg.plain import brief_list, quoted
from kg.sources.bounded import CHUNK, Measured, bounded_lines, regular_file, too_long
from kg.sources.ror_fields import UNWRITABLE
from kg.sources.table_map import Column, TableMap, datatype
from kg.sources.workbook import COLUMNS, read_workbook
from kg.vocab import DCTERMS, FOAF, PREF_LABEL, PROV, RDF_TYPE, SCHEMA, Iris

XLSX = b"PK\x03\x04"
ANYTHING = re.compile(r"(?s).*")
FORMS = {"gYear": re.compile(r"[0-9]{4}"), "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")}
"""Forms of types that rdflib takes as they come."""
RECORD_ID = re.compile(r"[A-Za-z0-9._~-]+")

LINE_CHARS = 1 << 21
"""Length of a line; a cell has a sixteenth of it at most."""

Row = tuple[int, dict[str, str]]
"""The line of the file and the row's cells by their column."""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV file or of the first sheet of a workbook, empty rows left out.

    Raises SourceError for a file that is neither, for a column twice and for a row of another
    length than the header.
    """
    try:
        with regular_file(path) as file:
            is_workbook = file.read(4) == XLSX
            file.seek(0)
            lines = read_workbook(path, file) if is_workbook else _csv(path, file)
            header: list[str] = []
            for line, cells in lines:
                if not any(cells):
                    continue
                if not header:
                    header = _header(path, line, cells)
                    continue
                if is_workbook:
                    # A sheet has no cells behind the last one that is not empty.
                    cells.extend([""] * (len(header) - len(cells)))
                if len(cells) != len(header):
                    what = f"the row has {len(cells)} cells and the header {len(header)}"
                    raise SourceError(path, line, what, "give every column its cell")
                yield line, dict(zip(header, cells, strict=True))
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise SourceError(path, None, what, "name a table") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, None, f"no CSV in UTF-8: {error}", "save it as CSV") from None
    except (BadZipFile, EOFError, zlib.error) as error:
        raise SourceError(path, None, f"no workbook: {error}", "save it as XLSX") from None


def csv_rows(path: Path, file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file, as long as it is now, with the line that each begins in.

    Raises SourceError for a row that is too long or too wide, csv.Error and UnicodeDecodeError
    for what is no CSV in UTF-8.
    """
    size = os.fstat(file.fileno()).st_size
    measured = io.BufferedReader(Measured(file, size), CHUNK)
    text = io.TextIOWrapper(measured, "utf-8-sig", newline="")
    line = 1

    def lines() -> Iterator[str]:
        for number, found in enumerate(bounded_lines(text, LINE_CHARS), 1):
            if found is None:
                fix = "shorten its cells, or close the quotation mark"
                raise SourceError(path, number, too_long(LINE_CHARS), fix)
            yield found

    reader = csv.reader(lines(), strict=True)
    for cells in reader:
        if len(cells) > COLUMNS:
            what = f"the row has more than {COLUMNS:,} cells"
            raise SourceError(path, line, what, "leave columns out")
        yield line, cells
        line = reader.line_num + 1


def _csv(path: Path, file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    for line, cells in csv_rows(path, file):
        yield line, [cell.strip() for cell in cells]


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    counts = Counter(cells)
    for name in cells:
        if not name or counts[name] > 1:
            what = "a column has no name"
            if name:
                what = f"the column {quoted(name)} stands there twice"
            raise SourceError(path, line, what, "give every column a name of its own")
    return cells


def row_quads(path: Path, row: Row, table: TableMap, iris: Iris) -> list[Quad]:
    """Return what a row says, each quad once, sorted; all in ``graph/<registry>/<id>``.

    Raises SourceError for a cell that does not fit its column.
    """
    line, cells = row
    identifier = cells[table.id]
    if not RECORD_ID.fullmatch(identifier):
        what = f"{table.id} {quoted(identifier)} cannot stand in an IRI"
        raise SourceError(path, line, what, "use letters, digits, . - _ and ~")
    graph = iris.graph(f"{table.registry}/{identifier}")
    slug = re.sub(r"[^a-z0-9]+", "-", f"{table.registry}-{identifier}".lower()).strip("-")
    thing = iris.entity(table.kind, slug)
    label = f"{table.registry} {identifier}"
    triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (graph, RDF_TYPE, iris.term("RegistryRecord")),
        (graph, RDF_TYPE, NamedNode(PROV + "Entity")),
        (graph, PREF_LABEL, Literal(label, language="en")),
        (graph, PREF_LABEL, Literal(label, language="zh")),
        (
            graph,
            NamedNode(DCTERMS + "source"),
            _iri(path, line, "source", table.source.replace("{id}", identifier)),
        ),
        (graph, NamedNode(DCTERMS + "license"), table.license),
        (graph, NamedNode(SCHEMA + "version"), Literal(table.version)),
        (graph, NamedNode(FOAF + "primaryTopic"), thing),
        (thing, RDF_TYPE, table.class_),
    ]
    for column in table.columns:
        cell = cells[column.name]
        values = cell.split(column.separator) if column.separator else [cell]
        triples += [
            (thing, column.property, _value(path, line, column, column.prefix + value.strip()))
            for value in values
            if value.strip()
        ]
    return sorted({Quad(*triple, graph) for triple in triples}, key=str)


def check_columns(path: Path, names: list[str], table: TableMap) -> None:
    """Raise SourceError unless the map says of each column what it means, and of no others."""
    mapped = {column.name for column in table.columns} | table.ignored | {table.id}
    if unknown := [name for name in names if name not in mapped]:
        what = f"the map says nothing of the columns {brief_list(unknown)}"
        raise SourceError(path, 1, what, "map them, or say with ignore why they are left out")
    if missing := sorted(mapped - set(names)):
        what = f"the table has no columns {brief_list(missing)}"
        raise SourceError(path, 1, what, "correct the map or the header")


def _value(path: Path, line: int, column: Column, text: str) -> NamedNode | Literal:
    if bad := UNWRITABLE.search(text):
        what = f"{column.name} holds {bad[0]!r}, which no text may hold"
        raise SourceError(path, line, what, "take it out of the cell")
    if column.type == "iri":
        return _iri(path, line, column.name, text)
    if column.language:
        return Literal(text, language=column.language)
    kind = datatype(column)
    read = RdflibLiteral(text, datatype=URIRef(kind.value))
    if read.ill_typed or not FORMS.get(column.type or "", ANYTHING).fullmatch(text):
        what = f"{column.name} {quoted(text)} is no {column.type}"
        raise SourceError(path, line, what, "correct the cell or the type in the map")
    return Literal(str(read), datatype=kind)


def _iri(path: Path, line: int, name: str, text: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError:
        raise SourceError(
            path, line, f"{name} {quoted(text)} is no IRI", "correct the cell"
        ) from None


def read_table(path: Path, table: TableMap, base: str) -> tuple[int, tuple[Quad, ...]]:
    """Return how many rows a table has, and what they say.

    Raises SourceErrors with every row that is wrong, SourceError where the table as a whole is.
    """
    iris = Iris(base)
    quads: dict[Quad, None] = {}
    errors: list[SourceError] = []
    seen: dict[str, int] = {}
    for line, cells in read_rows(path):
        if not seen and not errors:
            check_columns(path, list(cells), table)
        before = seen.setdefault(cells[table.id], line)
        if before != line:
            what = f"{table.id} {cells[table.id]!r} stands in line {before} already"
            errors.append(SourceError(path, line, what, "keep one of the two rows"))
            continue
        try:
            quads.update(dict.fromkeys(row_quads(path, (line, cells), table, iris)))
        except SourceError as error:
            errors.append(error)
    if errors:
        raise SourceErrors(errors)
    if not seen:
        raise SourceError(path, None, "the table has no rows", "name another file")
    return len(seen), tuple(quads)
