"""``/downloads``: the files of the release, as its description lists them, and their digests.

The dataset is listed file by file; its parts, where the description has some, one line each.
The digests of all files are at ``/downloads/sha256sums.txt``, in the form that the command
``sha256sum --check`` reads.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, url_for
from pyoxigraph import Literal, NamedNode

from kg.query.engine import Table
from kg.release.folder import DUMPS
from kg.vocab import DCAT, SPDX, VOID, Iris
from kg.web.addresses import own_address
from kg.web.cache import cacheable
from kg.web.language import page_language
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.site import Site, current_site

blueprint = Blueprint("downloads", __name__)

FILES = f"""PREFIX dcat: <{DCAT}> PREFIX spdx: <{SPDX}> PREFIX void: <{VOID}>
SELECT ?owner ?file ?url ?bytes ?sum ?triples {{
  ?owner dcat:distribution ?file .
  ?file dcat:downloadURL ?url ; dcat:byteSize ?bytes ; spdx:checksum/spdx:checksumValue ?sum
  OPTIONAL {{ ?owner void:triples ?triples }}
}} ORDER BY ?owner ?url"""


@dataclass(frozen=True)
class Download:
    """A file: what to call its format, where it is, its size and its SHA-256 in hex."""

    name: str
    format: Name
    address: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Offer:
    """What is to be had as files. ``triples`` counts each statement once; None is unknown."""

    name: Name
    triples: int | None
    files: tuple[Download, ...]


def offers(site: Site, lang: str) -> list[Offer]:
    """Return what is to be had as files: the dataset first, then its parts by name."""
    table = site.engine.select(FILES)
    names = _names(site, table, lang)
    found: dict[NamedNode, list[Download]] = {}
    counts: dict[NamedNode, int] = {}
    for owner, file, url, size, digest, triples in table.rows:
        if (
            isinstance(owner, NamedNode)
            and isinstance(file, NamedNode)
            and isinstance(url, NamedNode)
            and isinstance(size, Literal)
            and isinstance(digest, Literal)
        ):
            address = url.value.removeprefix(site.base)
            download = Download(
                name=address.removeprefix(f"{DUMPS}/"),
                format=names.of(file),
                address=own_address(address),
                bytes=int(size.value),
                sha256=digest.value,
            )
            found.setdefault(owner, []).append(download)
            if isinstance(triples, Literal):
                counts[owner] = int(triples.value)
    dataset = Iris(site.base).dataset
    order = sorted(found, key=lambda node: (node != dataset, names.of(node).text))
    return [Offer(names.of(o), counts.get(o), tuple(dict.fromkeys(found[o]))) for o in order]


def _names(site: Site, table: Table, lang: str) -> Names:
    nodes = {term for row in table.rows for term in row[:2] if isinstance(term, NamedNode)}
    return Names(site.titles(nodes), lang, site.base)


@blueprint.get("/downloads")
def downloads() -> Response:
    """Redirect to the page of the downloads in the reader's language."""
    response: Response = redirect(  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
        url_for("downloads.page", lang=page_language()), 302, Response
    )
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/<any(en, zh):lang>/downloads")
@kept
def page(lang: str) -> str:
    """List the files of the release: format, size, statements, SHA-256."""
    whole, *parts = offers(current_site(), lang)
    return render_page(
        "downloads.html",
        lang=lang,
        path="downloads",
        negotiated=url_for("downloads.downloads"),
        whole=whole,
        parts=parts,
    )


@blueprint.get("/downloads/sha256sums.txt")
def digests() -> Response:
    """Answer with the SHA-256 of every dump."""
    rows = [
        f"{entry.sha256}  {path.removeprefix(f'{DUMPS}/')}\n"
        for path, entry in sorted(current_site().release.manifest.files.items())
        if path.startswith(f"{DUMPS}/")
    ]
    return cacheable(Response("".join(rows), content_type="text/plain; charset=utf-8"))
