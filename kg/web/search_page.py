"""The page of ``/{lang}/search``: what is shown of the entries that were found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from pyoxigraph import NamedNode

from kg.query.search import Found, Hit
from kg.release.words import Term, name_key
from kg.web.addresses import page_address
from kg.web.language import OTHER, page_language
from kg.web.language import translate as _
from kg.web.marks import Piece, excerpt, has_hit, marked
from kg.web.names import Names
from kg.web.negotiate import LANGUAGES
from kg.web.site import Site, current_site

PAGE_HITS = 20
"""Results on a page, and in an answer as data."""
MOST_PAGES = 50
MOST_CHARACTERS = 200
"""Length of a query, in code points."""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "en": ("imaging", "SCI papers", "liver cancer", "Union Hospital", "C022"),
    "zh": ("影像", "SCI论文", "肝癌", "协和医院", "C022"),
}
KINDS: dict[str, LazyString] = {
    "claim": lazy_gettext("claims of the text"),
    "code": lazy_gettext("codes"),
    "dataset": lazy_gettext("dataset"),
    "graph": lazy_gettext("records and graphs"),
    "ontology": lazy_gettext("terms of the ontology"),
    "source": lazy_gettext("texts"),
}
"""What kinds are called that are no classes of the ontology."""


@dataclass(frozen=True)
class Result:
    """A hit as the page shows it; languages are told where they are not the reader's."""

    href: str
    kind: str
    title: Sequence[Piece]
    title_lang: str
    other: Sequence[Piece]
    other_lang: str
    text: Sequence[Piece]
    text_lang: str


@dataclass(frozen=True)
class Facet:
    """A kind to narrow the results to. ``address`` leads there, or back from it."""

    name: str
    number: int
    address: str
    is_chosen: bool


def results_page(lang: str, query: str, found: Found, kind: str, number: int) -> str:
    """Return the page with the entries of one page of results, or examples."""
    site = current_site()
    names = kind_names(site, lang) if found.kinds else {}
    pages = min(MOST_PAGES, -(-found.total // PAGE_HITS))
    return render_template(
        "search.html",
        lang=lang,
        languages={code: address(lang=code, format="") for code in LANGUAGES},
        host=request.host_url.rstrip("/"),
        negotiated=url_for("search.page", lang="en"),
        site=site,
        query=query,
        found=found,
        kind=kind,
        results=[_result(hit, found.terms, lang) for hit in found.hits],
        kind_labels=names,
        facets=[
            Facet(
                names[name],
                count,
                address(kind="" if name == kind else name, page="", format=""),
                name == kind,
            )
            for name, count in found.kinds
        ],
        address=address,
        number=number,
        pages=pages,
        first=(number - 1) * PAGE_HITS + 1,
        examples=EXAMPLES[lang],
        most=MOST_CHARACTERS,
        island=_island(site, lang) if site.exported else None,
    )


def kind_names(site: Site, lang: str) -> dict[str, str]:
    """Return what the kinds of a release are called, by kind.

    As the class is called whose things they are, else as we say. Made once a release.
    """
    if lang not in site.kind_names:
        site.kind_names[lang] = _kind_names(site, lang)
    return site.kind_names[lang]


def _kind_names(site: Site, lang: str) -> dict[str, str]:
    rows = site.engine.select(f"SELECT ?class ?kind {{ ?class <{site.base}ontology#kind> ?kind }}")
    classes: dict[str, list[NamedNode]] = {}
    for node, (_iri, kind) in zip((row[0] for row in rows.rows), rows.texts(), strict=True):
        if isinstance(node, NamedNode):
            classes.setdefault(kind, []).append(node)
    nodes = [node for found in classes.values() for node in found]
    names = Names(site.labels(nodes), lang, site.base)
    called: dict[str, str] = {}
    for kind in site.search.kinds():
        plain = kind.replace("-", " ")
        labels = [names.labels(node) for node in classes.get(kind, ())]
        # Of several classes the one whose name is closest to that of the kind.
        labels.sort(key=lambda found: (found.get("en") != plain, len(found.get("en", ""))))
        label = labels[0].get(lang) or labels[0].get(OTHER[lang]) if labels else ""
        called[kind] = str(KINDS.get(kind, "")) or label or plain
    return called


def _result(hit: Hit, asked: Sequence[Term], lang: str) -> Result:
    other_lang = OTHER[lang]
    is_claim = hit.kind == "claim"
    title, title_lang = _called(hit, lang)
    other = hit.names.get(other_lang, "") if title_lang == "" else ""
    text, text_lang = shown_text(hit, asked, lang)
    return Result(
        href=href(hit, lang),
        kind=hit.kind,
        title=marked(title, asked),
        title_lang=title_lang,
        other=marked(other, asked) if other != title else (),
        other_lang=other_lang,
        text=marked(text, asked) if is_claim else excerpt(text, asked),
        text_lang=text_lang if text_lang != lang else "",
    )


def _called(hit: Hit, lang: str) -> tuple[str, str]:
    """Return the name of an entry, and its language where it is not the reader's."""
    for language in (lang, OTHER[lang]):
        if language in hit.names:
            return hit.names[language], "" if language == lang else language
    tail = PurePosixPath(hit.iri).name
    return (_("Claim %(id)s", id=tail) if hit.kind == "claim" else tail), ""


def shown_text(hit: Hit, asked: Sequence[Term], lang: str) -> tuple[str, str]:
    """Return the text to show of an entry and its language: the first that has a hit."""
    texts = [(hit.about[code], code) for code in (lang, OTHER[lang]) if code in hit.about]
    quote = [(hit.quote, hit.quote_lang)] if hit.quote else []
    order = [*quote, *texts] if hit.kind == "claim" else [*texts, *quote]
    # A sentence that only repeats the name tells nothing new.
    said = {name_key(name) for name in hit.names.values()}
    order = [(text, code) for text, code in order if name_key(text) not in said]
    with_hit = [(text, code) for text, code in order if has_hit(text, asked)]
    return next(iter((*with_hit, *order)), ("", ""))


def href(hit: Hit, lang: str) -> str:
    """Return the address of the page of an entry; terms and parts are at a fragment."""
    path, _hash, fragment = hit.iri.removeprefix(current_site().base).partition("#")
    found = page_address(path, lang)
    return f"{found}#{fragment}" if fragment else found


def address(**changed: str) -> str:
    """Return the address of this search with some parameters changed; empty ones go."""
    fields = {key: request.args.get(key, "") for key in ("q", "kind", "page", "format")}
    kept = {key: value for key, value in (fields | changed).items() if value}
    path = url_for("search.page", lang=changed.pop("lang", page_language()))
    kept.pop("lang", None)
    return f"{path}?{urlencode(kept)}" if kept else path


def _island(site: Site, lang: str) -> dict[str, object]:
    """Return what the script of a site of files needs to know."""
    return {
        "lang": lang,
        "base": site.base,
        "index": url_for("search.index_file", name="index.json").removesuffix("index.json"),
        "page": page_address("PATH", lang),
        "kinds": kind_names(site, lang),
        "pageHits": PAGE_HITS,
        "texts": {
            "claim": _("Claim {id}"),
            "none": _("Nothing was found for “{query}”."),
            "partial": _("No entry has all of these words; the ones below have some of them."),
            "number": [_("{number} result"), _("{number} results")],
            "near": _("Did you mean:"),
            "kinds": _("Kinds"),
            "all": _("All kinds"),
            "more": _("More results"),
            "failed": _("The index cannot be loaded. Try again."),
        },
    }
