"""``/lookup?iri=``: what we know under identifiers of others, and of our own.

One identifier by GET, several by GET or POST: ``iri`` may be repeated, and have one on each
line. POST takes a form, JSON (``{"iris": [...]}``), plain text or CSV. Nothing is changed by
it. ``/{lang}/lookup`` is the page.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask import Blueprint, Response, redirect, request, url_for

from kg.formats import BY_EXTENSION, FORMATS
from kg.link.pasted import clean
from kg.web.addresses import own_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.language import translate as _
from kg.web.lookup_data import as_graph, as_json, as_object, as_table
from kg.web.lookup_view import Item, items_of
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.own_iris import own_iri
from kg.web.pages import render_page
from kg.web.problems import Problem, not_acceptable
from kg.web.site import Site, current_site

blueprint = Blueprint("lookup", __name__)

JSON = Variant("json", ("application/json",))
TABLES = (Variant("csv", ("text/csv",)), Variant("tsv", ("text/tab-separated-values",)))
GRAPHS = tuple(Variant(f.extension, f.media_types) for f in FORMATS)
VARIANTS = (HTML, JSON, *TABLES, *GRAPHS)

FORM_TYPE = "application/x-www-form-urlencoded"
TYPES = (FORM_TYPE, "application/json", "text/plain", "text/csv")
EXAMPLES = (
    *("https://ror.org/0371fqr87", "wd:Q148", "MONDO_0002691", "0000 0001 0125 2443"),
    *("https://www.geonames.org/1791247/wuhan.html", "10.13039/501100003347"),
)


@blueprint.route("/lookup", methods=["GET", "POST"])
def lookup() -> Response:
    """Answer in the form that was asked for; browsers are led to the page."""
    variant = _variant()
    if variant is HTML and request.method != "POST":
        target = url_for("lookup.page", lang=page_language(), iri=request.args.getlist("iri"))
        response: Response = redirect(target, 303, Response)  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
        response.vary.update(("Accept", "Accept-Language"))
        return response
    return _answer(variant, page_language())


@blueprint.route("/<any(en, zh):lang>/lookup", methods=["GET", "POST"])
def page(lang: str) -> Response:
    """Show what was found, or the form; the same as data where that is asked for."""
    return _answer(_variant(), lang)


def _variant() -> Variant:
    name = request.args.get("format")
    # A program that sends a list and does not say what it takes is no reader of pages.
    order = (
        VARIANTS if request.method != "POST" else (JSON, *(v for v in VARIANTS if v is not JSON))
    )
    if name:
        chosen = next((v for v in VARIANTS if name.lower() in {v.name, *v.media_types}), None)
    else:
        chosen = choose_variant(request.headers.get("Accept"), order)
    if chosen is None:
        raise not_acceptable([(v, _same(v.name)) for v in VARIANTS])
    return chosen


def _answer(variant: Variant, lang: str) -> Response:
    site = current_site()
    given = _given(site)
    if not given and variant is not HTML:
        raise Problem(400, _("Name an identifier in the parameter 'iri', or send a list of them."))
    roots = (request.url_root,)
    texts = [own_iri(clean(text), roots, site.base) for text in given]
    found = site.lookup.answers(texts)
    answers = [replace(answer, given=text) for answer, text in zip(found, given, strict=True)]
    items = items_of(site, answers, lang)
    status = items[0].status if len(items) == 1 and request.method != "POST" else 200
    if status != 200 and variant is not HTML:  # noqa: PLR2004 - the status of an answer
        raise _problem(site, items[0], status)
    response = _written(site, items, variant, lang)
    response.status_code = status
    response.headers["Content-Language"] = lang
    # What is found has pages of its own: those are for search engines.
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.update(("Accept", "Accept-Language"))
    return cacheable(response) if request.method != "POST" and status == 200 else response  # noqa: PLR2004 - as above


def _problem(site: Site, item: Item, status: int) -> Problem:
    extra: dict[str, object] = {"items": [as_object(site, item)]}
    return Problem(status, item.sentence, item.near, extra)


def _written(site: Site, items: Sequence[Item], variant: Variant, lang: str) -> Response:
    if variant is HTML:
        body = render_page(
            "lookup.html",
            lang=lang,
            path="lookup",
            negotiated=own_address("lookup"),
            robots="noindex, follow" if items else "",
            items=items,
            examples=EXAMPLES,
            most=site.config.limits.lookup_items,
            text="\n".join(item.answer.given for item in items),
            formats=[(v.name, _same(v.name)) for v in VARIANTS[1:]]
            if items and request.method != "POST"
            else [],
        )
        return Response(body, content_type="text/html; charset=utf-8")
    if variant is JSON:
        return Response(as_json(site, items), content_type="application/json")
    if variant in TABLES:
        body = as_table(items, "," if variant.name == "csv" else "\t")
        return Response(body, content_type=f"{variant.media_types[0]}; charset=utf-8")
    format_ = BY_EXTENSION[variant.name]
    return Response(as_graph(site, items, format_), content_type=format_.content_type)


def _same(format_: str) -> str:
    """Return the address of this look-up in a format."""
    return url_for("lookup.lookup", iri=request.args.getlist("iri"), format=format_)


def _given(site: Site) -> list[str]:
    """Return the identifiers of the request; raise the Problem of one that cannot be read."""
    given = _lines(request.args.getlist("iri"))
    if request.method == "POST":
        given += _sent()
    # An empty parameter is an empty identifier, unless it is that of a form not filled in.
    if not given and "iri" in request.args and _variant() is not HTML:
        given = [""]
    most = site.config.limits.lookup_items
    if len(given) > most:
        sentence = _(
            "A request may have %(most)s identifiers, this one has %(n)s; send several requests.",
            most=f"{most:,}", n=f"{len(given):,}",
        )  # fmt: skip
        raise Problem(413, sentence)
    return given


def _sent() -> list[str]:
    """Return the values in the body of a POST, whatever its type."""
    if request.mimetype == FORM_TYPE:
        return _lines(request.form.getlist("iri"))
    if request.mimetype not in TYPES:
        raise Problem(415, _("Send identifiers as one of: %(types)s.", types=", ".join(TYPES)))
    try:
        text = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(400, _("The body is not UTF-8; send it as UTF-8.")) from None
    if request.mimetype == "application/json":
        return _listed(text)
    if request.mimetype == "text/csv":
        return _lines(_first_column(text))
    return _lines([text])


def _lines(values: Iterable[str]) -> list[str]:
    """Return the lines of texts that are not blank, each an identifier."""
    return [line.strip() for value in values for line in value.splitlines() if line.strip()]


def _listed(text: str) -> list[str]:
    sentence = _('Send a JSON object with a list of texts, such as {"iris": ["ror:0371fqr87"]}.')
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(400, sentence) from None
    iris = table.get("iris") if isinstance(table, dict) else None
    if not isinstance(iris, list) or not all(isinstance(iri, str) for iri in iris):
        raise Problem(400, sentence)
    # Also an empty one keeps its place, so that answers go with what was sent. JSON may hold
    # halves of characters, which no answer could repeat (RFC 8259, 8.2).
    return [iri.encode("utf-8", "replace").decode("utf-8") for iri in iris]


def _first_column(text: str) -> list[str]:
    """Return the cells of the first column, or of that with the heading ``iri``."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise Problem(400, _("The body is no CSV: %(error)s.", error=str(error))) from None
    if rows and "iri" in rows[0]:
        place = rows[0].index("iri")
        return [row[place] for row in rows[1:] if len(row) > place]
    return [row[0] for row in rows]
