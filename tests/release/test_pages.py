"""Every thing has a page in both languages, and every fact on it has an origin."""

import gzip
import re
from collections import Counter
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

import brotli
import html5rdf  # type: ignore[import-untyped]  # it has no type hints
import pytest
import zstandard
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from conftest import ROOT, BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode
from sample import CENTERS, CLAIM, FIGURE, NUMBER, PERSON, QUOTE, SLUG, claims_of, things

from kg.config import Config
from kg.vocab import PREF_LABEL
from kg.web.facts import Group, Part, Section
from kg.web.site import Site
from kg.web.view import View

CENTER = f"/center/{SLUG}"
CATALOG = ROOT / "kg" / "web" / "translations" / "zh" / "LC_MESSAGES"
LANGUAGES = ("en", "zh")
WIRE_BYTES = 20_000
SHAPES_WIRE_BYTES = 25_000
"""Hundreds of sentences that differ: the one page that must be longer."""
OTHER_PAGES = (
    *(
        "/",
        "/ontology",
        "/ontology/diagram",
        "/shapes",
        "/dataset",
        "/graph/codes",
        "/graph/mapping/places",
    ),
    *("/downloads", "/releases", "/mappings", "/mappings?registry=mesh&by=set", "/validation"),
    *("/api", "/browse", "/browse/figure", "/browse/institution?view=cards"),
    *(
        "/browse/figure?indicator=code/indicator/award-prizes&sort=-value",
        f"/neighbourhood/{PERSON}",
    ),
    *(f"/neighbourhood/center/{SLUG}", "/neighbourhood/code/period/not-stated"),
)


@pytest.fixture(scope="module")
def site(release: BuiltRelease, config: Config) -> Site:
    return Site(release.release, config)


def pages_of(site: Site) -> list[str]:
    """Return the path of every page, without the language."""
    return [*OTHER_PAGES, *(f"/{path.removeprefix('id/')}" for path in site.addresses)]


def one_of_each(pages: list[str]) -> list[str]:
    """Return the first page of each kind."""
    return list({path.split("/")[1]: path for path in reversed(pages)}.values())


def test_there_are_many_pages(site: Site) -> None:
    kinds = Counter(path.split("/")[1] for path in pages_of(site))
    assert kinds["claim"] == sum(len(claims_of(center)) for center in CENTERS)
    assert kinds["center"] == kinds["source"] == len(CENTERS)
    assert kinds["figure"] >= len(things("figure")) > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_there_and_is_html(app: Flask, site: Site, lang: str, whole: bool) -> None:
    client = app.test_client()
    links: dict[str, str] = {}
    fragments: set[tuple[str, str]] = set()
    pages = pages_of(site)
    for path in pages if whole else (*OTHER_PAGES, *one_of_each(pages)):
        response = client.get(f"/{lang}{path}")
        assert response.status_code == 200, path
        assert response.headers["Content-Language"] == lang
        parser = html5rdf.HTMLParser(strict=True)
        tree: Element = parser.parse(response.text)
        html = "{http://www.w3.org/1999/xhtml}"
        assert tree.get("lang") == lang, path
        assert len(list(tree.iter(f"{html}h1"))) == 1, path
        _check_ids(tree, path)
        _check_no_inline(tree, path)
        for element in tree.iter(f"{html}a"):
            address, _hash, fragment = element.get("href", "").partition("#")
            if address.startswith("/"):
                links.setdefault(address, path)
            if address.startswith((f"/{lang}/ontology", f"/{lang}/achievement-group")) and fragment:
                fragments.add((address, fragment))
    assert len(links) > 300
    for address, path in list(links.items())[:: 1 if whole else 8]:
        # A thing is named by its data as well; those are tested elsewhere.
        if not address.startswith(("/data/", "/sparql?")):
            with client.get(address) as answer:
                assert answer.status_code in {200, 302, 303}, f"{path} links to {address}"
    assert len(fragments) > 20
    for address, fragment in fragments:
        assert f'id="{fragment}"' in client.get(address).text, f"{address}#{fragment}"


