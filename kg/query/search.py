"""Full-text search of a release: a query -> ranked entries, the number of each kind, near words.

All words of a query must occur in an entry; where no entry has all of them, those that have
some are given, and the answer says so. An entry that is called so, or has this identifier,
comes first, then those that have all words in their names or identifiers, then the others,
each by BM25 with weights for fields and kinds.
"""

import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.errors import QueryOverLimit, ReleaseError
from kg.release.search import FIELDS, SEARCH_FILE
from kg.release.words import Term, name_key, terms

FIELD_WEIGHTS: Mapping[str, float] = {
    "title": 10.0,
    "other": 6.0,
    "identifier": 6.0,
    "about": 2.0,
    "evidence": 1.0,
}
NAMING_FIELDS = "{title other identifier}"
MOST_TERMS = 24
"""Words of a query that count; the others are left out."""
SEARCH_S = 1.0
"""How long a search may take, in seconds."""
STEPS_BETWEEN_LOOKS = 5000
NAMED_FROM_WEIGHT = 0.7
"""The least weight of a kind whose entries come first when they are called so."""
NEAR_WORDS = 5
NEAR_POOL = 4000
"""Words of the index that a misspelled word is compared with."""

SHOWN = "iri, kind, en, zh, about_en, about_zh, quote, quote_lang, claim"
BM25 = f"bm25(words, {', '.join(str(FIELD_WEIGHTS[name]) for name in FIELDS)})"
RANKED = f"""
WITH found(id, score) AS (SELECT rowid, {BM25} FROM words WHERE words MATCH :all),
naming(id) AS (SELECT rowid FROM words WHERE words MATCH :naming),
called(id) AS (SELECT thing FROM name WHERE key = :key
  UNION SELECT thing FROM identifier WHERE key = :key)
SELECT {SHOWN},
  CASE WHEN thing.id IN called AND thing.weight >= {NAMED_FROM_WEIGHT} THEN 0
    WHEN thing.id IN naming THEN 1 ELSE 2 END AS tier
FROM found JOIN thing USING (id)
WHERE :kind = '' OR thing.kind = :kind
ORDER BY tier, CASE tier WHEN 0 THEN -thing.weight ELSE found.score * thing.weight END, thing.id
LIMIT :limit OFFSET :offset"""  # noqa: S608 - numbers and columns of ours
COUNTED = """
SELECT thing.kind, COUNT(*) AS number FROM words JOIN thing ON thing.id = words.rowid
WHERE words MATCH :all GROUP BY thing.kind ORDER BY number DESC, thing.kind"""
NEAR = f"""
SELECT term FROM vocabulary WHERE LENGTH(term) BETWEEN :least AND :most
ORDER BY SUBSTR(term, 1, 1) <> :first, doc DESC, term LIMIT {NEAR_POOL}"""  # noqa: S608 - a number of ours


@dataclass(frozen=True)
class Hit:
    """An entry that was found: what a list of results shows of it.

    ``names`` and ``about`` are by language; nothing is empty there. ``quote`` is the sentence of
    a claim, or of the claim that names a thing, whose IRI ``claim`` is.
    """

    iri: str
    kind: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    quote: str
    quote_lang: str
    claim: str


@dataclass(frozen=True)
class Found:
    """The answer to a query: a part of the ranked entries, and what the whole is like.

    ``kinds`` counts the entries of each kind, whatever kind was asked for; ``total`` those of
    the kind asked for. ``is_partial`` says that no entry has all words. ``near`` are words of
    the index that are spelled like those of the query, where nothing was found.
    """

    terms: Sequence[Term]
    hits: Sequence[Hit] = ()
    total: int = 0
    kinds: Sequence[tuple[str, int]] = ()
    is_partial: bool = False
    near: Sequence[str] = ()


