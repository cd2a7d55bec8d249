"""Statements that are well-formed and backed by a claim, but look wrong all the same."""

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import Finding, Severity, short
from kg.sources.claims import Profile
from kg.sources.lines import LineIndex
from kg.sources.rdf import read_bytes
from kg.vocab import Iris

NUMBER_WORDS = {
    "1": ("one", "first"),
    "2": ("two", "second"),
    "3": ("three", "third"),
    "4": ("four", "fourth"),
    "5": ("five", "fifth"),
    "6": ("six", "sixth"),
    "7": ("seven", "seventh"),
    "8": ("eight", "eighth"),
    "9": ("nine", "ninth"),
    "10": ("ten", "tenth"),
}
NUMBER_TERMS = ("value", "minimum", "maximum", "position", "positionAtMost", "consecutiveYears")


def check_numbers(profile: Profile, quads: Iterable[Quad], iris: Iris) -> Iterator[Finding]:
    """Yield a warning for each number that its claim's quote does not contain.

    A number is looked for as digits, with or without separators, as a word up to ten, and
    in millions with decimals: 2,770,000 as "2.77 million".
    """
    predicates = {iris.term(name) for name in NUMBER_TERMS}
    claims = {iris.claim(profile.slug, claim.id): claim for claim in profile.claims}
    path = profile.folder / "profile.trig"
    lines = LineIndex(path, read_bytes(path))
    for quad in quads:
        claim = claims.get(quad.graph_name) if isinstance(quad.graph_name, NamedNode) else None
        if (
            claim is None
            or quad.predicate not in predicates
            or not isinstance(quad.object, Literal)
        ):
            continue
        if not _holds(claim.quote, quad.object.value):
            yield Finding(
                Severity.WARNING,
                path,
                lines.find(quad),
                f"{claim.id} states the number {quad.object.value}, but its quote "
                f"{short(claim.quote)} does not hold it",
                "compare the number with the sentence",
                "number",
                subject=str(quad.subject.value) if isinstance(quad.subject, NamedNode) else None,
            )


def _holds(quote: str, digits: str) -> bool:
    forms = "|".join(re.escape(form) for form in _number_forms(digits))
    # 3 stands in "3-5" and in "top 3", not in "13" or "2.3".
    return re.search(rf"(?<![\w.,])(?:{forms})(?![\w]|[.,]\d)", quote, re.IGNORECASE) is not None


def _number_forms(digits: str) -> tuple[str, ...]:
    if not digits.isdecimal():
        return (digits,)
    number = int(digits)
    millions = f"{number / 1_000_000:.6f}".rstrip("0").rstrip(".") + " million"
    ordinals = (f"{digits}st", f"{digits}nd", f"{digits}rd", f"{digits}th")
    return (digits, f"{number:,}", millions, *ordinals, *NUMBER_WORDS.get(digits, ()))