def _check_ids(tree: Element, path: str) -> None:
    counts = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert [name for name, count in counts.items() if count > 1] == [], path
    for element in tree.iter():
        for name in (element.get("aria-labelledby") or "").split():
            assert name in counts, f"{path}: {name}"


def _check_no_inline(tree: Element, path: str) -> None:
    for element in tree.iter():
        tag = str(element.tag).rpartition("}")[2]
        assert not any(name == "style" or name.startswith("on") for name in element.attrib), path
        assert tag != "style", path
        # Data for programs is no script (HTML, 4.12.1), and no policy stops it.
        if tag == "script" and element.get("type") != "application/ld+json":
            assert element.get("src", "").startswith("/static/"), path
            assert not element.text, path


class _Languages(HTMLParser):
    """Collects the text of a page that claims to be in the language of the page."""

    VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.stack = [lang]
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            # Nobody reads what is in a script; its texts say their language themselves.
            own = "" if tag == "script" else dict(attrs).get("lang")
            self.stack.append(self.stack[-1] if own is None else own)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack[-1] == "en":
            self.texts.append(data)


def test_chinese_on_an_english_page_says_so(client: FlaskClient) -> None:
    for path in (CENTER, "/institution/union-hospital", "/", "/ontology", "/code/scope"):
        parser = _Languages("en")
        parser.feed(client.get(f"/en{path}").text)
        assert "".join(parser.texts).strip()
        assert re.findall(r"[\u4e00-\u9fff]+", "".join(parser.texts)) == []


# --- evidence ---


def groups_of(sections: tuple[Section, ...]) -> list[tuple[Part, Group]]:
    found = []
    for section in sections:
        for part in section.parts:
            found += [(part, group) for group in part.groups]
            found += groups_of(part.sections)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_on_every_page_has_an_origin(app: Flask, site: Site, lang: str) -> None:
    checked = 0
    with app.test_request_context(f"/{lang}/"):
        for path in site.addresses:
            node = site.node(path)
            assert node is not None
            view = View(site.describe(node), lang, site.reading)
            for group in (*view.facts, *view.incoming, *view.label_groups):
                assert all(fact.origins for fact in group.facts), f"{path}: {group}"
                checked += len(group.facts)
            for part, group in groups_of(view.sections):
                assert part.origins, f"{path}: {part.name}"
                assert all(fact.origins for fact in group.facts), f"{path}: {group}"
                checked += len(group.facts)
            assert all(link.origins for link in view.mappings)
    assert checked > 1000


def test_evidence_is_behind_each_fact_of_the_center(client: FlaskClient) -> None:
    page = client.get(f"/en{CENTER}").text
    facts = page.partition('id="facts"')[2].partition("</section>")[0]
    assert facts.count("<dd>") == facts.count('<details class="evidence">') > 5
    figure = page.partition(f'href="/en/{FIGURE}">')[2].partition("</li>")[0]
    assert f"{NUMBER:,}" in figure
    assert f'<blockquote lang="en">{QUOTE}</blockquote>' in figure
    assert f'href="/en/{CLAIM}"' in figure


def test_what_the_sections_say_in_common_is_said_once(client: FlaskClient) -> None:
    figures = client.get(f"/en{CENTER}").text.partition('id="figure"')[2].partition("</section>")[0]
    assert figures.count("Period not stated") == 1
    # It stays on the figure's own page.
    assert "Period not stated" in client.get(f"/en/{FIGURE}").text


def test_sections_stand_in_a_sensible_order_and_plans_last(client: FlaskClient) -> None:
    page = client.get(f"/en{CENTER}").text
    order = (
        *("facts", "tree", "figure", "AwardTally", "derivedFigure", "ranking"),
        *("achievementGroup", "probes-1", "hasMembership", "held-1", "developmentPlan"),
        *("unstated", "incoming", "names"),
    )
    places = [page.index(f'<h2 id="{name}"') for name in order]
    assert places == sorted(places)


