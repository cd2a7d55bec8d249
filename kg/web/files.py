"""Files of the release, and what operators ask for."""

from flask import Blueprint, Response, jsonify, send_from_directory

from kg.formats import file_content_type
from kg.release.folder import DUMPS
from kg.web.problems import not_found
from kg.web.site import current_site

blueprint = Blueprint("files", __name__)


@blueprint.get("/dumps/<path:name>")
def dump(name: str) -> Response:
    """Send a dump of the release; ranges and conditions are answered."""
    site = current_site()
    entry = site.release.manifest.files.get(f"{DUMPS}/{name}")
    if entry is None:
        raise not_found(f"{DUMPS}/{name}")
    # Named here, or the gzip files would be taken for plain ones in a coding.
    kind = file_content_type(name)
    return send_from_directory(
        site.release.folder / DUMPS, name, mimetype=kind, etag=entry.sha256, conditional=True
    )


@blueprint.get("/healthz")
def health() -> Response:
    """Say which release is served; 200 means that its store answers."""
    site = current_site()
    alive = bool(site.engine.query("ASK { ?s ?p ?o }"))
    response = jsonify(status="ok" if alive else "empty", release=site.release.id)
    response.cache_control.no_store = True
    return response
