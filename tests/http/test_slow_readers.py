"""Clients that ask for much and read nothing: nobody else waits for them."""

import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from attacking import get
from conftest import ROOT, BuiltRelease
from serving import running_server
from watching import MIB, Watched

from kg.config import CONFIG_FILE

pytestmark = pytest.mark.server

DUMP = "dumps/research-center-kg.nq"
DUMP_BYTES = 16 * MIB
"""More than the system keeps for a connection (tcp_wmem is 4 MiB at most)."""
READERS = 40
PROMPT_S = 2
RECOVERY_S = 60
EVERYTHING = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
KEPT_MIB = 300
"""What answers that nobody reads may take."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, release: BuiltRelease) -> Iterator[Watched]:
    """A server over a release with a large dump."""
    root = tmp_path_factory.mktemp("slow")
    shutil.copy(ROOT / CONFIG_FILE, root / CONFIG_FILE)
    folder = Path(shutil.copytree(release.folder, root / "release"))
    dump = folder / DUMP
    data = dump.read_bytes()
    dump.chmod(0o644)
    dump.write_bytes(data * (DUMP_BYTES // len(data) + 1))
    with running_server(folder, root) as address:
        yield Watched(address)
        # It cannot end while it waits for somebody, and the tests have hung up by now.
        deadline = time.monotonic() + RECOVERY_S
        while get(address, "/healthz").status == 0 and time.monotonic() < deadline:
            pass


def reading_nothing(server: str, path: str, stack: ExitStack) -> None:
    """Ask, with room for a few kilobytes, and leave it at that."""
    parts = urlsplit(server)
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((parts.hostname, parts.port))
    connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())


def at_work(server: str) -> int:
    """Return how many queries are at work: what they take is bounded for each, and not meant."""
    working: int = json.loads(get(server, "/healthz").body)["queries"]["working"]
    return working


def test_readers_of_a_dump_keep_nobody_out(watched: Watched) -> None:
    with ExitStack() as stack:
        for _ in range(READERS):
            reading_nothing(watched.address, DUMP, stack)
        time.sleep(1)
        answer = get(watched.address, "/en/", "text/html")
        assert (answer.status, answer.seconds < PROMPT_S) == (200, True)


def test_answers_that_nobody_reads_take_little_memory(watched: Watched) -> None:
    before = watched.memory_bytes()
    with ExitStack() as stack:
        for number in range(READERS // 2):
            path = f"sparql?format=xml&query={quote(f'{EVERYTHING} #{number}')}"
            reading_nothing(watched.address, path, stack)
            time.sleep(1)
        deadline = time.monotonic() + RECOVERY_S
        while at_work(watched.address) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert watched.memory_bytes() - before < KEPT_MIB * MIB
        assert get(watched.address, "/healthz").seconds < PROMPT_S
