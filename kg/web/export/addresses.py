"""Which addresses an export asks the site for, and in which file each answer lies.

Every route is decided here: what enumerates its addresses, or why it is not exported. A route
that is neither stops the export, so that a new one is not forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from flask import Flask

from kg.formats import FORMATS
from kg.release.folder import DUMPS
from kg.web.addresses import ALTERNATES, NAMED, short_path
from kg.web.citations import CITATION_FORMATS, is_citable
from kg.web.names import NO_PAGES
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES
from kg.web.profiles import NATIVE, profiles_of
from kg.web.queries import OFFLINE_PAGE
from kg.web.signposts import LINKSET_TYPES
from kg.web.site import Site
from kg.web.wellknown import sitemap_parts

PAGE = "index.html"
DOCUMENTS = ("ontology", "shapes", "dataset")
KNOWN = """SELECT DISTINCT ?thing {
  { ?thing ?property ?value } UNION { GRAPH ?thing { ?subject ?predicate ?object } }
  FILTER(ISIRI(?thing))
}"""


@dataclass(frozen=True)
class Wanted:
    """An address below the prefix, maybe with parameters, and the file of its answer.

    ``accept`` is the media type to ask for. Where ``forward`` names an address below the
    prefix, the file leads there, whatever the server would answer. ``about`` is the path of the thing
    that it is about: what is about one thing is best asked for in one go.
    """

    address: str
    file: str
    accept: str = "*/*"
    forward: str = ""
    about: str = ""


@dataclass(frozen=True)
class Catalog:
    """What there is in a release to enumerate."""

    site: Site
    app: Flask

    @cached_property
    def things(self) -> tuple[str, ...]:
        """The paths of all IRIs that have a page and data: things, graphs and documents."""
        rows = self.site.engine.select(KNOWN).texts()
        base = self.site.base
        paths = {iri.removeprefix(base) for (iri,) in rows if iri.startswith(base)}
        found = {path for path in {*paths, *DOCUMENTS} if path and "#" not in path}
        return tuple(sorted(path for path in found if not path.startswith(NO_PAGES)))

    @property
    def release(self) -> str:
        """The id of the release."""
        return self.site.release.id


Enumerator = Callable[[Catalog], Iterator[Wanted]]


def page(path: str, about: str = "") -> Wanted:
    """Return what is wanted of a page, or of an address that leads to one."""
    folder = unquote(path).strip("/")
    return Wanted(path, f"{folder}/{PAGE}" if folder else PAGE, "text/html", about=about)


def plain(*paths: str) -> Enumerator:
    """Return what enumerates files that lie at their own addresses."""
    return lambda _: (Wanted(path, path) for path in paths)


def pages(*paths: str) -> Enumerator:
    """Return what enumerates pages, each at its path below every language."""
    return lambda _: (page(f"{lang}/{path}") for path in paths for lang in LANGUAGES)


def forwards(*paths: str) -> Enumerator:
    """Return what enumerates addresses that lead to pages."""
    return lambda _: (page(path) for path in paths)


def _entities(catalog: Catalog) -> Iterator[Wanted]:
    for path in catalog.things:
        if path.partition("/")[0] not in {"source", "ontology", "shapes"}:
            yield from (page(f"{lang}/{short_path(path)}", path) for lang in LANGUAGES)


def _sources(catalog: Catalog) -> Iterator[Wanted]:
    for path in catalog.things:
        if path.startswith("source/"):
            yield from (page(f"{lang}/{path}", path) for lang in LANGUAGES)


def _identifiers(*firsts: str) -> Enumerator:
    """Return what enumerates negotiated addresses, and the list of the forms of each."""

    def enumerate_them(catalog: Catalog) -> Iterator[Wanted]:
        for path in catalog.things:
            if path.partition("/")[0] in firsts:
                yield page(path, path)
                short = short_path(path)
                for lang in LANGUAGES:
                    address = f"{path}?_profile=alt&lang={lang}"
                    yield Wanted(
                        address, f"{ALTERNATES}/{lang}/{short}/{PAGE}", "text/html", about=path
                    )
                for format_ in FORMATS:
                    address = f"{path}?_profile=alt"
                    file = f"{ALTERNATES}/{short}.{format_.extension}"
                    yield Wanted(address, file, format_.media_type, about=path)

    return enumerate_them


def _data(catalog: Catalog) -> Iterator[Wanted]:
    for path in catalog.things:
        for profile in profiles_of(path):
            token = "" if profile is NATIVE else f".{profile.token}"
            for format_ in profile.formats:
                file = f"data/{short_path(path)}{token}.{format_.extension}"
                yield Wanted(file, file, about=path)


def _linksets(catalog: Catalog) -> Iterator[Wanted]:
    for path in catalog.things:
        for lang in LANGUAGES:
            for extension in LINKSET_TYPES:
                file = f"linkset/{lang}/{short_path(path)}.{extension}"
                yield Wanted(file, file)


def _citations(catalog: Catalog) -> Iterator[Wanted]:
    for path in filter(is_citable, catalog.things):
        for format_ in CITATION_FORMATS:
            name = f"{short_path(path)}.{format_.extension}"
            yield Wanted(f"cite/{name}?lang={DEFAULT_LANGUAGE}", f"cite/{name}")
            for lang in LANGUAGES:
                yield Wanted(f"cite/{lang}/{name}", f"cite/{lang}/{name}")


def _dumps(catalog: Catalog) -> Iterator[Wanted]:
    for path in sorted(catalog.site.release.manifest.files):
        if path.startswith(f"{DUMPS}/"):
            yield Wanted(path, path)


def _static(catalog: Catalog) -> Iterator[Wanted]:
    folder = Path(catalog.app.static_folder or "")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = f"static/{path.relative_to(folder).as_posix()}"
            yield Wanted(name, name)


def _release_pages(catalog: Catalog) -> Iterator[Wanted]:
    for lang in LANGUAGES:
        yield page(f"{lang}/releases")
        yield page(f"{lang}/releases/{catalog.release}")


def _release_forwards(catalog: Catalog) -> Iterator[Wanted]:
    yield page("releases")
    yield page(f"releases/{catalog.release}")


def _release_data(catalog: Catalog) -> Iterator[Wanted]:
    for path in ("releases", f"releases/{catalog.release}"):
        for format_ in FORMATS:
            yield Wanted(f"data/{path}.{format_.extension}", f"data/{path}.{format_.extension}")


def _sitemap_parts(catalog: Catalog) -> Iterator[Wanted]:
    count = len(sitemap_parts(catalog.site))
    for number in range(1, count + 1) if count > 1 else ():
        yield Wanted(f"sitemap-{number}.xml", f"sitemap-{number}.xml")


def _security(catalog: Catalog) -> Iterator[Wanted]:
    if catalog.site.config.security_contact:
        yield Wanted(".well-known/security.txt", ".well-known/security.txt")


def _endpoint(catalog: Catalog) -> Iterator[Wanted]:
    """Lead from the endpoint, which is not there, to what there is in its place."""
    offline = OFFLINE_PAGE in catalog.app.view_functions
    name = "query" if offline else "downloads"
    yield Wanted("sparql", f"sparql/{PAGE}", forward=f"{DEFAULT_LANGUAGE}/{name}")


def _terms(_: Catalog) -> Iterator[Wanted]:
    for lang in LANGUAGES:
        yield Wanted(f"sparql/terms/{lang}.json", f"sparql/terms/{lang}.json")


ENUMERATORS: Mapping[str, Enumerator] = {
    "static": _static,
    "pages.start": forwards(""),
    "pages.home": pages(""),
    "documents.ontology": pages("ontology"),
    "documents.shapes": pages("shapes"),
    "documents.source": _sources,
    "pages.entity": _entities,
    "data.thing": _identifiers(*sorted({"id", *NAMED} - {"graph", "releases", *DOCUMENTS})),
    "data.ontology": _identifiers("ontology"),
    "data.shapes": _identifiers("shapes"),
    "data.dataset": _identifiers("dataset"),
    "data.graph": _identifiers("graph"),
    "data.data": _data,
    "linksets.linkset": _linksets,
    "cite.cite": _citations,
    "files.context": plain("ontology/context.jsonld"),
    "files.dump": _dumps,
    "downloads.downloads": forwards("downloads"),
    "downloads.page": pages("downloads"),
    "downloads.digests": plain("downloads/sha256sums.txt"),
    "releases.release": _release_forwards,
    "releases.release_page": _release_pages,
    "releases.release_data": _release_data,
    "sparql.endpoint": _endpoint,
    "editor.terms": _terms,
    "wellknown.robots": plain("robots.txt"),
    "wellknown.sitemap": plain("sitemap.xml"),
    "wellknown.sitemap_part": _sitemap_parts,
    "wellknown.void": forwards(".well-known/void"),
    "wellknown.security": _security,
}
"""What enumerates the addresses of each endpoint."""

NOT_EXPORTED: Mapping[str, str] = {
    "files.health": "says how a running server fares",
}
"""Endpoints whose answers are no files, and why."""


def undecided(app: Flask) -> list[str]:
    """Return the rules of an application that are neither enumerated nor excused."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint not in ENUMERATORS
        and rule.endpoint not in NOT_EXPORTED
    )


def addresses(catalog: Catalog) -> list[Wanted]:
    """Return what is wanted of an application, thing by thing."""
    endpoints = dict.fromkeys(rule.endpoint for rule in catalog.app.url_map.iter_rules())
    found = [
        wanted
        for endpoint, enumerator in ENUMERATORS.items()
        if endpoint in endpoints
        for wanted in enumerator(catalog)
    ]
    return sorted(found, key=lambda wanted: wanted.about)
