"""Whoever asks in vain is told so in the form and the language that was asked for.

The rows of ``cases/problems.tsv`` are the routes, each with an address that is there and one
that is not. ``negotiated`` says whether ``Accept`` picks the form; elsewhere the address does.
"""

import json
from pathlib import Path

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from sample import CLAIM, SLUG, read_cases
from werkzeug.test import TestResponse

from kg.web.site import SiteHolder

TABLE = Path(__file__).parents[1] / "cases" / "problems.tsv"
FORMS = {
    "text/html": "text/html; charset=utf-8",
    "application/problem+json": "application/problem+json",
    "application/json": "application/problem+json",
    "application/ld+json": "application/problem+json",
    "text/plain": "text/plain; charset=utf-8",
    "text/turtle": "text/plain; charset=utf-8",
    "text/html;q=0.1, application/problem+json": "application/problem+json",
}
"""What an error is sent as, by Accept."""
LANGUAGES = ("en", "zh")
NAMES = {
    404: {"en": "Not found", "zh": "未找到"},
    405: {"en": "Method not allowed", "zh": "不支持该方法"},
    406: {"en": "Not acceptable", "zh": "无法按所需形式提供"},
}


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    return read_cases(TABLE)


ROWS = rows()


def those(column: str) -> list[dict[str, str]]:
    """Return the rows that have something in a column."""
    return [row for row in ROWS if row[column] not in {"", "no"}]


def name_of(row: dict[str, str]) -> str:
    return row["route"]


@pytest.fixture
def address(app: Flask, release: BuiltRelease) -> dict[str, str]:
    """What stands for what changes with the data in the addresses of the table."""
    holder: SiteHolder = app.extensions["kg"]
    return {"release": release.release.id, "nanopub": next(iter(holder.get().nanopubs))}


def asked(
    client: FlaskClient, method: str, path: str, accept: str, lang: str = "en"
) -> TestResponse:
    headers = {"Accept": accept, "Accept-Language": lang}
    response = client.open(path, method=method, headers=headers)
    response.get_data()
    response.close()
    return response


def check(response: TestResponse, status: int, accept: str, lang: str) -> None:
    """Check that an answer is the error ``status`` as whoever accepts that reads it."""
    assert response.status_code == status
    kind = FORMS[accept]
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Language"] == lang
    assert {"accept", "accept-language"} <= {name.lower() for name in response.vary}
    name = NAMES[status][lang]
    if kind == "application/problem+json":
        table = json.loads(response.data)
        assert (table["type"], table["status"], table["title"]) == ("about:blank", status, name)
        assert table["detail"]
    elif kind.startswith("text/html"):
        assert f"<h1>{status} {name}</h1>" in response.text
        assert f'<html lang="{lang}">' in response.text
    else:
        assert response.text.startswith(f"{status} {name}\n")


def test_the_table_has_every_route(app: Flask) -> None:
    assert [row["route"] for row in ROWS] == sorted(rule.rule for rule in app.url_map.iter_rules())
    assert len(those("unknown")) > 15
    assert len(those("negotiated")) > 15


@pytest.mark.parametrize("row", those("there"), ids=name_of)
def test_what_is_there_is_there(
    client: FlaskClient, address: dict[str, str], row: dict[str, str]
) -> None:
    path = row["there"].format(**address)
    found = asked(client, "GET", path, "*/*")
    assert found.status_code in {200, 302, 303}
    head = asked(client, "HEAD", path, "*/*")
    assert (head.status_code, head.data) == (found.status_code, b"")
    assert head.headers["Content-Type"] == found.headers["Content-Type"]
    assert head.headers.get("ETag") == found.headers.get("ETag")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", those("unknown"), ids=name_of)
def test_what_is_unknown_is_404_in_the_form_that_was_asked_for(
    client: FlaskClient, address: dict[str, str], row: dict[str, str], lang: str
) -> None:
    path = row["unknown"].format(**address)
    if path.startswith("/en/"):
        path = f"/{lang}/{path.removeprefix('/en/')}"
    for accept in FORMS:
        check(asked(client, "GET", path, accept, lang), 404, accept, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", those("there"), ids=name_of)
def test_another_method_is_405_and_says_which_there_are(
    client: FlaskClient, address: dict[str, str], row: dict[str, str], lang: str
) -> None:
    path = row["there"].format(**address)
    if path.startswith("/en/"):
        path = f"/{lang}/{path.removeprefix('/en/')}"
    for accept in FORMS:
        response = asked(client, "DELETE", path, accept, lang)
        check(response, 405, accept, lang)
        allowed = {name.strip() for name in response.headers["Allow"].split(",")}
        expected = {"GET", "HEAD", "OPTIONS"}
        posted = path.partition("?")[0].rpartition("/")[2] in {"sparql", "lookup", "reconcile"}
        assert allowed == (expected | {"POST"} if posted else expected)


UNACCEPTABLE = "image/png, application/problem+json;q=0.1"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", those("negotiated"), ids=name_of)
def test_a_form_that_is_not_there_is_406_with_those_that_are(
    client: FlaskClient, address: dict[str, str], row: dict[str, str], lang: str
) -> None:
    path = row["there"].format(**address)
    if path.startswith("/en/"):
        path = f"/{lang}/{path.removeprefix('/en/')}"
    response = asked(client, "GET", path, UNACCEPTABLE, lang)
    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == lang
    assert "accept" in {name.lower() for name in response.vary}
    table = json.loads(response.data)
    assert (table["status"], table["title"]) == (406, NAMES[406][lang])
    plain = asked(client, "GET", path, "image/png", lang)
    assert plain.headers["Content-Type"] == "text/plain; charset=utf-8"
    for variant in table.get("alternates", ()):
        assert f"{variant['name']}: {variant['href']}" in plain.text
        there = asked(client, "GET", variant["href"], variant["name"])
        assert there.status_code in {200, 303}, variant
        assert there.mimetype == variant["name"] or there.status_code == 303
    assert table.get("alternates") or path == "/sparql"


@pytest.mark.parametrize(
    "row", [row for row in those("there") if row["negotiated"] == "no"], ids=name_of
)
def test_an_address_that_names_its_form_gives_it_whatever_is_accepted(
    client: FlaskClient, address: dict[str, str], row: dict[str, str]
) -> None:
    path = row["there"].format(**address)
    one, other = (asked(client, "GET", path, accept) for accept in ("*/*", "image/png"))
    assert (one.status_code, one.headers["Content-Type"]) == (
        other.status_code,
        other.headers["Content-Type"],
    )


def test_a_near_miss_is_told_what_it_may_have_meant(client: FlaskClient) -> None:
    for path, near in (
        (f"/id/center/{SLUG[:-1]}", f"/id/center/{SLUG}"),
        (f"/cite/center/{SLUG[:-1]}.bib", f"/id/center/{SLUG}"),
        (f"/linkset/en/center/{SLUG[:-1]}.json", f"/id/center/{SLUG}"),
        (f"/{CLAIM}2", f"/{CLAIM}"),
    ):
        table = json.loads(asked(client, "GET", path, "application/json").data)
        assert near in {link["href"] for link in table["alternates"]}
