"""The Flask application: one factory, one blueprint per area."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, g, request
from flask_babel import Babel

from kg.config import Config
from kg.vocab import prefixes
from kg.web import data, files, pages, problems, sparql
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES, choose_language
from kg.web.site import SiteHolder

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer-when-downgrade",
}


def create_app(folder: Path, config: Config) -> Flask:
    """Return the WSGI application that serves the release in ``folder``.

    ``folder`` may be the pointer to the current release: then the application follows it.
    Raises ReleaseError where there is no release to open.
    """
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["kg"] = SiteHolder(folder, config)
    app.config["MAX_CONTENT_LENGTH"] = config.limits.query_bytes
    Babel(app, locale_selector=_language)
    for module in (files, data, sparql, pages):
        app.register_blueprint(module.blueprint)
    problems.register(app)
    app.after_request(_secure)
    app.jinja_env.filters["shorten"] = _shorten(config.base)
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


def _language() -> str:
    """Return the language of the page: that of its path, else what the reader prefers."""
    first = request.path.split("/")[1] if request.path.startswith("/") else ""
    chosen = first if first in LANGUAGES else request.args.get("lang", "")
    if chosen not in LANGUAGES:
        chosen = choose_language(request.headers.get("Accept-Language")) or DEFAULT_LANGUAGE
    g.lang = chosen
    return chosen


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith(("/id/", "/data/", "/claim/", "/code/", "/ontology", "/graph/")):
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
    return response
