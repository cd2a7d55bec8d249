"""Names as words that can be compared: folded, abbreviations written out, Han in pairs.

The same folding makes the index and reads what is looked up, so only their agreement counts.
Han and kana are written without blanks between words: two characters that stand together are
taken for a word, as in the full-text search of a release.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from kg.link.spellings import ABBREVIATIONS, EQUIVALENTS, LETTERS, STOP_WORDS

CJK = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
DOTTED = re.compile(r"\b(?:\w\.){2,}")
ELIDED = re.compile(r"\b(?:[dlDL]|dell|Dell|dall|all|nell|sull|degl|qu)['\u2019\u02bc]")
UMLAUT = re.compile(r"(?<=[bcdfghjklmnprstvwxz])([aou])e(?=[bcdfghjklmnpqrstvwxz])")
APOSTROPHES = re.compile("['\u2019\u2018\u02bb\u02bc`\u00b4]")
ACRONYM_LENGTHS = (2, 12)
SEPARATORS = re.compile(
    r"[,;|\n\r\t()\[\]/:\u3001\uff0c\uff1b\uff08\uff09]| [-\u2013\u2014] "
    # The number of a footnote, left between two affiliations.
    r"|(?<=\w) \d{1,2} (?=[A-Z][a-z]|,)"
)


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents, apostrophes and dots of abbreviations.

    >>> fold("Universit\u00e9 d'\u00c9vry, U.S.A.; Xi'an")
    'universite evry, usa; xian'
    """
    text = html.unescape(text)
    text = ELIDED.sub("", text)
    text = APOSTROPHES.sub("", text)
    text = DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    kept = "".join(c for c in text if unicodedata.category(c) != "Mn")
    # Taking a sign apart may bring up capitals: "№" is "No".
    return unicodedata.normalize("NFC", kept).casefold()


@lru_cache(maxsize=200_000)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name: abbreviations written out, words that say nothing left out.

    >>> words("Dept. of Physics, Univ. of T\u00fcbingen & Wuerzburg")
    ('department', 'physics', 'university', 'tubingen', 'wurzburg')
    >>> words("\u6b66\u6c49\u534f\u548c\u533b\u9662")
    ('\u6b66\u6c49', '\u6c49\u534f', '\u534f\u548c', '\u548c\u533b', '\u533b\u9662')
    """
    return tuple(word for word, _ in linked_words(text))


def linked_words(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a name, each with the last word left out before it, or nothing.

    >>> linked_words("University of the Arts, London")
    (('university', ''), ('arts', 'the'), ('london', ''))
    """
    found: list[tuple[str, str]] = []
    link = ""
    for piece in re.findall(r"[^\W_]+", fold(text)):
        for word in _parts(piece):
            if word in STOP_WORDS:
                link = word
            else:
                found.append((word, link))
                link = ""
    return tuple(found)


def _parts(piece: str) -> Iterator[str]:
    at = 0
    for run in CJK.finditer(piece):
        yield from _spelled(piece[at : run.start()])
        yield from _pairs(run[0])
        at = run.end()
    yield from _spelled(piece[at:])


def _spelled(piece: str) -> list[str]:
    # Umlauts are spelled with and without their e.
    word = UMLAUT.sub(r"\1", piece)
    word = ABBREVIATIONS.get(word, word)
    # A compound of one language is several words of another.
    return EQUIVALENTS.get(word, word).split()


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)] or [run]


def key(text: str) -> str:
    """Return the words of a name as one text: two names with one key are spelled alike."""
    return " ".join(words(text))


def segments(text: str) -> tuple[str, ...]:
    """Return the parts of an affiliation between commas, semicolons and brackets.

    >>> segments("Dept. X, Univ. Y; City (Country)")
    ('Dept. X', 'Univ. Y', 'City', 'Country')
    """
    parts = (part.strip(" .") for part in SEPARATORS.split(html.unescape(text)))
    return tuple(part for part in parts if part)


def is_acronym(text: str) -> bool:
    """Say whether ``text`` is written as an acronym: most of its letters are capitals.

    >>> is_acronym("HUST"), is_acronym("Hust"), is_acronym("PhysLab")
    (True, False, False)
    """
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    short = ACRONYM_LENGTHS[0] <= len(letters) <= ACRONYM_LENGTHS[1]
    return short and " " not in text and capitals * 2 > len(letters) + 1
