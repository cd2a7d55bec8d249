"""What is built from ``assets/`` with npm: the bundle, and axe, which reads the page for all."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import chromium
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect

ASSETS = ROOT / "assets"
STATIC = ROOT / "kg" / "web" / "static"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "src")
NPM_TIMEOUT_S = 120
LARGEST_MODULE = 250

CLASSES = "SELECT ?class (COUNT(*) AS ?n) { ?x a ?class } GROUP BY ?class ORDER BY ?class LIMIT 5"
BRANCHES = "CONSTRUCT WHERE { ?branch <http://www.w3.org/ns/org#unitOf> ?association }"
MISTAKE = "SELECT * {\n  ?s bad }"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of ``assets/`` with its packages, from the lock."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("npm is missing: the bundle is used as it was committed")
    folder = tmp_path_factory.mktemp("assets")
    for name in SOURCES:
        source = ASSETS / name
        copy: Callable[..., Any] = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    run("npm", "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


def run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=NPM_TIMEOUT_S
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bundle_is_what_the_sources_make(installed: Path, tmp_path: Path) -> None:
    run("node", "build.mjs", str(tmp_path), folder=installed)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {
        path.name: path.read_bytes() for path in STATIC.glob("sparql*") if path.suffix != ".css"
    }
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


def test_the_lock_names_no_host_and_every_hash() -> None:
    packages = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    others = {name: package for name, package in packages.items() if name}
    assert len(others) > 15
    assert [name for name, package in others.items() if "resolved" in package] == []
    assert [name for name, package in others.items() if "integrity" not in package] == []
    wanted = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert others[f"node_modules/{name}"]["version"] == version


def test_the_bundle_names_the_licences_of_what_is_in_it() -> None:
    notices = (STATIC / "sparql-licenses.txt").read_text(encoding="utf-8")
    wanted = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name, version in wanted.items() if f"{name} {version}\n" not in notices] == []


def test_modules_of_the_editor_are_small() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in ASSETS.glob("src/*/*.js")
    }
    assert len(lengths) > 15
    assert [path for path, lines in lengths.items() if lines > LARGEST_MODULE] == []


# --- accessibility ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


def findings(page: Page) -> list[str]:
    """Return what axe finds, WCAG 2.2 AA and best practice: rule and place."""
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing(
    installed: Path, browser: Browser, server: str, lang: str, scheme: Any, width: int
) -> None:
    axe = (installed / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    # The policy of the page would keep axe out.
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[state] = findings(page)

    def go(query: str) -> None:
        page.goto(f"{server}/sparql?{urlencode({'lang': lang, 'query': query})}")
        page.locator(".cm-content").wait_for()
        page.add_script_tag(content=axe)

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
