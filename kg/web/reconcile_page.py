"""The page of the reconciliation service, and the previews that stand in others' pages."""

from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext

from kg.errors import QueryOverLimit, ReconcileError
from kg.link.reconcile.extension import Asked, Extension, Value, extend
from kg.link.reconcile.queries import Query
from kg.link.reconcile.scores import Candidate
from kg.link.reconcile.things import Name, Thing
from kg.link.reconcile.vocabulary import in_language
from kg.web.addresses import own_address, page_address
from kg.web.cache import cacheable
from kg.web.language import OTHER
from kg.web.pages import render_page
from kg.web.problems import query_problem
from kg.web.reconcile_answers import absolute, results
from kg.web.site import Site, current_site, reconciling_place

PREVIEW_FACTS = 6
PREVIEW_VALUES = 3
LIMIT = 8
EXAMPLES = {"en": "Wuhan Union Hosptal", "zh": "武汉协合医院"}
"""Texts with a typing error."""

FEATURES: dict[str, LazyString] = {
    "name": lazy_gettext("how like the best name is, 0 to 100"),
    "same_name": lazy_gettext("whether it has the very same words"),
    "identifier": lazy_gettext("how well an identifier fits, 0 to 100"),
    "namesakes": lazy_gettext("how many others are called so"),
    "short_name": lazy_gettext("whether an organization is called by a short name or an acronym"),
    "type": lazy_gettext("whether it is of the type that was asked for"),
    "property": lazy_gettext("how well a stated property fits, 0 to 100, one for each"),
}
"""What the features of a candidate say."""


@dataclass(frozen=True)
class Row:
    """A candidate as the page shows it."""

    candidate: Candidate
    name: Name
    description: str
    href: str


def explained(lang: str) -> Response:
    """Answer with the page: how to use the service, and what it makes of a text."""
    site = current_site()
    text = " ".join(request.args.get("query", "").split())
    body = render_page(
        "reconcile.html",
        lang=lang,
        path="reconcile",
        negotiated=own_address("reconcile"),
        canonical=url_for("reconcile.service", lang=lang),
        robots="noindex" if text else "",
        services=[(code, absolute("reconcile.service", lang=code)) for code in (lang, OTHER[lang])],
        text=text,
        example=EXAMPLES[lang],
        rows=_rows(site, text, lang) if text else (),
        features=[(name, str(told)) for name, told in FEATURES.items()],
        most=site.config.limits.reconcile_characters,
        batch=site.config.limits.reconcile_queries,
        types=[
            (type_.id, in_language(type_.names, lang))
            for type_ in site.reconciler.vocabulary.default_types()
        ],
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    return cacheable(response)


def _rows(site: Site, text: str, lang: str) -> list[Row]:
    limits = site.config.limits
    query: Query | ReconcileError = Query(text[: limits.reconcile_characters], limit=LIMIT)
    try:
        with reconciling_place():
            found = site.reconciler.answer({"": query}, limits)
    except QueryOverLimit as error:
        raise query_problem(error, text) from None
    told = results(site, found, lang)[""]["result"]
    candidates = found[""]
    if isinstance(candidates, ReconcileError):
        raise TypeError("a plain text is always a query")
    return [
        Row(one, one.thing.named(lang), said["description"], page_address(one.thing.id, lang))
        for one, said in zip(candidates, told, strict=True)
    ]


def preview_page(site: Site, thing: Thing, lang: str) -> str:
    """Return a thing in a few lines: its names, types and first facts."""
    vocabulary = site.reconciler.vocabulary
    types = vocabulary.own_types(thing.classes)
    properties = vocabulary.proposed(types[0] if types else None)
    asked = [
        Asked(property_.id, PREVIEW_VALUES, lang)
        for property_ in properties
        if property_.id not in {"label", "name", "iri"}
    ]
    found = extend(
        site.engine, site.reconciler.things, vocabulary, Extension((thing.id,), tuple(asked)), lang
    )
    row = found.rows[thing.id]
    facts = [
        (in_language(property_.names, lang), [_text(value) for value in row[name]])
        for name, property_ in found.properties
        if row[name]
    ]
    # What registries say of it is less than what it is.
    facts.sort(key=lambda fact: all(text.startswith(("http:", "https:")) for text in fact[1]))
    name, other = thing.named(lang), thing.name(OTHER[lang])
    return render_template(
        "reconcile_preview.html",
        lang=lang,
        other_lang=OTHER[lang],
        name=name,
        other=other if other != name.text else "",
        iri=thing.iri.value,
        href=page_address(thing.id, lang),
        types=[in_language(type_.names, lang) for type_ in types],
        facts=facts[:PREVIEW_FACTS],
    )


def _text(value: Value) -> str:
    return str(value["name"] if "name" in value else next(iter(value.values())))
