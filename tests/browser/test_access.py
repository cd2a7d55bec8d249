"""By keyboard, by name, enlarged and in forced colors: every kind of page stays usable."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from browsing import chromium
from page_kinds import PAGE_KINDS
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
ALIKE = frozenset(
    (
        *("person", "figure", "award", "probe", "disease", "network", "objective", "concept"),
        *("codes", "source-claim", "narrowed", "mappings-narrowed", "query"),
    )
)
"""Kinds of one template with another kind: pressing a key a hundred times takes its time."""
INTERACTIVE = (
    "a[href], button, input:not([type=hidden]), select, summary, textarea, "
    '[tabindex="0"], .editor > div'
)
WATCH = f"""() => {{
  window.wanted = [...document.querySelectorAll({INTERACTIVE!r})].filter(
    (e) => e.shadowRoot ||
      (e.checkVisibility({{ visibilityProperty: true }}) && !e.disabled && e.tabIndex >= 0));
  window.seen = [];
  window.wrong = [];
  const told = (e) => e.outerHTML.slice(0, 120);
  document.addEventListener('focusin', (event) => {{
    const e = event.target;
    window.seen.push(e);
    const s = getComputedStyle(e);
    if (s.outlineStyle === 'none' || s.outlineWidth === '0px')
      if (s.boxShadow === 'none') window.wrong.push('no focus to be seen: ' + told(e));
    const rects = [...e.getClientRects()].filter((r) => r.width && r.height);
    const found = rects.some((r) => {{
      const x = Math.min(Math.max(r.left + r.width / 2, 0), innerWidth - 1);
      const y = Math.min(Math.max(r.top + Math.min(r.height / 2, 20), 0), innerHeight - 1);
      const top = document.elementFromPoint(x, y);
      return top && (e.contains(top) || top.contains(e));
    }});
    if (!found) window.wrong.push('hidden behind something: ' + told(e));
  }});
  return window.wanted.length;
}}"""
REACHED = """() => {
  const told = (e) => e.outerHTML.slice(0, 120);
  const wrong = [...window.wrong];
  const seen = new Set(window.seen);
  for (const e of window.wanted) if (!seen.has(e)) wrong.push('not reached: ' + told(e));
  const order = window.seen.slice(0, window.wanted.length);
  for (let i = 1; i < order.length; i += 1)
    if (!(order[i - 1].compareDocumentPosition(order[i]) & Node.DOCUMENT_POSITION_FOLLOWING))
      wrong.push('out of order: ' + told(order[i]));
  return wrong;
}"""
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""
CUT = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth)
    found.push('the page is ' + document.documentElement.scrollWidth + ' px wide');
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || e.closest('.scroll, pre, svg, .hidden, .skip, .cm-editor')) continue;
    const r = e.getBoundingClientRect();
    const s = getComputedStyle(e);
    if (r.width && (r.right > innerWidth + 1 || r.left < -1))
      found.push('outside: ' + e.outerHTML.slice(0, 120));
    const clips = s.overflowX === 'hidden' || s.overflowX === 'clip';
    if (clips && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      found.push('cut: ' + e.outerHTML.slice(0, 120));
  }
  return found;
}"""
OVERLAP = """() => {
  const found = [];
  for (const parent of document.querySelectorAll('header nav, .row, .line, .short > div, dl.facts > div, .facet li, .counts li, th, td')) {
    if (!parent.checkVisibility()) continue;
    const boxes = [...parent.children].filter((e) => e.checkVisibility() && !e.matches('.hidden'))
      .flatMap((e) => [...e.getClientRects()].map((r) => [e, r]));
    for (let i = 0; i < boxes.length; i += 1)
      for (let j = i + 1; j < boxes.length; j += 1) {
        const [a, r] = boxes[i], [b, q] = boxes[j];
        if (a !== b && getComputedStyle(a).display !== 'inline' &&
            r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 1 && q.top < r.bottom - 1)
          found.push(a.outerHTML.slice(0, 80) + ' / ' + b.outerHTML.slice(0, 80));
      }
  }
  return found;
}"""
ROLES = frozenset(
    (
        "link",
        "button",
        "textbox",
        "searchbox",
        "combobox",
        "checkbox",
        "radio",
        "DisclosureTriangle",
    )
)


FIRST = frozenset(("center", "home", "list", "search", "source", "sparql", "mappings", "lookup"))
"""Kinds of pages that make test looks at; make full looks at all."""


