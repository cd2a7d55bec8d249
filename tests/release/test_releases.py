"""The files of the release that is served, those before it, and what clients keep of them."""

import hashlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from conftest import BuiltRelease
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from sample import SLUG
from small_program import program_in
from werkzeug.test import TestResponse

from kg.config import CONFIG_FILE, read_config
from kg.formats import file_content_type
from kg.release.build import Built, build
from kg.release.crate import CRATE_FILE
from kg.release.manifest import MANIFEST_FILE, read_manifest
from kg.release.shelf import point_to, releases_beside
from kg.web.app import create_app
from kg.web.site import POINTER_CHECK_S

Shelf = tuple[FlaskClient, Path, Built, Built]


@pytest.fixture
def two(tiny: Path, tmp_path: Path) -> Iterator[Shelf]:
    """A client of the later of two releases, their folder, and both."""
    out = tmp_path / "releases"
    path = tiny / CONFIG_FILE
    first = build(tiny, read_config(path), out, program=program_in())
    _age(first.folder, "2025-01-02T03:04:05Z")
    text = path.read_text(encoding="utf-8").replace("One center", "A center")
    path.write_text(text, encoding="utf-8")
    second = build(tiny, read_config(path), out, program=program_in())
    app = create_app(out / "current", read_config(path))
    yield app.test_client(), out, first, second
    app.extensions["kg"].close()


