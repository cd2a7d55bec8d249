"""``/np/...``: a claim as a nanopublication, under the IRI that holds its hash.

Only formats that tell the graph of each statement can hold one: TriG and N-Quads, each also
at the IRI with its extension, where readers of nanopublications look for them. For who reads
pages it is the page of the claim.
"""

from flask import Blueprint, Response, redirect, request

from kg.formats import BY_EXTENSION
from kg.query.nanopub import nanopub_quads
from kg.release.write import serialize_in_order
from kg.vocab import NP, prefixes
from kg.web.addresses import nanopub_address, page_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.links import Link, add_links
from kg.web.negotiate import DEFAULT_LANGUAGE, HTML, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.representations import VARIANTS
from kg.web.signposts import NANOPUB_FORMATS
from kg.web.site import current_site

blueprint = Blueprint("nanopubs", __name__)


@blueprint.get("/np/<code>")
def nanopub(code: str) -> Response:
    """Answer with a nanopublication, or redirect to the page of its claim."""
    claim = _claim(code)
    offered = (HTML, *(VARIANTS[extension] for extension in NANOPUB_FORMATS))
    places = {extension: nanopub_address(code, extension) for extension in NANOPUB_FORMATS}
    places[HTML.name] = page_address(claim, page_language())
    variant = choose_variant(request.headers.get("Accept"), offered)
    if variant is None:
        raise not_acceptable([(v, places[v.name]) for v in offered])
    if variant is HTML:
        response: Response = redirect(places[HTML.name], 303, Response)  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
        add_links(response, _links(code, claim))
    else:
        response = _data(code, claim, variant.name)
        response.headers["Content-Location"] = places[variant.name]
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/np/<code>.<any(trig, nq):extension>")
def nanopub_data(code: str, extension: str) -> Response:
    """Answer with a nanopublication in one format."""
    return _data(code, _claim(code), extension)


def _claim(code: str) -> str:
    """Return the path of the claim that the nanopublication is made of."""
    claim = current_site().nanopubs.get(code)
    if claim is None:
        raise not_found(f"np/{code}")
    return claim


def _data(code: str, claim: str, extension: str) -> Response:
    site = current_site()
    format_ = BY_EXTENSION[extension]
    quads = nanopub_quads(site.engine, site.base + claim)
    body = serialize_in_order(quads, format_.engine, prefixes(site.base))
    response = Response(body, content_type=format_.content_type)
    add_links(response, _links(code, claim))
    return cacheable(response)


def _links(code: str, claim: str) -> list[Link]:
    site = current_site()
    return [
        Link("cite-as", f"{site.base}np/{code}"),
        Link("type", NP + "Nanopublication"),
        Link("license", site.license),
        Link("collection", page_address(claim, DEFAULT_LANGUAGE), type="text/html"),
        *(
            Link("alternate", nanopub_address(code, e), type=BY_EXTENSION[e].media_type)
            for e in NANOPUB_FORMATS
        ),
    ]
