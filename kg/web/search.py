"""``/{lang}/search``: full-text search as a page, as JSON and as CSV; OpenSearch.

On a site of files alone the same page has the form, and a script does the searching over the
files of ``kg.web.browser_index``.
"""

import csv
import io
import json

from flask import Blueprint, Response, render_template, request

from kg.errors import QueryOverLimit, ReleaseError
from kg.query.search import Found, SearchIndex
from kg.web.browser_index import browser_index
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.language import translate as _
from kg.web.negotiate import HTML, LANGUAGES, Variant, choose_variant
from kg.web.numbers import whole_number
from kg.web.problems import Problem, not_acceptable, not_found, query_problem
from kg.web.search_page import (
    MOST_CHARACTERS,
    MOST_PAGES,
    PAGE_HITS,
    address,
    href,
    kind_names,
    results_page,
    shown_text,
)
from kg.web.site import current_site

blueprint = Blueprint("search", __name__)

VARIANTS = (
    HTML,
    Variant("json", ("application/json",)),
    Variant("csv", ("text/csv",)),
)
COLUMNS = ("iri", "kind", "label_en", "label_zh", "text", "page")


@blueprint.get("/<any(en, zh):lang>/search")
def page(lang: str) -> Response:
    """Answer a search; without words show examples."""
    variant = _variant()
    query, kind, number = _asked()
    found = _find(query, kind, number)
    if current_site().exported:
        return _answer(results_page(lang, "", Found(()), "", 1), HTML)
    if variant.name == "json":
        body = json.dumps(_table(found, query, kind, number, lang), ensure_ascii=False, indent=1)
        return _answer(body + "\n", variant)
    if variant.name == "csv":
        return _answer(_csv(found, lang), variant)
    return _answer(results_page(lang, query, found, kind, number), variant)


def _variant() -> Variant:
    name = request.args.get("format")
    if name:
        chosen = next((v for v in VARIANTS if name.lower() in {v.name, *v.media_types}), None)
    else:
        chosen = choose_variant(request.headers.get("Accept"), VARIANTS)
    if chosen is None:
        raise not_acceptable([(v, address(format=v.name)) for v in VARIANTS])
    return chosen


def _asked() -> tuple[str, str, int]:
    """Return query, kind and number of the page, as the address has them; 400 for nonsense."""
    query = " ".join(request.args.get("q", "").split())
    if len(query) > MOST_CHARACTERS:
        raise Problem(400, _("A search may have %(n)s characters.", n=MOST_CHARACTERS))
    number = whole_number(request.args.get("page", "1"), 1, MOST_PAGES)
    if number is None:
        raise Problem(400, _("The page is a number from 1 to %(n)s.", n=MOST_PAGES))
    return query, request.args.get("kind", ""), number


def _find(query: str, kind: str, number: int) -> Found:
    try:
        index: SearchIndex = current_site().search
        return index.find(query, kind, PAGE_HITS, (number - 1) * PAGE_HITS)
    except QueryOverLimit as error:
        raise query_problem(error, query) from None
    except ReleaseError:
        raise Problem(404, _("This release was built without a search index.")) from None


def _answer(body: str, variant: Variant) -> Response:
    kind = variant.media_types[0]
    kind += "" if variant.name == "json" else "; charset=utf-8"
    response = Response(body, content_type=kind)
    response.headers["Content-Language"] = page_language()
    # What is found has pages of its own: those are for search engines.
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept")
    return cacheable(response)


def _table(found: Found, query: str, kind: str, number: int, lang: str) -> dict[str, object]:
    names = kind_names(current_site(), lang) if found.kinds else {}
    return {
        "query": query,
        "kind": kind,
        "page": number,
        "total": found.total,
        "partial": found.is_partial,
        "near": [*found.near],
        "kinds": [{"kind": k, "label": names[k], "count": n} for k, n in found.kinds],
        "results": [
            {
                "iri": hit.iri,
                "kind": hit.kind,
                "label": dict(hit.names),
                "text": shown_text(hit, found.terms, lang)[0],
                "page": href(hit, lang),
            }
            for hit in found.hits
        ],
    }


def _csv(found: Found, lang: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for hit in found.hits:
        text = shown_text(hit, found.terms, lang)[0]
        names = [hit.names.get(code, "") for code in LANGUAGES]
        writer.writerow([hit.iri, hit.kind, *names, text, href(hit, lang)])
    return file.getvalue()


@blueprint.get("/search-index/<name>")
def index_file(name: str) -> Response:
    """Answer with a file of the index for browsers (``kg.web.browser_index``)."""
    site = current_site()
    if not site.search_files:
        try:
            site.search_files.update(browser_index(site.search, site.base))
        except ReleaseError:
            raise not_found(f"search-index/{name}") from None
    if name not in site.search_files:
        raise not_found(f"search-index/{name}")
    return cacheable(Response(site.search_files[name], content_type="application/json"))


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search to browsers (OpenSearch 1.1), in the reader's language."""
    body = render_template("opensearch.xml", lang=page_language())
    response = Response(body, content_type="application/opensearchdescription+xml")
    response.vary.add("Accept-Language")
    return cacheable(response)
