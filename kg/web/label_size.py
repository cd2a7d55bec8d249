"""How much room a text takes in a picture, guessed so that it is never too little.

The server has no fonts. Widths are those of a wide sans serif face (DejaVu Sans and Verdana
are among the widest that browsers fall back to); Han characters and their kin take a whole
em (Unicode Standard Annex 11).
"""

import unicodedata

FONT_PX = 14
LINE_PX = 18
ELLIPSIS = "…"

NARROW_EM, USUAL_EM, CAPITAL_EM, WIDE_EM, FULL_EM = 0.42, 0.66, 0.8, 1.02, 1.05
NARROW = frozenset("iljtfr.,:;'|!()[]/ -I")
WIDE = frozenset("mwMW@%&—…")


def width_px(text: str) -> float:
    """Return the width of a text in pixels, at most that much.

    >>> width_px("一二") > width_px("ab") > width_px("il")
    True
    """
    return FONT_PX * sum(_em(character) for character in text)


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in {"W", "F", "A"} and ord(character) > 0x2E7F:  # noqa: PLR2004 - where CJK begins
        return FULL_EM
    if unicodedata.combining(character):
        return 0.0
    if character in WIDE:
        return WIDE_EM
    if character in NARROW:
        return NARROW_EM
    return CAPITAL_EM if character.isupper() or not character.isascii() else USUAL_EM


def lines(text: str, room_px: float, most: int) -> tuple[str, ...]:
    """Return a text in lines that fit ``room_px``; what ``most`` lines cannot hold is cut.

    >>> lines("Hubei Clinical Research Center", 130, 3)
    ('Hubei Clinical', 'Research Center')
    """
    found: list[str] = []
    current = ""
    for piece in _pieces(text):
        if width_px((current + piece).rstrip()) <= room_px or not current:
            current += piece
            continue
        found.append(current.rstrip())
        current = piece
    found.append(current.rstrip())
    kept = [line for line in found if line]
    if len(kept) > most:
        kept = [*kept[: most - 1], _cut(kept[most - 1] + ELLIPSIS, room_px)]
    return tuple(kept)


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after spaces and hyphens, around Han, in long words."""
    found: list[str] = []
    current = ""
    for character in text:
        if _em(character) == FULL_EM:
            found += [current, character]
            current = ""
            continue
        current += character
        if character in " -/" or len(current) == LONGEST_WORD:
            found.append(current)
            current = ""
    return [piece for piece in (*found, current) if piece]


LONGEST_WORD = 16


def _cut(line: str, room_px: float) -> str:
    while width_px(line) > room_px and len(line) > 1:
        line = line[:-2].rstrip() + ELLIPSIS
    return line
