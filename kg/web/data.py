"""Dereferencing: ``/id/...`` and its kin lead to a page or to data; ``/data/...`` is data."""

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, request, url_for
from pyoxigraph import Quad

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import graph_quads
from kg.query.results import write_graph
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("data", __name__)

DATA_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)


@blueprint.get("/id/<kind>/<slug>")
@blueprint.get("/claim/<center>/<claim>")
@blueprint.get("/source/<center>")
@blueprint.get("/code/<scheme>")
@blueprint.get("/code/<scheme>/<concept>")
def thing(**_: str) -> Response:
    """Redirect to the page or the data of a thing, a claim, a text or a concept."""
    path = _known_path()
    variant = _choose(path)
    return _see_other(_page_address(path) if variant is HTML else data_address(path, variant.name))


@blueprint.get("/ontology", endpoint="ontology")
@blueprint.get("/shapes", endpoint="shapes")
@blueprint.get("/dataset", endpoint="dataset")
@blueprint.get("/graph/<path:name>", endpoint="graph")
def document(**_: str) -> Response:
    """Answer with a document as data, or redirect to its page."""
    path = _known_path()
    variant = _choose(path)
    if variant is HTML:
        return _see_other(_page_address(path))
    response = _data(current_site(), path, BY_EXTENSION[variant.name])
    response.headers["Content-Location"] = data_address(path, variant.name)
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/data/<path:path>.<extension>")
def data(path: str, extension: str) -> Response:
    """Answer with the description of a thing in one format."""
    target = iri_path(path)
    if extension not in BY_EXTENSION:
        raise not_found(f"data/{path}.{extension}")
    if not _is_known(current_site(), target):
        raise not_found(target)
    return _data(current_site(), target, BY_EXTENSION[extension])


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
    return [(format_, data_address(path, format_.extension)) for format_ in FORMATS]


def data_address(path: str, extension: str) -> str:
    """Return the address of the data about the thing at ``path``."""
    return url_for("data.data", path=path.removeprefix("id/"), extension=extension)


def _known_path() -> str:
    path = request.path[1:]
    if not _is_known(current_site(), path):
        raise not_found(path)
    return path


def _is_known(site: Site, path: str) -> bool:
    node = site.node(path)
    if node is None:
        return False
    if path == "shapes":
        return True
    return bool(
        site.engine.query(f"ASK {{ {{ {node} ?p ?o }} UNION {{ GRAPH {node} {{ ?s ?p ?o }} }} }}")
    )


def _choose(path: str) -> Variant:
    chosen = choose_variant(request.headers.get("Accept"), (HTML, *DATA_VARIANTS))
    if chosen is None:
        addresses = [(HTML, _page_address(path))]
        addresses += [(v, data_address(path, v.name)) for v in DATA_VARIANTS]
        raise not_acceptable(addresses)
    return chosen


def _page_address(path: str) -> str:
    return url_for("pages.entity", lang=page_language(), path=path.removeprefix("id/"))


def _see_other(address: str) -> Response:
    response = redirect(address, 303, Response)
    response.vary.update(("Accept", "Accept-Language"))
    return response  # type: ignore[return-value]  # Flask types redirect() as Werkzeug does


def _data(site: Site, path: str, format_: Format) -> Response:
    node = site.node(path)
    if node is None:
        raise not_found(path)
    cut = None
    if path == "shapes":
        quads: Iterable[Quad] = site.shapes
    elif path == "ontology" or path.startswith("graph/"):
        graph = node.value if path != "ontology" else f"{site.base}graph/ontology"
        quads = graph_quads(site.engine, graph)
    else:
        description = site.describe(node)
        quads, cut = description.quads, description.cut
    body = write_graph(tuple(quads), format_, site.base, site.release.context, first=node.value)
    response = Response(body, content_type=format_.content_type)
    response.headers.add("Link", f'<{node.value}>; rel="describes"')
    if cut is not None:
        rest = url_for("sparql.endpoint", query=cut.query)
        response.headers.add("Link", f'<{rest}>; rel="next"')
    return cacheable(response)
