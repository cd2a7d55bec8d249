"""``/{lang}/validation``: what the check of the release found, and what is left open.

The report itself is at ``/validation/report.ttl``, as SHACL writes it, and at
``/validation/verdict.json``.
"""

from typing import Any

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from kg.query.gaps import definitions, measurements, silent_claims, unstated
from kg.release.folder import REPORTS, VERDICT_FILE
from kg.web.addresses import own_address
from kg.web.cache import cacheable
from kg.web.doors import to_page
from kg.web.gallery import gallery
from kg.web.language import OTHER
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.problems import not_found
from kg.web.site import Site, current_site
from kg.web.validation_view import broken, checked, left_out, severity_name

blueprint = Blueprint("validation", __name__)

PROFILES_SHOWN = 50
CLAIMS_SHOWN = 50
THINGS_SHOWN = 20
MEASUREMENTS_SHOWN = 200
FILES = {
    "report.ttl": ("shacl.ttl", "text/turtle; charset=utf-8"),
    "verdict.json": (VERDICT_FILE, "application/json"),
}
"""The reports by their addresses: the file and its media type."""


@blueprint.get("/validation")
def lead() -> Response:
    """Redirect to the page in the reader's language."""
    return to_page("validation.page")


@blueprint.get("/validation/<any('report.ttl', 'verdict.json'):name>")
def report(name: str) -> Response:
    """Answer with a report of the check."""
    file, content_type = FILES[name]
    path = current_site().release.folder / REPORTS / file
    if not path.is_file():
        raise not_found(f"validation/{name}")
    return cacheable(Response(path.read_bytes(), content_type=content_type))


@blueprint.get("/<any(en, zh):lang>/validation")
@kept
def page(lang: str) -> str:
    """Show whether the release passed, what was found, and what the text leaves open."""
    site = current_site()
    verdict = site.release.verdict
    profiles = sorted(
        verdict.get("profiles", ()), key=lambda p: (p["coverage_percent"], p["center"])
    )
    silent, claims = silent_claims(site.engine, CLAIMS_SHOWN)
    open_ = unstated(site.engine, THINGS_SHOWN)
    nodes = {
        *(claim.claim for claim in claims),
        *(node for found in open_ for node in (found.property, *found.things)),
        *(_center(site, profile) for profile in profiles[:PROFILES_SHOWN]),
    }
    names = Names(site.labels(nodes), lang, site.base)
    return render_page(
        "validation.html",
        lang=lang,
        path="validation",
        negotiated=own_address("validation"),
        verdict=verdict,
        severity_name=severity_name,
        broken=broken(site, lang),
        checked=checked(site, lang),
        profiles=[
            (names.of(_center(site, profile)), profile, left_out(site, profile["center"]))
            for profile in profiles[:PROFILES_SHOWN]
        ],
        more_profiles=len(profiles) > PROFILES_SHOWN,
        silent=silent,
        claims=[(names.of(claim.claim), claim) for claim in claims],
        open=[
            (names.of(found.property), found, [names.of(thing) for thing in found.things])
            for found in open_
        ],
        questions=[
            example
            for group in gallery(site.release, lang)
            for example in group.examples
            if example.name.startswith("not-stated-")
        ],
        figures=_figures(site, lang),
        reports=[
            n
            for n, (file, _type) in FILES.items()
            if (site.release.folder / REPORTS / file).is_file()
        ],
    )


def _center(site: Site, profile: dict[str, Any]) -> NamedNode:
    return NamedNode(f"{site.base}id/center/{profile['center']}")


def _figures(site: Site, lang: str) -> list[tuple[Name, Name, Name, Name]]:
    """Return metric, what it counts, what it was computed on, and value, of each figure."""
    found = measurements(site.engine, MEASUREMENTS_SHOWN)
    nodes = {node for figure in found for node in (figure.metric, figure.computed_on)}
    names = Names((*site.labels(nodes), *site.titles(nodes)), lang, site.base)
    told = definitions(site.engine, {figure.metric for figure in found})
    rows = []
    for figure in found:
        texts = told.get(figure.metric, {})
        language = lang if lang in texts else OTHER[lang]
        rows.append(
            (
                names.of(figure.metric).unlinked(),
                Name(texts.get(language, ""), language),
                names.of(figure.computed_on),
                names.value(figure.value),
            )
        )
    return rows
