"""The records of a table as the entries of a registry, so that ``kg link`` can propose them.

What the map says of the columns is enough: labels are names, further names are aliases, what
identifies a record elsewhere is kept with it, and columns with ``place`` say where it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.link.index import IndexWriter, Record
from kg.sources.ror import RorIdentifier, RorName, RorPlace
from kg.sources.table_map import TableMap
from kg.vocab import DCTERMS, FOAF, PREF_LABEL, RDFS_LABEL, SCHEMA, SKOS, Iris

MAIN, LABEL, ALIAS = "ror_display", "label", "alias"
"""Kinds of names as the index has them: the one to show, the others of its rank, the rest."""
LABELS = (PREF_LABEL, RDFS_LABEL, NamedNode(SCHEMA + "name"), NamedNode(FOAF + "name"))
ALIASES = (
    *(NamedNode(SKOS + "altLabel"), NamedNode(SKOS + "hiddenLabel")),
    NamedNode(SCHEMA + "alternateName"),
)
IDENTIFIERS = (
    *(NamedNode(SCHEMA + "identifier"), NamedNode(DCTERMS + "identifier")),
    *(NamedNode(SKOS + "exactMatch"), NamedNode(SCHEMA + "sameAs")),
)


def records_of(quads: Iterable[Quad], table: TableMap, base: str) -> Iterator[Record]:
    """Yield the records that the quads of a table describe; those without a name are left out."""
    start = Iris(base).graph(f"{table.registry}/").value
    rows: dict[str, list[Quad]] = {}
    for quad in quads:
        graph = quad.graph_name
        # What is said of the record itself is where it comes from.
        if isinstance(graph, NamedNode) and quad.subject != graph:
            rows.setdefault(graph.value.removeprefix(start), []).append(quad)
    for identifier, said in sorted(rows.items()):
        names = tuple(_names(said))
        if names:
            yield Record(
                id=identifier,
                display=names[0].text,
                names=names,
                types=(table.kind,),
                places=tuple(_places(said, table)),
                identifiers=tuple(_identifiers(said, table)),
            )


def _names(said: Iterable[Quad]) -> Iterator[RorName]:
    found = [
        (rank, quad.object.language != "en", quad.object)
        for quad in said
        for rank, properties in enumerate((LABELS, ALIASES))
        if quad.predicate in properties and isinstance(quad.object, Literal)
    ]
    seen: set[str] = set()
    for rank, _other, text in sorted(found, key=lambda one: (*one[:2], str(one[2]))):
        if text.value not in seen:
            kinds = (ALIAS,) if rank else (LABEL,) if seen else (MAIN, LABEL)
            seen.add(text.value)
            yield RorName(text.value, text.language, kinds)


def _places(said: Iterable[Quad], table: TableMap) -> Iterator[RorPlace]:
    parts = {column.property: column.place for column in table.columns if column.place}
    found: Mapping[str, str] = {
        parts[quad.predicate] or "": quad.object.value
        for quad in said
        if quad.predicate in parts and isinstance(quad.object, Literal | NamedNode)
    }
    if found:
        yield RorPlace(
            geonames_id=0,
            name=found.get("city"),
            country_code=found.get("country-code"),
            country=found.get("country"),
            subdivision_code=None,
            subdivision=found.get("region"),
            latitude=None,
            longitude=None,
        )


def _identifiers(said: Iterable[Quad], table: TableMap) -> Iterator[RorIdentifier]:
    values: dict[NamedNode, list[str]] = {}
    for quad in said:
        if quad.predicate in IDENTIFIERS and isinstance(quad.object, Literal | NamedNode):
            values.setdefault(quad.predicate, []).append(quad.object.value)
    for column in table.columns:
        if found := values.get(column.property):
            yield RorIdentifier(column.name, tuple(found), has_preferred=False)


def write_index(path: Path, quads: Iterable[Quad], table: TableMap, base: str, source: str) -> int:
    """Write the index of a table into a new file; return how many records are in it.

    ``source`` is the name of the table's file.
    """
    index = IndexWriter(path)
    count = 0
    try:
        for record in records_of(quads, table, base):
            index.add(record)
            count += 1
        index.finish(
            {
                "registry": table.registry,
                "prefix": table.prefix or Iris(base).graph(f"{table.registry}/").value,
                "license": table.license.value,
                "version": table.version,
                "source": source,
                "describes": " ".join(node.value for node in table.describes),
                "described_as": plural(table.kind),
            }
        )
    finally:
        index.close()
    return count


def plural(kind: str) -> str:
    """Return the word for several things of a kind.

    >>> plural("disease"), plural("trial-registry"), plural("person")
    ('diseases', 'trial registries', 'persons')
    """
    word = kind.replace("-", " ")
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
