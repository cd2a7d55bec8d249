"""The page of ``/sparql``: a plain form, and the answer where one was asked for.

All of it works without a script. Where scripts run, the form becomes an editor, and what
the script needs to know stands in the page as JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from kg.errors import QueryError, QuerySyntaxError
from kg.formats import FORMATS
from kg.query.engine import Term
from kg.query.results import RESULTS_FORMATS
from kg.vocab import prefixes
from kg.web.addresses import own_address
from kg.web.cells import cells, has_chart, number_columns
from kg.web.editor_texts import editor_texts
from kg.web.gallery import first_query, gallery
from kg.web.language import page_language
from kg.web.negotiate import LANGUAGES
from kg.web.site import Site

SHOWN_ROWS = 1000
"""Rows in the HTML table; the other formats hold all."""


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it: a table, a boolean, or the Turtle text of a graph.

    ``rows`` are at most SHOWN_ROWS; ``more`` says that there are others.
    """

    variables: tuple[str, ...] = ()
    rows: Sequence[Sequence[Term | None]] = ()
    boolean: bool | None = None
    text: str = ""
    more: bool = False


@dataclass(frozen=True)
class Mark:
    """Where a query goes wrong: the 1-based line, and its text before and after the place."""

    line: int
    column: int
    before: str
    after: str


def query_page(
    site: Site, query: str | None, shown: Shown | None = None, error: QueryError | None = None
) -> Response:
    """Return the page with a query, or an example, and what became of it."""
    lang = page_language()
    examples = gallery(site.release, lang)
    table = shown.rows if shown else ()
    body = render_template(
        "sparql.html",
        ask_endpoint="sparql.endpoint",
        site=site,
        lang=lang,
        languages={code: same_address(lang=code) for code in LANGUAGES},
        query=query if query is not None else first_query(examples),
        gallery=examples,
        shown=shown,
        form=_form(shown),
        rows=cells(site, table, lang),
        numbers=number_columns(table),
        chart=has_chart(table),
        exports=_exports(shown),
        error=error,
        mark=_mark(query or "", error),
        formats=[format_.extension for format_ in (*RESULTS_FORMATS, *FORMATS)],
        island=_island(site, lang),
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    response.vary.update(("Accept", "Accept-Language"))
    return response


def same_address(**changed: str) -> str:
    """Return the address of this request with some parameters changed."""
    fields = [(key, value) for key, value in request.values.items(multi=True)]
    kept = [(key, value) for key, value in fields if key not in {"lang", "format"}]
    return f"{own_address(request.path[1:])}?{urlencode([*kept, *changed.items()])}"


def _form(shown: Shown | None) -> str:
    """Return what kind of answer the page has: table, boolean, graph; empty for none."""
    if shown is None:
        return ""
    if shown.boolean is not None:
        return "boolean"
    return "table" if shown.variables else "graph"


def _exports(shown: Shown | None) -> list[tuple[str, str, str]]:
    """Return name, extension and address of the answer in each format that fits it."""
    formats = FORMATS if _form(shown) == "graph" else RESULTS_FORMATS
    return [
        (format_.name, format_.extension, same_address(format=format_.extension))
        for format_ in formats
    ]


def _mark(query: str, error: QueryError | None) -> Mark | None:
    if not isinstance(error, QuerySyntaxError) or error.line is None:
        return None
    lines = query.split("\n")
    text = lines[error.line - 1] if error.line <= len(lines) else ""
    column = error.column or 1
    return Mark(
        error.line, column, text[: column - 1].rstrip("\r"), text[column - 1 :].rstrip("\r")
    )


def _island(site: Site, lang: str) -> dict[str, object]:
    """Return what the editor's script needs to know."""
    return {
        "lang": lang,
        "base": site.base,
        "prefixes": prefixes(site.base),
        "root": own_address(""),
        "endpoint": url_for("sparql.endpoint"),
        "terms": url_for("editor.terms", lang=lang),
        "parts": {
            part: url_for("static", filename=f"sparql-{part}.js") for part in ("editor", "pictures")
        },
        "shownRows": SHOWN_ROWS,
        "exports": {
            kind: [[format_.name, format_.extension] for format_ in formats]
            for kind, formats in (("table", RESULTS_FORMATS), ("graph", FORMATS))
        },
        "texts": editor_texts(),
    }
