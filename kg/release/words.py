"""Text -> the words that full-text search knows it by.

A word is a run of letters and digits without case, width and accents. Han is written without
spaces: a run of it counts as its single characters and its pairs, so that a name is found by
any two characters that stand together in it. English plurals count as the singular too.

``assets/src/search/words.js`` does the same in a browser; a test holds the two together.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
HAN += "\uf900-\ufaff\U00020000-\U0003ffff"
"""The blocks of Han characters, as a character class has them."""

RUN = re.compile(f"([{HAN}]+)|(?:(?![{HAN}])[^\\W_])+")
SCHEME = re.compile(r"\s*https?://(?:www\.)?", re.IGNORECASE)
SPACED_NUMBER = re.compile(r"\s*\d(?:[\s-]?\d){6,}[\s-]?[\dxX]\s*")
"""A number in groups, as ISNI and ORCID are written: one word."""

UNASKED = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "the",
        "to",
        "what",
        "where",
        "which",
        "who",
    ]
)
"""Words of questions that tell nothing of the answer, where others stand beside them."""
UNASKED_HAN = re.compile("[的了吗呢]")

CHARACTERS_KEPT = 20_000
PLURAL_FROM = 4
"""Length of the shortest word that is taken for a plural."""


@dataclass(frozen=True)
class Word:
    """A word of a text: ``start`` and ``end`` count its code points there."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """What an entry must have for a word of a query: one of ``words``, or any with ``prefix``."""

    words: tuple[str, ...]
    prefix: str = ""


@lru_cache(maxsize=CHARACTERS_KEPT)
def folded(character: str) -> str:
    """Return a character without case, width, accents and the like; maybe several, or none.

    Compatibility decomposition (Unicode Normalization Form KD) without the marks, in lower,
    upper and again lower case, which programming languages agree on.
    """
    plain = unicodedata.normalize("NFKD", character)
    return "".join(c for c in plain if unicodedata.category(c) != "Mn").lower().upper().lower()


def words(text: str) -> Iterator[Word]:
    """Yield the words of a text, each with its place.

    >>> [word.text for word in words("SCI论文 ＰＥＴ")]
    ['sci', '论', '文', '论文', 'pet']
    >>> [(word.text, word.start, word.end) for word in words("13N-papers")]
    [('13n', 0, 3), ('papers', 4, 10), ('paper', 4, 10)]
    """
    for run, is_han, places in _runs(text):
        if is_han:
            for size in (1, 2):
                for place in range(len(run) - size + 1):
                    last = places[place + size - 1]
                    yield Word(run[place : place + size], places[place], last + 1)
        else:
            for form in dict.fromkeys((run, singular(run))):
                yield Word(form, places[0], places[-1] + 1)


def spelled(text: str) -> str:
    """Return the words of a text as the index is fed with them, separated by blanks."""
    return " ".join(word.text for word in words(text))


def name_key(text: str) -> str:
    """Return what two names share that differ in case, width, accents and punctuation only.

    >>> name_key("Ｕnion  Hospital!"), name_key("中心 A")
    ('union hospital', '中心 a')
    """
    return " ".join(run for run, _is_han, _places in _runs(text))


def singular(word: str) -> str:
    """Return an English plural in the singular, any other word as it is.

    >>> singular("studies"), singular("awards"), singular("diagnosis"), singular("13n")
    ('study', 'award', 'diagnosis', '13n')
    """
    if len(word) < PLURAL_FROM or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("ies") and len(word) > PLURAL_FROM:
        return word[:-3] + "y"
    return word if not word.endswith("s") or word.endswith(("ss", "us", "is")) else word[:-1]


def terms(query: str) -> tuple[Term, ...]:
    """Return what an entry must have to answer a query: every one of these.

    The last word may be the beginning of one.

    >>> terms("影像医学的 Cente")
    (Term(words=('影像',), prefix=''), Term(words=('像医',), prefix=''), \
Term(words=('医学',), prefix=''), Term(words=('cente',), prefix='cente'))
    """
    text = SCHEME.sub("", query, count=1) if SCHEME.match(query) else query
    if SPACED_NUMBER.fullmatch(text):
        text = re.sub(r"[\s-]", "", text)
    found: dict[Term, None] = {}
    runs = [(run, is_han) for run, is_han, _places in _runs(UNASKED_HAN.sub(" ", text))]
    asked = [(run, is_han) for run, is_han in runs if run not in UNASKED] or runs
    for place, (run, is_han) in enumerate(asked):
        if is_han:
            pairs = [a + b for a, b in pairwise(run)]
            found.update((Term((pair,)), None) for pair in pairs or [run])
        else:
            is_last = place == len(asked) - 1 and len(run) > 1
            found[Term((singular(run),), run if is_last else "")] = None
    return tuple(found)


def _runs(text: str) -> Iterator[tuple[str, bool, list[int]]]:
    """Yield the runs of a text: its letters folded, whether it is Han, where each stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in folded(character):
            letters.append(letter)
            places.append(place)
    for match in RUN.finditer("".join(letters)):
        yield match[0], match[1] is not None, places[match.start() : match.end()]
