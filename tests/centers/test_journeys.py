"""What people come for, step by step in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import chromium
from playwright.sync_api import Browser, Page, expect
from rdflib import Graph, URIRef

pytestmark = pytest.mark.browser

CENTER = "Hubei Clinical Research Center of Imaging Medicine"
IRI = "https://w3id.org/research-center-kg/id/center/hubei-imaging-medicine"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """The home page, in English, in a window of its own."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", accept_downloads=True
    )
    page = context.new_page()
    page.goto(server)
    yield page
    context.close()


def test_a_visitor_finds_the_center_and_reads_the_sci_papers_and_their_sentence(
    page: Page,
) -> None:
    page.get_by_role("link", name=CENTER).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CENTER)
    row = page.locator("#figure").locator("..").locator("li.part", has_text="SCI papers").first
    papers = row.filter(has=page.get_by_role("link", name="SCI papers", exact=True))
    expect(papers.locator(".headline")).to_have_text("560")
    papers.locator("summary").first.click()
    expect(papers.locator("blockquote")).to_have_text("among which 560 are SCI papers")
    papers.get_by_role("link", name="Claim C023").click()
    page.get_by_role("link", name="The text", exact=True).click()
    assert page.url.endswith("/en/source/hubei-imaging-medicine#C023")


def test_a_visitor_finds_the_probes_and_that_targets_are_not_paired(page: Page) -> None:
    page.get_by_role("link", name=CENTER).first.click()
    page.get_by_role("navigation", name="On this page").get_by_text("Molecular probes").click()
    card = page.locator("section", has=page.locator("#probes-1")).last
    for probe in ("18F-5-FPN", "131I molecular probe", "99mTc molecular probe"):
        expect(card.get_by_role("link", name=probe, exact=True)).to_be_visible()
    expect(card).to_contain_text("an open list")
    expect(card.get_by_role("link", name="Melanoma")).to_be_visible()
    expect(card).to_contain_text("Which probe is for which target is not stated in the source.")
    expect(card).not_to_contain_text("13N-NH3")


def test_a_visitor_tells_planned_from_achieved(page: Page) -> None:
    page.get_by_role("link", name=CENTER).first.click()
    plans = page.locator("section.planned")
    expect(plans).to_have_count(1)
    expect(plans.get_by_role("heading", level=2)).to_contain_text("planned")
    for planned in ("telemedicine system", "imaging database", "3–5 guidelines or consensuses"):
        expect(plans).to_contain_text(planned)
    achieved = page.locator("section.card", has=page.locator("#achievementGroup"))
    expect(achieved).to_contain_text("Fetal cardiac ultrasound consultation platform")
    expect(achieved).not_to_contain_text("telemedicine")


def test_the_language_is_switched_and_switched_back_on_the_same_thing(page: Page) -> None:
    page.get_by_role("link", name=CENTER).first.click()
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith("/zh/center/hubei-imaging-medicine")
    assert page.locator("html").get_attribute("lang") == "zh"
    expect(page.get_by_role("heading", name="奖项")).to_be_visible()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en/center/hubei-imaging-medicine")


def test_a_chinese_word_finds_things_with_english_and_with_chinese_names(page: Page) -> None:
    box = page.get_by_role("searchbox").first
    box.fill("影像")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/en/search\?q="))
    found = page.locator("main").get_by_role("link", name="Multimodal imaging").first
    expect(found).to_be_visible()
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Multimodal imaging")


def test_turtle_is_downloaded_and_the_iri_copied(page: Page, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name=CENTER).first.click()
    page.get_by_role("button", name="Copy IRI").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == IRI
    address = page.get_by_role("link", name="Turtle").first.get_attribute("href")
    answer = page.request.get(page.url.partition("/en/")[0] + str(address))
    assert answer.headers["content-type"].startswith("text/turtle")
    (tmp_path / "center.ttl").write_bytes(answer.body())
    graph = Graph().parse(tmp_path / "center.ttl")
    assert (URIRef(IRI), None, None) in graph


def test_the_profile_is_printed_whole(page: Page, tmp_path: Path) -> None:
    page.get_by_role("link", name=CENTER).first.click()
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.locator("aside").first).to_be_hidden()
    expect(page.locator("section.planned")).to_be_visible()
    # The first page of the print is not blank: the heading stands at its top.
    assert page.get_by_role("heading", level=1).bounding_box()["y"] < 200  # type: ignore[index]  # it is there
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_sentence_leads_to_its_statements_and_back_by_keyboard(
    browser: Browser, server: str, *, script: bool
) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{server}/en/source/hubei-imaging-medicine")
    states = page.get_by_role("region", name="C023")
    expect(states).to_be_hidden()
    page.get_by_role("link", name="among which 560 are SCI papers").focus()
    page.keyboard.press("Enter")
    expect(states).to_be_visible()
    expect(states).to_contain_text("560")
    expect(states).to_contain_text("Papers published")
    page.keyboard.press("Tab")
    expect(states.get_by_role("link").first).to_be_focused()
    states.get_by_role("link", name="Back to the text").focus()
    page.keyboard.press("Enter")
    expect(states).to_be_hidden()
    assert page.url.endswith("#C023")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="among which 560 are SCI papers")).to_be_focused()
    page.emulate_media(media="print")
    expect(states).to_be_visible()
    context.close()
