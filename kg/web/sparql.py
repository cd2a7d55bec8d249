"""``/sparql``: the SPARQL 1.1 Protocol, and a plain form for browsers."""

from itertools import islice

from flask import Blueprint, Response, request
from pyoxigraph import Quad, QueryBoolean, QuerySolutions
from werkzeug.datastructures import MultiDict

from kg.errors import QueryError
from kg.formats import BY_EXTENSION, FORMATS
from kg.query.engine import QueryDataset
from kg.query.results import (
    RESULTS_BY_EXTENSION,
    RESULTS_FORMATS,
    answer_query,
    write_graph,
    write_results,
)
from kg.web.cache import cacheable
from kg.web.language import translate as _
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.problems import Problem, not_acceptable, query_problem
from kg.web.site import Site, current_site
from kg.web.sparql_page import SHOWN_ROWS, Shown, query_page, same_address

QueryAnswer = QuerySolutions | QueryBoolean | tuple[Quad, ...]

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"
UPDATE_TYPE = "application/sparql-update"

RESULTS_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in RESULTS_FORMATS)
GRAPH_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query, or show the form where a browser asks without one."""
    site = current_site()
    query, dataset = _read_request(site)
    if query is None:
        if choose_variant(request.headers.get("Accept"), (HTML,)) is None:
            detail = _("No query: send it as the parameter 'query' (SPARQL 1.1 Protocol, 2.1).")
            raise Problem(400, detail)
        return query_page(site, None)
    try:
        answer = answer_query(site.engine, query, site.config.limits, dataset)
    except QueryError as error:
        problem = query_problem(error)
        if not _wants_html():
            raise problem from None
        page = query_page(site, query, error=error)
        page.status_code = problem.code or 400
        return page
    return query_page(site, query, _shown(site, answer)) if _wants_html() else _data(site, answer)


def _read_request(site: Site) -> tuple[str | None, QueryDataset]:
    """Return query and dataset of the request (SPARQL 1.1 Protocol, 2.1 and 2.2)."""
    most = site.config.limits.query_bytes
    too_long = Problem(413, _("A query may have %(n)s bytes.", n=most))
    if len(request.get_data(cache=True)) > most:
        raise too_long
    if request.mimetype == UPDATE_TYPE or "update" in request.values:
        detail = _("This endpoint is read-only: a release changes by a new build.")
        raise Problem(403, detail)
    if request.method == "POST" and request.mimetype == QUERY_TYPE:
        try:
            return request.get_data().decode("utf-8"), _dataset(request.args)
        except UnicodeDecodeError:
            raise Problem(400, _("The query is not UTF-8; send it as UTF-8.")) from None
    if request.method == "POST" and request.mimetype != FORM_TYPE:
        detail = _("Send the query as %(form)s or %(query)s.", form=FORM_TYPE, query=QUERY_TYPE)
        raise Problem(415, detail)
    fields = request.form if request.method == "POST" else request.args
    queries = fields.getlist("query")
    if len(queries) > 1:
        raise Problem(400, _("More than one query in a request; send one."))
    query = queries[0] if queries and queries[0].strip() else None
    if query is not None and len(query.encode()) > most:
        raise too_long
    return query, _dataset(fields)


def _dataset(fields: MultiDict[str, str]) -> QueryDataset:
    return QueryDataset(fields.getlist("default-graph-uri"), fields.getlist("named-graph-uri"))


def _wants_html() -> bool:
    if request.values.get("format"):
        return False
    machine = (*RESULTS_VARIANTS, *GRAPH_VARIANTS)
    accept = request.headers.get("Accept")
    # Without a header, or with */*, a client of the protocol wants results, not a page.
    return choose_variant(accept, (*machine, HTML)) is HTML


def _data(site: Site, answer: QueryAnswer) -> Response:
    table = isinstance(answer, QuerySolutions | QueryBoolean)
    variants = RESULTS_VARIANTS if table else GRAPH_VARIANTS
    name = request.values.get("format")
    if name:
        chosen = next((variant for variant in variants if variant.name == name), None)
    else:
        chosen = choose_variant(request.headers.get("Accept"), variants)
    if chosen is None:
        raise not_acceptable([(variant, same_address(format=variant.name)) for variant in variants])
    if isinstance(answer, QuerySolutions | QueryBoolean):
        results = RESULTS_BY_EXTENSION[chosen.name]
        response = Response(write_results(answer, results), content_type=results.content_type)
    else:
        graph = BY_EXTENSION[chosen.name]
        body = write_graph(answer, graph, site.base, site.release.context)
        response = Response(body, content_type=graph.content_type)
    response.vary.add("Accept")
    return cacheable(response) if request.method != "POST" else response


def _shown(site: Site, answer: QueryAnswer) -> Shown:
    if isinstance(answer, QuerySolutions):
        variables = tuple(variable.value for variable in answer.variables)
        rows = [list(solution) for solution in islice(answer, SHOWN_ROWS + 1)]
        return Shown(variables, rows[:SHOWN_ROWS], more=len(rows) > SHOWN_ROWS)
    if isinstance(answer, QueryBoolean):
        return Shown(boolean=bool(answer))
    text = write_graph(answer, BY_EXTENSION["ttl"], site.base, site.release.context)
    return Shown(text=text.decode())
