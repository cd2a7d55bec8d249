"""Dereferencing: ``/id/...`` and its kin lead to a page or to data; ``/data/...`` is data."""

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, request, url_for
from pyoxigraph import Quad, RdfFormat, parse, serialize

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import graph_quads
from kg.release.write import write_compact_jsonld, write_quads
from kg.sources.rdf import read_bytes
from kg.vocab import prefixes
from kg.web.cache import conditional
from kg.web.negotiate import HTML, Variant, choose_language, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("data", __name__)

DATA_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)


@blueprint.get("/id/<kind>/<slug>")
def thing(kind: str, slug: str) -> Response:
    """Redirect to the page or the data of a thing."""
    return _see_other(f"id/{kind}/{slug}", f"{kind}/{slug}")


@blueprint.get("/claim/<center>/<claim>")
@blueprint.get("/source/<center>")
@blueprint.get("/code/<scheme>")
@blueprint.get("/code/<scheme>/<concept>")
def named(**_: str) -> Response:
    """Redirect to the page or the data of a claim, a text or a concept."""
    path = request.path[1:]
    return _see_other(path, path)


@blueprint.get("/ontology", endpoint="ontology")
@blueprint.get("/shapes", endpoint="shapes")
@blueprint.get("/dataset", endpoint="dataset")
@blueprint.get("/graph/<path:name>", endpoint="graph")
def document(**_: str) -> Response:
    """Answer with a document as data, or redirect to its page."""
    path = request.path[1:]
    site = current_site()
    if not _is_known(site, path):
        raise not_found(path)
    variant = _choose(path, path)
    if variant is HTML:
        return _to_page(path)
    response = _data(site, path, BY_EXTENSION[variant.name])
    response.headers["Content-Location"] = _data_address(path, variant.name)
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/data/<path:path>.<extension>")
def data(path: str, extension: str) -> Response:
    """Answer with the description of a thing in one format."""
    site = current_site()
    target = iri_path(path)
    if extension not in BY_EXTENSION or not _is_known(site, target):
        raise not_found(f"data/{path}.{extension}" if extension not in BY_EXTENSION else target)
    return _data(site, target, BY_EXTENSION[extension])


def iri_path(path: str) -> str:
    """Return the path of the IRI that a page or data path is about.

    >>> iri_path("center/hubei-imaging-medicine"), iri_path("claim/hubei-imaging-medicine/C022")
    ('id/center/hubei-imaging-medicine', 'claim/hubei-imaging-medicine/C022')
    """
    first = path.partition("/")[0]
    named = first in {"claim", "source", "code", "graph", "ontology", "shapes", "dataset"}
    return path if named else f"id/{path}"


def data_links(path: str) -> list[tuple[Format, str]]:
    """Return the formats of a page's data and the address of each."""
    return [(format_, _data_address(path, format_.extension)) for format_ in FORMATS]


def _data_address(path: str, extension: str) -> str:
    return url_for("data.data", path=path.removeprefix("id/"), extension=extension)


def _is_known(site: Site, path: str) -> bool:
    if path == "shapes":
        return True
    iri = f"<{site.iri(path)}>"
    return bool(site.engine.query(f"ASK {{ {{ {iri} ?p ?o }} UNION {{ GRAPH {iri} {{ ?s ?p ?o }} }} }}"))


def _choose(path: str, page_path: str) -> Variant:
    chosen = choose_variant(request.headers.get("Accept"), (HTML, *DATA_VARIANTS))
    if chosen is None:
        addresses = [(HTML, _page_address(page_path))]
        addresses += [(v, _data_address(path, v.name)) for v in DATA_VARIANTS]
        raise not_acceptable(addresses)
    return chosen


def _page_address(page_path: str) -> str:
    lang = choose_language(request.headers.get("Accept-Language"))
    return url_for("pages.entity", lang=lang, path=page_path)


def _to_page(page_path: str) -> Response:
    return _redirect(_page_address(page_path))


def _see_other(path: str, page_path: str) -> Response:
    if not _is_known(current_site(), path):
        raise not_found(path)
    variant = _choose(path, page_path)
    return _to_page(page_path) if variant is HTML else _redirect(_data_address(path, variant.name))


def _redirect(address: str) -> Response:
    response = redirect(address, 303, Response)
    response.vary.update(("Accept", "Accept-Language"))
    return response  # type: ignore[return-value]


def _data(site: Site, path: str, format_: Format) -> Response:
    response = Response(_body(site, path, format_), content_type=format_.content_type)
    return conditional(response, site.release)


def _body(site: Site, path: str, format_: Format) -> bytes:
    if path == "shapes":
        return _shapes(site, format_)
    if path == "ontology" or path.startswith("graph/"):
        graph = "graph/ontology" if path == "ontology" else path
        quads: Iterable[Quad] = graph_quads(site.engine, site.iri(graph))
    else:
        quads = site.describe(site.iri(path)).quads
    if format_.extension == "jsonld":
        return write_compact_jsonld(quads, site.release.context, first=site.iri(path))
    return write_quads(quads, format_, prefixes(site.base))


def _shapes(site: Site, format_: Format) -> bytes:
    """Return all shapes. They hold lists, so they are the one answer with blank nodes."""
    files = sorted(site.release.source_file("shapes").glob("*.ttl"))
    quads = [
        quad
        for path in files
        for quad in parse(read_bytes(path), RdfFormat.TURTLE, rename_blank_nodes=True)
    ]
    if format_.extension == "jsonld":
        return write_compact_jsonld(quads, site.release.context)
    return serialize(quads, format=format_.engine, prefixes=prefixes(site.base))
