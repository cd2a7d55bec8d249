"""What a check has to say: one finding is one sentence about one place."""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Severity(IntEnum):
    """How much a finding matters, as SHACL counts it (SHACL, 2.1.4)."""

    INFO = 0
    WARNING = 1
    VIOLATION = 2


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    ``path`` and ``line`` (1-based) say where, as far as it can be known. ``constraint`` is
    the IRI of the property or node shape that was broken, or the name of the check.
    ``subject`` is the IRI of the thing meant, where there is one.
    """

    severity: Severity
    path: Path | None
    line: int | None
    what: str
    fix: str
    constraint: str
    subject: str | None = None
    fix_zh: str = ""


SHOWN_CHARACTERS = 60


def short(text: str) -> str:
    """Return ``text`` in quotes, cut to a length that fits a sentence."""
    return repr(text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…")
