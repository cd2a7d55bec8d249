"""TOML read strictly: a section becomes a frozen value, or a sentence says what is wrong.

An unknown key, a missing key and a value of the wrong kind are all refused. Nothing here knows
which keys there are: they are the fields of the data class that a section is read into.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from difflib import get_close_matches
from types import NoneType
from typing import Any, ClassVar, Protocol, TypeVar, get_args, get_type_hints

TOML_ROW = re.compile(r"\s*(?:\[\[?\s*(?P<section>[\w.-]+)\s*\]|(?P<key>[\w.-]+)\s*=)")

NAMES: Mapping[type, str] = {
    str: "a text in quotes",
    int: "a whole number above 0",
    dict: "a [section]",
    date: "a day as in 2026-01-31, without quotes",
}
"""What a value of each type is called."""


class IsDataclass(Protocol):
    """What every dataclass is to a type checker."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Section = TypeVar("Section", bound=IsDataclass)


class WrongKey(Exception):
    """A key of the table is wrong; the text says how, and what to do."""

    def __init__(self, key: str, sentence: str) -> None:
        self.key = key
        super().__init__(sentence)


def toml_mistake(error: tomllib.TOMLDecodeError) -> tuple[int | None, str]:
    """Return the 1-based line and the reason of a syntax error in TOML."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
    return (int(match[2]), match[1]) if match else (None, str(error))


def toml_line(text: str, key: str) -> int | None:
    r"""Return the 1-based line that sets ``key``, dotted; None if no line begins with it.

    >>> toml_line("a = 1\n[b]\nc = 2", "b.c")
    3
    """
    section = ""
    for number, row in enumerate(text.splitlines(), start=1):
        match = TOML_ROW.match(row)
        if match is None:
            continue
        if match["section"]:
            section = name = match["section"]
        else:
            name = f"{section}.{match['key']}" if section else match["key"]
        if name == key:
            return number
    return None


def section_of(table: Mapping[str, Any], name: str, shape: type[Section]) -> Section:
    """Return the section ``name`` as a value of the data class ``shape``.

    A field with a default may be left out. Raises WrongKey for an unknown or missing key, and
    for a value of another type than its field's.
    """
    section = value_of(table, "", name, dict)
    refuse_unknown(f"{name}.", section, shape)
    kinds = get_type_hints(shape)
    values = {}
    for field in fields(shape):
        if field.name in section or field.default is MISSING:
            values[field.name] = value_of(section, f"{name}.", field.name, kinds[field.name])
    return shape(**values)


def refuse_unknown(prefix: str, table: Mapping[str, Any], shape: type[IsDataclass]) -> None:
    """Raise WrongKey for a key of ``table`` that is no field of ``shape``.

    ``prefix`` is the section's name with a dot, for the sentence.
    """
    known = [field.name for field in fields(shape)]
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            advice = " or ".join(prefix + name for name in near or known)
            raise WrongKey(prefix + key, f"unknown key {prefix + key!r}; remove it or use {advice}")


def value_of(table: Mapping[str, Any], prefix: str, key: str, kind: Any) -> Any:  # noqa: ANN401 - a value of the type `kind`
    """Return the value of ``key``: a text, a whole number above 0, a day or a section.

    Raises WrongKey where it is missing, empty, or of another type than ``kind``.
    """
    if key not in table:
        raise WrongKey(prefix.strip("."), f"the key {prefix + key!r} is missing; add it")
    value = table[key]
    kind = next((one for one in get_args(kind) if one is not NoneType), kind)
    good = isinstance(value, kind) and not isinstance(value, bool | datetime)
    if not good or (kind is int and value < 1) or (kind is str and not value.strip()):
        raise WrongKey(prefix + key, f"{prefix + key!r} is {value!r}; give {NAMES[kind]}")
    return value
