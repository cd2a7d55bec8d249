"""Errors in the form that was asked for: HTML, RFC 9457 problem details, or plain text."""

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches

from flask import Flask, Response, render_template, request
from flask_babel import LazyString, lazy_gettext
from pyoxigraph import NamedNode
from werkzeug.exceptions import Gone, HTTPException, NotAcceptable, NotFound

from kg.errors import (
    FormatRefused,
    QueryError,
    QueryOverLimit,
    QueryRefused,
    QuerySyntaxError,
    StoreDamaged,
    TooManyQueries,
)
from kg.sources.withdrawn import Withdrawn
from kg.web.addresses import own_address
from kg.web.language import in_a_row, page_language
from kg.web.language import translate as _
from kg.web.names import Names
from kg.web.negotiate import HTML, LANGUAGES, Variant, choose_variant
from kg.web.site import Site, current_site

PROBLEM = Variant(
    "problem",
    (
        *("application/problem+json", "application/json"),
        # Whoever wants results or data as JSON can read a problem as JSON.
        *("application/sparql-results+json", "application/ld+json"),
    ),
)
PLAIN = Variant("plain", ("text/plain",))
JSON_ROUTES = re.compile("(?:/en|/zh)?/reconcile(?:/|$)")
"""Paths whose clients take an error as JSON where they take anything."""
NEAR_MATCHES = 5
SNIPPET = 500
"""Code points of a query's line that are sent back."""

STATUSES: dict[int, tuple[LazyString, LazyString]] = {
    400: (lazy_gettext("Bad request"), lazy_gettext("The request cannot be understood.")),
    403: (lazy_gettext("Forbidden"), lazy_gettext("This server does not do that.")),
    404: (lazy_gettext("Not found"), lazy_gettext("There is nothing at this address.")),
    405: (
        lazy_gettext("Method not allowed"),
        lazy_gettext("This address does not answer such requests; see the header Allow."),
    ),
    406: (lazy_gettext("Not acceptable"), lazy_gettext("It is not to be had in that form.")),
    408: (lazy_gettext("Too slow"), lazy_gettext("The request took too long to arrive.")),
    410: (lazy_gettext("Gone"), lazy_gettext("This was withdrawn.")),
    413: (lazy_gettext("Too large"), lazy_gettext("The request is longer than allowed.")),
    414: (lazy_gettext("Address too long"), lazy_gettext("The address is too long.")),
    415: (lazy_gettext("Unsupported media type"), lazy_gettext("The body has another type.")),
    416: (lazy_gettext("Range not satisfiable"), lazy_gettext("There are not that many bytes.")),
    429: (lazy_gettext("Too many queries"), lazy_gettext("Wait for your queries to end.")),
    431: (lazy_gettext("Headers too long"), lazy_gettext("The headers are too long.")),
    500: (
        lazy_gettext("Internal error"),
        lazy_gettext("Our mistake; it has been logged. Try again later."),
    ),
    503: (lazy_gettext("Unavailable"), lazy_gettext("Try again in a moment.")),
}
"""Name and sentence of an error that has no sentence of its own."""


