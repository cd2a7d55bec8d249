"""OpenRefine works with the reconciliation service.

With Debian's OpenRefine here (``make refine``) a column of names is reconciled and extended by
it, without a window. Elsewhere what it sent is sent again: ``cases/reconcile/openrefine-3.6.jsonl``
is that exchange as it was recorded, ``openrefine-pages.jsonl`` what the pages of OpenRefine and
its later versions send, put together from their source.
"""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import skip_without
from flask.testing import FlaskClient
from openrefine import OPENREFINE, Recorder, running_openrefine
from openrefine_session import CASES, NAMES, RECORDING, question, session
from reconciliation import conforms

PAGES = CASES / "openrefine-pages.jsonl"
ANSWERS = {"queries": "reconciliation-result-batch", "extend": "data-extension-response"}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines, at least one."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert found
    return found


def names() -> list[dict[str, str]]:
    """Return the names to reconcile, with what is expected of each."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.openrefine
def test_openrefine_reconciles_and_extends_a_column(server: str, tmp_path: Path) -> None:
    skip_without("Debian's openrefine", there=OPENREFINE.exists())
    with Recorder(server).running() as recorder, running_openrefine(tmp_path) as refine:
        done = session(refine, f"{recorder.address}/en/reconcile")
    expected = names()
    assert len(done) == len(expected) == 20
    assert [row["first"] for row in done] == [row["best"] for row in expected]
    matched = [row["best"] if row["matched"] == "yes" else "" for row in expected]
    assert [row["found"] for row in done] == matched
    ror = {
        "id/institution/union-hospital": "https://ror.org/0371fqr87",
        "id/institution/huazhong-university-of-science-and-technology": "https://ror.org/00p991c53",
        "id/institution/fudan-university": "https://ror.org/013q1eq08",
        "id/institution/nsfc": "https://ror.org/01h0zpd94",
    }
    label = {
        "id/institution/union-hospital": "武汉协和医院",
        "id/institution/huazhong-university-of-science-and-technology": "华中科技大学",
        "id/institution/fudan-university": "复旦大学",
        "id/institution/nsfc": "国家自然科学基金委员会",
        "id/institution/tongji-medical-college": "Tongji Medical College",
    }
    assert [row["ROR"] for row in done] == [ror.get(row["found"], "") for row in done]
    assert [row["label"] for row in done] == [label.get(row["found"], "") for row in done]
    assert {row["location"] for row in done if "union" in row["found"]} == {"Wuhan"}
    # What is replayed where OpenRefine is missing is what it sends.
    sent = [question(vars(one)) for one in recorder.seen]
    recorded = [question(one) for one in rows(RECORDING)]
    assert sent == recorded
    assert all(one.status == 200 for one in recorder.seen)


@pytest.mark.parametrize("number", range(len(rows(RECORDING))))
def test_what_openrefine_sent_is_answered_as_it_was(client: FlaskClient, number: int) -> None:
    exchanged = rows(RECORDING)[number]
    response = client.open(
        exchanged["path"],
        method=exchanged["method"],
        headers=exchanged["headers"],
        data=exchanged["body"],
    )
    assert response.status_code == exchanged["status"] == 200
    text = gzip.decompress(response.data) if response.headers.get("Content-Encoding") else None
    answer = json.loads(text or response.data)
    conforms(ANSWERS[exchanged["body"].partition("=")[0]], answer)
    assert told(answer) == told(exchanged["answer"])


def told(answer: dict[str, Any]) -> object:
    """Return what an answer says to OpenRefine: values, or candidates that are a match or not."""
    if "rows" in answer:
        return answer["rows"]
    return {
        name: [(c["id"], c["name"], c["match"]) for c in one["result"]]
        for name, one in answer.items()
    }


def test_the_recording_has_the_twenty_names() -> None:
    asked = [question(one)[2] for one in rows(RECORDING)]
    texts = {
        query["query"]
        for fields in asked
        for query in fields.get("queries", {}).values()
        if "type" in query
    }
    assert texts == {row["name"] for row in names()}
    assert any("extend" in fields for fields in asked)


@pytest.mark.parametrize("sent", rows(PAGES), ids=lambda one: one["name"])
def test_what_the_pages_of_openrefine_send_is_answered(
    client: FlaskClient, sent: dict[str, Any]
) -> None:
    assert sent["source"]
    response = client.open(
        sent["path"], method=sent["method"], headers=sent["headers"], data=sent.get("body")
    )
    assert response.status_code == 200, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    if sent["schema"] == "html":
        assert response.mimetype == "text/html"
    elif sent["schema"] == "jsonp":
        assert response.mimetype == "text/javascript"
        assert response.text.startswith(f"/**/{sent['callback']}(")
    else:
        conforms(sent["schema"], response.json)
        assert sent["has"] in response.text
