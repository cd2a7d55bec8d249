"""Who asks for what gets what: the rows of ``cases/negotiation.tsv``, over a socket.

A row says a request (method, path, ``Accept``, ``Accept-Language``, ``Accept-Profile``, each
left out where its cell is empty) and its answer: status, type, place, language, and headers
as ``Name~text``, joined by ``|``, each of which must hold the text. ``source`` says where a
client's header is from, or which specification asks for the answer. Location, type and
language are compared whole; where a row has no place, there must be none.
"""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sample import read_cases

pytestmark = pytest.mark.server

TABLE = Path(__file__).parents[1] / "cases" / "negotiation.tsv"
FEWEST_ROWS = 60
CLIENTS = (
    *("Chrome", "Firefox", "Safari", "curl", "rdflib", "Jena", "Comunica", "RDF4J", "OWL API"),
)
MOST_HEADER_BYTES = 4000
"""What a proxy keeps for the headers of an answer, unless it is told otherwise: 4 KB."""


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    return read_cases(TABLE)


ROWS = rows()


def test_the_table_has_the_clients_and_enough_rows() -> None:
    assert len(ROWS) >= FEWEST_ROWS
    assert len({row["name"] for row in ROWS}) == len(ROWS)
    for client in CLIENTS:
        known = [row for row in ROWS if row["name"].startswith(client)]
        assert known, client
        assert all(row["source"] for row in known), client


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_who_asks_for_what_gets_what(server: str, row: dict[str, str]) -> None:
    asked = {
        name: row[name.lower()]
        for name in ("Accept", "Accept-Language", "Accept-Profile")
        if row[name.lower()]
    }
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        connection.request(row["method"], row["path"], headers=asked)
        response = connection.getresponse()
        body = response.read()
        headers = response.headers
    finally:
        connection.close()
    assert response.status == int(row["status"])
    assert headers.get("Location", "") == row["location"]
    if row["content-type"]:
        assert headers["Content-Type"] == row["content-type"]
    if row["content-language"]:
        assert headers["Content-Language"] == row["content-language"]
    for wanted in filter(None, row["headers"].split("|")):
        name, text = wanted.split("~", 1)
        assert text in ", ".join(headers.get_all(name) or []), name
    assert bool(body) == (row["method"] != "HEAD")
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < MOST_HEADER_BYTES
