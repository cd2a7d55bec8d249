"""Runs visitors' queries in worker processes, each within its limits."""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kg.config import Config
from kg.errors import QueryAbandoned, QueryError, QueryOverLimit, StoreDamaged
from kg.guard import refuse_forbidden, service_names
from kg.query.gate import CHECK_S, Gate, Place
from kg.query.nursery import Nursery, Worker
from kg.query.task import Reply, Task, WorkerFailed
from kg.query.worker import OUT_OF_MEMORY, TOO_DEEP, Settings

ALARM_AFTER_S = 1
"""How long after the time limit a worker that nobody killed kills itself, in seconds."""
RETRY_S = 2
IDLE_KEPT = 4
"""Idle workers that wait for the next query; making one takes some ten milliseconds."""
LOG = logging.getLogger(__name__)
YIELD_AFTER_S = 0.15
"""After what time at work a query lets all shorter ones go first, in seconds."""


class Runner:
    """Answers tasks over releases; keeps idle workers for the next one.

    Any number of threads may use it at once.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._limits = config.limits
        self._gate = Gate(config.limits)
        self._nursery = Nursery()
        self._lock = threading.Lock()
        self._idle: list[Worker] = []

    def run(
        self, folder: Path, task: Task, client: str, gone: Callable[[], bool] = lambda: False
    ) -> Reply:
        """Return the answer to a task over the release in ``folder``.

        ``client`` is who asks; ``gone`` says whether they still wait. Raises QueryError: its
        subclasses for what is wrong with the query, QueryOverLimit where it takes too much,
        QueryAbandoned where nobody waits.
        """
        network = bool(self._config.service_hosts) and bool(service_names(task.text))
        if not network:
            refuse_forbidden(task.text)
        deadline = time.monotonic() + self._limits.query_s
        with self._gate.place(client, gone) as place:
            worker = self._take(self._settings(folder, network=network))
            keep = False
            try:
                reply = self._watch(worker, task, place, deadline, gone)
                keep = not reply.last
            except (QueryOverLimit, QueryAbandoned):
                raise
            except QueryError:
                # The query was wrong, the worker is as good as before.
                keep = True
                raise
            finally:
                usable = keep and not network and not worker.slowed and worker.code is None
                if usable:
                    self._give_back(worker)
                else:
                    self._nursery.bury(worker)
            return reply

    def warm_up(self, folder: Path) -> None:
        """Have a worker ready for the first query over a release."""
        self._give_back(self._take(self._settings(folder, network=False)))

    def load(self) -> tuple[int, int]:
        """Return how many queries are at work and how many wait; `/healthz` tells it."""
        return self._gate.counts()

    def close(self) -> None:
        """End all workers; queries that are at work are given up."""
        self._gate.close()
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            self._nursery.bury(worker)
        self._nursery.close()

    def _settings(self, folder: Path, *, network: bool) -> Settings:
        return Settings(
            folder=str(folder),
            memory_mb=self._limits.query_memory_mb,
            alarm_s=self._limits.query_s + ALARM_AFTER_S,
            service_hosts=self._config.service_hosts if network else (),
            service_s=self._limits.service_s,
            service_bytes=self._limits.service_bytes,
            service_calls=self._limits.service_calls,
            service_total_bytes=self._limits.service_total_bytes,
        )

    def _take(self, settings: Settings) -> Worker:
        with self._lock:
            # Those of an earlier release: nobody asks for it any more. One that has something
            # to say while it is idle has ended.
            old = [w for w in self._idle if w.settings.folder != settings.folder or w.wait(0)]
            self._idle = [worker for worker in self._idle if worker not in old]
            worker = self._idle.pop() if self._idle and not settings.service_hosts else None
        for ended in old:
            self._nursery.bury(ended)
        return worker or self._nursery.make(settings)

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            enough = len(self._idle) >= IDLE_KEPT
            if not enough:
                self._idle.append(worker)
        if enough:
            self._nursery.bury(worker)

    def _watch(
        self,
        worker: Worker,
        task: Task,
        place: Place,
        deadline: float,
        gone: Callable[[], bool],
    ) -> Reply:
        began = time.monotonic()
        # An idle worker may have ended since it was last used: then the answer is its end.
        with contextlib.suppress(OSError):
            worker.send(task)
        while not worker.wait(CHECK_S):
            now = time.monotonic()
            if now >= deadline:
                raise QueryOverLimit(
                    f"the query takes more than {self._limits.query_s} seconds; "
                    "ask for less, with LIMIT or a narrower pattern",
                    RETRY_S,
                )
            if gone():
                raise QueryAbandoned("nobody waits for the answer")
            if place.given_up.is_set():
                raise QueryOverLimit(
                    "too many slow queries are at work; ask for less, or try again later",
                    self._limits.query_s,
                )
            if now >= began + YIELD_AFTER_S:
                worker.slow_down()
            if not place.slow and now >= began + self._limits.slow_query_s:
                self._gate.turn_slow(place)
        return self._receive(worker)

    def _receive(self, worker: Worker) -> Reply:
        """Return a worker's answer, or raise what became of it."""
        try:
            return worker.receive()
        except EOFError:
            raise self._ended(self._nursery.bury(worker)) from None
        except (StoreDamaged, WorkerFailed) as failed:
            LOG.error("a query worker failed: %s", failed)  # noqa: TRY400 - the traceback is the worker's
            if not Path(worker.settings.folder).exists():
                raise QueryOverLimit("the release is being replaced; try again", RETRY_S) from None
            raise

    def _ended(self, code: int) -> QueryError:
        """Return the error for a worker that ended before its answer."""
        if code == -signal.SIGKILL:
            # Nobody of ours did: runaways are killed elsewhere, and have their own sentence.
            LOG.warning(
                "a query worker was killed from outside (SIGKILL): by the system, which had no "
                "memory left, or by hand"
            )
            return QueryOverLimit(
                "the query's process was killed, maybe as the server was out of memory; "
                "try again, or ask for less",
                RETRY_S,
            )
        if code in {-signal.SIGABRT, OUT_OF_MEMORY}:
            return QueryOverLimit(
                f"the query takes more than {self._limits.query_memory_mb} MiB of memory; "
                "ask for less, with LIMIT or a narrower pattern",
                RETRY_S,
            )
        if code == -signal.SIGSEGV:
            return QueryError(TOO_DEEP)
        return QueryOverLimit("the query ended before its answer; try again", RETRY_S)
