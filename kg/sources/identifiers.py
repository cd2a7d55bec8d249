"""Check digits of identifiers that other registries give: ROR, ISNI and ORCID."""

import re

ROR_FORM = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}")
ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: without i, l, o and u."""

ISNI_FORM = re.compile(r"[0-9]{15}[0-9X]")
ORCID_FORM = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")


def ror_checksum_ok(ror_id: str) -> bool:
    """Say whether ``ror_id`` is the id part of a ROR link and its check digits fit.

    The six characters after the 0 are a number of base 32; the last two digits are its
    check digits by ISO/IEC 7064, MOD 97-10 (https://ror.readme.io/docs/identifier).

    >>> ror_checksum_ok("00p991c53")
    True
    >>> ror_checksum_ok("00p991c35")
    False
    >>> ror_checksum_ok("https://ror.org/00p991c53")
    False
    """
    if not ROR_FORM.fullmatch(ror_id):
        return False
    number = 0
    for character in ror_id[1:7]:
        number = number * 32 + ROR_DIGITS.index(character)
    return int(ror_id[7:]) == 98 - number * 100 % 97


def isni_check_digit_ok(isni: str) -> bool:
    """Say whether ``isni`` is an ISNI of 16 characters without blanks and its last one fits.

    The last character is the check digit of the others by ISO/IEC 7064, MOD 11-2, with X
    for ten (ISO 27729). An ORCID without its hyphens is a number of the same kind.

    >>> isni_check_digit_ok("0000000403687223")
    True
    >>> isni_check_digit_ok("000000012107957X")
    True
    >>> isni_check_digit_ok("0000000403687232")
    False
    >>> isni_check_digit_ok("0000 0004 0368 7223")
    False
    """
    if not ISNI_FORM.fullmatch(isni):
        return False
    total = 0
    for digit in isni[:15]:
        total = (total + int(digit)) * 2
    return isni[15] == "0123456789X"[(12 - total % 11) % 11]


def orcid_ok(orcid: str) -> bool:
    """Say whether ``orcid`` is an ORCID iD in four groups and its check digit fits.

    Form and check digit: https://support.orcid.org/hc/en-us/articles/360006897674.

    >>> orcid_ok("0000-0002-1825-0097")
    True
    >>> orcid_ok("0000-0002-1825-0079"), orcid_ok("0000000218250097")
    (False, False)
    """
    return bool(ORCID_FORM.fullmatch(orcid)) and isni_check_digit_ok(orcid.replace("-", ""))
