"""Queries in worker processes: answered like in this one, and killed where they take too much."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import BuiltRelease

from kg.config import Config, Limits
from kg.errors import (
    FormatRefused,
    QueryAbandoned,
    QueryError,
    QueryOverLimit,
    QueryRefused,
    QuerySyntaxError,
    TooManyQueries,
)
from kg.formats import FORMATS
from kg.query import nursery
from kg.query.runner import Runner
from kg.query.task import Task, Wanted, WorkerFailed
from kg.query.worker import NICENESS

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?c = ?d) }"
HUNGRY = "SELECT DISTINCT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f"
LIMITS = Limits(query_s=2, query_memory_mb=64, queries_at_once=4, slow_queries_at_once=2)


def task(text: str, graph: str = "nt", rows: int = 1000, size: int = 10**7) -> Task:
    return Task(
        text=text,
        results=Wanted("json", rows, size),
        graph=Wanted(graph, rows, size),
        default_graphs=(),
        named_graphs=(),
        describe_incoming=10,
        cut_link="http://localhost/sparql#cut",
    )


@pytest.fixture(scope="module")
def runner(config: Config) -> Iterator[Runner]:
    runner = Runner(replace(config, limits=LIMITS))
    yield runner
    runner.close()


@pytest.fixture
def folder(release: BuiltRelease) -> Path:
    return release.folder


def workers() -> set[int]:
    """The processes whose command line is a worker's, and which are descendants of this one."""
    parents: dict[int, int] = {}
    names: dict[int, bytes] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                names[int(entry.name)] = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(status[1]) if status[0] != "Z" else 0
    found = set()
    for pid, name in names.items():
        ancestor = pid
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if b"kg.query.worker" in name and ancestor == os.getpid():
            found.add(pid)
    return found


def rows(data: bytes) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(data)["results"]["bindings"]
    return found


def test_the_answer_is_the_engine_s(runner: Runner, folder: Path, release: BuiltRelease) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    reply = runner.run(folder, task(query), "a")
    assert rows(reply.data)[0]["n"]["value"] == release.engine.select(query).texts()[0][0]
    assert (reply.graph, reply.cut) == (False, None)


def test_one_worker_answers_one_query_after_another(runner: Runner, folder: Path) -> None:
    runner.run(folder, task("ASK {}"), "a")
    before = workers()
    for _ in range(20):
        runner.run(folder, task("ASK { ?s ?p ?o }"), "a")
    assert workers() == before


