"""The site as static files: nothing forgotten, no link broken, the same bytes each time."""

import filecmp
import gzip
import os
import re
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import brotli
import pytest
from conftest import TINY, run_kg
from flask import Flask
from links import ReadPage
from sample import SLUG
from serving import running_file_server
from small_program import program_in
from werkzeug.exceptions import NotFound

from kg.config import CONFIG_FILE, Config, read_config
from kg.errors import ExportError
from kg.release.build import build
from kg.release.folder import Release
from kg.web.app import create_app
from kg.web.export import run
from kg.web.export.addresses import ENUMERATORS, NOT_EXPORTED, addresses, undecided
from kg.web.export.catalog import Catalog
from kg.web.export.files import MANIFEST
from kg.web.site import current_site

HOST = "https://site.example"
PREFIX = "/kg/"
NOT_ALWAYS = (
    *("/sitemap-<int:number>.xml", "/.well-known/security.txt"),
    *("/source/<center>/<name>", "/<any(en, zh):lang>/source/<center>/<name>"),
)
"""Rules that a site without a security contact, and with one text a center, has no address for."""
PLACED = re.compile("(?:en|zh)/(?:ontology|shapes|source/[^/]+)")
"""Pages that have a place for each part of what they are about."""
READS_QUERY = re.compile("static/.*|(?:en|zh)/(?:query|search)")
"""Files whose parameters mean something: versions, and what scripts in pages read."""
FETCHED = {"script", "img"}
FETCHED_LINKS = re.compile(r'<link rel="(?:stylesheet|icon|modulepreload)" href="([^"]+)"')


@pytest.fixture(scope="module")
def tiny_config() -> Config:
    """The configuration of the smallest instance."""
    return read_config(TINY / CONFIG_FILE)


@pytest.fixture(scope="module")
def tiny_shelf(tmp_path_factory: pytest.TempPathFactory, tiny_config: Config) -> Path:
    """A folder of releases with the smallest one as the current one."""
    out = tmp_path_factory.mktemp("tiny-releases")
    build(TINY, tiny_config, out, program=program_in())
    return out


Export = Callable[[Path], int]


@pytest.fixture(scope="module")
def export_tiny(tiny_shelf: Path, tiny_config: Config) -> Export:
    """What exports the smallest release to a folder, below a prefix."""

    def export(target: Path) -> int:
        return run.export(
            tiny_shelf / "current",
            tiny_config,
            target,
            host=HOST,
            prefix=PREFIX,
            progress=lambda _: None,
        )

    return export


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, export_tiny: Export) -> Path:
    """The site of the smallest release."""
    folder = tmp_path_factory.mktemp("small") / "site"
    export_tiny(folder)
    return folder


@pytest.fixture(params=["small", pytest.param("exported", marks=pytest.mark.exhaustive)])
def any_site(request: pytest.FixtureRequest) -> tuple[Path, str]:
    """The small site and the whole one, each with the prefix that it lies below."""
    folder: Path = request.getfixturevalue(request.param)
    return folder, PREFIX if request.param == "small" else "/"


