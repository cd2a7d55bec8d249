"""Where the words of a query stand in a text, and the piece of a long text around them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.release.words import Term, words

SHOWN_CHARACTERS = 240
"""Length of the piece of a text that a result shows, in code points."""
BEFORE_HIT = 60


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: whether words of the query stand there."""

    text: str
    is_hit: bool = False


def marked(text: str, asked: Sequence[Term]) -> list[Piece]:
    """Return the whole text in pieces, hits and what is between them.

    >>> [piece.text for piece in marked("SCI papers", [Term(("paper",), "papers")])]
    ['SCI ', 'papers']
    """
    pieces: list[Piece] = []
    place = 0
    for start, end in _spans(text, asked):
        if start > place:
            pieces.append(Piece(text[place:start]))
        pieces.append(Piece(text[start:end], is_hit=True))
        place = end
    if place < len(text):
        pieces.append(Piece(text[place:]))
    return pieces


def excerpt(text: str, asked: Sequence[Term]) -> list[Piece]:
    """Return a piece of the text from shortly before its first hit, with its hits."""
    if len(text) <= SHOWN_CHARACTERS:
        return marked(text, asked)
    first = next((start for start, _end in _spans(text, asked)), 0)
    start = max(0, min(first - BEFORE_HIT, len(text) - SHOWN_CHARACTERS))
    end = start + SHOWN_CHARACTERS
    # Words stay whole; Han has no blanks to break at.
    while 0 < start < first and text[start - 1].isascii() and not text[start - 1].isspace():
        start += 1
    while end < len(text) and text[end].isascii() and not text[end].isspace() and end > first:
        end -= 1
    shown = marked(text[start:end].strip(), asked)
    before = [Piece("… ")] if start else []
    after = [Piece(" …")] if end < len(text) else []
    return [*before, *shown, *after]


def has_hit(text: str, asked: Sequence[Term]) -> bool:
    """Say whether a word of the query stands in the text."""
    return bool(_spans(text, asked))


def _spans(text: str, asked: Sequence[Term]) -> list[tuple[int, int]]:
    """Return where hits begin and end, those that touch as one, in order."""
    whole = {word for term in asked for word in term.words}
    prefixes = tuple(term.prefix for term in asked if term.prefix)
    found = sorted(
        (word.start, word.end)
        for word in words(text)
        if word.text in whole or (prefixes and word.text.startswith(prefixes))
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans
