"""The server's processes from outside: lost ones come again, told ones end, none is left."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import pytest
from conftest import TINY
from serving import Server, running
from watching import Process, Watched, listening, processes

from kg.config import CONFIG_FILE

pytestmark = pytest.mark.server

PATIENCE_S = 20
STOP_S = 12
"""Longer than any wait below for an answer that is let come."""
LISTENS = "0A"
"""A state in /proc/net/tcp."""
ANSWER = (
    b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"waited"}}]}}'
)
GIVE_UP_AT_ONCE = """
import kg.web.processes
from kg.cli import main
kg.web.processes.MOST_LOSSES = 1
main()
"""


class Service(BaseHTTPRequestHandler):
    """A service that a query may ask; it answers when it is let."""

    asked: ClassVar[threading.Event]
    let: ClassVar[threading.Event]

    def do_POST(self) -> None:
        """Say that somebody asked, wait, and answer."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.set()
        self.let.wait(PATIENCE_S)
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)
        except ConnectionError:
            # Whoever asked was killed.
            return

    do_GET = do_POST  # noqa: N815 - the server's name for it

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass
class Scene:
    """A server of two processes, and the service that its queries may ask."""

    server: Server
    watched: Watched
    service: str
    seen: set[int] = field(default_factory=set)

    def served_by(self) -> list[int]:
        """Return the processes that answer requests."""
        pid = self.server.process.pid
        return [one.pid for one in processes() if one.parent == pid]

    def listeners(self) -> int:
        """Return how many sockets take connections for the server: each process has its own."""
        place = f":{urlsplit(self.server.address).port:04X}"
        rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        return sum(row.split()[1].endswith(place) and row.split()[3] == LISTENS for row in rows)

    def complete(self) -> bool:
        """Say whether two processes take connections, and each has made its query worker."""
        return self.listeners() == 2 and len(self.watched.workers()) == 2

    def family(self) -> list[Process]:
        """Return all processes of the server, and remember them."""
        family = self.watched.family()
        self.seen |= {one.pid for one in family}
        return family

    def left(self) -> list[int]:
        """Return which of all processes that were seen are still there."""
        alive = {one.pid for one in processes()}
        return sorted(self.seen & alive)

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a request over a new connection."""
        connection = HTTPConnection(urlsplit(self.server.address).netloc, timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers={"Accept": "text/csv"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    @contextmanager
    def waiting_answer(self) -> Iterator["Future[tuple[int, str]]"]:
        """Ask a query that ends when the service is let answer."""
        Service.asked, Service.let = threading.Event(), threading.Event()
        query = f"SELECT ?x {{ SERVICE <http://{self.service}/> {{ ?x ?y ?z }} }}"
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(self.get, f"/sparql?query={quote(query)}")
            try:
                assert Service.asked.wait(PATIENCE_S)
                yield answer
            finally:
                Service.let.set()


def eventually(true: Callable[[], object], seconds: float = PATIENCE_S) -> bool:
    """Say whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def scene_at(
    folder: Path, work: Path, *, stop_s: int = STOP_S, command: tuple[str, ...] = ()
) -> Iterator[Scene]:
    """Run a server of two processes over a release."""
    work.mkdir()
    text = (TINY / CONFIG_FILE).read_text(encoding="utf-8")
    with listening(Service) as [service]:
        limits = f"service_s = {PATIENCE_S}\nquery_s = {PATIENCE_S}\nstop_s = {stop_s}\n"
        hosts = f'service_hosts = ["{service.netloc}"]\n'
        (work / CONFIG_FILE).write_text(f"{hosts}{text}\n{limits}", encoding="utf-8")
        more = {"command": command} if command else {}
        with running(folder, "--workers", "2", root=work, log=work / "log", **more) as server:
            scene = Scene(server, Watched(server.address), service.netloc)
            assert eventually(scene.complete)
            scene.family()
            yield scene


@pytest.fixture
def scene(tiny_shelf: Path, tmp_path: Path) -> Iterator[Scene]:
    """A server of two processes over the smallest instance."""
    with scene_at(tiny_shelf / "current", tmp_path / "scene") as scene:
        yield scene


# --- one is lost ---------------------------------------------------------------------------


def test_a_lost_process_is_started_again_and_the_others_answer(scene: Scene) -> None:
    for _ in range(2):
        lost, kept = scene.served_by()
        os.kill(lost, signal.SIGKILL)
        assert eventually(lambda gone=lost: gone not in scene.served_by())  # type: ignore[misc]  # its type is its default's
        # Connections that the lost one had not taken yet are reset by the system.
        assert eventually(lambda: answers(scene), 2)
        assert scene.get("/sparql?query=ASK%7B%7D") == (200, "true\r\n")
        assert eventually(scene.complete)
        assert kept in scene.served_by()
    said = scene.server.said
    assert "was lost; another one starts" in said
    assert scene.server.process.poll() is None


def test_both_may_be_lost_at_once(scene: Scene) -> None:
    before = scene.served_by()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not set(scene.served_by()) & set(before) and scene.complete())
    assert scene.get("/healthz")[0] == 200


