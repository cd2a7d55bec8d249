"""Runs ``sssom validate`` and ``sssom parse`` on files, without a network: ``sssom_validator.py FILE...``.

Schema and contexts come with the packages ``sssom`` and ``sssom_schema``; whatever else would be
fetched is refused, and the refusal is an error. A process of its own, since pandas and LinkML
take seconds to load and warn of much.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn


def failures(*files: Path) -> dict[str, str]:
    """Return what is wrong with each file that is not valid, by its name."""
    assert files
    command = [sys.executable, "-W", "ignore", __file__, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == len(files)
    return {name: what for name, what in found.items() if what}


def refused(*_: Any) -> NoReturn:
    """Stand in for a connection."""
    raise AssertionError("the validator asked the network")


def problem_of(file: str) -> str:
    """Return what ``sssom validate`` or ``sssom parse`` says is wrong with a file, or an empty text."""
    from sssom.cli import main  # noqa: PLC0415 - slow, and for this process alone

    try:
        main(["validate", file], standalone_mode=False)
        main(["parse", file, "--output", os.devnull], standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    socket.socket.connect = refused  # type: ignore[method-assign]  # a stand-in
    socket.getaddrinfo = refused  # type: ignore[assignment]  # a stand-in
    found = {Path(file).name: problem_of(file) for file in sys.argv[1:]}
    sys.stdout.write(f"{json.dumps(found)}\n")
