"""How to cite what is published: as BibTeX, CSL-JSON and RIS.

Everything said is read from the RDF: the name, the publisher, the time and the version of
the release, the IRI.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.vocab import DCAT, DCTERMS, FOAF, PREF_LABEL, Iris
from kg.web.language import OTHER
from kg.web.site import Site


@dataclass(frozen=True)
class Citation:
    """What a citation says. ``container`` is the dataset's title, empty for the dataset.

    ``issued`` is an ISO 8601 day; ``lang`` the language of the title.
    """

    key: str
    title: str
    lang: str
    publisher: str
    issued: str
    version: str
    iri: str
    container: str


def is_citable(path: str) -> bool:
    """Say whether there are citations of the thing at ``path``: the dataset and entities."""
    return path == "dataset" or path.startswith("id/")


def citation(site: Site, path: str, lang: str) -> Citation:
    """Return how to cite the thing at ``path``, in ``lang`` where the RDF has its name so."""
    dataset = Iris(site.base).dataset
    publisher = NamedNode(f"{dataset.value}#publisher")
    node = NamedNode(site.base + path)
    title, language = _text(site, dataset, DCTERMS + "title", lang)
    container = ""
    if node != dataset:
        container = title
        title, language = _text(site, node, PREF_LABEL.value, lang)
    last = path.rpartition("/")[2]
    issued = _text(site, dataset, DCTERMS + "issued", lang)[0][:10]
    return Citation(
        key=f"{last}-{issued[:4]}",
        title=title or last,
        lang=language or "en",
        publisher=_text(site, publisher, FOAF + "name", lang)[0],
        issued=issued,
        version=_text(site, dataset, DCAT + "version", lang)[0],
        iri=node.value,
        container=container,
    )


def _text(site: Site, node: NamedNode, predicate: str, lang: str) -> tuple[str, str]:
    """Return a text and its language: the one asked for, the other one, or none."""
    rows = site.engine.select(f"SELECT ?o {{ {node} <{predicate}> ?o }}").rows
    texts = {o.language or "": o.value for (o,) in rows if isinstance(o, Literal)}
    for language in (lang, OTHER[lang], ""):
        if language in texts:
            return texts[language], language
    return "", ""


# --- BibTeX ---

BIBTEX_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LANGUAGE_IDS = {"en": "english", "zh": "chinese"}
"""What the package babel calls the languages."""


def bibtex(cited: Citation) -> str:
    """Return the citation as BibTeX, in UTF-8; braces keep names and titles as they are."""
    note = f"Version {cited.version}"
    fields = {
        "author": f"{{{_escaped(cited.publisher)}}}",
        "title": f"{{{_escaped(cited.title)}}}",
        "howpublished": _escaped(cited.container),
        "publisher": _escaped(cited.publisher),
        "year": cited.issued[:4],
        "version": _escaped(cited.version),
        "note": _escaped(note),
        "url": cited.iri,
        "langid": LANGUAGE_IDS[cited.lang],
    }
    rows = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    # A macro, not a text: styles have names of their own for months.
    rows.append(f"  month = {MONTHS[int(cited.issued[5:7]) - 1]}")
    return f"@misc{{{cited.key},\n" + ",\n".join(rows) + "\n}\n"


def _escaped(text: str) -> str:
    r"""Return a text as LaTeX reads it.

    >>> print(_escaped("R&D {50%}"))
    R\&D \{50\%\}
    """
    return "".join(BIBTEX_ESCAPES.get(character, character) for character in _line(text))


# --- CSL-JSON ---


def csl(cited: Citation) -> str:
    """Return the citation as CSL-JSON (citeproc): a list of one item."""
    item: dict[str, object] = {
        "id": cited.iri,
        "type": "dataset",
        "title": cited.title,
        "author": [{"literal": cited.publisher}],
        "publisher": cited.publisher,
        "issued": {"date-parts": [[int(part) for part in cited.issued.split("-")]]},
        "version": cited.version,
        "URL": cited.iri,
        "language": cited.lang,
    }
    if cited.container:
        item["type"] = "entry"
        item["container-title"] = cited.container
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


# --- RIS ---


def ris(cited: Citation) -> str:
    """Return the citation as RIS, in UTF-8: a tag, two blanks, a hyphen and a blank a line."""
    rows = [
        ("TY", "DATA"),
        ("ID", cited.key),
        ("AU", cited.publisher),
        ("TI", cited.title),
        ("T2", cited.container),
        ("PB", cited.publisher),
        ("PY", cited.issued[:4]),
        ("DA", cited.issued.replace("-", "/")),
        ("ET", cited.version),
        ("LA", cited.lang),
        ("UR", cited.iri),
    ]
    lines = [f"{tag}  - {_line(value)}" for tag, value in rows if value]
    return "\r\n".join((*lines, "ER  - ", ""))


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@dataclass(frozen=True)
class CitationFormat:
    """A format of citations."""

    name: str
    extension: str
    media_type: str
    write: Callable[[Citation], str]


CITATION_FORMATS = (
    CitationFormat("BibTeX", "bib", "application/x-bibtex", bibtex),
    CitationFormat("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", csl),
    CitationFormat("RIS", "ris", "application/x-research-info-systems", ris),
)
"""One row each, with the media types that DOI content negotiation has for them."""