@pytest.mark.parametrize(
    ("query", "kind", "words"),
    [
        ("SELECT ?s {\n ?s}", QuerySyntaxError, "line 2, column 4"),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", QueryRefused, "SERVICE"),
        ("INSERT DATA { <a> <b> <c> }", QueryRefused, "read-only"),
        ("DESCRIBE <http://x/> WHERE { ?s", QuerySyntaxError, "line 1"),
        ("SELECT * { " + "{" * 20_000 + "}" * 20_000 + " }", QueryError, "nested too deeply"),
    ],
    ids=["syntax", "SERVICE", "update", "DESCRIBE", "nesting"],
)
def test_mistakes_come_back_as_what_they_are(
    runner: Runner, folder: Path, query: str, kind: type[QueryError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        runner.run(folder, task(query), "a")
    assert runner.run(folder, task("ASK {}"), "a").data


def test_a_query_over_its_time_is_killed(runner: Runner, folder: Path) -> None:
    began = time.monotonic()
    with pytest.raises(QueryOverLimit, match="more than 2 seconds"):
        runner.run(folder, task(ENDLESS), "a")
    assert 2 <= time.monotonic() - began < 4
    assert runner.load() == (0, 0)


def test_a_query_over_its_memory_is_killed(runner: Runner, folder: Path) -> None:
    with pytest.raises(QueryOverLimit, match="more than 64 MiB"):
        runner.run(folder, task(HUNGRY), "a")


def test_a_worker_that_another_kills_is_told_as_that(
    config: Config, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runner = Runner(replace(config, limits=replace(LIMITS, query_s=20)))
    try:
        runner.warm_up(folder)
        (worker,) = runner._idle
        timer = threading.Timer(0.5, os.kill, (worker.pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(QueryOverLimit, match="process was killed") as told:
            runner.run(folder, task(ENDLESS), "a")
        timer.join()
        assert runner.run(folder, task("ASK {}"), "a").data
    finally:
        runner.close()
    assert "MiB" not in str(told.value)
    assert "seconds" not in str(told.value)
    assert "a query worker was killed from outside" in caplog.text


def test_a_query_that_nobody_waits_for_is_killed(runner: Runner, folder: Path) -> None:
    gone = threading.Event()
    threading.Timer(0.3, gone.set).start()
    began = time.monotonic()
    with pytest.raises(QueryAbandoned):
        runner.run(folder, task(ENDLESS), "a", gone.is_set)
    assert time.monotonic() - began < 1
    assert runner.load() == (0, 0)


def test_a_slow_query_yields_the_processor_and_its_worker_is_not_used_again(
    config: Config, folder: Path
) -> None:
    runner = Runner(replace(config, limits=replace(LIMITS, query_s=3)))
    try:
        runner.run(folder, task("ASK {}"), "a")
        thread = threading.Thread(target=_run_until_killed, args=(runner, folder))
        thread.start()
        time.sleep(1.6)
        priorities = {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers()}
        thread.join()
        left = {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers()}
    finally:
        runner.close()
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    assert max(priorities) == 19
    assert left <= {usual, usual + NICENESS}


def _run_until_killed(runner: Runner, folder: Path) -> None:
    with pytest.raises(QueryOverLimit):
        runner.run(folder, task(ENDLESS), "a")


def test_twenty_runaways_end_in_time_and_leave_room(config: Config, folder: Path) -> None:
    runner = Runner(replace(config, limits=LIMITS))
    ends: list[tuple[str, float]] = []
    small: list[float] = []

    def run() -> None:
        began = time.monotonic()
        try:
            runner.run(folder, task(ENDLESS), "greedy")
        except QueryOverLimit as error:
            ends.append((type(error).__name__, time.monotonic() - began))

    try:
        runner.warm_up(folder)
        threads = [threading.Thread(target=run) for _ in range(20)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            began = time.monotonic()
            try:
                assert runner.run(folder, task("ASK {}"), "modest").data
            except TooManyQueries:
                pytest.fail("another client has used up this one's places")
            except QueryOverLimit:
                continue  # in the first second, while the others are not yet known as slow
            small.append(time.monotonic() - began)
        for thread in threads:
            thread.join()
    finally:
        runner.close()
    assert len(ends) == 20
    assert max(seconds for _, seconds in ends) < LIMITS.query_s + 2
    assert len(small) > 10
    assert runner.load() == (0, 0)


def test_a_worker_that_ends_while_idle_is_replaced(config: Config, folder: Path) -> None:
    runner = Runner(replace(config, limits=LIMITS))
    try:
        runner.warm_up(folder)
        for pid in workers():
            if os.getpgid(pid) and _parent(pid) != os.getpid():
                os.kill(pid, 9)
        time.sleep(0.2)
        assert runner.run(folder, task("ASK {}"), "a").data
    finally:
        runner.close()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_lost_nursery_is_replaced(config: Config, folder: Path) -> None:
    runner = Runner(replace(config, limits=LIMITS))
    try:
        runner.warm_up(folder)
        runner._nursery._process.kill()  # type: ignore[union-attr]  # it was started
        time.sleep(0.2)
        assert runner.run(folder, task("ASK {}"), "a").data
        with pytest.raises(QueryOverLimit):
            runner.run(folder, task(ENDLESS), "a")
        assert runner.run(folder, task("ASK {}"), "a").data
    finally:
        runner.close()


def test_closing_leaves_no_process(config: Config, folder: Path) -> None:
    before = workers()
    runner = Runner(replace(config, limits=LIMITS))
    runner.warm_up(folder)
    assert workers() > before
    runner.close()
    until = time.monotonic() + 5
    while workers() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert workers() == before


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
def test_a_graph_is_cut_and_says_so(runner: Runner, folder: Path, format_: object) -> None:
    name = format_.extension  # type: ignore[attr-defined]  # a Format
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    reply = runner.run(folder, task(query, graph=name, rows=50), "a")
    assert (reply.graph, reply.cut) == (True, 50)
    if name != "jsonld":
        assert b"only 50 statements are given" in reply.data
    whole = runner.run(folder, task(f"{query} LIMIT 50", graph=name, rows=50), "a")
    assert whole.cut is None
    assert b"Cut" not in whole.data
    short = runner.run(folder, task(query, graph=name, size=20_000), "a")
    assert short.cut is not None
    assert len(short.data) < 21_000


def test_a_worker_s_own_failure_is_logged_and_no_fault_of_the_query(
    runner: Runner, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(WorkerFailed, match="no-such-format"):
        runner.run(folder, task("CONSTRUCT WHERE { ?s ?p ?o }", graph="no-such-format"), "a")
    assert "Traceback" in caplog.text
    assert runner.run(folder, task("ASK {}"), "a").data


def test_a_release_that_is_gone_is_said_to_be_gone(
    config: Config, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runner = Runner(replace(config, limits=LIMITS))
    try:
        with pytest.raises(QueryOverLimit, match="is being replaced"):
            runner.run(tmp_path / "gone", task("ASK {}"), "a")
    finally:
        runner.close()
    assert "no such release" in caplog.text


@pytest.mark.parametrize(
    ("query", "format_", "words"),
    [
        ('CONSTRUCT { <a:a> <a:b> "x"@ar--rtl } {}', "jsonld", "base directions"),
        ("CONSTRUCT { <a:a> <a:b> <<( <a:a> <a:b> 1 )>> } {}", "jsonld", "triple terms"),
        ("CONSTRUCT { <a:a> <http://x/1> 1 } {}", "rdf", "http://x/1"),
        ('CONSTRUCT { <a:a> <a:b> "x\\u0001" } {}', "rdf", "control character"),
    ],
    ids=["direction", "triple term", "property", "character"],
)
def test_what_a_format_cannot_hold_is_refused(
    runner: Runner, folder: Path, query: str, format_: str, words: str
) -> None:
    with pytest.raises(FormatRefused, match=words):
        runner.run(folder, task(query, graph=format_), "a")
    assert runner.run(folder, task(query, graph="nt"), "a").data


def test_describe_of_everything_is_cut(runner: Runner, folder: Path) -> None:
    reply = runner.run(folder, task("DESCRIBE ?s { ?s ?p ?o }", rows=500), "a")
    assert reply.cut == 500


def test_describe_of_a_variable_without_a_pattern_describes_nothing(
    runner: Runner, folder: Path
) -> None:
    assert runner.run(folder, task("DESCRIBE ?s"), "a").data == b""


def test_closing_gives_up_what_is_at_work(config: Config, folder: Path) -> None:
    runner = Runner(replace(config, limits=replace(LIMITS, query_s=30)))
    thread = threading.Thread(target=_run_until_killed, args=(runner, folder))
    thread.start()
    while runner.load() != (1, 0):
        time.sleep(0.01)
    began = time.monotonic()
    runner.close()
    thread.join()
    assert time.monotonic() - began < 2
    runner.close()


def test_a_nursery_that_does_not_answer_is_replaced(
    config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nursery, "PATIENCE_S", 0.5)
    runner = Runner(replace(config, limits=LIMITS))
    try:
        runner.warm_up(folder)
        os.kill(runner._nursery._process.pid, signal.SIGSTOP)  # type: ignore[union-attr]  # it was started
        with pytest.raises(QueryOverLimit):
            runner.run(folder, task(ENDLESS), "a")
        assert runner.run(folder, task("ASK {}"), "a").data
    finally:
        runner.close()


UNGUARDED = """
import sys
from pathlib import Path
from kg.query.worker import Settings, _bind
from kg.release.folder import open_release
release = open_release(Path(sys.argv[1]))
bool(release.store.query("ASK { ?s ?p ?o }"))
if sys.argv[3] == "bound":
    _bind(Settings(sys.argv[1], 64, 5, (), 1, 1, 1, 1), network=False)
try:
    release.store.query("ASK { SERVICE <" + sys.argv[2] + "> { ?s ?p ?o } }")
except OSError as error:
    print(error)
print(len(list(release.store.query("SELECT * { GRAPH ?g { ?s ?p ?o } }"))))
"""


@pytest.mark.parametrize("bound", ["bound", "free"])
def test_even_past_the_guard_a_bound_worker_reaches_nothing(folder: Path, bound: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        command = [sys.executable, "-c", UNGUARDED, str(folder), address, bound]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            reached = False
            until = time.monotonic() + 20
            while not reached and process.poll() is None and time.monotonic() < until:
                with contextlib.suppress(TimeoutError):
                    listener.accept()[0].close()
                    reached = True
            printed = process.communicate()[0].splitlines()
    assert reached is (bound == "free")
    assert int(printed[-1]) > 1000
