"""A registry's dump -> a folder with its record graphs, its index and what was read.

The folder is no source: `kg build` does not read it, and it can be made again from the dump. It
is written beside its place and put there at the end, so that a reading that is stopped leaves
what was there.
"""

import gzip
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pyoxigraph import RdfFormat, serialize

from kg.errors import SourceError
from kg.link.index import INDEX_FILE, IndexWriter
from kg.plain import plain
from kg.sources.ror import (
    RorRecord,
)
from kg.sources.ror_dump import Progress, read_dump
from kg.sources.ror_fields import (
    ROR_PREFIX,
)
from kg.sources.ror_rdf import LICENSE, REGISTRY, record_quads
from kg.vocab import ORG, Iris

IMPORTS = "imports"
RECORDS_FILE = "records.nq.gz"
SUMMARY_FILE = "import.json"
RELEASE_IN_NAME = re.compile(r"v\d+(?:\.\d+)+")
DIGEST_CHUNK = 1 << 20
MOST_TOLD = 1000
"""Mistakes that are told one by one."""


@dataclass(frozen=True)
class Imported:
    """What an import made.

    ``left_out`` counts the records that could not be read, ``errors`` has the first mistakes.
    """

    folder: Path
    version: str
    records: int
    quads: int
    statuses: dict[str, int]
    schemas: dict[str, int]
    left_out: int
    errors: tuple[SourceError, ...]


def import_ror(
    path: Path,
    folder: Path,
    base: str,
    version: str | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Imported:
    """Read a ROR dump into ``folder`` and return what was read.

    ``version`` is the dump's release; left out, it is read from the file's name (as in
    ``v1.47-2024-05-30-ror-data.json``). Records that say their own release keep it. A record
    that cannot be read is left out; the first of them are told in ``errors``. Raises SourceError where the file is
    no dump, holds no record, or the place is taken by something else.
    """
    named = RELEASE_IN_NAME.match(path.name)
    version = version or (named[0] if named else None)
    refuse_other(folder)
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        items = read_dump(path, report)
        imported = _write(path, items, staging, Iris(base), version)
        if not imported.records:
            reason = f"{imported.errors[0].what}" if imported.errors else "the file is empty"
            raise SourceError(path, None, f"no record could be read: {reason}", "give a ROR dump")
        _describe(path, imported, staging)
        if folder.exists():
            shutil.rmtree(folder)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Imported(
        **{name: getattr(imported, name) for name in Imported.__match_args__ if name != "folder"},
        folder=folder,
    )


def refuse_other(folder: Path) -> None:
    """Raise SourceError where a folder is there that no import wrote."""
    if folder.exists() and not (folder / SUMMARY_FILE).is_file():
        raise SourceError(folder, None, "the folder is no import", "name another place with --out")


def _write(
    path: Path,
    items: Iterable[RorRecord | SourceError],
    staging: Path,
    iris: Iris,
    version: str | None,
) -> Imported:
    seen: dict[str, None] = {}
    errors: list[SourceError] = []
    counts: Counter[str] = Counter()
    schemas: Counter[str] = Counter()
    quads = left_out = 0
    index = IndexWriter(staging / INDEX_FILE)
    try:
        with gzip.GzipFile(staging / RECORDS_FILE, "wb", compresslevel=6, mtime=0) as packed:
            for item in items:
                problem = _problem(path, item, seen, version)
                if problem is not None or isinstance(item, SourceError):
                    left_out += 1
                    if len(errors) < MOST_TOLD:
                        errors.append(problem or cast("SourceError", item))
                    continue
                seen[item.id] = None
                found = record_quads(item, version or item.modified or "", iris)
                serialize(found, cast("BinaryIO", packed), format=RdfFormat.N_QUADS)
                index.add(item)
                quads += len(found)
                counts[item.status] += 1
                schemas[f"schema {item.schema}"] += 1
        index.finish(
            {
                "registry": REGISTRY,
                "prefix": ROR_PREFIX,
                "license": LICENSE,
                "version": version or "",
                "source": path.name,
                "describes": ORG + "Organization",
                "described_as": "organizations",
            }
        )
    finally:
        with suppress(Exception):
            index.close()
    return Imported(
        folder=staging,
        version=version or "as each record says",
        records=len(seen),
        quads=quads,
        statuses=dict(sorted(counts.items())),
        schemas=dict(sorted(schemas.items())),
        left_out=left_out,
        errors=tuple(errors),
    )


def _problem(
    path: Path, item: RorRecord | SourceError, seen: Iterable[str], version: str | None
) -> SourceError | None:
    if isinstance(item, SourceError):
        return item
    if item.id in seen:
        what = f"the record {item.id} stands there twice"
        return SourceError(path, None, what, "the first one was kept; remove the other")
    if not (item.release or version or item.modified):
        what = f"the record {item.id} does not say which release it is of"
        return SourceError(path, None, what, "name the release with --version")
    return None


def _describe(path: Path, imported: Imported, staging: Path) -> None:
    summary = {
        "registry": REGISTRY,
        "license": LICENSE,
        "source": {"name": path.name, "sha256": digest_of(path)},
        "version": imported.version,
        "records": imported.records,
        "quads": imported.quads,
        "statuses": imported.statuses,
        "schemas": imported.schemas,
        "leftOutCount": imported.left_out,
        "leftOut": [plain(str(error)) for error in imported.errors],
    }
    write_summary(summary, staging)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(DIGEST_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_summary(summary: Mapping[str, object], staging: Path) -> None:
    """Write what was read, by which a folder is known to be an import."""
    text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    (staging / SUMMARY_FILE).write_text(text, encoding="utf-8")
