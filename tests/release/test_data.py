"""Dereferencing: who is led where, and that every format says the same."""

import pytest
from conftest import BuiltRelease
from flask.testing import FlaskClient
from graphs import flat, flat_by_pyld, flat_by_rdflib, graphs_of, named
from pyoxigraph import NamedNode
from sample import CLAIM, FIGURE, NUMBER, SLUG

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import describe

CENTER = f"center/{SLUG}"
SUBJECTS = (CENTER, "institution/union-hospital", CLAIM, "code/scope/world", "dataset")
COMPLETE = [f for f in FORMATS if f.has_graphs]


def data(client: FlaskClient, path: str, extension: str) -> bytes:
    response = client.get(f"/data/{path}.{extension}")
    assert response.status_code == 200
    body: bytes = response.data
    return body


# --- who is led where ---


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", f"/en/{CENTER}"),
        ("*/*", f"/en/{CENTER}"),
        ("text/turtle", f"/data/{CENTER}.ttl"),
        ("application/ld+json", f"/data/{CENTER}.jsonld"),
        ("application/n-triples", f"/data/{CENTER}.nt"),
        ("application/n-quads", f"/data/{CENTER}.nq"),
        ("application/trig", f"/data/{CENTER}.trig"),
        ("application/rdf+xml", f"/data/{CENTER}.rdf"),
    ],
)
def test_a_thing_leads_to_page_or_data(client: FlaskClient, accept: str, expected: str) -> None:
    response = client.get(f"/id/{CENTER}", headers={"Accept": accept})
    assert (response.status_code, response.location) == (303, expected)
    assert {"Accept", "Accept-Language"} <= set(response.vary)


def test_the_reader_s_language_picks_the_page(client: FlaskClient) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "zh-CN,zh;q=0.9"}
    assert client.get(f"/id/{CENTER}", headers=headers).location == f"/zh/{CENTER}"
    assert client.get("/", headers=headers).location == "/zh/"
    assert client.get("/").location == "/en/"


