"""One long JSON array, read item by item: memory holds one item, and a broken one loses no other.

Time is in proportion to the length, whatever the text, and no item is longer than was asked for.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from kg.sources.bounded import too_long

CHUNK = 1 << 18
NESTED = 64
"""Levels of a record that is looked for behind a broken one; a real one has five."""
SPACE = re.compile(r"[\s,]*")
OBJECT = re.compile(r'\{\s*"')
LONGEST_START = 64
"""Code points between a brace and a quotation mark that lie in two pieces of the text."""
# A string that does not end goes to the end of the text.
MARKS = re.compile(r'"(?:[^"\\]|\\.)*+\\?"?|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True)
class Found:
    """An item with its number and line, or the ``mistake`` in its place; 0 is the array itself."""

    number: int
    line: int
    value: object = None
    mistake: str = ""
    fix: str = ""


class _Window:
    """A piece of a long text that moves on, and knows its line."""

    def __init__(self, stream: TextIO) -> None:
        self.text = ""
        self.at = 0
        self.line = 1
        self._stream = stream
        self.ended = False

    def grow(self) -> None:
        """Forget what was read and read on."""
        more = self._stream.read(CHUNK)
        self.ended = not more
        self.text, self.at = self.text[self.at :] + more, 0

    def skip(self, space: re.Pattern[str]) -> None:
        """Go on behind what matches, reading on as needed."""
        while True:
            found = space.match(self.text, self.at)
            self.move(found.end() if found else self.at)
            if self.at < len(self.text) or self.ended:
                return
            self.grow()

    def is_last(self) -> bool:
        """Say whether nothing but white space follows the character here; go there if so."""
        if self.at + 1 == len(self.text) and not self.ended:
            self.grow()
        rest = self.text[self.at + 1 :]
        if rest.strip():
            return False
        before = self.text[self.at]
        while not self.ended:
            self.at = len(self.text)
            self.grow()
            if self.text.strip():
                self.text = before + self.text
                return False
        return True

    def move(self, to: int) -> None:
        """Go on to the place ``to``."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to


def array_items(stream: TextIO, most: int) -> Iterator[Found]:
    """Yield what is in the array that a stream begins with; an item has ``most`` code points.

    Behind an item that cannot be read the next one is the next object with ``id`` and ``status``.
    """
    window = _Window(stream)
    decoder = json.JSONDecoder()
    window.skip(re.compile(r"\s*"))
    window.move(window.at + 1)
    number = 0
    while True:
        window.skip(SPACE)
        if window.text.startswith("]", window.at) and window.is_last():
            return
        number += 1
        line = window.line
        if window.at >= len(window.text):
            what = f"breaks off before record {number}"
            yield Found(0, line, mistake=what, fix="take the dump again")
            return
        found = _decode(decoder, window, most)
        if not isinstance(found, str):
            yield Found(number, line, found[0])
            continue
        yield Found(number, line, mistake=f"is no valid JSON: {found}")
        if not _resume(decoder, window, most):
            return


def _decode(decoder: json.JSONDecoder, window: _Window, most: int) -> tuple[object] | str:
    """Return the value that begins here and move behind it, or say what is wrong with it."""
    while True:
        try:
            value, end = decoder.raw_decode(window.text, window.at)
        except RecursionError:
            return "nested too deeply"
        except ValueError as error:
            if len(window.text) - window.at >= most:
                return too_long(most) if _span(window.text, window.at)[0] is None else _msg(error)
            if window.ended:
                return _msg(error)
            window.grow()
        else:
            is_long = end - window.at > most
            # What is too long is left behind but for its end: behind that the next one is sought.
            window.move(end - is_long)
            return too_long(most) if is_long else (value,)


def _msg(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _span(text: str, start: int) -> tuple[int | None, bool]:
    """Return where the value that begins at ``start`` ends, None where the text ends before.

    With True it is the place from which on no record begins further up: all that begins before
    it has more than NESTED levels.
    """
    opened: list[int] = []
    for mark in MARKS.finditer(text, start):
        if mark[0] in "[{":
            opened.append(mark.start())
            if len(opened) > 2 * NESTED:
                return opened[NESTED], True
        elif mark[0] in "]}":
            if len(opened) <= 1:
                return mark.end(), False
            opened.pop()
    return None, False


def _resume(decoder: json.JSONDecoder, window: _Window, most: int) -> bool:
    """Move on to the next place behind this one at which a whole record begins."""
    start = window.at + 1
    while True:
        waiting = len(window.text) - LONGEST_START
        behind = start
        for place in OBJECT.finditer(window.text, start):
            if place.start() < behind:
                continue
            end, is_deep = _span(window.text, place.start())
            if is_deep:
                behind = end or behind
            elif end is None:
                waiting = min(waiting, place.start())
            elif _is_record(decoder, window.text, place.start()):
                window.move(place.start())
                return True
        if window.ended:
            return False
        start = max(start, waiting, len(window.text) - most)
        window.move(start)
        window.grow()
        start = 0


def _is_record(decoder: json.JSONDecoder, text: str, place: int) -> bool:
    try:
        value, _ = decoder.raw_decode(text, place)
    except (ValueError, RecursionError):
        return False
    # Relations have an id too, but no status.
    return isinstance(value, dict) and {"id", "status"} <= value.keys()
