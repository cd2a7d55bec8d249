"""HTML pages: home, and one for every thing that has an IRI of ours."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from kg.formats import FORMATS
from kg.query.describe import Description, complete, graph_quads
from kg.vocab import Iris
from kg.web.cache import cacheable
from kg.web.chain import Chain
from kg.web.data import data_links, iri_path
from kg.web.language import page_language
from kg.web.names import Name, Names
from kg.web.negotiate import LANGUAGES
from kg.web.problems import not_found
from kg.web.site import Site, current_site
from kg.web.view import View

blueprint = Blueprint("pages", __name__)

P = ParamSpec("P")

PAGES_KEPT = 500
SHOWN_STATEMENTS = 300
"""Statements of a graph on its page; its data hold all."""


@blueprint.get("/")
def start() -> Response:
    """Redirect to the home page in the reader's language."""
    response = redirect(url_for("pages.home", lang=page_language()), 302, Response)
    response.vary.add("Accept-Language")
    return response  # type: ignore[return-value]  # Flask types redirect() as Werkzeug does


def kept(view: Callable[P, str]) -> Callable[P, Response]:
    """Make a view that returns HTML answer with it, and make each page once a release."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        pages = current_site().pages
        key = (request.host_url, request.path)
        html = pages.get(key)
        if html is None:
            html = view(*args, **kwargs)
            if len(pages) >= PAGES_KEPT:
                pages.clear()
            pages[key] = html
        headers = {"Content-Language": page_language()}
        return cacheable(Response(html, content_type="text/html; charset=utf-8", headers=headers))

    return answer


@blueprint.get("/<any(en, zh):lang>/")
@kept
def home(lang: str) -> str:
    """Show what this is, the centers, and what can be downloaded."""
    site = current_site()
    iris = Iris(site.base)
    kinds = site.engine.select(
        f"SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) "
        f"{{ ?class {iris.term('kind')} ?kind . ?thing a ?class }} "
        "GROUP BY ?class ORDER BY DESC(?count) ?class"
    ).rows
    things = site.engine.select(f"SELECT ?thing {{ ?thing a {iris.term('Center')} }}").rows
    nodes = [row[0] for row in (*kinds, *things) if isinstance(row[0], NamedNode)]
    names = Names(site.labels(nodes), lang, site.base)
    return render_page(
        "home.html",
        lang=lang,
        path="",
        centers=sorted(_names(names, things), key=lambda name: name.text),
        kinds=[
            (names.of(kind), count.value)
            for kind, count in kinds
            if isinstance(kind, NamedNode) and isinstance(count, Literal)
        ],
        formats=FORMATS,
    )


def _names(names: Names, rows: tuple[tuple[object, ...], ...]) -> list[Name]:
    return [names.of(row[0]) for row in rows if isinstance(row[0], NamedNode)]


@blueprint.get("/<any(en, zh):lang>/<path:path>")
@kept
def entity(lang: str, path: str) -> str:
    """Show one thing: its facts, its parts, what links to it, each with its origin."""
    site = current_site()
    target = iri_path(path)
    node = site.node(target)
    description = _description(site, node, target) if node else None
    if node is None or not description:
        raise not_found(target)
    view = View(description, lang, site.base, site.holders, site.describe)
    return render_page(
        "entity.html",
        lang=lang,
        path=path,
        view=view,
        chain=Chain(site, node, lang) if target.startswith("id/center/") else None,
        data_links=data_links(target),
        negotiated=f"/{target}",
        shown=SHOWN_STATEMENTS,
    )


def _description(site: Site, node: NamedNode, path: str) -> Description:
    """Return what the page of a thing is made of; a graph is what it holds."""
    described = site.describe(node)
    if not path.startswith("graph/"):
        return described
    inside = graph_quads(site.engine, node.value)[:SHOWN_STATEMENTS]
    quads = dict.fromkeys((*described.quads, *complete(site.engine, inside)))
    return Description(node, tuple(quads), described.parts, described.cut)


def render_page(template: str, *, lang: str, path: str, **values: object) -> str:
    """Return the page that a template makes; ``path`` is its address below the language."""
    return render_template(
        template,
        lang=lang,
        languages={code: f"/{code}/{path}" for code in LANGUAGES},
        host=request.host_url.rstrip("/"),
        site=current_site(),
        **values,
    )