def test_what_cannot_start_is_tried_after_pauses_that_grow(
    tiny_shelf: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree((tiny_shelf / "current").resolve(), tmp_path / "release"))
    with scene_at(folder, tmp_path / "scene") as scene:
        manifest = folder / "manifest.json"
        manifest.rename(tmp_path / "manifest.json")
        os.kill(scene.served_by()[0], signal.SIGKILL)
        assert eventually(lambda: "3 times in a row; another one starts in 4" in scene.server.said)
        said = scene.server.said
        assert "2 times in a row; another one starts in 2 seconds" in said
        assert f"cannot begin: {folder}: no release here; run kg build" in said
        assert "Traceback" not in said
        assert said.count("cannot begin") == 2
        # The other one serves what it has open.
        assert scene.get("/healthz")[0] == 200
        (tmp_path / "manifest.json").rename(manifest)
        assert eventually(scene.complete)


def test_the_service_ends_where_none_can_start(tiny_shelf: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree((tiny_shelf / "current").resolve(), tmp_path / "release"))
    command = (sys.executable, "-c", GIVE_UP_AT_ONCE)
    with scene_at(folder, tmp_path / "scene", command=command) as scene:
        (folder / "manifest.json").unlink()
        for pid in scene.served_by():
            os.kill(pid, signal.SIGKILL)
        assert scene.server.process.wait(PATIENCE_S) == 1
        assert "and no other serves; the service ends" in scene.server.said
        assert eventually(lambda: not scene.left())


# --- it is told to end ---------------------------------------------------------------------


@pytest.mark.parametrize("everyone", [False, True], ids=["one", "all"])
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_running_answers_are_given_to_their_end(
    scene: Scene, told: signal.Signals, everyone: bool
) -> None:
    # A service manager and a terminal tell all processes at once.
    with scene.waiting_answer() as answer:
        scene.family()
        (os.killpg if everyone else os.kill)(scene.server.process.pid, told)
        assert eventually(lambda: refuses(scene))
        # Longer than it takes all else to end, once than a server once waited: 5 seconds.
        time.sleep(6 if told == signal.SIGTERM and not everyone else 1)
        assert not answer.done()
        Service.let.set()
        assert answer.result(PATIENCE_S) == (200, "x\r\nwaited\r\n")
    assert scene.server.process.wait(PATIENCE_S) == 0
    assert "Killing" not in scene.server.said
    assert "Traceback" not in scene.server.said
    assert eventually(lambda: not scene.left())


def answers(scene: Scene) -> bool:
    """Say whether the server answers a new connection."""
    try:
        return scene.get("/healthz")[0] == 200
    except ConnectionError:
        return False


def refuses(scene: Scene) -> bool:
    """Say whether the server takes no more connections."""
    try:
        scene.get("/healthz")
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def test_answers_that_do_not_end_are_cut_in_time(tiny_shelf: Path, tmp_path: Path) -> None:
    with (
        scene_at(tiny_shelf / "current", tmp_path / "scene", stop_s=1) as scene,
        scene.waiting_answer() as answer,
    ):
        scene.family()
        began = time.monotonic()
        scene.server.process.terminate()
        assert scene.server.process.wait(PATIENCE_S) == 0
        assert 1 <= time.monotonic() - began < 5
        # The query is ended with whoever asked it, not with its own time.
        assert eventually(lambda: not scene.left(), 2)
        with pytest.raises(OSError, match=r"closed connection|reset"):
            answer.result(PATIENCE_S)


def test_idle_connections_hold_nothing_up(scene: Scene) -> None:
    connection = HTTPConnection(urlsplit(scene.server.address).netloc, timeout=PATIENCE_S)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()
    scene.server.process.terminate()
    assert scene.server.process.wait(STOP_S / 2) == 0
    connection.close()
    assert eventually(lambda: not scene.left())


def test_a_process_that_has_just_begun_ends_as_well(scene: Scene) -> None:
    before = scene.served_by()
    os.kill(before[0], signal.SIGKILL)
    # While the new one opens its release, not before it was made.
    assert eventually(lambda: set(scene.served_by()) - set(before))
    time.sleep(0.1)
    scene.family()
    scene.server.process.terminate()
    assert scene.server.process.wait(STOP_S / 2) == 0
    assert "Killing" not in scene.server.said
    assert eventually(lambda: not scene.left())


# --- it is killed --------------------------------------------------------------------------


def test_nothing_outlives_a_killed_server(scene: Scene) -> None:
    with scene.waiting_answer():
        scene.family()
        scene.server.process.kill()
        scene.server.process.wait()
        assert eventually(lambda: not scene.left(), 2)


def test_a_query_ends_with_the_process_that_asked_it(scene: Scene) -> None:
    with scene.waiting_answer():
        before = {one.pid: one for one in scene.family()}
        makers = {one.pid: one.parent for one in before.values() if one.is_query_worker}
        [busy] = {
            one.parent for one in before.values() if len(_children(before, one.parent)) > 1
        } & set(makers)
        os.kill(makers[busy], signal.SIGKILL)
        gone = {busy, makers[busy], *_children(before, busy)}
        assert eventually(lambda: not gone & {one.pid for one in processes()}, 2)


def _children(family: dict[int, Process], pid: int) -> list[int]:
    return [one.pid for one in family.values() if one.parent == pid]
