"""The list of the forms that a thing is to be had in, for people and as RDF.

``?_profile=alt`` asks for it. The RDF follows the Alternate Representations Data Model
(Content Negotiation by Profile, 6).
"""

from flask import Response, render_template, request
from pyoxigraph import Literal, NamedNode, Quad

from kg.formats import BY_EXTENSION
from kg.query.results import write_graph
from kg.vocab import DCTERMS, RDF_TYPE
from kg.web.accept_profile import wanted_media_types
from kg.web.addresses import forms_address, own_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.links import add_links
from kg.web.names import Names
from kg.web.negotiate import HTML, LANGUAGES, choose_variant
from kg.web.problems import not_acceptable
from kg.web.profiles import profiles_of
from kg.web.representations import (
    ALTERNATES,
    PROFILE_CLASS,
    VARIANTS,
    VARY,
    alternate_links,
    representations,
)
from kg.web.site import current_site

ALTR = "http://www.w3.org/ns/dx/connegp/altr#"
HAS_TOKEN = "http://www.w3.org/ns/dx/prof/hasToken"  # noqa: S105 - an IRI, not a secret


def alternates(path: str) -> Response:
    """Return the list of the forms of the thing at ``path``, itself negotiated."""
    offered = (HTML, *VARIANTS.values())
    accept = wanted_media_types(request.args, request.headers.get("Accept"))
    variant = choose_variant(accept, offered)
    if variant is None:
        addresses = [(v, _address(v.media_types[0])) for v in offered]
        raise not_acceptable(addresses)
    response = _page(path) if variant is HTML else _graph(path, variant.name)
    response.headers["Content-Profile"] = f"<{ALTERNATES}>"
    response.vary.update(VARY)
    add_links(response, alternate_links(path))
    return cacheable(response)


def _address(media_type: str) -> str:
    address = own_address(request.path[1:])
    return f"{address}?_profile=alt&_mediatype={media_type.replace('+', '%2B')}"


def _page(path: str) -> Response:
    site, lang = current_site(), page_language()
    node = NamedNode(site.base + path)
    body = render_template(
        "alternates.html",
        lang=lang,
        languages={code: forms_address(path, code) for code in LANGUAGES},
        site=site,
        title=Names(site.describe(node).quads, lang, site.base).of(node),
        forms=representations(path),
        profiles=profiles_of(path),
        formats=BY_EXTENSION,
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    return response


def _graph(path: str, extension: str) -> Response:
    site = current_site()
    format_ = BY_EXTENSION[extension]
    thing = NamedNode(site.base + path)
    quads: list[Quad] = []
    for place, form in enumerate(representations(path)):
        node = NamedNode(site.base + form.address.removeprefix(own_address("")))
        has = "hasRepresentation" if place else "hasDefaultRepresentation"
        quads += [
            Quad(thing, NamedNode(ALTR + has), node),
            Quad(node, RDF_TYPE, NamedNode(ALTR + "Representation")),
            Quad(node, NamedNode(DCTERMS + "format"), Literal(form.media_type)),
        ]
        if form.language:
            quads.append(Quad(node, NamedNode(DCTERMS + "language"), Literal(form.language)))
        if form.profile:
            name = NamedNode(form.profile.name(site.base))
            quads.append(Quad(node, NamedNode(DCTERMS + "conformsTo"), name))
    for profile in profiles_of(path):
        name = NamedNode(profile.name(site.base))
        quads += [
            Quad(name, RDF_TYPE, NamedNode(PROFILE_CLASS)),
            Quad(name, RDF_TYPE, NamedNode(DCTERMS + "Standard")),
            Quad(name, NamedNode(HAS_TOKEN), Literal(profile.token)),
        ]
    body = write_graph(tuple(quads), format_, site.base, site.release.context, first=thing.value)
    return Response(body, content_type=format_.content_type)
