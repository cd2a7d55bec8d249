"""``/linkset/...``: the typed links of a page as a document (RFC 9264)."""

from flask import Blueprint, Response

from kg.web.addresses import iri_path
from kg.web.cache import cacheable
from kg.web.data import is_known
from kg.web.links import Link, linkset_json, linkset_text
from kg.web.problems import not_found
from kg.web.signposts import LINKSET_TYPES
from kg.web.signposts import linkset as links_of
from kg.web.site import current_site

blueprint = Blueprint("linksets", __name__)


@blueprint.get("/linkset/<any(en, zh):lang>/<path:path>.<any(json, txt):extension>")
def linkset(lang: str, path: str, extension: str) -> Response:
    """Answer with the links of a page and of what it leads to."""
    site = current_site()
    target = iri_path(path)
    if not is_known(site, target):
        raise not_found(target)
    return linkset_response(links_of(site, target, lang), extension)


def linkset_response(links: list[Link], extension: str) -> Response:
    """Return links as one of the two formats of link sets."""
    body = linkset_json(links) if extension == "json" else linkset_text(links)
    return cacheable(Response(body, content_type=LINKSET_TYPES[extension]))
