"""What programs ask every site for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from small_program import program_in

from kg.config import CONFIG_FILE, read_config
from kg.errors import ConfigError
from kg.release.build import build
from kg.web import wellknown
from kg.web.app import create_app
from kg.web.site import Site

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def locations(xml: bytes, kind: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(xml).findall(f"s:{kind}/s:loc", NAMES)]  # noqa: S314 - our own


def test_the_site_map_has_every_page_in_both_languages(
    app: Flask, client: FlaskClient, release: BuiltRelease
) -> None:
    response = client.get("/sitemap.xml")
    assert response.content_type == "application/xml; charset=utf-8"
    tree = ET.fromstring(response.data)  # noqa: S314 - our own
    site: Site = app.extensions["kg"].get()
    found = set(locations(response.data, "url"))
    for path in site.addresses:
        for lang in ("en", "zh"):
            assert f"http://localhost/{lang}/{path.removeprefix('id/')}" in found
    assert len(found) > 2 * len(site.addresses)
    for url in tree.findall("s:url", NAMES):
        links = {e.get("hreflang"): e.get("href") for e in url.findall("x:link", NAMES)}
        assert set(links) == {"en", "zh", "x-default"}
        assert url.findtext("s:loc", namespaces=NAMES) in {links["en"], links["zh"]}
        assert url.findtext("s:lastmod", namespaces=NAMES) == release.release.manifest.built_at


def test_some_addresses_of_the_site_map_are_pages(client: FlaskClient) -> None:
    found = locations(client.get("/sitemap.xml").data, "url")
    for address in [*found[:14], *found[20::40]]:
        response = client.get(address.removeprefix("http://localhost"))
        assert (response.status_code, response.mimetype) == (200, "text/html"), address


def test_a_long_site_map_is_split(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locations(client.get("/sitemap.xml").data, "url")
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr(wellknown, "SITEMAP_ADDRESSES", 100)
    parts = locations(client.get("/sitemap.xml").data, "sitemap")
    assert len(parts) == -(-len(whole) // 100)
    together = []
    for address in parts:
        urls = locations(client.get(address.removeprefix("http://localhost")).data, "url")
        assert len(urls) <= 100
        together += urls
    assert together == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_are_let_in_and_told_of_the_site_map(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /sparql?" in lines
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"


@pytest.fixture
def reachable(tiny: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of an instance whose operator can be told of holes."""
    path = tiny / CONFIG_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text('security_contact = "https://example.org/report"\n' + text, encoding="utf-8")
    config = read_config(path)
    build(tiny, config, tmp_path / "releases", program=program_in())
    app = create_app(tmp_path / "releases" / "current", config)
    yield app.test_client()
    app.extensions["kg"].close()


def test_the_security_contact_has_the_fields_of_rfc_9116(reachable: FlaskClient) -> None:
    response = reachable.get("/.well-known/security.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == "https://example.org/report"
    assert fields["Preferred-Languages"] == "en, zh"
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fields["Expires"])
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_without_a_contact_there_is_none(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("contact", ["me@example.org", "http://example.org/", "https://a b"])
def test_a_contact_is_a_whole_address(tiny: Path, contact: str) -> None:
    path = tiny / CONFIG_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(f'security_contact = "{contact}"\n{text}', encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_config(path)
    assert str(error.value) == (
        f"{path}:1: security_contact is {contact!r}; "
        "give an address that begins with https:, mailto: or tel:"
    )


def test_a_contact_makes_no_other_release(tiny: Path) -> None:
    path = tiny / CONFIG_FILE
    before = read_config(path).build_keys()
    text = path.read_text(encoding="utf-8")
    path.write_text(f'security_contact = "tel:+1-201-555-0123"\n{text}', encoding="utf-8")
    assert read_config(path).build_keys() == before
