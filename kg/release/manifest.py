"""The manifest of a release: what it was made of, and what it is made of."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError

MANIFEST_FILE = "manifest.json"
MAKE_READABLE = "let the account that runs kg read it"
FORMAT_VERSION = 6
"""Raised whenever the same sources make other dumps or tables; a part of the id."""

READ_BYTES = 1 << 20


@dataclass(frozen=True)
class FileEntry:
    """A file of the release: its SHA-256 in hex and its length in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What ``manifest.json`` says.

    ``built_at`` is an RFC 3339 time in UTC. ``files`` holds every file of the release but
    the manifest, by its path in the folder.
    """

    id: str
    format_version: int
    built_at: str
    base: str
    build_keys: Mapping[str, str]
    sources: Mapping[str, str]
    counts: Mapping[str, int]
    software: Mapping[str, str]
    files: Mapping[str, FileEntry]

    def to_json(self) -> bytes:
        """Return the manifest as JSON with sorted keys."""
        return (
            json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        )


def release_id(
    sources: Mapping[str, str], build_keys: Mapping[str, str], format_version: int = FORMAT_VERSION
) -> str:
    """Return the id: 12 hex digits over sources, configuration and format version.

    ``sources`` maps paths to SHA-256 in hex. Times and machines play no part.
    """
    content = json.dumps([format_version, dict(sources), dict(build_keys)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def file_entry(path: Path) -> FileEntry:
    """Return the digest and the length of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return FileEntry(digest.hexdigest(), path.stat().st_size)


def list_files(folder: Path) -> dict[str, FileEntry]:
    """Return an entry for every file below ``folder`` but the manifest."""
    return {
        path.relative_to(folder).as_posix(): file_entry(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST_FILE
    }


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the release in ``folder``; raise ReleaseError if it has none."""
    path = folder / MANIFEST_FILE
    try:
        table: dict[str, Any] = json.loads(path.read_bytes())
        files = {name: FileEntry(**entry) for name, entry in table.pop("files").items()}
        return Manifest(files=files, **table)
    except FileNotFoundError:
        raise ReleaseError(f"{folder}: no release here; run kg build") from None
    except NotADirectoryError:
        raise ReleaseError(f"{folder}: a file, and no release; name the release's folder") from None
    except PermissionError as error:
        raise ReleaseError(f"{path}: {error.strerror}; {MAKE_READABLE}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReleaseError(f"{path}: not a manifest: {error}; build the release again") from None
