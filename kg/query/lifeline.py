"""A process that ends with its parent, however that one ends."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""From prctl(2)."""


def end_with(parent: int) -> None:
    """Have the system kill this process as soon as its parent, of that number, is gone.

    To be called first thing in a process that the parent's main thread has forked: the system
    goes by the thread. Raises OSError where it knows no such thing.
    """
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if prctl is None:
        raise OSError("this system cannot tie a process to its parent; Linux can")
    if prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL)) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        # It went before it was asked.
        os._exit(1)
