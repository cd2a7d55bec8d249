"""What there is in a release to export, and how an address becomes a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from flask import Flask

from kg.web.names import NO_PAGES
from kg.web.negotiate import LANGUAGES
from kg.web.site import Site

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
