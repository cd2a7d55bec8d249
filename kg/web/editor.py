"""What the editor of ``/sparql`` asks the server for, beside answers to queries."""

from flask import Blueprint, Response

from kg.web.cache import cacheable
from kg.web.negotiate import LANGUAGES
from kg.web.problems import not_found
from kg.web.site import current_site
from kg.web.terms import completion_terms

blueprint = Blueprint("editor", __name__)


@blueprint.get("/sparql/terms/<lang>.json")
def terms(lang: str) -> Response:
    """Answer with the words that the editor completes, for readers of ``lang``."""
    if lang not in LANGUAGES:
        raise not_found(f"sparql/terms/{lang}.json")
    site = current_site()
    if lang not in site.terms:
        site.terms[lang] = completion_terms(site, lang)
    return cacheable(Response(site.terms[lang], content_type="application/json"))
