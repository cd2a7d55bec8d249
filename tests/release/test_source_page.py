"""The page of a text: every claim is marked, overlapping or not, and leads to its statements."""

import re

import html5rdf  # type: ignore[import-untyped]  # it has no type hints
import pytest
from conftest import ROOT, BuiltRelease
from flask import Flask
from sample import CLAIMS, SLUG

from kg.web.names import Name
from kg.web.sources import MarkedClaim, segments

PATH = f"source/{SLUG}"


def claim(name: str, start: int, end: int) -> MarkedClaim:
    iri = Name("", iri=f"https://example.org/claim/x/{name}")
    return MarkedClaim(iri, start, end, "", Name(""), (), (), 0)


def test_overlapping_claims_are_cut_and_the_shortest_marks_a_stretch() -> None:
    claims = [claim("A", 0, 10), claim("B", 2, 5), claim("C", 4, 10)]
    found = segments("0123456789ab", claims)
    assert [(s.text, s.claim, s.begins) for s in found] == [
        ("01", "A", ("A",)),
        ("23", "B", ("B",)),
        ("4", "B", ("C",)),
        ("56789", "C", ()),
        ("ab", "", ()),
    ]


def test_a_claim_inside_which_another_begins_at_once_still_has_its_place() -> None:
    found = segments("abcd", [claim("A", 0, 4), claim("B", 0, 2)])
    assert [(s.text, s.claim, s.begins) for s in found] == [
        ("ab", "B", ("A", "B")),
        ("cd", "A", ()),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_is_whole_and_every_claim_has_a_mark_and_its_statements(
    app: Flask, release: BuiltRelease, lang: str
) -> None:
    page = app.test_client().get(f"/{lang}/{PATH}").text
    tree = html5rdf.parse(page, namespaceHTMLElements=False)
    shown = next(e for e in tree.iter("div") if e.get("class") == "text")
    text = (ROOT / "data" / SLUG / "source.txt").read_text(encoding="utf-8")
    assert "".join(shown.itertext()) == text
    rows = release.engine.select(
        f"SELECT ?claim (COUNT(?s) AS ?n) {{ ?claim <http://www.w3.org/ns/prov#wasQuotedFrom> "
        f"<{release.release.base}{PATH}> OPTIONAL {{ GRAPH ?claim {{ ?s ?p ?o }} }} }} GROUP BY ?claim"
    ).texts()
    assert len(rows) == len(CLAIMS)
    marked = set()
    for iri, count in rows:
        name = iri.rpartition("/")[2]
        card = page.partition(f'id="{name}-states"')[2].partition("</section>")[0]
        assert page.count(f'id="{name}"') == 1, name
        assert f'href="#{name}"' in card, name
        number = re.search(r">(?:All |全部 |共 )?(\d+)", card.rpartition("</a> · ")[2])
        assert (int(number[1]) if number else 0) == int(count), name
        if f'href="#{name}-states"' in page:
            marked.add(name)
    # A claim that shorter ones cover altogether is reached from theirs.
    assert len(marked) == len(CLAIMS)
