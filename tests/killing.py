"""Builds that are killed at a chosen moment, each in a process of its own.

``python tests/killing.py`` reads a list of tasks as JSON from standard input and prints what
became of each. A task names a project, a folder of releases and one moment:

- ``{"step": 3}``: when the build announces its fourth step;
- ``{"switch": 2}``: around the system calls that rename, link and sync the new release into
  place, counted from 0: before the first, after the first, before the second ...;
- ``{"after": 0.2}``: so many seconds after it began;
- ``{}``: never.

The processes are forks of one that has imported everything and opened nothing, so that each
costs no more than its build.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from small_program import program_in

from kg.config import CONFIG_FILE, read_config
from kg.release import shelf
from kg.release.build import build

ROOT = Path(__file__).resolve().parent.parent
SWITCHING = ("rename", "replace", "symlink", "unlink", "rmdir")
"""Functions of ``os`` that change which release a name leads to."""


def run_killed(tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the tasks in a fresh process; return for each how it ended and how far it came.

    ``killed`` says whether the kill came before the build's end; ``step`` is the last step
    that was announced; ``seconds`` is how long the build took.
    """
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=json.dumps(list(tasks), default=str),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _child(task: dict[str, Any], pipe: int) -> None:
    steps = 0

    def progress(step: str) -> None:
        nonlocal steps
        os.write(pipe, f"{step}\n".encode())
        if steps == task.get("step"):
            _die()
        if step == "rename" and "switch" in task:
            _arm(task["switch"])
        steps += 1

    root = Path(task["root"])
    build(root, read_config(root / CONFIG_FILE), Path(task["out"]), progress, program_in(root))


def _arm(moment: int) -> None:
    """Make the system calls of the switch die at the moment with this number."""
    passed = 0

    def deadly(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            nonlocal passed
            if passed == moment:
                _die()
            result = None
            with contextlib.suppress(FileNotFoundError):
                result = call(*arguments, **options)
            if passed + 1 == moment:
                _die()
            passed += 2
            return result

        return wrapper

    for name in SWITCHING:
        setattr(os, name, deadly(getattr(os, name)))
    shelf.sync_folder = deadly(shelf.sync_folder)


def _run(task: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _child(task, writing)
        except BaseException as error:  # noqa: BLE001 - a fork must never go on as its parent
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    if "after" in task:
        time.sleep(task["after"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        steps = pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    return {
        "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
        "code": os.waitstatus_to_exitcode(status),
        "step": steps[-1] if steps else "",
        "steps": len(steps),
        "seconds": time.monotonic() - began,
    }


if __name__ == "__main__":
    json.dump([_run(task) for task in json.load(sys.stdin)], sys.stdout)
