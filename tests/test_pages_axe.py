"""axe reads the lists, mappings, validation, API and picture pages: WCAG 2.2 AA and more."""

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import chromium
from playwright.sync_api import Browser
from test_editor_axe import AXE, findings

PATHS = (
    *("browse", "browse/figure", "browse/priority-claim?view=cards&scope=code/scope/not-stated"),
    *("browse/figure?indicator=code/indicator/award-prizes&sort=-value", "browse/figure?color=red"),
    *("mappings", "mappings?registry=mesh&match=closeMatch&by=set", "validation", "api"),
    *("neighbourhood/center/hubei-imaging-medicine", "neighbourhood/code/period/not-stated"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing(
    browser: Browser, server: str, lang: str, scheme: Any, width: int
) -> None:
    # The policy of the page would keep axe out.
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in PATHS:
        page.goto(f"{server}/{lang}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.add_script_tag(content=AXE)
        found[path] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
    assert {path: some for path, some in found.items() if some} == {}
