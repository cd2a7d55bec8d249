"""HTML pages: home, and one for every thing that has an IRI of ours."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from kg.formats import FORMATS
from kg.vocab import PREF_LABEL
from kg.web.cache import conditional
from kg.web.data import data_links, iri_path
from kg.web.negotiate import LANGUAGES, choose_language
from kg.web.problems import not_found
from kg.web.site import Site, current_site
from kg.web.view import OTHER, View

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start() -> Response:
    """Redirect to the home page in the reader's language."""
    lang = choose_language(request.headers.get("Accept-Language"))
    response = redirect(url_for("pages.home", lang=lang), 302, Response)
    response.vary.add("Accept-Language")
    return response  # type: ignore[return-value]


@blueprint.get("/<any(en, zh):lang>/")
def home(lang: str) -> Response:
    """Show what this is, the centers, and what can be downloaded."""
    site = current_site()
    term = site.base + "ontology#"
    centers = _labelled(site, f"?thing a <{term}Center>", lang)
    kinds = [
        (str(getattr(label, "value", "")), str(getattr(kind, "value", "")), getattr(count, "value", ""))
        for label, kind, count in site.engine.select(
            f"SELECT (SAMPLE(?l) AS ?label) ?class (COUNT(DISTINCT ?thing) AS ?count) "
            f"{{ ?class <{term}kind> ?kind ; <http://www.w3.org/2000/01/rdf-schema#label> ?l . "
            f"?thing a ?class FILTER(LANG(?l) = '{lang}') }} "
            "GROUP BY ?class ORDER BY DESC(?count) ?class"
        ).rows
    ]
    return _page(
        site, "home.html", lang=lang, path="", centers=centers, kinds=kinds, formats=FORMATS
    )


def _labelled(site: Site, pattern: str, lang: str) -> list[tuple[str, str, str]]:
    """Return path, label and the label's language of the things that fit the pattern."""
    rows = site.engine.select(
        f"SELECT ?thing ?label {{ {pattern} . ?thing {PREF_LABEL} ?label }} ORDER BY ?thing"
    ).rows
    found: dict[str, dict[str, str]] = {}
    for thing, label in rows:
        if isinstance(thing, NamedNode) and isinstance(label, Literal):
            path = thing.value.removeprefix(f"{site.base}id/")
            found.setdefault(path, {})[label.language or ""] = label.value
    result = []
    for path, labels in found.items():
        best = lang if lang in labels else OTHER[lang] if OTHER[lang] in labels else ""
        result.append((path, labels.get(best, path), best))
    return result


@blueprint.get("/<any(en, zh):lang>/<path:path>")
def entity(lang: str, path: str) -> Response:
    """Show one thing: its facts, its parts, what links to it, each with its origin."""
    site = current_site()
    target = iri_path(path)
    view = View(site.describe(site.iri(target)), lang, site.base)
    if not view.description:
        raise not_found(target)
    nested = {
        part.name.iri: View(site.describe(part.name.iri), lang, site.base)
        for group in view.part_groups
        for part in group.parts
        if group.planned or _has_parts(site, part.name.iri)
    }
    return _page(
        site,
        "entity.html",
        lang=lang,
        path=path,
        view=view,
        nested=nested,
        data_links=data_links(target),
    )


def _has_parts(site: Site, iri: str) -> bool:
    holds = f"<{site.base}ontology#holdsPart>"
    return bool(site.engine.query(f"ASK {{ <{iri}> ?p ?part . ?p {holds} true }}"))


def _page(site: Site, template: str, *, lang: str, path: str, **values: object) -> Response:
    languages = {
        code: url_for("pages.entity", lang=code, path=path) if path else url_for("pages.home", lang=code)
        for code in LANGUAGES
    }
    body = render_template(
        template, lang=lang, languages=languages, site=site, config=site.config, **values
    )
    response = Response(body, content_type="text/html; charset=utf-8", headers={"Content-Language": lang})
    return conditional(response, site.release)
