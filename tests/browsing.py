"""Debian's Chromium for tests, and pages that note what goes wrong on them."""

import contextlib
import json
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import skip_without
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, and end it; skip the test where there is none."""
    skip_without("chromium", there=CHROMIUM.exists())
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


def axe_findings(page: Page) -> list[str]:
    """Return what axe finds, WCAG 2.2 AA and best practice: rule and place.

    The page holds AXE already.
    """
    options = json.dumps({"runOnly": {"type": "tag", "values": AXE_RULES}})
    found: Any = page.evaluate(f"axe.run({options}).then(({{ violations }}) => violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


class Watched:
    """A page that notes what goes wrong on it and where it sends requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))


def settings() -> Iterator[Any]:
    """Yield language, color scheme and width: two that have each value once, then the rest."""
    first = {("en", "light", 1280), ("zh", "dark", 320)}
    for one in product(("en", "zh"), ("light", "dark"), (320, 1280)):
        yield pytest.param(*one, marks=() if one in first else pytest.mark.exhaustive)
