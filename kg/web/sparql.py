"""``/sparql``: the SPARQL 1.1 Protocol, and a page for browsers.

Queries run in worker processes (``kg.query.runner``). An unchanged answer is confirmed
before anything runs.
"""

import hashlib
import importlib.metadata
import ipaddress
import json
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, request
from pyoxigraph import QueryBoolean, QueryResultsFormat, parse_query_results
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from kg.config import is_iri
from kg.errors import QueryAbandoned, QueryError
from kg.formats import BY_EXTENSION, FORMATS
from kg.guard import Token, decode_escapes, tokens
from kg.query.engine import QueryDataset
from kg.query.results import RESULTS_BY_EXTENSION, RESULTS_FORMATS, write_graph
from kg.query.service_description import describe_service
from kg.query.task import Reply, Task, Wanted
from kg.sources.queries import query_form
from kg.web.cache import cacheable, confirm, keep
from kg.web.front import client_gone
from kg.web.language import translate as _
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.problems import Problem, not_acceptable, query_problem
from kg.web.site import Site, current_runner, current_site
from kg.web.sparql_page import SHOWN_ROWS, Shown, query_page, same_address

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"
UPDATE_TYPE = "application/sparql-update"
CUT_HEADER = "X-SPARQL-MaxRows"
"""The header by which Virtuoso, too, says that rows were left out."""

SHOWN_BYTES = 500_000
"""Length of the answer that a page shows, as SPARQL Results JSON or Turtle, in bytes."""
SOFTWARE = importlib.metadata.version("research-center-kg")

RESULTS_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in RESULTS_FORMATS)
GRAPH_VARIANTS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)
OTHER_NAMES = {
    **dict.fromkeys(("turtle", "n3"), "ttl"),
    **dict.fromkeys(("json-ld", "ld+json"), "jsonld"),
    **dict.fromkeys(("rdf+xml", "rdf-xml", "rdfxml"), "rdf"),
    **dict.fromkeys(("n-triples", "ntriples"), "nt"),
    **dict.fromkeys(("n-quads", "nquads"), "nq"),
    **dict.fromkeys(("sparql-results+json", "srj"), "json"),
    **dict.fromkeys(("sparql-results+xml", "srx"), "xml"),
}
"""What clients such as SPARQLWrapper call the formats in ``format``."""
GRAPH_FORMS = frozenset(("CONSTRUCT", "DESCRIBE"))
CHANGING = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"))
"""Words of queries that may have another answer each time."""
PUNCTUATION = frozenset((*".;,", *"^+-"))
"""What stands between the terms of a template and in literals, and makes no blank nodes."""

