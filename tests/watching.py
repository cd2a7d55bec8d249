"""What the tests see of a server from outside: its processes, and who was asked."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROC = Path("/proc")
SAMPLE_S = 0.05
MIB = 2**20


@dataclass(frozen=True)
class Process:
    """A process as ``/proc`` shows it; ``ticks`` is the processor time that it has used."""

    pid: int
    parent: int
    ticks: int
    command: tuple[str, ...]

    @property
    def is_query_worker(self) -> bool:
        """Whether it is a query worker, or what makes them."""
        return "kg.query.worker" in self.command

    def memory_bytes(self) -> int:
        """Return the memory that it has, what it shares counted by its share."""
        try:
            lines = (PROC / str(self.pid) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            return 0
        return sum(
            int(line.split()[1]) * 1024 for line in lines.splitlines() if line.startswith("Pss:")
        )


def processes() -> list[Process]:
    """Return all processes that can be seen, zombies left out."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            command = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        # The name of the program, in brackets, may hold anything.
        state, parent, *rest = stat.rpartition(") ")[2].split()
        if state != "Z":
            ticks = int(rest[9]) + int(rest[10])
            found.append(Process(int(folder.name), int(parent), ticks, tuple(command.split("\0"))))
    return found


class Watched:
    """A running server and all its processes."""

    def __init__(self, address: str) -> None:
        self.address = address
        port = str(urlsplit(address).port)
        [main] = [
            one.pid
            for one in processes()
            if one.parent == os.getpid() and port in one.command and "serve" in one.command
        ]
        self.pid = main
        self.most_bytes = 0

    def family(self) -> list[Process]:
        """Return the server and everything that it started, parents first."""
        everyone = processes()
        family = [one for one in everyone if one.pid == self.pid]
        for member in family:
            family += [one for one in everyone if one.parent == member.pid]
        return family

    def workers(self) -> list[Process]:
        """Return the query workers."""
        family = self.family()
        makers = {one.pid for one in family if one.is_query_worker}
        return [one for one in family if one.is_query_worker and one.parent in makers]

    def busy_workers(self, seconds: float = 0.25) -> list[int]:
        """Return the workers that use the processor during the next moment."""
        before = {one.pid: one.ticks for one in self.workers()}
        time.sleep(seconds)
        return [one.pid for one in self.workers() if one.ticks > before.get(one.pid, one.ticks)]

    def memory_bytes(self) -> int:
        """Return the memory of the server and everything that it started."""
        return sum(one.memory_bytes() for one in self.family())

    @contextmanager
    def memory_watched(self) -> Iterator[None]:
        """Keep in ``most_bytes`` the most memory that there was at any time."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(SAMPLE_S):
                self.most_bytes = max(self.most_bytes, self.memory_bytes())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Listener(ThreadingHTTPServer):
    """A server on loopback that counts everyone who connects, whatever they say."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.connections = 0
        self.netloc = f"127.0.0.1:{self.server_port}"

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Count, and let them in."""
        self.connections += 1
        return super().verify_request(request, client_address)


class Silent(BaseHTTPRequestHandler):
    """Answers that there is nothing."""

    def do_GET(self) -> None:
        """Answer any request."""
        self.send_error(404)

    do_POST = do_GET  # noqa: N815 - the server's name for it

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def listening(*handlers: type[BaseHTTPRequestHandler]) -> Iterator[Sequence[Listener]]:
    """Run a listener for each handler."""
    servers = [Listener(handler) for handler in handlers]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield servers
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
