"""One server, attacked in every way that ``cases/attacks`` lists; it answers, and goes on.

After each attack the server is the same process, answers at once, has asked nobody and has
told nothing of its insides; after all of them its memory is what it was.
"""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from attacking import Answer, Attack, ask, get, read_attacks, send
from conftest import ROOT, BuiltRelease
from sample import SLUG
from serving import running_server
from watching import MIB, Listener, Silent, Watched, listening

from kg.config import CONFIG_FILE

pytestmark = pytest.mark.server

ATTACKS = read_attacks()
LIMITS = {
    "body_s": 1,
    "query_s": 1,
    "query_memory_mb": 128,
    "result_rows": 5000,
}
UNREAD = "a line of a file that nobody may read"
INSIDES = (
    *("Traceback", 'File "', "site-packages", "/proc/", "root:x:"),
    *("kg/web", "kg/query", "asgi", UNREAD),
)
PROMPT_S = 2
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PEAK_MIB = 500
"""Server, nursery, idle workers and queries at their limit, at the worst moment."""
REST_MIB = 300
LOOPBACK = re.compile(r"(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]|0\.0\.0\.0)(?::\d+)?")


@dataclass(frozen=True)
class Scene:
    """The server under attack, the canary, and what may not be told."""

    watched: Watched
    canary: Listener
    secret: Path
    insides: tuple[str, ...]

    @property
    def server(self) -> str:
        """The address of the server."""
        return self.watched.address

    @property
    def places(self) -> dict[str, str]:
        """What attacks name in braces."""
        return {
            "canary": f"http://{self.canary.netloc}/",
            "canary_host": self.canary.netloc,
            "file": str(self.secret),
            "host": urlsplit(self.server).netloc,
            "center": SLUG,
        }

    def leaks(self, request: bytes, answer: Answer) -> list[str]:
        """Return what an answer tells that it may not tell."""
        told = [inside for inside in self.insides if inside in answer.text]
        sent = unquote(request.decode("latin-1"))
        told += [address for address in LOOPBACK.findall(answer.text) if address not in sent]
        return told


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, release: BuiltRelease) -> Iterator[Scene]:
    """A server over the real profile, whose limits are small, and a canary."""
    root = tmp_path_factory.mktemp("attacked")
    limits = "".join(f"{key} = {value}\n" for key, value in LIMITS.items())
    text = (ROOT / CONFIG_FILE).read_text(encoding="utf-8")
    (root / CONFIG_FILE).write_text(f"{text}{limits}", encoding="utf-8")
    secret = root / "secret.ttl"
    secret.write_text(f'<http://a/> <http://a/> "{UNREAD}" .', encoding="utf-8")
    folders = (str(release.folder), release.folder.parent.name, str(ROOT), str(root))
    with ExitStack() as stack:
        [canary] = stack.enter_context(listening(Silent))
        watched = Watched(stack.enter_context(running_server(release.folder, root)))
        stack.enter_context(watched.memory_watched())
        yield Scene(watched, canary, secret, (*folders, *INSIDES))


def assert_prompt(server: str) -> None:
    """Fail unless the server answers harmless requests at once."""
    for answer, phrase in ((get(server, "/healthz"), "ok"), (ask(server, "ASK { }"), "true")):
        assert (answer.status, phrase in answer.text) == (200, True), answer.text
        assert answer.seconds < PROMPT_S


def test_there_are_attacks_of_every_sort() -> None:
    sorts = {attack.name.partition("-")[0] for attack in ATTACKS}
    assert len(ATTACKS) > 250
    assert len(sorts) > 25
    assert all(attack.description.endswith(".") for attack in ATTACKS)
    assert len({attack.description for attack in ATTACKS}) > len(ATTACKS) * 0.95


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_gets_its_answer_and_nothing_else(scene: Scene, attack: Attack) -> None:
    for request in attack.requests(scene.places):
        answer = send(scene.server, request, attack.drip.encode("latin-1"))
        assert answer.status in attack.statuses, answer.text[:2000]
        assert attack.says in answer.text, answer.text[:2000]
        assert attack.header.items() <= answer.headers.items()
        assert answer.seconds < attack.within_s
        assert scene.leaks(request, answer) == []
        assert "set-cookie" not in answer.headers
        assert_prompt(scene.server)
    assert scene.canary.connections == 0


def test_query_without_a_reader_ends_before_its_time(scene: Scene) -> None:
    parts = urlsplit(scene.server)
    begun = time.monotonic()
    connection = socket.create_connection((parts.hostname, parts.port))
    head = f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
    connection.sendall(head.encode())
    time.sleep(0.15)
    [runaway] = scene.watched.busy_workers(0.15)
    connection.close()
    while runaway in {one.pid for one in scene.watched.workers()}:
        assert time.monotonic() < begun + 0.8 * LIMITS["query_s"]
        time.sleep(0.02)


@pytest.mark.parametrize("beginning", ["", "GET /healthz HTTP/1.1\r\nHost: x\r\n"])
def test_a_hundred_idle_connections_keep_nobody_out(scene: Scene, beginning: str) -> None:
    parts = urlsplit(scene.server)
    with ExitStack() as stack:
        for _ in range(100):
            connection = socket.create_connection((parts.hostname, parts.port))
            stack.enter_context(connection)
            connection.sendall(beginning.encode())
        page = get(scene.server, f"/en/center/{SLUG}", "text/html")
        assert (page.status, page.seconds < PROMPT_S) == (200, True)
        assert_prompt(scene.server)


def test_a_hundred_unfinished_bodies_keep_nobody_out(scene: Scene) -> None:
    parts = urlsplit(scene.server)
    head = f"POST /sparql HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 9999\r\n\r\nx"
    with ExitStack() as stack:
        for _ in range(100):
            connection = socket.create_connection((parts.hostname, parts.port))
            stack.enter_context(connection)
            connection.sendall(head.encode())
        assert_prompt(scene.server)


def test_runaways_of_one_client_leave_pages_alone(scene: Scene) -> None:
    parts = urlsplit(scene.server)
    head = f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(40):
            connection = socket.create_connection((parts.hostname, parts.port))
            stack.enter_context(connection)
            connection.sendall(head.encode())
        time.sleep(0.5)
        page = get(scene.server, f"/en/center/{SLUG}", "text/html")
        assert (page.status, page.seconds < PROMPT_S) == (200, True)
        assert get(scene.server, "/healthz").seconds < PROMPT_S
    time.sleep(1)
    assert_prompt(scene.server)


def test_after_all_of_it_the_server_is_what_it_was(scene: Scene) -> None:
    watched = scene.watched
    assert watched.busy_workers() == []
    assert len(watched.workers()) <= 8
    assert watched.pid in {one.pid for one in watched.family()}
    assert_prompt(scene.server)
    assert watched.most_bytes < PEAK_MIB * MIB
    assert watched.memory_bytes() < REST_MIB * MIB


def test_the_canary_would_sing(scene: Scene) -> None:
    assert scene.canary.connections == 0
    assert get(scene.places["canary"], "/").status == 404
    assert scene.canary.connections == 1
