"""Errors in the form that was asked for: HTML, RFC 9457 problem details, or plain text."""

import json
from collections.abc import Sequence
from difflib import get_close_matches

from flask import Flask, Response, render_template, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import HTTPException, NotAcceptable, NotFound

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.web.negotiate import HTML, Variant, choose_language, choose_variant
from kg.web.site import current_site

PROBLEM = Variant("problem", ("application/problem+json", "application/json"))
PLAIN = Variant("plain", ("text/plain",))
NEAR_MATCHES = 5


class Problem(HTTPException):
    """A 4xx answer with a sentence, and links to what the reader may want instead."""

    def __init__(
        self,
        status: int,
        detail: str,
        links: Sequence[tuple[str, str]] = (),
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.links = tuple(links)
        self.extra = extra or {}


def not_acceptable(variants: Sequence[tuple[Variant, str]]) -> Problem:
    """Return a 406 that lists the variants and where each is."""
    names = ", ".join(variant.media_types[0] for variant, _ in variants)
    return Problem(
        NotAcceptable.code,
        f"This is to be had as: {names}.",
        [(variant.media_types[0], address) for variant, address in variants],
    )


def not_found(path: str) -> Problem:
    """Return a 404 that names things whose identifiers are near to what was asked for."""
    site = current_site()
    prefix, _, asked = path.rpartition("/")
    rows = site.engine.select(
        "SELECT DISTINCT ?thing { ?thing a ?kind FILTER(STRSTARTS(STR(?thing), '%sid/')) }"
        % site.base
    ).rows
    known = {row[0].value.rpartition("/")[2]: row[0] for row in rows if isinstance(row[0], NamedNode)}
    near = [known[slug].value for slug in get_close_matches(asked, known, n=NEAR_MATCHES)]
    detail = f"Nothing is known under {site.iri(path)}."
    if near:
        detail += " Is it one of these?"
    links = [(iri.removeprefix(site.base), "/" + iri.removeprefix(site.base)) for iri in near]
    return Problem(NotFound.code, detail, links)


def query_problem(error: QueryError) -> Problem:
    """Return the 400 for a query that cannot be answered."""
    extra: dict[str, object] = {}
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        extra = {"line": error.line, "column": error.column}
    return Problem(403 if isinstance(error, QueryRefused) else 400, f"{error}", extra=extra)


def register(app: Flask) -> None:
    """Let every HTTP error of ``app`` be answered here."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    status = error.code or 500
    links = error.links if isinstance(error, Problem) else ()
    extra = error.extra if isinstance(error, Problem) else {}
    detail = error.description or ""
    variant = choose_variant(request.headers.get("Accept"), (HTML, PROBLEM, PLAIN)) or PLAIN
    if variant is HTML:
        lang = request.path[1:3] if request.path[:4] in {"/en/", "/zh/"} else ""
        body = render_template(
            "problem.html",
            lang=lang or choose_language(request.headers.get("Accept-Language")),
            status=status,
            name=error.name,
            detail=detail,
            links=links,
        )
        response = Response(body, status, content_type="text/html; charset=utf-8")
    elif variant is PROBLEM:
        table = {"type": "about:blank", "status": status, "title": error.name, "detail": detail}
        alternates = [{"name": name, "href": href} for name, href in links]
        table |= {"alternates": alternates} if links else {}
        body = json.dumps(table | extra, ensure_ascii=False) + "\n"
        response = Response(body, status, content_type="application/problem+json")
    else:
        lines = [f"{status} {error.name}", detail, *(f"{name}: {href}" for name, href in links)]
        text = "\n".join(lines) + "\n"
        response = Response(text, status, content_type="text/plain; charset=utf-8")
    response.vary.update(("Accept", "Accept-Language"))
    for header, value in error.get_headers():
        if header.lower() in {"allow", "retry-after"}:
            response.headers[header] = value
    return response