@pytest.mark.parametrize("path", [CLAIM, f"source/{SLUG}", "code/scope", "code/scope/world"])
def test_claims_texts_and_codes_lead_there_too(client: FlaskClient, path: str) -> None:
    page = client.get(f"/{path}", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (303, f"/en/{path}")
    turtle = client.get(f"/{path}", headers={"Accept": "text/turtle"})
    assert (turtle.status_code, turtle.location) == (303, f"/data/{path}.ttl")
    assert client.get(page.location).status_code == 200
    assert client.get(turtle.location).status_code == 200


@pytest.mark.parametrize(
    "path", ["ontology", "shapes", "dataset", "graph/codes", "graph/ror/0371fqr87"]
)
def test_documents_answer_themselves(client: FlaskClient, path: str) -> None:
    page = client.get(f"/{path}", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (303, f"/en/{path}")
    assert client.get(page.location).status_code == 200
    turtle = client.get(f"/{path}", headers={"Accept": "text/turtle"})
    assert turtle.status_code == 200
    assert turtle.headers["Content-Location"] == f"/data/{path}.ttl"
    assert {"Accept", "Accept-Language"} <= set(turtle.vary)
    assert flat(turtle.data, BY_EXTENSION["ttl"])


def test_hash_terms_are_in_their_document(client: FlaskClient, release: BuiltRelease) -> None:
    term = f"<{release.release.base}ontology#Center>"
    triples = flat(data(client, "ontology", "ttl"), BY_EXTENSION["ttl"])
    assert any(line.startswith(term) for line in triples)
    shape = f"<{release.release.base}shapes#FigureShape>"
    shapes = flat(data(client, "shapes", "ttl"), BY_EXTENSION["ttl"])
    assert any(line.startswith(shape) for line in shapes)
    assert 'id="Center"' in client.get("/en/ontology").text
    assert 'id="FigureShape"' in client.get("/en/shapes").text


def test_shapes_have_the_same_bytes_each_time(client: FlaskClient) -> None:
    tags = {client.get("/data/shapes.ttl").headers["ETag"] for _ in range(2)}
    assert len(tags) == 1


# --- who is led nowhere ---


@pytest.mark.parametrize("path", ["id/probe/18f-5-fpm", "data/probe/18f-5-fpm.ttl"])
def test_an_unknown_thing_is_404_with_near_matches(client: FlaskClient, path: str) -> None:
    response = client.get(f"/{path}", headers={"Accept": "application/problem+json"})
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert response.json is not None
    assert response.json["alternates"][0]["href"] == "/id/probe/18f-5-fpn"


@pytest.mark.parametrize(
    "path",
    [
        "/id/center/none",
        "/id/center/a%20b",
        "/id/center/x%3E%20%7D%20ASK%20%7B%20%3Chttp%3A",
        "/en/center/a%20b%3C",
        "/data/center/a%7Bb.ttl",
        f"/data/{CENTER}.csv",
        "/data/graph/none.nq",
        "/code/scope/moon",
        "/source/none",
        "/en/source/none",
        "/dumps/none.ttl",
        "/dumps/..%2Fmanifest.json",
        "/nothing",
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.content_type.startswith("text/html")


def test_a_form_that_we_lack_is_406_with_what_there_is(client: FlaskClient) -> None:
    response = client.get(f"/id/{CENTER}", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.content_type == "text/plain; charset=utf-8"
    for format_ in FORMATS:
        assert f"{format_.media_type}: /data/{CENTER}.{format_.extension}" in response.text
    assert f"text/html: /en/{CENTER}" in response.text
    assert "accept" in response.vary


def test_errors_speak_the_reader_s_language(client: FlaskClient) -> None:
    page = client.get("/zh/center/none")
    assert page.status_code == 404
    assert "404 未找到" in page.text
    assert page.headers["Content-Language"] == "zh"
    headers = {"Accept": "image/png", "Accept-Language": "zh"}
    assert "406 无法按所需形式提供" in client.get(f"/id/{CENTER}", headers=headers).text


# --- every format says the same ---


@pytest.mark.parametrize("path", SUBJECTS)
def test_all_formats_hold_the_same_statements(client: FlaskClient, path: str) -> None:
    found = {f.extension: flat(data(client, path, f.extension), f) for f in FORMATS}
    assert len(found) == 6
    assert len(found["nt"]) > 10
    assert all(triples == found["nt"] for triples in found.values())


@pytest.mark.parametrize("path", SUBJECTS)
@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
@pytest.mark.usefixtures("offline")
def test_rdflib_reads_the_same(client: FlaskClient, path: str, format_: Format) -> None:
    body = data(client, path, format_.extension)
    assert flat_by_rdflib(body, format_) == flat(body, format_)


@pytest.mark.parametrize("path", [*SUBJECTS, "shapes"])
@pytest.mark.usefixtures("offline")
def test_json_ld_is_the_same_graph_for_pyld(client: FlaskClient, path: str) -> None:
    assert flat_by_pyld(data(client, path, "jsonld")) == flat(
        data(client, path, "nt"), BY_EXTENSION["nt"]
    )


@pytest.mark.parametrize("path", SUBJECTS)
def test_complete_formats_hold_the_same_quads(client: FlaskClient, path: str) -> None:
    nquads, trig = (named(data(client, path, f.extension), f) for f in COMPLETE)
    assert nquads == trig
    if path == CENTER:
        assert CLAIM in {graph.partition("kg/")[2] for graph in graphs_of(nquads)}


def test_data_is_the_description(client: FlaskClient, release: BuiltRelease) -> None:
    iri = f"{release.release.base}id/{CENTER}"
    body = named(data(client, CENTER, "nq"), BY_EXTENSION["nq"])
    assert body == set(describe(release.engine, iri, 200).quads)
    assert NamedNode(iri) in {quad.subject for quad in body}


def test_json_ld_is_a_tree_that_grows_from_the_thing(
    client: FlaskClient, release: BuiltRelease
) -> None:
    document = client.get(f"/data/{CENTER}.jsonld").json
    assert document is not None
    assert document["id"] == f"{release.release.base}id/{CENTER}"
    assert "Center" in document["type"]
    figure = next(f for f in document["figure"] if f["id"].endswith(f"/{FIGURE}"))
    assert figure["label"]["en"]
    assert figure["value"] == NUMBER
    # What has the thing as its object, and the claims, are not lost.
    included = {node["id"] for node in document["@included"]}
    assert f"{release.release.base}{CLAIM}" in included
    assert document["id"] not in included


def test_json_ld_is_read_without_a_network(client: FlaskClient) -> None:
    for path in SUBJECTS:
        document = client.get(f"/data/{path}.jsonld").json
        assert document is not None
        assert isinstance(document["@context"], dict)


# --- headers ---


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
def test_content_type_and_validators(client: FlaskClient, format_: Format) -> None:
    address = f"/data/{CENTER}.{format_.extension}"
    response = client.get(address)
    assert response.content_type == format_.content_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="describes"' in response.headers["Link"]
    tag = response.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    other = client.get(address, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_head_has_the_headers_and_no_body(client: FlaskClient) -> None:
    address = f"/data/{CENTER}.ttl"
    full, head = client.get(address), client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Link"):
        assert head.headers[name] == full.headers[name]


@pytest.mark.parametrize("address", [f"/data/{CENTER}.nt", "/dumps/research-center-kg.nt"])
def test_a_range_is_cut_from_the_plain_bytes(client: FlaskClient, address: str) -> None:
    with client.get(address) as response:
        full = response.data
    headers = {"Range": "bytes=10-19", "Accept-Encoding": "gzip"}
    with client.get(address, headers=headers) as part:
        assert (part.status_code, part.data) == (206, full[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(full)}"
    with client.get(address, headers={"Range": "bytes=999999999-"}) as beyond:
        assert beyond.status_code == 416
        assert beyond.headers["Content-Range"] == f"bytes */{len(full)}"


def test_a_dump_is_whole_and_has_the_digest_of_the_manifest(
    client: FlaskClient, release: BuiltRelease
) -> None:
    for name, entry in release.release.manifest.files.items():
        if name.startswith("dumps/"):
            with client.get(f"/{name}", headers={"Accept-Encoding": "gzip"}) as response:
                body = response.data
            assert response.headers["ETag"] == f'"{entry.sha256}"'
            assert len(body) == entry.bytes
            assert "Content-Encoding" not in response.headers
    tag = f'"{_digest(release)}"'
    with client.get("/dumps/research-center-kg.ttl", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304


def _digest(release: BuiltRelease) -> str:
    return release.release.manifest.files["dumps/research-center-kg.ttl"].sha256
