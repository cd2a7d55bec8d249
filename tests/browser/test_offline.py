"""A browser alone: search on a site of files, and SPARQL over the loaded data."""

import http.server
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import AXE, Watched, axe_findings, chromium, settings
from conftest import ROOT, BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sample import QUERY_FILES, read_cases

from kg.config import Config
from kg.query.search import SearchIndex
from kg.release.words import name_key, terms, words
from kg.sources.queries import query_form
from kg.web.app import create_app
from kg.web.browser_index import write_browser_index
from kg.web.offline import PROGRAM, WORKER

pytestmark = pytest.mark.browser

BASE = "https://w3id.org/research-center-kg/"
ROWS = [tuple(row.values()) for row in read_cases(ROOT / "tests" / "cases" / "search.tsv")]
TEXTS = (
    *(
        "",
        "Straße ẞ ς Σ İı",
        "Müller-Lüdenscheidt",
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "①½ﬁ",
        "Å\u030a é e\u0301",
    ),
    *(
        "SCI论文，2,533篇",
        "㐀\U00020000\U0002a6d6影像",
        "〇々〡",
        "한국어 カナ かな",
        "a_b-c.d/e",
        "studies glass bus",
    ),
    *(
        "0000 0004 1771 3250",
        "https://www.grid.ac/institutes/grid.1.2",
        "what is the",
        "中心的负责人吗",
    ),
)
QUERIES = {
    path.stem: text
    for path in QUERY_FILES
    if query_form(text := path.read_text(encoding="utf-8")) == "SELECT"
}
PREFIX = "/site"
LANGUAGES = ("en", "zh")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def static_app(shelf: Path, config: Config) -> Iterator[Flask]:
    """The application as an export has it."""
    app = create_app(shelf / "current", config, exported=True)
    yield app
    app.extensions["kg"].close()