class Problem(HTTPException):
    """A 4xx answer with a sentence, and links to what the reader may want instead.

    ``lang`` is the language of the sentence where it is not that of the page; ``extra`` are
    further members of the problem details (RFC 9457, 3.2), ``more_headers`` further headers.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        links: Sequence[tuple[str, str]] = (),
        extra: dict[str, object] | None = None,
        lang: str = "",
        more_headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.links = tuple(links)
        self.extra = extra or {}
        self.lang = lang
        self.more_headers = more_headers or {}


def not_acceptable(variants: Sequence[tuple[Variant, str]]) -> Problem:
    """Return a 406 that lists the variants and where each is."""
    names = ", ".join(variant.media_types[0] for variant, _address in variants)
    return Problem(
        NotAcceptable.code,
        _("This is to be had as: %(types)s.", types=names),
        [(variant.media_types[0], address) for variant, address in variants],
    )


def not_found(path: str) -> Problem:
    """Return the problem of a path that stands for nothing.

    A 410 that says when, why and what took its place where it was withdrawn (RFC 9110,
    15.5.11), else a 404 that names things whose identifiers are near to it.
    """
    site = current_site()
    if path in site.withdrawn:
        return _gone(site, site.withdrawn[path])
    near = get_close_matches(path, site.addresses, n=NEAR_MATCHES)
    detail = _("Nothing is known under %(iri)s.", iri=site.base + path)
    if near:
        detail = in_a_row(detail, _("Is it one of these?"))
    return Problem(NotFound.code, detail, _named(site, near))


def _gone(site: Site, row: Withdrawn) -> Problem:
    detail = _("%(iri)s was withdrawn on %(date)s.", iri=site.base + row.id, date=row.date)
    extra: dict[str, object] = {"withdrawn": row.date, "reason": row.reason}
    links = []
    if row.replacement:
        detail = in_a_row(detail, _("Another has taken its place."))
        extra["replacement"] = site.base + row.replacement
        links.append(_named(site, [row.replacement])[0])
    return Problem(Gone.code, detail, links, extra)


def _named(site: Site, addresses: Sequence[str]) -> list[tuple[str, str]]:
    """Return what to call things of the site, and where they are."""
    nodes = [NamedNode(site.base + address) for address in addresses]
    names = Names(site.labels(nodes), page_language(), site.base)
    return [
        (f"{names.of(node).text} ({address})", own_address(address))
        for node, address in zip(nodes, addresses, strict=True)
    ]


def query_problem(error: QueryError, query: str) -> Problem:
    """Return the problem of a query that is not answered.

    400 where it is wrong, 403 where it is refused, 406 where the format cannot hold it, 429 and 503 where there is no place for
    it or it takes too much. For a syntax error line, column and the line itself are given,
    as the query was sent.
    """
    if isinstance(error, StoreDamaged):
        # Of no query, and answered elsewhere.
        raise error
    extra: dict[str, object] = {}
    headers: dict[str, str] = {}
    status = 400
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        rows = query.split("\n")
        snippet = rows[error.line - 1].rstrip("\r") if error.line <= len(rows) else ""
        extra = {"line": error.line, "column": error.column, "snippet": snippet[:SNIPPET]}
    elif isinstance(error, QueryRefused):
        status = 403
    elif isinstance(error, FormatRefused):
        status = 406
    elif isinstance(error, QueryOverLimit):
        status = 429 if isinstance(error, TooManyQueries) else 503
        headers = {"Retry-After": str(error.retry_after_s)}
    return Problem(status, f"{error}", extra=extra, lang="en", more_headers=headers)


def register(app: Flask) -> None:
    """Let every HTTP error of ``app`` be answered here."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # ours are Flask responses
    status = error.code or 500
    name, sentence = map(str, STATUSES.get(status, (error.name, error.description)))
    problem = error if isinstance(error, Problem) else Problem(status, sentence)
    detail = problem.description or sentence
    # Where anything will do, a page is for readers of pages.
    machine = request.path.startswith("/sparql")
    order = (PLAIN, PROBLEM, HTML) if machine else (HTML, PROBLEM, PLAIN)
    # So is a list that is sent to be looked up: its answers are JSON then.
    looked_up = request.method == "POST" and request.endpoint in {"lookup.lookup", "lookup.page"}
    if looked_up or JSON_ROUTES.match(request.path):
        order = (PROBLEM, PLAIN, HTML)
    variant = choose_variant(request.headers.get("Accept"), order) or PLAIN
    if request.args.get("format", "") in {"json", "jsonld"}:
        variant = PROBLEM
    if variant is HTML:
        response = _page(problem, name, detail)
    elif variant is PROBLEM:
        table = {"type": "about:blank", "status": status, "title": name, "detail": detail}
        alternates = [{"name": text, "href": href} for text, href in problem.links]
        table |= {"alternates": alternates} if alternates else {}
        body = json.dumps(table | problem.extra, ensure_ascii=False) + "\n"
        response = Response(body, status, content_type="application/problem+json")
    else:
        lines = [f"{status} {name}", detail, *_reason(problem.extra), *_pointed(problem.extra)]
        lines += [f"{text}: {href}" for text, href in problem.links]
        text = "\n".join(lines) + "\n"
        response = Response(text, status, content_type="text/plain; charset=utf-8")
    response.headers["Content-Language"] = problem.lang or page_language()
    response.vary.update(("Accept", "Accept-Language"))
    if status == NotAcceptable.code:
        response.vary.add("Accept-Profile")
    for header, value in error.get_headers():
        if header.lower() in {"allow", "retry-after", "content-range"}:
            response.headers[header] = value
    response.headers.extend(problem.more_headers)
    return response


def _reason(extra: dict[str, object]) -> list[str]:
    return [str(extra["reason"])] if "reason" in extra else []


def _pointed(extra: dict[str, object]) -> list[str]:
    """Return the line of a query with a caret below the place, where that is known."""
    snippet, column = extra.get("snippet"), extra.get("column")
    if not isinstance(snippet, str) or not isinstance(column, int):
        return []
    # A tab stays a tab, so that the caret stands below its place.
    space = "".join("\t" if char == "\t" else " " for char in snippet[: column - 1])
    return [snippet, f"{space}^"]


def _page(problem: Problem, name: str, detail: str) -> Response:
    lang = page_language()
    path = request.path.split("/", 2)[2] if request.path[:4] in {"/en/", "/zh/"} else ""
    body = render_template(
        "problem.html",
        lang=lang,
        languages={code: own_address(f"{code}/{path}") for code in LANGUAGES},
        site=current_site(),
        problem=problem,
        name=name,
        detail=detail,
    )
    return Response(body, problem.code, content_type="text/html; charset=utf-8")
