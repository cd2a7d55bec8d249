"""The rows of one SSSOM TSV file, each with its line, or what is wrong with them.

The format is SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/). What
the library overlooks is refused here: keys, columns and cells that it would drop unread,
predicates and justifications that it does not know, identifiers whose check digits lie.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sssom_pydantic
from curies import Converter
from curies.api import PrefixStandardizationError
from curies.vocabulary import matching_processes
from pydantic import ValidationError
from pyoxigraph import NamedNode
from sssom_pydantic import MappingSet as Header
from sssom_pydantic import SemanticMapping
from yaml import YAMLError

from kg.errors import SourceError, SourceErrors
from kg.sources.identifiers import isni_check_digit_ok, ror_checksum_ok
from kg.sources.rdf import read_text
from kg.vocab import SKOS

STORED_SOURCE = "stored_source"
"""Our extension slot: the stored file that the identifier was read from."""

KEYS = (
    *("sssom_version", "curie_map", "mapping_set_id", "mapping_set_title"),
    *("mapping_set_description", "license", "mapping_set_source", "extension_definitions"),
)
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
COLUMNS = (
    *REQUIRED,
    *("subject_label", "object_label", "object_source", "object_source_version"),
    *("confidence", "comment", STORED_SOURCE),
)
MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
JUSTIFICATIONS = tuple(sorted(process.identifier for process in matching_processes))

CHECK_DIGITS = {
    "https://ror.org/": ("ROR", ror_checksum_ok),
    "https://isni.org/isni/": ("ISNI", isni_check_digit_ok),
}


@dataclass(frozen=True)
class Row:
    """One mapping with its CURIEs expanded. ``match`` is the local name of a SKOS property."""

    line: int
    subject: str
    match: str
    object: str
    object_source: str | None
    mapping: SemanticMapping


def read_rows(path: Path, base: str) -> tuple[Header, tuple[Row, ...]]:
    """Return the header of a SSSOM TSV file and its rows, in the order of the file.

    ``base`` is what the IRIs of the subjects begin with. Raises SourceErrors with every bad
    row, SourceError where the file is no SSSOM/TSV.
    """
    text = read_text(path)
    lines = _row_lines(path, text)
    try:
        mappings, converter, header, errors = sssom_pydantic.read(
            io.StringIO(text), return_errors=True
        )
    except (ValueError, YAMLError) as error:
        what = f"the header is not readable as SSSOM: {_explain(error)}"
        # The header is the first lines of the file, each behind a #.
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise SourceError(path, line, what, "mend the lines that begin with #") from None
    # The library counts rows from the line of the column names on.
    first = sum(1 for line in io.StringIO(text) if line.startswith("#")) + 1
    broken = {error.line_number - first: error.exception for error in errors}
    problems = [_row_problem(path, lines[n], error) for n, error in broken.items()]
    good = (line for n, line in enumerate(lines) if n not in broken)
    rows = [_expand(line, m, converter) for line, m in zip(good, mappings, strict=True)]
    problems += _problems(path, rows, base)
    if problems:
        raise SourceErrors(sorted(problems, key=lambda problem: problem.line or 0))
    return header, tuple(rows)


def _row_lines(path: Path, text: str) -> list[int]:
    """Return the line of each row, or raise for what the library would drop without a word."""
    if re.search(r"\r(?!\n)", text):
        raise SourceError(
            path, None, "a line ends in a lone carriage return", "end it with a line feed"
        )
    lines = list(io.StringIO(text))
    top = [line.lstrip("#") for line in lines if line.startswith("#")]
    start = len(top)
    columns = lines[start].rstrip("\r\n").split("\t") if len(lines) > start else []
    problems = [*_key_problems(path, top), *_column_problems(path, start + 1, columns)]
    row_lines = []
    end = start + 1
    for cells in csv.reader(lines[start + 1 :], delimiter="\t"):
        line, end = end + 1, end + 1 + sum(cell.count("\n") for cell in cells)
        row_lines.append(line)
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
    return row_lines


def _key_problems(path: Path, top: list[str]) -> Iterator[SourceError]:
    indent = min((len(line) - len(line.lstrip()) for line in top if line.strip()), default=0)
    for number, line in enumerate(top, 1):
        key = re.match(rf" {{{indent}}}(\w+):", line)
        if key and key[1] not in KEYS:
            fix = f"remove it or use one of {', '.join(KEYS)}"
            yield SourceError(path, number, f"no key {key[1]!r} is read", fix)


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


def _row_problem(path: Path, line: int, error: Exception) -> SourceError:
    if isinstance(error, PrefixStandardizationError):
        what, fix = f"the prefix {error} is not declared", "add it to curie_map or correct it"
    elif isinstance(error, ValidationError) and error.errors()[0]["type"] == "missing":
        what, fix = f"{error.errors()[0]['loc'][0]} is empty", "fill it in"
    else:
        what, fix = f"the row is no mapping: {_explain(error)}", "write what SSSOM allows there"
    return SourceError(path, line, what, fix)


def _explain(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        slot = ".".join(str(part) for part in first["loc"])
        return f"{slot}: {first['msg']}"
    return getattr(error, "problem", None) or str(error).splitlines()[0]


def _expand(line: int, mapping: SemanticMapping, converter: Converter) -> Row:
    subject, predicate, target = (
        converter.expand_reference(reference, strict=True)
        for reference in (mapping.subject, mapping.predicate, mapping.object)
    )
    source = mapping.object_source
    return Row(
        line=line,
        subject=subject,
        match=predicate.removeprefix(SKOS),
        object=target,
        object_source=converter.expand_reference(source, strict=True) if source else None,
        mapping=mapping,
    )


def _problems(path: Path, rows: list[Row], base: str) -> Iterator[SourceError]:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        problem = _problem(row, base)
        before = seen.setdefault((row.subject, row.object), row.line)
        if problem is None and before != row.line:
            pair = f"{row.mapping.subject.curie} and {row.mapping.object.curie}"
            problem = f"line {before} maps {pair} already", "keep one of the two rows"
        if problem:
            yield SourceError(path, row.line, *problem)


def _problem(row: Row, base: str) -> tuple[str, str] | None:
    """Return what is wrong with a row and what to do, or None."""
    justification = row.mapping.justification
    if not row.subject.startswith(base):
        return f"{row.subject} is not ours", f"map a thing whose IRI begins with {base}"
    if row.object.startswith(base):
        return f"{row.object} is ours", "map to another registry; within ours, state a triple"
    if row.match not in MATCHES:
        what = f"{row.mapping.predicate.curie} is no mapping property"
        return what, f"use one of skos:{', skos:'.join(MATCHES)}"
    if justification.prefix != "semapv" or justification.identifier not in JUSTIFICATIONS:
        what = f"{justification.curie} is no justification that SSSOM knows"
        return what, f"use one of semapv:{', semapv:'.join(JUSTIFICATIONS)}"
    for iri in (row.subject, row.object):
        if not _is_iri(iri):
            return f"{iri!r} is no IRI", "write the identifier without blanks"
    for prefix, (registry, fits) in CHECK_DIGITS.items():
        identifier = row.object.removeprefix(prefix)
        if identifier != row.object and not fits(identifier):
            what = f"{identifier!r} is no {registry} identifier: form or check digits are wrong"
            return what, "copy it again from the record"
    return None


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
