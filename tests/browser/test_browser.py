"""Chromium reads the pages: by keyboard, without errors, without leaving the origin."""

from collections.abc import Iterator

import pytest
from browsing import Watched, chromium
from playwright.sync_api import Browser
from sample import CLAIM, FIGURE, SLUG

pytestmark = pytest.mark.browser

CENTER = f"center/{SLUG}"
PAGES = (
    *("", CENTER, "institution/union-hospital", FIGURE),
    *(CLAIM, f"source/{SLUG}", "ontology", "shapes"),
    *("dataset", "downloads", "releases"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_are_quiet_stay_at_home_and_fit(
    browser: Browser, server: str, lang: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    watched = Watched(context.new_page())
    for path in PAGES:
        response = watched.page.goto(f"{server}/{lang}/{path}")
        assert response is not None
        assert response.status == 200
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, path
    watched.page.goto(f"{server}/sparql?lang={lang}")
    watched.page.goto(f"{server}/dataset?_profile=alt&lang={lang}")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watched.complaints == []
    assert len(watched.requests) > len(PAGES)
    assert [url for url in watched.requests if not url.startswith(f"{server}/")] == []


@pytest.mark.parametrize(("lang", "summary"), [("en", "Evidence C004"), ("zh", "依据 C004")])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_evidence_opens_by_keyboard(
    browser: Browser, server: str, lang: str, summary: str, *, script: bool
) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{server}/{lang}/{CENTER}")
    quote = page.get_by_text("Person in Charge: Xie Mingxing").first
    assert not quote.is_visible()
    page.get_by_text(summary).first.focus()
    page.keyboard.press("Enter")
    quote.wait_for(state="visible")
    context.close()


def test_the_keyboard_reaches_the_evidence(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/en/{CENTER}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    assert page.evaluate("document.activeElement.textContent") == "Evidence C004"
    context.close()


def test_the_iri_can_be_copied_where_scripts_run(browser: Browser, server: str) -> None:
    with_script = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = with_script.new_page()
    page.goto(f"{server}/en/{CENTER}")
    page.get_by_role("button", name="Copy IRI").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"https://w3id.org/research-center-kg/id/{CENTER}"
    with_script.close()
    without = browser.new_context(java_script_enabled=False)
    page = without.new_page()
    page.goto(f"{server}/en/{CENTER}")
    assert page.get_by_role("button").count() == 0
    without.close()


def test_a_query_runs_without_a_script(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/sparql?lang=en")
    page.get_by_label("Query").fill("SELECT (1 + 1 AS ?two) {}")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("cell", name="2").wait_for()
    context.close()


def test_the_language_can_be_switched_and_stays_on_the_thing(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/en/{CENTER}")
    page.get_by_role("link", name="中文").click()
    assert page.url == f"{server}/zh/{CENTER}"
    assert page.evaluate("document.documentElement.lang") == "zh"
    context.close()
