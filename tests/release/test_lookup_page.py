"""``/lookup`` over the application: who asks for what, lists, limits, and what each form holds."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, BuiltRelease, copy_project
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.test import TestResponse

from kg.config import Config, read_config
from kg.formats import FORMATS, Format
from kg.release.build import build
from kg.vocab import RDF_TYPE
from kg.web.app import create_app
from kg.web.lookup_data import COLUMNS

HOSPITAL = "id/institution/union-hospital"
JSON = {"Accept": "application/json"}


def items(response: TestResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    found: list[dict[str, Any]] = json.loads(response.data)["items"]
    return found


def test_json_tells_thing_mapping_and_justification(
    client: FlaskClient, release: BuiltRelease
) -> None:
    base = release.release.base
    (item,) = items(client.get("/lookup?iri=ROR+0371FQR87", headers=JSON))
    assert (item["given"], item["state"]) == ("ROR 0371FQR87", "found")
    assert item["readings"] == [
        {
            "registry": "ror",
            "name": "ROR",
            "identifier": "0371fqr87",
            "curie": "ror:0371fqr87",
            "iri": "https://ror.org/0371fqr87",
            "checkDigitsFit": True,
        }
    ]
    (thing,) = item["things"]
    assert thing["iri"] == base + HOSPITAL
    assert thing["label"] == {"en": "Union Hospital", "zh": "武汉协和医院"}
    assert (thing["kind"], thing["match"]) == ("institution", "exactMatch")
    assert client.get(thing["page"]).status_code == 200
    mapping = thing["mapping"]
    assert mapping["mapping_justification"] == [
        "https://w3id.org/semapv/vocab/ManualMappingCuration"
    ]
    assert mapping["set"] == f"{base}graph/mapping/organizations"
    # The address of the row leads to a place that is there.
    page, _hash, place = mapping["page"].partition("#")
    assert mapping["iri"].endswith(f"#{place}")
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.extension)
def test_every_format_has_the_mapping(
    client: FlaskClient, release: BuiltRelease, format_: Format
) -> None:
    base = release.release.base
    response = client.get(f"/lookup?iri=0371fqr87&format={format_.extension}")
    assert response.content_type == format_.content_type
    quads = list(parse(response.data, format_.engine))
    (node,) = {q.subject for q in quads if q.object == NamedNode(f"{base}ontology#Mapping") and q.predicate == RDF_TYPE}  # fmt: skip
    said = {(q.predicate.value, q.object) for q in quads if q.subject == node}
    assert (f"{base}ontology#mappingSubject", NamedNode(base + HOSPITAL)) in said
    assert (f"{base}ontology#mappingObject", NamedNode("https://ror.org/0371fqr87")) in said
    assert any(name.endswith("mapping_justification") for name, _value in said)
    assert all(isinstance(q.subject, NamedNode) for q in quads)
    graphs = {str(q.graph_name) for q in quads}
    assert (f"<{base}graph/mapping/organizations>" in graphs) == format_.has_graphs


def test_tables_have_a_line_for_each_thing_and_one_for_what_is_unknown(client: FlaskClient) -> None:
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        response = client.get(f"/lookup?iri=Q148&iri=wd:Q999999&iri=Wuhan&format={name}")
        rows = list(csv.DictReader(io.StringIO(response.text), delimiter=delimiter))
        assert tuple(rows[0]) == COLUMNS
        assert [row["state"] for row in rows] == ["found", "unknown", "ill-formed"]
        assert [row["curie"] for row in rows] == ["wikidata:Q148", "wikidata:Q999999", ""]
        assert (rows[0]["label_zh"], rows[0]["match"]) == ("中国", "exactMatch")
        assert rows[1]["message"] == "Read as Wikidata Q999999. No mapping leads to it."


LIST = ["Q148", "", "0371fqr86"]
BODIES = (
    ({"data": {"iri": ["Q148", "0371fqr86"]}}, ["Q148", "0371fqr86"]),
    ({"data": {"iri": "Q148\r\n0371fqr86\r\n"}}, ["Q148", "0371fqr86"]),
    ({"json": {"iris": LIST}}, LIST),
    ({"data": "Q148\n\n0371fqr86\n", "content_type": "text/plain"}, ["Q148", "0371fqr86"]),
    ({"data": "Q148,x\n0371fqr86,y\n", "content_type": "text/csv"}, ["Q148", "0371fqr86"]),
    (
        {"data": "\ufeffname,iri\nx,Q148\ny,0371fqr86\n".encode(), "content_type": "text/csv"},
        ["Q148", "0371fqr86"],
    ),
)


@pytest.mark.parametrize(("body", "given"), BODIES)
def test_a_list_is_sent_in_any_of_the_types(
    client: FlaskClient, body: dict[str, Any], given: list[str]
) -> None:
    for path in ("/lookup", "/en/lookup"):
        found = items(client.post(path, **body))
        assert [item["given"] for item in found] == given
        assert found[0]["state"] == "found"
        assert found[-1]["near"][0]["curie"] == "ror:0371fqr87"


def test_half_a_character_in_json_is_told_not_a_crash(client: FlaskClient) -> None:
    body = b'{"iris": ["\\ud800", "Q148"]}'
    for accept in ("application/json", "text/html", "text/csv", "text/turtle"):
        response = client.post(
            "/lookup", data=body, content_type="application/json", headers={"Accept": accept}
        )
        assert response.status_code == 200
    assert [
        item["state"]
        for item in items(client.post("/lookup", data=body, content_type="application/json"))
    ] == ["ill-formed", "found"]


def test_a_list_may_be_asked_for_as_a_page_too(client: FlaskClient) -> None:
    response = client.post(
        "/lookup", data={"iri": "Q148\nQ999999"}, headers={"Accept": "text/html"}
    )
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.text.count("<section") == 2
    assert "ETag" not in response.headers


WRONG = (
    ({"json": ["Q148"]}, 400, '{"iris": ["ror:0371fqr87"]}'),
    ({"json": {"iris": [1]}}, 400, '{"iris": ["ror:0371fqr87"]}'),
    ({"data": "{", "content_type": "application/json"}, 400, "JSON object"),
    ({"data": b"\xff", "content_type": "text/plain"}, 400, "UTF-8"),
    ({"data": 'a"b,"c\n', "content_type": "text/csv"}, 400, "CSV"),
    ({"data": "Q148", "content_type": "image/png"}, 415, "text/csv"),
    ({"data": "\n", "content_type": "text/plain"}, 400, "'iri'"),
    (
        {"data": "Q1\n" * 501, "content_type": "text/plain"},
        413,
        "500 identifiers, this one has 501",
    ),
)


@pytest.mark.parametrize(("body", "status", "sentence"), WRONG)
def test_what_cannot_be_read_is_told_with_what_to_send(
    client: FlaskClient, body: dict[str, Any], status: int, sentence: str
) -> None:
    response = client.post("/lookup", headers=JSON, **body)
    assert response.status_code == status
    assert sentence in json.loads(response.data)["detail"]


def test_a_request_without_an_identifier_is_refused_as_data_and_a_form_as_page(
    client: FlaskClient,
) -> None:
    for path in ("/lookup", "/lookup?iri="):
        assert client.get(path, headers=JSON).status_code == 400
    page = client.get("/en/lookup?iri=")
    assert page.status_code == 200
    assert '<textarea id="iri" name="iri"' in page.text


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ("0371fqr86", 404, "Read as ROR 0371fqr86. Its check digits are wrong: look for a mistyped character. Is it one of these?"),
        ("Q999999", 404, "Read as Wikidata Q999999. No mapping leads to it."),
        ("999999", 404, "It may be an identifier of several registries: GeoNames 999999, Disease Ontology 999999,"),
        ("https://example.org/x", 404, "No mapping leads to https://example.org/x, and it is of no registry that is known here."),
        ("0000-0002-1825-009X", 404, "It may be an identifier of several registries: ISNI 000000021825009X, ORCID 0000-0002-1825-009X. No mapping leads to any of them. Its check digits are wrong: look for a mistyped character."),
        ("https://", 400, "“https://” is no identifier; names are found by the search."),
        ("kgid:center/nowhere", 404, "Nothing is known under https://w3id.org/research-center-kg/id/center/nowhere."),
        ("ror:12", 400, "“ror:12” is read as one of ROR, whose identifiers look like 0371fqr87."),
        ("rorr:0371fqr87", 400, "No registry known here has the prefix “rorr”; there are: ror."),
        ("Wuhan Union Hospital", 400, "“Wuhan Union Hospital” is no identifier; names are found by the search."),
        ("https://example.org/a b", 400, "“https://example.org/a b” has characters that no IRI has."),
        ("<>", 400, "There is no identifier."),
        ("x" * 2001, 400, "This is too long for an identifier."),
    ],
)  # fmt: skip
def test_what_is_not_found_is_told_with_what_was_understood(
    client: FlaskClient, given: str, status: int, sentence: str
) -> None:
    response = client.get("/lookup", query_string={"iri": given}, headers=JSON)
    assert response.status_code == status
    problem = json.loads(response.data)
    assert problem["detail"].startswith(sentence)
    assert problem["items"][0]["message"] == problem["detail"]
    page = client.get("/en/lookup", query_string={"iri": given})
    assert page.status_code == status
    assert 'role="status"' in page.text
    plain = client.get("/lookup", query_string={"iri": given}, headers={"Accept": "text/turtle"})
    assert plain.text.split("\n")[1].startswith(sentence)


def test_a_mistake_is_told_as_json_to_whom_answers_are_json(client: FlaskClient) -> None:
    for response in (
        client.get("/lookup?iri=ror:0371fqr88&format=json"),
        client.get("/en/lookup?iri=nothing at all&format=json"),
        client.post("/lookup", data="x"),
        client.post("/lookup", data="Q1\n" * 501, content_type="text/plain"),
        client.post("/lookup", data="Q148", content_type="image/png"),
    ):
        assert response.status_code in {400, 404, 413, 415}
        assert response.content_type == "application/problem+json"
    page = client.post("/lookup", data="x", headers={"Accept": "text/html"})
    assert page.content_type.startswith("text/html")


def test_chinese_sentences_follow_each_other_without_a_blank(client: FlaskClient) -> None:
    for given in ("0371fqr86", "kgid:center/nowhere", "<>", "https://example.org/a b", "Q999999"):
        address = f"/zh/lookup?iri={given}"
        sentence = json.loads(client.get(address, headers=JSON).data)["detail"]
        assert sentence.endswith(("。", "？"))
        assert "。 " not in sentence
    missing = json.loads(client.get("/zh/center/hubei", headers=JSON).data)["detail"]
    assert missing.count("。") == 1
    assert "。 " not in missing


def test_near_identifiers_are_links(client: FlaskClient) -> None:
    response = client.get("/lookup?iri=0371fqr86", headers=JSON)
    (near,) = json.loads(response.data)["alternates"]
    assert near == {"name": "ror:0371fqr87", "href": "/en/lookup?iri=ror:0371fqr87"}
    assert f'href="{near["href"]}"' in client.get("/en/lookup?iri=0371fqr86").text
    assert client.get(near["href"]).status_code == 200


def test_answers_keep_their_language_and_may_be_kept(client: FlaskClient) -> None:
    response = client.get("/zh/lookup?iri=Q148")
    assert response.headers["Content-Language"] == "zh"
    assert "中国" in response.text
    tag = {"If-None-Match": response.headers["ETag"]}
    assert client.get("/zh/lookup?iri=Q148", headers=tag).status_code == 304


def test_the_page_shows_justification_set_and_row(client: FlaskClient) -> None:
    text = client.get("/en/lookup?iri=ror:0371fqr87").text
    assert "<summary>made by hand</summary>" in text
    assert "institution-union-hospital--ror-0371fqr87" in text
    assert 'href="/en/institution/union-hospital"' in text
    assert '<span class="match">exact</span>' in text


def test_the_mappings_page_has_the_form(client: FlaskClient) -> None:
    text = client.get("/en/mappings").text
    assert '<form class="row search" action="/en/lookup" method="get">' in text


def test_what_was_withdrawn_is_gone_and_says_when_and_why(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    row = "id/probe/18f-old,2026-11-01,It was a typing error.,id/probe/18f-5-fpn\n"
    with (project / "data" / "withdrawn.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    config = read_config(project / "kg.toml")
    build(project, config, tmp_path / "releases")
    app = create_app(tmp_path / "releases" / "current", config)
    try:
        client = app.test_client()
        response = client.get("/lookup?iri=kgid:probe/18f-old", headers=JSON)
        assert response.status_code == 410
        (item,) = json.loads(response.data)["items"]
        base = config.base
        assert item["state"] == "withdrawn"
        assert item["withdrawn"] == {
            "iri": f"{base}id/probe/18f-old",
            "date": "2026-11-01",
            "reason": "It was a typing error.",
            "replacement": f"{base}id/probe/18f-5-fpn",
        }
        page = client.get("/en/lookup?iri=kgid:probe/18f-old")
        assert page.status_code == 410
        assert 'href="/id/probe/18f-5-fpn"' in page.text
    finally:
        app.extensions["kg"].close()


def test_the_limit_is_that_of_the_configuration(
    release: BuiltRelease, config: Config, tmp_path: Path
) -> None:
    path = tmp_path / "kg.toml"
    text = (ROOT / "kg.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("[limits]", "[limits]\nlookup_items = 2"), encoding="utf-8")
    app = create_app(release.folder, read_config(path))
    try:
        client = app.test_client()
        assert client.get("/lookup?iri=Q1&iri=Q2", headers=JSON).status_code == 200
        assert client.get("/lookup?iri=Q1&iri=Q2&iri=Q3", headers=JSON).status_code == 413
    finally:
        app.extensions["kg"].close()


def test_an_empty_answer_is_an_empty_graph(client: FlaskClient) -> None:
    response = client.get("/lookup?iri=Q999998&iri=Q999999&format=nt")
    assert (response.status_code, list(parse(response.data, RdfFormat.N_TRIPLES))) == (200, [])


def test_pages_elsewhere_may_send_lists(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = client.options("/lookup", headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    answer = client.post("/lookup", json={"iris": ["Q148"]}, headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_no_link_leads_to_a_record_whose_check_digits_are_wrong(client: FlaskClient) -> None:
    assert "https://ror.org/0371fqr86" not in client.get("/en/lookup?iri=0371fqr86").text
    assert 'href="https://ror.org/05a28rw58"' in client.get("/en/lookup?iri=05a28rw58").text
