"""A spreadsheet with a declared map -> quads: CSV or XLSX, one row a record of a registry."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from kg.errors import SourceError, SourceErrors
from kg.sources.table_map import Column, TableMap, datatype
from kg.vocab import DCTERMS, FOAF, PREF_LABEL, PROV, RDF_TYPE, SCHEMA, Iris

XLSX = b"PK\x03\x04"
ANYTHING = re.compile(r"(?s).*")
FORMS = {"gYear": re.compile(r"[0-9]{4}"), "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")}
"""Forms of types that rdflib takes as they come."""
RECORD_ID = re.compile(r"[A-Za-z0-9._~-]+")

Row = tuple[int, dict[str, str]]
"""The line of the file and the row's cells by their column."""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV file or of the first sheet of a workbook, empty rows left out.

    Raises SourceError for a file that is neither, for a column twice and for a row of another
    length than the header.
    """
    try:
        with path.open("rb") as file:
            is_workbook = file.read(4) == XLSX
        lines = _workbook(path) if is_workbook else _csv(path)
        header: list[str] = []
        for line, cells in lines:
            if not any(cells):
                continue
            if not header:
                header = _header(path, line, cells)
            elif len(cells) != len(header):
                what = f"the row has {len(cells)} cells and the header {len(header)}"
                raise SourceError(path, line, what, "give every column its cell")
            else:
                yield line, dict(zip(header, cells, strict=True))
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror}", "name a table") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, None, f"no CSV in UTF-8: {error}", "save it as CSV") from None
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise SourceError(path, None, f"no workbook: {error}", "save it as XLSX") from None


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        line = 1
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    # Values, not formulas; read only, so that a large sheet is not held in memory.
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield line, [_cell(cell) for cell in cells]
    finally:
        book.close()


def _cell(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()  # a workbook has no dates without a time
    return "" if value is None else str(value).strip()


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    for name in cells:
        if not name or cells.count(name) > 1:
            what = f"the column {name!r} stands there twice" if name else "a column has no name"
            raise SourceError(path, line, what, "give every column a name of its own")
    return cells


def row_quads(path: Path, row: Row, table: TableMap, iris: Iris) -> list[Quad]:
    """Return what a row says, each quad once, sorted; all in ``graph/<registry>/<id>``.

    Raises SourceError for a cell that does not fit its column.
    """
    line, cells = row
    identifier = cells[table.id]
    if not RECORD_ID.fullmatch(identifier):
        what = f"{table.id} {identifier!r} cannot stand in an IRI"
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
    mapped = {column.name for column in table.columns} | table.ignored
    if unknown := [name for name in names if name not in mapped | {table.id}]:
        what = f"the map says nothing of the columns {', '.join(map(repr, unknown))}"
        raise SourceError(path, 1, what, "map them, or say with ignore why they are left out")
    if missing := sorted((mapped | {table.id}) - set(names)):
        what = f"the table has no columns {', '.join(map(repr, missing))}"
        raise SourceError(path, 1, what, "correct the map or the header")


def _value(path: Path, line: int, column: Column, text: str) -> NamedNode | Literal:
    if column.type == "iri":
        return _iri(path, line, column.name, text)
    if column.language:
        return Literal(text, language=column.language)
    kind = datatype(column)
    read = RdflibLiteral(text, datatype=URIRef(kind.value))
    if read.ill_typed or not FORMS.get(column.type or "", ANYTHING).fullmatch(text):
        what = f"{column.name} {text!r} is no {column.type}"
        raise SourceError(path, line, what, "correct the cell or the type in the map")
    return Literal(str(read), datatype=kind)


def _iri(path: Path, line: int, name: str, text: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError:
        raise SourceError(path, line, f"{name} {text!r} is no IRI", "correct the cell") from None


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
