"""The dumps: everything, each center and each kind, in every format, plain and packed.

::

    dumps/research-center-kg.{ttl,jsonld,nt,nq,trig,rdf}[.gz]    everything
    dumps/center/{slug}.{...}[.gz]                               a center's portion
    dumps/kind/{kind}.{...}[.gz]                                 a kind's portion
    dumps/tables/{kind}.csv, .csv-metadata.json                  its things as a table
    dumps/tables/csv-metadata.json                               all tables as a group
    dumps/nanopubs.trig[.gz]                                     each claim as a nanopublication

What a portion holds is said in ``kg.release.portions``. Formats with graphs hold named
graphs, the flat ones each statement once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import Quad

from kg.config import Bilingual, Config
from kg.formats import BY_EXTENSION, FORMATS, TABLE_FILE, TABLE_METADATA, Syntax
from kg.release.gathered import Gathered
from kg.release.manifest import FileEntry, file_entry
from kg.release.nanopub import nanopubs
from kg.release.portions import portions
from kg.release.tables import (
    GROUP_FILE,
    METADATA_SUFFIX,
    Table,
    group_metadata,
    metadata,
    read_table,
)
from kg.release.write import named_quads, packed, serialize_in_order, triples_of
from kg.vocab import Iris, prefixes

DUMP_NAME = "research-center-kg"
TABLES = "tables"
NANOPUBS = "nanopubs"
NANOPUBS_TITLE = Bilingual("Nanopublications", "纳米出版物")
NANOPUBS_TEXT = Bilingual(
    "Each claim that makes statements as a nanopublication with a trusty URI: the statements, "
    "their quote and source, and who publishes them under which license.",
    "每个作出陈述的原文片段均为一份带有可信 URI 的纳米出版物："
    "陈述、其引文和来源，以及发布者和许可。",
)
TABULAR_MODEL = "https://www.w3.org/TR/tabular-data-model/"
TABULAR_METADATA = "https://www.w3.org/TR/tabular-metadata/"


@dataclass(frozen=True)
class Dump:
    """A file below the folder of dumps, at ``path``. ``syntax`` is that of what it packs."""

    path: str
    syntax: Syntax
    packed: bool
    entry: FileEntry
    conforms_to: str | None = None


@dataclass(frozen=True)
class Offer:
    """What can be had as files: the dataset (``name`` is empty) or a part of it.

    ``triples`` counts the statements of the flat formats, each once; None for what is not
    made of the dataset's own statements.
    """

    name: str
    title: Bilingual
    description: Bilingual
    triples: int | None
    dumps: tuple[Dump, ...] = field(default=())


def write_file(folder: Path, path: str, data: bytes) -> FileEntry:
    """Write ``data`` to the new file ``path`` below ``folder`` and return its entry."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return file_entry(target)


def write_both(folder: Path, path: str, syntax: Syntax, data: bytes) -> tuple[Dump, Dump]:
    """Write ``data`` as it is and packed; ``path`` is that of the plain file."""
    plain = Dump(path, syntax, packed=False, entry=write_file(folder, path, data))
    entry = write_file(folder, f"{path}.gz", packed(data))
    return plain, Dump(f"{path}.gz", syntax, packed=True, entry=entry)


def write_dumps(
    quads: Iterable[Quad], folder: Path, config: Config, progress: Callable[[str], None]
) -> list[Offer]:
    """Write all dumps and tables below ``folder``.

    Returns what can be had: the dataset first, then its parts.
    """
    quads = tuple(quads)
    progress("dump everything")
    whole = Offer("", config.title, config.description, triples=0)
    whole = _write(whole, DUMP_NAME, quads, folder, config.base)
    progress("dump centers and kinds")
    gathered = Gathered(quads, config.base)
    offers, tables = [], []
    for portion in portions(gathered):
        offer = Offer(portion.name, portion.title, portion.description, triples=0)
        offer = _write(offer, portion.name, portion.quads, folder, config.base)
        group, _, kind = portion.name.partition("/")
        if group == "kind":
            table = read_table(gathered, kind, portion.title)
            tables.append(table)
            more = _write_table(table, folder, config.license)
            offer = replace(offer, dumps=(*offer.dumps, *more))
        offers.append(offer)
    if tables:
        data = group_metadata(tables, config.title, config.license)
        group_file = _write_metadata(f"{TABLES}/{GROUP_FILE}", data, folder)
        whole = replace(whole, dumps=(*whole.dumps, group_file))
    progress("dump nanopublications")
    return [whole, *offers, *_write_nanopubs(quads, folder, config)]


def _write_nanopubs(quads: Iterable[Quad], folder: Path, config: Config) -> Iterator[Offer]:
    """Write the nanopublications in the order of their claims; yield nothing if there are none."""
    found = [q for made in nanopubs(quads, config.license, Iris(config.base)) for q in made]
    if found:
        trig = BY_EXTENSION["trig"]
        data = serialize_in_order(found, trig.engine, prefixes(config.base))
        dumps = write_both(folder, f"{NANOPUBS}.{trig.extension}", trig, data)
        yield Offer(NANOPUBS, NANOPUBS_TITLE, NANOPUBS_TEXT, None, dumps)


def _write(offer: Offer, path: str, quads: Iterable[Quad], folder: Path, base: str) -> Offer:
    quads = tuple(quads)
    named, triples = named_quads(quads), triples_of(quads)
    dumps: list[Dump] = []
    for format_ in FORMATS:
        items = named if format_.has_graphs else triples
        data = serialize_in_order(items, format_.engine, prefixes(base))
        dumps += write_both(folder, f"{path}.{format_.extension}", format_, data)
    return replace(offer, triples=len(triples), dumps=tuple(dumps))


def _write_table(table: Table, folder: Path, license_: str) -> tuple[Dump, Dump]:
    path = f"{TABLES}/{table.kind}.csv"
    entry = write_file(folder, path, table.to_csv())
    return (
        Dump(path, TABLE_FILE, packed=False, entry=entry, conforms_to=TABULAR_MODEL),
        _write_metadata(path + METADATA_SUFFIX, metadata(table, license_), folder),
    )


def _write_metadata(path: str, data: bytes, folder: Path) -> Dump:
    entry = write_file(folder, path, data)
    return Dump(path, TABLE_METADATA, packed=False, entry=entry, conforms_to=TABULAR_METADATA)
