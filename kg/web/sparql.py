"""``/sparql``: the SPARQL 1.1 Protocol, and a plain form for browsers."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from pyoxigraph import QueryBoolean, QuerySolutions

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
from kg.vocab import prefixes
from kg.web.cache import conditional
from kg.web.negotiate import HTML, Variant, choose_language, choose_variant
from kg.web.problems import Problem, not_acceptable, query_problem
from kg.web.site import Site, current_site

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"
UPDATE_TYPE = "application/sparql-update"
SHOWN_ROWS = 1000
"""Rows in the HTML table; the other formats hold all."""

RESULTS_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in RESULTS_FORMATS)
GRAPH_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query, or show the form where a browser asks without one."""
    site = current_site()
    query, dataset = _read_request(site)
    if query is None:
        if choose_variant(request.headers.get("Accept"), (HTML,)) is None:
            raise Problem(400, "No query: send it as the parameter 'query' (SPARQL 1.1 Protocol, 2.1).")
        return _page(site, _example(site), None, "")
    try:
        answer = answer_query(site.engine, query, site.config.limits, dataset)
        return _answer(site, query, answer)
    except QueryError as error:
        problem = query_problem(error)
        if _wants_html():
            page = _page(site, query, None, str(error))
            page.status_code = problem.code or 400
            return page
        raise problem from None


def _read_request(site: Site) -> tuple[str | None, QueryDataset]:
    """Return query and dataset of the request (SPARQL 1.1 Protocol, 2.1 and 2.2)."""
    if len(request.get_data(cache=True)) > site.config.limits.query_bytes:
        raise Problem(413, f"A query may have {site.config.limits.query_bytes} bytes.")
    fields = request.args
    if request.method == "POST":
        if request.mimetype == UPDATE_TYPE or "update" in request.form:
            raise Problem(403, "This endpoint is read-only: a release changes by a new build.")
        if request.mimetype == QUERY_TYPE:
            try:
                return request.get_data().decode("utf-8"), _dataset(site)
            except UnicodeDecodeError:
                raise Problem(400, "The query is not UTF-8; send it as UTF-8.") from None
        if request.mimetype != FORM_TYPE:
            raise Problem(415, f"Send the query as {FORM_TYPE} or {QUERY_TYPE}.")
        fields = request.form
    elif "update" in request.args:
        raise Problem(403, "This endpoint is read-only: a release changes by a new build.")
    queries = fields.getlist("query")
    if len(queries) > 1:
        raise Problem(400, "More than one query in a request; send one.")
    query = queries[0] if queries and queries[0].strip() else None
    if query is not None and len(query.encode()) > site.config.limits.query_bytes:
        raise Problem(413, f"A query may have {site.config.limits.query_bytes} bytes.")
    return query, _dataset(site)


def _dataset(site: Site) -> QueryDataset:
    del site
    values = request.values if request.method == "POST" else request.args
    return QueryDataset(values.getlist("default-graph-uri"), values.getlist("named-graph-uri"))


def _wants_html() -> bool:
    if request.values.get("format"):
        return False
    machine = (*RESULTS_VARIANTS, *GRAPH_VARIANTS)
    accept = request.headers.get("Accept")
    # Without a header, or with */*, a client of the protocol wants results, not a page.
    return choose_variant(accept, (*machine, HTML)) is HTML


def _answer(site: Site, query: str, answer: object) -> Response:
    table = isinstance(answer, QuerySolutions | QueryBoolean)
    if _wants_html():
        return _page(site, query, answer, "")
    variants = RESULTS_VARIANTS if table else GRAPH_VARIANTS
    name = request.values.get("format")
    if name:
        chosen = next((variant for variant in variants if variant.name == name), None)
    else:
        chosen = choose_variant(request.headers.get("Accept"), variants)
    if chosen is None:
        addresses = [(variant, f"?format={variant.name}") for variant in variants]
        raise not_acceptable(addresses)
    if isinstance(answer, QuerySolutions | QueryBoolean):
        results = RESULTS_BY_EXTENSION[chosen.name]
        response = Response(write_results(answer, results), content_type=results.content_type)
    else:
        graph = BY_EXTENSION[chosen.name]
        body = write_graph(_quads(answer), graph, site.base, site.release.context)
        response = Response(body, content_type=graph.content_type)
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response, site.release) if request.method != "POST" else response


def _quads(answer: object) -> tuple:  # type: ignore[type-arg]
    return answer if isinstance(answer, tuple) else ()


def _example(site: Site) -> str:
    folder = site.release.source_file("data/queries")
    paths: Sequence = sorted(folder.glob("figures.rq")) or sorted(folder.glob("*.rq"))  # type: ignore[type-arg]
    return paths[0].read_text(encoding="utf-8") if paths else "SELECT * { ?s ?p ?o } LIMIT 20"


def _page(site: Site, query: str, answer: object, error: str) -> Response:
    lang = choose_language(request.args.get("lang") or request.headers.get("Accept-Language"))
    variables: list[str] = []
    rows: list[list[object]] = []
    more = False
    text = ""
    if isinstance(answer, QuerySolutions):
        variables = [variable.value for variable in answer.variables]
        for solution in answer:
            if len(rows) == SHOWN_ROWS:
                more = True
                break
            rows.append(list(solution))
    elif isinstance(answer, QueryBoolean):
        text = "true" if answer else "false"
    elif isinstance(answer, tuple):
        text = write_graph(answer, BY_EXTENSION["ttl"], site.base, site.release.context).decode()
    body = render_template(
        "sparql.html",
        lang=lang,
        query=query,
        variables=variables,
        rows=rows,
        more=more,
        text=text,
        error=error,
        prefixes=prefixes(site.base),
        answered=answer is not None,
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.vary.update(("Accept", "Accept-Language"))
    return response
