"""Addresses of this site -> the IRIs of what they are about.

People paste what stands in the address bar: the page of a thing, its data, its citation. Where
the site is served has nothing to do with its IRIs.
"""

from collections.abc import Iterable

from kg.formats import FORMATS
from kg.link.registries import SCHEME
from kg.web.addresses import NAMED, iri_path, split_token
from kg.web.negotiate import LANGUAGES
from kg.web.profiles import PROFILES

OF_PAGES = ("neighbourhood",)
"""First segments below a language of pages that are about a thing without being its page."""


def own_iri(text: str, roots: Iterable[str], base: str) -> str:
    """Return the IRI that an address of ours stands for; another text as it is.

    ``roots`` are the addresses that the site is served at, each with a slash at its end. A
    path that begins with a slash is below the first of them.

    >>> own_iri("localhost:8000/zh/probe/x?v=1", ["http://localhost:8000/"], "https://example.org/")
    'https://example.org/id/probe/x'
    >>> own_iri("/data/probe/x.ttl", ["http://localhost/"], "https://example.org/")
    'https://example.org/id/probe/x'
    """
    plain = SCHEME.sub("", text, count=1)
    for root in (*roots, base):
        below = SCHEME.sub("", root, count=1)
        prefix = "/" + below.partition("/")[2]
        if plain.lower().startswith(below.lower()):
            path = plain[len(below) :]
        elif text.startswith(prefix) and not text.startswith("//"):
            path = text[len(prefix) :]
        else:
            continue
        about = _about(path)
        if about:
            return base + about
    return text


def _about(path: str) -> str:
    """Return the path of the IRI that a path of the site is about; empty for other pages."""
    rest, hash_, fragment = path.partition("#")
    rest = rest.partition("?")[0].rstrip("/")
    first, _slash, below = rest.partition("/")
    if first == "id" or first in NAMED:
        return rest + hash_ + fragment
    if first in LANGUAGES:
        second, _slash, about = below.partition("/")
        rest = about if second in OF_PAGES else below
        return iri_path(rest) + hash_ + fragment if rest else ""
    if first == "data":
        name, _dot, extension = below.rpartition(".")
        known = {format_.extension for format_ in FORMATS}
        tokens = frozenset(profile.token for profile in PROFILES)
        return iri_path(split_token(name, tokens)[0]) if extension in known else ""
    if first in {"cite", "linkset"}:
        lang, _slash, about = below.partition("/")
        return iri_path((about if lang in LANGUAGES else below).rpartition(".")[0])
    return ""
