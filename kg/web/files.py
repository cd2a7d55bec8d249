"""Files of the release, and what operators ask for."""

from flask import Blueprint, Response, jsonify, send_from_directory

from kg.formats import BY_EXTENSION
from kg.release.folder import DUMPS
from kg.web.problems import not_found
from kg.web.site import current_runner, current_site

blueprint = Blueprint("files", __name__)

GZIP = "application/gzip"


@blueprint.get("/dumps/<name>")
def dump(name: str) -> Response:
    """Send a dump of the release; ranges and conditions are answered."""
    site = current_site()
    entry = site.release.manifest.files.get(f"{DUMPS}/{name}")
    if entry is None:
        raise not_found(f"{DUMPS}/{name}")
    extension = name.rpartition(".")[2]
    # Named here, or the gzip files would be taken for plain ones in a coding.
    kind = BY_EXTENSION[extension].content_type if extension in BY_EXTENSION else GZIP
    return send_from_directory(
        site.release.folder / DUMPS, name, mimetype=kind, etag=entry.sha256, conditional=True
    )


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
