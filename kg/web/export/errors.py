"""What the static site answers where there is nothing: pages, problem details, plain text.

The nginx configuration fills in what depends on the request. ``404.html`` at the top is the
page that many static servers look for.
"""

from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException

from kg.web.export.files import ABOUT, write
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES
from kg.web.problems import Problem
from kg.web.site import Site

ERRORS = f"{ABOUT}/errors"
GONE = f"{ABOUT}/gone"
DETAIL, NAME, ADDRESS = "kg-detail", "kg-name", "/kg-address"
"""What is filled in: the sentence; name and address of each thing that is had instead."""
FILLED_IN = (404, 405, 406)
FORMS = {"html": "text/html", "json": "application/problem+json", "txt": "text/plain"}


def write_errors(app: Flask, site: Site, staging: Path, base_url: str) -> None:
    """Write the error pages, and what is said of identifiers that were withdrawn."""
    for lang in LANGUAGES:
        for status in FILLED_IN:
            problem = Problem(status, DETAIL, [(NAME, ADDRESS)])
            write(staging, f"{ERRORS}/{status}.{lang}.html", _page(app, problem, lang, base_url))
    write(staging, "404.html", _page(app, Problem(404, ""), DEFAULT_LANGUAGE, base_url))
    client = app.test_client()
    for path in site.withdrawn:
        for lang in LANGUAGES:
            for extension, media_type in FORMS.items():
                headers = {"Accept": media_type, "Accept-Language": lang}
                response = client.get(f"/{path}", base_url=base_url, headers=headers)
                if response.status_code == 410:  # noqa: PLR2004 - the status itself
                    write(staging, f"{GONE}/{path}.{lang}.{extension}", response.data)


def _page(app: Flask, problem: HTTPException, lang: str, base_url: str) -> bytes:
    headers = {"Accept": "text/html"}
    with app.test_request_context(f"/{lang}/", base_url=base_url, headers=headers):
        response = app.make_response(app.handle_http_exception(problem))
        return bytes(response.get_data())
