"""Watches that no test reads what lies beside the checkout: a clone alone must do."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

EVENTS = frozenset(("open", "os.listdir", "os.scandir"))
"""Audit events of Python that name a file or folder which is read or written."""


class Watch:
    """An audit hook that remembers what was opened below the folder that holds the checkout.

    The checkout itself, ``allowed`` folders (an environment, temporary files) and what begins
    with a dot (settings, where that folder is a home) do not count, nor what other processes
    and libraries that are not Python's open.
    """

    def __init__(self, root: Path, allowed: Iterable[str]) -> None:
        self._beside = f"{root.parent}{os.sep}"
        folders = tuple(f"{folder}{os.sep}" for folder in (str(root), *allowed))
        # A folder that holds the one of the checkout tells nothing apart.
        self._counts_not = tuple(
            f for f in folders if f == self._beside or not self._beside.startswith(f)
        )
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Remember the path of an event; see ``sys.addaudithook``."""
        if event in EVENTS and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 - looks at no file
            if self.is_beside(path):
                self.seen.append(path)

    def is_beside(self, path: str) -> bool:
        """Tell whether an absolute path lies beside the checkout."""
        if not path.startswith(self._beside) or f"{path}{os.sep}".startswith(self._counts_not):
            return False
        return not path.removeprefix(self._beside).startswith(".")


def watch(root: Path) -> Watch:
    """Begin to watch this process; there is no end to it."""
    watching = Watch(root, (tempfile.gettempdir(), sys.prefix, sys.base_prefix))
    if root.parent != Path(root.anchor):
        sys.addaudithook(watching)
    return watching
