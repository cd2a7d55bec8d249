"""Chromium works with the editor of ``/sparql``: keys, answers, pictures, history."""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from browsing import Watched, chromium
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sample import SLUG

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "zh")
KG = "https://w3id.org/research-center-kg/ontology#"
CLASSES = """SELECT ?class (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?things) { ?x a ?class
FILTER NOT EXISTS { GRAPH <https://w3id.org/research-center-kg/graph/description> { ?x a ?class } } }
GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT 7"""
BRANCHES = """PREFIX org: <http://www.w3.org/ns/org#>
CONSTRUCT WHERE { ?branch org:unitOf ?association }"""
CENTER = f"DESCRIBE <https://w3id.org/research-center-kg/id/center/{SLUG}>"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
MISTAKE = "SELECT * {\n  ?s '𝒳𝒳' bad }\n# the end"
LONG = f"# {'long ' * 2000}\nSELECT (1 AS ?one) {{}}"
WORDS = {
    "en": {
        "run": "Run",
        "stop": "Stop",
        "stopped": "Stopped.",
        "table": "Table",
        "chart": "Chart",
        "graph": "Graph",
        "raw": "Raw",
        "query": "Query",
        "shortcuts": "Shortcuts",
        "links": "Links",
        "clear": "Clear",
        "none": "No query was run yet.",
        "rows": r"7 rows in 0\.\d s",
        "copy": "Copy link",
        "copied": "Copied",
        "program": "Use this query from a program",
        "filter": "Filter",
    },
    "zh": {
        "run": "运行",
        "stop": "停止",
        "stopped": "已停止。",
        "table": "表格",
        "chart": "图表",
        "graph": "关系图",
        "raw": "原始数据",
        "query": "查询",
        "shortcuts": "快捷键",
        "links": "联系",
        "clear": "清空",
        "none": "尚未运行过查询。",
        "rows": r"7 行，用时 0\.\d 秒",
        "copy": "复制链接",
        "copied": "已复制",
        "program": "在程序中使用本查询",
        "filter": "筛选",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


class Editor:
    """The page of the editor in one language, and what one does with it."""

    def __init__(self, context: BrowserContext, server: str, lang: str) -> None:
        self.context = context
        self.server = server
        self.lang = lang
        self.words = WORDS[lang]
        self.watched = Watched(context.new_page())
        self.page: Page = self.watched.page
        self.content: Locator = self.page.locator(".cm-content")
        self.suggestions: Locator = self.page.locator(".cm-tooltip-autocomplete li")

    def open(self, query: str = "") -> "Editor":
        """Open the page, with the answer to a query if there is one."""
        fields = {"lang": self.lang, **({"query": query} if query else {})}
        self.page.goto(f"{self.server}/sparql?{urlencode(fields)}")
        self.content.wait_for()
        return self

    def text(self) -> str:
        """Return the query as the form has it."""
        text: str = self.page.locator("#query").input_value()
        return text

    def write(self, text: str, *, typed: bool = False) -> None:
        """Replace the query; ``typed`` key by key, as suggestions need it."""
        self.content.focus()
        self.page.keyboard.press("Control+a")
        if typed:
            self.page.keyboard.type(text)
        else:
            self.page.keyboard.insert_text(text)

    def run(self, query: str) -> None:
        """Write a query, run it by keyboard and wait until that ended."""
        self.write(query)
        self.page.keyboard.press("Control+Enter")
        expect(self.button("stop")).to_be_disabled()

    def button(self, name: str) -> Locator:
        """Return a button by its name in the table of words."""
        return self.page.get_by_role("button", name=self.words[name], exact=True)

    def choose(self, form: str) -> None:
        """Show the answer in a form."""
        self.button(form).click()
        expect(self.button(form)).to_have_attribute("aria-pressed", "true")

    def accept(self, label: str) -> None:
        """Take the suggestion that begins with a label."""
        expect(self.suggestions.first).to_contain_text(label)
        # For a moment after it opens the list takes no keys, so that none is taken by accident.
        self.page.wait_for_timeout(150)
        self.page.keyboard.press("Enter")
        expect(self.suggestions).to_have_count(0)

    def fits(self) -> bool:
        """Say whether nothing is wider than the window."""
        fits: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return fits


@pytest.fixture(params=LANGUAGES)
def editor(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Editor]:
    """The open page, in each language; what goes wrong on it fails the test."""
    context = browser.new_context()
    one = Editor(context, server, request.param)
    yield one.open()
    context.close()
    # Chromium reports a status of 400 or more as an error; those tests ask for it.
    heard = [text for text in one.watched.complaints if "Failed to load resource" not in text]
    assert heard == []
    assert [
        url for url in one.watched.requests if not url.startswith((f"{server}/", "blob:"))
    ] == []


# --- writing ---


def test_the_editor_is_the_form_field_with_its_name(editor: Editor) -> None:
    box = editor.page.get_by_role("textbox", name=editor.words["query"], exact=True)
    expect(box).to_be_visible()
    editor.page.get_by_text(editor.words["query"], exact=True).click()
    expect(box).to_be_focused()
    editor.write("ASK {}")
    assert editor.text() == "ASK {}"


def test_a_class_completes_with_its_prefix_line(editor: Editor) -> None:
    editor.write("# a comment\nSELECT * {\n  ?x a kg:Insti", typed=True)
    editor.accept("institution" if editor.lang == "en" else "机构")
    editor.page.keyboard.type(" }")
    expected = f"# a comment\nPREFIX kg: <{KG}>\nSELECT * {{\n  ?x a kg:Institution }}"
    assert editor.text() == expected


def test_a_property_completes_by_its_label(editor: Editor) -> None:
    typed = "unit" if editor.lang == "en" else "所属"
    editor.write(f"PREFIX o: <http://www.w3.org/ns/org#>\nSELECT * {{ ?x {typed}", typed=True)
    item = editor.suggestions.filter(has_text="org:unitOf")
    expect(item).to_contain_text(re.compile(r"×\d+"))
    item.click()
    # The query declares the namespace under another name, which is kept.
    assert editor.text().endswith("?x o:unitOf")


def test_a_thing_completes_by_its_chinese_label(editor: Editor) -> None:
    editor.write("SELECT * { ?x ?p 协和", typed=True)
    editor.accept("Union Hospital" if editor.lang == "en" else "武汉协和医院")
    first, last = editor.text().split("\n")
    assert first == "PREFIX institution: <https://w3id.org/research-center-kg/id/institution/>"
    assert last.endswith("?p institution:union-hospital")


def test_a_prefix_completes_to_its_line(editor: Editor) -> None:
    editor.write("PREFIX sko", typed=True)
    editor.accept("skos:")
    assert editor.text() == "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"


def test_keywords_and_variables_complete(editor: Editor) -> None:
    editor.write("SELECT ?center { ?cen", typed=True)
    editor.accept("?center")
    editor.page.keyboard.type(" FILT")
    editor.accept("FILTER")
    assert editor.text() == "SELECT ?center { ?center FILTER"


def test_suggestions_come_by_key_and_go_by_escape(editor: Editor) -> None:
    editor.write("SELECT * { ?x a ")
    for key in ("Control+Space", "Alt+/"):
        editor.page.keyboard.press(key)
        expect(editor.suggestions.first).to_contain_text("class" if editor.lang == "en" else "类")
        editor.page.keyboard.press("Escape")
        expect(editor.suggestions).to_have_count(0)
    expect(editor.content).to_be_focused()


# --- running ---


def test_a_query_runs_by_key_and_says_how_it_went(editor: Editor) -> None:
    editor.run(CLASSES)
    status = editor.page.get_by_role("status")
    expect(status).to_have_text(re.compile(editor.words["rows"]))
    expect(editor.page.locator("tbody tr")).to_have_count(7)
    name = "mapping" if editor.lang == "en" else "映射"
    link = editor.page.locator("tbody").get_by_role("link", name=name, exact=True)
    expect(link).to_have_attribute("href", f"/{editor.lang}/ontology#Mapping")
    expect(editor.page.locator("tbody code").first).to_have_text("owl:ObjectProperty")


def test_a_running_query_is_stopped_by_button_and_by_key(editor: Editor) -> None:
    by_button: Callable[[], None] = editor.button("stop").click
    for stop in (by_button, lambda: editor.page.keyboard.press("Escape")):
        editor.write(ENDLESS)
        with editor.page.expect_request("**/sparql"):
            editor.page.keyboard.press("Control+Enter")
        expect(editor.button("stop")).to_be_enabled()
        with editor.page.expect_event("requestfailed"):
            stop()
        expect(editor.page.get_by_role("status")).to_have_text(editor.words["stopped"])
        expect(editor.button("stop")).to_be_disabled()
    editor.run("ASK {}")
    expect(editor.page.locator("#ask-view")).to_contain_text("true")


def test_a_mistake_is_marked_where_the_server_says(editor: Editor) -> None:
    editor.run(MISTAKE)
    alert = editor.page.get_by_role("alert")
    expect(alert).to_contain_text("line 2, column 11")
    expect(editor.page.locator(".cm-wrong-line")).to_have_text("  ?s '𝒳𝒳' bad }")
    expect(editor.content).to_have_attribute("aria-invalid", "true")
    expect(editor.content).to_be_focused()
    # The cursor stands there too; mending takes the mark away.
    editor.page.keyboard.type("<x:p> ")
    expect(editor.page.locator(".cm-wrong-line")).to_have_count(0)
    expect(editor.content).not_to_have_attribute("aria-invalid", "true")


def test_an_undeclared_prefix_is_one_click_away(editor: Editor) -> None:
    editor.run("SELECT * { ?x a kg:Center }")
    editor.page.get_by_role("button", name=re.compile(r"PREFIX kg:$")).click()
    expect(editor.page.locator("tbody tr")).to_have_count(1)
    assert editor.text() == f"PREFIX kg: <{KG}>\nSELECT * {{ ?x a kg:Center }}"


def test_a_busy_server_and_a_cut_answer_are_told(editor: Editor) -> None:
    problem = json.dumps({"title": "Unavailable", "status": 503, "detail": "All places are taken."})
    headers = {"Retry-After": "7", "Content-Type": "application/problem+json"}
    editor.page.route(
        "**/sparql", lambda route: route.fulfill(status=503, headers=headers, body=problem)
    )
    editor.run("ASK {}")
    expect(editor.page.get_by_role("alert")).to_contain_text("All places are taken.")
    expect(editor.page.get_by_role("alert")).to_contain_text(re.compile(r"\b7 (s\.|秒)"))
    editor.page.unroute("**/sparql")
    results = json.dumps({"head": {"vars": ["a"], "link": []}, "results": {"bindings": [{}]}})
    headers = {"X-SPARQL-MaxRows": "1", "Content-Type": "application/sparql-results+json"}
    editor.page.route("**/sparql", lambda route: route.fulfill(headers=headers, body=results))
    editor.run("SELECT ?a {}")
    expect(editor.page.locator(".notice")).to_contain_text("LIMIT")
    editor.page.unroute("**/sparql")
    editor.page.route("**/sparql", lambda route: route.abort())
    editor.run("ASK {}")
    expect(editor.page.get_by_role("alert")).not_to_be_empty()


# --- answers ---


def test_a_long_answer_shows_its_first_rows(editor: Editor) -> None:
    editor.run("SELECT * { ?s ?p ?o } LIMIT 2500")
    expect(editor.page.locator("tbody tr")).to_have_count(1000)
    expect(editor.page.locator("#ask-view .note")).to_contain_text(
        re.compile("1,000.*2,500|2,500.*1,000")
    )
    editor.choose("raw")
    expect(editor.page.locator("#ask-view .note")).to_contain_text("200,000")


def test_answers_are_exported(editor: Editor, tmp_path: Path) -> None:
    for query in (CLASSES, LONG):
        editor.run(query)
        for name in ("CSV", "JSON"):
            with editor.page.expect_download() as download:
                editor.page.get_by_role("link", name=name, exact=True).click()
            path = tmp_path / download.value.suggested_filename
            download.value.save_as(path)
            assert path.name == f"answer.{name.lower()}"
    assert [*csv.reader((tmp_path / "answer.csv").read_text().splitlines())] == [["one"], ["1"]]
    assert json.loads((tmp_path / "answer.json").read_text())["head"]["vars"] == ["one"]


def test_a_chart_has_bars_and_the_table_stays_at_hand(editor: Editor) -> None:
    editor.run(CLASSES)
    editor.choose("chart")
    picture = editor.page.get_by_role("img")
    bars = picture.locator("rect:not(.track)")
    expect(bars).to_have_count(7)
    widths = [float(bar.get_attribute("width") or 0) for bar in bars.all()]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == pytest.approx(640)
    editor.page.locator("#ask-view select").select_option(label="things")
    expect(editor.page.get_by_role("img")).to_have_attribute("aria-label", re.compile("things"))
    editor.page.set_viewport_size({"width": 320, "height": 700})
    expect(editor.page.get_by_role("img")).to_have_count(0)
    expect(editor.page.locator(".chart li")).to_have_count(7)
    assert editor.fits()
    editor.choose("table")
    expect(editor.page.locator("tbody tr")).to_have_count(7)
    editor.run("SELECT ?s { ?s ?p ?o } LIMIT 3")
    expect(editor.button("chart")).to_have_count(0)


OVERLAPS = """() => {
  const lines = [...document.querySelectorAll(".graph text")].flatMap((text) =>
    text.querySelector("tspan") ? [...text.querySelectorAll("tspan")] : [text]);
  const boxes = lines.map((line) => [line.parentNode, line.getBoundingClientRect()]);
  return boxes.flatMap(([label, a], i) => boxes.slice(i + 1).filter(([other, b]) => label !== other &&
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_a_graph_has_links_and_labels_that_keep_apart(editor: Editor, width: int) -> None:
    editor.page.set_viewport_size({"width": width, "height": 800})
    for query, nodes in ((BRANCHES, 6), (CENTER, 20)):
        editor.run(query)
        editor.choose("graph")
        links = editor.page.locator(".graph svg a")
        expect(links.nth(nodes - 1)).to_be_attached()
        assert editor.page.evaluate(OVERLAPS) == 0
        assert editor.page.evaluate("document.querySelectorAll('.graph svg line').length") >= 4
        assert editor.fits()
    name = "Union Hospital" if editor.lang == "en" else "武汉协和医院"
    editor.run(BRANCHES)
    expect(editor.page.get_by_role("region", name=editor.words["links"])).to_contain_text(name)
    editor.page.locator(".graph svg").get_by_role("link", name=name, exact=True).focus()
    editor.page.keyboard.press("Enter")
    editor.page.wait_for_url(f"**/{editor.lang}/institution/union-hospital")


def test_triples_are_shown_as_table_and_as_turtle(editor: Editor) -> None:
    editor.run(BRANCHES)
    expect(editor.page.locator("tbody tr")).to_have_count(4)
    editor.choose("raw")
    expect(editor.page.locator("#ask-view pre")).to_contain_text("@prefix org:")
    with editor.page.expect_download() as download:
        editor.page.get_by_role("link", name="Turtle", exact=True).click()
    assert download.value.suggested_filename == "answer.ttl"


# --- links, examples, history ---


def test_the_address_is_a_permalink(editor: Editor) -> None:
    editor.run("ASK {}")
    editor.run(CLASSES)
    address = editor.page.url
    assert (
        address
        == f"{editor.server}/sparql?{urlencode({'query': CLASSES, 'lang': editor.lang})}".replace(
            "%2A", "*"
        )
    )
    editor.page.reload()
    editor.content.wait_for()
    assert editor.text() == CLASSES
    expect(editor.page.locator("tbody tr")).to_have_count(7)
    for form, found in (("chart", "rect"), ("raw", "pre"), ("table", "tbody tr")):
        editor.choose(form)
        expect(editor.page.locator(f"#ask-view {found}").first).to_be_attached()
    editor.page.go_back()
    expect(editor.page.locator("#ask-view")).to_contain_text("true")
    assert editor.text() == "ASK {}"
    other = editor.page.locator("header a[hreflang]")
    other.click()
    editor.content.wait_for()
    assert editor.text() == "ASK {}"


def test_the_permalink_is_copied_and_a_long_query_has_none(browser: Browser, server: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    editor = Editor(context, server, "en").open()
    editor.run(CLASSES)
    editor.button("copy").click()
    expect(editor.button("copied")).to_be_visible()
    assert editor.page.evaluate("navigator.clipboard.readText()") == editor.page.url
    editor.run(LONG)
    expect(editor.page.locator("#ask-too-long")).to_be_visible()
    assert editor.page.url == f"{server}/sparql?lang=en"
    # Going to a place on the page leaves the answer where it is.
    editor.page.goto(f"{server}/sparql?lang=en#ask-examples")
    expect(editor.page.locator("tbody tr")).to_have_count(1)
    context.close()


def test_an_example_runs_in_place_and_can_be_found(editor: Editor) -> None:
    count = editor.page.locator("#ask-gallery li:visible")
    expect(count).to_have_count(15)
    word = "probes" if editor.lang == "en" else "探针"
    editor.page.get_by_label(editor.words["filter"]).fill(word)
    link = editor.page.locator("#ask-gallery a:visible").filter(has_text=word).first
    title = link.inner_text()
    link.click()
    expect(editor.page.get_by_role("status")).to_have_text(re.compile(r"\d"))
    assert editor.text().startswith(f"# {title}\n")
    expect(editor.page.locator("#ask-past button").first).to_have_text(title)
    editor.page.get_by_label(editor.words["filter"]).fill("")
    expect(count).to_have_count(15)
    editor.page.goto(f"{editor.server}/sparql?lang={editor.lang}#regions")
    editor.page.reload()
    expect(editor.page.locator("#regions")).to_be_visible()


def test_queries_are_kept_here_and_can_be_forgotten(editor: Editor) -> None:
    past = editor.page.locator("#ask-past")
    expect(past).to_have_text(editor.words["none"])
    for query in ("ASK {}", "# first <b>\nASK {}", "ASK {}"):
        editor.run(query)
    expect(past.get_by_role("button")).to_have_text(["ASK {}", "first <b>"])
    editor.page.reload()
    past.get_by_role("button").nth(1).click()
    expect(past.get_by_role("button")).to_have_text(["first <b>", "ASK {}"])
    editor.content.wait_for()
    assert editor.text() == "# first <b>\nASK {}"
    sent = len(editor.watched.requests)
    editor.button("clear").click()
    expect(past).to_have_text(editor.words["none"])
    assert editor.page.evaluate("localStorage.length") == 0
    assert len(editor.watched.requests) == sent


@pytest.mark.parametrize(
    "query", [CLASSES, BRANCHES, "ASK {}", 'ASK { FILTER("\'`${a}\\\\" = "") }']
)
def test_programs_run_as_they_stand(browser: Browser, server: str, query: str) -> None:
    context = browser.new_context()
    editor = Editor(context, server, "en").open()
    editor.run(query)
    editor.page.get_by_text(editor.words["program"]).click()
    programs = {}
    for language in ("curl", "Python", "R", "JavaScript"):
        editor.page.get_by_role("button", name=language, exact=True).click()
        programs[language] = editor.page.locator("#ask-snippet").inner_text()
    context.close()
    expected = {CLASSES: "objectproperty", BRANCHES: "union-hospital", "ASK {}": "true"}.get(
        query, "false"
    )
    commands = {
        "curl": ["sh", "-c", programs["curl"]],
        "Python": [sys.executable, "-c", programs["Python"]],
        "JavaScript": ["node", "--input-type=module", "--eval", programs["JavaScript"]],
    }
    tried = {name: command for name, command in commands.items() if shutil.which(command[0])}
    assert "Python" in tried
    for name, command in tried.items():
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        assert expected in done.stdout.lower(), name
    assert f'request("{server}/sparql")' in programs["R"]


# --- keyboard, small and dark windows, no script ---


def test_all_of_it_goes_by_keyboard(editor: Editor) -> None:
    keyboard = editor.page.keyboard
    keyboard.press("Tab")
    keyboard.press("Enter")
    for _ in range(4):
        keyboard.press("Tab")
        if editor.content.evaluate("node => node.getRootNode().activeElement === node"):
            break
    expect(editor.content).to_be_focused()
    keyboard.press("Control+a")
    keyboard.type("ASK {?}")
    expect(editor.page.get_by_role("dialog")).to_have_count(0)
    keyboard.press("ArrowLeft")
    keyboard.press("Backspace")
    keyboard.press("Control+Enter")
    expect(editor.page.locator("#ask-view")).to_contain_text("true")
    expect(editor.content).to_be_focused()
    keyboard.press("Tab")
    expect(editor.button("run")).to_be_focused()
    assert editor.text() == "ASK {}"
    keyboard.press("?")
    dialog = editor.page.get_by_role("dialog", name=editor.words["shortcuts"])
    expect(dialog).to_be_visible()
    keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(editor.button("run")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(dialog).to_be_visible()
    keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    expect(editor.content).to_be_focused()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "query", [CLASSES, CENTER, MISTAKE, ""], ids=["table", "graph", "error", "start"]
)
def test_it_fits_a_small_dark_window(browser: Browser, server: str, lang: str, query: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    editor = Editor(context, server, lang).open(query)
    assert editor.fits()
    colours = "[...document.querySelectorAll('.editor > div')].map((host) => getComputedStyle(host.shadowRoot.querySelector('.cm-editor')).backgroundColor)"
    assert editor.page.evaluate(colours) == ["rgb(20, 23, 26)"]
    if query:
        editor.run(query)
        assert editor.fits()
    editor.write("SELECT * { ?x a 机", typed=True)
    expect(editor.suggestions.first).to_be_visible()
    assert editor.fits()
    context.close()


@pytest.mark.parametrize("query", ["", CLASSES, MISTAKE], ids=["start", "table", "error"])
def test_nothing_moves_while_the_page_loads(browser: Browser, server: str, query: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries()"
        ".forEach((entry) => moved += entry.value)).observe({ type: 'layout-shift', buffered: true })"
    )
    editor = Editor(context, server, "en").open(query)
    editor.page.wait_for_timeout(300)
    assert editor.page.evaluate("moved") == pytest.approx(0, abs=0.001)
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_script_examples_run_and_mistakes_show(
    browser: Browser, server: str, lang: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/sparql?lang={lang}")
    page.locator("#figures a").evaluate("link => link.closest('details').open = true")
    page.locator("#q07-sci-papers a").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    words = WORDS[lang]
    for gone in ("stop", "shortcuts", "copy", "clear"):
        expect(page.get_by_role("button", name=words[gone])).to_have_count(0)
    page.get_by_label(words["query"], exact=True).fill(MISTAKE)
    page.get_by_role("button", name=words["run"]).click()
    expect(page.locator(".place")).to_have_text("2    ?s '𝒳𝒳' bad }")
    page.goto(f"{server}/sparql?lang={lang}&query={quote(BRANCHES)}")
    expect(page.locator("#ask-view pre")).to_contain_text("@prefix org:")
    context.close()


RUN = ("javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///x", "x:y")
VALUES = " ".join(f"(<{iri}> {place})" for place, iri in enumerate((*RUN, "https://example.org/")))


def test_what_runs_is_text_in_every_form_of_an_answer(editor: Editor) -> None:
    select = f"SELECT ?iri ?n {{ VALUES (?iri ?n) {{ {VALUES} }} }}"
    linked = f"CONSTRUCT {{ ?iri <x:p> <https://example.org/b> . <https://example.org/a> <x:p> ?iri }} {{ VALUES (?iri ?n) {{ {VALUES} }} }}"
    for query, forms in ((select, ("table", "chart")), (linked, ("table", "graph"))):
        editor.run(query)
        for form in forms:
            editor.choose(form)
            answer = editor.page.locator("#ask-answer")
            expect(answer).to_contain_text("alert(1)")
            addresses = answer.locator("a").evaluate_all("all => all.map(one => one.href.baseVal ?? one.href)")  # fmt: skip
            assert "https://example.org/" in {address.rstrip("ab") for address in addresses}
            assert not [a for a in addresses if a and not re.match(r"(?:https?|blob):", a)]
