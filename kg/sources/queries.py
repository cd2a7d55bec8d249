"""SPARQL query files, with the titles in their first comment lines.

::

    # title: Figures with their sentences
    # title-zh: 数字及其原文语句
    # note: a sentence for the reader
    # note-zh: 给读者的一句话
    # home: 2
    # column sciPapers: SCI papers
    # column-zh sciPapers: SCI论文
    SELECT ?sciPapers ...

Both titles must be there, the rest may. Each stands in one line. Queries with ``home`` are
answered on the home page, in the order of their numbers, each column of the answer under its
heading: ``column`` gives one for a variable.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from kg.errors import QueryRefused, SourceError, SourceErrors
from kg.guard import body_tokens, refuse_forbidden, tokens
from kg.sources.rdf import read_text
from kg.sources.sparql_mistakes import SparqlMistake, explain_syntax_error
from kg.vocab import SERVICE_NAME

HEADER = re.compile(r"#\s*(title|title-zh|note|note-zh|home|column(?:-zh)? \w+)\s*:\s*(.+)")
COLUMN = re.compile(r"column(-zh)? (\w+)")
ANSWERS_FILE = "answers.toml"
"""Expected answers, beside the queries: tests read them, and no release holds them."""


@dataclass(frozen=True)
class Query:
    """A query file: its text as it stands in the file, and what it is called.

    ``titles`` and ``notes`` are by language, en and zh; a language without a note has none.
    ``columns`` are the headings of variables, by language too.
    """

    path: Path
    text: str
    titles: Mapping[str, str]
    notes: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    home: int | None = None
    """Its place on the home page, from 1; None for a query that is not there."""
    center: str = ""
    """The slug of the center whose question it is; empty for one that any center may be asked."""

    @property
    def name(self) -> str:
        """The name of the file, without its suffix."""
        return self.path.stem

    @property
    def form(self) -> str:
        """The form of the query: SELECT, ASK, CONSTRUCT or DESCRIBE."""
        return query_form(self.text)


def sparql_mistake(text: str) -> SparqlMistake | None:
    """Return the first mistake in the syntax of a query, or None for a valid one.

    >>> sparql_mistake("SELECT * { ?s ?p ?o }") is None
    True
    >>> sparql_mistake("SELECT * { ?s nope:p ?o }")
    SparqlMistake(line=1, column=15, reason='no PREFIX line declares nope:')
    >>> sparql_mistake("SELECT ?s { ?s ?p ?o } ORDER ?s").reason
    "it goes wrong near '} ORDER ?s'"
    """
    try:
        # Before the engine sees it: it answers ASK at once, SERVICE clauses included.
        refuse_forbidden(text)
    except QueryRefused:
        return SparqlMistake(None, None, "a query of the sources neither updates nor asks SERVICE")
    try:
        # The base only resolves relative IRIs; nothing is asked of it.
        Store().query(text, base_iri="https://localhost/")
    except SyntaxError as error:
        return explain_syntax_error(text, str(error.msg))
    except ValueError as error:
        return SparqlMistake(None, None, str(error))
    return None


def query_form(text: str) -> str:
    r"""Return the form of a query (SPARQL 1.1, 16): its first word after the prologue.

    >>> query_form("PREFIX select: <#> # a comment\nask { ?s ?p select: }")
    'ASK'
    """
    body = body_tokens(tokens(text))
    return body[0].text.upper() if body else ""


def read_query(path: Path, center: str = "") -> Query:
    """Return the query in ``path``, which lies in the folder of ``center`` or of no center.

    Raises SourceError for a missing title, for a header line that stands there twice, for a
    place on the home page that is no number, for the heading of a column that the query does
    not have or that is there in one language alone, for no SPARQL, and for the name that the
    endpoint's service has.
    """
    text = read_text(path)
    if path.stem == SERVICE_NAME:
        what = f"the endpoint has a part that is called {SERVICE_NAME!r} already"
        raise SourceError(path, None, what, "rename the file")
    header = _read_header(path, text)
    for name in ("title", "title-zh"):
        if name not in header:
            raise SourceError(path, 1, f"no line '# {name}: ...'", "add it above the query")
    mistake = sparql_mistake(text)
    if mistake is not None:
        what = f"no valid SPARQL: {mistake.reason}"
        raise SourceError(path, mistake.line, what, "mend the query")
    titles = {"en": header["title"], "zh": header["title-zh"]}
    notes = {"en": header.get("note", ""), "zh": header.get("note-zh", "")}
    said = {lang: note for lang, note in notes.items() if note}
    columns = _columns(path, text, header)
    return Query(path, text, titles, said, columns, _home(path, header.get("home")), center)


def refuse_namesakes(queries: Iterable[Query]) -> None:
    """Raise SourceErrors for queries that are called as one before: a query has one address."""
    first: dict[str, Path] = {}
    errors = []
    for query in queries:
        other = first.setdefault(query.name, query.path)
        if other != query.path:
            what = f"a query of this name is {other.parent.parent.name}/{other.parent.name}/{other.name}"
            errors.append(SourceError(query.path, None, what, "rename one of the two"))
    if errors:
        raise SourceErrors(errors)


def _columns(path: Path, text: str, header: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"en": {}, "zh": {}}
    for key, heading in header.items():
        match = COLUMN.fullmatch(key)
        if match is None:
            continue
        if not re.search(rf"[?$]{match[2]}\b", text):
            what = f"'# {key}: ...' is the heading of a variable that the query does not have"
            raise SourceError(path, 1, what, "write the name of the variable as the query does")
        found["zh" if match[1] else "en"][match[2]] = heading
    for variable in sorted(found["en"].keys() ^ found["zh"].keys()):
        lacking = "column-zh" if variable in found["en"] else "column"
        raise SourceError(
            path, 1, f"no line '# {lacking} {variable}: ...'", "add it below the other"
        )
    return found


def _home(path: Path, number: str | None) -> int | None:
    if number is not None and not re.fullmatch(r"[1-9][0-9]?", number):
        what = f"the line '# home: {number}' gives no place"
        raise SourceError(path, 1, what, "give a number from 1 to 99 or remove the line")
    return int(number) if number else None


def _read_header(path: Path, text: str) -> dict[str, str]:
    header: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#"):
            break
        match = HEADER.fullmatch(line.strip())
        if match is None:
            continue
        if match[1] in header:
            raise SourceError(path, number, f"a second line '# {match[1]}: ...'", "keep one")
        header[match[1]] = match[2].strip()
    return header