def asked(client: FlaskClient, path: str, method: str = "GET", **headers: str) -> TestResponse:
    """Return the answer, its file read and closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.open(path, method=method, headers=named)
    response.get_data()
    response.close()
    return response


def _age(folder: Path, built_at: str) -> None:
    path = folder / MANIFEST_FILE
    table = json.loads(path.read_bytes())
    path.write_text(json.dumps({**table, "built_at": built_at}), encoding="utf-8")


# --- downloads ---


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_downloads_have_format_size_statements_and_digest(
    client: FlaskClient, release: BuiltRelease, lang: str
) -> None:
    page = client.get(f"/{lang}/downloads").text
    rows = re.findall(
        r'<tr><td><a href="/dumps/([^"]+)">[^<]+</a></td><td data-label="[^"]+">([^<]+)</td>'
        r'<td class="number" data-label="[^"]+">([\d,]+)</td>'
        r'<td data-label="SHA-256"><code>(\w+)</code>',
        page,
    )
    manifest = release.release.manifest
    dumps = {name for name in manifest.files if name.startswith("dumps/")}
    assert set(re.findall(r'href="/(dumps/[^"]+)"', page)) == dumps
    assert len([name for name, *_rest in rows if name.startswith("research-center-kg.")]) == 12
    for name, format_, size, digest in rows:
        entry = manifest.files[f"dumps/{name}"]
        assert (int(size.replace(",", "")), digest) == (entry.bytes, entry.sha256)
        assert ("gzip" in format_) == name.endswith(".gz")
    assert f"{manifest.counts['triples']:,}" in page


def test_all_digests_are_in_the_form_of_sha256sum(
    client: FlaskClient, release: BuiltRelease, tmp_path: Path
) -> None:
    response = client.get("/downloads/sha256sums.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    (tmp_path / "sums").write_bytes(response.data)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", tmp_path / "sums"],
        cwd=release.folder / "dumps",
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.count(": OK") == len(list((release.folder / "dumps").rglob("*.*")))


def test_a_dump_has_the_time_of_the_release(client: FlaskClient, release: BuiltRelease) -> None:
    built = datetime.fromisoformat(release.release.manifest.built_at)
    with client.head("/dumps/research-center-kg.ttl") as response:
        assert response.last_modified == built


# --- releases ---

NANOPUBS = ("nanopubs.trig", "nanopubs.trig.gz")


def test_what_lies_beside_is_listed_newest_first(two: Shelf) -> None:
    client, out, first, second = two
    (out / "0123456789ab").mkdir()
    (out / "notes").mkdir()
    assert [m.id for m in releases_beside(second.folder)] == [second.id, first.id]
    page = client.get("/en/releases").text
    assert page.index(f"/en/releases/{second.id}") < page.index(f"/en/releases/{first.id}")
    assert page.count("2025-01-02T03:04:05Z") == 1
    assert page.count(">served<") == 1


def test_a_release_has_a_page_that_links_its_files(two: Shelf) -> None:
    client, _out, first, second = two
    for built, start in ((first, f"/releases/{first.id}/dumps/"), (second, "/dumps/")):
        for lang in ("en", "zh"):
            page = client.get(f"/{lang}/releases/{built.id}")
            assert page.status_code == 200
            assert page.headers["Content-Language"] == lang
            assert page.text.count(f'<a href="{start}') == 12 + len(NANOPUBS)
            assert page.text.count(".ttl.gz") > 0
        answer = client.get(f"/releases/{built.id}", headers={"Accept": "text/turtle"})
        assert (answer.status_code, answer.location) == (303, f"/data/releases/{built.id}.ttl")
    assert "its files are still here" in client.get(f"/en/releases/{first.id}").text


def test_the_files_of_an_earlier_release_are_there(two: Shelf) -> None:
    client, _out, first, second = two
    for built in (first, second):
        page = client.get(f"/en/releases/{built.id}").text
        addresses = re.findall(r'<a href="([^"]*/?dumps/[^"]+)"', page)
        assert len(addresses) == 12 + len(NANOPUBS)
        for address in addresses:
            name = address.rpartition("/")[2]
            data = (built.folder / "dumps" / name).read_bytes()
            response = asked(client, f"/releases/{built.id}/dumps/{name}")
            assert response.data == data
            assert asked(client, address).data == data
            digest = hashlib.sha256(data).hexdigest()
            assert response.headers["ETag"] == f'"{digest}"'
            assert response.headers["Content-Type"] == file_content_type(name)
            assert response.last_modified == datetime.fromisoformat(
                read_manifest(built.folder).built_at
            )
    path = f"/releases/{first.id}/dumps/research-center-kg.nq"
    data = (first.folder / "dumps" / "research-center-kg.nq").read_bytes()
    part = asked(client, path, Range="bytes=5-9")
    assert (part.status_code, part.data) == (206, data[5:10])
    tag = asked(client, path, "HEAD").headers["ETag"]
    assert asked(client, path, If_None_Match=tag).status_code == 304
    assert asked(client, path, "HEAD").headers["Content-Length"] == str(len(data))
    link = f'</en/releases/{first.id}>; rel="collection"; type="text/html"'
    assert link in asked(client, path, "HEAD").headers.getlist("Link")


def test_of_a_release_only_what_its_manifest_names_is_sent(two: Shelf) -> None:
    client, out, first, _second = two
    (first.folder / "dumps" / "more.ttl").write_text("", encoding="utf-8")
    (out / "notes").mkdir()
    (out / "notes" / "dumps").mkdir()
    (out / "notes" / "dumps" / "a.ttl").write_text("", encoding="utf-8")
    here = f"/releases/{first.id}"
    for path in (
        *(f"{here}/dumps/more.ttl", f"{here}/dumps/", f"{here}/dumps/none.ttl"),
        *(f"{here}/dumps/../manifest.json", f"{here}/dumps/..%2Fmanifest.json"),
        *(f"{here}/dumps/%2e%2e/store/CURRENT", f"{here}/manifest.json", f"{here}/store/CURRENT"),
        *("/releases/notes/dumps/a.ttl", "/releases/../dumps/a.ttl", "/releases/%2e%2e/dumps/a"),
        f"/releases/000000000000/dumps/{NANOPUBS[0]}",
    ):
        assert client.get(path).status_code == 404, path


def test_a_release_says_what_it_is_as_a_research_object(two: Shelf) -> None:
    client, _out, first, second = two
    for built in (first, second):
        response = asked(client, f"/releases/{built.id}/{CRATE_FILE}")
        kind = 'application/ld+json; profile="https://w3id.org/ro/crate"'
        assert response.headers["Content-Type"] == kind
        assert response.data == (built.folder / CRATE_FILE).read_bytes()
    links = client.get("/en/dataset").headers.getlist("Link")
    [link] = [link for link in links if CRATE_FILE in link]
    assert link == (
        f'</releases/{second.id}/{CRATE_FILE}>; rel="describedby"; type="application/ld+json"'
    )


def test_releases_as_data_are_versions_of_the_dataset(two: Shelf) -> None:
    client, _out, first, second = two
    graph = Graph().parse(data=client.get("/data/releases.ttl").data, format="turtle")
    dcat = "http://www.w3.org/ns/dcat#"
    base = "https://example.org/kg/"
    versions = {
        str(o) for o in graph.objects(URIRef(base + "dataset"), URIRef(dcat + "hasVersion"))
    }
    assert versions == {f"{base}releases/{built.id}" for built in (first, second)}
    one = Graph().parse(data=client.get(f"/data/releases/{first.id}.nq").data, format="nquads")
    assert (
        str(one.value(URIRef(f"{base}releases/{first.id}"), URIRef(dcat + "version"))) == first.id
    )
    files = {
        str(o)
        for o in graph.objects(URIRef(f"{base}releases/{first.id}"), URIRef(dcat + "distribution"))
    }
    assert files == {str(o) for o in graph.objects(None, URIRef(dcat + "downloadURL"))}
    assert len(files) == 12 + len(NANOPUBS)
    for file in files:
        size = graph.value(URIRef(file), URIRef(dcat + "byteSize"))
        path = file.removeprefix(base)
        assert int(str(size)) == int(asked(client, f"/{path}", "HEAD").headers["Content-Length"])
    tree = client.get(f"/data/releases/{second.id}.jsonld").json
    assert tree is not None
    assert tree["id"] == f"{base}releases/{second.id}"


def test_every_format_of_the_releases_is_there(client: FlaskClient) -> None:
    for extension in ("ttl", "jsonld", "nt", "nq", "trig", "rdf"):
        response = client.get(f"/data/releases.{extension}")
        assert response.status_code == 200
        assert b"hasVersion" in response.data
    assert client.get("/data/releases.csv").status_code == 404


def test_a_release_that_is_not_here_is_404(client: FlaskClient) -> None:
    for path in ("/releases/000000000000", "/en/releases/none", "/data/releases/none.ttl"):
        assert client.get(path).status_code == 404


# --- what clients keep ---


@pytest.mark.parametrize(
    "path", [f"/data/center/{SLUG}.nt", "/en/dataset", "/ontology/context.jsonld"]
)
def test_times_are_those_of_the_release(
    client: FlaskClient, release: BuiltRelease, path: str
) -> None:
    built = datetime.fromisoformat(release.release.manifest.built_at)
    response = client.get(path)
    assert response.last_modified == built

    def asked(when: datetime, **more: str) -> int:
        headers = {"If-Modified-Since": format_datetime(when, usegmt=True), **more}
        return int(client.get(path, headers=headers).status_code)

    assert asked(built) == 304
    assert asked(built + timedelta(days=400)) == 304
    assert asked(built - timedelta(seconds=1)) == 200
    # An ETag goes before a time (RFC 9110, 13.2.2).
    assert asked(built, **{"If-None-Match": '"other"'}) == 200
    assert asked(built - timedelta(days=1), **{"If-None-Match": response.headers["ETag"]}) == 304
    head = client.head(path, headers={"If-Modified-Since": format_datetime(built, usegmt=True)})
    assert (head.status_code, head.data) == (304, b"")


def test_a_range_is_for_whoever_has_the_same_answer(client: FlaskClient) -> None:
    path = f"/data/center/{SLUG}.nt"
    whole = client.get(path)
    for validator in (whole.headers["ETag"], whole.headers["Last-Modified"]):
        part = client.get(path, headers={"Range": "bytes=0-9", "If-Range": validator})
        assert (part.status_code, part.data) == (206, whole.data[:10])
    other = client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (other.status_code, other.data) == (200, whole.data)


def test_going_back_does_not_confirm_what_the_later_release_said(two: Shelf) -> None:
    client, out, first, _second = two
    path = "/data/dataset.nt"
    later = client.get(path)
    point_to(out, first.id)
    time.sleep(POINTER_CHECK_S * 1.2)
    headers = {"If-Modified-Since": later.headers["Last-Modified"]}
    back = client.get(path, headers=headers)
    assert back.status_code == 200
    assert back.data != later.data
    assert back.headers["Last-Modified"] == "Thu, 02 Jan 2025 03:04:05 GMT"
    headers = {"If-Modified-Since": back.headers["Last-Modified"]}
    assert client.get(path, headers=headers).status_code == 304


def test_a_deleted_release_is_gone_from_the_list(two: Shelf) -> None:
    client, _out, first, _second = two
    before = client.get("/en/releases").headers["ETag"]
    shutil.rmtree(first.folder)
    assert client.get(f"/en/releases/{first.id}").status_code == 404
    assert client.get("/en/releases").headers["ETag"] != before


# --- the context ---


def test_the_context_is_the_one_inside_the_data(client: FlaskClient) -> None:
    response = client.get("/ontology/context.jsonld", headers={"Origin": "https://example.org"})
    assert response.mimetype == "application/ld+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.cache_control.max_age == 86_400
    tag = response.headers["ETag"]
    again = client.get("/ontology/context.jsonld", headers={"If-None-Match": tag})
    assert again.status_code == 304
    document = client.get("/data/dataset.jsonld").json
    assert document is not None
    assert response.json == {"@context": document["@context"]}
