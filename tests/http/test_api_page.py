"""The page of the API lists every route, with lines that work and answers that are real."""

import html
import re
import shlex
import subprocess
from dataclasses import fields
from urllib.parse import urlsplit

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient

from kg.config import Config, Limits
from kg.formats import FORMATS
from kg.query.results import RESULTS_FORMATS
from kg.web.api import SAMPLE_CHARACTERS, SAMPLE_LINES, public_rules, readable
from kg.web.route_table import BY_RULE, LIMITS, ROUTES

ROUTE = re.compile(
    r'<h3 class="route"><code>(?P<rule>.*?)</code>.*?<pre class="curl"[^>]*>(?P<curl>.*?)</pre>'
    r"(?P<rest>.*?)</div>",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def page(app: Flask) -> str:
    return app.test_client().get("/en/api").text


def routes(page: str) -> list[tuple[str, str, str]]:
    """Return rule, line for curl and the rest of each route on the page."""
    return [
        (html.unescape(m["rule"]), html.unescape(m["curl"]), m["rest"])
        for m in ROUTE.finditer(page)
    ]


def test_every_rule_has_a_row_and_every_row_a_rule(app: Flask) -> None:
    with app.app_context():
        assert {rule.rule for rule in public_rules()} == set(BY_RULE)
    assert len(BY_RULE) == len(ROUTES)
    assert all(str(route.text).endswith(".") for route in ROUTES)


def test_every_rule_is_on_the_page(app: Flask, page: str) -> None:
    with app.app_context():
        expected = sorted(readable(rule.rule) for rule in public_rules())
    assert sorted(rule for rule, _curl, _rest in routes(page)) == expected
    assert "/{lang}/browse/{kind}" in expected
    assert len(expected) > 45


def test_lines_for_curl_are_safe_and_lead_somewhere(client: FlaskClient, page: str) -> None:
    found = routes(page)
    for rule, curl, rest in found:
        words = shlex.split(curl)
        assert words[:2] == ["curl", "-sL"], rule
        headers = dict([words[3].split(": ")]) if words[2] == "-H" else {}
        address = urlsplit(words[-1])
        assert (address.scheme, address.netloc) == ("http", "localhost")
        # What a shell would take for more than letters stands in quotes.
        assert not set("?*;&$`(") & set(re.sub("'[^']*'", "", curl)), curl
        with client.get(f"{address.path}?{address.query}", headers=headers) as answer:
            assert answer.status_code < 400 or "This release has none." in page
            if "<summary>" in rest and not 300 <= answer.status_code < 400:
                assert f"<summary>{answer.status}" in rest, rule
                assert answer.headers["Content-Type"] in html.unescape(rest), rule


def test_the_line_names_the_host_that_was_asked(client: FlaskClient) -> None:
    page = client.get("/zh/api", base_url="https://data.example.org:8443").text
    lines = [curl for _rule, curl, _rest in routes(page)]
    assert lines
    assert all("https://data.example.org:8443/" in line for line in lines)
    assert any("/zh/browse" in line for line in lines)


def test_samples_are_the_beginnings_of_real_answers(client: FlaskClient, page: str) -> None:
    checked = 0
    for rule, curl, rest in routes(page):
        sample = re.search(r'<pre tabindex="0"[^>]*>(.*?)</pre>', rest, re.DOTALL)
        if sample is None or rule == "/healthz":
            continue
        words = shlex.split(curl)
        headers = dict([words[3].split(": ")]) if words[2] == "-H" else {}
        address = urlsplit(words[-1])
        with client.get(
            f"{address.path}?{address.query}", headers=headers, follow_redirects=True
        ) as answer:
            whole = answer.data.decode()
        text = html.unescape(sample[1])
        cut = text.endswith("\n…")
        shown = text.removesuffix("…").rstrip()
        assert whole.replace("\r", "").startswith(shown.replace("\r", "")), rule
        assert cut == (len(shown) < len(whole.rstrip())), rule
        assert len(shown) <= SAMPLE_CHARACTERS
        assert shown.count("\n") < SAMPLE_LINES
        size = re.search(r"([\d,]+) bytes", rest)
        assert size is not None
        assert int(size[1].replace(",", "")) == len(whole.encode()), rule
        checked += 1
    assert checked > 20


def test_the_sample_query_is_answered_as_sparql_says(page: str, release: BuiltRelease) -> None:
    rest = next(rest for rule, _curl, rest in routes(page) if rule == "/sparql")
    sample = re.search(r'<pre tabindex="0"[^>]*>(.*?)</pre>', rest, re.DOTALL)
    assert sample is not None
    rows = release.engine.select(
        "SELECT ?class (COUNT(*) AS ?n) { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?n) LIMIT 1"
    ).texts()
    assert f"{rows[0][0]},{rows[0][1]}" in sample[1]


def test_formats_and_limits_are_those_of_the_code(page: str, config: Config) -> None:
    for format_ in FORMATS:
        assert f"<code>.{format_.extension}</code>" in page
        assert format_.media_type in page
    for results in RESULTS_FORMATS:
        assert results.media_type in page
    limits = page.partition('id="limits"')[2].partition("</section>")[0]
    names = {field.name for field in fields(Limits)}
    assert set(LIMITS) <= names
    for name in LIMITS:
        assert f"<strong>{getattr(config.limits, name):,}</strong>" in limits


@pytest.mark.server
def test_curl_runs_a_line_as_it_stands(server: str, client: FlaskClient) -> None:
    page = client.get("/en/api", base_url=server).text
    lines = {rule: curl for rule, curl, _rest in routes(page)}
    for rule, beginning in (("/id/{kind}/{slug}", "@prefix"), ("/sparql", "class,things")):
        done = subprocess.run(  # noqa: S602 - whether a shell reads it as one command is the question
            lines[rule], shell=True, capture_output=True, text=True, check=True, timeout=30
        )
        assert done.stdout.startswith(beginning)
