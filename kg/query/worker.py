"""The process in which a visitor's query runs, so that it can be killed.

``python -m kg.query.worker FD`` is the nursery: it has imported everything, opened nothing
and has one thread, and forks a worker for each request on the socket FD. A fork costs
milliseconds, and a worker that is killed leaves nothing behind. (multiprocessing's fork
server would import the program's main module into each of them, and its pools, like
pebble's, share one pipe: a worker killed in the midst of a long answer holds up the rest.)

A worker binds itself before it reads a query:

- memory: RLIMIT_DATA, what it has plus ``memory_mb``;
- time: an alarm that kills it, should nobody else do so;
- the network: it may open no further file, hence no socket, unless a gateway to allowed
  services is asked for. So even a SERVICE clause that no one saw leads nowhere.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pyoxigraph import QueryBoolean, QuerySolutions

from kg.errors import QueryError, ReleaseError, StoreDamaged
from kg.formats import BY_EXTENSION
from kg.query.embedded import EmbeddedEngine
from kg.query.engine import QueryDataset
from kg.query.gateway import Gateway
from kg.query.lifeline import end_with
from kg.query.results import (
    RESULTS_BY_EXTENSION,
    answer_query,
    write_limited_graph,
    write_results,
)
from kg.query.spending import ServiceLimits
from kg.query.task import Reply, Task, head_of_bug, head_of_error, head_of_reply
from kg.release.folder import Release, open_release

MIB = 2**20
GREW_TOO_MUCH_BYTES = 32 * MIB
"""A worker that has grown by this much ends after its answer, to give the memory back."""
NICENESS = 3
"""Pages go before queries."""
MESSAGE_BYTES = 65_536
TOO_DEEP = "the query is nested too deeply; write it with fewer levels"
OUT_OF_MEMORY = 17
"""Exit code of a worker that Python, not the engine, found to be out of memory."""


@dataclass(frozen=True)
class Settings:
    """What a worker is made for: a release, and the bounds of all its queries."""

    folder: str
    memory_mb: int
    alarm_s: int
    service_hosts: tuple[str, ...]
    service_s: int
    service_bytes: int
    service_calls: int
    service_total_bytes: int

    def gateway(self) -> Gateway | None:
        """Return the way to the allowed services, or None where there are none."""
        if not self.service_hosts:
            return None
        limits = ServiceLimits(
            answer_s=self.service_s,
            answer_bytes=self.service_bytes,
            calls=self.service_calls,
            total_bytes=self.service_total_bytes,
        )
        return Gateway(self.service_hosts, limits)


def run_task(engine: EmbeddedEngine, release: Release, task: Task) -> Reply:
    """Return the answer to a task; raise QueryError where there is none."""
    dataset = QueryDataset(task.default_graphs, task.named_graphs)
    try:
        answer = answer_query(engine, task.text, task.describe_incoming, dataset)
        if isinstance(answer, QuerySolutions | QueryBoolean):
            written = write_results(
                answer,
                RESULTS_BY_EXTENSION[task.results.format],
                most_rows=task.results.rows,
                most_bytes=task.results.bytes,
                cut_link=task.cut_link,
            )
            engine.refuse_incomplete()
            return Reply(written.data, False, written.cut)
        written = write_limited_graph(
            answer,
            BY_EXTENSION[task.graph.format],
            release,
            most_triples=task.graph.rows,
            most_bytes=task.graph.bytes,
        )
    except RecursionError:
        raise QueryError(TOO_DEEP) from None
    except (RuntimeError, OSError, ValueError) as error:
        # Solutions are found while they are read, so the engine may fail here.
        raise engine.failure(error) from None
    engine.refuse_incomplete()
    return Reply(written.data, True, written.cut)


def _work(connection: Connection, settings: Settings) -> None:
    """Answer tasks from the connection until it closes."""
    release = open_release(Path(settings.folder))
    gateway = settings.gateway()
    engine = EmbeddedEngine(release.store, release.base, gateway)
    _ = release.context
    _warm_up(engine)
    _bind(settings, network=gateway is not None)
    most = _peak_bytes() + GREW_TOO_MUCH_BYTES
    last = False
    while not last:
        try:
            task = Task.from_bytes(connection.recv_bytes())
        except (EOFError, OSError):
            return
        signal.setitimer(signal.ITIMER_REAL, settings.alarm_s)
        try:
            reply = run_task(engine, release, task)
            last = _peak_bytes() > most
            head, data = head_of_reply(reply, last=last), reply.data
        except QueryError as error:
            head, data = head_of_error(error), b""
        with contextlib.suppress(OSError):
            connection.send_bytes(head)
            connection.send_bytes(data)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _warm_up(engine: EmbeddedEngine) -> None:
    """Make the store open the files that it opens late."""
    engine.select("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } LIMIT 1")


def _bind(settings: Settings, *, network: bool) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = _status_kib("VmData") * 1024 + settings.memory_mb * MIB
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if not network:
        free = os.dup(0)
        os.close(free)
        # The lowest number that is free: every file to be opened would get it, or a higher one.
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))


def _status_kib(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _nursery(control: socket.socket) -> None:
    """Fork workers and bury them, as the socket asks; end when it closes.

    All workers end with it, those at work too: whoever asked is gone.
    """
    pid_here = os.getpid()
    while True:
        try:
            message, files, _flags, _address = socket.recv_fds(control, MESSAGE_BYTES, 1)
        except ConnectionError:
            return
        if not message:
            return
        request: dict[str, Any] = json.loads(message)
        if "bury" in request:
            answer = {"code": _bury(request["bury"])}
        else:
            pid = os.fork()
            if pid == 0:
                control.close()
                request["service_hosts"] = tuple(request["service_hosts"])
                _child(files[0], Settings(**request), pid_here)
            answer = {"pid": pid}
        for number in files:
            os.close(number)
        try:
            control.sendall(json.dumps(answer).encode())
        except ConnectionError:
            return


def _bury(pid: int) -> int:
    """Wait for a killed worker's end; return its exit code, or minus its signal."""
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        # The child of an earlier nursery, which is gone.
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status)


def _child(number: int, settings: Settings, parent: int) -> None:
    code = 1
    try:
        end_with(parent)
        os.nice(NICENESS)
        # The engine's last words on a failed allocation name paths of this machine.
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 2)
        with Connection(number) as connection:
            code = _work_and_report(connection, settings)
    finally:
        os._exit(code)


def _work_and_report(connection: Connection, settings: Settings) -> int:
    """Work, and tell the server of what nobody foresaw; return the exit code."""
    try:
        _work(connection, settings)
    except MemoryError:
        return OUT_OF_MEMORY
    except (ReleaseError, StoreDamaged) as error:
        # Of the release, and of no query: it does not open, or its first pages cannot be read.
        with contextlib.suppress(OSError):
            connection.send_bytes(head_of_error(StoreDamaged(str(error))))
            connection.send_bytes(b"")
        return 1
    except Exception:  # noqa: BLE001 - whatever it is, it goes into the server's log
        with contextlib.suppress(OSError):
            connection.send_bytes(head_of_bug(traceback.format_exc()))
            connection.send_bytes(b"")
        return 1
    return 0


if __name__ == "__main__":
    # A terminal or a service manager tells all processes at once. The server lets answers end,
    # and then this process by the socket.
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.SIG_IGN)
    _nursery(socket.socket(fileno=int(sys.argv[1])))
