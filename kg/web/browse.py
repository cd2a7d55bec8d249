"""``/{lang}/browse``: what there is, by kind, and the things of each kind as lists."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode
from werkzeug.datastructures import MultiDict

from kg.vocab import SKOS
from kg.web.addresses import own_address
from kg.web.browse_address import FORMATS, Asked, Words
from kg.web.browse_list import ListPage, outline
from kg.web.cache import cacheable
from kg.web.doors import to_page
from kg.web.language import page_language
from kg.web.language import translate as _
from kg.web.names import Name, Names
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.pages import keep_page, kept, render_page
from kg.web.problems import Problem, not_acceptable
from kg.web.site import Site, current_site

blueprint = Blueprint("browse", __name__)

CSV = Variant("csv", ("text/csv",))


@dataclass(frozen=True)
class Counted:
    """A kind of thing or a code list: its name, its IRI's last part, and how many it has."""

    name: Name
    word: str
    count: int


@blueprint.get("/browse")
@blueprint.get("/browse/<kind>")
def lead(kind: str = "") -> Response:
    """Redirect to the kinds, or to the list of one, in the reader's language."""
    if not kind:
        return to_page("browse.overview")
    _known(current_site(), kind)
    return to_page("browse.listed", kind=kind)


@blueprint.get("/<any(en, zh):lang>/browse")
@kept
def overview(lang: str) -> str:
    """Show all kinds of things and all code lists, with how many of each there are."""
    site = current_site()
    codes = site.engine.select(
        f"SELECT ?scheme (COUNT(DISTINCT ?code) AS ?n) {{ ?code <{SKOS}inScheme> ?scheme "
        f"FILTER(STRSTARTS(STR(?scheme), '{site.base}code/')) }} GROUP BY ?scheme"
    ).rows
    schemes = {
        node: int(count.value)
        for node, count in codes
        if isinstance(node, NamedNode) and isinstance(count, Literal)
    }
    classes = {kind.main_class: kind for kind in site.kinds.values()}
    names = Names(site.labels((*classes, *schemes)), lang, site.base)
    things = [Counted(names.of(node), kind.name, kind.total) for node, kind in classes.items()]
    lists = [
        Counted(names.of(node), node.value.rpartition("/")[2], count)
        for node, count in schemes.items()
    ]
    return render_page(
        "browse.html",
        lang=lang,
        path="browse",
        negotiated=own_address("browse"),
        kinds=sorted(things, key=lambda kind: kind.name.text.lower()),
        codes=sorted(lists, key=lambda scheme: scheme.name.text.lower()),
    )


@blueprint.get("/<any(en, zh):lang>/browse/<kind>")
def listed(lang: str, kind: str) -> Response:
    """Show the things of a kind, or those that the address chooses, as a page or as CSV."""
    form = request.args.get("format")
    if form is not None and form not in FORMATS:
        known = ", ".join(FORMATS)
        raise Problem(400, _("There is no format “%(word)s” here, but: %(known)s.", word=form, known=known))  # fmt: skip
    page, asked = _list(lang, kind, request.args)
    variant = CSV if form else choose_variant(request.headers.get("Accept"), (HTML, CSV))
    if asked.page > page.pages:
        sentence = _("The list has %(pages)s pages.", pages=page.pages)
        raise Problem(404, sentence, [(_("The first page"), page.page_address(1))])
    if variant is None:
        raise not_acceptable([(HTML, page.canonical), (CSV, page.csv_address)])
    if variant is CSV:
        return _csv(page, kind)
    address = page.page_address(asked.page)
    return keep_page(address, lambda: _page(page, asked, address, lang))


@blueprint.get("/<any(en, zh):lang>/browse/<kind>.<any(csv):ext>", endpoint="table")
def listed_as(lang: str, kind: str, ext: str) -> Response:  # noqa: ARG001 - there is one so far
    """Answer with the list as CSV: all of its things, with the columns of the page."""
    page, _asked = _list(lang, kind, request.args)
    return _csv(page, kind)


def _known(site: Site, kind: str) -> None:
    if kind not in site.kinds:
        kinds = ", ".join(site.kinds)
        raise Problem(404, _("There is no kind “%(kind)s” of things, but: %(kinds)s.", kind=kind, kinds=kinds))  # fmt: skip


def _list(lang: str, kind: str, fields: MultiDict[str, str]) -> tuple[ListPage, Asked]:
    site = current_site()
    _known(site, kind)
    plan = outline(site, site.kinds[kind])
    words = Words(site.base, plan.columns)
    asked = words.read(kind, fields)
    return ListPage(site, plan, asked, words, lang), asked


def _csv(page: ListPage, kind: str) -> Response:
    text = page.csv(current_site().config.limits.result_rows)
    response = Response(text, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    response.headers["Content-Language"] = page_language()
    response.headers["Link"] = f'<{page.page_address(1)}>; rel="alternate"; type="text/html"'
    response.vary.add("Accept")
    return cacheable(response)


def _page(page: ListPage, asked: Asked, address: str, lang: str) -> str:
    site = current_site()
    node = page.outline.kind.main_class
    # Combinations of choices are without number: one of them is enough for search engines.
    few = asked.choices <= 1 and page.canonical == address
    return render_page(
        "list.html",
        lang=lang,
        path=address.removeprefix(own_address(f"{lang}/")),
        negotiated=own_address(f"browse/{asked.kind}"),
        canonical=page.canonical,
        robots="" if few else "noindex, follow",
        title=Names(site.labels([node]), lang, site.base).of(node),
        page=page,
    )
