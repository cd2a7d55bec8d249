"""Files of the release, and what operators ask for."""

from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, jsonify, request, send_from_directory

from kg.errors import StoreDamaged
from kg.formats import file_content_type
from kg.release.folder import DUMPS
from kg.release.manifest import Manifest
from kg.web.addresses import page_address
from kg.web.cache import cacheable
from kg.web.damage import note
from kg.web.links import Link, add_links
from kg.web.negotiate import DEFAULT_LANGUAGE
from kg.web.problems import not_found
from kg.web.site import current_runner, current_site

ANYTHING = "SELECT ?s { ?s ?p ?o } LIMIT 1"
"""Not ASK: over a damaged store Oxigraph's ASK does not end."""
blueprint = Blueprint("files", __name__)

CONTEXT_MAX_AGE_S = 86_400
"""How long a client may use the context without asking: terms are added, not changed."""


@blueprint.get("/dumps/<path:name>")
def dump(name: str) -> Response:
    """Send a dump of the release; ranges and conditions are answered."""
    release = current_site().release
    kind = file_content_type(name)
    response = send_from_release(release.folder, release.manifest, f"{DUMPS}/{name}", kind)
    add_links(response, [Link("collection", page_address("dataset", DEFAULT_LANGUAGE))])
    return response


def send_from_release(folder: Path, manifest: Manifest, path: str, kind: str) -> Response:
    """Return the answer with a file of the release in ``folder``, of the Content-Type ``kind``.

    Only what the manifest names is sent, whatever else lies there; its SHA-256 is the ETag.
    Raises the Problem of a 404.
    """
    if path in current_site().damage.files and manifest.id == current_site().release.id:
        # Better no file than one with other bytes than its digest says.
        raise StoreDamaged(f"{path} is damaged")
    entry = manifest.files.get(path)
    if entry is None or not (folder / path).is_file():
        raise not_found(request.path[1:])
    response = send_from_directory(
        folder,
        path,
        # Without it the gzip files would be taken for plain ones in a coding.
        mimetype=kind,
        etag=entry.sha256,
        last_modified=datetime.fromisoformat(manifest.built_at),
        conditional=True,
    )
    # Werkzeug adds a charset where the type is of XML.
    response.headers["Content-Type"] = kind
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
    alive = bool(site.engine.select(ANYTHING).rows)
    there = site.release.folder.exists()
    status = "gone" if not there else "ok" if alive else "empty"
    working, waiting = current_runner().load()
    response = jsonify(
        status=status, release=site.release.id, queries={"working": working, "waiting": waiting}
    )
    response.status_code = 200 if there else 503
    response.cache_control.no_store = True
    return response


@blueprint.get("/readyz")
def ready() -> Response:
    """Say whether to send requests here: 200 where the release can be read, 503 where it is damaged.

    A balancer asks here, and /healthz is for people: a process that is not ready lives on, and
    serves what it can.
    """
    site = current_site()
    try:
        alive = not site.damage.found and bool(site.engine.select(ANYTHING).rows)
    except StoreDamaged as error:
        note(error)
        alive = False
    there = site.release.folder.exists()
    damaged = site.damage.found
    status = "gone" if not there else "damaged" if damaged else "ready" if alive else "empty"
    response = jsonify(status=status, release=site.release.id, damaged=sorted(site.damage.files))
    response.status_code = 200 if there and alive and not damaged else 503
    response.cache_control.no_store = True
    return response
