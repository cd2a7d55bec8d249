"""FAIR Signposting: the links by which programs find their way around a page.

Level 1 has them in the header Link of a page and in its head, level 2 in a link set, with
those of what the page leads to (https://signposting.org/FAIR/). All are made here, once, so
that they agree. A page stands for a record about a thing: its content are the data that
tell the graph of each statement, of the dataset the dumps; what describes it are the other
data and the citations.
"""

from collections.abc import Iterator

from flask import request, url_for
from pyoxigraph import NamedNode

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.release.crate import CRATE_FILE
from kg.release.folder import DUMPS
from kg.vocab import RDF_TYPE, SCHEMA, Iris
from kg.web.addresses import (
    cite_address,
    data_address,
    linkset_address,
    nanopub_address,
    page_address,
)
from kg.web.citations import CITATION_FORMATS, is_citable
from kg.web.leading import leads
from kg.web.links import Link
from kg.web.profiles import NATIVE, profiles_of
from kg.web.site import Site

COMPLETE = frozenset(format_.extension for format_ in FORMATS if format_.has_graphs)
NANOPUB_FORMATS = ("trig", "nq")
"""Formats of a nanopublication, the one that is sent among equals first."""
METADATA = ("ttl", "jsonld", "rdf")
"""Formats of metadata that are widely read; a header has room for a few."""
GZIP = "application/gzip"
ABOUT_PAGE = SCHEMA + "AboutPage"
KINDS = {
    "dataset": "Dataset",
    "graph": "Dataset",
    "claim": "Quotation",
    "source": "DigitalDocument",
    "ontology": "DefinedTermSet",
    "shapes": "DigitalDocument",
}
"""What schema.org calls the things that our own data type otherwise, by first segment."""
LINKSET_TYPES = {"json": "application/linkset+json", "txt": "application/linkset"}


def page_links(site: Site, path: str, lang: str) -> list[Link]:
    """Return the links of the page in ``lang`` about the thing at ``path``."""
    page = _absolute(page_address(path, lang))
    return [link.absolute(page) for link in _page_links(site, path, lang)]


def linkset(site: Site, path: str, lang: str) -> list[Link]:
    """Return the links of the page, and of what it leads to; both ends of each are said."""
    page = _absolute(page_address(path, lang))
    found = page_links(site, path, lang)
    back = {"item": "collection", "describedby": "describes"}
    returned = [
        Link(back[link.rel], page, type="text/html", anchor=link.target)
        for link in found
        if link.rel in back
    ]
    return [*found, *returned]


def _absolute(address: str) -> str:
    return request.host_url.rstrip("/") + address


def _page_links(site: Site, path: str, lang: str) -> Iterator[Link]:
    yield Link("cite-as", site.base + path)
    for kind in _types(site, path):
        # No program is led where no reader is.
        if leads(kind):
            yield Link("type", kind)
    yield Link("type", ABOUT_PAGE)
    if leads(site.license):
        yield Link("license", site.license)
    yield Link("author", f"{Iris(site.base).dataset.value}#publisher")
    if path != "dataset":
        yield Link("collection", page_address("dataset", lang), type="text/html")
    yield from _described_by(path)
    if path == "dataset" and CRATE_FILE in site.release.manifest.files:
        crate = url_for("releases.release_crate", identifier=site.release.id)
        yield Link("describedby", crate, type=BY_EXTENSION["jsonld"].media_type)
    yield from _items(site, path)
    for extension, media_type in LINKSET_TYPES.items():
        yield Link("linkset", linkset_address(path, lang, extension), type=media_type)


def _types(site: Site, path: str) -> list[str]:
    """Return the classes of a thing, those of schema.org first."""
    first = path.partition("/")[0]
    if first in KINDS:
        return [SCHEMA + KINDS[first]]
    node = NamedNode(site.base + path)
    rows = site.engine.select(f"SELECT DISTINCT ?kind {{ {node} {RDF_TYPE} ?kind }}").texts()
    return sorted((kind for (kind,) in rows), key=lambda iri: (not iri.startswith(SCHEMA), iri))


def _described_by(path: str) -> Iterator[Link]:
    for profile in profiles_of(path):
        token = "" if profile is NATIVE else profile.token
        for format_ in profile.formats:
            if format_.extension in METADATA:
                address = data_address(path, format_.extension, token)
                yield Link("describedby", address, type=format_.media_type)
    if is_citable(path):
        for citation in CITATION_FORMATS:
            address = cite_address(path, citation.extension)
            yield Link("describedby", address, type=citation.media_type)


def _items(site: Site, path: str) -> Iterator[Link]:
    if path != "dataset":
        for extension in sorted(COMPLETE):
            address = data_address(path, extension)
            yield Link("item", address, type=BY_EXTENSION[extension].media_type)
        for format_, address in nanopub_links(site, path):
            yield Link("item", address, type=format_.media_type)
        return
    for name in dumps_of_all(site):
        extension = name.rpartition(".")[2]
        known = extension in BY_EXTENSION
        media_type = BY_EXTENSION[extension].media_type if known else GZIP
        yield Link("item", url_for("files.dump", name=name), type=media_type)


def nanopub_links(site: Site, path: str) -> list[tuple[Format, str]]:
    """Return format and address of each form of a claim's nanopublication; none if it has none."""
    code = site.nanopub_codes.get(path)
    if code is None:
        return []
    return [(BY_EXTENSION[e], nanopub_address(code, e)) for e in NANOPUB_FORMATS]


def dumps_of_all(site: Site) -> list[str]:
    """Return the names of the dumps that hold everything."""
    names = [
        n.removeprefix(f"{DUMPS}/") for n in site.release.manifest.files if n.startswith(DUMPS)
    ]
    return sorted(
        name
        for name in names
        if "/" not in name and name.removesuffix(".gz").rpartition(".")[2] in BY_EXTENSION
    )


def citation_links(path: str, lang: str) -> list[tuple[str, str]]:
    """Return name and address of each format of how to cite the thing, in ``lang``."""
    if not is_citable(path):
        return []
    return [(f.name, cite_address(path, f.extension, lang)) for f in CITATION_FORMATS]
