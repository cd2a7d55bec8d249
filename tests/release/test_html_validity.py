"""The Nu Html Checker, which is what the W3C's service runs, finds nothing on any kind of page.

``make html`` runs it; it needs Java. It is one process for all pages.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from flask.testing import FlaskClient
from page_kinds import PAGE_KINDS

JAR = "node_modules/vnu-jar/build/dist/vnu.jar"
TOOLS = Path(os.environ.get("HTML_TOOLS", ROOT / "tools" / "html"))
GUESSED = "This document appears to be written in"
"""The checker guesses the language from the words: those of the text itself are English."""

pytestmark = pytest.mark.html


def findings(*pages: Path) -> list[str]:
    """Return what the checker says of pages: errors, warnings and hints."""
    result = subprocess.run(
        ["java", "-jar", TOOLS / JAR, "--format", "json", "--exit-zero-always", *pages],
        capture_output=True,
        text=True,
        check=True,
    )
    messages: list[dict[str, Any]] = json.loads(result.stderr)["messages"]
    return [
        f"{Path(message['url']).name}:{message.get('lastLine')}: {message['message']}"
        for message in messages
        if not message["message"].startswith(GUESSED)
    ]


def test_no_page_has_an_error_or_a_warning(client: FlaskClient, tmp_path: Path) -> None:
    pages = []
    for kind, address in PAGE_KINDS.items():
        for lang in ("en", "zh"):
            answer = client.get(
                address.format(lang=lang).partition("#")[0], headers={"Accept": "text/html"}
            )
            assert answer.mimetype == "text/html", kind
            pages.append(tmp_path / f"{kind}-{lang}.html")
            pages[-1].write_bytes(answer.data)
    assert len(pages) > 70
    assert findings(*pages) == []


def test_the_checker_finds_what_is_wrong(client: FlaskClient, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    html = client.get("/en/").text
    page.write_text(html.replace("<main id", "<main role='main' id", 1), encoding="utf-8")
    (warning,) = findings(page)
    assert "unnecessary" in warning
    page.write_text(html.replace("</h1>", "</h2>", 1), encoding="utf-8")
    assert findings(page)
