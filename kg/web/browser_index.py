"""The search index as files that a browser reads: for a site without a server.

::

    index.json       how many entries there are, of which kinds, how much what counts
    words-{n}.json   word -> entries; a word's file is told by its first two characters, so
                     that what begins like a word of a query is in the same file
    things-{n}.json  what a list of results shows of THINGS_A_FILE entries

All is taken from the release's own index. Entries are numbered from 0. A word has three
numbers for each entry: twice the entry's, and one more where it stands in a name or an
identifier; how often it stands there, times the weights of the fields; and the entry's share in
BM25 for its length, in hundredths. Names and identifiers as a whole are words with "=" before
their ``name_key``. ``assets/src/search`` reads this.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from kg.query.search import FIELD_WEIGHTS, NAMED_FROM_WEIGHT, Hit, SearchIndex
from kg.release.folder import Release

NAMING = frozenset(("title", "other", "identifier"))
SHARD_BYTES = 60_000
"""About how long a file of words is, before compression."""
THINGS_A_FILE = 100
ABOUT_CHARACTERS = 1000
"""How much of a description is kept, in code points."""
K1, B = 1.2, 0.75
"""The constants of BM25 that FTS5 has."""


def write_browser_index(release: Release, folder: Path) -> None:
    """Write the index of an open release into ``folder``, which may be new.

    Raises ReleaseError where the release has no search index.
    """
    index = SearchIndex(release.folder)
    try:
        files = browser_index(index, release.base)
    finally:
        index.close()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def browser_index(index: SearchIndex, base: str) -> dict[str, bytes]:
    """Return the files by name: the same for the same release. ``base`` is that of all IRIs."""
    hits = index.hits()
    words = _words(index, len(hits))
    shards = -(-sum(len(_json({word: row})) for word, row in words.items()) // SHARD_BYTES) or 1
    tables: list[dict[str, list[int]]] = [{} for _ in range(shards)]
    for word, row in sorted(words.items()):
        tables[shard_of(word, shards)][word] = row
    kinds = index.kinds()
    numbers = {kind: number for number, kind in enumerate(kinds)}
    head = {
        "count": len(hits),
        "shards": shards,
        "thingsAFile": THINGS_A_FILE,
        "namedFrom": NAMED_FROM_WEIGHT,
        "kinds": [*kinds],
        "weights": [*kinds.values()],
        "kindOf": [numbers[hit.kind] for hit in hits],
    }
    files = {"index.json": _json(head)}
    files |= {f"words-{number}.json": _json(table) for number, table in enumerate(tables)}
    for start in range(0, len(hits), THINGS_A_FILE):
        rows = [_row(hit, base) for hit in hits[start : start + THINGS_A_FILE]]
        files[f"things-{start // THINGS_A_FILE}.json"] = _json(rows)
    return files


def shard_of(word: str, shards: int) -> int:
    """Return which file a word is in: FNV-1a, 32 bits, of what all words there share.

    >>> shard_of("paper", 7) == shard_of("papers", 7)
    True
    """
    value = 0x811C9DC5
    for character in word if word.startswith("=") else word[:2]:
        value = ((value ^ ord(character)) * 0x01000193) & 0xFFFFFFFF
    return value % shards


def _words(index: SearchIndex, count: int) -> dict[str, list[int]]:
    lengths: dict[int, int] = defaultdict(int)
    found: dict[str, dict[int, tuple[float, bool]]] = defaultdict(dict)
    for word, thing, field, number in index.occurrences():
        lengths[thing] += number
        weight, is_naming = found[word].get(thing, (0.0, False))
        weight += FIELD_WEIGHTS[field] * number
        found[word][thing] = (weight, is_naming or field in NAMING)
    mean = sum(lengths.values()) / max(count, 1)
    words: dict[str, list[int]] = defaultdict(list)
    for word, things in found.items():
        for thing, (weight, is_naming) in things.items():
            share = K1 * (1 - B + B * lengths[thing] / mean)
            words[word] += [2 * (thing - 1) + is_naming, round(weight), round(100 * share)]
    for key, thing in index.called():
        words[f"={key}"] += [2 * (thing - 1) + 1, 1, 0]
    return words


def _row(hit: Hit, base: str) -> list[str]:
    names = [hit.names.get(code, "") for code in ("en", "zh")]
    about = [hit.about.get(code, "")[:ABOUT_CHARACTERS] for code in ("en", "zh")]
    claim = hit.claim.removeprefix(base)
    return [hit.iri.removeprefix(base), *names, *about, hit.quote, hit.quote_lang, claim]


def _json(value: Mapping[str, object] | list[list[str]]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
