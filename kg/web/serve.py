"""The production server: Granian, with the application made anew in each of its processes."""

import contextlib
import ctypes
import errno
import logging
import multiprocessing
import multiprocessing.synchronize
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kg.config import Config
from kg.errors import KgError
from kg.query.lifeline import end_with
from kg.web.app import create_app
from kg.web.front import Front
from kg.web.processes import Processes

LOG = logging.getLogger(__name__)
Once = multiprocessing.synchronize.Lock
LARGE_BYTES = 1_000_000
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Parameters of glibc's malloc (malloc.h)."""
START_S = 60
FIXES = {
    errno.EADDRINUSE: "stop what listens there, or name another --port",
    errno.EACCES: "name a --port above 1023, or have a proxy take this one",
}
"""What to do about an address that cannot be listened on."""
LEAST_BUFFER_BYTES = 8192
"""What hyper, inside Granian, asks for."""


def serve(
    folder: Path,
    config: Config,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[], None],
) -> None:
    """Serve the release in ``folder`` until the process is told to stop (SIGTERM, SIGINT).

    Then no more connections are taken, and answers that are at work are given to their end,
    within ``limits.stop_s``. No process outlives this one.
    ``announce`` is called once the address takes connections, in one of the server's
    processes; so it must be picklable. Raises KgError for an address that cannot be listened
    on.
    """
    _try_address(host, port)
    _let_large_answers_go()
    server = Processes(
        "kg.web.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        respawn_failed_workers=True,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=config.limits.body_s * 1000,
            max_buffer_size=max(LEAST_BUFFER_BYTES, 2 * config.limits.header_bytes),
        ),
        websockets=False,
        # A process whose answers do not end by then is ended.
        workers_kill_timeout=config.limits.stop_s,
        log_level=LogLevels.warning,
    )
    # Whoever takes it announces: one process, once.
    once = multiprocessing.Lock()
    saying = partial(_announce_later, host, port, announce, once)
    server.serve(target_loader=partial(_load, folder.absolute(), config, saying), wrap_loader=False)


def _let_large_answers_go() -> None:
    """Have the C library give the memory of long answers back to the system.

    Left to itself glibc keeps blocks of up to 32 MiB for later, in an arena of each thread
    (mallopt(3)). Other libraries have no such setting and need none.
    """
    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_ARENA_MAX, 2)


def _announce_later(host: str, port: int, announce: Callable[[], None], once: Once) -> None:
    """Call ``announce`` from a thread, once the address takes connections.

    The thread begins in a process of Granian's, and not before Granian forks it: a process
    that is forked beside a busy thread has that thread's locks, and nobody to open them.
    """

    def wait() -> None:
        until = time.monotonic() + START_S
        target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection((target, port), 1):
                announce()
                return
            time.sleep(0.05)

    if once.acquire(block=False):
        threading.Thread(target=wait, daemon=True).start()


def _try_address(host: str, port: int) -> None:
    # Granian reports a busy port from inside, as a panic: ask first.
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror as error:
        raise KgError(
            f"{host}: {error.strerror}; name an address of this machine with --host"
        ) from None
    except OSError as error:
        fix = FIXES.get(error.errno or 0, "name an address of this machine with --host")
        raise KgError(f"{host}:{port}: {error.strerror}; {fix}") from None


def _load(folder: Path, config: Config, saying: Callable[[], None]) -> Front:
    # Until the loop runs, whoever tells this process to end would only reach the handlers of
    # the one that forked it, and wait in vain.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        end_with(parent.pid)
    try:
        app = create_app(folder, config)
    except KgError as error:
        # Whoever started the service has opened this release: it went since, or was damaged.
        LOG.error("this server process cannot begin: %s", error)  # noqa: TRY400 - a sentence, not a bug
        sys.exit(1)
    app.extensions["kg"].warm_up()
    saying()
    return Front(app, config)
