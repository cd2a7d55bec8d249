"""SPARQL query files, with the titles in their first comment lines.

::

    # title: Figures with their sentences
    # title-zh: 数字及其原文语句
    # note: a sentence for the reader, in either language
    SELECT ...
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.sources.rdf import read_text

HEADER = re.compile(r"#\s*(title|title-zh|note)\s*:\s*(.+)")


@dataclass(frozen=True)
class Query:
    """A query file: its text as it stands in the file, and what it is called."""

    path: Path
    text: str
    titles: Mapping[str, str]
    note: str


def read_query(path: Path) -> Query:
    """Return the query in ``path``; raise SourceError where a title is missing."""
    text = read_text(path)
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        match = HEADER.fullmatch(line.strip())
        if match:
            header[match[1]] = match[2].strip()
    for name in ("title", "title-zh"):
        if name not in header:
            raise SourceError(path, 1, f"no line '# {name}: ...'", "add it above the query")
    titles = {"en": header["title"], "zh": header["title-zh"]}
    return Query(path, text, titles, header.get("note", ""))
