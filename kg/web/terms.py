"""The words that the editor completes: prefixes, classes, properties and things.

Each has its labels and how often the release uses it. A term is a row
``[name, label, other label, uses]``: ``name`` as it is written in a query, a prefixed name
where there is one; ``label`` in the reader's language and ``other label`` in the other one,
each empty where the release has none.
"""

import json
import re
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode

from kg.query.usage import counts
from kg.vocab import prefixes
from kg.web.language import OTHER
from kg.web.names import Names
from kg.web.site import Site

MOST_THINGS = 2000
"""Things with the most uses, in one answer: a hundred thousand bytes before compression."""
LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
"""Local names that need no escape: a part of what SPARQL 1.1 allows (PN_LOCAL)."""
PATHS = ("id/", "code/")
"""Where named things stand below the base; the next segment is their kind or code list."""

THINGS = """
SELECT ?term (COUNT(*) AS ?uses) {{
  {{ ?term ?property ?value }} UNION {{ ?thing ?property ?term }}
  FILTER(ISIRI(?term) && ({tests}))
}} GROUP BY ?term"""

Counts = Mapping[str, int]


def completion_terms(site: Site, lang: str) -> str:
    """Return the terms of a release for readers of ``lang``, as compact JSON.

    An object with ``prefixes`` (name to namespace), the rows ``classes``, ``properties`` and
    ``entities``, most used first, and ``cut``: whether there are more things than that.
    """
    tests = " || ".join(f"STRSTARTS(STR(?term), '{site.base}{path}')" for path in PATHS)
    classes, properties = site.usage.classes, site.usage.properties
    things = counts(site.engine, THINGS.format(tests=tests))
    shown = dict([*things.items()][:MOST_THINGS])
    table = site_prefixes(site.base, shown)
    nodes = [NamedNode(iri) for counts in (classes, properties, shown) for iri in counts]
    names = Names(site.labels(nodes), lang, site.base)
    answer = {
        "prefixes": table,
        "classes": _rows(classes, names, table),
        "properties": _rows(properties, names, table),
        "entities": _rows(shown, names, table),
        "cut": len(things) > len(shown),
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def site_prefixes(base: str, iris: Iterable[str]) -> dict[str, str]:
    """Return the prefixes to write names with: those that all share, then one for each kind.

    >>> names = site_prefixes("https://example.org/", ["https://example.org/id/center/polar"])
    >>> names["center"]
    'https://example.org/id/center/'
    """
    table = prefixes(base)
    paths = {iri.removeprefix(base) for iri in iris if iri.startswith(base)}
    kinds = {tuple(path.split("/")[:2]) for path in paths if path.count("/") > 1}
    # What is described goes before the codes: of two kinds with one name it has the short one.
    for area, kind in sorted(kinds, reverse=True):
        if kind and f"{area}/" in PATHS:
            name = f"{area}-{kind}" if kind in table else kind
            table[name] = f"{base}{area}/{kind}/"
    return table


def written(iri: str, table: Mapping[str, str]) -> str:
    """Return an IRI as queries have it: a prefixed name, else the IRI in angle brackets.

    >>> table = {"ex": "https://example.org/", "kind": "https://example.org/kind/"}
    >>> written("https://example.org/kind/polar", table)
    'kind:polar'
    >>> written("https://example.org/other/polar", table)
    '<https://example.org/other/polar>'
    """
    for name, namespace in table.items():
        local = iri.removeprefix(namespace)
        if local != iri and LOCAL_NAME.fullmatch(local):
            return f"{name}:{local}"
    return f"<{iri}>"


def _rows(counts: Counts, names: Names, table: Mapping[str, str]) -> list[list[str | int]]:
    rows: list[list[str | int]] = []
    for iri, uses in counts.items():
        labels = names.labels(NamedNode(iri))
        label, other = (labels.get(code, "") for code in (names.lang, OTHER[names.lang]))
        rows.append([written(iri, table), label, other, uses])
    return rows
