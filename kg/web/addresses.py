"""Which address stands for what: paths of IRIs, of pages and of data.

A thing's IRI is the base and a path (``id/center/lake``). Its page has the path without
``id/`` below a language (``/en/center/lake``), its data below ``/data`` with an extension
(``/data/center/lake.ttl``). What follows a profile other than our own has the profile's
token before the extension (``/data/dataset.dcat-ap.ttl``).

Addresses begin with the prefix that the site is served below; paths do not.
"""

from flask import has_request_context, request, url_for

from kg.formats import FORMATS, Format
from kg.web.site import current_site

NAMED = frozenset(
    ("claim", "source", "code", "graph", "ontology", "shapes", "dataset", "releases", "np")
)
"""First segments of IRIs that do not begin with ``id/``."""


ALTERNATES = "alternates"
"""Folder of a static site with the lists of forms: it has no parameters."""


def own_address(path: str) -> str:
    """Return the address of a path of this site.

    It begins with the prefix that the site is served below, if any: the SCRIPT_NAME of the
    request (PEP 3333).
    """
    prefix = request.script_root if has_request_context() else ""
    return f"{prefix}/{path}"


def iri_path(path: str) -> str:
    """Return the path of the IRI that a page or data path is about.

    >>> iri_path("center/hubei-imaging-medicine"), iri_path("claim/hubei-imaging-medicine/C022")
    ('id/center/hubei-imaging-medicine', 'claim/hubei-imaging-medicine/C022')
    """
    return path if path.partition("/")[0] in NAMED else f"id/{path}"


def short_path(path: str) -> str:
    """Return the path of a thing's page and data: that of its IRI without ``id/``."""
    return path.removeprefix("id/")


def data_address(path: str, extension: str, token: str = "") -> str:
    """Return the address of the data about the thing at ``path``.

    ``token`` names the profile that they follow, where it is not our own.
    """
    name = f"{short_path(path)}.{token}" if token else short_path(path)
    return url_for("data.data", file=f"{name}.{extension}")


def split_token(name: str, tokens: frozenset[str]) -> tuple[str, str]:
    """Return the path and the profile's token, maybe none, of a name below ``/data``.

    >>> split_token("dataset.dcat-ap", frozenset(("dcat-ap",)))
    ('dataset', 'dcat-ap')
    >>> split_token("center/a.b", frozenset(("dcat-ap",)))
    ('center/a.b', '')
    """
    path, _dot, token = name.rpartition(".")
    return (path, token) if token in tokens else (name, "")


def data_links(path: str) -> list[tuple[Format, str]]:
    """Return the formats of a page's data and the address of each."""
    return [(format_, data_address(path, format_.extension)) for format_ in FORMATS]


def page_address(path: str, lang: str) -> str:
    """Return the address of the page about the thing at ``path``."""
    return url_for("pages.entity", lang=lang, path=short_path(path))


def forms_address(path: str, lang: str) -> str:
    """Return the address of the list of the forms of the thing at ``path``."""
    if current_site().exported:
        return own_address(f"{ALTERNATES}/{lang}/{short_path(path)}")
    return f"{own_address(path)}?_profile=alt&lang={lang}"


def linkset_address(path: str, lang: str, extension: str) -> str:
    """Return the address of the links of a page; ``extension`` is json or txt."""
    return url_for("linksets.linkset", lang=lang, path=short_path(path), extension=extension)


def nanopub_address(code: str, extension: str) -> str:
    """Return the address of a nanopublication by its artifact code; trig or nq."""
    return url_for("nanopubs.nanopub_data", code=code, extension=extension)


def cite_address(path: str, extension: str, lang: str | None = None) -> str:
    """Return the address of how to cite the thing at ``path``, in one language or negotiated."""
    name = f"{lang}/{short_path(path)}" if lang else short_path(path)
    return url_for("cite.cite", path=name, extension=extension)
