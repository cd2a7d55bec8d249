"""What one query may take of other services, and what it has taken."""

import threading
from dataclasses import dataclass

from kg.errors import QueryOverLimit

RETRY_S = 2


@dataclass(frozen=True)
class ServiceLimits:
    """Bounds of the services that a query asks: of each answer, and of all of them.

    ``answer_s`` and ``answer_bytes`` bound one answer; ``calls`` and ``total_bytes`` what one
    query asks and reads. A redirect that is followed is a call.
    """

    answer_s: float
    answer_bytes: int
    calls: int
    total_bytes: int


class Spending:
    """Counts calls and bytes of one query; any number of threads may use it at once."""

    def __init__(self, limits: ServiceLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._calls = 0
        self._bytes = 0
        self._over = ""

    def call(self) -> None:
        """Count a call. Raises ValueError where it is one too many."""
        with self._lock:
            self._calls += 1
            if self._calls > self._limits.calls:
                self._refuse(f"asks services more than {self._limits.calls} times")

    def read(self, count: int) -> None:
        """Count bytes of an answer. Raises ValueError where they are too many in all."""
        with self._lock:
            self._bytes += count
            if self._bytes > self._limits.total_bytes:
                self._refuse(f"reads more than {self._limits.total_bytes} bytes from services")

    def _refuse(self, what: str) -> None:
        self._over = self._over or (
            f"the query {what}; ask for less, or ask the service yourself and join the answers"
        )
        raise ValueError(self._over)

    def error(self) -> QueryOverLimit | None:
        """Return the error of a query that went beyond a bound in all, or None."""
        return QueryOverLimit(self._over, RETRY_S) if self._over else None
