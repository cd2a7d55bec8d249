"""Text from outside as a terminal and a report may show it."""

import re

_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters but tab and line feed, what ends a line or turns its direction, half pairs."""
SHOWN = 300
"""Code points of a text from outside that a sentence quotes."""


def plain(text: str) -> str:
    r"""Return a text with its control characters written out, so that none of them acts.

    >>> plain("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _UNSHOWN.sub(lambda match: ascii(match[0])[1:-1], text)


def brief(text: str, most: int = SHOWN) -> str:
    """Return a text as ``plain`` does, cut to ``most`` code points with a mark.

    >>> brief("abcdef", 3)
    'abc…'
    """
    return plain(text[:most]) + ("…" if len(text) > most else "")


def quoted(text: str, most: int = SHOWN) -> str:
    r"""Return a text in quotes, cut to ``most`` code points, as Python writes it.

    >>> print(quoted("a\x1b[31mb"), quoted("abcdef", 3))
    'a\x1b[31mb' 'abc'…
    """
    return repr(text[:most]) + ("…" if len(text) > most else "")


def brief_list(texts: list[str], most: int = 10) -> str:
    """Return texts in quotes, joined by commas; of many the first ones and a count.

    >>> brief_list(["a", "b", "c"], 2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(quoted(text, 80) for text in texts[:most])
    return shown + (f" and {len(texts) - most:,} more" if len(texts) > most else "")