class SearchIndex:
    """The search index of a release, open for reading, for any thread."""

    def __init__(self, folder: Path) -> None:
        path = (folder / SEARCH_FILE).resolve()
        if not path.is_file():
            raise ReleaseError(f"{path}: no search index; build the release again")
        # The file never changes, so no locks are looked for.
        address = f"{path.as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def kinds(self) -> dict[str, float]:
        """Return the kinds of the entries, in order, and how much a match of each counts."""
        rows = self._rows("SELECT kind, MAX(weight) FROM thing GROUP BY kind ORDER BY kind")
        return {str(kind): float(weight) for kind, weight in rows}

    def hits(self) -> list[Hit]:
        """Return all entries in the order of their numbers, which begin with 1."""
        found = f"SELECT {SHOWN} FROM thing ORDER BY id"  # noqa: S608 - columns of ours
        return [_hit(row) for row in self._rows(found)]

    def called(self) -> list[tuple[str, int]]:
        """Return the keys of all names and identifiers, each with the number of an entry."""
        found = "SELECT key, thing FROM name UNION SELECT key, thing FROM identifier"
        return [(str(key), int(thing)) for key, thing in self._rows(f"{found} ORDER BY 1, 2")]

    def occurrences(self) -> list[tuple[str, int, str, int]]:
        """Return how often each word stands in each field of each entry."""
        self._rows(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab(main, words, instance)"
        )
        counted = (
            "SELECT term, doc, col, COUNT(*) FROM temp.places GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return [(str(t), int(d), str(c), int(n)) for t, d, c, n in self._rows(counted)]

    def _rows(self, text: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(text).fetchall()

    def find(self, query: str, kind: str = "", limit: int = 20, offset: int = 0) -> Found:
        """Return what answers a query, ``limit`` entries from the one at ``offset``.

        A ``kind`` other than the empty one leaves all others out. Raises QueryOverLimit for a
        search that takes longer than SEARCH_S.
        """
        asked = terms(query)[:MOST_TERMS]
        if not asked:
            return Found(())
        with self._lock:
            until = time.monotonic() + SEARCH_S
            self._connection.set_progress_handler(
                lambda: time.monotonic() > until, STEPS_BETWEEN_LOOKS
            )
            try:
                return self._find(query, asked, kind, limit, offset)
            except sqlite3.OperationalError as error:
                if "interrupted" not in str(error):
                    raise
                sentence = f"the search took more than {SEARCH_S:g} s; search for fewer words"
                raise QueryOverLimit(sentence, 1) from None
            finally:
                self._connection.set_progress_handler(None, 0)

    def _find(self, query: str, asked: Sequence[Term], kind: str, limit: int, offset: int) -> Found:
        wanted = expression(asked)
        kinds = self._counts(wanted)
        is_partial = not kinds and len(asked) > 1
        if is_partial:
            wanted = expression(asked, joined_by=" OR ")
            kinds = self._counts(wanted)
        if not kinds:
            return Found(asked, near=self._near(asked))
        values = {
            "all": wanted,
            "naming": f"{NAMING_FIELDS} : ({expression(asked)})",
            "key": name_key(query),
            "kind": kind,
            "limit": limit,
            "offset": offset,
        }
        hits = [_hit(row) for row in self._connection.execute(RANKED, values)]
        total = sum(number for name, number in kinds if kind in {"", name})
        return Found(asked, hits, total, kinds, is_partial)

    def _counts(self, wanted: str) -> list[tuple[str, int]]:
        rows = self._connection.execute(COUNTED, {"all": wanted})
        return [(str(kind), int(number)) for kind, number in rows]

    def _near(self, asked: Sequence[Term]) -> list[str]:
        """Return words of the index that are spelled like those asked for."""
        near: dict[str, None] = {}
        for term in asked:
            word = term.prefix or term.words[0]
            values = {"least": len(word) - 2, "most": len(word) + 2, "first": word[0]}
            pool = [str(found) for (found,) in self._connection.execute(NEAR, values)]
            near.update(dict.fromkeys(get_close_matches(word, pool, n=3, cutoff=0.7)))
        return [*near][:NEAR_WORDS]


def expression(asked: Sequence[Term], joined_by: str = " AND ") -> str:
    """Return the query in the language of FTS5. Words hold letters and digits only.

    >>> expression([Term(("paper",), "papers"), Term(("影像",))])
    '("paper" OR "papers"*) AND "影像"'
    """
    parts = []
    for term in asked:
        forms = [f'"{word}"' for word in term.words]
        forms += [f'"{term.prefix}"*'] if term.prefix else []
        parts.append(f"({' OR '.join(forms)})" if len(forms) > 1 else forms[0])
    return joined_by.join(parts)


def _hit(row: Sequence[str]) -> Hit:
    iri, kind, en, zh, about_en, about_zh, quote, quote_lang, claim = row[:9]
    names, about = ({"en": en, "zh": zh}, {"en": about_en, "zh": about_zh})
    return Hit(
        iri,
        kind,
        {language: name for language, name in names.items() if name},
        {language: text for language, text in about.items() if text},
        quote,
        quote_lang,
        claim,
    )
