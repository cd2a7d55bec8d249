"""The folder of an export: staged beside its place, packed, listed, put there by renames."""

import errno
import fcntl
import gzip
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import brotli

from kg.errors import ExportError
from kg.release.manifest import FileEntry
from kg.web.cache import COMPRESS_FROM_BYTES

ABOUT = ".export"
"""Folder with what is not of the site: the manifest, error pages, the nginx configuration."""
MANIFEST = f"{ABOUT}/manifest.json"
STAGING = ".export-"
PACKED = frozenset(
    (
        *(".html", ".css", ".js", ".mjs", ".svg", ".txt", ".xml", ".json", ".wasm", ".map"),
        *(".ttl", ".jsonld", ".nt", ".nq", ".trig", ".rdf", ".csv", ".bib", ".ris"),
    )
)
"""Endings of files that are worth packing."""
GZIP_LEVEL = 9
BROTLI_QUALITY = 9


@dataclass(frozen=True)
class ExportManifest:
    """What an export says of itself; ``files`` holds all but the manifest, by path."""

    release: str
    host: str
    prefix: str
    files: dict[str, FileEntry]

    def to_json(self) -> bytes:
        """Return the manifest as JSON with sorted keys."""
        table = {"written_by": "kg export", **asdict(self)}
        return json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def refuse_foreign(target: Path) -> None:
    """Raise ExportError where a folder holds anything that no export wrote."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target}: a file stands there; name a folder")
    present = {path.relative_to(target).as_posix() for path in target.rglob("*") if _is_leaf(path)}
    if not present:
        return
    strange = sorted(present - _listed(target) - {MANIFEST})
    if strange:
        raise ExportError(
            f"{target / strange[0]}: not written by an export, and a new one would remove it; "
            "name an empty folder or move the file away"
        )


def _is_leaf(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()


def _listed(target: Path) -> frozenset[str]:
    """Return the paths that the manifest of an earlier export lists; none where there is none."""
    try:
        table: Any = json.loads((target / MANIFEST).read_bytes())
        return frozenset(table["files"]) if table["written_by"] == "kg export" else frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yield a folder beside ``target`` to write to; put it in its place at the end.

    Where the writing fails nothing changes. What a killed export left is removed.
    Raises ExportError for a place that cannot be written to.
    """
    target = target.absolute()
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        staging = target.parent / f"{STAGING}{target.name}-{secrets.token_hex(8)}"
        staging.mkdir()
        lock = os.open(staging, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield staging
            _put_in_place(staging, target)
        finally:
            os.close(lock)
            shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, target: Path) -> None:
    earlier = staging.with_name(f"{staging.name}-earlier")
    with suppress(FileNotFoundError):
        target.rename(earlier)
    staging.rename(target)
    shutil.rmtree(earlier, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove staging folders whose writer is gone: the kernel gave up its lock."""
    for path in target.parent.iterdir():
        if not path.name.startswith(f"{STAGING}{target.name}-") or not path.is_dir():
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            advice = "free some space or name another folder"
        else:
            advice = "name a folder that you may write to"
        raise ExportError(f"{error.filename or target}: {reason}; {advice}") from error


def place_of(folder: Path, file: str) -> Path:
    """Return where a file lies; raise ExportError for a path that would leave the folder."""
    parts = PurePosixPath(file).parts
    if not parts or file.startswith("/") or "//" in file or {".", ".."} & set(file.split("/")):
        raise ExportError(f"{file}: an address that cannot be a file; give the thing another IRI")
    return folder.joinpath(*parts)


def write(folder: Path, file: str, content: bytes) -> None:
    """Write a file of the export."""
    place = place_of(folder, file)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def pack(folder: Path) -> None:
    """Write a gzip and a Brotli file beside each file that is worth it and has none yet.

    The same content gives the same bytes: no time and no name is in them.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    worth = [
        path
        for path in files
        if path.suffix in PACKED
        and path.stat().st_size >= COMPRESS_FROM_BYTES
        and ABOUT not in path.relative_to(folder).parts
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # The results are None; reading them raises what went wrong.
        list(pool.map(_pack, worth))


def _pack(path: Path) -> None:
    content = path.read_bytes()
    packed = path.with_name(f"{path.name}.gz")
    if not packed.exists():
        packed.write_bytes(gzip.compress(content, GZIP_LEVEL, mtime=0))
    path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content, quality=BROTLI_QUALITY))


def entries(folder: Path) -> dict[str, FileEntry]:
    """Return length and SHA-256 of every file of the folder, by path."""
    return {
        path.relative_to(folder).as_posix(): FileEntry(
            hashlib.sha256(content := path.read_bytes()).hexdigest(), len(content)
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def set_times(folder: Path, seconds: float) -> None:
    """Give all files one time, which servers make validators of: that of the release."""
    for path in folder.rglob("*"):
        os.utime(path, (seconds, seconds))
