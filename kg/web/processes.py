"""The server's processes: one that is lost is started again, sooner or later.

Granian alone ends the whole service where one of them is lost, or where one is lost twice in
a few seconds. Here the others serve on, and the lost one comes again at once; where it is soon
lost again, after pauses that grow. Only where none is left, time and again, the service ends.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from granian.server.mp import MPServer

LOG = logging.getLogger(__name__)
STEADY_S = 60
"""A process that served for so long is started again at once, whatever was before, in seconds."""
MOST_PAUSE_S = 64
MOST_LOSSES = 5
"""So often in a row a process may be lost while no other serves: then it is no accident."""


@dataclass
class Losses:
    """How often in a row a process was lost soon after its start."""

    count: int = 0

    def pause(self, lived_s: float) -> int:
        """Count one more loss; return the pause before the next start, in seconds.

        >>> losses = Losses()
        >>> [losses.pause(1) for _ in range(9)]
        [0, 2, 4, 8, 16, 32, 64, 64, 64]
        >>> losses.pause(60)
        0
        """
        if lived_s >= STEADY_S:
            self.count = 0
        self.count += 1
        return min(2 ** (self.count - 1), MOST_PAUSE_S) if self.count > 1 else 0


class Processes(MPServer):
    """Granian, with this way to treat the processes that it loses."""

    def startup(
        self, spawn_target: Callable[..., object], target_loader: Callable[..., object]
    ) -> None:
        """Start the processes."""
        self._losses = [Losses() for _ in range(self.workers)]
        # Those whose pause is over.
        self._due: set[int] = set()
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # Granian types little of its inside

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: Callable[..., object],
        target_loader: Callable[..., object],
        delay: float = 0,
    ) -> None:
        """Start lost processes again; what is to wait comes here once more after its pause."""
        now_due = [number for number in dict.fromkeys(workers) if self._is_due(number)]
        super()._respawn_workers(now_due, spawn_target, target_loader, delay)
        # Granian's own rule, which ends the service, goes by this.
        self.respawned_wrks.clear()

    def _is_due(self, number: int) -> bool:
        if number in self._due:
            self._due.remove(number)
            return True
        losses = self._losses[number]
        pause = losses.pause(time.monotonic() - self.wrks[number].birth)
        if losses.count > MOST_LOSSES and not self._any_alive():
            LOG.error(
                "server process %d was lost %d times in a row, and no other serves; the service "
                "ends: see above for the reason",
                number + 1,
                losses.count,
            )
            self.interrupt_signal = True
            self._again(number)
            return False
        if pause == 0:
            LOG.warning("server process %d was lost; another one starts", number + 1)
            return True
        LOG.warning(
            "server process %d was lost, %d times in a row; another one starts in %d seconds",
            number + 1,
            losses.count,
            pause,
        )
        timer = threading.Timer(pause, self._after_pause, (number,))
        timer.daemon = True
        timer.start()
        return False

    def _any_alive(self) -> bool:
        return any(one.is_alive() for one in self.wrks)  # type: ignore[no-untyped-call]  # as above

    def _after_pause(self, number: int) -> None:
        self._due.add(number)
        self._again(number)

    def _again(self, number: int) -> None:
        """Have Granian's loop look at a process (once more)."""
        self.interrupt_children.append(number)
        self.main_loop_interrupt.set()
