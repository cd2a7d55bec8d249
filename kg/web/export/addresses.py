"""Which addresses an export asks the site for, and in which file each answer lies.

Every route is decided here: what enumerates its addresses, or why it is not exported. A route
that is neither stops the export, so that a new one is not forgotten.
"""

from collections.abc import Mapping

from flask import Flask

from kg.web.addresses import NAMED
from kg.web.export import enumerators as of
from kg.web.export.catalog import DOCUMENTS, Catalog, Enumerator, Wanted, forwards, pages, plain
from kg.web.negotiate import LANGUAGES

ENUMERATORS: Mapping[str, Enumerator] = {
    "static": of.static,
    "home.start": forwards(""),
    "home.home": pages(""),
    "documents.ontology": pages("ontology"),
    "class_diagram.page": pages("ontology/diagram"),
    "documents.shapes": pages("shapes"),
    "sources.source": of.sources,
    "pages.entity": of.entities,
    "data.thing": of.identifiers(*sorted({"id", *NAMED} - {"graph", "releases", *DOCUMENTS})),
    "data.ontology": of.identifiers("ontology"),
    "data.shapes": of.identifiers("shapes"),
    "data.dataset": of.identifiers("dataset"),
    "data.graph": of.identifiers("graph"),
    "data.data": of.data,
    "linksets.linkset": of.linksets,
    "cite.cite": of.citations,
    "files.context": plain("ontology/context.jsonld"),
    "files.dump": of.dumps,
    "downloads.downloads": forwards("downloads"),
    "downloads.page": pages("downloads"),
    "downloads.digests": plain("downloads/sha256sums.txt"),
    "releases.release": of.release_forwards,
    "releases.release_page": of.release_pages,
    "releases.release_data": of.release_data,
    "sparql.endpoint": of.endpoint,
    "editor.terms": of.terms,
    "releases.release_crate": of.crate,
    "offline.query_page": pages("query"),
    "search.page": pages("search"),
    "search.index_file": of.search_files,
    "search.opensearch": plain("opensearch.xml"),
    "browse.lead": of.list_forwards,
    "browse.overview": pages("browse"),
    "browse.listed": of.lists,
    "browse.table": of.list_tables,
    "mappings.lead": forwards("mappings"),
    "mappings.page": pages("mappings"),
    "mappings.table": plain(*(f"{lang}/mappings.csv" for lang in LANGUAGES)),
    "mappings.sssom": of.mapping_files,
    "validation.lead": forwards("validation"),
    "validation.page": pages("validation"),
    "validation.report": plain("validation/report.ttl", "validation/verdict.json"),
    "neighbourhood.page": of.neighbourhoods,
    "nanopubs.nanopub": of.nanopubs,
    "nanopubs.nanopub_data": of.nanopub_data,
    "wellknown.robots": plain("robots.txt"),
    "wellknown.sitemap": plain("sitemap.xml"),
    "wellknown.sitemap_part": of.parts_of_sitemap,
    "wellknown.void": forwards(".well-known/void"),
    "wellknown.security": of.security,
}
"""What enumerates the addresses of each endpoint."""

NOT_EXPORTED: Mapping[str, str] = {
    "files.health": "says how a running server fares",
    "files.ready": "says whether a running server can be asked",
    "releases.release_dump": "the dumps of the release lie at /dumps, and of others there is none",
    "reconcile.negotiated": "answers the queries of clients",
    "reconcile.service": "answers the queries of clients",
    "reconcile.suggest": "depends on what was typed",
    "reconcile.flyouts": "belongs to the suggestions",
    "reconcile.properties": "belongs to the service",
    "reconcile.view": "belongs to the service",
    "reconcile.preview": "belongs to the service",
    "lookup.lookup": "looks up what a request names",
    "lookup.page": "the same",
    "api.lead": "leads to the page below",
    "api.page": "shows what a running server answers",
}
"""Endpoints whose answers are no files, and why."""


def undecided(app: Flask) -> list[str]:
    """Return the rules of an application that are neither enumerated nor excused."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint not in ENUMERATORS
        and rule.endpoint not in NOT_EXPORTED
    )


def addresses(catalog: Catalog) -> list[Wanted]:
    """Return what is wanted of an application, thing by thing."""
    endpoints = dict.fromkeys(rule.endpoint for rule in catalog.app.url_map.iter_rules())
    found = [
        wanted
        for endpoint, enumerator in ENUMERATORS.items()
        if endpoint in endpoints
        for wanted in enumerator(catalog)
    ]
    return sorted(found, key=lambda wanted: wanted.about)
