"""CSV tables, one for each kind of thing, with metadata: CSV on the Web.

A table has a row for each thing of the kind and a column for each property that any of them
has, split by language, and where its values are of several sorts, by sort. Cells hold IRIs in
full; several values of a cell are separated by a character that occurs in none of them. Whole
numbers and decimals of one property share a column of decimals.

The metadata follow the Metadata Vocabulary for Tabular Data: each table's lie beside it under
the default name (Model for Tabular Data, 5.3), and ``csv-metadata.json`` describes them all
as a group. With them a row says again what the thing's statements say (``aboutUrl``,
``propertyUrl``), but for a column of several IRIs, whose values the vocabulary has no way to
make things of: there they are of the datatype ``anyURI``. The column ``graph`` names the
claims, records and mappings that the statements come from.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.config import Bilingual
from kg.release.gathered import Gathered, names_of
from kg.vocab import PREF_LABEL, RDF_TYPE, RDFS_LABEL, XSD, prefixes

CSVW = "http://www.w3.org/ns/csvw"
GROUP_FILE = "csv-metadata.json"
METADATA_SUFFIX = "-metadata.json"
KEY = "iri"
SEPARATORS = ("|", ";", "\u241f")
"""A column takes the first that occurs in none of its values; the last is made for it."""

FIRST = (RDF_TYPE, PREF_LABEL)
NUMBERS = frozenset(("integer", "decimal"))
LANGUAGES = {"en": Bilingual("English", "英文"), "zh": Bilingual("Chinese", "中文")}
SORTS = {"iri": Bilingual("IRI", "IRI")}
GRAPH = Bilingual("stated in", "出处")


@dataclass(frozen=True)
class Column:
    """A column of a table and its cells: the values of each row that has any, sorted."""

    name: str
    titles: Bilingual
    term: NamedNode | None
    datatype: str
    language: str | None
    cells: Mapping[NamedNode, Sequence[str]]

    @property
    def separator(self) -> str | None:
        """What separates several values of a cell; None where each has one at most."""
        if all(len(values) < 2 for values in self.cells.values()):  # noqa: PLR2004 - several
            return None
        texts = [value for values in self.cells.values() for value in values]
        return next(mark for mark in SEPARATORS if not any(mark in text for text in texts))


@dataclass(frozen=True)
class Table:
    """A table: its rows are the things, in one order."""

    kind: str
    title: Bilingual
    rows: Sequence[NamedNode]
    columns: Sequence[Column]

    def to_csv(self) -> bytes:
        """Return the table as CSV (RFC 4180) in UTF-8, with the columns' names as header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow((KEY, *(column.name for column in self.columns)))
        marks = [column.separator or "" for column in self.columns]
        for row in self.rows:
            cells = (
                mark.join(column.cells.get(row, ()))
                for column, mark in zip(self.columns, marks, strict=True)
            )
            writer.writerow((row.value, *cells))
        return text.getvalue().encode()


