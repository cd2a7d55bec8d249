"""What each public route is for: one row for every rule of the application.

``accept`` is the header of the example, ``query`` its fields, where ``{thing}`` is the path of
the IRI of a thing that the release has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString, lazy_gettext

THINGS = lazy_gettext("Things and their data")
DOCUMENTS = lazy_gettext("Documents")
QUERIES = lazy_gettext("SPARQL queries")
LISTS = lazy_gettext("Lists, mappings, validation")
FILES = lazy_gettext("Files and releases")
PROGRAMS = lazy_gettext("For programs")
PAGES = lazy_gettext("Pages")
AREAS = (THINGS, QUERIES, LISTS, DOCUMENTS, FILES, PROGRAMS, PAGES)

TURTLE = "text/turtle"
PAGE = "<any(en, zh):lang>"


@dataclass(frozen=True)
class Route:
    """A rule of the application and what a reader is told of it."""

    rule: str
    area: LazyString
    text: LazyString
    accept: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


SMALL_QUERY = "SELECT ?class (COUNT(*) AS ?things) { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?things) LIMIT 3"

ROUTES = (
    Route("/id/<kind>/<slug>", THINGS, lazy_gettext("The IRI of a thing: leads to its page, or to data as Accept asks."), TURTLE),
    Route("/data/<path:file>", THINGS, lazy_gettext("What is known of a thing, with the claims that it rests on.")),
    Route("/claim/<center>/<claim>", THINGS, lazy_gettext("A sentence of a text and the statements made of it."), TURTLE),
    Route("/source/<center>", THINGS, lazy_gettext("A text that statements were read from."), TURTLE),
    Route(
        "/source/<center>/<name>",
        THINGS,
        lazy_gettext("One of the texts of a center that has several."),
        TURTLE,
    ),
    Route("/code/<scheme>", THINGS, lazy_gettext("A list of codes."), TURTLE),
    Route("/code/<scheme>/<concept>", THINGS, lazy_gettext("A code of a list."), TURTLE),
    Route("/graph/<path:name>", THINGS, lazy_gettext("A named graph: everything from one origin."), TURTLE),
    Route("/cite/<path:path>.<any(bib, json, ris):extension>", THINGS, lazy_gettext("How to cite a thing or the dataset.")),
    Route("/linkset/<any(en, zh):lang>/<path:path>.<any(json, txt):extension>", THINGS, lazy_gettext("The typed links of a page (FAIR Signposting).")),
    Route("/np/<code>", THINGS, lazy_gettext("A claim as a nanopublication, under the IRI that holds its hash."), "application/trig"),
    Route("/np/<code>.<any(trig, nq):extension>", THINGS, lazy_gettext("The same in one format.")),
    Route("/sparql", QUERIES, lazy_gettext("SPARQL 1.1, by GET or POST; without a query the description of the service."), "text/csv", {"query": SMALL_QUERY}),
    Route("/sparql/terms/<lang>.json", QUERIES, lazy_gettext("Names of classes, properties and things, for completion.")),
    Route(f"/{PAGE}/search", QUERIES, lazy_gettext("Full-text search in English and Chinese: a page, JSON or CSV."), "text/csv", {"q": "imaging"}),
    Route(f"/{PAGE}/query", QUERIES, lazy_gettext("Queries that the browser answers by itself, a page.")),
    Route("/search-index/<name>", QUERIES, lazy_gettext("A file of the index for searches in the browser.")),
    Route("/opensearch.xml", QUERIES, lazy_gettext("The search, described to browsers (OpenSearch).")),
    Route("/reconcile", QUERIES, lazy_gettext("The reconciliation service (API 0.2): matches names with the things here."), "application/json", {"query": "Wuhan Union Hospital"}),
    Route(f"/{PAGE}/reconcile", QUERIES, lazy_gettext("The same in one language, and its page."), "application/json"),
    Route(f"/{PAGE}/reconcile/suggest/<any(entity, type, property):what>", QUERIES, lazy_gettext("Suggestions of the service for what was typed."), "application/json", {"prefix": "hospital"}),
    Route(f"/{PAGE}/reconcile/flyout/<any(entity, type, property):what>", QUERIES, lazy_gettext("A suggestion in a few words."), "application/json", {"id": "Institution"}),
    Route(f"/{PAGE}/reconcile/properties", QUERIES, lazy_gettext("The properties that a column can be extended with."), "application/json", {"type": "Institution"}),
    Route(f"/{PAGE}/reconcile/preview", QUERIES, lazy_gettext("A thing in a few lines, for frames in other pages."), "text/html", {"id": "{thing}"}),
    Route(f"/{PAGE}/reconcile/view", QUERIES, lazy_gettext("Leads to the page of a thing by its identifier in the service."), "text/html", {"id": "{thing}"}),
    Route("/browse", LISTS, lazy_gettext("Leads to the kinds of things.")),
    Route("/browse/<kind>", LISTS, lazy_gettext("Leads to the list of a kind.")),
    Route(f"/{PAGE}/browse", LISTS, lazy_gettext("The kinds of things with their numbers, a page.")),
    Route(f"/{PAGE}/browse/<kind>", LISTS, lazy_gettext("The things of a kind: chosen, sorted; a page or CSV."), "text/csv"),
    Route(f"/{PAGE}/browse/<kind>.<any(csv):ext>", LISTS, lazy_gettext("The same list as CSV.")),
    Route("/lookup", LISTS, lazy_gettext("What is known under identifiers of ROR, Wikidata and others, one or many, by GET or POST; RDF, JSON or CSV."), "application/json", {"iri": "https://ror.org/0371fqr87"}),
    Route(f"/{PAGE}/lookup", LISTS, lazy_gettext("The same as a page, with a form.")),
    Route("/mappings", LISTS, lazy_gettext("Leads to the links to other registries.")),
    Route("/mappings/<path:name>.sssom.tsv", LISTS, lazy_gettext("The SSSOM file of a mapping set.")),
    Route(f"/{PAGE}/mappings", LISTS, lazy_gettext("Links to other registries, by registry and match, a page.")),
    Route(f"/{PAGE}/mappings.csv", LISTS, lazy_gettext("The same links as CSV.")),
    Route("/validation", LISTS, lazy_gettext("Leads to what the check of the release found.")),
    Route("/validation/<any('report.ttl', 'verdict.json'):name>", LISTS, lazy_gettext("The report of the check, as SHACL writes it or as JSON.")),
    Route(f"/{PAGE}/validation", LISTS, lazy_gettext("What the check found and what the text leaves open, a page.")),
    Route("/ontology", DOCUMENTS, lazy_gettext("Our classes and properties."), TURTLE),
    Route("/ontology/context.jsonld", DOCUMENTS, lazy_gettext("The JSON-LD context of our documents.")),
    Route("/shapes", DOCUMENTS, lazy_gettext("The shapes that every release is checked against (SHACL)."), TURTLE),
    Route("/dataset", DOCUMENTS, lazy_gettext("The dataset described: DCAT, VoID, PROV, quality."), TURTLE),
    Route("/downloads", FILES, lazy_gettext("Leads to the files.")),
    Route("/downloads/sha256sums.txt", FILES, lazy_gettext("The SHA-256 of every dump.")),
    Route("/dumps/<path:name>", FILES, lazy_gettext("A dump: all data, or a part of them.")),
    Route("/releases", FILES, lazy_gettext("The releases that are here."), TURTLE),
    Route("/releases/<identifier>", FILES, lazy_gettext("One release."), TURTLE),
    Route("/releases/<identifier>/dumps/<path:name>", FILES, lazy_gettext("A dump of one release, be it served now or not.")),
    Route("/releases/<identifier>/ro-crate-metadata.json", FILES, lazy_gettext("A release as a research object (RO-Crate).")),
    Route("/data/releases.<extension>", FILES, lazy_gettext("The releases as data.")),
    Route("/data/releases/<identifier>.<extension>", FILES, lazy_gettext("One release as data.")),
    Route("/.well-known/void", PROGRAMS, lazy_gettext("Leads to the description of the dataset."), TURTLE),
    Route("/.well-known/security.txt", PROGRAMS, lazy_gettext("Whom to tell of a security hole.")),
    Route("/robots.txt", PROGRAMS, lazy_gettext("What robots may read.")),
    Route("/sitemap.xml", PROGRAMS, lazy_gettext("All pages, in both languages.")),
    Route("/sitemap-<int:number>.xml", PROGRAMS, lazy_gettext("A part of the site map, where it has several.")),
    Route("/readyz", PROGRAMS, lazy_gettext("Whether to send requests here: 503 where the release is damaged.")),
    Route("/healthz", PROGRAMS, lazy_gettext("Which release is served, and how busy the server is.")),
    Route("/", PAGES, lazy_gettext("Leads to the home page in the reader's language.")),
    Route("/api", PAGES, lazy_gettext("Leads to this page.")),
    Route(f"/{PAGE}/api", PAGES, lazy_gettext("This page.")),
    Route(f"/{PAGE}/", PAGES, lazy_gettext("The home page.")),
    Route(f"/{PAGE}/<path:path>", PAGES, lazy_gettext("The page of a thing.")),
    Route(f"/{PAGE}/source/<center>", PAGES, lazy_gettext("A text with its claims marked.")),
    Route(
        f"/{PAGE}/source/<center>/<name>",
        PAGES,
        lazy_gettext("One of several texts with its claims marked."),
    ),
    Route(f"/{PAGE}/ontology", PAGES, lazy_gettext("The ontology, a page.")),
    Route(f"/{PAGE}/ontology/diagram", PAGES, lazy_gettext("Our classes and what links them, drawn and listed.")),
    Route(f"/{PAGE}/shapes", PAGES, lazy_gettext("The shapes, a page.")),
    Route(f"/{PAGE}/downloads", PAGES, lazy_gettext("The files, a page.")),
    Route(f"/{PAGE}/releases", PAGES, lazy_gettext("The releases, a page.")),
    Route(f"/{PAGE}/releases/<identifier>", PAGES, lazy_gettext("One release, a page.")),
    Route(f"/{PAGE}/neighbourhood/<path:path>", PAGES, lazy_gettext("What a thing is linked to, drawn and listed.")),
)  # fmt: skip
"""A row for each rule. The test of the page fails where one is missing."""

BY_RULE = {route.rule: route for route in ROUTES}

LIMITS: dict[str, LazyString] = {
    "query_s": lazy_gettext("seconds for a query, waiting included"),
    "query_memory_mb": lazy_gettext("MiB of memory for a query"),
    "result_rows": lazy_gettext("rows or triples in an answer"),
    "result_bytes": lazy_gettext("bytes in an answer"),
    "query_bytes": lazy_gettext("bytes in a query or another body"),
    "url_bytes": lazy_gettext("bytes in an address"),
    "queries_per_client": lazy_gettext("queries of one client at a time"),
    "queries_at_once": lazy_gettext("queries of all clients at a time"),
    "reconcile_queries": lazy_gettext("queries in a batch to reconcile"),
    "reconcile_ids": lazy_gettext("things in a request that extends a table"),
    "lookup_items": lazy_gettext("identifiers in a look-up"),
    "describe_incoming": lazy_gettext("statements that point to a thing, in its data"),
}
"""Limits that matter to a client, by the name of their key."""
