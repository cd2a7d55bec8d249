"""The dumps: everything, each center and each kind, in every format, plain and packed.

::

    dumps/research-center-kg.{ttl,jsonld,nt,nq,trig,rdf}[.gz]    everything
    dumps/center/{slug}.{...}[.gz]                               a center's portion
    dumps/kind/{kind}.{...}[.gz]                                 a kind's portion

What a portion holds is said in ``kg.release.portions``. Formats with graphs hold named
graphs, the flat ones each statement once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Quad

from kg.config import Bilingual
from kg.formats import FORMATS, Syntax
from kg.release.manifest import FileEntry, file_entry
from kg.release.portions import portions
from kg.release.write import named_quads, packed, serialize_in_order, triples_of
from kg.vocab import prefixes

DUMP_NAME = "research-center-kg"


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
    quads: Iterable[Quad],
    folder: Path,
    base: str,
    names: tuple[Bilingual, Bilingual],
    progress: Callable[[str], None],
) -> list[Offer]:
    """Write all dumps of RDF below ``folder``; return the dataset's offer, then the parts'.

    ``names`` are title and description of the dataset.
    """
    quads = tuple(quads)
    offers = []
    progress("dump everything")
    offers.append(_write(Offer("", *names, triples=0), DUMP_NAME, quads, folder, base))
    progress("dump centers and kinds")
    for portion in portions(quads, base):
        offer = Offer(portion.name, portion.title, portion.description, triples=0)
        offers.append(_write(offer, portion.name, portion.quads, folder, base))
    return offers


def _write(offer: Offer, path: str, quads: Iterable[Quad], folder: Path, base: str) -> Offer:
    quads = tuple(quads)
    named, triples = named_quads(quads), triples_of(quads)
    dumps: list[Dump] = []
    for format_ in FORMATS:
        items = named if format_.has_graphs else triples
        data = serialize_in_order(items, format_.engine, prefixes(base))
        dumps += write_both(folder, f"{path}.{format_.extension}", format_, data)
    return Offer(offer.name, offer.title, offer.description, len(triples), tuple(dumps))
