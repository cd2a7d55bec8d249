"""Watches that no test reads what lies beside the checkout: a clone alone must do."""

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

BELOW_SUITES = re.compile(r"environ\b.*\bSUITES\b|(?<!def )\bneeded_suite\(")
UPWARDS = re.compile(r"\bROOT\.parent\b|(/ |\bPath\(|\bjoinpath\()[\"']\.\.")
ABOVE = re.compile(r"__file__\)(?:\.resolve\(\))?(?:\.parents\[(\d+)\]|((?:\.parent)+)\b)")


class Watch:
    """An audit hook that remembers what was opened below the folder that holds the checkout.

    Files, folders, databases, links, the folder that is worked in, and what a command is told.
    The checkout itself, ``allowed`` folders (an environment, temporary files) and what begins
    with a dot (settings, where that folder is a home) do not count. Nobody tells what other
    processes and libraries that are not Python's open, nor whether a file was asked for.
    """

    def __init__(self, root: Path, allowed: Iterable[str]) -> None:
        self._beside = f"{root.parent}{os.sep}"
        folders = tuple(f"{folder}{os.sep}" for folder in (str(root), *allowed))
        # A folder that holds the one of the checkout tells nothing apart.
        self._counts_not = tuple(
            f for f in folders if f == self._beside or not self._beside.startswith(f)
        )
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Remember the paths of an event; see ``sys.addaudithook``."""
        for path in paths_of(event, arguments):
            if self.is_beside(path):
                self.seen.append(path)

    def is_beside(self, path: str) -> bool:
        """Tell whether an absolute path lies beside the checkout."""
        if not path.startswith(self._beside) or f"{path}{os.sep}".startswith(self._counts_not):
            return False
        return not path.removeprefix(self._beside).startswith(".")


def paths_of(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    """Yield the absolute paths that an audit event of Python is about."""
    match event:
        case "open" | "os.listdir" | "os.scandir" | "os.chdir":
            yield from absolute(arguments[0])
        case "sqlite3.connect":
            database = arguments[0]
            if isinstance(database, str) and database.startswith("file:"):
                database = database.removeprefix("file:").partition("?")[0]
            yield from absolute(database)
        case "os.symlink":
            yield from absolute(arguments[0], os.path.dirname(os.fsdecode(arguments[1])))  # noqa: PTH120 - looks at no file
        case "subprocess.Popen":
            _, command, folder, _ = arguments
            yield from absolute(folder)
            for word in () if isinstance(command, (str, bytes)) else command:
                value = os.fsdecode(word).rpartition("=")[2]
                # A path is told by its first sign: other words are texts, code and patterns.
                if value.startswith(("/", "..")):
                    yield from absolute(value, folder or "")


def absolute(path: Any, folder: Any = "") -> Iterator[str]:
    """Yield the absolute path where ``path``, seen from ``folder``, is one; it may be a number."""
    if isinstance(path, (str, bytes, os.PathLike)):
        yield os.path.abspath(os.path.join(os.fsdecode(folder), os.fsdecode(path)))  # noqa: PTH100, PTH118 - looks at no file


def names_beside(file: Path, source: str) -> list[int]:
    """Return the lines of a test, ``file`` seen from the root, that name what lies beside it."""
    depth = len(file.parts)
    return [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if BELOW_SUITES.search(line)
        or UPWARDS.search(line)
        or any(
            (int(above) + 1 if above else parents.count(".parent")) > depth
            for above, parents in ABOVE.findall(line)
        )
    ]


def watch(root: Path) -> Watch:
    """Begin to watch this process; there is no end to it."""
    watching = Watch(root, (tempfile.gettempdir(), sys.prefix, sys.base_prefix))
    if root.parent != Path(root.anchor):
        sys.addaudithook(watching)
    return watching
