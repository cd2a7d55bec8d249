"""The folder of all releases: lock, staging, and the pointer to the current one.

::

    releases/
      .lock                 held while a build is at work
      .staging-<random>/    a release being written; swept by the next build
      5f0c.../              releases, never written to again
      current -> 5f0c...    what is served
"""

import errno
import fcntl
import os
import re
import resource
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import BuildLocked, ReleaseError
from kg.release.manifest import Manifest, read_manifest

CURRENT = "current"
LOCK_FILE = ".lock"
STAGING_PREFIX = ".staging-"
POINTER_PREFIX = ".current-"
RELEASE_ID = re.compile(r"[0-9a-f]{12}")


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the folder's build lock; sweep what killed builds left.

    The lock is the kernel's (flock), so that a killed build never leaves it behind.
    Raises BuildLocked where another build holds it, ReleaseError for a folder that cannot
    be written to.
    """
    with explained(out):
        out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(out / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildLocked(
                f"{out}: another build is at work here; wait for it or name another --out"
            ) from None
        with explained(out):
            sweep(out)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def explained(out: Path) -> Iterator[None]:
    """Turn the operating system's errors into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        path = error.filename or out
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise ReleaseError(
                f"{path}: a file stands where a folder should be; name another --out"
            ) from error
        reason = error.strerror or str(error)
        # Of a full disk the system may name the file that was copied, RocksDB a long story.
        if error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in reason:
            raise ReleaseError(
                f"{out}: no space left on the disk; free some or name another --out"
            ) from error
        if error.errno == errno.EMFILE or "file descriptors" in reason or "Too many open" in reason:
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            raise ReleaseError(
                f"{out}: this process may have {most} files open, too few to write a release; "
                "raise it, with ulimit -n 1024"
            ) from error
        raise ReleaseError(
            f"{path}: {reason}; make the folder writable or name another --out"
        ) from error


def sweep(out: Path) -> None:
    """Remove staging folders and half-made pointers. Call it under the lock only."""
    for path in out.iterdir():
        if path.name.startswith(STAGING_PREFIX):
            shutil.rmtree(path)
        elif path.name.startswith(POINTER_PREFIX):
            path.unlink()


def new_staging(out: Path) -> Path:
    """Return a new empty folder beside the releases."""
    # Not tempfile's: its folders are for one user alone, and a release is for every reader.
    staging = out / f"{STAGING_PREFIX}{secrets.token_hex(8)}"
    staging.mkdir()
    return staging


def sync(folder: Path) -> None:
    """Write every file and folder below ``folder`` through to the disk."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Write the entries of one folder through to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def point_to(out: Path, release: str) -> None:
    """Make ``release`` the current one, by replacing the pointer in one step."""
    pointer = out / f"{POINTER_PREFIX}{release}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(release, target_is_directory=True)
    pointer.replace(out / CURRENT)
    sync_folder(out)


def current_id(out: Path) -> str | None:
    """Return the id of the current release, or None where there is none."""
    try:
        return str((out / CURRENT).readlink())
    except OSError:
        return None


def releases_beside(folder: Path) -> list[Manifest]:
    """Return the manifests of all releases that lie where ``folder`` does, newest first.

    What is not whole, or no release, is passed over.
    """
    found = []
    for path in sorted(folder.parent.iterdir()):
        if path.is_dir() and not path.is_symlink() and RELEASE_ID.fullmatch(path.name):
            with suppress(ReleaseError):
                found.append(read_manifest(path))
    return sorted(found, key=lambda manifest: (manifest.built_at, manifest.id), reverse=True)