def test_plans_are_apart_and_marked(client: FlaskClient) -> None:
    page = client.get(f"/en{CENTER}").text
    before, planned = page.split('<section class="card planned"')
    planned = planned.partition("</aside>")[0].partition('id="incoming"')[0]
    assert "Nothing here is achieved yet." in planned
    assert "5–8 multi-center clinical studies" in planned
    for text in ("image AI", "telemedicine", "imaging database"):
        assert text in planned
        assert text not in before


def test_numbers_keep_what_the_text_leaves_open(client: FlaskClient) -> None:
    page = client.get(f"/en{CENTER}").text
    for text in ("about 8,550 per year", "among the top 10", "no. 2", "3–5 novel molecular"):
        assert text in page
    assert "约 8,550" in client.get(f"/zh{CENTER}").text


def test_every_priority_claim_is_on_the_center_s_page(client: FlaskClient, site: Site) -> None:
    page = client.get(f"/en{CENTER}").text
    claims = [path for path in site.addresses if path.startswith("id/priority-claim/")]
    assert len(claims) == 9
    for path in claims:
        assert page.count(f'href="/en/{path.removeprefix("id/")}"') == 1
    assert page.count("Scope not stated") == 4


def test_mappings_are_a_section_with_their_reasons(client: FlaskClient) -> None:
    page = client.get("/en/institution/union-hospital").text
    section = page.partition('id="mappings"')[2].partition("</section>")[0]
    assert "https://ror.org/0371fqr87" in section
    assert "exact match" in section
    assert "justification" in section
    assert "mapped thing" not in page


# --- names ---


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_are_the_labels_that_sparql_gives(
    client: FlaskClient, release: BuiltRelease, lang: str
) -> None:
    rows = release.engine.select(
        f"SELECT ?thing ?label {{ ?thing {PREF_LABEL} ?label FILTER(LANG(?label) = '{lang}' && "
        f"STRSTARTS(STR(?thing), '{release.release.base}id/') && !CONTAINS(STR(?thing), '#')) }}"
    ).rows
    assert len(rows) > 80
    for thing, label in rows:
        assert isinstance(thing, NamedNode)
        assert isinstance(label, Literal)
        page = client.get(f"/{lang}/{thing.value.removeprefix(f'{release.release.base}id/')}").text
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page)
        assert heading is not None
        assert heading[1].replace("&#39;", "'") == label.value


def test_a_name_without_a_source_says_so(client: FlaskClient) -> None:
    assert "已存的来源中没有中文名称。" in client.get(f"/zh{CENTER}").text
    assert "中文名称为本站翻译。" in client.get(f"/zh/{FIGURE}").text
    assert "中文名称为本站翻译。" not in client.get("/zh/institution/union-hospital").text


# --- links, bytes, coding ---


def test_canonical_and_alternates_are_absolute(client: FlaskClient) -> None:
    page = client.get(f"/zh{CENTER}").text
    assert f'<link rel="canonical" href="http://localhost/zh{CENTER}">' in page
    for code in LANGUAGES:
        link = f'<link rel="alternate" hreflang="{code}" href="http://localhost/{code}{CENTER}">'
        assert link in page
    assert f'hreflang="x-default" href="http://localhost/id{CENTER}"' in page
    assert f'<link rel="alternate" type="text/turtle" href="/data{CENTER}.ttl">' in page


def test_no_page_loads_from_elsewhere(client: FlaskClient) -> None:
    response = client.get(f"/en{CENTER}")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    loaded = re.findall(r'<(?:script|img|iframe)[^>]*src="([^"]+)"', response.text)
    loaded += re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', response.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize("path", [CENTER, "/", f"/source/{SLUG}", "/ontology", "/shapes"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_light_on_the_wire(client: FlaskClient, lang: str, path: str) -> None:
    plain = client.get(f"/{lang}{path}")
    packed = client.get(f"/{lang}{path}", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) <= (SHAPES_WIRE_BYTES if path == "/shapes" else WIRE_BYTES)
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary


