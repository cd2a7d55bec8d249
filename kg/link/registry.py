"""Reading the local index of a registry: entries, names, and the names that a word is in."""

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.errors import SourceError
from kg.link.index import INDEX_FORMAT, MENTIONED
from kg.link.placeless import PLACELESS
from kg.link.words import key as key_of

CACHED_ENTRIES = 60_000
CACHED_WORDS = 20_000
VARIABLES = 500
"""How many values one statement is given; SQLite takes at least 999."""

Place = tuple[str, str, str, str, str]
"""Keys of city, region and country, and the codes of region and country, in lower case."""


@dataclass(frozen=True)
class Name:
    """One name of an entry. ``key`` is its words, as kg.link.words has them."""

    id: int
    entry: int
    text: str
    language: str | None
    kinds: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One record of the registry. ``local`` is its identifier without the prefix.

    Relations hold identifiers of the same kind, also of records that are not in the index.
    """

    id: int
    local: str
    display: str
    status: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    places: tuple[Place, ...]
    relations: tuple[tuple[str, str], ...]
    schemes: tuple[str, ...]
    location: str

    @property
    def is_record(self) -> bool:
        """Say whether the registry's dump had a record of it, and not only its name elsewhere."""
        return self.status != MENTIONED

    def related(self, kind: str) -> tuple[str, ...]:
        """Return the identifiers of the entry's parents, children, successors ..."""
        return tuple(target for relation, target in self.relations if relation == kind)


