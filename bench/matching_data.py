"""The strings that matching is measured on, split into a tuning and a test part.

Strings that share an institution, or are spelled alike, fall on one side: what is measured is
how well institutions are found that the tuning has never seen.
"""

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.link.words import key

REGISTRIES = Path(os.environ.get("SUITES", "no-suites-named"), "registries")
"""Where the strings and the dump lie: SUITES names the folder, see CONTRIBUTING.md."""
NEEDED = "name the folder with SUITES=FOLDER; CONTRIBUTING.md says what lies there"
DUMP = REGISTRIES / "ror_records_latest.jsonl.gz"
FILES = {
    "Crossref": REGISTRIES / "affiliation_ror_crossref_assertions.csv",
    "Springer": REGISTRIES / "affiliation_ror_gold_springer_10000.csv",
}
ROR = "https://ror.org/"
FOLDS = 6
AS_SPLIT = {"munich": "munchen"}
"""How words were read when the strings were split; what was measured once stays on its side."""


@dataclass(frozen=True)
class Sample:
    """One string with the bare ROR ids that it was labelled with, none where it has no label.

    ``test`` says on which side it is; ``fold`` is a part of its side, 0 to FOLDS - 1.
    """

    source: str
    text: str
    gold: frozenset[str]
    test: bool
    fold: int


def read_samples() -> list[Sample]:
    """Return every string of every file, in one order."""
    labels: dict[tuple[str, str], set[str]] = {}
    for source, path in FILES.items():
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found = labels.setdefault((source, row["affiliation"]), set())
                if row["ror_id"]:
                    found.add(row["ror_id"].removeprefix(ROR))
    groups = _groups(labels)
    return [
        Sample(
            source,
            text,
            frozenset(gold),
            test=_hash(groups[source, text]) % 2 == 0,
            fold=_hash(groups[source, text]) // 2 % FOLDS,
        )
        for (source, text), gold in sorted(labels.items())
    ]


def _groups(labels: dict[tuple[str, str], set[str]]) -> dict[tuple[str, str], str]:
    """Return a name for the group of strings that each one is joined to by label or spelling."""
    above: dict[str, str] = {}

    def top(node: str) -> str:
        while above.setdefault(node, node) != node:
            node = above[node]
        return node

    for (_, text), gold in labels.items():
        first, *others = _marks(text, gold)
        for other in others:
            low, high = sorted((top(first), top(other)))
            above[high] = low
    return {pair: top(next(_marks(pair[1], gold))) for pair, gold in labels.items()}


def _marks(text: str, gold: Iterable[str]) -> Iterator[str]:
    found = {AS_SPLIT.get(word, word) for word in key(text).split()}
    yield f"text {' '.join(sorted(found))}"
    yield from (f"id {identifier}" for identifier in sorted(gold))


def _hash(group: str) -> int:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big")
