"""IRIs that a browser would run or open are text on every page, and no link.

The release is the tiny one, unchecked, in which every statement that leads to something leads
to such IRIs as well.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from conftest import TINY
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.config import CONFIG_FILE, read_config
from kg.release.build import write_release
from kg.release.folder import open_release
from kg.vocab import PREF_LABEL
from kg.web.app import create_app
from kg.web.links import read_links
from kg.web.negotiate import LANGUAGES
from kg.web.site import current_site

RUN = (
    "javascript:alert(1)",
    "JavaScript:alert(2)",
    "data:text/html,hello",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.org/x",
    "view-source:https://example.org/",
    "intent://example.org/",
    "ms-word:ofe",
    "urn:x:y",
    "x:y",
)
LABELLED = "javascript:alert(3)"
LABEL = "Click this one"
LEADS = ("", "http", "https", "mailto")
"""Schemes that links may have; own addresses have none."""
ATTRIBUTES = ("href", "src", "action", "formaction", "xlink:href", "poster", "background", "cite")
PAGES = (
    *("", "browse", "browse/center", "mappings", "validation", "ontology", "ontology/diagram"),
    *("shapes", "downloads", "releases", "lookup?iri=https://ror.org/00p991c53", "search?q=click"),
    *("neighbourhood/center/lake", "source/lake", "reconcile?query=lake", "api", "query"),
    *(f"lookup?iri={quote(iri)}" for iri in RUN),
)


class Links(HTMLParser):
    """Takes the addresses out of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes of an element."""
        values: Mapping[str, str] = {name: value or "" for name, value in attrs}
        self.addresses += [(tag, values[name]) for name in ATTRIBUTES if name in values]
        if values.get("http-equiv", "").lower() == "refresh":
            self.addresses.append((tag, values["content"].partition("url=")[2]))

    def handle_data(self, data: str) -> None:
        """Read text."""
        self.text += data


def with_links_that_run(quads: list[Quad]) -> Iterator[Quad]:
    """Yield statements, and for each that leads somewhere one that leads to what runs."""
    for place, quad in enumerate(quads):
        yield quad
        if isinstance(quad.object, NamedNode):
            for iri in (RUN[place % len(RUN)], LABELLED):
                yield Quad(quad.subject, quad.predicate, NamedNode(iri), quad.graph_name)
    graph = next(q.graph_name for q in quads if isinstance(q.graph_name, NamedNode))
    yield Quad(NamedNode(LABELLED), PREF_LABEL, Literal(LABEL, language="en"), graph)


@pytest.fixture(scope="module")
def app(tiny_shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the release with links that run."""
    config = read_config(TINY / CONFIG_FILE)
    tiny = open_release(tiny_shelf / "current")
    description = NamedNode(f"{tiny.base}graph/description")
    named = sorted(
        (q for q in tiny.store if q.graph_name not in {DefaultGraph(), description}), key=str
    )
    folder = tmp_path_factory.mktemp("runs") / ("0" * 12)
    folder.mkdir()
    write_release(
        list(with_links_that_run(named)), folder, identifier="0" * 12, config=config, sources={}
    )
    app = create_app(folder, config)
    yield app
    app.extensions["kg"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without a socket."""
    return app.test_client()


def scheme(address: str) -> str:
    """Return the scheme that a browser reads in an address (URL Standard, 4.4)."""
    cleaned = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33))))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", cleaned)
    return found[1].lower() if found else ""


def looked_at(client: FlaskClient, address: str, **headers: str) -> Links:
    """Return what a page has, its links and those of its header."""
    response = client.get(address, headers={"Accept": "text/html", **headers})
    assert response.status_code in {200, 400, 404, 406}, address
    page = Links()
    page.feed(response.text)
    for field in response.headers.getlist("Link"):
        page.addresses += [("Link", link.target) for link in read_links(field)]
    return page


def test_no_page_and_no_header_leads_to_what_runs(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        things = [path.removeprefix("id/") for path in current_site().addresses]
    assert len(things) > 10
    told = ""
    for path in (*PAGES, *things, "graph/ror/00p991c53", "dataset"):
        for lang in LANGUAGES:
            page = looked_at(client, f"/{lang}/{path}")
            wrong = [found for found in page.addresses if scheme(found[1]) not in LEADS]
            assert not wrong, f"{lang}/{path}"
            assert not [a for _, a in page.addresses if a.startswith(("//", "/\\"))]
            told += page.text
    # The text is there all the same.
    assert [iri for iri in (*RUN, LABEL) if iri not in told] == []


def test_the_page_of_an_answer_leads_to_nothing_that_runs(client: FlaskClient) -> None:
    query = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {' '.join(f'(<{i}> 1)' for i in (*RUN, LABELLED))} }} }}"
    page = looked_at(client, f"/sparql?query={quote(query)}")
    shown = [address for tag, address in page.addresses if tag == "a"]
    assert not [address for address in shown if scheme(address) not in LEADS]
    assert LABEL in page.text
    assert RUN[0] in page.text
    preview = looked_at(client, "/en/reconcile/preview?id=id/center/lake")
    assert not [found for found in preview.addresses if scheme(found[1]) not in LEADS]
    constructed = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    page = looked_at(client, f"/sparql?query={quote(constructed)}")
    assert not [found for found in page.addresses if scheme(found[1]) not in LEADS]


def test_other_documents_with_addresses_lead_to_nothing_that_runs(client: FlaskClient) -> None:
    for address in (
        *("/cite/center/lake.bib", "/cite/center/lake.ris", "/cite/center/lake.json"),
        *("/linkset/en/center/lake.json", "/linkset/en/center/lake.txt", "/sitemap.xml"),
        *("/opensearch.xml", "/en/search?q=lake&format=json"),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        assert not [iri for iri in (*RUN, LABELLED) if iri in unquote(response.text)], address


def test_no_redirect_leads_to_what_runs(client: FlaskClient) -> None:
    for iri in (*RUN, LABELLED):
        for address in ("/en/reconcile/view?id=", "/lookup?iri=", "/id/center/", "/np/"):
            response = client.get(address + quote(iri, safe=""), headers={"Accept": "text/html"})
            place = response.headers.get("Location", "")
            assert not urlsplit(place).scheme or urlsplit(place).scheme == "http"