def test_static_files_are_light() -> None:
    static = ROOT / "kg" / "web" / "static"
    assert len(gzip.compress((static / "style.css").read_bytes())) <= 5000
    assert (static / "site.js").stat().st_size <= 3000


def test_each_coding_has_an_etag_of_its_own(client: FlaskClient) -> None:
    address = f"/en{CENTER}"
    plain = client.get(address).headers["ETag"]
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert packed == f'{plain[:-1]}-gzip"'
    for coding, tag in (("identity", plain), ("gzip", packed)):
        headers = {"Accept-Encoding": coding, "If-None-Match": tag}
        assert client.get(address, headers=headers).status_code == 304
    crossed = {"Accept-Encoding": "gzip", "If-None-Match": plain}
    assert client.get(address, headers=crossed).status_code == 200


DECODERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompress(data),
}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0.5, identity;q=0.8", None),
        ("compress", None),
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("*", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, zstd", "zstd"),
        ("br;q=0.1, gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
        ("br;q=0, *", "zstd"),
        ("gzip, identity;q=0.5", "gzip"),
    ],
)
def test_coding_is_negotiated(
    client: FlaskClient, accept: str | None, expected: str | None
) -> None:
    headers = {} if accept is None else {"Accept-Encoding": accept}
    response = client.get(f"/en{CENTER}", headers=headers)
    assert response.headers.get("Content-Encoding") == expected
    decoded = DECODERS[expected](response.data)
    assert decoded == client.get(f"/en{CENTER}").data


def test_static_files_are_kept_for_long_under_the_address_of_their_version(
    client: FlaskClient,
) -> None:
    found = re.search(r'href="(/static/style.css[?]v=[0-9a-f]+)"', client.get("/en/").text)
    assert found is not None
    for coding in ("identity", "gzip", "br", "zstd"):
        headers = {"Accept-Encoding": coding}
        with client.get(found[1], headers=headers) as response:
            decoded = DECODERS[None if coding == "identity" else coding](response.data)
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers.get("Content-Encoding", "identity") == coding
        assert decoded == (ROOT / "kg" / "web" / "static" / "style.css").read_bytes()
        headers["If-None-Match"] = response.headers["ETag"]
        with client.get(found[1], headers=headers) as again:
            assert (again.status_code, again.data) == (304, b"")
    with client.get("/static/style.css") as unversioned:
        assert "immutable" not in unversioned.headers["Cache-Control"]
    headers = {"Range": "bytes=0-9", "Accept-Encoding": "br"}
    with client.get(found[1], headers=headers) as part:
        assert (part.status_code, len(part.data)) == (206, 10)


def test_small_answers_stay_plain(client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


# --- interface texts ---


def message_id(message: str | Sequence[str]) -> tuple[str, ...]:
    """Return the text, or the singular and the plural, that a catalog has an entry for."""
    return (message,) if isinstance(message, str) else tuple(message)


def test_every_interface_text_has_a_chinese_one() -> None:
    found = {
        message_id(message)
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / "kg" / "web",
            method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
            options_map={"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
            keywords={"_": None, "lazy_gettext": None, "ngettext": (1, 2)},
        )
    }
    assert len(found) > 100
    with (CATALOG / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="zh")
    assert {message_id(message.id) for message in catalog if message.id} == found
    for message in catalog:
        assert all(message_id(message.string or "")), message.id
        assert not message.fuzzy or not message.id
        assert list(message.check(catalog)) == []


def test_the_compiled_catalog_is_that_of_the_source(tmp_path: Path) -> None:
    with (CATALOG / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="zh")
    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    with (CATALOG / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    with (tmp_path / "messages.mo").open("rb") as file:
        expected = read_mo(file)
    texts = [{message_id(m.id): m.string for m in read} for read in (compiled, expected)]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 100


def test_the_chinese_interface_is_chinese(client: FlaskClient) -> None:
    page = client.get(f"/zh{CENTER}").text
    for text in ("基本信息", "数据", "奖项", "规划中", "依据 C022", "跳到正文"):
        assert text in page
    assert "Evidence" not in page
