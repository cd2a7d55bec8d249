"""Dereferencing: ``/id/...`` and its kin lead to a page or to data; ``/data/...`` is data."""

from flask import Blueprint, Response, redirect, request, url_for

from kg.formats import BY_EXTENSION, Format
from kg.web.addresses import iri_path, linkset_address, page_address, split_token
from kg.web.alternates import alternates
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.links import Link, add_links
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES
from kg.web.problems import not_found
from kg.web.profiles import NATIVE, TOKENS, Profile, kept_answer, profiles_of
from kg.web.representations import (
    LINKSET_VARIANTS,
    Representation,
    choose_representation,
    describe_choice,
    wants_alternates,
)
from kg.web.signposts import COMPLETE
from kg.web.site import Site, current_site

blueprint = Blueprint("data", __name__)


@blueprint.get("/id/<kind>/<slug>")
@blueprint.get("/claim/<center>/<claim>")
@blueprint.get("/source/<center>")
@blueprint.get("/source/<center>/<name>")
@blueprint.get("/code/<scheme>")
@blueprint.get("/code/<scheme>/<concept>")
def thing(**_: str) -> Response:
    """Redirect to the page or the data of a thing, a claim, a text or a concept."""
    path = _known_path()
    if wants_alternates():
        return alternates(path)
    chosen = choose_representation(path, _linksets(path, page_language()))
    return _see_other(path, chosen)


@blueprint.get("/ontology", endpoint="ontology")
@blueprint.get("/shapes", endpoint="shapes")
@blueprint.get("/dataset", endpoint="dataset")
@blueprint.get("/graph/<path:name>", endpoint="graph")
def document(**_: str) -> Response:
    """Answer with a document as data, or redirect to its page."""
    path = _known_path()
    if wants_alternates():
        return alternates(path)
    chosen = choose_representation(path, _linksets(path, page_language()))
    if chosen.profile is None:
        return _see_other(path, chosen)
    response = _data(path, chosen.profile, BY_EXTENSION[chosen.variant.name])
    response.headers["Content-Location"] = chosen.address
    describe_choice(response, path, chosen.profile)
    return response


@blueprint.get("/data/<path:file>")
def data(file: str) -> Response:
    """Answer with what is known of a thing, in one profile and one format."""
    name, _dot, extension = file.rpartition(".")
    path, token = split_token(name, TOKENS)
    target = iri_path(path)
    profiles = {profile.token: profile for profile in profiles_of(target)}
    profile = profiles.get(token or NATIVE.token)
    if not name or not is_known(current_site(), target):
        raise not_found(target if name else f"data/{file}")
    if profile is None or extension not in {f.extension for f in profile.formats}:
        raise not_found(f"data/{file}")
    return _data(target, profile, BY_EXTENSION[extension])


def is_known(site: Site, path: str) -> bool:
    """Say whether the release describes the thing at ``path``, or has a graph of that name."""
    node = site.node(path)
    if node is None:
        return False
    if path == "shapes":
        return True
    return bool(
        site.engine.select(
            f"SELECT ?o {{ {{ {node} ?p ?o }} UNION {{ GRAPH {node} {{ ?s ?p ?o }} }} }} LIMIT 1"
        ).rows
    )


def _known_path() -> str:
    path = request.path[1:]
    if not is_known(current_site(), path):
        raise not_found(path)
    return path


def _see_other(path: str, chosen: Representation) -> Response:
    response: Response = redirect(chosen.address, 303, Response)  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
    describe_choice(response, path, chosen.profile)
    return response


def _data(path: str, profile: Profile, format_: Format) -> Response:
    site = current_site()
    answer = kept_answer(site, path, profile, format_)
    response = Response(answer.body, content_type=format_.content_type)
    response.headers["Content-Profile"] = f"<{profile.name(site.base)}>"
    links = [Link("describes", site.base + path)]
    # No alternates here: rdflib follows those of JSON-LD, whatever their profile.
    if format_.extension in COMPLETE and profile is NATIVE:
        # Content has one landing page (FAIR Signposting, 2.1.2).
        links.append(Link("collection", page_address(path, DEFAULT_LANGUAGE)))
    else:
        links += [Link("describes", page_address(path, lang)) for lang in LANGUAGES]
    links += [
        Link("linkset", form.address, type=form.media_type)
        for lang in LANGUAGES
        for form in _linksets(path, lang)
    ]
    if answer.cut is not None and not site.exported:
        links.append(Link("next", url_for("sparql.endpoint", query=answer.cut.query)))
    add_links(response, links)
    return cacheable(response)


def _linksets(path: str, lang: str) -> list[Representation]:
    return [Representation(v, linkset_address(path, lang, v.name)) for v in LINKSET_VARIANTS]
