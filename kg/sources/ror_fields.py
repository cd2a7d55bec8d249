"""The fields of a ROR record: values that are what they must be, or a clause that says why not."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from kg.sources.identifiers import ror_checksum_ok

ROR_PREFIX = "https://ror.org/"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML document and no UTF-8 text may hold."""


class MalformedRecord(ValueError):
    """Why a record cannot be read: a clause that names the field."""


def ror_id(value: object, field: str = "id") -> str:
    """Return the bare id of a ROR link, or raise MalformedRecord.

    >>> ror_id("https://ror.org/00p991c53")
    '00p991c53'
    """
    bare = str(value).removeprefix(ROR_PREFIX)
    if not isinstance(value, str) or bare == value or not ror_checksum_ok(bare):
        raise MalformedRecord(f"{field} {value!r} is no ROR link, or its check digits are wrong")
    return bare


def mapping(value: object, field: str) -> Mapping[str, object]:
    """Return an object of JSON."""
    if not isinstance(value, dict):
        raise MalformedRecord(f"{field} is {type(value).__name__}, not an object")
    return value


def mappings(raw: Mapping[str, object], field: str) -> Iterator[Mapping[str, object]]:
    """Return a list of objects, empty where the field is absent."""
    values = raw.get(field) or []
    if not isinstance(values, list):
        raise MalformedRecord(f"{field} is {type(values).__name__}, not a list")
    return (mapping(value, f"an item of {field}") for value in values)


def text(raw: Mapping[str, object], field: str) -> str | None:
    """Return a text without the blanks around it, or None where it is empty or absent."""
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedRecord(f"{field} is {type(value).__name__}, not a text")
    if bad := UNWRITABLE.search(value):
        raise MalformedRecord(f"{field} holds {bad[0]!r}, which no text may hold")
    return value.strip() or None


def need(raw: Mapping[str, object], field: str) -> str:
    """Return a text that must be there."""
    value = text(raw, field)
    if value is None:
        raise MalformedRecord(f"{field} is empty")
    return value


def texts(raw: Mapping[str, object], field: str) -> tuple[str, ...]:
    """Return a list of texts; a single text counts as a list of one, empty texts as absent."""
    values = raw.get(field) or []
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list):
        raise MalformedRecord(f"{field} is {type(values).__name__}, not a list")
    found = (text({field: value}, field) for value in values)
    return tuple(value for value in found if value)


def language(raw: Mapping[str, object], field: str) -> str | None:
    """Return a language tag in lower case, or None."""
    tag = (text(raw, field) or "").lower() or None
    if tag and not LANGUAGE.fullmatch(tag):
        raise MalformedRecord(f"{field} {tag!r} is no language tag")
    return tag


def one_of(value: object, known: Sequence[str], field: str) -> str:
    """Return ``value`` if it is one of the known words."""
    if not isinstance(value, str) or value not in known:
        raise MalformedRecord(f"{field} {value!r} is none of {', '.join(known)}")
    return value


def whole(value: object, field: str) -> int:
    """Return a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedRecord(f"{field} {value!r} is no whole number")
    return value


def year(value: object) -> int | None:
    """Return a year of the common era, or None where there is none."""
    if value is None:
        return None
    number = whole(value, "established")
    if not 1 <= number <= 9999:  # noqa: PLR2004 - what xsd:gYear writes with four digits
        raise MalformedRecord(f"established {value!r} is no year")
    return number


def degrees(raw: Mapping[str, object], field: str) -> float | None:
    """Return a number of degrees, or None."""
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise MalformedRecord(f"{field} {value!r} is no number of degrees")
    return float(value)
