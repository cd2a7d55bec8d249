"""What pages say is what SPARQL answers: names, kinds, values and counts of every thing."""

import html
import re

import pytest
from conftest import BuiltRelease
from flask import Flask
from pyoxigraph import Literal, NamedNode

from kg.config import Config
from kg.vocab import DCTERMS, PREF_LABEL, RDF_TYPE, RDFS_LABEL
from kg.web.site import Site

LABELS = f"({PREF_LABEL}|{RDFS_LABEL}|<{DCTERMS}title>)"
THINGS = "id/"
NUMBER = re.compile(r"\d+")


@pytest.fixture(scope="module")
def site(release: BuiltRelease, config: Config) -> Site:
    return Site(release.release, config)


def words(page: str) -> str:
    """Return the text of a page as a reader sees it."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def labels_by_sparql(release: BuiltRelease, lang: str) -> dict[str, str]:
    """Return the label of everything, in ``lang`` where it has one there."""
    rows = release.engine.select(
        f"SELECT ?x ?label {{ {{ ?x {PREF_LABEL} ?label }} UNION {{ ?x {RDFS_LABEL} ?label "
        f"FILTER NOT EXISTS {{ ?x {PREF_LABEL} ?other }} }} }}"
    ).rows
    found: dict[str, dict[str, str]] = {}
    for thing, label in rows:
        if isinstance(thing, NamedNode) and isinstance(label, Literal):
            found.setdefault(thing.value, {})[label.language or "en"] = label.value
    return {
        iri: names.get(lang) or next(iter(sorted(names.values()))) for iri, names in found.items()
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_kinds_and_values_of_every_thing(
    app: Flask, site: Site, release: BuiltRelease, lang: str
) -> None:
    client = app.test_client()
    labels = labels_by_sparql(release, lang)
    checked = 0
    paths = [path for path in site.addresses if path.startswith(THINGS)]
    assert len(paths) > 100
    for path in paths:
        iri = site.base + path
        page = client.get(f"/{lang}/{path.removeprefix(THINGS)}").text
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page)
        assert heading is not None
        assert html.unescape(heading[1]) == labels[iri], path
        text = words(page)
        rows = release.engine.select(f"SELECT DISTINCT ?p ?o {{ <{iri}> ?p ?o }}").rows
        for predicate, value in rows:
            assert isinstance(predicate, NamedNode)
            if predicate == RDF_TYPE or isinstance(value, NamedNode):
                assert isinstance(value, NamedNode)
                # What has no label is shown by its address.
                shown = labels.get(value.value, value.value)
            else:
                assert isinstance(value, Literal)
                shown = value.value
                if NUMBER.fullmatch(shown) and value.datatype.value.endswith("#integer"):
                    shown = f"{int(shown):,}"
                elif value.datatype.value.endswith("#boolean"):
                    continue
            short = shown.rsplit("/", 1)[-1] if shown.startswith("http") else shown
            assert " ".join(short.split()) in text, f"{path} {predicate}: {shown}"
            checked += 1
    assert checked > 900


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_counts_of_the_home_page(app: Flask, release: BuiltRelease, lang: str) -> None:
    page = app.test_client().get(f"/{lang}/").text
    listed = re.findall(
        rf'<li><a href="/{lang}/browse/([a-z-]+)"[^>]*>[^<]+</a> <span class="number">([\d,]+)<',
        page,
    )
    rows = release.engine.select(
        f"SELECT ?kind (COUNT(DISTINCT ?x) AS ?n) {{ "
        f"?class <{release.release.base}ontology#kind> ?kind . ?x a ?class }} GROUP BY ?kind"
    ).texts()
    assert len(rows) > 25
    assert {kind: int(n.replace(",", "")) for kind, n in listed} == {k: int(n) for k, n in rows}
    triples = release.engine.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").texts()[0][0]
    assert int(triples) > 7_000
