"""Who may have a query at work now: places, a bounded queue, and fairness between clients.

Every query gets a place at once while there are some. Of those that wait, the client with
the fewest queries at work goes first, and of its queries the latest: in a rush the oldest
are about to be refused anyway, and the latest can still be answered soon. Where the queue
is full, the client who has most in it gives one up for another client.

A query that has run for a while is slow: only some of the places are for slow queries, so
that new ones find a place however many runaways there are. Where too many are slow, the
client who has most of them gives one up.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kg.config import Limits
from kg.errors import QueryAbandoned, QueryOverLimit, TooManyQueries

CHECK_S = 0.05


@dataclass(eq=False)
class Place:
    """A query's place, or its wait for one; ``given_up`` is set when it is to end."""

    client: str
    since: float
    slow: bool = False
    given_up: threading.Event = field(default_factory=threading.Event)


class Gate:
    """Hands out places, within the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._running: list[Place] = []
        self._waiting: list[Place] = []

    @contextmanager
    def place(self, client: str, gone: Callable[[], bool]) -> Iterator[Place]:
        """Hold a place while a query is at work; wait for one for a short time.

        Raises TooManyQueries or QueryOverLimit where there is none, QueryAbandoned where
        ``gone`` says that nobody waits any more.
        """
        place = Place(client, time.monotonic())
        with self._changed:
            if not self._admit(place):
                self._queue(place, gone)
        try:
            yield place
        finally:
            with self._changed:
                self._running.remove(place)
                self._changed.notify_all()

    def turn_slow(self, place: Place) -> None:
        """Count a query as slow; where there are too many, tell one of them to give up.

        It is one of the client who has most of them, the latest.
        """
        with self._changed:
            place.slow = True
            slow = [other for other in self._running if other.slow and not other.given_up.is_set()]
            if len(slow) > self._limits.slow_queries_at_once:
                by_client = Counter(other.client for other in slow)
                worst = max(slow, key=lambda other: (by_client[other.client], other.since))
                worst.given_up.set()

    def close(self) -> None:
        """Tell all queries to give up."""
        with self._changed:
            for place in (*self._running, *self._waiting):
                place.given_up.set()
            self._changed.notify_all()

    def counts(self) -> tuple[int, int]:
        """Return how many queries are at work and how many wait."""
        with self._changed:
            return len(self._running), len(self._waiting)

    def _admit(self, place: Place) -> bool:
        """Take a place if there is one and it is this query's turn."""
        if len(self._running) >= self._limits.queries_at_once:
            return False
        running = Counter(other.client for other in self._running)
        most = self._limits.queries_per_client
        if running[place.client] >= most:
            return False
        turns = [other for other in self._waiting if running[other.client] < most]
        turns = [other for other in turns if running[other.client] <= running[place.client]]
        if any(
            running[other.client] < running[place.client] or other.since > place.since
            for other in turns
        ):
            return False
        self._running.append(place)
        return True

    def _queue(self, place: Place, gone: Callable[[], bool]) -> None:
        if len(self._waiting) >= self._limits.queries_waiting:
            self._make_room(place)
        self._waiting.append(place)
        try:
            until = time.monotonic() + self._limits.query_wait_s
            while True:
                if place.given_up.is_set():
                    raise self._full(place)
                if self._admit(place):
                    return
                if gone():
                    raise QueryAbandoned("nobody waits for the answer")
                left = until - time.monotonic()
                if left <= 0:
                    raise self._full(place)
                self._changed.wait(min(left, CHECK_S))
        finally:
            if place in self._waiting:
                self._waiting.remove(place)
            self._changed.notify_all()

    def _make_room(self, place: Place) -> None:
        """Refuse the oldest waiting query of the client who has most, or else this one."""
        counts = Counter(other.client for other in (*self._running, *self._waiting))
        waiting = [other for other in self._waiting if not other.given_up.is_set()]
        worst = max(waiting, key=lambda other: (counts[other.client], -other.since), default=None)
        if worst is None or counts[worst.client] <= counts[place.client] + 1:
            raise self._full(place)
        worst.given_up.set()
        self._waiting.remove(worst)
        self._changed.notify_all()

    def _full(self, place: Place) -> QueryOverLimit:
        own = sum(other.client == place.client for other in self._running)
        if own >= self._limits.queries_per_client:
            return TooManyQueries(
                f"{own} queries of yours are at work, and no client may have more; "
                "wait for one to end",
                self._limits.query_wait_s,
            )
        return QueryOverLimit(
            "all places for queries are taken; try again in a moment", self._limits.query_wait_s
        )
