"""``/reconcile``: texts of others' tables -> things of the release.

Reconciliation Service API 0.2, https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
A client that states no language has one for good at ``/en/reconcile`` or ``/zh/reconcile``.
Who prefers HTML gets a page that explains the service.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from kg.config import Limits
from kg.errors import QueryOverLimit, ReconcileError
from kg.link.reconcile.extension import extend, read_extension
from kg.link.reconcile.queries import TooLarge, read_batch, read_json, read_query
from kg.link.reconcile.suggest import (
    MOST_SKIPPED,
    suggest_properties,
    suggest_things,
    suggest_types,
)
from kg.link.reconcile.things import Thing
from kg.web.addresses import page_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.language import translate as _
from kg.web.negotiate import HTML, Variant, choose_variant
from kg.web.numbers import whole_number
from kg.web.problems import Problem, not_acceptable, not_found, query_problem
from kg.web.reconcile_answers import (
    extended,
    flyout,
    manifest,
    results,
    suggested_property,
    suggested_things,
    typed,
)
from kg.web.reconcile_page import explained, preview_page
from kg.web.site import Site, current_site, reconciling_place
from kg.web.sparql import FORM_TYPE, refuse_broken_encoding

blueprint = Blueprint("reconcile", __name__)

JSON = Variant("json", ("application/json", "text/javascript"))
CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,3}", re.ASCII)
"""The name of a function of JavaScript, and nothing else."""
WHAT = "<any(entity, type, property):what>"
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""The policy of previews: they may stand in pages of others, and run nothing."""
MOST_PROPERTIES = 999_999_999
"""The largest limit that may be stated."""


@blueprint.route("/reconcile", methods=["GET", "POST"])
def negotiated() -> Response:
    """Answer in the language that the request prefers; lead readers of pages to theirs."""
    lang = page_language()
    if _wants_page():
        # None of the other fields is one of the page's.
        address = url_for("reconcile.service", lang=lang, query=request.args.get("query"))
        response: Response = redirect(address, 302, Response)  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
    else:
        response = _answer(lang)
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.route("/<any(en, zh):lang>/reconcile", methods=["GET", "POST"])
def service(lang: str) -> Response:
    """Answer queries; without one, describe the service or show its page."""
    response = explained(lang) if _wants_page() else _answer(lang)
    response.vary.add("Accept")
    return response


def _wants_page() -> bool:
    """Say whether the request is a browser's, for the page or its form."""
    if request.method == "POST" or {"queries", "extend", "callback"} & set(request.args):
        return False
    variant = choose_variant(request.headers.get("Accept"), (JSON, HTML))
    if variant is None:
        address = url_for("reconcile.service", lang=page_language())
        raise not_acceptable([(JSON, address), (HTML, address)])
    return variant is HTML


def _answer(lang: str) -> Response:
    refuse_broken_encoding()
    if request.method == "POST" and request.mimetype != FORM_TYPE:
        raise Problem(415, _("Send the queries as %(form)s.", form=FORM_TYPE))
    site = current_site()
    fields = request.values
    named = [name for name in ("queries", "query", "extend") if name in fields]
    if not named and request.method != "POST":
        return _json(manifest(site, lang))
    if len(named) != 1 or len(fields.getlist(named[0])) > 1:
        raise Problem(400, _("Send one of the fields queries, query and extend, once."))
    make = {"queries": _batch, "query": _single, "extend": _extension}[named[0]]
    return _json(_limited(lambda limits: make(site, fields[named[0]], limits, lang)))


def _limited(make: Callable[[Limits], Any]) -> Any:  # noqa: ANN401 - a value of JSON
    """Return what ``make`` returns, within the limits; raise its mistakes as Problems."""
    try:
        with reconciling_place():
            return make(current_site().config.limits)
    except QueryOverLimit as error:
        raise query_problem(error, "") from None
    except TooLarge as error:
        raise Problem(413, str(error), lang="en") from None
    except ReconcileError as error:
        raise Problem(400, str(error), lang="en") from None


def _batch(site: Site, text: str, limits: Limits, lang: str) -> object:
    return results(site, site.reconciler.answer(read_batch(text, limits), limits), lang)


def _single(site: Site, text: str, limits: Limits, lang: str) -> object:
    """Answer one query, as clients of version 0.1 may send it: a text, or an object."""
    raw = read_json(text) if text.lstrip().startswith("{") else text
    found = site.reconciler.answer({"query": read_query(raw, limits)}, limits)
    if isinstance(error := found["query"], ReconcileError):
        raise error
    return results(site, found, lang)["query"]


def _extension(site: Site, text: str, limits: Limits, lang: str) -> object:
    reconciler = site.reconciler
    query = read_extension(text, limits)
    found = extend(site.engine, reconciler.things, reconciler.vocabulary, query, lang)
    return extended(found, lang)


