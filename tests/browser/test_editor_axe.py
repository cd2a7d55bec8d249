"""axe reads the editor page for everybody: WCAG 2.2 AA and best practice."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import AXE, axe_findings, chromium, settings
from playwright.sync_api import Browser, expect

CLASSES = "SELECT ?class (COUNT(*) AS ?n) { ?x a ?class } GROUP BY ?class ORDER BY ?class LIMIT 5"
BRANCHES = "CONSTRUCT WHERE { ?branch <http://www.w3.org/ns/org#unitOf> ?association }"
MISTAKE = "SELECT * {\n  ?s bad }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "scheme", "width"), [*settings()])
def test_axe_finds_nothing(
    browser: Browser, server: str, lang: str, scheme: Any, width: int
) -> None:
    # The policy of the page would keep axe out.
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[state] = axe_findings(page)

    def go(query: str) -> None:
        page.goto(f"{server}/sparql?{urlencode({'lang': lang, 'query': query})}")
        page.locator(".cm-content").wait_for()
        page.add_script_tag(content=AXE)

    go(CLASSES)
    look("table")
    page.locator("#ask-views [data-form=chart]").click()
    page.locator(".chart").wait_for()
    page.locator("#ask-code summary").click()
    look("chart and program")
    page.locator("#ask-views [data-form=raw]").click()
    page.locator("#ask-view pre").wait_for()
    page.locator("#ask-help").click()
    look("raw and dialog")
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" ?x cent")
    page.locator(".cm-tooltip-autocomplete li").first.wait_for()
    look("suggestions")
    go(BRANCHES)
    look("turtle")
    page.locator("#ask-views [data-form=graph]").click()
    page.locator(".graph svg").wait_for()
    look("graph")
    go(MISTAKE)
    look("mistake")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask-stop")).to_be_disabled()
    look("mistake again")
    context.close()
    assert {state: some for state, some in found.items() if some} == {}
    assert len(found) == 8
