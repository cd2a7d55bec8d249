"""An open release: a folder that is only read."""

import json
import resource
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from kg.errors import ReleaseError
from kg.release.manifest import MAKE_READABLE, Manifest, read_manifest
from kg.release.shelf import CURRENT

STORE = "store"
DUMPS = "dumps"
REPORTS = "reports"
SOURCES = "sources"
VERDICT_FILE = "verdict.json"


@dataclass(frozen=True)
class Release:
    """A release that is open for reading. ``folder`` is the resolved path of its folder."""

    folder: Path
    manifest: Manifest
    store: Store

    @property
    def id(self) -> str:
        """The release's id, 12 hex digits."""
        return self.manifest.id

    @property
    def base(self) -> str:
        """The base of all IRIs in it."""
        return self.manifest.base

    def source_file(self, path: str) -> Path:
        """Return where the copy of a source file lies, by its path in the project."""
        return self.folder / SOURCES / path

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context of this release; an empty one if it has no sources."""
        path = self.source_file("ontology/context.jsonld")
        if not path.exists():
            return {}
        table: dict[str, Any] = json.loads(path.read_bytes())
        context: dict[str, Any] = table["@context"]
        return context

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The report of the check that let this release pass; empty if it was unchecked."""
        path = self.folder / REPORTS / VERDICT_FILE
        table: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return table


def _fix(error: Exception) -> str:
    """Return what to do about a store that does not open."""
    if "Too many open files" in str(error) or "file descriptors" in str(error):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return f"this process may have {most} files open: raise it, with ulimit -n 1024"
    if "Permission denied" in str(error):
        return MAKE_READABLE
    return "build the release again"


def open_release(folder: Path) -> Release:
    """Open the release in ``folder``; raise ReleaseError if it is not whole."""
    try:
        there = folder.exists()
    except OSError as error:
        raise ReleaseError(f"{folder}: {error.strerror}; {MAKE_READABLE}") from None
    if not there:
        hint = "run kg build" if folder.name == CURRENT else "see kg build"
        raise ReleaseError(f"{folder}: no such release; {hint}")
    resolved = folder.resolve()
    manifest = read_manifest(resolved)
    try:
        store = Store.read_only(str(resolved / STORE))
    except (OSError, RuntimeError) as error:
        raise ReleaseError(f"{resolved / STORE}: {error}; {_fix(error)}") from None
    return Release(resolved, manifest, store)