def pages_of(folder: Path) -> dict[str, str]:
    """Return the HTML of every page of a site, by its file."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.html")
        if not path.relative_to(folder).as_posix().startswith(".export/")
    }


def broken_links(folder: Path, host: str, prefix: str, *, places: bool = True) -> list[str]:
    """Return the links of a site's pages to it that lead to no file or to no place in one.

    Parts of things have IRIs with fragments that not every page has a place for; there the
    page itself is what a link leads to. ``places`` says whether to look at fragments.
    """
    pages = pages_of(folder)
    read = {name: ReadPage(html) for name, html in pages.items()}
    found = []
    for name, page in read.items():
        here = f"{host}{prefix}{name.removesuffix('index.html')}"
        for element, link in page.links:
            address = urljoin(here, link)
            if not address.startswith(f"{host}/"):
                continue
            parts = urlsplit(address)
            path = unquote(parts.path)
            file = path.removeprefix(prefix).strip("/") if path.startswith(prefix) else None
            if file is None or (parts.query and not READS_QUERY.fullmatch(file)):
                found.append(f"{name}: {element} {link}")
                continue
            files = [
                one for one in (file, f"{file}/index.html".lstrip("/")) if (folder / one).is_file()
            ]
            target = read.get(files[0]) if files else None
            placed = places and (PLACED.fullmatch(file) or link.startswith("#"))
            lost = placed and parts.fragment and target and parts.fragment not in target.places
            if not files or lost:
                found.append(f"{name}: {element} {link}")
    return found


# --- what is exported ---


def test_every_route_is_exported_or_excused(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert undecided(app) == []
    assert set(ENUMERATORS) | set(NOT_EXPORTED) == endpoints
    assert not set(ENUMERATORS) & set(NOT_EXPORTED)
    assert all(NOT_EXPORTED.values())


def test_every_rule_of_an_exported_route_has_an_address(shelf: Path, config: Config) -> None:
    app = create_app(shelf / "current", config, exported=True)
    try:
        with app.app_context():
            wanted = addresses(Catalog(current_site(), app))
    finally:
        app.extensions["kg"].close()
    router = app.url_map.bind("localhost")
    reached = set()
    for one in wanted:
        try:
            rule, _ = router.match(f"/{one.address.partition('?')[0]}", return_rule=True)
        except NotFound:
            pytest.fail(f"{one.address} is no address")
        reached.add(rule.rule)
    every = {r.rule for r in app.url_map.iter_rules() if r.endpoint in ENUMERATORS}
    assert every - reached == set(NOT_ALWAYS)


def test_a_new_route_stops_the_export(
    tmp_path: Path, export_tiny: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_another(*args: object, **options: object) -> Flask:
        app = create_app(*args, **options)  # type: ignore[arg-type]  # passed on as they are
        app.add_url_rule("/new/<name>", "new", lambda name: name)
        return app

    monkeypatch.setattr(run, "create_app", with_another)
    with pytest.raises(LookupError, match="/new/<name>"):
        export_tiny(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


# --- the files ---


def test_no_link_of_the_site_is_broken(exported: Path) -> None:
    assert len(pages_of(exported)) > 600
    assert broken_links(exported, "http://localhost", "/") == []


def test_no_link_leaves_the_prefix(small: Path) -> None:
    # Its ontology lacks the terms that every build uses.
    assert broken_links(small, HOST, PREFIX, places=False) == []
    links = [link for html in pages_of(small).values() for _, link in ReadPage(html).links]
    own = [link.removeprefix(HOST) for link in links]
    assert len([link for link in own if link.startswith(PREFIX)]) > 1000
    assert [link for link in own if link.startswith("/") and not link.startswith(PREFIX)] == []


def test_a_broken_link_is_found(small: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "site"))
    shutil.rmtree(folder / "zh" / "center")
    page = folder / "en" / "ontology" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace('id="Center"', ""), encoding="utf-8")
    found = broken_links(folder, HOST, PREFIX)
    assert any("/kg/zh/center/lake" in link for link in found)
    assert any("ontology#Center" in link for link in found)


def test_pages_fetch_nothing_from_elsewhere(any_site: tuple[Path, str]) -> None:
    folder, prefix = any_site
    for name, html in pages_of(folder).items():
        fetched = [link for element, link in ReadPage(html).links if element in FETCHED]
        fetched += FETCHED_LINKS.findall(html)
        assert fetched, name
        assert [link for link in fetched if not link.startswith(f"{prefix}static/")] == [], name


def test_pages_offer_nothing_that_takes_a_server(any_site: tuple[Path, str]) -> None:
    folder, prefix = any_site
    for name, html in pages_of(folder).items():
        for element, link in ReadPage(html).links:
            assert element != "form" or READS_QUERY.fullmatch(
                link.removeprefix(prefix).strip("/")
            ), name
            assert "/sparql?" not in link, name
            assert "_profile" not in link, name


def test_data_are_what_the_server_sends(exported: Path, app: Flask) -> None:
    client = app.test_client()
    files = sorted(
        path for path in (exported / "data").rglob("*.*") if path.suffix not in {".gz", ".br"}
    )
    assert len(files) > 2000
    compared = files[::40]
    for path in compared:
        address = path.relative_to(exported).as_posix()
        if "data/releases" not in address:
            assert client.get(f"/{address}").data == path.read_bytes(), address


def test_all_data_of_a_small_site_are_what_the_server_sends(
    small: Path, tiny_shelf: Path, tiny_config: Config
) -> None:
    app = create_app(tiny_shelf / "current", tiny_config)
    client = app.test_client()
    folders = ("data", "linkset", "cite", "dumps", "ontology")
    files = [p for name in folders for p in (small / name).rglob("*.*") if p.name != "index.html"]
    plain = [p for p in files if p.suffix not in {".gz", ".br"}]
    assert len(plain) > 200
    for path in plain:
        address = path.relative_to(small).as_posix()
        response = client.get(f"/{address}", base_url=f"{HOST}{PREFIX}", buffered=True)
        assert response.data == path.read_bytes(), address
    app.extensions["kg"].close()


def test_packed_files_hold_the_plain_ones(small: Path) -> None:
    packed = [path for path in small.rglob("*.br") if path.is_file()]
    assert len(packed) > 200
    for path in packed:
        plain = path.with_suffix("").read_bytes()
        assert brotli.decompress(path.read_bytes()) == plain, path
        assert gzip.decompress(path.with_suffix(".gz").read_bytes()) == plain, path


def test_every_identifier_leads_on_without_negotiation(exported: Path) -> None:
    page = (exported / f"id/center/{SLUG}/index.html").read_text(encoding="utf-8")
    assert f'content="0; url=/en/center/{SLUG}"' in page
    assert f'href="/data/center/{SLUG}.ttl" type="text/turtle"' in page
    assert f'href="/zh/center/{SLUG}" type="text/html" hreflang="zh"' in page


def test_only_the_release_itself_is_there(exported: Path, shelf: Path, config: Config) -> None:
    (release,) = [p.name for p in (exported / "en" / "releases").iterdir() if p.is_dir()]
    assert release == (shelf / "current").resolve().name


def files_below(folder: Path) -> dict[str, float]:
    """Return the files of a folder with their times."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_release_is_exported_to_the_same_bytes(
    small: Path, tmp_path: Path, export_tiny: Export
) -> None:
    count = export_tiny(tmp_path / "again")
    files = files_below(small)
    assert len(files) == count > 1000
    assert files == files_below(tmp_path / "again")
    same, different, odd = filecmp.cmpfiles(small, tmp_path / "again", files, shallow=False)
    assert (len(same), different, odd) == (count, [], [])


