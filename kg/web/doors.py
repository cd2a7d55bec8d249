"""Addresses without a language that lead to the page in the reader's."""

from typing import Any

from flask import Response, redirect, url_for

from kg.web.language import page_language


def to_page(endpoint: str, **values: Any) -> Response:  # noqa: ANN401 - a value of an address
    """Redirect to a page in the reader's language."""
    response: Response = redirect(  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
        url_for(endpoint, lang=page_language(), **values), 302, Response
    )
    response.vary.add("Accept-Language")
    return response
