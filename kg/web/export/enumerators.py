"""The addresses of each part of the site, as the export asks for them."""

from collections.abc import Iterator
from pathlib import Path

from kg.formats import FORMATS
from kg.release.crate import CRATE_FILE
from kg.release.folder import DUMPS
from kg.sources.sssom import SUFFIX, set_of_file
from kg.web.addresses import ALTERNATES, short_path
from kg.web.browser_index import browser_index
from kg.web.citations import CITATION_FORMATS, is_citable
from kg.web.export.catalog import PAGE, Catalog, Enumerator, Wanted, page
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES
from kg.web.profiles import NATIVE, profiles_of
from kg.web.queries import OFFLINE_PAGE
from kg.web.signposts import LINKSET_TYPES, NANOPUB_FORMATS
from kg.web.wellknown import sitemap_parts


def entities(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the pages of things, but for those that have a page of another kind."""
    for path in catalog.things:
        if path.partition("/")[0] not in {"source", "ontology", "shapes"}:
            yield from (page(f"{lang}/{short_path(path)}", path) for lang in LANGUAGES)


def sources(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the pages of texts."""
    for path in catalog.things:
        if path.startswith("source/"):
            yield from (page(f"{lang}/{path}", path) for lang in LANGUAGES)


def identifiers(*firsts: str) -> Enumerator:
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


def data(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the data of things in every profile and format."""
    for path in catalog.things:
        for profile in profiles_of(path):
            token = "" if profile is NATIVE else f".{profile.token}"
            for format_ in profile.formats:
                file = f"data/{short_path(path)}{token}.{format_.extension}"
                yield Wanted(file, file, about=path)


def linksets(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the link sets of pages."""
    for path in catalog.things:
        for lang in LANGUAGES:
            for extension in LINKSET_TYPES:
                file = f"linkset/{lang}/{short_path(path)}.{extension}"
                yield Wanted(file, file)


def citations(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the citations, negotiated ones in the default language."""
    for path in filter(is_citable, catalog.things):
        for format_ in CITATION_FORMATS:
            name = f"{short_path(path)}.{format_.extension}"
            yield Wanted(f"cite/{name}?lang={DEFAULT_LANGUAGE}", f"cite/{name}")
            for lang in LANGUAGES:
                yield Wanted(f"cite/{lang}/{name}", f"cite/{lang}/{name}")


def dumps(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the dumps of the release."""
    for path in sorted(catalog.site.release.manifest.files):
        if path.startswith(f"{DUMPS}/"):
            yield Wanted(path, path)


def static(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the files that every release has."""
    folder = Path(catalog.app.static_folder or "")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = f"static/{path.relative_to(folder).as_posix()}"
            yield Wanted(name, name)


def release_pages(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the pages of the releases, of which one is there."""
    for lang in LANGUAGES:
        yield page(f"{lang}/releases")
        yield page(f"{lang}/releases/{catalog.release}")


def release_forwards(catalog: Catalog) -> Iterator[Wanted]:
    """Yield what leads to them."""
    yield page("releases")
    yield page(f"releases/{catalog.release}")


def release_data(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the releases as data."""
    for path in ("releases", f"releases/{catalog.release}"):
        for format_ in FORMATS:
            yield Wanted(f"data/{path}.{format_.extension}", f"data/{path}.{format_.extension}")


def parts_of_sitemap(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the parts of the sitemap, where it has several."""
    count = len(sitemap_parts(catalog.site))
    for number in range(1, count + 1) if count > 1 else ():
        yield Wanted(f"sitemap-{number}.xml", f"sitemap-{number}.xml")


def security(catalog: Catalog) -> Iterator[Wanted]:
    """Yield whom to tell of a hole, where the configuration names somebody."""
    if catalog.site.config.security_contact:
        yield Wanted(".well-known/security.txt", ".well-known/security.txt")


def endpoint(catalog: Catalog) -> Iterator[Wanted]:
    """Lead from the endpoint, which is not there, to what there is in its place."""
    offline = OFFLINE_PAGE in catalog.app.view_functions
    name = "query" if offline else "downloads"
    yield Wanted("sparql", f"sparql/{PAGE}", forward=f"{DEFAULT_LANGUAGE}/{name}")


def terms(_: Catalog) -> Iterator[Wanted]:
    """Yield what the editor completes."""
    for lang in LANGUAGES:
        yield Wanted(f"sparql/terms/{lang}.json", f"sparql/terms/{lang}.json")


def lists(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the list of each kind of things."""
    for kind in catalog.site.kinds:
        yield from (page(f"{lang}/browse/{kind}") for lang in LANGUAGES)


def list_forwards(catalog: Catalog) -> Iterator[Wanted]:
    """Yield what leads to them."""
    yield page("browse")
    yield from (page(f"browse/{kind}") for kind in catalog.site.kinds)


def list_tables(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the lists as CSV."""
    for kind in catalog.site.kinds:
        for lang in LANGUAGES:
            yield Wanted(f"{lang}/browse/{kind}.csv", f"{lang}/browse/{kind}.csv")


def mapping_files(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the SSSOM files of the mapping sets."""
    for path in sorted(catalog.site.release.manifest.sources):
        if path.endswith(SUFFIX):
            address = f"mappings/{set_of_file(path)}{SUFFIX}"
            yield Wanted(address, address)


def neighbourhoods(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the pages of what things are linked to."""
    for path in catalog.site.addresses:
        if path.startswith("id/"):
            yield from (page(f"{lang}/neighbourhood/{short_path(path)}") for lang in LANGUAGES)


def nanopubs(catalog: Catalog) -> Iterator[Wanted]:
    """Yield what leads from nanopublications to the pages of their claims."""
    for code in catalog.site.nanopubs:
        yield page(f"np/{code}")


def nanopub_data(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the nanopublications as data."""
    for code in catalog.site.nanopubs:
        for extension in NANOPUB_FORMATS:
            yield Wanted(f"np/{code}.{extension}", f"np/{code}.{extension}")


def crate(catalog: Catalog) -> Iterator[Wanted]:
    """Yield what the release says of itself as a research object."""
    file = f"releases/{catalog.release}/{CRATE_FILE}"
    yield Wanted(file, file)


def search_files(catalog: Catalog) -> Iterator[Wanted]:
    """Yield the index of the search in browsers."""
    site = catalog.site
    for name in browser_index(site.search, site.base):
        yield Wanted(f"search-index/{name}", f"search-index/{name}")
