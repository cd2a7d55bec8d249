"""HTML pages: one for every thing that has an IRI of ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, g, render_template, request, url_for
from pyoxigraph import NamedNode, Quad

from kg.query.describe import Description, complete, graph_quads
from kg.query.schema_org import schema_org
from kg.web.addresses import data_links, forms_address, iri_path, own_address, page_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.links import Link, add_links, linkset_json, linkset_text
from kg.web.negotiate import HTML, LANGUAGES, Variant, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.profile import profile
from kg.web.profiles import SCHEMA_ORG_THINGS, sizes
from kg.web.representations import LINKSET_VARIANTS
from kg.web.signposts import citation_links, nanopub_links, page_links
from kg.web.site import Site, current_site
from kg.web.view import View

blueprint = Blueprint("pages", __name__)

P = ParamSpec("P")

CENTERS = "id/center/"
DATASET = "dataset"
PAGES_KEPT = 500
SHOWN_STATEMENTS = 300
"""Statements of a graph on its page; its data hold all."""


@dataclass(frozen=True)
class KeptPage:
    """A page that was made, and its typed links, where it is signposted."""

    html: str
    links: tuple[Link, ...]


def kept(view: Callable[P, str]) -> Callable[P, Response]:
    """Make a view that returns HTML answer with it, and make each page once a release.

    Where the page has typed links, they are to be had in its place as a link set; the whole
    one, with the links of what the page leads to, is at ``/linkset``.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        return keep_page(request.path, lambda: view(*args, **kwargs))

    return answer


def keep_page(address: str, make: Callable[[], str]) -> Response:
    """Answer with the page of an address, made where it is asked for the first time."""
    # Lists have addresses without number: they must not drive out the other pages.
    pages = current_site().lists if "?" in address else current_site().pages
    key = (request.url_root, address)
    page = pages.get(key)
    if page is None:
        g.links = ()
        page = KeptPage(make(), g.links)
        if len(pages) >= PAGES_KEPT:
            pages.clear()
        pages[key] = page
    return _answer(page)


def _answer(page: KeptPage) -> Response:
    variant = negotiated_page(page.links)
    if variant is HTML:
        response = Response(page.html, content_type="text/html; charset=utf-8")
        response.headers["Content-Language"] = page_language()
        add_links(response, (link.below(request.host_url) for link in page.links))
    else:
        body = linkset_json(page.links) if variant.name == "json" else linkset_text(page.links)
        response = Response(body, content_type=variant.media_types[0])
    response.vary.add("Accept")
    return cacheable(response)


def negotiated_page(links: Sequence[Link]) -> Variant:
    """Return the form of a page that the request gets; raise the Problem of a 406.

    Data are at addresses of their own, which the 406 lists.
    """
    offered = (HTML, *LINKSET_VARIANTS) if links else (HTML,)
    variant = choose_variant(request.headers.get("Accept"), offered)
    if variant is not None:
        return variant
    others = [
        (Variant("", (link.type,)), link.target.removeprefix(request.host_url.rstrip("/")))
        for link in links
        if link.rel in {"describedby", "item", "linkset"}
    ]
    raise not_acceptable([(HTML, own_address(request.path[1:])), *others])


@blueprint.get("/<any(en, zh):lang>/<path:path>")
@kept
def entity(lang: str, path: str) -> str:
    """Show one thing: its facts, its parts, what links to it, each with its origin."""
    return thing_page(lang, path)


def thing_page(lang: str, path: str) -> str:
    """Return the page of a thing; ``path`` is its address below the language."""
    site = current_site()
    target = iri_path(path)
    node = site.node(target)
    description = _description(site, node, target) if node else None
    if node is None or not description:
        raise not_found(target)
    view = View(description, lang, site.reading)
    return render_page(
        "entity.html",
        lang=lang,
        path=path,
        signposted=True,
        citations=citation_links(target, lang),
        nanopub=nanopub_links(site, target),
        view=view,
        profile=profile(site, node, lang) if target.startswith(CENTERS) else None,
        data_links=data_links(target),
        # To write a thing in all formats takes a second where it is a center: others go without.
        data_sizes=sizes(site, target) if target.startswith(CENTERS) else {},
        negotiated=own_address(target),
        source_page=page_address(f"source/{path.partition('/')[2]}", lang),
        forms_address=forms_address(target, lang),
        neighbourhood=url_for("neighbourhood.page", lang=lang, path=path)
        if target.startswith("id/") and target in site.addresses
        else "",
        shown=SHOWN_STATEMENTS,
    )


def _description(site: Site, node: NamedNode, path: str) -> Description:
    """Return what the page of a thing is made of.

    A graph is what it holds; the parts and files of the dataset come with their titles.
    """
    described = site.describe(node)
    if path == DATASET:
        mentioned = {q.object for q in described.quads if isinstance(q.object, NamedNode)}
        more: Sequence[Quad] = site.titles(mentioned)
    elif path.startswith("graph/"):
        more = complete(site.engine, graph_quads(site.engine, node.value)[:SHOWN_STATEMENTS])
    else:
        return described
    quads = dict.fromkeys((*described.quads, *more))
    return Description(node, tuple(quads), described.parts, described.cut)


def render_page(
    template: str, *, lang: str, path: str, signposted: bool = False, **values: object
) -> str:
    """Return the page that a template makes; ``path`` is its address below the language.

    ``signposted`` pages are about a thing that has data, and lead programs to them.
    """
    site = current_site()
    if signposted:
        target = iri_path(path)
        g.links = tuple(page_links(site, target, lang))
        if target.partition("/")[0] in SCHEMA_ORG_THINGS:
            values["schema_org"] = schema_org(site.engine, site.base + target, lang)
    return render_template(
        template,
        lang=lang,
        languages={code: own_address(f"{code}/{path}") for code in LANGUAGES},
        host=request.host_url.rstrip("/"),
        site=site,
        links=g.get("links", ()),
        **values,
    )
