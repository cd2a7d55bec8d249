"""Pictures of what things are linked to: nothing overlaps, everything is a link."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from browsing import chromium
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from sample import FIGURE, SLUG

from kg.config import Config
from kg.web.boxes import LABEL_LINES, Box
from kg.web.label_size import ELLIPSIS, lines, width_px
from kg.web.names import Name
from kg.web.neighbourhood import (
    COLUMN_PX,
    DRAWN_OF_SIDE,
    LISTED,
    Neighbours,
    Picture,
    draw,
    neighbourhood,
)
from kg.web.site import Site

LANGUAGES = ("en", "zh")


def boxes(picture: Picture) -> list[Box]:
    nodes = (picture.focus, *picture.nodes)
    return [*(n.label.box for n in nodes), *(h.box for h in picture.headings)]


def check(picture: Picture) -> None:
    """Fail where labels overlap, leave the picture or their boxes, or where a node is no link."""
    found = boxes(picture)
    for one, other in combinations(found, 2):
        assert not one.overlaps(other), (one, other)
    for box in found:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height
    for node in (picture.focus, *picture.nodes):
        assert node.name.href
        assert node.told
        assert node.name.text in node.told
        for text, _x, y in node.label.lines:
            assert width_px(text) <= node.label.box.width
            assert node.label.box.y < y < node.label.box.y + node.label.box.height
    assert len(picture.edges) == len(picture.nodes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_labels_overlap_for_any_thing_of_the_profile(
    app: Flask, release: BuiltRelease, config: Config, lang: str
) -> None:
    site = Site(release.release, config)
    paths = [path for path in site.addresses if path.startswith(("id/", "code/"))]
    assert len(paths) > 200
    drawn = 0
    with app.test_request_context(f"/{lang}/"):
        for path in paths:
            picture = neighbourhood(site, site.base + path, lang)
            check(picture)
            drawn += len(picture.nodes)
    assert drawn > 700


def test_the_neighbours_are_those_of_sparql(client: FlaskClient, release: BuiltRelease) -> None:
    base = release.release.base
    for kind, slug in (("figure", f"{SLUG}-papers"), ("person", "xie-mingxing")):
        iri = f"<{base}id/{kind}/{slug}>"
        page = client.get(f"/en/neighbourhood/{kind}/{slug}").text
        for side, pattern in (("outgoing", f"{iri} ?p ?n"), ("incoming", f"?n ?p {iri}")):
            rows = release.engine.select(
                f"SELECT DISTINCT ?p ?n {{ {pattern} FILTER(STRSTARTS(STR(?n), '{base}id/') || "
                f"STRSTARTS(STR(?n), '{base}code/')) }}"
            ).texts()
            part = page.partition(f'<h2 id="{side}">')[2].partition("</section>")[0]
            addresses = re.findall(r'<li><a href="/en/([^"]+)"', part)
            expected = [n.removeprefix(base).removeprefix("id/") for _p, n in rows]
            assert sorted(addresses) == sorted(expected)
            assert rows


def test_the_same_thing_makes_the_same_picture(client: FlaskClient, release: BuiltRelease, config: Config, app: Flask) -> None:  # fmt: skip
    iri = f"{release.release.base}id/center/{SLUG}"
    with app.test_request_context("/en/"):
        pictures = {neighbourhood(Site(release.release, config), iri, "en") for _ in range(3)}
    assert len(pictures) == 1
    page = client.get(f"/en/neighbourhood/center/{SLUG}").text
    assert page.count('<a class="node"') == len(pictures.pop().nodes) > 20
    assert "Not all is drawn" in page


def test_every_node_is_a_link_with_a_name(client: FlaskClient) -> None:
    page = client.get("/zh/neighbourhood/institution/union-hospital").text
    nodes = re.findall(r'<a class="node[^"]*" href="([^"]*)" aria-label="([^"]*)">', page)
    assert len(nodes) > 2
    for address, told in nodes:
        assert client.get(address).status_code == 200
        assert told.strip()


def test_what_is_no_thing_has_no_picture(client: FlaskClient) -> None:
    assert client.get("/en/neighbourhood/center/atlantis").status_code == 404
    assert client.get("/en/neighbourhood/center").status_code == 404


TEXTS = st.text(st.sampled_from("abilmW ü-/.湖北省，一"), min_size=1, max_size=90).map(
    lambda text: text.strip() or "x"
)
GROUPS = st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=12)), max_size=20)


def groups(data: list[tuple[str, list[str]]]) -> tuple[Neighbours, ...]:
    return tuple(
        Neighbours(Name(p), tuple(Name(text, "", "", "/en/x") for text in texts), more=False)
        for p, texts in data
    )


@given(TEXTS, GROUPS, GROUPS)
def test_no_names_make_labels_overlap(
    name: str, incoming: list[tuple[str, list[str]]], outgoing: list[tuple[str, list[str]]]
) -> None:
    app = Flask("picture")

    Babel(app)
    with app.test_request_context("/en/"):
        picture = draw(Name(name, "", "", "/en/x"), groups(incoming), groups(outgoing))
    check(picture)
    assert len(picture.nodes) <= 2 * DRAWN_OF_SIDE
    if not (incoming or outgoing):
        assert not picture.edges


@given(TEXTS)
def test_lines_hold_the_text_and_fit(text: str) -> None:
    found = lines(text, COLUMN_PX, LABEL_LINES)
    assert 1 <= len(found) <= LABEL_LINES
    assert all(width_px(line) <= COLUMN_PX for line in found)
    together = "".join(found).replace(" ", "")
    if not together.endswith(ELLIPSIS):
        assert together == text.replace(" ", "")
    else:
        assert text.replace(" ", "").startswith(together.removesuffix(ELLIPSIS))


def test_boxes_that_touch_do_not_overlap() -> None:
    box = Box(0, 0, 10, 10)
    assert not box.overlaps(Box(10, 0, 5, 5))
    assert not box.overlaps(Box(0, 10, 5, 5))
    assert box.overlaps(Box(9, 9, 5, 5))
    assert LISTED > DRAWN_OF_SIDE


# --- in a browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


PLACES = """() => [...document.querySelectorAll('.node')].map(node => {
  const box = node.querySelector('rect').getBoundingClientRect();
  const text = node.querySelector('text').getBoundingClientRect();
  return [node.getAttribute('aria-label'), box.left <= text.left && text.right <= box.right
    && box.top <= text.top && text.bottom <= box.bottom];
})"""


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_stay_in_their_boxes_with_the_fonts_of_a_browser(
    browser: Browser, server: str, lang: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for path in (
        *(f"center/{SLUG}", FIGURE),
        *(f"plan/{SLUG}-development-plan", "institution/union-hospital"),
        *("code/period/not-stated", "region/hubei-province"),
    ):
        answer = page.goto(f"{server}/{lang}/neighbourhood/{path}")
        assert answer is not None
        if answer.status == 404:
            continue
        places = page.evaluate(PLACES)
        assert len(places) > 1
        assert [told for told, inside in places if not inside] == []
    page.close()


@pytest.mark.browser
def test_narrow_screens_have_the_list_instead(browser: Browser, server: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{server}/en/neighbourhood/center/{SLUG}")
    assert not page.locator("svg").is_visible()
    assert page.locator("#outgoing").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