# --- where it is written ---


def test_an_earlier_export_is_replaced(small: Path, tmp_path: Path, export_tiny: Export) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "site"))
    (folder / "robots.txt").write_text("old", encoding="utf-8")
    export_tiny(folder)
    assert "Sitemap" in (folder / "robots.txt").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_no_export_wrote_is_not_removed(
    small: Path, tmp_path: Path, export_tiny: Export
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "site"))
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match=r"thesis\.txt: not written by an export"):
        export_tiny(folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / MANIFEST).parent.mkdir()
    (other / MANIFEST).write_text("[]", encoding="utf-8")
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError, match="not written by an export"):
        export_tiny(other)
    with pytest.raises(ExportError, match="a file stands there"):
        export_tiny(other / "thesis.txt")
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_an_export_that_fails_changes_nothing(
    small: Path, tmp_path: Path, export_tiny: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "site"))
    os.utime(folder, (1, 1))

    def fail(_release: Release, place: Path) -> None:
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(run, "EXTRAS", (("search-index", fail),))
    with pytest.raises(ExportError, match="No space left on device; free some space"):
        export_tiny(folder)
    assert files_below(folder).keys() == files_below(small).keys()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_export_left_is_removed(tmp_path: Path, export_tiny: Export) -> None:
    left = tmp_path / ".export-site-0123"
    left.mkdir()
    (left / "index.html").write_text("half", encoding="utf-8")
    export_tiny(tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_more_files_are_packed_and_listed(
    tmp_path: Path, export_tiny: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_index(release: Release, place: Path) -> None:
        (place / "all.json").write_text(f'"{release.id * 200}"', encoding="utf-8")

    monkeypatch.setattr(run, "EXTRAS", (("search-index", write_index),))
    export_tiny(tmp_path / "site")
    assert (tmp_path / "site" / "search-index" / "all.json.br").is_file()
    assert '"search-index/all.json"' in (tmp_path / "site" / MANIFEST).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--host", "example.org"), "no scheme and host"),
        (("--host", "https://example.org/kg"), "no scheme and host"),
        (("--prefix", "/a b/"), "no path of plain segments"),
        (("--prefix", "//elsewhere.example/../"), "no path of plain segments"),
    ],
)
def test_wrong_options_are_one_sentence(
    tiny_shelf: Path, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    release = ("--release", tiny_shelf / "current")
    ran = run_kg("export", tmp_path / "site", *options, *release, root=TINY)
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_the_command_says_what_it_wrote(tiny_shelf: Path, tmp_path: Path) -> None:
    release = ("--release", tiny_shelf / "current")
    ran = run_kg("export", tmp_path / "site", "--prefix", "/kg", *release, root=TINY)
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(r"\d+ files in \S+/site; for nginx see \S+\n", ran.stdout)
    assert "... 0 of " in ran.stderr
    assert (tmp_path / "site" / "en" / "index.html").is_file()


# --- any static server ---


@pytest.mark.server
def test_any_static_server_serves_it(any_site: tuple[Path, str]) -> None:
    folder, prefix = any_site
    pages = [*pages_of(folder)][::25]
    assert len(pages) > 5
    with running_file_server(folder) as address:
        links = {
            link
            for name in pages
            for _, link in ReadPage((folder / name).read_text(encoding="utf-8")).links
        }
        own = sorted({urlsplit(link).path for link in links if link.startswith(prefix)})
        assert len(own) > 50
        for path in own:
            with urllib.request.urlopen(
                f"{address}/{path.removeprefix(prefix)}", timeout=10
            ) as response:
                assert response.status == 200, path
