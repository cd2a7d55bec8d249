"""The reconciliation service as clients see it: every answer fits the schemas of the API."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from links import ReadPage
from reconciliation import conforms
from sample import FIGURE

from kg.config import Config, Limits
from kg.web.app import create_app

SERVICES = ("/reconcile", "/en/reconcile", "/zh/reconcile")
UNION = "id/institution/union-hospital"
HUST = "id/institution/huazhong-university-of-science-and-technology"
PLACES = {"query": "Union Hospital", "properties": [{"pid": "schema:location", "v": "Wuhan"}]}


def ask(client: FlaskClient, batch: object, path: str = "/en/reconcile") -> Any:
    """Send a batch as a form and return what is answered, which must fit the schema."""
    response = client.post(path, data={"queries": json.dumps(batch)})
    assert response.status_code == 200, response.text
    conforms("reconciliation-result-batch", response.json)
    return response.json


def one(client: FlaskClient, query: object, path: str = "/en/reconcile") -> list[dict[str, Any]]:
    """Return the candidates of one query."""
    answer = ask(client, {"q": query}, path)["q"]
    assert "error" not in answer, answer
    result: list[dict[str, Any]] = answer["result"]
    return result


def features(candidate: dict[str, Any]) -> dict[str, Any]:
    return {feature["id"]: feature["value"] for feature in candidate["features"]}


# --- the manifest ---


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/json, text/javascript, */*; q=0.01"]
)
def test_the_manifest_fits_the_schema(client: FlaskClient, path: str, accept: str | None) -> None:
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    conforms("manifest", response.json)
    manifest = response.json
    assert manifest is not None
    assert "0.2" in manifest["versions"]
    assert manifest["batchSize"] == Limits().reconcile_queries


def test_addresses_of_the_manifest_lead_somewhere(client: FlaskClient) -> None:
    manifest = client.get("/zh/reconcile", base_url="https://data.example.org/kg/").json
    assert manifest is not None
    service = "https://data.example.org/kg/zh/reconcile"
    found = [manifest["documentation"], manifest["logo"]]
    for suggest in manifest["suggest"].values():
        found.append(suggest["service_url"] + suggest["service_path"])
        assert suggest["service_url"] == service
    propose = manifest["extend"]["propose_properties"]
    found.append(propose["service_url"] + propose["service_path"])
    for template in (manifest["preview"]["url"], manifest["view"]["url"]):
        # As the specification has it, and as OpenRefine 3.6 does it.
        found += [template.replace("{{id}}", text) for text in (quote(UNION, safe=""), UNION)]
    for address in found:
        assert address.startswith("https://data.example.org/kg/")
        path = address.removeprefix("https://data.example.org/kg")
        with client.get(path, base_url="https://data.example.org/kg/") as response:
            assert response.status_code in {200, 303}, path
    (view,) = [a for a in found if "/view" in a and "%" not in a]
    response = client.get(
        view.removeprefix("https://data.example.org/kg"), base_url="https://data.example.org/kg/"
    )
    assert response.headers["Location"] == "/kg/zh/institution/union-hospital"


def test_the_identifier_space_and_an_identifier_make_the_iri(
    client: FlaskClient, release: BuiltRelease
) -> None:
    manifest = client.get("/en/reconcile").json
    assert manifest is not None
    candidate = one(client, "Wuhan Union Hospital")[0]
    iri = manifest["identifierSpace"] + candidate["id"]
    assert release.engine.select(f"SELECT ?t {{ <{iri}> a ?t }}").rows
    type_ = next(t["id"] for t in candidate["type"] if ":" not in t["id"])
    assert release.engine.select(f"SELECT ?s {{ ?s a <{manifest['schemaSpace']}{type_}> }}").rows


def test_each_address_has_its_language(client: FlaskClient) -> None:
    names = {
        path: one(client, "Wuhan Union Hospital", path)[0]["name"]
        for path in ("/en/reconcile", "/zh/reconcile")
    }
    assert names == {"/en/reconcile": "Union Hospital", "/zh/reconcile": "武汉协和医院"}
    response = client.post(
        "/reconcile",
        data={"queries": '{"q": {"query": "HUST"}}'},
        headers={"Accept-Language": "zh-CN"},
    )
    assert response.json is not None
    assert response.json["q"]["result"][0]["name"] == "华中科技大学"
    assert {"accept-language"} <= {name.lower() for name in response.vary}


def test_a_browser_gets_a_page_and_is_led_to_its_language(client: FlaskClient) -> None:
    html = "text/html,application/xhtml+xml,*/*;q=0.8"
    lead = client.get("/reconcile?query=HUST", headers={"Accept": html, "Accept-Language": "zh"})
    assert (lead.status_code, lead.headers["Location"]) == (302, "/zh/reconcile?query=HUST")
    page = client.get(lead.headers["Location"], headers={"Accept": html})
    assert page.mimetype == "text/html"
    assert "http://localhost/zh/reconcile" in page.text
    assert "http://localhost/en/reconcile" in page.text
    assert "华中科技大学" in page.text
    assert any("institution/huazhong" in address for _, address in ReadPage(page.text).links)


def test_no_field_of_the_address_changes_where_a_browser_is_led(client: FlaskClient) -> None:
    lead = client.get(
        "/reconcile?_external=1&_scheme=ftp&lang=zh&x=1", headers={"Accept": "text/html"}
    )
    assert lead.headers["Location"] == "/zh/reconcile"


# --- queries ---


def test_a_batch_is_answered_by_get_and_by_post(client: FlaskClient) -> None:
    batch = {"q0": {"query": "Wuhan Union Hospital"}, "q1": {"query": "华中科技大学", "limit": 1}}
    posted = ask(client, batch)
    got = client.get("/en/reconcile", query_string={"queries": json.dumps(batch)}).json
    assert posted == got
    assert [posted[q]["result"][0]["id"] for q in ("q0", "q1")] == [UNION, HUST]
    assert len(posted["q1"]["result"]) == 1


@pytest.mark.parametrize("query", ["Wuhan Union Hospital", '{"query": "Wuhan Union Hospital"}'])
def test_one_query_is_answered_as_version_0_1_has_it(client: FlaskClient, query: str) -> None:
    for response in (
        client.get("/en/reconcile", query_string={"query": query}),
        client.post("/en/reconcile", data={"query": query}),
    ):
        conforms("reconciliation-result-batch", {"q": response.json})
        assert response.json is not None
        assert response.json["result"][0]["id"] == UNION


def test_every_thing_is_found_by_its_name_and_its_identifier(
    client: FlaskClient, app: Flask
) -> None:
    things = app.extensions["kg"].get().reconciler.things.all
    assert len(things) > 150
    for start in range(0, len(things), 50):
        some = things[start : start + 50]
        for lang in ("en", "zh"):
            batch = {t.id: {"query": t.name(lang), "limit": 20} for t in some}
            for identifier, answer in ask(client, batch).items():
                assert identifier in [c["id"] for c in answer["result"]]
        for answer in (
            ask(client, {t.id: {"query": t.id} for t in some}),
            ask(client, {t.id: {"query": t.iri.value} for t in some}),
        ):
            for identifier, found in answer.items():
                (best, *_) = found["result"]
                assert (best["id"], best["score"], best["match"]) == (identifier, 100.0, True)


def test_candidates_are_in_the_order_of_their_scores(client: FlaskClient) -> None:
    found = one(client, {"query": "medical imaging", "limit": 50})
    scores = [candidate["score"] for candidate in found]
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)


def test_a_limit_is_kept_and_has_a_maximum(shelf: Path, config: Config) -> None:
    limits = replace(config.limits, reconcile_results=3)
    app = create_app(shelf / "current", replace(config, limits=limits))
    client = app.test_client()
    assert len(one(client, {"query": "imaging", "limit": 2})) == 2
    assert len(one(client, {"query": "imaging", "limit": 1000})) == 3
    app.extensions["kg"].close()


def test_types_leave_out_or_lower(client: FlaskClient) -> None:
    both = {c["id"]: c for c in one(client, "China")}
    assert {"id/region/china", "code/scope/china"} <= set(both)
    assert not any(c["match"] for c in both.values())
    only = one(client, {"query": "China", "type": "Region"})
    assert (only[0]["id"], only[0]["match"]) == ("id/region/china", True)
    assert "code/scope/china" not in [c["id"] for c in only]
    wish = {c["id"]: c for c in one(client, {"query": "China", "type": "Region", "type_strict": "should"})}  # fmt: skip
    assert wish["id/region/china"]["score"] > wish["code/scope/china"]["score"]
    assert features(wish["code/scope/china"])["type"] is False
    assert wish["id/region/china"]["match"] is True
    every = one(client, {"query": "China", "type": ["Region", "Scope"], "type_strict": "all"})
    assert every == []


def test_a_type_stands_for_those_below_it(client: FlaskClient) -> None:
    for type_ in ("Institution", "org:Organization", "institution", {"id": "Institution"}):
        found = one(client, {"query": "Wuhan Union Hospital", "type": type_})
        assert found[0]["id"] == UNION


def test_properties_raise_lower_and_decide(client: FlaskClient) -> None:
    alone = one(client, {"query": "Union Hospital"})[0]
    wuhan = one(client, PLACES)[0]
    beijing = one(client, {**PLACES, "properties": [{"pid": "schema:location", "v": "Beijing"}]})[0]
    assert [c["id"] for c in (alone, wuhan, beijing)] == [UNION] * 3
    assert [c["match"] for c in (alone, wuhan, beijing)] == [False, True, False]
    assert beijing["score"] < wuhan["score"] == 100.0
    assert features(wuhan)["property:schema:location"] == 100.0
    assert features(beijing)["property:schema:location"] < 50
    assert features(alone)["short_name"] is True


@pytest.mark.parametrize(
    "value",
    [
        *("0371fqr87", "https://ror.org/0371fqr87", "ror.org/0371fqr87", "ror:0371fqr87"),
        {"id": "https://ror.org/0371fqr87"},
        ["01h0zpd99", "0371fqr87"],
    ],
)
def test_an_identifier_as_a_property_decides(client: FlaskClient, value: object) -> None:
    found = one(client, {"query": "Some other name", "properties": [{"pid": "ror", "v": value}]})
    assert (found[0]["id"], found[0]["score"], found[0]["match"]) == (UNION, 100.0, True)


def test_an_identifier_that_contradicts_a_name_keeps_it_from_matching(client: FlaskClient) -> None:
    wrong = {"pid": "ror", "v": "https://ror.org/01h0zpd99"}
    found = one(client, {"query": "Wuhan Union Hospital", "properties": [wrong]})
    assert found[0]["id"] == UNION
    assert found[0]["match"] is False
    assert features(found[0])["property:ror"] == 0


def test_values_may_be_things_numbers_and_dates(client: FlaskClient) -> None:
    for pid, value in (
        ("schema:location", {"id": "id/region/wuhan", "name": "whatever"}),
        ("https://schema.org/location", "武汉"),
        ("schema:foundingDate", 1866),
        ("name", "Hankow Union Hospital"),
        ("iri", "https://w3id.org/research-center-kg/id/institution/union-hospital"),
    ):
        query = {"query": "Union Hospital", "properties": [{"pid": pid, "v": value}]}
        assert one(client, query)[0]["match"] is True, pid


def test_properties_alone_are_a_query(client: FlaskClient) -> None:
    location = {"pid": "schema:location", "v": {"id": "id/region/wuhan"}}
    found = one(client, {"properties": [location]})
    assert {c["id"] for c in found} == {UNION, HUST}
    found = one(client, {"properties": [location, {"pid": "schema:foundingDate", "v": "1866"}]})
    assert found[0]["id"] == UNION
    assert found[0]["score"] > found[1]["score"]


# --- what is wrong ---


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"query": ""}, "a query has a text"),
        ({}, "a query has a text"),
        ({"query": 7}, "query is a text, not 7"),
        ({"query": "a", "limit": 0}, "limit is a whole number above 0, not 0"),
        ({"query": "a", "limit": "3"}, "limit is a whole number"),
        ({"query": "a", "limit": 1.5}, "limit is a whole number"),
        ({"query": "a", "limit": 10**30}, "limit is a whole number"),
        ({"query": "a", "type": 7}, "type is an identifier"),
        ({"query": "a", "type": "Nothing"}, "there is no type 'Nothing'"),
        ({"query": "a", "type_strict": "maybe"}, "type_strict is any, should or all"),
        ({"query": "a", "kind": "b"}, "unknown field 'kind'"),
        ({"query": "a" * 501}, "500 characters"),
        ({"query": "a", "properties": [{"pid": None, "v": "x"}]}, "a property is an object"),
        ({"query": "a", "properties": [{"pid": "nothing", "v": "x"}]}, "no property 'nothing'"),
        ({"query": "a", "properties": [{"pid": "ror", "v": [None]}]}, "a value is a text"),
        ({"query": "a", "properties": [{"pid": "ror", "v": "x"}] * 2}, "stated twice"),
        ([], "a query is an object"),
    ],
)
def test_a_wrong_query_fails_alone(client: FlaskClient, query: object, error: str) -> None:
    answer = ask(client, {"wrong": query, "right": {"query": "Wuhan Union Hospital"}})
    assert answer["right"]["result"][0]["id"] == UNION
    assert answer["wrong"]["result"] == []
    assert error in answer["wrong"]["error"]


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"queries": "{"}, 400, "not JSON"),
        ({"queries": "[]"}, 400, "a batch is an object"),
        ({"queries": '{"q": {"query": "\\ud800"}}'}, 400, "surrogate"),
        ({"queries": "[" * 5000}, 400, "not JSON"),
        ({"queries": '{"q": {"query": "a", "limit": ' + "9" * 5000 + "}}"}, 400, "not JSON"),
        ({"queries": '{"q": {"query": "a", "limit": NaN}}'}, 400, "NaN is no number"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(51)})}, 413, "50 queries"),
        ({"queries": "{}", "extend": "{}"}, 400, "Send one of the fields"),
        ({}, 400, "Send one of the fields"),
        ({"query": '{"limit": 3}'}, 400, "a query has a text"),
        ({"extend": "{}"}, 400, "an extension is an object"),
        ({"extend": '{"ids": [1], "properties": []}'}, 400, "ids is a list"),
        ({"extend": '{"ids": [], "properties": [{"id": "no"}]}'}, 400, "no property 'no'"),
        ({"extend": json.dumps({"ids": ["x"] * 501, "properties": []})}, 413, "500 ids"),
        ({"extend": '{"ids": [], "properties": [{"id": "ror", "settings": {"limit": "x"}}]}'}, 400, "whole number"),
    ],
)  # fmt: skip
def test_errors_are_problems_in_json(
    client: FlaskClient, fields: dict[str, str], status: int, error: str
) -> None:
    response = client.post("/en/reconcile", data=fields, headers={"Accept": "*/*"}) if fields else client.post("/en/reconcile", data="", content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert error in response.json["detail"]


def test_other_bodies_are_refused(client: FlaskClient) -> None:
    response = client.post("/en/reconcile", json={"queries": {}})
    assert response.status_code == 415
    bad = b"queries=%7B%22q%22%3A%22%FF%22%7D"
    form = "application/x-www-form-urlencoded"
    assert client.post("/en/reconcile", data=bad, content_type=form).status_code == 400


def test_a_batch_that_takes_too_long_is_503_and_says_when_to_come_back(
    shelf: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(shelf / "current", config)
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("kg.link.reconcile.scores.time.monotonic", lambda: float(next(clock)))
    response = app.test_client().post("/en/reconcile", data={"queries": '{"q": {"query": "a"}}'})
    app.extensions["kg"].close()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"


def test_batches_at_work_are_counted(shelf: Path, config: Config) -> None:
    limits = replace(config.limits, reconcile_at_once=1, query_wait_s=1)
    app = create_app(shelf / "current", replace(config, limits=limits))
    client = app.test_client()
    with app.extensions["kg"].reconciling:
        busy = client.post("/en/reconcile", data={"queries": '{"q": {"query": "NSFC"}}'})
        # The manifest takes no place.
        assert client.get("/en/reconcile").status_code == 200
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert client.post("/en/reconcile", data={"queries": "{}"}).status_code == 200
    app.extensions["kg"].close()


# --- JSONP ---


def test_a_callback_wraps_the_answer(client: FlaskClient) -> None:
    name = "jQuery34107205574_1700000000000"
    for path in (f"/en/reconcile?callback={name}", f"/en/reconcile/suggest/type?prefix=inst&callback={name}&_=17"):  # fmt: skip
        response = client.get(path, headers={"Accept": "*/*"})
        assert response.mimetype == "text/javascript"
        match = re.fullmatch(rf"/\*\*/{name}\((.*)\);\n", response.text, re.DOTALL)
        assert match
        assert json.loads(match[1])


@pytest.mark.parametrize(
    "name", ["alert(1)//", "a b", "a;b", "<script>", "a" * 100, "a.b.c.d.e.f", "ａ"]
)
def test_a_callback_is_a_name_and_nothing_else(client: FlaskClient, name: str) -> None:
    response = client.get("/en/reconcile", query_string={"callback": name})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"


def test_pages_of_any_origin_may_ask(client: FlaskClient) -> None:
    response = client.options(
        "/en/reconcile",
        headers={"Origin": "http://127.0.0.1:3333", "Access-Control-Request-Method": "POST"},
    )
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    posted = client.post("/en/reconcile", data={"queries": "{}"})
    assert posted.headers["Access-Control-Allow-Origin"] == "*"
    assert posted.headers["Cache-Control"] == "no-store"


# --- suggestions ---


def suggested(client: FlaskClient, what: str, lang: str = "en", **fields: str) -> list[Any]:
    response = client.get(f"/{lang}/reconcile/suggest/{what}", query_string=fields)
    assert response.status_code == 200, response.text
    schema = {"entity": "entities", "type": "types", "property": "properties"}[what]
    conforms(f"suggest-{schema}-response", response.json)
    assert response.json is not None
    result: list[Any] = response.json["result"]
    return result


@pytest.mark.parametrize(
    ("what", "prefix", "expected"),
    [
        ("entity", "uni", UNION),
        ("entity", "Wuhan Union Hospital", UNION),
        ("entity", "武汉协", UNION),
        ("entity", UNION, UNION),
        ("entity", "0371fqr87", UNION),
        ("entity", "wuhan unoin hospital", UNION),
        ("type", "inst", "Institution"),
        ("type", "机构", "Institution"),
        ("type", "schema:Hospital", "schema:Hospital"),
        ("property", "loc", "schema:location"),
        ("property", "所在", "schema:location"),
        ("property", "ror", "ror"),
    ],
)
def test_what_was_typed_is_completed(
    client: FlaskClient, what: str, prefix: str, expected: str
) -> None:
    for lang in ("en", "zh"):
        assert expected in [one["id"] for one in suggested(client, what, lang, prefix=prefix)]


def test_a_cursor_skips_suggestions(client: FlaskClient) -> None:
    first = suggested(client, "type", prefix="")
    rest = suggested(client, "type", prefix="", cursor="20")
    assert len(first) == 20
    assert rest
    assert not {t["id"] for t in first} & {t["id"] for t in rest}
    for wrong in ("x", "-1", "1001", "9" * 5000, "0" * 5000):
        assert client.get(f"/en/reconcile/suggest/type?cursor={wrong}").status_code == 400


def test_suggestions_of_a_type_and_their_types(client: FlaskClient) -> None:
    found = suggested(client, "entity", prefix="chi", type="Region")
    assert [one["id"] for one in found] == ["id/region/china"]
    # OpenRefine joins them with commas.
    assert all(isinstance(type_, str) for one in found for type_ in one["notable"])
    assert found[0]["description"].startswith("region")


def test_types_have_the_types_above_them(client: FlaskClient) -> None:
    (institution, *_) = suggested(client, "type", prefix="institution")
    assert institution["broader"] == [{"id": "org:Organization", "name": "organization"}]


@pytest.mark.parametrize(
    ("what", "identifier"),
    [
        ("entity", UNION),
        ("type", "Institution"),
        ("property", "schema:location"),
        ("property", "ror"),
    ],
)
def test_flyouts_hold_no_markup_of_others(client: FlaskClient, what: str, identifier: str) -> None:
    response = client.get(f"/zh/reconcile/flyout/{what}", query_string={"id": identifier})
    assert response.json is not None
    assert response.json["id"] == identifier
    assert re.fullmatch(r"<p><strong>[^<]+</strong></p><p>[^<]*</p>", response.json["html"])


# --- previews and views ---


@pytest.mark.parametrize(
    "identifier", [UNION, "code/scope/china", "id/disease/melanoma", "institution/nsfc"]
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_preview_may_stand_in_others_pages(
    client: FlaskClient, identifier: str, lang: str
) -> None:
    response = client.get(f"/{lang}/reconcile/preview", query_string={"id": identifier})
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script" not in policy
    assert "<script" not in response.text
    assert len(response.data) < 4000
    assert f'<html lang="{lang}">' in response.text
    (page,) = [a for _, a in ReadPage(response.text).links if a.startswith(f"/{lang}/")]
    assert client.get(page).status_code == 200


def test_no_other_page_may_stand_in_others_pages(client: FlaskClient) -> None:
    for path in ("/en/reconcile", "/en/reconcile/preview?id=nothing", "/en/"):
        response = client.get(path, headers={"Accept": "text/html"})
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_a_view_leads_to_the_page(client: FlaskClient) -> None:
    for identifier, page in ((UNION, "institution/union-hospital"), ("code/scope/china", "code/scope/china")):  # fmt: skip
        response = client.get(f"/en/reconcile/view?id={quote(identifier, safe='')}")
        assert (response.status_code, response.headers["Location"]) == (303, f"/en/{page}")


# --- data extension ---


@pytest.fixture
def extend(client: FlaskClient) -> Callable[..., Any]:
    """Ask for values of things by a form; the answer must fit the schema."""

    def asked(ids: list[str], properties: list[dict[str, Any]], lang: str = "en") -> Any:
        query = {"ids": ids, "properties": properties}
        conforms("data-extension-query", query)
        response = client.post(f"/{lang}/reconcile", data={"extend": json.dumps(query)})
        assert response.status_code == 200, response.text
        conforms("data-extension-response", response.json)
        assert response.json is not None
        assert response.json == client.get(f"/{lang}/reconcile", query_string={"extend": json.dumps(query)}).json  # fmt: skip
        assert list(response.json["rows"]) == ids
        assert all(
            list(row) == [p["id"] for p in properties] for row in response.json["rows"].values()
        )
        assert [m["id"] for m in response.json["meta"]] == [p["id"] for p in properties]
        return response.json["rows"]

    return asked


def test_values_are_things_texts_numbers_and_dates(extend: Callable[..., Any]) -> None:
    ids = [UNION, f"id/{FIGURE}", "not/ours"]
    names = ("ror", "label", "schema:location", "schema:foundingDate", "value", "indicator")
    rows = extend(ids, [{"id": name} for name in names])
    union, papers, other = (rows[identifier] for identifier in ids)
    assert union["ror"] == [{"str": "https://ror.org/0371fqr87"}]
    assert union["label"] == [{"str": "Union Hospital"}]
    assert union["schema:location"] == [{"id": "id/region/wuhan", "name": "Wuhan"}]
    assert union["schema:foundingDate"] == [{"str": "1866"}]
    assert set(papers["value"][0]) <= {"int", "float"}
    assert papers["indicator"][0]["id"] == "code/indicator/papers"
    assert all(values == [] for values in other.values())


def test_settings_choose_language_number_and_form(extend: Callable[..., Any]) -> None:
    rows = extend(
        [UNION],
        [
            {"id": "label", "settings": {"language": "zh"}},
            {"id": "name", "settings": {"limit": "2", "language": "any"}},
            {"id": "wikidata", "settings": {"form": "id"}},
        ],
    )[UNION]
    assert rows["label"] == [{"str": "武汉协和医院"}]
    assert len(rows["name"]) == 2
    assert rows["wikidata"] == [{"str": "Q11124475"}]
    assert extend([UNION], [{"id": "label"}], "zh")[UNION]["label"] == [{"str": "武汉协和医院"}]


def test_every_property_that_is_proposed_can_be_fetched(
    client: FlaskClient, extend: Callable[..., Any]
) -> None:
    manifest = client.get("/en/reconcile").json
    assert manifest is not None
    for type_ in manifest["defaultTypes"]:
        response = client.get(f"/en/reconcile/properties?type={type_['id']}")
        conforms("data-extension-property-proposal", response.json)
        assert response.json is not None
        assert response.json["type"] == type_["id"]
        proposed = [{"id": p["id"]} for p in response.json["properties"]]
        found = one(client, {"query": "a", "type": type_["id"], "properties": []}) or suggested(
            client, "entity", prefix="", type=type_["id"]
        )
        for start in range(0, len(proposed), 20):
            extend([c["id"] for c in found], proposed[start : start + 20])


def test_proposals_have_registries_and_a_limit(client: FlaskClient) -> None:
    response = client.get("/zh/reconcile/properties?type=Institution&limit=8")
    assert response.json is not None
    conforms("data-extension-property-proposal", response.json)
    names = {p["id"]: p["name"] for p in response.json["properties"]}
    assert len(names) == response.json["limit"] == 8
    assert names["ror"] == "ROR"
    assert names["label"] == "名称"
    assert client.get("/en/reconcile/properties?type=Nothing").status_code == 400
    for wrong in ("0", "x", "9" * 5000):
        assert client.get(f"/en/reconcile/properties?limit={wrong}").status_code == 400


def test_a_number_beyond_all_numbers_is_no_limit(client: FlaskClient) -> None:
    response = client.post("/en/reconcile", data={"queries": '{"q": {"query": "a", "limit": 1e999}}'})  # fmt: skip
    assert response.json is not None
    assert "limit is a whole number" in response.json["q"]["error"]
