"""Is a release what its manifest says? Every digest, and nothing beside it.

A length tells of a file that was cut, a SHA-256 of every flipped bit. Only the manifest has no
digest of its own: that its id is one over its sources and keys is looked at instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ReleaseError
from kg.release.manifest import MANIFEST_FILE, Manifest, file_entry, read_manifest, release_id

SOURCES = "sources"


@dataclass(frozen=True)
class Damage:
    """A file of a release that is not as it was written; ``path`` is below its folder."""

    path: str
    what: str


def damages(folder: Path, progress: Callable[[str], None] = lambda _: None) -> Iterator[Damage]:
    """Yield what is wrong with the release in ``folder``; nothing for one that is whole.

    ``progress`` is told of each file before it is read. Every file is read once.
    """
    try:
        manifest = read_manifest(folder)
    except ReleaseError as error:
        yield Damage(MANIFEST_FILE, str(error).partition("; ")[0])
        return
    yield from _of_manifest(folder, manifest)
    for name, entry in manifest.files.items():
        progress(name)
        try:
            found = file_entry(folder / name)
        except FileNotFoundError:
            yield Damage(name, "is not there")
        except OSError as error:
            yield Damage(name, f"cannot be read: {error.strerror or error}")
        else:
            if found.bytes != entry.bytes:
                yield Damage(name, f"has {found.bytes:,} bytes, and {entry.bytes:,} were written")
            elif found.sha256 != entry.sha256:
                yield Damage(name, "is not what was written: its SHA-256 is another one")
    there = (path for path in sorted(folder.rglob("*")) if path.is_file())
    for path in there:
        name = path.relative_to(folder).as_posix()
        if name not in manifest.files and name != MANIFEST_FILE:
            yield Damage(name, "was not written by the build")


def _of_manifest(folder: Path, manifest: Manifest) -> Iterator[Damage]:
    digest = release_id(manifest.sources, manifest.build_keys, manifest.format_version)
    # Releases that were made of no sources (by tests, and by other programs) have any id.
    if manifest.sources and digest != manifest.id:
        yield Damage(MANIFEST_FILE, f"says the id {manifest.id}, and its sources make {digest}")
    if manifest.sources and folder.resolve().name not in {manifest.id, folder.name}:
        yield Damage(MANIFEST_FILE, f"says the id {manifest.id}, and the folder another one")
    for name, sha256 in manifest.sources.items():
        entry = manifest.files.get(f"{SOURCES}/{name}")
        if entry is None or entry.sha256 != sha256:
            yield Damage(f"{SOURCES}/{name}", "is not the source that the release was made of")


def is_whole(folder: Path) -> bool:
    """Return whether the release in ``folder`` is there, and every byte of it as it was written."""
    return folder.is_dir() and next(damages(folder), None) is None
