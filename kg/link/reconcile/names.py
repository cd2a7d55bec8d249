"""A text -> the names that are like it, with how like they are.

Names are found by their words; a word that no name has stands for those that are spelled
nearly so. Han is compared by pairs of characters (``kg.link.words``). What was found is then
compared letter by letter (RapidFuzz).
"""

import heapq
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kg.link.reconcile.things import Thing
from kg.link.words import CJK, is_acronym, key, words
from kg.release.words import name_key

SAME_WORDS = 0.99
"""Likeness of two names that differ in abbreviations or words that say nothing only."""
NOT_SAME = 0.97
"""What the likeness of other names is multiplied with: none of them is as good as the same."""
COVERED = 0.95
"""What the share of words in common counts beside the letters in common."""
NAMES_COMPARED = 80
"""Names that are compared letter by letter, for each text."""
POSTINGS_READ = 20_000
"""Names that the words of a text may be in together; commoner words count for those found only."""
TYPO_LENGTH = 4
TYPO_RATIO = 75.0
TYPOS = 5


@dataclass(frozen=True)
class Likeness:
    """How like a name of a thing is to a text, 0 to 1; ``exact`` where the words are the same."""

    name: str
    value: float
    exact: bool


class NameIndex:
    """The names of things, by their words."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._names: list[tuple[Thing, str, str]] = []
        self._by_plain: dict[str, list[int]] = defaultdict(list)
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for thing in things:
            for text in dict.fromkeys(name.text for name in thing.names):
                self._add(thing, text)
        self._sorted = sorted(self._by_plain)
        # Han pairs are no words with letters to mistake.
        self._spelled = [w for w in self._by_word if len(w) >= TYPO_LENGTH and not CJK.match(w)]

    def _add(self, thing: Thing, text: str) -> None:
        number = len(self._names)
        self._names.append((thing, text, name_key(text)))
        self._by_plain[name_key(text)].append(number)
        if key(text):
            self._by_key[key(text)].append(number)
        for word in dict.fromkeys(words(text)):
            self._by_word[word].append(number)

    def alike(self, text: str) -> dict[Thing, Likeness]:
        """Return the things with a name like ``text``, each with its likest name."""
        found: dict[Thing, Likeness] = {}
        plain, asked = name_key(text), self._weights(text)
        for number in self._candidates(text, plain, asked):
            thing, name, name_plain = self._names[number]
            likeness = self._compare(plain, key(text), asked, name, name_plain)
            if thing not in found or found[thing].value < likeness.value:
                found[thing] = likeness
        return found

    def beginning(self, plain: str, most: int = 200) -> tuple[Thing, ...]:
        """Return the things with a name that begins so; ``plain`` is a ``name_key``."""
        start = bisect_left(self._sorted, plain)
        found: dict[Thing, None] = {}
        for name in self._sorted[start : start + most]:
            if not name.startswith(plain):
                break
            found.update((self._names[number][0], None) for number in self._by_plain[name])
        return tuple(found)

    def weight(self, word: str) -> float:
        """Return how much a word tells: the rarer in names, the more."""
        return math.log(1 + len(self._names) / (1 + len(self._by_word.get(word, ()))))

    def _weights(self, text: str) -> Mapping[str, float]:
        return {word: self.weight(word) for word in dict.fromkeys(words(text))}

    def _candidates(self, text: str, plain: str, asked: Mapping[str, float]) -> Iterator[int]:
        same = dict.fromkeys((*self._by_plain.get(plain, ()), *self._by_key.get(key(text), ())))
        yield from same
        scores: dict[int, float] = defaultdict(float)
        read = 0
        # Rare words first: they find few, and tell most.
        for word, weight in sorted(asked.items(), key=lambda item: -item[1]):
            for near, share in self._near(word):
                postings = self._by_word[near]
                if read + len(postings) > POSTINGS_READ and scores:
                    continue
                read += len(postings)
                for number in postings[:POSTINGS_READ]:
                    scores[number] += weight * share
        best = heapq.nlargest(NAMES_COMPARED, scores, key=lambda number: (scores[number], -number))
        yield from (number for number in best if number not in same)

    def _near(self, word: str) -> Sequence[tuple[str, float]]:
        """Return the word as names have it, or words that are spelled nearly so, with the share."""
        if word in self._by_word:
            return [(word, 1.0)]
        if len(word) < TYPO_LENGTH or CJK.match(word):
            return []
        found = process.extract(
            word, self._spelled, scorer=fuzz.ratio, score_cutoff=TYPO_RATIO, limit=TYPOS
        )
        return [(near, ratio / 100) for near, ratio, _place in found]

    def _compare(
        self, plain: str, own_key: str, asked: Mapping[str, float], name: str, name_plain: str
    ) -> Likeness:
        if plain == name_plain:
            return Likeness(name, 1.0, exact=True)
        if own_key and own_key == key(name):
            return Likeness(name, SAME_WORDS, exact=True)
        letters = max(fuzz.ratio(plain, name_plain), fuzz.token_sort_ratio(plain, name_plain))
        covered = _covered(asked, self._weights(name))
        return Likeness(name, NOT_SAME * max(letters / 100, COVERED * covered), exact=False)


def _covered(asked: Mapping[str, float], named: Mapping[str, float]) -> float:
    """Return how much of both is in both, by weight of words: the harmonic mean of two shares."""
    shared = sum(weight for word, weight in asked.items() if word in named)
    every, all_named = sum(asked.values()), sum(named.values())
    if not shared or not every or not all_named:
        return 0.0
    mine, its = shared / every, shared / all_named
    return 2 * mine * its / (mine + its)


def is_shortened(thing: Thing, name: str) -> bool:
    """Say whether a name is an acronym, or another name of the thing has more words around it.

    "Union Hospital" is what people in Wuhan call the "Wuhan Union Hospital"; elsewhere it is
    another one. Han counts where the longer name ends in the shorter.
    """
    if is_acronym(name):
        return True
    short, own = name_key(name), set(words(name))
    for other in thing.names:
        if CJK.search(name):
            if name_key(other.text).endswith(short) and name_key(other.text) != short:
                return True
        elif own and own < set(words(other.text)):
            return True
    return False
