"""The rows of one SSSOM TSV file, each with its line, or what is wrong with them.

The format is SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/). What
the library overlooks is refused here: keys, columns and cells that it would drop unread, and
a slot that stands both in the header and in a column, where the header would win in silence.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import sssom_pydantic
from curies import Converter, Reference
from curies.api import CompressionError, PrefixStandardizationError
from pydantic import ValidationError
from sssom_pydantic import MappingSet as Header
from sssom_pydantic import SemanticMapping
from sssom_pydantic.io import ParseError
from yaml import YAMLError

from kg.errors import SourceError, SourceErrors
from kg.sources.rdf import read_text
from kg.sources.registries import registry_of
from kg.sources.sssom_checks import problems_of
from kg.sources.sssom_row import STORED_SOURCE, Row
from kg.vocab import SKOS

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
FOR_ALL_ROWS = (
    *("mapping_date", "mapping_tool", "mapping_tool_id", "mapping_tool_version"),
    *("mapping_provider", "subject_source", "subject_source_version"),
    *("object_source", "object_source_version"),
)
"""Slots that the header may state for every row (SSSOM calls them propagatable)."""
KEYS = (
    *("sssom_version", "curie_map", "mapping_set_id", "mapping_set_title"),
    *("mapping_set_description", "mapping_set_version", "license", "mapping_set_source"),
    *("creator_id", "creator_label", "publication_date", "extension_definitions", *FOR_ALL_ROWS),
)
COLUMNS = (
    *REQUIRED,
    *("subject_label", "object_label", "author_id", "author_label", "reviewer_id"),
    *("reviewer_label", "review_date", *FOR_ALL_ROWS, "confidence", "comment", STORED_SOURCE),
)


def last_day_on_earth(now: datetime | None = None) -> date:
    """Return the latest date that it is anywhere at ``now``: in the zone UTC+14.

    >>> last_day_on_earth(datetime(2026, 1, 1, 11, tzinfo=UTC))
    datetime.date(2026, 1, 2)
    """
    return ((now or datetime.now(UTC)) + timedelta(hours=14)).date()


def read_rows(path: Path, base: str) -> tuple[Header, tuple[str, ...], tuple[Row, ...]]:
    """Return the header of a SSSOM TSV file, the IRIs of the set's creators, and its rows.

    ``base`` is what the IRIs of the subjects begin with. Raises SourceErrors with every bad
    row, SourceError where the file is no SSSOM/TSV.
    """
    # Spreadsheets put a byte order mark before what they save.
    text = read_text(path).removeprefix("\ufeff")
    rows_as_text = _rows_as_text(path, text)
    lines = [line for line, _ in rows_as_text]
    mappings, converter, header, errors = parse(path, text)
    # The library counts rows from the line of the column names on.
    first = sum(1 for line in io.StringIO(text) if line.startswith("#")) + 1
    broken = {error.line_number - first: error.exception for error in errors}
    problems = [row_problem(path, lines[n], error) for n, error in broken.items()]
    good = (row for n, row in enumerate(rows_as_text) if n not in broken)
    rows = [_expand(row, m, converter) for row, m in zip(good, mappings, strict=True)]
    problems += problems_of(path, rows, base, last_day_on_earth())
    if problems:
        raise SourceErrors(sorted(problems, key=lambda problem: problem.line or 0))
    _refuse_undeclared(path, text, header, converter)
    creators = (converter.expand_reference(c, strict=True) for c in header.creators or ())
    return header, tuple(creators), tuple(rows)


def _refuse_undeclared(path: Path, text: str, header: Header, converter: Converter) -> None:
    """Raise SourceError for a source of the set whose prefix the header does not declare.

    SSSOM's own reader takes whatever is no web address for a CURIE, and gives the file up.
    """
    for source in map(str, header.source or ()):
        prefix = source.partition(":")[0]
        if prefix not in {"http", "https", *converter.get_prefixes()}:
            lines = text.splitlines()
            line = next((n for n, row in enumerate(lines, 1) if source in row), None)
            what = f"mapping_set_source {source} has a prefix that curie_map does not declare"
            raise SourceError(path, line, what, f"add #  {prefix}: and what it stands for")


def parse(
    path: Path, text: str
) -> tuple[list[SemanticMapping], Converter, Header, list[ParseError]]:
    """Return what the library reads of a SSSOM TSV file: good rows, prefixes, header, bad rows.

    Raises SourceError where the header is none. ``row_problem`` says what is wrong with a row.
    """
    try:
        return sssom_pydantic.read(io.StringIO(text), return_errors=True)
    except PrefixStandardizationError as error:
        raise SourceError(path, None, *_undeclared(error)) from None
    except (ValueError, YAMLError) as error:
        what = f"the header is not readable as SSSOM: {_explain(error)}"
        # The header is the first lines of the file, each behind a #.
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise SourceError(path, line, what, "mend the lines that begin with #") from None


def _rows_as_text(path: Path, text: str) -> list[tuple[int, Mapping[str, str]]]:
    """Return line and cells of each row, or raise for what would be dropped without a word."""
    if re.search(r"\r(?!\n)", text):
        raise SourceError(
            path, None, "a line ends in a lone carriage return", "end it with a line feed"
        )
    lines = list(io.StringIO(text))
    header = list(takewhile(lambda line: line.startswith("#"), lines))
    start = len(header)
    late = [n for n, line in enumerate(lines[start:], start + 1) if line.startswith("#")]
    if late:
        what, fix = "a line of the header or a remark stands below the header", "move or remove it"
        raise SourceErrors([SourceError(path, number, what, fix) for number in late])
    top = [line.lstrip("#") for line in header]
    columns = lines[start].rstrip("\r\n").split("\t") if len(lines) > start else []
    problems = [*_key_problems(path, top, columns), *_column_problems(path, start + 1, columns)]
    rows: list[tuple[int, Mapping[str, str]]] = []
    end = start + 1
    for cells in csv.reader(lines[start + 1 :], delimiter="\t"):
        line, end = end + 1, end + 1 + sum(cell.count("\n") for cell in cells)
        rows.append((line, dict(zip(columns, cells, strict=False))))
        if line != end:
            what, fix = f"a cell runs on to line {end}", "close its quotation mark"
        elif not any(cells):
            what, fix = "the line is empty", "remove it"
        elif len(cells) != len(columns):
            what = f"the row has {len(cells)} cells and the header {len(columns)} columns"
            fix = "give every column its cell, an empty one where nothing is to be said"
        else:
            continue
        problems.append(SourceError(path, line, what, fix))
    if problems:
        raise SourceErrors(problems)
    return rows


def _key_problems(path: Path, top: list[str], columns: list[str]) -> Iterator[SourceError]:
    indent = min((len(line) - len(line.lstrip()) for line in top if line.strip()), default=0)
    seen = set[str]()
    for number, line in enumerate(top, 1):
        key = re.match(rf" {{{indent}}}(\w+):", line)
        if key and key[1] in seen:
            yield SourceError(path, number, f"the key {key[1]!r} stands there twice", "keep one")
        seen |= {key[1]} if key else set()
        if key and key[1] not in KEYS:
            fix = f"remove it or use one of {', '.join(KEYS)}"
            yield SourceError(path, number, f"no key {key[1]!r} is read", fix)
        elif key and key[1] in FOR_ALL_ROWS and key[1] in columns:
            what = f"{key[1]} stands in the header and in a column"
            yield SourceError(path, number, what, "keep the column, with a value in each row")


def _column_problems(path: Path, line: int, columns: list[str]) -> Iterator[SourceError]:
    for name in sorted(set(columns) - set(COLUMNS)):
        fix = f"remove it or use one of {', '.join(COLUMNS)}"
        yield SourceError(path, line, f"no column {name!r} is read", fix)
    for name in REQUIRED:
        if name not in columns:
            what, fix = f"the column {name!r} is missing", "add it to the header line"
            yield SourceError(path, line, what, fix)
    for name in COLUMNS:
        if columns.count(name) > 1:
            what, fix = f"the column {name!r} stands there twice", "keep one of the two"
            yield SourceError(path, line, what, fix)


def row_problem(path: Path, line: int, error: Exception) -> SourceError:
    """Return what is wrong with a row that the library cannot read, and what to do."""
    what, fix = f"the row is no mapping: {_explain(error)}", "write what SSSOM allows there"
    if isinstance(error, PrefixStandardizationError):
        what, fix = _undeclared(error)
    elif isinstance(error, CompressionError):
        # Slots that take an IRI as well: people, tools, registries.
        what, fix = f"the prefix of {error} is not declared", "add it to curie_map or correct it"
    elif isinstance(error, ValidationError):
        first = error.errors()[0]
        if first["type"] == "missing":
            what, fix = f"{first['loc'][0]} is empty", "fill it in"
        elif first["loc"][0] == "confidence":
            what = f"{first['input']!r} is no confidence"
            fix = "write a number from 0 to 1, as 0.95, or leave the cell empty"
        elif first["type"].startswith("date"):
            what, fix = f"{first['input']!r} is no date", "write it as 2026-01-31"
    return SourceError(path, line, what, fix)


def _undeclared(error: Exception) -> tuple[str, str]:
    return f"the prefix {error} is not declared", "add it to curie_map or correct it"


def _explain(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        slot = ".".join(str(part) for part in first["loc"])
        return f"{slot}: {first['msg']}"
    return getattr(error, "problem", None) or str(error).splitlines()[0]


def _record_iri(expanded: str) -> str:
    """Return the IRI of a record that a CURIE expands to: some end in more than the identifier."""
    registry = registry_of(expanded)
    return expanded + registry.suffix if registry else expanded


def _expand(
    row: tuple[int, Mapping[str, str]], mapping: SemanticMapping, converter: Converter
) -> Row:
    line, cells = row

    def iri(reference: Reference | None) -> str | None:
        return converter.expand_reference(reference, strict=True) if reference else None

    def iris(references: list[Reference] | None) -> tuple[str, ...]:
        return tuple(converter.expand_reference(r, strict=True) for r in references or ())

    def labels(slot: str) -> tuple[str, ...]:
        # The library reads them and does not hand them on.
        return tuple(text.strip() for text in cells.get(slot, "").split("|") if text.strip())

    subject, predicate, target = (
        converter.expand_reference(reference, strict=True)
        for reference in (mapping.subject, mapping.predicate, mapping.object)
    )
    return Row(
        line=line,
        subject=subject,
        match=predicate.removeprefix(SKOS),
        object=_record_iri(target),
        subject_source=iri(mapping.subject_source),
        object_source=iri(mapping.object_source),
        authors=iris(mapping.authors),
        author_labels=labels("author_label"),
        reviewers=iris(mapping.reviewers),
        reviewer_labels=labels("reviewer_label"),
        tool=iri(mapping.mapping_tool.reference) if mapping.mapping_tool else None,
        mapping=mapping,
    )
