"""Chromium reads the exported site behind nginx: pages, search, queries; nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Watched, chromium
from conftest import skip_without
from playwright.sync_api import Browser, expect
from serving import has_nginx, running_nginx

pytestmark = [pytest.mark.browser, pytest.mark.server]

CENTER = "Hubei Clinical Research Center of Imaging Medicine"
PAPERS = """PREFIX kg: <https://w3id.org/research-center-kg/ontology#>
SELECT ?value { ?figure kg:partOfFigure ?whole ; kg:value ?value }"""


@pytest.fixture(scope="module")
def nginx(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx over the real profile's site."""
    skip_without("nginx, its js or its Brotli module", there=has_nginx())
    with running_nginx(exported, tmp_path_factory.mktemp("nginx-browser") / "work") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


def test_a_reader_finds_everything_and_asks_without_a_server(browser: Browser, nginx: str) -> None:
    context = browser.new_context(locale="en-US")
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(nginx)
    assert page.url == f"{nginx}/en/"
    page.get_by_role("link", name=CENTER).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CENTER)
    # An English word, from the box on every page.
    box = page.get_by_role("searchbox").first
    box.fill("melanoma")
    box.press("Enter")
    page.locator(".results").get_by_role("link", name="Melanoma").first.click()
    assert page.url == f"{nginx}/en/disease/melanoma"
    # A Chinese word of two characters, on the page in Chinese.
    page.get_by_role("link", name="中文").click()
    box = page.get_by_role("searchbox").first
    box.fill("影像")
    box.press("Enter")
    found = page.locator(".results").get_by_role("link", name="大型影像数据库", exact=True)
    found.click()
    assert page.url == f"{nginx}/zh/database/large-imaging-database"
    # A query that the browser answers.
    page.goto(f"{nginx}/en/query")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(PAPERS)
    page.locator("#ask-load-data").click()
    view = page.locator("#ask-view")
    expect(view.locator("tbody td")).to_have_text(["560"], timeout=30_000)
    context.close()
    assert watched.complaints == []
    assert len(watched.requests) > 15
    assert [url for url in watched.requests if not url.startswith((f"{nginx}/", "blob:"))] == []
