"""The workers, as the server sees them: asked for, watched, and killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from kg.query.task import Reply, Task, error_in_head
from kg.query.worker import MESSAGE_BYTES, Settings

SLOW_NICENESS = 19
PATIENCE_S = 5
"""A nursery that takes longer for a fork or a burial is replaced, in seconds."""


class Worker:
    """A process that answers one task at a time."""

    def __init__(self, pid: int, connection: Connection, settings: Settings) -> None:
        self.pid = pid
        self.settings = settings
        self._connection = connection
        self._lock = threading.Lock()
        self.code: int | None = None
        self.slowed = False

    def send(self, task: Task) -> None:
        """Give the worker a task. Raises OSError where it has ended."""
        self._connection.send_bytes(task.to_bytes())

    def wait(self, seconds: float) -> bool:
        """Wait for an answer, or for the worker's end; say whether one of them has come."""
        return self._connection.poll(seconds)

    def receive(self) -> Reply:
        """Return the answer. Raises the worker's QueryError, or EOFError where it has ended."""
        try:
            head = json.loads(self._connection.recv_bytes())
            data = self._connection.recv_bytes()
        except OSError as error:
            raise EOFError from error
        reported = error_in_head(head)
        if reported is not None:
            raise reported
        return Reply(data, head["graph"], head["cut"], head["last"])

    def slow_down(self) -> None:
        """Let others go first from now on; there is no way back."""
        if not self.slowed:
            self.slowed = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, SLOW_NICENESS)

    def kill(self) -> None:
        """End the process now."""
        with self._lock:
            if self.code is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

    def buried(self, code: int) -> None:
        """Note that the process is gone: its number may soon be another's."""
        with self._lock:
            self.code = code
        self._connection.close()


class Nursery:
    """Makes workers. Its process starts with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, settings: Settings) -> Worker:
        """Return a new worker."""
        ours, theirs = socket.socketpair()
        with theirs:
            answer = self._ask(asdict(settings), [theirs.fileno()])
        return Worker(answer["pid"], Connection(ours.detach()), settings)

    def bury(self, worker: Worker) -> int:
        """Kill the worker, if it lives; return its exit code, or minus the signal that ended it."""
        if worker.code is None:
            worker.kill()
            worker.buried(self._ask({"bury": worker.pid}, [])["code"])
        return worker.code or 0

    def close(self) -> None:
        """End the nursery; its idle workers end with their connections."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._process is not None and self._control is not None:
            self._control.close()
            try:
                self._process.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None

    def _ask(self, request: dict[str, Any], files: list[int]) -> dict[str, Any]:
        message = json.dumps(request).encode()
        with self._lock:
            answer = self._exchange(message, files) or self._exchange(message, files)
        if not answer:
            raise RuntimeError("the process that makes query workers does not start")
        table: dict[str, Any] = json.loads(answer)
        return table

    def _exchange(self, message: bytes, files: list[int]) -> bytes:
        """Return the process's answer; nothing where it has ended."""
        try:
            control = self._start()
            control.settimeout(PATIENCE_S)
            socket.send_fds(control, [message], files)
            answer = control.recv(MESSAGE_BYTES)
        except OSError:
            answer = b""
        if not answer:
            self._stop()
        return answer

    def _start(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                command = [sys.executable, "-m", "kg.query.worker", str(theirs.fileno())]
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
                )
        return self._control
