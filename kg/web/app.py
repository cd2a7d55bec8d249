"""The Flask application: one factory, one blueprint per area."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask_babel import Babel

from kg.config import Config
from kg.vocab import prefixes
from kg.web import (
    api,
    browse,
    cache,
    cite,
    class_diagram,
    damage,
    data,
    documents,
    downloads,
    editor,
    files,
    front,
    home,
    linksets,
    lookup,
    mappings_page,
    nanopubs,
    neighbourhood,
    offline,
    pages,
    problems,
    reconcile,
    releases,
    search,
    sources,
    sparql,
    validation_page,
    wellknown,
)
from kg.web.addresses import own_address
from kg.web.hosts import GuardedFlask
from kg.web.language import LANGUAGE_NAMES, page_language
from kg.web.leading import leads
from kg.web.queries import query_address
from kg.web.site import SiteHolder

MODULES = (
    *(files, wellknown, downloads, releases, linksets, cite, nanopubs),
    *(data, sparql, editor, offline, search, reconcile),
    *(api, browse, lookup, mappings_page, neighbourhood, validation_page),
    *(documents, class_diagram, sources, home, pages),
)
"""Where the routes stand, one blueprint each."""

POLICY = "Content-Security-Policy"
HEADERS = {
    POLICY: (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer-when-downgrade",
    # Everything here is public, and no request carries credentials.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Location, Content-Profile, ETag, Link, Retry-After, X-SPARQL-MaxRows"
    ),
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    # Nothing here depends on who asks, so that any header may come along.
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def create_app(folder: Path, config: Config, *, exported: bool = False) -> Flask:
    """Return the WSGI application that serves the release in ``folder``.

    ``folder`` may be the pointer to the current release: then the application follows it.
    With ``exported`` it makes the pages of a static site, which offer nothing that takes a
    server.
    Raises ReleaseError where there is no release to open.
    """
    app = GuardedFlask(__name__)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.extensions["kg"] = SiteHolder(folder, config, exported=exported)
    app.config["MAX_CONTENT_LENGTH"] = config.limits.query_bytes
    Babel(app, locale_selector=page_language)
    for module in MODULES:
        app.register_blueprint(module.blueprint)
    problems.register(app)
    damage.register(app)
    app.before_request(front.answer_refused)
    app.after_request(_add_headers)
    app.after_request(cache.finish)
    app.url_defaults(_versioned)
    app.jinja_env.filters["shorten"] = _shorten(config.base)
    app.jinja_env.globals["language_names"] = LANGUAGE_NAMES
    app.jinja_env.globals["config"] = config
    app.jinja_env.globals["own_address"] = own_address
    app.jinja_env.globals["leads"] = leads
    app.jinja_env.globals["query_address"] = query_address
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def _shorten(base: str) -> Callable[[str], str]:
    """Return the filter that shows an IRI as a prefixed name where a prefix is known."""
    names = prefixes(base)

    def shorten(iri: str) -> str:
        for prefix, namespace in names.items():
            if iri.startswith(namespace) and iri != namespace:
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    return shorten


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    """Put the version of a static file into its address, so that it can be kept for long."""
    if endpoint == "static" and "v" not in values:
        path = Path(current_app.static_folder or "") / values["filename"]
        if path.is_file():
            values["v"] = cache.version_of(path)


def _add_headers(response: Response) -> Response:
    added = HEADERS | (PREFLIGHT_HEADERS if request.method == "OPTIONS" else {})
    for name, value in added.items():
        response.headers.setdefault(name, value)
    return response
