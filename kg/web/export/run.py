"""A release -> the whole site as static files: ask the site for every address, write each answer."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask, render_template
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.config import Config
from kg.errors import ExportError
from kg.release.folder import Release, open_release
from kg.web.app import HEADERS, POLICY, create_app
from kg.web.export import errors, nginx
from kg.web.export.addresses import addresses, undecided
from kg.web.export.catalog import Catalog, Wanted
from kg.web.export.files import (
    MANIFEST,
    ExportManifest,
    entries,
    pack,
    refuse_foreign,
    set_times,
    staged,
    write,
)
from kg.web.front import PREFIX
from kg.web.links import Link, read_links
from kg.web.negotiate import DEFAULT_LANGUAGE
from kg.web.site import Site, current_site

HOST = re.compile(r"https?://(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
COMPLETE = 200
TOLD_EVERY = 500
"""After how many addresses progress is told."""
REDIRECTS = frozenset((302, 303))

Extra = Callable[[Release, Path], None]
EXTRAS: Sequence[tuple[str, Extra]] = ()
"""What writes further files: the folder below the export, and a function that is given the
release and that folder, which exists. The index of the search in the browser goes here."""


def export(
    folder: Path,
    config: Config,
    target: Path,
    *,
    host: str,
    prefix: str,
    progress: Callable[[str], None],
) -> int:
    """Write the site of the release in ``folder`` to ``target``; return the number of files.

    ``host`` is scheme and authority of the server that will have it, for links that must be
    whole; ``prefix`` the path it will be below, which begins and ends with ``/``. The same
    release, host and prefix give the same bytes. An earlier export in ``target`` is
    replaced. Raises ExportError for a host or a prefix that is none, and for a folder that
    holds what no export wrote; ReleaseError where there is no release.
    """
    host = _checked_host(host)
    prefix = _checked_prefix(prefix)
    refuse_foreign(target)
    # The folder itself: a pointer that is switched meanwhile changes nothing.
    release = open_release(folder)
    app = create_app(release.folder, config, exported=True)
    try:
        if forgotten := undecided(app):
            raise LookupError(f"kg.web.export.addresses decides nothing on {forgotten}")
        with staged(target) as staging:
            with app.app_context():
                site = current_site()
            policies = _write_site(app, site, staging, f"{host}{prefix}", progress)
            for name, extra in EXTRAS:
                progress(f"write {name}")
                (staging / name).mkdir(parents=True, exist_ok=True)
                extra(release, staging / name)
            progress("write error pages and the nginx configuration")
            errors.write_errors(app, site, staging, f"{host}{prefix}")
            nginx.write_configuration(app, site, staging, prefix, policies)
            progress("pack")
            pack(staging)
            progress("list")
            manifest = ExportManifest(release.id, host, prefix, entries(staging))
            write(staging, MANIFEST, manifest.to_json())
            set_times(staging, site.modified.timestamp())
            return len(manifest.files) + 1
    finally:
        app.extensions["kg"].close()


def _checked_host(host: str) -> str:
    host = host.rstrip("/")
    if not HOST.fullmatch(host):
        raise ExportError(f"--host {host}: no scheme and host; write https://example.org")
    return host


def _checked_prefix(prefix: str) -> str:
    """Return the prefix with slashes at both ends."""
    path = "/" + prefix.strip("/")
    if path != "/" and not PREFIX.fullmatch(path):
        raise ExportError(f"--prefix {prefix}: no path of plain segments; write /name/")
    return path if path == "/" else f"{path}/"


def _write_site(
    app: Flask, site: Site, staging: Path, base_url: str, progress: Callable[[str], None]
) -> dict[str, str]:
    """Write a file for every address; return the policies that are not the usual one, by path."""
    policies = {}
    client = app.test_client()
    wanted = addresses(Catalog(site, app))
    for place, one in enumerate(wanted):
        if place % TOLD_EVERY == 0:
            progress(f"{place:,} of {len(wanted):,} addresses")
        content, policy = _answer(app, client, one, base_url)
        write(staging, one.file, content)
        if policy != HEADERS[POLICY]:
            policies[one.address] = policy
    return policies


def _answer(app: Flask, client: FlaskClient, wanted: Wanted, base_url: str) -> tuple[bytes, str]:
    """Return the content of a file, and its policy.

    What the server would redirect is a page that leads on.
    """
    usual = HEADERS[POLICY]
    if wanted.forward:
        return _forward(app, wanted, base_url, f"{_root(base_url)}{wanted.forward}", []), usual
    response = _ask(client, wanted, base_url)
    if response.status_code == COMPLETE:
        return bytes(response.data), response.headers.get(POLICY, usual)
    if response.status_code not in REDIRECTS:
        raise RuntimeError(f"{wanted.address} answers {response.status_code}: {response.text}")
    links = [link for text in response.headers.getlist("Link") for link in read_links(text)]
    return _forward(app, wanted, base_url, response.headers["Location"], links), usual


def _ask(client: FlaskClient, wanted: Wanted, base_url: str) -> TestResponse:
    headers = {"Accept": wanted.accept, "Accept-Language": DEFAULT_LANGUAGE}
    return client.get(f"/{wanted.address}", base_url=base_url, headers=headers, buffered=True)


def _forward(app: Flask, wanted: Wanted, base_url: str, target: str, links: list[Link]) -> bytes:
    """Return a page that leads to ``target`` and names the other forms."""
    with app.test_request_context(f"/{wanted.address}", base_url=base_url):
        text = render_template(
            "forward.html",
            lang=DEFAULT_LANGUAGE,
            target=target,
            links=[link for link in links if link.rel in {"canonical", "alternate"}],
        )
        return text.encode()


def _root(base_url: str) -> str:
    """Return the path of an address that ends in ``/``."""
    return "/" + base_url.partition("://")[2].partition("/")[2]
