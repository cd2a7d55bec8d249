"""Files of the release, and what operators ask for."""

from flask import Blueprint, Response, jsonify, send_from_directory

from kg.formats import file_content_type
from kg.release.folder import DUMPS
from kg.web.addresses import page_address
from kg.web.cache import cacheable
from kg.web.links import Link, add_links
from kg.web.negotiate import DEFAULT_LANGUAGE
from kg.web.problems import not_found
from kg.web.site import current_runner, current_site

blueprint = Blueprint("files", __name__)

CONTEXT_MAX_AGE_S = 86_400
"""How long a client may use the context without asking: terms are added, not changed."""


@blueprint.get("/dumps/<path:name>")
def dump(name: str) -> Response:
    """Send a dump of the release; ranges and conditions are answered."""
    site = current_site()
    entry = site.release.manifest.files.get(f"{DUMPS}/{name}")
    if entry is None:
        raise not_found(f"{DUMPS}/{name}")
    # Named here, or the gzip files would be taken for plain ones in a coding.
    kind = file_content_type(name)
    response = send_from_directory(
        site.release.folder / DUMPS,
        name,
        mimetype=kind,
        etag=entry.sha256,
        last_modified=site.modified,
        conditional=True,
    )
    # Werkzeug would add the charset once more.
    response.headers["Content-Type"] = kind
    add_links(response, [Link("collection", page_address("dataset", DEFAULT_LANGUAGE))])
    return response


@blueprint.get("/ontology/context.jsonld")
def context() -> Response:
    """Send the JSON-LD context, which our own documents have inside."""
    site = current_site()
    path = site.release.source_file("ontology/context.jsonld")
    if not path.is_file():
        raise not_found("ontology/context.jsonld")
    response = cacheable(Response(path.read_bytes(), content_type="application/ld+json"))
    response.cache_control.max_age = CONTEXT_MAX_AGE_S
    return response


@blueprint.get("/healthz")
def health() -> Response:
    """Say which release is served, and how many queries are at work and wait.

    200 means that its store answers, 503 that its folder is gone: then pages still answer,
    and new query workers cannot open it.
    """
    site = current_site()
    alive = bool(site.engine.query("ASK { ?s ?p ?o }"))
    there = site.release.folder.exists()
    status = "gone" if not there else "ok" if alive else "empty"
    working, waiting = current_runner().load()
    response = jsonify(
        status=status, release=site.release.id, queries={"working": working, "waiting": waiting}
    )
    response.status_code = 200 if there else 503
    response.cache_control.no_store = True
    return response