@blueprint.get(f"/<any(en, zh):lang>/reconcile/suggest/{WHAT}")
def suggest(lang: str, what: str) -> Response:
    """Suggest things, types or properties for what was typed; ``cursor`` skips some of them."""
    site = current_site()
    prefix, skip = _typed(site.config.limits), _cursor()
    reconciler = site.reconciler
    vocabulary = reconciler.vocabulary

    def things(_limits: Limits) -> object:
        wanted = request.args.get("type", "")
        types = (vocabulary.type(wanted),) if wanted else ()
        return suggested_things(site, suggest_things(reconciler, prefix, types, skip), lang)

    def types(_limits: Limits) -> object:
        return [typed(site, type_, lang) for type_ in suggest_types(vocabulary, prefix, skip)]

    def properties(_limits: Limits) -> object:
        found = suggest_properties(vocabulary, prefix, skip)
        return [suggested_property(property_, lang) for property_ in found]

    make = {"entity": things, "type": types, "property": properties}[what]
    return _json({"result": _limited(make)})


def _typed(limits: Limits) -> str:
    prefix = request.args.get("prefix", "").strip()
    if len(prefix) > limits.reconcile_characters:
        raise Problem(400, _("A text may have %(n)s characters.", n=limits.reconcile_characters))
    return prefix


def _cursor() -> int:
    number = whole_number(request.args.get("cursor", "").strip() or "0", 0, MOST_SKIPPED)
    if number is None:
        raise Problem(400, _("The cursor is a number from 0 to %(n)s.", n=MOST_SKIPPED))
    return number


@blueprint.get(f"/<any(en, zh):lang>/reconcile/flyout/{WHAT}")
def flyouts(lang: str, what: str) -> Response:
    """Answer with a small preview of a suggestion."""
    site = current_site()
    if what == "entity":
        thing = _thing()
        (told,) = suggested_things(site, [thing], lang)
        return _json(flyout(request.args["id"], thing.name(lang), told["description"]))
    vocabulary = site.reconciler.vocabulary
    find = vocabulary.type if what == "type" else vocabulary.property
    identifier = request.args.get("id", "")
    try:
        told = (
            typed(site, find(identifier), lang)  # type: ignore[arg-type]  # what decides which
            if what == "type"
            else suggested_property(find(identifier), lang)  # type: ignore[arg-type]  # as above
        )
    except ReconcileError:
        raise Problem(404, _("There is no “%(id)s” here.", id=identifier)) from None
    return _json(flyout(identifier, told["name"], told.get("description", "")))


@blueprint.get("/<any(en, zh):lang>/reconcile/properties")
def properties(lang: str) -> Response:
    """Propose properties to fetch for things of a type (API 0.2, section 8.2)."""
    site = current_site()
    vocabulary = site.reconciler.vocabulary
    asked, stated = request.args.get("type", ""), request.args.get("limit", "")
    limit = whole_number(stated, 1, MOST_PROPERTIES)
    if stated and limit is None:
        raise Problem(400, _("The limit is a number above 0."))
    type_ = _limited(lambda _limits: vocabulary.type(asked)) if asked else None
    found = [suggested_property(one, lang) for one in vocabulary.proposed(type_)]
    made: dict[str, Any] = {"properties": found[:limit]}
    made |= {"type": asked} if asked else {}
    made |= {"limit": limit} if limit else {}
    return _json(made)


@blueprint.get("/<any(en, zh):lang>/reconcile/view")
def view(lang: str) -> Response:
    """Redirect to the page of a thing by its identifier here."""
    address = page_address(_thing().id, lang)
    response: Response = redirect(address, 303, Response)  # type: ignore[assignment]  # as above
    return response


@blueprint.get("/<any(en, zh):lang>/reconcile/preview")
def preview(lang: str) -> Response:
    """Show a thing in a few lines, in a frame of another's page."""
    response = Response(
        preview_page(current_site(), _thing(), lang), content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = lang
    return cacheable(response)


def _thing() -> Thing:
    identifier = request.args.get("id", "")
    thing = current_site().reconciler.things.get(identifier) if identifier else None
    if thing is None:
        raise not_found(identifier)
    return thing


def _json(value: object) -> Response:
    """Return an answer as JSON, or as a call of a function of the client's (JSONP)."""
    body = json.dumps(value, ensure_ascii=False)
    callback = request.args.get("callback", "") if request.method != "POST" else ""
    if callback:
        if not CALLBACK.fullmatch(callback):
            raise Problem(400, _("The callback is no name of a function."))
        # These two are the end of a line in older JavaScript; the comment keeps the answer from
        # being read as another format.
        body = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        response = Response(
            f"/**/{callback}({body});\n", content_type="text/javascript; charset=utf-8"
        )
    else:
        response = Response(body + "\n", content_type="application/json")
    response.headers["Content-Language"] = page_language()
    if request.method == "POST":
        response.cache_control.no_store = True
        return response
    return cacheable(response)
