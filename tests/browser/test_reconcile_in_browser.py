"""What a page of another origin can do with the reconciliation service, in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import AXE, axe_findings, chromium
from playwright.sync_api import Browser
from serving import running_file_server

from kg.web.reconcile_answers import PREVIEW_HEIGHT, PREVIEW_WIDTH

pytestmark = [pytest.mark.browser, pytest.mark.server]
UNION = "id/institution/union-hospital"
PAGE = """<!doctype html><html lang="en"><title>A table</title><body>
<iframe title="preview" width="{width}" height="{height}" src="{server}/en/reconcile/preview?id={id}"></iframe>
<iframe title="page" src="{server}/en/institution/union-hospital"></iframe>
</body></html>"""
ASK = """async (service) => {
  const manifest = await (await fetch(service, {headers: {Accept: 'application/json'}})).json()
  const body = new URLSearchParams({queries: JSON.stringify({q0: {query: 'Wuhan Union Hospital'}})})
  const found = await (await fetch(service, {method: 'POST', body})).json()
  const suggest = manifest.suggest.entity
  const typed = await (await fetch(`${suggest.service_url}${suggest.service_path}?prefix=uni`)).json()
  return [manifest.batchSize, found.q0.result[0].id, typed.result[0].id]
}"""
JSONP = """(service) => new Promise((resolve, reject) => {
  window.jQuery1 = (manifest) => resolve(manifest.versions)
  const script = document.createElement('script')
  script.src = `${service}?callback=jQuery1&_=1`
  script.onerror = reject
  document.head.append(script)
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def elsewhere(server: str, tmp_path: Path) -> Iterator[str]:
    """The address of a page of another origin with two frames of ours."""
    text = PAGE.format(server=server, id=UNION, width=PREVIEW_WIDTH, height=PREVIEW_HEIGHT)
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    with running_file_server(tmp_path) as address:
        yield address


def test_a_page_of_another_origin_may_ask_and_show_previews(
    browser: Browser, server: str, elsewhere: str
) -> None:
    page = browser.new_page()
    page.goto(elsewhere)
    page.wait_for_load_state("networkidle")
    preview = page.frame_locator('iframe[title="preview"]')
    assert preview.locator("h1").inner_text() == "Union Hospital"
    assert "Wuhan" in preview.locator(".facts").inner_text()
    # Our other pages stay out of frames.
    other = page.frame_locator('iframe[title="page"]').locator("body").inner_text()
    assert "Union Hospital" not in other
    asked = page.evaluate(ASK, f"{server}/en/reconcile")
    assert asked == [50, UNION, UNION]
    assert page.evaluate(JSONP, f"{server}/en/reconcile") == ["0.1", "0.2"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_preview_fits_its_frame_and_axe_finds_nothing(
    browser: Browser, server: str, lang: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
    )
    page = context.new_page()
    page.goto(f"{server}/{lang}/reconcile/preview?id={UNION}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PREVIEW_WIDTH
    context.close()
    # axe has to be let in: the page runs no script.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]  # as above
    page = context.new_page()
    page.add_init_script(AXE)
    page.goto(f"{server}/{lang}/reconcile/preview?id={UNION}")
    assert axe_findings(page) == []
    context.close()
