"""What is looked up, read once: an affiliation or a name as segments, words and places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.link.spellings import COUNTRIES, NO_COUNTRIES
from kg.link.words import fold, is_acronym, linked_words, segments, words

LONGEST_NAME = 14
TOKEN = re.compile(r"[^\W_][\w.&'\u2019-]*")
MANY_WORDS = 120
"""Longer texts are cut: no affiliation has more words."""


@dataclass(frozen=True)
class Segment:
    """A part of the text. ``start`` is the number of its first word in the whole text.

    ``links`` are the words left out: "of" before a name and "and" say different things.
    """

    text: str
    words: tuple[str, ...]
    links: tuple[str, ...]
    start: int

    @property
    def end(self) -> int:
        """The number of the word behind its last."""
        return self.start + len(self.words)


@dataclass(frozen=True)
class Mention:
    """A text to be matched.

    ``words`` are those of all segments; ``acronyms`` the ones that the text writes in capitals;
    ``countries`` two-letter codes; ``cities`` keys of cities that make a segment of their own.
    """

    text: str
    segments: tuple[Segment, ...]
    words: tuple[str, ...]
    links: tuple[str, ...]
    acronyms: frozenset[str]
    countries: frozenset[str]
    cities: frozenset[str]

    def windows(self) -> dict[str, list[tuple[int, int]]]:
        """Return every run of words, written without blanks, with where it begins and ends."""
        found: dict[str, list[tuple[int, int]]] = {}
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + LONGEST_NAME, len(self.words)) + 1):
                found.setdefault("".join(self.words[start:end]), []).append((start, end))
        return found

    def segment_at(self, word: int) -> int:
        """Return the number of the segment that a word is in."""
        return next(n for n, s in enumerate(self.segments) if s.start <= word < s.end)


def read_mention(
    text: str, countries: Mapping[str, str], cities: frozenset[str] = frozenset()
) -> Mention:
    """Return ``text`` as what matching compares.

    ``countries`` are codes by key, ``cities`` keys; both as the registry has them.
    """
    parts: list[Segment] = []
    start = 0
    for part in segments(text):
        found = linked_words(part)[: MANY_WORDS - start]
        if found:
            own, links = zip(*found, strict=True)
            parts.append(Segment(part, own, links, start))
            start += len(found)
    every = tuple(word for part in parts for word in part.words)
    capitals = {fold(token) for token in TOKEN.findall(text) if is_acronym(token.rstrip("."))}
    return Mention(
        text=text,
        segments=tuple(parts),
        words=every,
        links=tuple(link for part in parts for link in part.links),
        acronyms=frozenset(word for token in capitals for word in (token, *words(token))),
        countries=_countries(parts, every, countries),
        cities=frozenset(_place_key(part.words) for part in parts) & cities,
    )


def _place_key(found: tuple[str, ...]) -> str:
    # "Beijing 100871" and "10117 Berlin" name a city too.
    return " ".join(word for word in found if not any(c.isdigit() for c in word))


def _countries(
    parts: list[Segment], every: tuple[str, ...], known: Mapping[str, str]
) -> frozenset[str]:
    """Return the countries that the text names.

    A country that makes a segment of its own is certain; only without one is it looked for
    within others (a university may be called after a country that it is not in).
    """
    keys = {**known, **COUNTRIES}
    own = {keys[key] for part in parts if (key := _place_key(part.words)) in keys}
    if own:
        return frozenset(own)
    last = parts[-1].words if parts else ()
    for size in (4, 3, 2, 1):
        if (found := " ".join(last[-size:])) in keys and len(last) >= size:
            return frozenset({keys[found]})
    text = f" {' '.join(every)} "
    for name in NO_COUNTRIES:
        text = text.replace(f" {name} ", "  ")
    return frozenset(
        code
        for key, code in keys.items()
        if len(key) > 3 and f" {key} " in text  # noqa: PLR2004 - codes are ambiguous
    )
