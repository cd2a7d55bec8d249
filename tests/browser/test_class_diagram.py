"""The ontology drawn and counted: every class once, no labels overlap, counts as SPARQL has them."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import chromium
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from kg.config import Config
from kg.vocab import OWL, RDFS, SH
from kg.web.boxes import Box
from kg.web.class_diagram import classes
from kg.web.class_layout import COLUMN_PX, ClassNode, ClassPicture, Link, draw_classes
from kg.web.names import Name
from kg.web.site import Site

LANGUAGES = ("en", "zh")
OVERLAPS = """() => {
  const texts = [...document.querySelectorAll('.picture text')];
  const boxes = texts.map((e) => e.getBoundingClientRect());
  const nodes = [...document.querySelectorAll('.picture .node rect')]
    .map((e) => e.getBoundingClientRect());
  const found = [];
  boxes.forEach((a, i) => {
    boxes.slice(i + 1).forEach((b, j) => {
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        found.push([texts[i].textContent, texts[i + 1 + j].textContent]);
    });
    if (!nodes.some((n) => n.left <= a.left && a.right <= n.right && n.top <= a.top && a.bottom <= n.bottom))
      found.push([texts[i].textContent, 'leaves its box']);
  });
  return [texts.length, found];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


def counted(page: str) -> list[tuple[str, int]]:
    """Return the query of each count on a page, and the count."""
    links = re.findall(
        r'<a href="(/sparql\?[^"]*query=[^"]+)">([\d,]+) (?:uses?|things?)</a>', page
    )
    queries = (parse_qs(urlsplit(unescape(address)).query)["query"][0] for address, _n in links)
    return [(q, int(n.replace(",", ""))) for q, (_a, n) in zip(queries, links, strict=True)]


def test_each_term_has_the_count_of_its_query(client: FlaskClient, release: BuiltRelease) -> None:
    page = client.get("/en/ontology").text
    own = f"{release.release.base}ontology#"
    found = counted(page)
    assert len(found) > 100
    for query, number in found:
        assert len(release.engine.select(query).rows) == number, query
    kinds = " ".join(
        f"<{OWL}{kind}>"
        for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    )
    terms = {
        iri
        for (iri,) in release.engine.select(
            f"SELECT DISTINCT ?t {{ VALUES ?k {{ {kinds} }} ?t a ?k "
            f"FILTER(STRSTARTS(STR(?t), '{own}')) }}"
        ).texts()
    }
    asked = {re.findall("<([^>]+)>", query)[0] for query, _number in found}
    unused = set(re.findall(r"<h3>kg:(\w+)</h3><span>not used</span>", page))
    assert asked | {own + name for name in unused} == terms
    assert not asked & {own + name for name in unused}
    for name in unused:
        rows = f"SELECT * {{ {{ ?s a <{own}{name}> }} UNION {{ ?s <{own}{name}> ?o }} }}"
        assert not release.engine.select(rows).rows, name


def test_a_static_site_leads_its_counts_to_the_query_in_the_browser(exported: Path) -> None:
    for path in ("ontology", "ontology/diagram", "shapes"):
        page = (exported / "zh" / path / "index.html").read_text(encoding="utf-8")
        assert "/sparql?" not in page
        assert page.count('<a href="/zh/query?query=SELECT') > 20, path


def test_each_class_is_drawn_once_and_listed_with_its_count(
    client: FlaskClient, release: BuiltRelease
) -> None:
    own = f"{release.release.base}ontology#"
    ours = release.engine.select(
        f"SELECT DISTINCT ?c {{ ?c a <{OWL}Class> FILTER(STRSTARTS(STR(?c), '{own}')) }}"
    ).texts()
    names = {iri.removeprefix(own) for (iri,) in ours}
    above = release.engine.select(
        f"SELECT DISTINCT ?c ?a {{ ?c <{RDFS}subClassOf> ?a FILTER(STRSTARTS(STR(?c), '{own}')) }}"
    ).texts()
    for lang in LANGUAGES:
        page = client.get(f"/{lang}/ontology/diagram").text
        picture, _svg, rest = page.partition("</svg>")
        drawn = re.findall(rf'<a class="node" href="/{lang}/ontology#(\w+)">', picture)
        assert Counter(drawn) == Counter(names)
        lists = re.findall(r"<section><h3>(.*?)</h3>(.*?)</section>", rest, re.DOTALL)
        listed = Counter(
            (head, name)
            for head, body in lists
            for name in re.findall(rf'<li><a href="/{lang}/ontology#([A-Z]\w+)">', body)
        )
        assert set(listed.values()) == {1}
        assert names == {name for _head, name in listed}
        pairs = {(c.removeprefix(own), a) for c, a in above}
        told = {
            (name, unescape(href[0]).replace(f"/{lang}/ontology#", own))
            for head, name in listed
            if (href := re.findall('href="([^"]+)"', head))
        }
        assert told == pairs
        for query, number in counted(page) if lang == "en" else ():
            assert len(release.engine.select(query).rows) == number, query


def test_each_property_between_classes_leads_where_its_range_says(
    app: Flask, release: BuiltRelease, config: Config
) -> None:
    site = Site(release.release, config)
    with app.test_request_context("/en/"):
        nodes = classes(site, "en")
    links = {
        (node.name.iri, link.predicate.iri, link.target.iri)
        for node in nodes
        for link in node.links
    }
    stated = release.engine.select(
        f"SELECT DISTINCT ?d ?p ?r {{ ?p a <{OWL}ObjectProperty> ; <{RDFS}domain> ?d ; "
        f"<{RDFS}range> ?r FILTER(STRSTARTS(STR(?p), '{site.base}ontology#')) "
        f"MINUS {{ ?other <{OWL}inverseOf> ?p }} }}"
    ).texts()
    assert links == set(stated)
    assert len(links) > 30
    picture = draw_classes(nodes)
    # All but the two that lead from a class to itself, and those between organizations.
    circular = [link for link in links if link[0] == link[2]]
    assert len(picture.lines) == len(links) - len(circular)
    assert len(picture.trunks) == 1
    check(picture)


def check(picture: ClassPicture) -> None:
    """Fail where boxes overlap or leave the picture, or where a line crosses a box."""
    for one, other in combinations([drawn.box for drawn in picture.classes], 2):
        assert not one.overlaps(other), (one, other)
    for drawn in picture.classes:
        labels = [label.box for label in (drawn.label, *drawn.rows)]
        for box in (drawn.box, *labels):
            assert 0 <= box.x <= box.x + box.width <= picture.width
            assert 0 <= box.y <= box.y + box.height <= picture.height
        for one, other in combinations(labels, 2):
            assert not one.overlaps(other)
        assert all(box.y + box.height <= drawn.box.y + drawn.box.height for box in labels)
    for path in (*picture.lines, *picture.trunks):
        for x, y, end in re.findall(r"(-?[\d.]+) (-?[\d.]+)H(-?[\d.]+)", path):
            assert float(end) == float(x) + COLUMN_PX
            lane = Box(float(x), float(y) - 1, COLUMN_PX, 2)
            assert not any(lane.overlaps(drawn.box) for drawn in picture.classes)


IRIS = st.sampled_from([f"https://example.org/ontology#C{n}" for n in range(9)])


@given(
    st.dictionaries(IRIS, st.tuples(st.lists(IRIS, max_size=2), st.lists(IRIS, max_size=4))),
    st.sampled_from(["a class", "一类", "a very long name of a class of things " * 3]),
)
def test_no_classes_make_boxes_overlap(
    about: dict[str, tuple[list[str], list[str]]], text: str
) -> None:
    def name(iri: str) -> Name:
        return Name(text, "", iri, iri)

    nodes = [
        ClassNode(
            name(iri),
            tuple(map(name, above)),
            tuple(Link(name("p"), name(target)) for target in targets),
            Name(text) if above else None,
        )
        for iri, (above, targets) in about.items()
    ]
    picture = draw_classes(nodes)
    assert sorted(drawn.node.name.iri for drawn in picture.classes) == sorted(about)
    assert picture == draw_classes(nodes[::-1])
    check(picture)


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_labels_overlap_in_chromium_and_phones_get_the_list(
    browser: Browser, server: str, lang: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{server}/{lang}/ontology/diagram")
    number, found = page.evaluate(OVERLAPS)
    assert number > 100
    assert found == []
    assert page.evaluate("getComputedStyle(document.querySelector('.picture')).display") == "block"
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("getComputedStyle(document.querySelector('.picture')).display") == "none"
    assert page.locator(".terms").is_visible()
    page.close()


def test_each_shape_says_how_many_things_it_checked(
    client: FlaskClient, release: BuiltRelease
) -> None:
    for lang in LANGUAGES:
        page = client.get(f"/{lang}/shapes").text
        found = re.findall(r'<a href="(/sparql\?[^"]*query=[^"]+)">([\d,]+)', page)
        assert len(found) > 20
        for address, number in found:
            query = parse_qs(urlsplit(unescape(address)).query)["query"][0]
            assert len(release.engine.select(query).rows) == int(number.replace(",", "")), query
            assert f"<{SH}targetClass>" not in query