class Registry:
    """An index that was opened for reading. Not for use by several threads at once."""

    def __init__(self, path: Path) -> None:
        """Open the index at ``path``. Raises SourceError where it is no index of ours."""
        if not path.is_file():
            fix = "import the registry first: kg import ror FILE"
            raise SourceError(path, None, "no index of a registry", fix)
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            meta = dict(self._db.execute("SELECT key, value FROM meta"))
        except sqlite3.DatabaseError as error:
            fix = "import the registry again: kg import ror FILE"
            raise SourceError(path, None, f"no index of a registry: {error}", fix) from None
        if meta.get("format") != INDEX_FORMAT:
            what = f"the index is of format {meta.get('format')}, not {INDEX_FORMAT}"
            raise SourceError(path, None, what, "import the registry again: kg import ror FILE")
        self.meta: dict[str, str] = meta
        self.prefix = meta["prefix"]
        self._names = self._db.execute("SELECT count(*) FROM name").fetchone()[0]
        # Bound to this object, so that two registries keep apart.
        self.entry = lru_cache(CACHED_ENTRIES)(self._entry)
        self.entry_at = lru_cache(CACHED_ENTRIES)(self._entry_at)
        self.names_with = lru_cache(CACHED_WORDS)(self._names_with)
        self.weight = lru_cache(CACHED_WORDS)(self._weight)
        self.name_weight = lru_cache(CACHED_ENTRIES * 2)(self._name_weight)
        self.count = lru_cache(CACHED_WORDS)(self._count)
        self.entries_named = lru_cache(CACHED_ENTRIES)(self._entries_named)
        self.near_words = lru_cache(CACHED_WORDS)(self._near_words)
        self.name_at = lru_cache(CACHED_ENTRIES * 2)(self._name_at)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(self.meta["entries"])

    def countries(self) -> dict[str, str]:
        """Return the two-letter code of each country by the key of its name."""
        rows = self._db.execute(
            "SELECT DISTINCT country, lower(country_code) FROM place WHERE country IS NOT NULL"
        )
        return {key_of(name): code for name, code in rows}

    def cities(self) -> frozenset[str]:
        """Return the keys of all cities that an entry is in."""
        rows = self._db.execute("SELECT DISTINCT city FROM place WHERE city IS NOT NULL")
        return frozenset(key_of(city) for (city,) in rows)

    def spelled(self, letters: Iterable[str]) -> list[tuple[str, int]]:
        """Return the names that are spelled alike, blanks aside: the letters, the name's number."""
        found: list[tuple[str, int]] = []
        wanted = list(dict.fromkeys(letters))
        for start in range(0, len(wanted), VARIABLES):
            part = wanted[start : start + VARIABLES]
            marks = ",".join("?" * len(part))
            joined = "replace(key, ' ', '')"
            sql = f"SELECT {joined}, id FROM name WHERE {joined} IN ({marks})"  # noqa: S608 - question marks only
            found += self._db.execute(sql, part)
        return found

    def _entries_named(self, key: str) -> int:
        """Return how many entries have a name with this key."""
        sql = "SELECT count(DISTINCT entry) FROM name WHERE key = ?"
        return int(self._db.execute(sql, (key,)).fetchone()[0])

    def _weight(self, word: str) -> float:
        """Return how much a word says: more, the fewer names it is in. Unknown words say most."""
        return math.log((self._names + 1) / (self.count(word) + 1))

    def _name_weight(self, number: int) -> float:
        return sum(map(self.weight, self.name_at(number).words))

    def _count(self, word: str) -> int:
        row = self._db.execute("SELECT names FROM word WHERE word = ?", (word,)).fetchone()
        return row[0] if row else 0

    def _names_with(self, word: str) -> tuple[int, ...]:
        rows = self._db.execute(
            "SELECT rowid FROM name_words WHERE name_words MATCH ?", (_quoted(word),)
        )
        return tuple(number for (number,) in rows)

    def _near_words(self, word: str) -> tuple[str, ...]:
        """Return words of names that share a run of letters with ``word``."""
        letters = sorted({word[n : n + 3] for n in range(len(word) - 2)})
        if not letters:
            return ()
        rows = self._db.execute(
            "SELECT word.word FROM word_letters JOIN word ON word.id = word_letters.rowid"
            " WHERE word_letters MATCH ? AND abs(length(word.word) - ?) <= 2",
            (" OR ".join(map(_quoted, letters)), len(word)),
        )
        return tuple(found for (found,) in rows)

    def _name_at(self, number: int) -> Name:
        row = self._db.execute(
            "SELECT id, entry, text, language, kinds, key FROM name WHERE id = ?", (number,)
        ).fetchone()
        return _name(row)

    def _entry_at(self, local: str) -> Entry | None:
        row = self._db.execute("SELECT id FROM entry WHERE local = ?", (local,)).fetchone()
        return self.entry(row[0]) if row else None

    def _entry(self, number: int) -> Entry:
        one = (number,)
        local, display, status, types = self._db.execute(
            "SELECT local, display, status, types FROM entry WHERE id = ?", one
        ).fetchone()
        names = self._db.execute(
            "SELECT id, entry, text, language, kinds, key FROM name"
            " WHERE entry = ? AND kinds NOT LIKE ? ORDER BY id",
            (number, f"%{PLACELESS}"),
        )
        places = self._db.execute(
            "SELECT city, subdivision, country, subdivision_code, country_code FROM place"
            " WHERE entry = ?",
            one,
        ).fetchall()
        relations = self._db.execute("SELECT kind, target FROM relation WHERE entry = ?", one)
        schemes = [
            scheme
            for (scheme,) in self._db.execute("SELECT scheme FROM identifier WHERE entry = ?", one)
        ]
        return Entry(
            id=number,
            local=local,
            display=display,
            status=status,
            types=tuple(types.split()),
            names=tuple(_name(row) for row in names),
            places=tuple(_place(*row) for row in places),
            relations=tuple(relations),
            schemes=tuple(dict.fromkeys(schemes)),
            location=", ".join(part for part in places[0][:3] if part) if places else "",
        )


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _name(row: tuple[int, int, str, str | None, str, str]) -> Name:
    number, entry, text, language, kinds, key = row
    return Name(number, entry, text, language, tuple(kinds.split()), tuple(key.split()))


def _place(
    city: str | None, region: str | None, country: str | None, code: str | None, state: str | None
) -> Place:
    codes = ((code or "").lower(), (state or "").lower())
    return (key_of(city or ""), key_of(region or ""), key_of(country or ""), *codes)
