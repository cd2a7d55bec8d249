"""Writing the local index of a registry: one SQLite file beside its record graphs."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.link.words import words
from kg.sources.ror import RorIdentifier, RorName, RorPlace, RorRecord, RorRelation

INDEX_FILE = "index.sqlite"
INDEX_FORMAT = "1"
"""Changes whenever an index written before would be read wrongly."""

MENTIONED = "mentioned"
"""The status of what other records name and the dump has no record of."""
INVERSE = {
    "parent": "child",
    "child": "parent",
    "related": "related",
    "successor": "predecessor",
    "predecessor": "successor",
}

SCHEMA = (Path(__file__).parent / "index.sql").read_text(encoding="utf-8")
INDEXES = """
CREATE INDEX name_key ON name (key);
CREATE INDEX name_entry ON name (entry);
CREATE INDEX place_entry ON place (entry);
CREATE INDEX relation_entry ON relation (entry);
CREATE INDEX relation_target ON relation (target);
CREATE INDEX identifier_entry ON identifier (entry);
CREATE INDEX identifier_value ON identifier (value);
"""


@dataclass(frozen=True)
class Record:
    """What the index takes of a record of a registry that is not ROR.

    ``id`` is the identifier without its prefix.
    """

    id: str
    display: str
    names: tuple[RorName, ...]
    types: tuple[str, ...]
    places: tuple[RorPlace, ...] = ()
    identifiers: tuple[RorIdentifier, ...] = ()
    relations: tuple[RorRelation, ...] = ()
    status: str = "active"
    established: int | None = None


class IndexWriter:
    """Writes the index of one registry into a new file; closed by ``finish``."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        # The file is staged: after a crash it is made anew, so nothing needs a journal.
        self._db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}")
        self._names = 0
        self._entries = 0
        self._words: Counter[str] = Counter()
        self._mentioned: dict[str, tuple[str, list[tuple[str, str]]]] = {}

    def add(self, record: RorRecord | Record) -> None:
        """Add one record, whose id is not in the index yet."""
        self._entries += 1
        entry = self._entries
        self._db.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(entry, record.id, record.display, record.status),
                *(" ".join(record.types), record.established),
            ),
        )
        for name in record.names:
            self._add_name(entry, name)
        self._db.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(entry, p.geonames_id, p.name, p.subdivision, p.subdivision_code),
                    *(p.country_code, p.country),
                )
                for p in record.places
            ],
        )
        self._db.executemany(
            "INSERT INTO relation VALUES (?, ?, ?)",
            [(entry, relation.kind, relation.target) for relation in record.relations],
        )
        self._db.executemany(
            "INSERT INTO identifier VALUES (?, ?, ?)",
            [(entry, i.scheme, value) for i in record.identifiers for value in i.values],
        )

        for relation in record.relations:
            if relation.label:
                seen = self._mentioned.setdefault(relation.target, (relation.label, []))
                seen[1].append((INVERSE[relation.kind], record.id))

    def _add_name(self, entry: int, name: RorName) -> None:
        self._names += 1
        found = words(name.text)
        self._words.update(set(found))
        self._db.execute(
            "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(self._names, entry, name.text, name.language),
                *(" ".join(name.kinds), " ".join(found)),
            ),
        )
        self._db.execute(
            "INSERT INTO name_words (rowid, words) VALUES (?, ?)",
            (self._names, " ".join(sorted(set(found)))),
        )

    def _add_mentioned(self) -> None:
        """Add what is known by relations only, with the name that these give.

        A text may mean it, and then means none of the records; it is no answer itself.
        """
        known = {local for (local,) in self._db.execute("SELECT local FROM entry")}
        numbers = enumerate(sorted(self._mentioned.keys() - known), self._entries + 1)
        for entry, local in numbers:
            label, relations = self._mentioned[local]
            self._db.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
                (entry, local, label, MENTIONED, "", None),
            )
            self._add_name(entry, RorName(label, None, ("label",)))
            self._db.executemany(
                "INSERT INTO relation VALUES (?, ?, ?)",
                [(entry, kind, other) for kind, other in relations],
            )

    def finish(self, meta: Mapping[str, str]) -> None:
        """Write the words, what the index is of, and close the file."""
        self._add_mentioned()
        for number, (word, count) in enumerate(sorted(self._words.items()), 1):
            self._db.execute("INSERT INTO word VALUES (?, ?, ?)", (number, word, count))
            self._db.execute("INSERT INTO word_letters (rowid, word) VALUES (?, ?)", (number, word))
        facts = {**meta, "format": INDEX_FORMAT, "entries": str(self._entries)}
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(facts.items()))
        self._db.executescript(f"{INDEXES} ANALYZE;")
        for table in ("name_words", "word_letters"):
            self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - names written above
        self._db.commit()
        self._db.close()

    def close(self) -> None:
        """Give the file up unfinished."""
        self._db.close()