Fields = CombinedMultiDict[str, str] | MultiDict[str, str]


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query; without one, show the page or describe the service."""
    site = current_site()
    refuse_broken_encoding()
    query, dataset = _read_request(site)
    if query is None:
        return _without_query(site)
    # Which of the two counts is up to the query, and the engine alone reads it for sure.
    results, graph = _choose(RESULTS_VARIANTS), _choose(GRAPH_VARIANTS)
    guessed = graph if query_form(query) in GRAPH_FORMS else results
    tag = _tag(site, query, dataset, (results, graph))
    if tag is not None and (confirmed := confirm(tag)) is not None:
        return confirmed
    task = _task(site, query, dataset, results, graph)
    try:
        reply = current_runner().run(site.release.folder, task, _client(), client_gone(request))
    except QueryAbandoned:
        # Nobody reads it.
        return Response(status=503)
    except QueryError as error:
        problem = query_problem(error, query)
        if guessed is not HTML:
            raise problem from None
        page = query_page(site, query, error=error)
        page.status_code = problem.code or 400
        page.headers.extend(problem.more_headers)
        return page
    variant = graph if reply.graph else results
    if variant is None:
        # Said only of a query that is right: a wrong one has no answer in any format.
        raise _not_acceptable(GRAPH_VARIANTS if reply.graph else RESULTS_VARIANTS)
    response = query_page(site, query, _shown(reply)) if variant is HTML else _data(reply, variant)
    if reply.cut is not None:
        response.headers[CUT_HEADER] = str(reply.cut)
    if variant is HTML:
        return response
    # What was cut is no answer to the query, and 304 could not say so.
    if tag is not None and reply.cut is None:
        return keep(response, tag)
    response.cache_control.no_store = True
    return response


def _without_query(site: Site) -> Response:
    """Describe the service (SPARQL 1.1 Service Description, 2), or show the page."""
    variant = _choose(GRAPH_VARIANTS)
    if variant is HTML:
        return query_page(site, None)
    if request.method == "POST" or "query" in request.args:
        detail = _("No query: send it as the parameter 'query' (SPARQL 1.1 Protocol, 2.1).")
        raise Problem(400, detail)
    if variant is None:
        raise _not_acceptable((*GRAPH_VARIANTS, HTML))
    federated = bool(site.config.service_hosts)
    quads = describe_service(site.engine, request.base_url, federated=federated)
    format_ = BY_EXTENSION[variant.name]
    body = write_graph(quads, format_, site.base, site.release.context)
    response = Response(body, content_type=format_.content_type)
    response.vary.add("Accept")
    return cacheable(response)


def refuse_broken_encoding() -> None:
    """Refuse bytes that are no UTF-8, which Werkzeug would replace without a word."""
    parts = [request.query_string]
    if request.mimetype == FORM_TYPE:
        parts.append(request.get_data(cache=True))
    for part in parts:
        try:
            unquote_to_bytes(part).decode("utf-8")
        except UnicodeDecodeError:
            raise Problem(400, _("The query is not UTF-8; send it as UTF-8.")) from None


def _read_request(site: Site) -> tuple[str | None, QueryDataset]:
    """Return query and dataset of the request (SPARQL 1.1 Protocol, 2.1 and 2.2)."""
    most = site.config.limits.query_bytes
    if len(request.get_data(cache=True)) > most:
        raise _too_long(most)
    if request.mimetype == UPDATE_TYPE or "update" in request.values:
        detail = _("This endpoint is read-only: a release changes by a new build.")
        raise Problem(403, detail)
    if request.method == "POST":
        _refuse_other_bodies()
    if request.method == "POST" and request.mimetype == QUERY_TYPE:
        try:
            return request.get_data().decode("utf-8"), _dataset(request.args)
        except UnicodeDecodeError:
            raise Problem(400, _("The query is not UTF-8; send it as UTF-8.")) from None
    queries = request.values.getlist("query")
    if len(queries) > 1:
        raise Problem(400, _("More than one query in a request; send one."))
    query = queries[0] if queries and queries[0].strip() else None
    if query is not None and len(query.encode()) > most:
        raise _too_long(most)
    return query, _dataset(request.values)


def _too_long(most: int) -> Problem:
    return Problem(413, _("A query may have %(n)s bytes.", n=most))


def _refuse_other_bodies() -> None:
    if request.mimetype not in {QUERY_TYPE, FORM_TYPE}:
        detail = _("Send the query as %(form)s or %(query)s.", form=FORM_TYPE, query=QUERY_TYPE)
        raise Problem(415, detail)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise Problem(415, _("The query is not UTF-8; send it as UTF-8."))


def _dataset(fields: Fields) -> QueryDataset:
    """Return the dataset that the request names; 400 for what is no IRI."""
    graphs = {name: fields.getlist(name) for name in ("default-graph-uri", "named-graph-uri")}
    for name, iris in graphs.items():
        for iri in iris:
            if not is_iri(iri):
                detail = _("%(name)s is no absolute IRI: %(iri)s", name=name, iri=repr(iri[:200]))
                raise Problem(400, detail)
    return QueryDataset(*graphs.values())


def _choose(variants: tuple[Variant, ...]) -> Variant | None:
    """Return the variant that ``format`` or Accept asks for, perhaps HTML; None for none.

    Without a header, or with ``*/*``, a client of the protocol wants results, not a page.
    """
    name = request.values.get("format")
    if name:
        name = OTHER_NAMES.get(name.lower(), name.lower())
        if variants is GRAPH_VARIANTS:
            name = {"xml": "rdf"}.get(name, name)
        return next((v for v in variants if name in {v.name, *v.media_types}), None)
    return choose_variant(request.headers.get("Accept"), (*variants, HTML))


def _not_acceptable(variants: tuple[Variant, ...]) -> Problem:
    # The page has no name as a format: it is what Accept alone leads to.
    page = same_address().rstrip("?")
    return not_acceptable(
        [(v, page if v is HTML else same_address(format=v.name)) for v in variants]
    )


def _may_change(query: str) -> bool:
    """Say whether the answer may be another one each time."""
    for text in {query, decode_escapes(query)}:
        found = tokens(text)
        if any(token.kind == "word" and token.text.upper() in CHANGING for token in found):
            return True
        if query_form(text) == "CONSTRUCT" and not _is_plain(_template(found)):
            return True
    return False


def _template(found: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens behind CONSTRUCT to the first brace that closes (SPARQL 1.1, 16.2).

    All of the query where the pattern is the template as well.
    """
    words = [token.text.upper() for token in found]
    behind = words.index("CONSTRUCT") + 1
    if words[behind : behind + 1] != ["{"] or "}" not in words[behind:]:
        return found
    return found[behind + 1 : words.index("}", behind)]


def _is_plain(template: Sequence[Token]) -> bool:
    """Say whether a template makes no blank nodes, which are named anew each time.

    Brackets make some, and so do annotations and reified triples (SPARQL 1.2, 4.1.4 and 4.1.5).
    """
    return all(
        token.kind != "blank" and (token.kind != "other" or token.text in PUNCTUATION)
        for token in template
    )


def _tag(
    site: Site, query: str, dataset: QueryDataset, variants: tuple[Variant | None, ...]
) -> str | None:
    """Return the ETag of an answer, from all that it depends on; None where it may change.

    Which of the variants is sent is up to the query, and none of them may be: no page and no
    error is ever given the tag, so none is confirmed by it.
    """
    if request.method == "POST" or _may_change(query):
        return None
    limits = site.config.limits
    parts = [
        *(SOFTWARE, site.release.id, query, request.base_url),
        [variant.name if variant else None for variant in variants],
        *(list(dataset.default_graphs), list(dataset.named_graphs)),
        *(limits.result_rows, limits.result_bytes, limits.describe_incoming),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _task(
    site: Site,
    query: str,
    dataset: QueryDataset,
    results: Variant | None,
    graph: Variant | None,
) -> Task:
    limits = site.config.limits

    def wanted(variant: Variant | None, usual: str) -> Wanted:
        if variant is None:
            # Only whether the query is right will be said.
            return Wanted(usual, 1, limits.result_bytes)
        if variant is HTML:
            rows = min(SHOWN_ROWS, limits.result_rows)
            return Wanted(usual, rows, min(SHOWN_BYTES, limits.result_bytes))
        return Wanted(variant.name, limits.result_rows, limits.result_bytes)

    return Task(
        text=query,
        results=wanted(results, "json"),
        graph=wanted(graph, "ttl"),
        default_graphs=tuple(dataset.default_graphs),
        named_graphs=tuple(dataset.named_graphs),
        describe_incoming=limits.describe_incoming,
        cut_link=f"{request.base_url}#cut",
    )


def _client() -> str:
    """Return who asks: an IPv4 address, or the network of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if address.version == 6:  # noqa: PLR2004 - a version, not a quantity
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _data(reply: Reply, variant: Variant) -> Response:
    format_ = BY_EXTENSION[variant.name] if reply.graph else RESULTS_BY_EXTENSION[variant.name]
    response = Response(reply.data, content_type=format_.content_type)
    response.vary.add("Accept")
    return response


def _shown(reply: Reply) -> Shown:
    if reply.graph:
        return Shown(text=reply.data.decode(), more=reply.cut is not None)
    answer = parse_query_results(reply.data, QueryResultsFormat.JSON)
    if isinstance(answer, QueryBoolean):
        return Shown(boolean=bool(answer))
    variables = tuple(variable.value for variable in answer.variables)
    return Shown(variables, [list(row) for row in answer], more=reply.cut is not None)