def some(kinds: Iterable[str]) -> list[Any]:
    """Return kinds of pages as parameters; all but the first ones are exhaustive."""
    return [
        pytest.param(kind, marks=() if kind in FIRST else pytest.mark.exhaustive) for kind in kinds
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of its own; the policy of the pages would keep tests' styles out."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    yield found
    found.close()


def unnamed(session: CDPSession) -> list[str]:
    """Return the roles of what can be operated and has no name, as Chromium tells readers."""
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        f"{node['role']['value']} {node.get('backendDOMNodeId')}"
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value") in ROLES
        and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize("kind", some(sorted(PAGE_KINDS.keys() - ALIKE)))
def test_the_keyboard_reaches_everything_in_order_and_all_has_a_name(
    context: BrowserContext, server: str, kind: str
) -> None:
    page = context.new_page()
    page.goto(server + PAGE_KINDS[kind].format(lang="zh").partition("#")[0])
    if kind == "sparql":
        page.wait_for_selector(".cm-content")
    wanted = page.evaluate(WATCH)
    assert wanted > 10
    session = context.new_cdp_session(page)
    for _press in range(wanted):
        session.send("Input.dispatchKeyEvent", TAB)
    assert page.evaluate(REACHED) == []
    # Nothing keeps the focus: the next step leaves the page, or begins anew.
    session.send("Input.dispatchKeyEvent", TAB)
    assert page.evaluate(
        "document.activeElement === document.body || document.activeElement === window.wanted[0]"
    )
    assert unnamed(session) == []
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]"
        ".filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_the_first_link_skips_to_the_content(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    page.goto(f"{server}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is there
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for many pages."""
    found = browser.new_page(bypass_csp=True)
    yield found
    found.close()


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("kind", some(sorted(PAGE_KINDS)))
def test_enlarged_or_spaced_text_is_not_cut(
    window: Page, server: str, kind: str, lang: str
) -> None:
    # 1280 px at 200 % and at 400 % (WCAG 2.2, 1.4.4 and 1.4.10); then 1.4.12; then a wide screen.
    page = window
    page.goto(server + PAGE_KINDS[kind].format(lang=lang))
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    found = {}
    for width in (2560, 640, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found[width, "as it is"] = page.evaluate(CUT) + page.evaluate(OVERLAP)
    page.add_style_tag(content=SPACING)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found[width, "spaced"] = page.evaluate(CUT) + page.evaluate(OVERLAP)
    assert {state: some for state, some in found.items() if some} == {}


FILLS = """(selector) => {
  const probe = document.createElement('canvas').getContext('2d');
  const canvas = document.createElement('div');
  canvas.style.cssText = 'background: Canvas; forced-color-adjust: none';
  document.body.append(canvas);
  const ground = getComputedStyle(canvas).backgroundColor;
  canvas.remove();
  return [ground, [...document.querySelectorAll(selector)].map((e) => {
    const s = getComputedStyle(e);
    return [s.fill, s.stroke];
  })];
}"""
DRAWN = {
    "center": (".fill", ".track"),
    "classes": (".node rect", ".edge", ".arrow", ".picture text"),
    "neighbourhood": (".node rect", ".edge", ".arrow", ".picture text"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_stay_to_be_seen_in_forced_colors(
    context: BrowserContext, server: str, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    seen = 0
    for kind, selectors in DRAWN.items():
        page.goto(server + PAGE_KINDS[kind].format(lang="en"))
        for selector in selectors:
            ground, paints = page.evaluate(FILLS, selector)
            assert paints, (kind, selector)
            # The colors of the theme, none of ours: white on black, or black on white.
            assert ground in {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
            for fill, stroke in paints:
                assert {fill, stroke} - {ground, "none"}, (kind, selector, fill, stroke)
            seen += len(paints)
    assert seen > 300


def test_marks_stay_to_be_seen_in_forced_colors(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(server + PAGE_KINDS["source-claim"].format(lang="en"))
    style = "(e) => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
    told = page.locator(".claim.on, :target + .claim, :target + span + .claim").first
    assert told.evaluate(style) == ["solid", "3px"]
    page.goto(server + PAGE_KINDS["search"].format(lang="en"))
    mark, around = (
        page.locator(selector).first.evaluate("(e) => getComputedStyle(e).backgroundColor")
        for selector in ("mark", "body")
    )
    assert mark != around
    page.goto(server + PAGE_KINDS["center"].format(lang="en"))
    tree = page.locator(".tree .tree").first
    assert tree.evaluate("(e) => getComputedStyle(e).borderLeftStyle") == "solid"
    planned = page.locator("section.planned")
    assert planned.evaluate("(e) => getComputedStyle(e).borderTopStyle") == "dashed"


def test_nothing_moves_for_those_who_want_less_motion(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    for kind in ("home", "center", "source-claim", "list", "sparql", "ontology"):
        page.goto(server + PAGE_KINDS[kind].format(lang="en"))
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter((e) => {"
            " const s = getComputedStyle(e); const some = (t) => t.split(', ').some((d) => parseFloat(d) > 0);"
            " return some(s.transitionDuration) || s.animationName !== 'none' || s.scrollBehavior === 'smooth';"
            " }).map((e) => e.outerHTML.slice(0, 100))"
        )
        assert moving == [], kind
