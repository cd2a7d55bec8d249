"""Chromium looks at a page of every kind, in both languages, light and dark, wide and narrow."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from browsing import AXE, Watched, axe_findings, chromium
from page_kinds import LARGE, PAGE_KINDS, SCRIPTED, WIRE_BYTES
from playwright.sync_api import Browser, Request

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)
REQUESTS = 4
"""A page, its style, its script and the icon."""
STATIC_BYTES = {"style.css": 5_000, "site.js": 3_000}
SHIFT = """new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 150);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


def looks() -> Iterator[Any]:
    """Yield each kind in one language and setting, taken in turn, and then in all of them."""
    settings = [*product(SCHEMES, WIDTHS)]
    for number, kind in enumerate(sorted(PAGE_KINDS)):
        lang = LANGUAGES[number % 2]
        one = settings[number // 2 % len(settings)]
        yield pytest.param(kind, lang, [one], id=f"{kind}-{lang}-{one[0]}-{one[1]}")
        for lang in LANGUAGES:
            every = pytest.mark.exhaustive
            yield pytest.param(kind, lang, settings, id=f"{kind}-{lang}", marks=every)


@pytest.mark.parametrize(("kind", "lang", "settings"), [*looks()])
def test_axe_finds_nothing_and_the_page_fits(
    browser: Browser, server: str, kind: str, lang: str, settings: list[tuple[str, int]]
) -> None:
    # The policy of the page would keep axe out.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(server + PAGE_KINDS[kind].format(lang=lang))
    # What is closed hides what is in it.
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.add_script_tag(content=AXE)
    found = {}
    for scheme, width in settings:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        page.set_viewport_size({"width": width, "height": 800})
        found[scheme, width] = axe_findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert {state: some for state, some in found.items() if some} == {}
    assert len(found) == len(settings) > 0


@pytest.mark.parametrize("kind", ["home", "list", "downloads", "claim", "alternates"])
def test_on_a_phone_each_cell_has_a_line_and_its_heading(
    browser: Browser, server: str, kind: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(server + PAGE_KINDS[kind].format(lang="en"))
    tables = page.locator("table.stacked")
    assert tables.count() > 0
    for table in tables.all():
        assert table.evaluate("t => t.parentElement.scrollWidth <= t.parentElement.clientWidth")
        # Assistive technology still hears a table with its headings.
        assert table.evaluate("t => t.tHead.getBoundingClientRect().height > 0")
    cell = page.locator("td[data-label]:not(:empty)").first
    label = cell.get_attribute("data-label")
    assert label
    content = cell.evaluate("c => getComputedStyle(c, '::before').content")
    assert label in content
    page.set_viewport_size({"width": 1280, "height": 800})
    assert cell.evaluate("c => getComputedStyle(c, '::before').content") == "none"
    context.close()


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.exhaustive)])
def test_pages_are_quiet_and_light_and_stay_at_home(
    browser: Browser, server: str, lang: str
) -> None:
    for kind, address in PAGE_KINDS.items():
        # One context has one cache: each page is the first that its reader sees.
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        watched = Watched(context.new_page())
        sizes: dict[str, int] = {}

        def note(request: Request, sizes: dict[str, int] = sizes) -> None:
            sizes[request.url] = request.sizes()["responseBodySize"]

        watched.page.on("requestfinished", note)
        response = watched.page.goto(server + address.format(lang=lang))
        assert response is not None
        shift = watched.page.evaluate(SHIFT)
        watched.page.wait_for_load_state("networkidle")
        expected = 404 if kind == "not-found" else 200
        assert response.status == expected, kind
        complaints = [c for c in watched.complaints if f"status of {expected}" not in c]
        assert complaints == [], kind
        assert [u for u in watched.requests if not u.startswith(f"{server}/")] == [], kind
        # Less than a thousandth is the rounding of parts of pixels.
        assert round(shift, 3) == 0, kind
        budget = LARGE.get(kind, WIRE_BYTES)
        assert 0 < sizes[response.url] <= budget, f"{kind}: {sizes[response.url]}"
        if kind not in SCRIPTED:
            assert len(watched.requests) <= REQUESTS, kind
            for name, most in STATIC_BYTES.items():
                own = [size for url, size in sizes.items() if f"/{name}" in url]
                assert all(size <= most for size in own), f"{kind}: {name} {own}"
        context.close()


def test_the_keyboard_reaches_every_link_of_the_center_and_sees_where_it_is(
    browser: Browser, server: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(server + PAGE_KINDS["center"].format(lang="en"))
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, summary, input, [tabindex=\"0\"]')]"
        ".filter((e) => e.checkVisibility()).length"
    )
    reached = page.locator("body").evaluate(
        "() => { window.seen = new Set(); window.blind = 0; document.addEventListener('focusin',"
        " (e) => { window.seen.add(e.target); const s = getComputedStyle(e.target);"
        " if (s.outlineStyle === 'none') window.blind += 1; }); return 0; }"
    )
    assert reached == 0
    for _press in range(wanted):
        page.keyboard.press("Tab")
    assert page.evaluate("window.seen.size") == wanted > 100
    assert page.evaluate("window.blind") == 0
    context.close()
