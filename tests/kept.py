"""What is costly to make and the same for every test: made once, kept by what it was made of.

A kept folder lies in ``.cache/kept/<name>-<digest>``. The digest is one over the code, the
sources and the locked packages, so that a change of any of them makes it anew; processes that
test side by side share it. Nothing may write to it.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from kg.release.manifest import list_files

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "kept"
CODE = ("kg", "ontology", "shapes", "requirements.txt")
"""What everything that is kept depends on."""
AGES = 4
"""How many kept folders of a name stay: branches are gone back to."""
LIST = ".kept"
"""The ending of the list of digests beside the folder: what a test has written into is made anew."""


@cache
def _code_digest() -> str:
    return _digest(ROOT / name for name in CODE)


def _digest(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                data = hashlib.sha256(file.read_bytes()).hexdigest()
                found.update(f"{file.relative_to(path.parent)}\0{data}\n".encode())
    return found.hexdigest()


def kept(name: str, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Return the folder of that name, made by ``make`` unless it is there and whole.

    ``sources`` are the files and folders that it is made of, besides the code.
    """
    mixed = hashlib.sha256(f"{_code_digest()}{_digest(sources)}".encode()).hexdigest()[:16]
    folder = FOLDER / f"{name}-{mixed}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _locked(FOLDER / f"{name}.lock"):
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            staging = FOLDER / f"{name}-{os.getpid()}.making"
            shutil.rmtree(staging, ignore_errors=True)
            try:
                make(staging)
                _list_of(folder).write_text(_listing(staging), encoding="utf-8")
                staging.rename(folder)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            _sweep(name, folder)
        os.utime(folder)
    return folder


def _list_of(folder: Path) -> Path:
    return folder.with_name(folder.name + LIST)


def _listing(folder: Path) -> str:
    return "".join(f"{entry.sha256} {name}\n" for name, entry in list_files(folder).items())


def _is_whole(folder: Path) -> bool:
    try:
        return _list_of(folder).read_text(encoding="utf-8") == _listing(folder)
    except OSError:
        return False


def _sweep(name: str, latest: Path) -> None:
    old = [path for path in FOLDER.glob(f"{name}-*") if path.is_dir() and path != latest]
    for path in sorted(old, key=lambda path: path.stat().st_mtime, reverse=True)[AGES - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
        _list_of(path).unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
