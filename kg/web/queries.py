"""Where a query is put to the graph: at the endpoint, or in the browser where there is none."""

from flask import current_app, url_for

from kg.web.site import current_site

OFFLINE_PAGE = "offline.query_page"
"""The endpoint of the page that answers queries in the browser."""


def query_address(lang: str, query: str | None = None) -> str:
    """Return the address that puts a query, or the page for one; empty where none can be put.

    A static site has no endpoint: there queries are answered in the browser.
    """
    if not current_site().exported:
        return url_for("sparql.endpoint", lang=lang, query=query)
    if OFFLINE_PAGE in current_app.view_functions:
        return url_for(OFFLINE_PAGE, lang=lang, query=query)
    return ""
