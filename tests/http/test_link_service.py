"""`kg link --service`: a client of reconciliation services, ours and ones that misbehave."""

import contextlib
import io
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import sssom_pydantic
from click.testing import CliRunner
from conftest import ROOT, BuiltRelease
from reconciliation import conforms
from sssom_pydantic import SemanticMapping

from kg.cli import main
from kg.errors import LinkError
from kg.link.linkers import ServiceLinker
from kg.link.proposals import Subject
from kg.link.service import Answer, Patience, Service
from kg.link.service_linking import link_by_service, source_of
from kg.sources.sssom import read_mappings

BASE = "https://w3id.org/research-center-kg/"
MANIFEST: dict[str, Any] = {
    "versions": ["0.2"],
    "name": "Lakes",
    "identifierSpace": "https://lakes.example.org/id/",
    "schemaSpace": "https://lakes.example.org/types/",
}
PATIENT = Patience(answer_s=5, first_wait_s=0)


class Strange:
    """A service that answers what a test tells it, and keeps what it was asked."""

    def __init__(self) -> None:
        self.manifest: Any = MANIFEST
        self.answers: list[Any] = []
        """For each form: an object, the bytes of a body, or a status with headers."""
        self.forms: list[dict[str, Any]] = []
        self.address = ""
        self.stop = threading.Event()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer with the manifest, or with the next answer."""
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length).decode()
        answer = self.manifest
        if request.command == "POST":
            batch = json.loads(parse_qs(body)["queries"][0])
            conforms("reconciliation-query-batch", batch)
            self.forms.append(batch)
            answer = (
                self.answers.pop(0) if self.answers else {name: {"result": []} for name in batch}
            )
            answer = answer(batch) if callable(answer) else answer
        if isinstance(answer, tuple):
            status, headers, data = answer
        else:
            status, headers = 200, {}
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        with contextlib.suppress(OSError):
            for piece in data if isinstance(data, list) else [data]:
                request.wfile.write(piece)
                request.wfile.flush()
                if isinstance(data, list):
                    self.stop.wait(0.2)


@pytest.fixture
def strange() -> Iterator[Strange]:
    """A strange service on a free port of loopback."""
    told = Strange()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.answer(self)

        def do_POST(self) -> None:
            told.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the base class
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}/reconcile"
    yield told
    told.stop.set()
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def waits(into: list[float]) -> Any:
    return into.append


def candidate(identifier: str, score: float, *, match: bool = False, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "name": f"Lake {identifier}", "score": score, "match": match, **more}


def subjects(*names: str) -> list[Subject]:
    return [Subject("", name, (name,)) for name in names]


def link(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["--root", str(ROOT), "link", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def rows(path: Path) -> list[SemanticMapping]:
    text = io.StringIO(path.read_text(encoding="utf-8"))
    found, _, _, errors = sssom_pydantic.read(text, return_errors=True)
    assert not errors
    return list(found)


# --- with our own service ---


@pytest.mark.server
def test_a_column_is_linked_with_our_own_service(server: str, tmp_path: Path) -> None:
    table, out, accepted = (tmp_path / name for name in ("t.csv", "p.sssom.tsv", "a.sssom.tsv"))
    table.write_text(
        "affiliation\nWuhan Union Hospital\n华中科技大学\nUnion Hospital\nZzyzx\n", encoding="utf-8"
    )
    code, stdout, _ = link(
        *("--service", f"{server}/en/reconcile", "--table", table, "--out", out),
        *("--type", "Institution", "--accept-above", "0.99", "--accepted", accepted),
    )
    assert code == 0
    assert "3 proposed, 1 without an answer" in stdout
    found = {row.subject.name: row for row in rows(out)}
    union = found["Wuhan Union Hospital"]
    assert union.object.curie == "research-center-kg:id/institution/union-hospital"
    assert union.similarity_score == 1.0
    assert union.similarity_measure is not None
    assert union.similarity_measure.endswith("(English), divided by 100")
    assert union.comment is not None
    assert '"Wuhan Union Hospital" was matched as "Union Hospital"' in union.comment
    assert "same_name yes" in union.comment
    assert union.object_source is not None
    assert union.object_source.curie == "service:reconcile"
    assert f"{server}/en/" in out.read_text(encoding="utf-8")
    assert found["Union Hospital"].comment is not None
    assert '"Union Hospital" was found' in found["Union Hospital"].comment
    assert found["Zzyzx"].object.curie == "sssom:NoTermFound"
    assert {row.subject.name for row in rows(accepted)} == {"Wuhan Union Hospital", "华中科技大学", "Union Hospital"}  # fmt: skip


@pytest.mark.server
def test_things_of_a_release_are_linked_and_reviewed(
    server: str, release: BuiltRelease, tmp_path: Path
) -> None:
    out, accepted = tmp_path / "p.sssom.tsv", tmp_path / "a.sssom.tsv"
    code, stdout, _ = link(
        *("--service", f"{server}/zh/reconcile", "--release", release.folder),
        *("--kind", "disease", "--kind", "person", "--out", out),
    )
    assert code == 0
    assert "Melanoma\tid/disease/melanoma" in stdout
    found = rows(out)
    assert all(f"kgid:{row.object.curie.removeprefix('research-center-kg:id/')}" == row.subject.curie for row in found)  # fmt: skip
    lines = out.read_text(encoding="utf-8").splitlines()
    (head,) = [line.split("\t") for line in lines if line.startswith("subject_id")]
    place = lines.index("\t".join(head)) + 1
    cells = lines[place].split("\t")
    cells[head.index("reviewer_id")] = "orcid:0000-0002-1825-0097"
    lines[place] = "\t".join(cells)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, stdout, _ = link(
        *("--service", f"{server}/zh/reconcile", "--reviewed", out, "--accepted", accepted)
    )
    assert (code, stdout) == (0, f"1 reviewed links are in {accepted}\n")
    assert [row.object.curie for row in rows(accepted)] == [found[0].object.curie]


def test_what_is_accepted_is_a_mapping_set(
    strange: Strange, release: BuiltRelease, tmp_path: Path
) -> None:
    strange.answers = [lambda batch: {name: {"result": [candidate("l1", 97)]} for name in batch}]
    accepted = tmp_path / "lakes.sssom.tsv"
    code, stdout, _ = link(
        *("--service", strange.address, "--release", release.folder, "--kind", "person"),
        *("--out", tmp_path / "p.sssom.tsv", "--accept-above", "0.9", "--accepted", accepted),
    )
    assert code == 0
    assert "Xie Mingxing\tl1 Lake l1 (0.97)\tnone\tnone\tproposed, no curated mapping" in stdout
    assert read_mappings(accepted, BASE).rows == 1
    (row,) = rows(accepted)
    assert (row.object.curie, row.confidence) == ("example:l1", 0.97)


def test_a_type_needs_a_service(tmp_path: Path) -> None:
    code, _, stderr = link("--type", "Institution", "--out", tmp_path / "x.tsv")
    assert code == 2
    assert "--service" in stderr


# --- batches, scores, runner-up ---


def test_batches_are_as_large_as_the_service_takes(strange: Strange) -> None:
    strange.manifest = MANIFEST | {"batchSize": 3}
    told: list[str] = []
    service = Service(strange.address, PATIENT)
    link_by_service(subjects(*(f"n{n}" for n in range(7)), "n1"), service, ["Lake"], told.append)
    assert [len(batch) for batch in strange.forms] == [3, 3, 1]
    assert strange.forms[0]["q0"] == {"query": "n0", "limit": 5, "type": "Lake", "type_strict": "any"}  # fmt: skip
    assert told == ["3 of 7 names", "6 of 7 names", "7 of 7 names"]
    strange.manifest = MANIFEST | {"batchSize": "many"}
    assert Service(strange.address, PATIENT).batch_size == 10
    strange.manifest = MANIFEST | {"batchSize": 10**9}
    assert Service(strange.address, PATIENT).batch_size == 50


@pytest.mark.parametrize(
    ("scores", "expected", "scale"),
    [([0.9, 0.2], 0.9, "1"), ([90, 20], 0.9, "100"), ([400, 200], 1.0, "400"), ([50, 20], None, "100")],
)  # fmt: skip
def test_scores_become_parts_of_one_and_the_scale_is_told(
    strange: Strange, scores: list[float], expected: float | None, scale: str
) -> None:
    first, second = (candidate(name, score) for name, score in zip("ab", scores, strict=True))
    strange.answers = [{"q0": {"result": [second, first]}}]
    linked = link_by_service(subjects("Lake"), Service(strange.address, PATIENT))
    (proposal,) = linked.proposals
    assert linked.target is not None
    assert linked.target.measure == f"score of Lakes, divided by {scale}"
    if expected is None:
        assert proposal.found is None
        assert proposal.runner_up_in_words == "Lake a (a, 0.50)"
    else:
        assert proposal.found is not None
        assert proposal.found.entry.local == "a"
        assert proposal.found.score == pytest.approx(expected)
        assert proposal.runner_up is not None
        assert proposal.runner_up.entry.local == "b"


def test_a_service_that_is_sure_is_believed_unless_it_is_sure_twice(strange: Strange) -> None:
    def pair(*, twice: bool) -> dict[str, Any]:
        sure = candidate("a", 30, match=True, features=[{"id": "name", "value": 12.5}, {"id": "x"}])
        return {"q0": {"result": [candidate("b", 60, match=twice), sure]}}

    strange.answers = [pair(twice=False), pair(twice=True)]
    service = Service(strange.address, PATIENT)
    found = [link_by_service(subjects("Lake"), service).proposals[0] for _ in range(2)]
    assert found[0].found is not None
    assert found[0].found.entry.local == "a"
    assert found[0].found.why == '"Lake" was matched as "Lake a"; name 12.5'
    assert found[1].found is None


def test_the_best_of_all_names_is_proposed(strange: Strange) -> None:
    strange.answers = [
        {"q0": {"result": [candidate("a", 75)]}, "q1": {"result": [candidate("b", 95)]}}
    ]
    subject = Subject("https://x.example.org/id/lake/l", "Lake", ("Lake", "See"))
    linked = ServiceLinker(Service(strange.address, PATIENT)).of_texts([subject], lambda _: None)
    (proposal,) = linked.proposals
    assert (proposal.text, proposal.found and proposal.found.entry.local) == ("See", "b")


@pytest.mark.parametrize(
    ("manifest", "name", "prefix"),
    [
        ({"identifierSpace": "http://www.wikidata.org/entity/"}, "wikidata", "http://www.wikidata.org/entity/"),
        ({"identifierSpace": "https://ror.org/"}, "ror", "https://ror.org/"),
        ({"identifierSpace": "https://w3id.org/some-kg/"}, "some-kg", "https://w3id.org/some-kg/"),
        ({"identifierSpace": "urn:x", "view": {"url": "https://d-nb.info/gnd/{{id}}"}}, "d-nb", "https://d-nb.info/gnd/"),
        ({"identifierSpace": "http://127.0.0.1:8000/"}, "registry-0", "http://127.0.0.1:8000/"),
    ],
)  # fmt: skip
def test_identifiers_lie_where_the_manifest_says(
    strange: Strange, manifest: dict[str, Any], name: str, prefix: str
) -> None:
    strange.manifest = MANIFEST | manifest
    source = source_of(Service(strange.address, PATIENT))
    assert (source.name, source.prefix) == (name, prefix)
    assert source.local(f"{prefix}Q1") == "Q1"
    with pytest.raises(LinkError, match="does not begin"):
        source.local("https://elsewhere.example.org/1")


# --- services that misbehave ---


def test_a_service_that_is_busy_is_asked_again(strange: Strange) -> None:
    good = {"q0": {"result": [candidate("a", 90)]}}
    strange.answers = [(503, {"Retry-After": "7"}, b""), (500, {}, b""), (429, {"Retry-After": "Tue"}, b""), good]  # fmt: skip
    waited: list[float] = []
    service = Service(strange.address, Patience(answer_s=5, first_wait_s=1), waits(waited))
    assert service.reconcile(["Lake"]) == [(Answer("a", "Lake a", 90.0, False, "", {}),)]
    assert waited == [7.0, 2.0, 4.0]


def test_a_service_that_goes_on_failing_is_given_up(strange: Strange) -> None:
    strange.answers = [(500, {}, b"")] * 9
    service = Service(strange.address, PATIENT, waits([]))
    with pytest.raises(LinkError, match=r"answers 500 Internal Server Error, 4 times; try again"):
        service.reconcile(["Lake"])
    assert len(strange.forms) == 4


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"<html>Welcome</html>", r"answered no JSON, but '<html>Welcome</html>'"),
        (b"[" * 100_000, "answered no JSON"),
        (b"\xff\xfe", "answered no JSON"),
        ([], r"answered \[\] in place of an object"),
        ({}, "gave no result for 'Lake'"),
        ({"q0": {"result": None}}, "gave no result for 'Lake'"),
        ({"q0": {"result": [7]}}, "gave 7 as a candidate for 'Lake'"),
        ({"q0": {"result": [{"id": "a", "name": "b"}]}}, "without id, name or score"),
        ({"q0": {"result": [{"id": 1, "name": "b", "score": 1}]}}, "without id, name or score"),
        (b'{"q0": {"result": [{"id": "a", "name": "b", "score": 1e999}]}}', "with the score inf"),
        ({"q0": {"result": [], "error": "no such type"}}, "refused 'Lake': no such type"),
        ((404, {}, b""), "answers 404 Not Found"),
        ((400, {}, b"bad"), "answers 400 Bad Request"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "redirects to http://127.0.0.1:1/; name"),
        (b"x" * 300_000, "answers more than 200,000 bytes"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_api_stops_with_a_sentence(
    strange: Strange, answer: Any, sentence: str
) -> None:
    strange.answers = [answer] * 9
    patience = Patience(answer_s=5, first_wait_s=0, most_bytes=200_000)
    with pytest.raises(LinkError, match=sentence):
        Service(strange.address, patience, waits([])).reconcile(["Lake"])


@pytest.mark.parametrize("form", [False, True], ids=["manifest", "form"])
@pytest.mark.parametrize("where", ["another port", "another host", "no host", "a file"])
def test_a_service_does_not_send_us_to_others(strange: Strange, form: bool, where: str) -> None:
    asked: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        address = {
            "another port": f"http://127.0.0.1:{port}/admin",
            "another host": f"http://localhost:{port}/admin",
            "no host": "http:///admin",
            "a file": "file:///etc/hostname",
        }[where]
        sent = (302, {"Location": address}, b"")
        strange.answers = [sent]
        strange.manifest = MANIFEST if form else sent
        with pytest.raises(LinkError, match=r"redirects to|cannot be reached|answers 302"):
            Service(strange.address, PATIENT, asked.append).reconcile(["Lake"])
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_redirect_within_the_host_is_followed(strange: Strange) -> None:
    manifests = iter([(302, {"Location": "/en/reconcile"}, b"")])
    told = strange.answer
    host = strange.address.removesuffix("/reconcile")

    def answer(request: BaseHTTPRequestHandler) -> None:
        strange.manifest = next(manifests, MANIFEST)
        told(request)

    strange.answer = answer  # type: ignore[method-assign]  # for this test
    assert Service(strange.address, PATIENT).address == f"{host}/en/reconcile"


def test_what_a_service_says_does_not_steer_the_terminal(
    strange: Strange, tmp_path: Path, release: BuiltRelease
) -> None:
    evil = "Lake\x1b[2J\x07\x9b31m\u202egnp\r\n"
    feature = {"id": evil, "value": 1}
    one = candidate("a", 99, match=True) | {
        "name": evil,
        "description": evil,
        "features": [feature],
    }
    strange.manifest = MANIFEST | {"name": evil}
    strange.answers = [lambda batch: {name: {"result": [one]} for name in batch}] * 99
    out, report = tmp_path / "p.sssom.tsv", tmp_path / "report.md"
    code, stdout, stderr = link(
        *("--service", strange.address, "--release", release.folder, "--kind", "center"),
        *("--out", out, "--report", report),
    )
    assert (code, stderr.count("Traceback")) == (0, 0), stderr
    written = [path.read_text(encoding="utf-8") for path in (out, report)]
    for text in (stdout, stderr, *written):
        assert not set(text) & set("\x1b\x07\x9b\u202e"), text
    assert all(r"Lake\x1b[2J\x07\x9b31m\u202egnp" in text for text in (stdout, *written))


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1b[2J no JSON \x07",
        "\x1b[2J",
        {"q0": {"error": "\x1b[2J"}},
        {"q0": {"result": [{"id": "a\x1b[2J", "name": "b", "score": 1}]}},
        {"q0": {"result": ["\x1b[2J"]}},
        (404, {"Location": "\x1b[2J"}, b""),
        (302, {"Location": "http://\x1b[2J/"}, b""),
    ],
    ids=["body", "text", "error", "id", "candidate", "status", "redirect"],
)
def test_what_is_wrong_with_a_service_does_not_steer_the_terminal(
    strange: Strange, tmp_path: Path, answer: Any
) -> None:
    strange.answers = [answer] * 9
    table = tmp_path / "t.csv"
    table.write_text("affiliation\nLake\n", encoding="utf-8")
    code, stdout, stderr = link("--service", strange.address, "--table", table)
    assert (code, stdout) == (1, "")
    assert not set(stderr) & set("\x1b\x07"), stderr
    assert len(stderr.splitlines()[-1]) < 400


def test_an_answer_that_trickles_is_given_up(strange: Strange) -> None:
    strange.answers = [(200, {}, [b" "] * 200)] * 9
    patience = Patience(answer_s=0.5, first_wait_s=0, tries=2)
    with pytest.raises(LinkError, match=r"does not answer within 0.5 s, 2 times"):
        Service(strange.address, patience, waits([])).reconcile(["Lake"])


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        ({"name": "Lakes"}, "has no manifest"),
        ([], "has no manifest"),
        (MANIFEST | {"versions": ["1.0"]}, "speaks the versions"),
    ],
)
def test_what_is_no_service_is_told(strange: Strange, manifest: Any, sentence: str) -> None:
    strange.manifest = manifest
    with pytest.raises(LinkError, match=sentence):
        Service(strange.address, PATIENT)


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "ftp://x.example.org/", "reconcile", "http://["]
)
def test_an_address_is_http(address: str) -> None:
    with pytest.raises(LinkError, match=r"no http\(s\) address"):
        Service(address)


def test_a_service_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="cannot be reached"):
        Service("http://127.0.0.1:1/reconcile", Patience(first_wait_s=0), waits([]))
