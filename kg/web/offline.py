"""``/{lang}/query``: SPARQL in the browser, over the dump of the release, without the server.

The program is Oxigraph compiled to WebAssembly. Neither it nor the data are loaded before a
click, and it runs in a worker, which alone may compile it.
"""

from flask import Blueprint, Response, render_template, request, url_for

from kg.release.dumps import DUMP_NAME
from kg.release.folder import DUMPS
from kg.vocab import prefixes
from kg.web.addresses import own_address
from kg.web.cache import cacheable, packed_length
from kg.web.editor_texts import editor_texts, offline_texts
from kg.web.gallery import first_query, gallery
from kg.web.negotiate import HTML, LANGUAGES, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.site import Site, current_site
from kg.web.sparql_page import SHOWN_ROWS

blueprint = Blueprint("offline", __name__)

DATA = f"{DUMP_NAME}.nq.gz"
"""The dump that is loaded: all named graphs, of which the worker makes the union."""
PROGRAM, WORKER = "oxigraph.wasm", "sparql-worker.js"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Of this page and its worker: WebAssembly may be compiled (Content Security Policy 3, 6.1.10)."""


@blueprint.get("/<any(en, zh):lang>/query")
def query_page(lang: str) -> Response:
    """Show the editor, whose queries are answered in the browser."""
    if choose_variant(request.headers.get("Accept"), (HTML,)) is None:
        raise not_acceptable([(HTML, request.path)])
    site = current_site()
    entry = site.release.manifest.files.get(f"{DUMPS}/{DATA}")
    if entry is None:
        raise not_found(f"{DUMPS}/{DATA}")
    query = request.args.get("query")
    examples = gallery(site.release, lang)
    body = render_template(
        "offline.html",
        site=site,
        lang=lang,
        languages={
            code: url_for("offline.query_page", lang=code, query=query) for code in LANGUAGES
        },
        query=query or first_query(examples),
        gallery=examples,
        ask_endpoint="offline.query_page",
        form="",
        rows=(),
        exports=(),
        program_bytes=packed_length(PROGRAM),
        data_bytes=entry.bytes,
        dump=DATA,
        island=_island(site, lang),
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    response.headers["Content-Security-Policy"] = POLICY
    response.vary.add("Accept")
    return cacheable(response)


@blueprint.after_app_request
def _let_the_worker_compile(response: Response) -> Response:
    """Give the worker its policy: a worker has that of its own file."""
    if request.endpoint == "static" and (request.view_args or {}).get("filename") == WORKER:
        response.headers["Content-Security-Policy"] = POLICY
    return response


def _island(site: Site, lang: str) -> dict[str, object]:
    """Return what the editor's script needs to know."""
    return {
        "lang": lang,
        "base": site.base,
        "root": own_address(""),
        "prefixes": prefixes(site.base),
        "endpoint": url_for("offline.query_page", lang=lang),
        # Of its own in each language.
        "pages": {code: url_for("offline.query_page", lang=code) for code in LANGUAGES},
        "terms": url_for("editor.terms", lang=lang),
        "parts": {
            part: url_for("static", filename=f"sparql-{part}.js") for part in ("editor", "pictures")
        },
        "offline": {
            "worker": url_for("static", filename=WORKER),
            "program": url_for("static", filename=PROGRAM),
            "data": url_for("files.dump", name=DATA),
        },
        "shownRows": SHOWN_ROWS,
        "exports": {
            "table": [["SPARQL Results JSON", "json"], ["CSV", "csv"], ["TSV", "tsv"]],
            "graph": [["Turtle", "ttl"], ["N-Triples", "nt"]],
        },
        "texts": {**editor_texts(), **offline_texts()},
    }