def read_table(gathered: Gathered, kind: str, title: Bilingual) -> Table:
    """Return the table of a kind of things."""
    rows = gathered.things()[kind]
    found: dict[tuple[NamedNode, str], dict[NamedNode, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    graphs: dict[NamedNode, set[str]] = defaultdict(set)
    for row in rows:
        for quad in gathered.about((row,)):
            if isinstance(quad.object, NamedNode | Literal):
                found[quad.predicate, _sort(quad.object)][row].add(quad.object.value)
            if isinstance(quad.graph_name, NamedNode):
                graphs[row].add(quad.graph_name.value)
    sorts: dict[NamedNode, set[str]] = defaultdict(set)
    for property_, sort in found:
        sorts[property_].add(sort)
    for property_, names in sorts.items():
        if names == NUMBERS:
            _merge_numbers(found, property_)
    columns = [
        _column(gathered, property_, sort, sorts[property_], cells)
        for (property_, sort), cells in sorted(found.items(), key=_order)
    ]
    columns.append(Column("graph", GRAPH, None, "anyURI", None, _sorted(graphs)))
    return Table(kind, title, rows, columns)


def _sort(value: NamedNode | Literal) -> str:
    """Return the sort of a value: ``iri``, ``@`` and a language, or the name of a datatype."""
    if isinstance(value, NamedNode):
        return "iri"
    if value.language:
        return f"@{value.language}"
    return value.datatype.value.removeprefix(XSD)


def _merge_numbers(
    found: dict[tuple[NamedNode, str], dict[NamedNode, set[str]]], property_: NamedNode
) -> None:
    for row, values in found.pop((property_, "integer")).items():
        found[property_, "decimal"][row] |= values


def _order(item: tuple[tuple[NamedNode, str], object]) -> tuple[int, str, str]:
    property_, sort = item[0]
    return FIRST.index(property_) if property_ in FIRST else len(FIRST), property_.value, sort


def _sorted(cells: Mapping[NamedNode, Collection[str]]) -> dict[NamedNode, tuple[str, ...]]:
    return {row: tuple(sorted(values)) for row, values in cells.items()}


def _column(
    gathered: Gathered,
    property_: NamedNode,
    sort: str,
    sorts: Collection[str],
    cells: Mapping[NamedNode, Collection[str]],
) -> Column:
    name = _name(property_, gathered.iris.base)
    titles = names_of(gathered.about((property_,)), RDFS_LABEL, name)
    language = sort[1:] if sort.startswith("@") else None
    if language or (len(sorts) > 1 and set(sorts) != NUMBERS):
        name = f"{name}_{sort.removeprefix('@').replace('-', '_')}"
        more = (LANGUAGES | SORTS).get(language or sort, Bilingual(sort, sort))
        titles = Bilingual(f"{titles.en} ({more.en})", f"{titles.zh}（{more.zh}）")
    datatype = "string" if language else {"iri": "anyURI"}.get(sort, sort)
    return Column(name, titles, property_, datatype, language, _sorted(cells))


def _name(property_: NamedNode, base: str) -> str:
    """Return the name of a property's column: prefix and local name.

    >>> _name(RDFS_LABEL, "https://example.org/")
    'rdfs_label'
    """
    for prefix, namespace in prefixes(base).items():
        if property_.value.startswith(namespace):
            return f"{prefix}_{property_.value.removeprefix(namespace)}".replace("-", "_")
    return property_.value.rpartition("#")[2].rpartition("/")[2].replace("-", "_")


def metadata(table: Table, license_: str) -> bytes:
    """Return the metadata file of one table (Metadata Vocabulary, 5.3)."""
    return _json({"@context": CSVW, **_described(table, license_)})


def group_metadata(tables: Iterable[Table], title: Bilingual, license_: str) -> bytes:
    """Return the metadata of all tables as one group (Metadata Vocabulary, 5.2)."""
    return _json(
        {
            "@context": CSVW,
            "@type": "TableGroup",
            "dc:title": _texts(title),
            "dc:license": {"@id": license_},
            "tables": [_described(table, license_) for table in tables],
        }
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _texts(text: Bilingual) -> list[dict[str, str]]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.zh, "@language": "zh"}]


def _described(table: Table, license_: str) -> dict[str, Any]:
    key = {
        "name": KEY,
        "titles": {"und": KEY, "en": "IRI", "zh": "IRI"},
        "datatype": "anyURI",
        "required": True,
        "suppressOutput": True,
    }
    return {
        "@type": "Table",
        "url": f"{table.kind}.csv",
        "dc:title": _texts(table.title),
        "dc:license": {"@id": license_},
        "dialect": {"encoding": "utf-8", "header": True, "trim": False},
        "tableSchema": {
            "@type": "Schema",
            "aboutUrl": f"{{+{KEY}}}",
            "null": "",
            "columns": [key, *map(_described_column, table.columns)],
            "primaryKey": KEY,
        },
    }


def _described_column(column: Column) -> dict[str, Any]:
    titles = {"und": column.name, "en": column.titles.en, "zh": column.titles.zh}
    described: dict[str, Any] = {
        "name": column.name,
        "titles": titles,
        "datatype": column.datatype,
    }
    if column.language:
        described["lang"] = column.language
    if column.separator:
        described["separator"] = column.separator
    if column.term is None:
        return described | {"suppressOutput": True}
    described["propertyUrl"] = column.term.value
    if column.datatype == "anyURI" and not column.separator:
        described["valueUrl"] = f"{{+{column.name}}}"
    return described
