"""Which entries may be meant: names that stand in the text, and names that share rare words."""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kg.link.mention import Mention
from kg.link.registry import Registry
from kg.link.words import CJK, is_acronym

NAMES_READ = 3000
"""How many names the rare words of a segment may be in together. Other words find nobody; they
count when the found are compared."""
RARE_WORDS = 5
PER_CONTEXT = 12
CANDIDATES = 16
LEAST_COVERED = 0.4
LONG_ENOUGH = 8
"""How many letters two names must have that differ in blanks only."""
TYPO_LENGTH = 5
TYPO_RATIO = 82
UNKNOWN_WORDS = 6
"""How many words that no name has are taken for typing errors of others."""


@dataclass(frozen=True)
class Hit:
    """A name that may be meant, where in the text, and which words of it stand there.

    ``start`` and ``end`` are numbers of words; ``shared`` the words of the name that were
    found there, ``typos`` those of them that are spelled differently in the text.
    """

    name: int
    start: int
    end: int
    exact: bool
    shared: frozenset[str]
    typos: frozenset[str]


def find_hits(mention: Mention, registry: Registry) -> dict[int, list[Hit]]:
    """Return the names that may be meant, by the number of their entry.

    Entries come in the order of how much of the text their best name covers.
    """
    hits: dict[int, dict[tuple[int, int, int], Hit]] = defaultdict(dict)
    best: dict[int, float] = defaultdict(float)
    spelled = _respelled(mention, registry)
    every = (*_exact(mention, registry), *_similar(mention, registry, spelled))
    for hit in every:
        entry = registry.name_at(hit.name).entry
        place = (hit.name, hit.start, hit.end)
        if place not in hits[entry] or hit.exact:
            hits[entry][place] = hit
        # fsum: a set has no order, and the order of a plain sum would show.
        weight = math.fsum(registry.weight(word) for word in hit.shared)
        whole = registry.name_weight(hit.name)
        best[entry] = max(best[entry], weight * weight / max(whole, 1) * (1.2 if hit.exact else 1))
    ranked = sorted(hits, key=lambda entry: (-best[entry], entry))[:CANDIDATES]
    return {entry: list(hits[entry].values()) for entry in ranked}


def _exact(mention: Mention, registry: Registry) -> Iterator[Hit]:
    windows = mention.windows()
    alone = {(s.start, s.end) for s in mention.segments}
    for letters, name_id in registry.spelled(windows):
        name = registry.name_at(name_id)
        found = frozenset(name.words)
        called = name.text.partition(" (")[0]
        for start, end in windows[letters]:
            written = mention.words[start:end]
            if written != name.words and len(letters) < LONG_ENOUGH:
                continue
            if end - start > 1 or (start, end) in alone or _stands_out(letters, called, mention):
                typos = found.difference(written)
                yield Hit(name_id, start, end, exact=True, shared=found, typos=typos)


def _stands_out(word: str, name: str, mention: Mention) -> bool:
    """Say whether one word among others may be a name: an acronym in capitals, or a rare word."""
    if CJK.match(word):
        return False
    return word in mention.acronyms if is_acronym(name) else len(word) >= TYPO_LENGTH


def _respelled(mention: Mention, registry: Registry) -> dict[str, str]:
    """Return the word that was probably meant for each word that no name has."""
    unknown = [
        word
        for word in dict.fromkeys(mention.words)
        if len(word) >= TYPO_LENGTH and word.isalpha() and not registry.count(word)
    ]
    found = {}
    for word in unknown[:UNKNOWN_WORDS]:
        near = process.extractOne(
            word, registry.near_words(word), scorer=fuzz.ratio, score_cutoff=TYPO_RATIO
        )
        if near:
            found[word] = near[0]
    return found


def _similar(mention: Mention, registry: Registry, spelled: dict[str, str]) -> Iterator[Hit]:
    for start, end in _contexts(mention):
        written = {spelled.get(word, word): word for word in mention.words[start:end]}
        for name_id in _sharing(written, registry):
            shared = frozenset(registry.name_at(name_id).words) & written.keys()
            typos = frozenset(word for word in shared if written[word] != word)
            yield Hit(name_id, start, end, exact=False, shared=shared, typos=typos)


def _contexts(mention: Mention) -> Iterator[tuple[int, int]]:
    """Yield each segment, and each two that follow each other: commas stand within names too."""
    for number, segment in enumerate(mention.segments):
        yield segment.start, segment.end
        if number + 1 < len(mention.segments):
            yield segment.start, mention.segments[number + 1].end


def _sharing(found: Iterable[str], registry: Registry) -> list[int]:
    """Return the names that have most of the rare words in common with ``found``."""
    weights = {word: registry.weight(word) for word in found}
    rare = sorted(filter(registry.count, weights), key=lambda word: (-weights[word], word))
    shared: dict[int, float] = defaultdict(float)
    read = 0
    for word in rare[:RARE_WORDS]:
        read += registry.count(word)
        if read > NAMES_READ:
            break
        for name_id in registry.names_with(word):
            shared[name_id] += weights[word]
    scored = []
    best = heapq.nlargest(PER_CONTEXT * 5, shared, key=lambda name: (shared[name], -name))
    for name_id in best:
        whole = registry.name_weight(name_id)
        both = math.fsum(weights[word] for word in weights.keys() & registry.name_at(name_id).words)
        # Words that every name has weigh nothing: a table of one row has only such.
        if whole and both >= LEAST_COVERED * whole:
            scored.append((both * both / whole, name_id))
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return [name_id for _, name_id in scored[:PER_CONTEXT]]
