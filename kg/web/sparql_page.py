"""The page of ``/sparql``: a plain form, and the answer where one was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, render_template, request

from kg.errors import QueryError
from kg.formats import FORMATS
from kg.query.engine import Term
from kg.query.results import RESULTS_FORMATS
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


def query_page(
    site: Site, query: str | None, shown: Shown | None = None, error: QueryError | None = None
) -> Response:
    """Return the page with a query, or an example, and what became of it."""
    lang = page_language()
    body = render_template(
        "sparql.html",
        site=site,
        lang=lang,
        languages={code: same_address(lang=code) for code in LANGUAGES},
        query=query if query is not None else _example(site),
        shown=shown,
        error=error,
        formats=[format_.extension for format_ in (*RESULTS_FORMATS, *FORMATS)],
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    response.vary.update(("Accept", "Accept-Language"))
    return response


def same_address(**changed: str) -> str:
    """Return the address of this request with some parameters changed."""
    fields = [(key, value) for key, value in request.values.items(multi=True)]
    kept = [(key, value) for key, value in fields if key not in {"lang", "format"}]
    return f"{request.path}?{urlencode([*kept, *changed.items()])}"


def _example(site: Site) -> str:
    folder = site.release.source_file("data/queries")
    paths = sorted(folder.glob("figures.rq")) or sorted(folder.glob("*.rq"))
    return paths[0].read_text(encoding="utf-8") if paths else "SELECT * { ?s ?p ?o } LIMIT 20"
