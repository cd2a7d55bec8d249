"""What the reconciliation service answers, as the JSON that its API has (version 0.2)."""

import importlib.metadata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from flask import request, url_for

from kg.errors import ReconcileError
from kg.link.reconcile.descriptions import descriptions
from kg.link.reconcile.extension import Extended
from kg.link.reconcile.scores import Candidate
from kg.link.reconcile.things import Thing
from kg.link.reconcile.vocabulary import Property, Type, in_language
from kg.web.language import LANGUAGE_NAMES
from kg.web.language import translate as _
from kg.web.site import Site

VERSIONS = ("0.1", "0.2")
PREVIEW_WIDTH, PREVIEW_HEIGHT = 430, 300
"""Size of the frame for previews, in pixels."""
SOFTWARE = importlib.metadata.version("research-center-kg")

Json = dict[str, Any]


def manifest(site: Site, lang: str) -> Json:
    """Return the service manifest (section 4.1) with addresses at the host that was asked.

    All of them hold the language, so that a client gets one language throughout.
    """
    service = absolute("reconcile.service", lang=lang)
    title = getattr(site.config.title, lang)

    def suggest(what: str) -> dict[str, str]:
        return {
            "service_url": service,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": service,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": [*VERSIONS],
        "name": f"{title} ({LANGUAGE_NAMES[lang]})",
        "identifierSpace": site.base,
        "schemaSpace": f"{site.base}ontology#",
        "documentation": service,
        "logo": absolute("static", filename="icon.svg"),
        "serviceVersion": SOFTWARE,
        "defaultTypes": [
            typed(site, type_, lang) for type_ in site.reconciler.vocabulary.default_types()
        ],
        "view": {"url": f"{service}/view?id={{{{id}}}}"},
        "feature_view": {"url": f"{service}#feature-{{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": {what: suggest(what) for what in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": _settings(),
        },
        "batchSize": site.config.limits.reconcile_queries,
    }


def absolute(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - a value of an address
    """Return the absolute address of a view, at the host that was asked."""
    return request.host_url.rstrip("/") + url_for(endpoint, **values)


def _settings() -> list[Json]:
    """Return the settings of a property to fetch (section 8.1)."""
    return [
        {
            "name": "limit",
            "label": str(_("Limit")),
            "type": "number",
            "default": 0,
            "help_text": str(_("Values of each thing at most; 0 for all of them.")),
        },
        {
            "name": "language",
            "label": str(_("Language")),
            "type": "select",
            "default": "",
            "help_text": str(_("Texts in this language; in another one where there is none.")),
            "choices": [
                {"value": "", "name": str(_("that of the service"))},
                {"value": "en", "name": LANGUAGE_NAMES["en"]},
                {"value": "zh", "name": LANGUAGE_NAMES["zh"]},
                {"value": "any", "name": str(_("all languages"))},
            ],
        },
        {
            "name": "form",
            "label": str(_("Form of identifiers")),
            "type": "select",
            "default": "iri",
            "help_text": str(_("Identifiers of registries as addresses or alone.")),
            "choices": [
                {"value": "iri", "name": "https://ror.org/…"},
                {"value": "id", "name": str(_("the last part"))},
            ],
        },
    ]


def results(
    site: Site, found: Mapping[str, Sequence[Candidate] | ReconcileError], lang: str
) -> Json:
    """Return a result batch (section 5.2); a query that failed has an ``error`` beside nothing."""
    lists = [one for one in found.values() if not isinstance(one, ReconcileError)]
    told = _described(site, (c.thing for candidates in lists for c in candidates), lang)
    return {
        name: {"result": [], "error": str(one)}
        if isinstance(one, ReconcileError)
        else {"result": [_candidate(site, candidate, told, lang) for candidate in one]}
        for name, one in found.items()
    }


def _described(site: Site, things: Iterable[Thing], lang: str) -> dict[Thing, str]:
    reconciler = site.reconciler
    return descriptions(site.engine, reconciler.things, reconciler.vocabulary, things, lang)


def _candidate(site: Site, candidate: Candidate, told: Mapping[Thing, str], lang: str) -> Json:
    thing = candidate.thing
    return {
        "id": thing.id,
        "name": thing.name(lang),
        "description": told[thing],
        "type": _types(site, thing, lang),
        "score": candidate.score,
        "features": [{"id": name, "value": value} for name, value in candidate.features.items()],
        "match": candidate.match,
    }


def _types(site: Site, thing: Thing, lang: str) -> list[Json]:
    return [
        {"id": type_.id, "name": in_language(type_.names, lang)}
        for type_ in site.reconciler.vocabulary.own_types(thing.classes)
    ]


def typed(site: Site, type_: Type, lang: str) -> Json:
    """Return a type with the types above it (section 3.2)."""
    vocabulary = site.reconciler.vocabulary
    broader = [vocabulary.types[vocabulary.id_of(node)] for node in type_.broader]
    made: Json = {"id": type_.id, "name": in_language(type_.names, lang)}
    if about := in_language(type_.about, lang):
        made["description"] = about
    if broader:
        made["broader"] = [{"id": b.id, "name": in_language(b.names, lang)} for b in broader]
    return made


def suggested_things(site: Site, things: Sequence[Thing], lang: str) -> list[Json]:
    """Return things as the suggest service has them (section 7.3)."""
    told = _described(site, things, lang)
    return [
        {
            "id": thing.id,
            "name": thing.name(lang),
            "description": told[thing],
            # Types alone: OpenRefine joins them with commas.
            "notable": [type_["id"] for type_ in _types(site, thing, lang)],
        }
        for thing in things
    ]


def suggested_property(property_: Property, lang: str) -> Json:
    """Return a property as the services for suggestions and proposals have it."""
    made = {"id": property_.id, "name": in_language(property_.names, lang)}
    if about := in_language(property_.about, lang):
        made["description"] = about
    return made


def extended(found: Extended, lang: str) -> Json:
    """Return a data extension response (section 8.5)."""
    return {
        "meta": [
            {"id": asked, "name": in_language(property_.names, lang)}
            for asked, property_ in found.properties
        ],
        "rows": found.rows,
    }


def flyout(identifier: str, title: str, text: str) -> Json:
    """Return the small preview of a suggestion (section 7.5)."""
    return {
        "id": identifier,
        "html": f"<p><strong>{escape(title)}</strong></p><p>{escape(text)}</p>",
    }