@pytest.fixture(scope="module")
def static_site(
    static_app: Flask, release: BuiltRelease, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a site of files below a prefix: what search and queries need of one."""
    top = tmp_path_factory.mktemp("static")
    root = top / PREFIX.strip("/")
    client = static_app.test_client()
    pages = [f"{lang}/{name}" for lang in LANGUAGES for name in ("search", "query")]
    entities = ["en/disease/melanoma", "zh/database/large-imaging-database"]
    for path in (*pages, *entities):
        page = client.get(f"/{path}", base_url=f"http://localhost{PREFIX}")
        assert page.status_code == 200
        _write(root / path / "index.html", page.data)
    for lang in LANGUAGES:
        path = f"sparql/terms/{lang}.json"
        _write(root / path, client.get(f"/{path}").data)
    for file in (ROOT / "kg" / "web" / "static").iterdir():
        _write(root / "static" / file.name, file.read_bytes())
    dump = "dumps/research-center-kg.nq.gz"
    _write(root / dump, (release.folder / dump).read_bytes())
    write_browser_index(release.release, root / "search-index")
    # The modules themselves, to ask what the page does not show.
    for file in (ROOT / "assets" / "src" / "search").iterdir():
        _write(root / "modules" / file.name, file.read_bytes())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(top))
    ) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}{PREFIX}"
        httpd.shutdown()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def load(page: Page) -> None:
    """Press the button, and wait for the answer that follows."""
    page.locator(".cm-content").wait_for()
    page.locator("#ask-load-data").click()
    page.locator("#ask-answer #ask-view > *").first.wait_for(timeout=30_000)


# --- search on a site of files ---


def test_python_and_browser_read_words_alike(browser: Browser, static_site: str) -> None:
    page = browser.new_page()
    page.goto(f"{static_site}/en/search/")
    texts = [*TEXTS, *(query for query, _expected, _sort in ROWS)]
    script = f"""async (texts) => {{
      const {{ words, terms, nameKey }} = await import("{static_site}/modules/words.js");
      return texts.map((text) => [
        words(text).map((word) => [word.text, text.slice(word.start, word.end)]),
        terms(text).map((term) => [term.words, term.prefix]),
        nameKey(text),
      ]);
    }}"""
    got = page.evaluate(script, texts)
    page.close()
    wanted = [
        [
            [[word.text, text[word.start : word.end]] for word in words(text)],
            [[list(term.words), term.prefix] for term in terms(text)],
            name_key(text),
        ]
        for text in texts
    ]
    differing = [text for text, a, b in zip(texts, got, wanted, strict=True) if a != b]
    assert differing == []


def test_the_browser_finds_and_ranks_as_the_server_does(
    browser: Browser, static_site: str, release: BuiltRelease
) -> None:
    page = browser.new_page()
    page.goto(f"{static_site}/en/search/")
    # The module of the page's elements is not needed to find.
    script = f"""async (queries) => {{
      const {{ Index }} = await import("{static_site}/modules/index.js");
      const index = new Index("{static_site}/search-index/");
      const answers = [];
      for (const query of queries) {{
        const found = await index.find(query);
        const things = await index.things(found.ranked.slice(0, 5).map(({{ thing }}) => thing));
        answers.push([things.map(({{ path }}) => path), Object.fromEntries(found.kinds), found.isPartial]);
      }}
      return answers;
    }}"""
    answers = page.evaluate(script, [query for query, _expected, _sort in ROWS])
    page.close()
    index = SearchIndex(release.folder)
    missing, same = [], 0
    for (query, expected, _sort), (paths, kinds, is_partial) in zip(ROWS, answers, strict=True):
        found = index.find(query, limit=5)
        assert (kinds, is_partial) == (dict(found.kinds), found.is_partial), query
        same += paths == [hit.iri.removeprefix(BASE) for hit in found.hits]
        if expected != "-" and expected not in paths[:3]:
            missing.append((query, paths))
    index.close()
    assert missing == []
    # Rounding may turn round what is equally good.
    assert same >= 0.9 * len(ROWS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_site_of_files_searches(browser: Browser, static_site: str, lang: str) -> None:
    watched = Watched(browser.new_page())
    page = watched.page
    page.goto(f"{static_site}/{lang}/search/")
    page.locator("#q").fill("影像")
    page.locator("form.search button").click()
    link = page.locator(".results a").first
    link.wait_for()
    assert page.locator(".results mark").first.text_content() == "影像"
    assert page.locator("#q").input_value() == "影像"
    hrefs = page.locator(".results a").evaluate_all("links => links.map((link) => link.pathname)")
    assert f"{PREFIX}/{lang}/database/large-imaging-database" in hrefs
    numbers = page.locator(".facets .number").all_text_contents()
    assert sum(map(int, numbers)) > len(hrefs)
    # A kind, and everything again.
    page.locator(".facets a", has_text="modality" if lang == "en" else "成像方式").first.click()
    page.locator(".facets [aria-current]").wait_for()
    assert 0 < page.locator(".results li").count() < len(hrefs)
    more = page.locator("#search-answer button")
    assert not more.is_visible()
    page.goto(f"{static_site}/{lang}/search/?q=imaging")
    more.click()
    expect(page.locator(".results li")).to_have_count(40)
    assert page.evaluate("document.activeElement.closest('li').previousElementSibling !== null")
    page.goto(f"{static_site}/{lang}/search/?q=tumour")
    page.get_by_role("link", name="tumor", exact=True).click()
    page.locator(".results a").first.wait_for()
    page.close()
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith(static_site)] == []


def test_a_site_of_files_says_when_the_index_is_missing(browser: Browser, static_site: str) -> None:
    page = browser.new_page()
    page.route("**/search-index/**", lambda route: route.fulfill(status=404))
    page.goto(f"{static_site}/en/search/?q=imaging")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").text_content() == "The index cannot be loaded. Try again."
    page.close()


def test_links_to_queries_lead_where_the_browser_answers(
    static_app: Flask, client: FlaskClient
) -> None:
    path = "/en/disease/melanoma"
    static = static_app.test_client().get(path, base_url=f"http://localhost{PREFIX}").text
    assert f'href="{PREFIX}/en/query?query=DESCRIBE' in static
    assert "/sparql?" not in static
    assert 'href="/sparql?' in client.get(path).text


@pytest.mark.parametrize("name", ["search", "query"])
def test_without_scripts_the_page_says_what_to_do(
    browser: Browser, static_site: str, name: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{static_site}/en/{name}/")
    assert page.locator("noscript").is_visible()
    assert "JavaScript" in (page.locator("noscript").text_content() or "")
    assert page.locator("#ask-load-data").is_visible() is False
    context.close()


# --- SPARQL in the browser ---


def test_nothing_of_the_program_comes_before_the_click(
    browser: Browser, server: str, release: BuiltRelease
) -> None:
    watched = Watched(browser.new_page())
    page = watched.page
    page.goto(f"{server}/en/query")
    page.locator(".cm-content").wait_for()
    page.locator("#ask-run").click()
    assert page.locator("#ask-status").text_content() == "Load the data first; then the query runs."
    assert page.evaluate("document.activeElement.id") == "ask-load-data"
    stated = page.locator("#ask-load-status").text_content() or ""
    assert "KB program" in stated
    dump = release.release.manifest.files["dumps/research-center-kg.nq.gz"]
    assert f"{round(dump.bytes / 1000)} KB data" in stated
    page.wait_for_load_state("networkidle")
    large = (PROGRAM, WORKER, "/dumps/")
    assert [url for url in watched.requests if any(name in url for name in large)] == []
    load(page)
    assert {name for name in large for url in watched.requests if name in url} == set(large)
    page.close()
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith(f"{server}/")] == []


def test_a_link_with_a_query_works_and_all_forms_are_answered(
    browser: Browser, static_site: str, release: BuiltRelease
) -> None:
    quads = f"{release.release.manifest.counts['quads']:,}"
    watched = Watched(browser.new_page())
    page = watched.page
    ask = urlencode({"query": "ASK { ?s ?p 'C022' }"})
    page.goto(f"{static_site}/en/query/?{ask}")
    load(page)
    assert page.locator("#ask-view").text_content() == "Yes (true)"
    # From here on there is no network.
    requests = len(watched.requests)
    page.context.set_offline(True)
    for query, wanted in (
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", quads),
        (f"SELECT ?label {{ <{BASE}id/disease/melanoma> ?p ?label }} ORDER BY ?label", "Melanoma"),
        (f"CONSTRUCT WHERE {{ <{BASE}id/disease/melanoma> a ?class }}", "Disease"),
        (f"DESCRIBE <{BASE}id/disease/melanoma>", "Melanoma"),
    ):
        page.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(query)
        page.locator("#ask-run").click()
        found = (
            page.locator("#ask-view")
            .get_by_text(wanted.replace(",", ""))
            .or_(page.locator("#ask-view").get_by_text(wanted))
        )
        found.first.wait_for()
    hrefs = page.locator("#ask-view a").evaluate_all("links => links.map((link) => link.pathname)")
    assert f"{PREFIX}/en/disease/melanoma" in hrefs
    with page.expect_download() as download:
        page.locator("#ask-exports a", has_text="Turtle").click()
    assert "Melanoma" in download.value.path().read_text(encoding="utf-8")
    # A new address has the browser look for the icon again.
    later = [url for url in watched.requests[requests:] if "icon.svg" not in url]
    assert [url for url in later if not url.startswith("blob:")] == []
    page.close()
    offline = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
    assert [said for said in watched.complaints if said != offline] == []


def test_mistakes_are_marked_and_service_is_refused(browser: Browser, static_site: str) -> None:
    page = browser.new_page()
    page.goto(
        f"{static_site}/en/query/?{urlencode({'query': 'SELECT * {' + chr(10) + '  ?s bad }'})}"
    )
    page.locator(".cm-content").wait_for()
    page.locator("#ask-load-data").click()
    page.locator("#ask-error [role=alert]").wait_for(timeout=30_000)
    expect(page.locator(".cm-wrong-place")).to_be_visible()
    for query in (
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "DELETE WHERE { ?s ?p ?o }",
    ):
        page.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(query)
        page.locator("#ask-run").click()
        expect(page.locator("#ask-stop")).to_be_disabled()
        expect(page.locator("#ask-error [role=alert]")).to_be_visible()
    page.close()


def test_stop_ends_a_query_and_the_next_one_is_answered(browser: Browser, server: str) -> None:
    watched = Watched(browser.new_page())
    page = watched.page
    page.goto(f"{server}/en/query?{urlencode({'query': 'ASK {}'})}")
    load(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(ENDLESS)
    page.locator("#ask-run").click()
    expect(page.locator("#ask-stop")).to_be_enabled()
    # The page is not frozen: it answers to the keyboard at once.
    page.keyboard.press("Escape")
    expect(page.locator("#ask-status")).to_have_text("Stopped.")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("SELECT (1 + 1 AS ?two) {}")
    page.locator("#ask-run").click()
    page.locator("#ask-view").get_by_role("cell", name="2").wait_for(timeout=30_000)
    page.close()
    assert watched.complaints == []


def test_all_questions_have_the_answers_of_the_server(
    browser: Browser, server: str, client: FlaskClient, release: BuiltRelease
) -> None:
    assert len(QUERIES) > 40
    watched = Watched(browser.new_page())
    page = watched.page
    page.goto(f"{server}/en/query")
    script = """async (queries) => {
      const { offline, base } = JSON.parse(document.getElementById("ask-data").textContent);
      const [program, dump] = await Promise.all(
        [offline.program, offline.data].map(async (url) => (await fetch(url)).arrayBuffer()));
      const worker = new Worker(offline.worker, { type: "module" });
      const call = (message) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => ("error" in data ? reject(data.error) : resolve(data.result));
        worker.postMessage({ id: 0, ...message });
      });
      const quads = await call({ work: "load", program, dump, iri: base });
      const results = "application/sparql-results+json";
      const answers = {};
      for (const [name, query] of Object.entries(queries)) {
        answers[name] = (await call({ work: "query", query, results, graph: "text/turtle" })).body;
      }
      worker.terminate();
      return [quads, answers];
    }"""
    quads, answers = page.evaluate(script, QUERIES)
    page.close()
    assert watched.complaints == []
    assert quads == release.release.manifest.counts["quads"]
    differing = []
    for name, query in QUERIES.items():
        response = client.post("/sparql", data={"query": query, "format": "json"})
        if _rows(response.text) != _rows(answers[name]):
            differing.append(name)
    assert differing == []


def _rows(answer: str) -> Counter[str]:
    bindings = json.loads(answer)["results"]["bindings"]
    return Counter(json.dumps(row, sort_keys=True) for row in bindings)


def test_only_this_page_and_its_worker_may_compile(client: FlaskClient) -> None:
    def policy(path: str) -> str:
        with client.get(path) as response:
            return response.headers["Content-Security-Policy"]

    for path in ("/en/query", f"/static/{WORKER}"):
        assert "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';" in policy(path)
    for path in ("/en/", "/en/search", "/sparql", "/static/sparql.js", "/en/nothing"):
        assert "wasm" not in policy(path)
        assert "worker-src" not in policy(path)
    program = client.get(f"/static/{PROGRAM}?v=1", headers={"Accept-Encoding": "gzip"})
    assert program.mimetype == "application/wasm"
    assert program.headers["Content-Encoding"] == "gzip"
    assert "immutable" in program.headers["Cache-Control"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "folders"), [("search", "search"), ("ask", "[!s]*")])
def test_the_pages_tell_their_scripts_the_texts(
    static_app: Flask, lang: str, name: str, folders: str
) -> None:
    path = {"search": "search", "ask": "query"}[name]
    page = static_app.test_client().get(f"/{lang}/{path}").text
    island = json.loads(page.partition(f'id="{name}-data">')[2].partition("</script>")[0])
    used = set()
    for module in (ROOT / "assets" / "src").glob(f"{folders}/*.js"):
        used |= set(re.findall(r"\b(?:text|plural)\(\"(\w+)\"", module.read_text("utf-8")))
    assert len(used) > 5
    assert used - island["texts"].keys() == set()
    if lang == "zh":
        texts = [text for text in island["texts"].values() if isinstance(text, str)]
        assert [text for text in texts if not re.search(r"[\u4e00-\u9fff]", text)] == []


# --- for everybody ---


@pytest.mark.parametrize(("lang", "scheme", "width"), [*settings()])
def test_axe_finds_nothing(
    browser: Browser, server: str, static_site: str, lang: str, scheme: Any, width: int
) -> None:
    # The policy of the page would keep axe out.
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        page.add_script_tag(content=AXE)
        found[state] = axe_findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[state].append("wider than the window")

    for name in (
        "",
        "search",
        "search?q=imaging",
        "search?q=影像&kind=modality",
        "search?q=tumour",
    ):
        page.goto(f"{server}/{lang}/{name}")
        look(name)
    page.goto(f"{static_site}/{lang}/search/?q=imaging")
    page.locator(".results a").first.wait_for()
    look("search in the browser")
    page.goto(f"{server}/{lang}/query")
    page.locator(".cm-content").wait_for()
    look("query")
    load(page)
    look("query answered")
    context.close()
    assert {state: some for state, some in found.items() if some} == {}
    assert len(found) == 8
