"""How the columns of a table become statements: a map in TOML, read strictly.

::

    registry = "re3data"                     # the graphs are graph/re3data/<id>
    kind = "repository"                      # the things are id/repository/re3data-<id>
    class = "schema:DataCatalog"
    id = "re3data_id"                        # the column that names the record
    source = "https://www.re3data.org/repository/{id}"
    license = "https://creativecommons.org/publicdomain/zero/1.0/"
    version = "0.15.6"
    prefix = "https://www.re3data.org/repository/"   # of records as identifiers; from source
    describes = ["schema:DataCatalog"]       # whose things kg link may find here; the class

    [columns.name]
    property = "skos:prefLabel"
    language = "en"

    [columns.notes]
    ignore = "only for the editors"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from kg.errors import SourceError
from kg.sources.rdf import read_text
from kg.toml_section import toml_mistake
from kg.vocab import RESERVED_KINDS, SLUG, XSD, prefixes

OPTIONAL_KEYS = ("prefix", "describes")
PLACES = ("city", "region", "country", "country-code")
"""Parts of a place that a column may have."""
KEYS = ("registry", "kind", "class", "id", "source", "license", "version")
COLUMN_KEYS = ("property", "language", "type", "separator", "prefix", "place", "ignore")
TYPES = ("iri", "integer", "decimal", "date", "gYear", "boolean")
NOT_REGISTRIES = ("evidence", "mapping")
LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Column:
    """What a column says. ``type`` is ``iri``, the name of an XSD type, or None for a text.

    ``separator`` parts several values in one cell; ``prefix`` stands before each. ``place`` is
    one of PLACES where the column says where a record is.
    """

    name: str
    property: NamedNode
    language: str | None
    type: str | None
    separator: str | None
    prefix: str
    place: str | None = None


@dataclass(frozen=True)
class TableMap:
    """A map. ``ignored`` are the columns that are left out on purpose.

    ``prefix`` stands before the id in the IRI that names a record elsewhere, empty where there
    is no such IRI. ``describes`` are the classes of things that may have a record here.
    """

    registry: str
    kind: str
    class_: NamedNode
    id: str
    source: str
    license: NamedNode
    version: str
    columns: tuple[Column, ...]
    ignored: frozenset[str]
    prefix: str = ""
    describes: tuple[NamedNode, ...] = ()


def read_table_map(path: Path, base: str) -> TableMap:
    """Return the map in ``path``. Raises SourceError, which names the key, for any other file."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        line, what = toml_mistake(error)
        raise SourceError(path, line, f"no valid TOML: {what}", "mend the syntax") from None
    reader = _Reader(path, prefixes(base))
    reader.keys(raw, (*KEYS, *OPTIONAL_KEYS, "columns"), "")
    texts = {key: reader.text(raw, key) for key in KEYS}
    for key in ("registry", "kind"):
        if not SLUG.fullmatch(texts[key]):
            reader.fail(f"{key} {texts[key]!r} is no slug", "use a-z, 0-9 and single hyphens")
    if texts["kind"] in RESERVED_KINDS or texts["registry"] in NOT_REGISTRIES:
        reader.fail("kind or registry is a name of the server's own", "choose another word")
    if "{id}" not in texts["source"]:
        reader.fail("source has no {id}", "write the address of a record with {id} in it")
    tables = raw.get("columns", {})
    if not isinstance(tables, dict) or not tables:
        reader.fail("there is no [columns.NAME]", "say what each column means")
    columns = {name: reader.column(name, table) for name, table in tables.items()}
    class_ = reader.iri(texts["class"], "class")
    prefix = reader.text(raw, "prefix") if "prefix" in raw else _prefix_of(texts["source"])
    return TableMap(
        registry=texts["registry"],
        kind=texts["kind"],
        class_=class_,
        id=texts["id"],
        source=texts["source"],
        license=reader.iri(texts["license"], "license"),
        version=texts["version"],
        columns=tuple(column for column in columns.values() if column),
        ignored=frozenset(name for name, column in columns.items() if column is None),
        prefix=reader.iri(prefix, "prefix").value if prefix else "",
        describes=reader.classes(raw, class_),
    )


def _prefix_of(source: str) -> str:
    """Return what stands before the id at the end of a record's address; empty if more follows."""
    return source.removesuffix("{id}") if source.endswith("{id}") else ""


class _Reader:
    """Reads values of a map and says of a wrong one where it stands."""

    def __init__(self, path: Path, known: Mapping[str, str]) -> None:
        self._path = path
        self._known = known

    def fail(self, what: str, fix: str) -> None:
        raise SourceError(self._path, None, what, fix)

    def keys(self, raw: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
        for key in raw:
            if key not in known:
                self.fail(f"no key {where}{key!r} is read", f"use {', '.join(known)}")

    def text(self, raw: Mapping[str, object], key: str, where: str = "") -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value:
            self.fail(f"{where}{key} is missing or no text", "fill it in")
        return str(value)

    def iri(self, text: str, where: str) -> NamedNode:
        prefix, _, local = text.partition(":")
        try:
            return NamedNode(self._known[prefix] + local if prefix in self._known else text)
        except ValueError:
            self.fail(f"{where} {text!r} is no IRI", f"use one, or {', '.join(self._known)}")
            raise

    def classes(self, raw: Mapping[str, object], usual: NamedNode) -> tuple[NamedNode, ...]:
        found = raw.get("describes", [])
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
            self.fail("describes is no list of classes", 'write describes = ["schema:Place"]')
            raise TypeError
        return tuple(self.iri(name, "describes") for name in found) or (usual,)

    def column(self, name: str, raw: object) -> Column | None:
        where = f"columns.{name}."
        if not isinstance(raw, dict):
            raise SourceError(self._path, None, f"columns.{name} is no table", "write property =")
        self.keys(raw, COLUMN_KEYS, where)
        if "ignore" in raw:
            self.text(raw, "ignore", where)
            return None
        optional = {key: self.text(raw, key, where) if key in raw else None for key in COLUMN_KEYS}
        kind, language, place = optional["type"], optional["language"], optional["place"]
        if place is not None and place not in PLACES:
            self.fail(f"{where}place {place!r} is unknown", f"use one of {', '.join(PLACES)}")
        if kind is not None and kind not in TYPES:
            self.fail(f"{where}type {kind!r} is unknown", f"use one of {', '.join(TYPES)}")
        if language and (kind or not LANGUAGE.fullmatch(language)):
            self.fail(f"{where}language does not fit", "give a text the language en or zh")
        return Column(
            name=name,
            property=self.iri(self.text(raw, "property", where), f"{where}property"),
            language=language,
            type=kind,
            separator=optional["separator"],
            prefix=optional["prefix"] or "",
            place=place,
        )


def datatype(column: Column) -> NamedNode:
    """Return the datatype of a column's values."""
    return NamedNode(XSD + (column.type or "string"))
