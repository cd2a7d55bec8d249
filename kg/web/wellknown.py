"""What programs ask every site for: robots, site map, VoID, security contact."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from xml.sax.saxutils import escape

from flask import Blueprint, Response, redirect, request, url_for

from kg.formats import FORMATS
from kg.web.addresses import data_address, own_address, page_address, short_path
from kg.web.cache import cacheable, validated
from kg.web.language import page_language
from kg.web.negotiate import HTML, LANGUAGES, Variant, choose_variant
from kg.web.problems import not_acceptable, not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("wellknown", __name__)

SITEMAP_ADDRESSES = 50_000
"""Addresses in one site map (https://www.sitemaps.org/protocol.html#index)."""
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "application/xml"
DOCUMENTS = (
    *("ontology", "shapes", "dataset", "downloads", "releases"),
    *("browse", "mappings", "validation", "api"),
)
"""Pages that stand for no thing of the data."""
CONTACT_DAYS = 180
"""For how many days the security contact may be relied on without another look."""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Let robots read everything but the answers of queries (RFC 9309)."""
    root = own_address("")
    rows = ["User-agent: *", f"Disallow: {root}sparql?", f"Disallow: {root}*?_profile="]
    rows += [f"Allow: {root}", "", f"Sitemap: {request.url_root}sitemap.xml", ""]
    return cacheable(Response("\n".join(rows), content_type="text/plain; charset=utf-8"))


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List every page in both languages; where they are too many, the lists of them."""
    site = current_site()
    parts = sitemap_parts(site)
    if len(parts) == 1:
        return _xml(_urlset(site, parts[0]))
    places = "".join(
        f"<sitemap><loc>{escape(request.url_root)}sitemap-{number}.xml</loc>"
        f"<lastmod>{site.release.manifest.built_at}</lastmod></sitemap>\n"
        for number in range(1, len(parts) + 1)
    )
    return _xml(f'<sitemapindex xmlns="{SITEMAP}">\n{places}</sitemapindex>\n')


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """List one part of the pages, counted from 1."""
    site = current_site()
    parts = sitemap_parts(site)
    if len(parts) == 1 or not 1 <= number <= len(parts):
        raise not_found(f"sitemap-{number}.xml")
    return _xml(_urlset(site, parts[number - 1]))


def _pages(site: Site) -> list[tuple[str, str]]:
    """Return path without language and negotiated path of every page, each after a slash."""
    things = [(f"/{short_path(path)}", f"/{path}") for path in site.addresses]
    lists = (f"browse/{kind}" for kind in site.kinds)
    documents = [(f"/{name}", f"/{name}") for name in (*DOCUMENTS, *lists)]
    return list(dict.fromkeys([("/", "/"), *documents, *things]))


def sitemap_parts(site: Site) -> list[Sequence[tuple[str, str]]]:
    """Return the pages in parts, one for each site map."""
    pages = _pages(site)
    size = SITEMAP_ADDRESSES // len(LANGUAGES)
    return [pages[start : start + size] for start in range(0, len(pages), size)]


def _urlset(site: Site, pages: Sequence[tuple[str, str]]) -> str:
    rows = "".join(_urls(site, pages))
    return f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="{XHTML}">\n{rows}</urlset>\n'


def _urls(site: Site, pages: Sequence[tuple[str, str]]) -> Iterator[str]:
    root = request.url_root.rstrip("/")
    changed = f"<lastmod>{site.release.manifest.built_at}</lastmod>"
    for page, negotiated in pages:
        others = {lang: f"/{lang}{page}" for lang in LANGUAGES} | {"x-default": negotiated}
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{name}" href="{escape(root + address)}"/>'
            for name, address in others.items()
        )
        for lang in LANGUAGES:
            yield f"<url><loc>{escape(root + others[lang])}</loc>{changed}{links}</url>\n"


def _xml(text: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return cacheable(Response(body, content_type=f"{XML}; charset=utf-8"))


@blueprint.get("/.well-known/void")
def void() -> Response:
    """Redirect to the description of the dataset (VoID, 7.2), data where anything will do."""
    offered = (*(Variant(f.extension, f.media_types) for f in FORMATS), HTML)
    variant = choose_variant(request.headers.get("Accept"), offered)
    places = {f.extension: data_address("dataset", f.extension) for f in FORMATS}
    places[HTML.name] = page_address("dataset", page_language())
    if variant is None:
        raise not_acceptable([(v, places[v.name]) for v in offered])
    response: Response = redirect(places[variant.name], 302, Response)  # type: ignore[assignment]  # Flask types redirect() as Werkzeug does
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """Say whom to tell of a hole (RFC 9116); 404 where kg.toml names nobody."""
    site = current_site()
    contact = site.config.security_contact
    if not contact:
        raise not_found(".well-known/security.txt")
    # A file cannot renew itself: it may be relied on for that long after the release.
    now = site.modified if site.exported else datetime.now(UTC)
    today = datetime.combine(now.date(), time(), UTC)
    rows = [
        f"Contact: {contact}",
        f"Expires: {(today + timedelta(days=CONTACT_DAYS)).isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {url_for('wellknown.security', _external=True)}",
    ]
    body = "\n".join((*rows, ""))
    return validated(Response(body, content_type="text/plain; charset=utf-8"))
