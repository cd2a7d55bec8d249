"""Whole numbers in addresses: the one place that reads what a client wrote as a number."""

MOST_DIGITS = 20
"""Longer texts are no numbers of anything here, whatever they begin with."""


def whole_number(text: str, least: int, most: int) -> int | None:
    """Return the whole number that a text is, from ``least`` to ``most``; None for any other text.

    It is written in ASCII digits, without a sign; zeros before it count for nothing. Python
    makes no number of more than 4,300 digits (sys.set_int_max_str_digits): long before, a text
    is none.

    >>> whole_number("007", 1, 50), whole_number("51", 1, 50), whole_number("٣", 1, 50)
    (7, None, None)
    """
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None
