"""A table and its map -> TriG for the sources, and beside it a registry for ``kg link``."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, serialize

from kg.link.importing import digest_of, refuse_other, write_summary
from kg.link.index import INDEX_FILE
from kg.link.table_index import write_index
from kg.sources.table import read_table
from kg.sources.table_map import read_table_map
from kg.vocab import prefixes


@dataclass(frozen=True)
class ImportedTable:
    """What an import of a table made. ``indexed`` counts the rows that have a name.

    ``folder`` is what ``kg link --registry`` takes.
    """

    rows: int
    statements: int
    indexed: int
    folder: Path


def import_table(path: Path, map_path: Path, out: Path, base: str) -> ImportedTable:
    """Write what a table says as TriG, by a map, and an index of it for matching.

    The index lies in the folder that is called as ``out`` is, without its suffix. Raises
    SourceError or SourceErrors, and writes nothing, where map or table are wrong or the place
    is taken.
    """
    folder = out.with_suffix("") if out.suffix else out.with_name(f"{out.name}.registry")
    refuse_other(folder)
    table = read_table_map(map_path, base)
    rows, quads = read_table(path, table, base)
    data = serialize(quads, format=RdfFormat.TRIG, prefixes=prefixes(base))
    if data is None:
        raise TypeError("the serializer wrote elsewhere")
    out.parent.mkdir(parents=True, exist_ok=True)
    staged = out.with_name(f".{out.name}.new")
    staged.write_bytes(data)
    staged.replace(out)
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        indexed = write_index(staging / INDEX_FILE, quads, table, base, path.name)
        summary = {
            "registry": table.registry,
            "license": table.license.value,
            "source": {"name": path.name, "sha256": digest_of(path)},
            "version": table.version,
            "records": rows,
            "quads": len(quads),
            "indexed": indexed,
        }
        write_summary(summary, staging)
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return ImportedTable(rows, len(quads), indexed, folder)
