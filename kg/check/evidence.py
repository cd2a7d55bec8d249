"""Is every statement backed by the text, and every word of the text accounted for?"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg.check.finding import Finding, Severity, short
from kg.sources.claims import Claim, Profile, Uncovered
from kg.sources.lines import LineIndex
from kg.sources.rdf import read_bytes
from kg.vocab import Iris


@dataclass(frozen=True)
class Coverage:
    """How many letters and digits of a text the claims cover."""

    characters: int
    in_claims: int
    in_uncovered: int

    @property
    def percent(self) -> float:
        """The share of letters and digits in claims, in percent."""
        return 100 * self.in_claims / self.characters if self.characters else 100.0


def coverage(profile: Profile) -> Coverage:
    """Return how much of the profile's text its claims cover.

    Letters and digits are the characters of the Unicode categories L and N.
    """
    counted = {i for i, char in enumerate(profile.text) if _counts(char)}
    claimed = _places(profile, profile.claims) & counted
    excused = _places(profile, profile.uncovered) & counted
    return Coverage(len(counted), len(claimed), len(excused - claimed))


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _places(profile: Profile, rows: Iterable[Claim | Uncovered]) -> set[int]:
    """Return the offsets that the rows cover, none beyond the text whatever they say."""
    length = len(profile.text)
    return {i for row in rows for i in range(row.span.start, min(row.span.end, length))}


def check_evidence(profile: Profile, quads: Iterable[Quad], iris: Iris) -> Iterator[Finding]:
    """Yield what is wrong between a profile's text, its claims and its statements.

    ``quads`` are those of ``profile.trig``.
    """
    yield from _check_quotes(profile)
    yield from _check_uncovered(profile)
    yield from _check_graphs(profile, tuple(quads), iris)
    yield from _check_rest(profile)


def _finding(
    profile: Profile, file: str, line: int | None, what: str, fix: str, name: str
) -> Finding:
    return Finding(Severity.VIOLATION, profile.folder / file, line, what, fix, name)


def _check_quotes(profile: Profile) -> Iterator[Finding]:
    for claim in profile.claims:
        stands = profile.text[claim.span.start : claim.span.end]
        if stands == claim.quote and claim.quote:
            continue
        starts = [
            i
            for i in range(len(profile.text))
            if claim.quote and profile.text.startswith(claim.quote, i)
        ]
        if starts:
            nearest = min(starts, key=lambda i: abs(i - claim.span.start))
            fix = f"the quote stands at {nearest}-{nearest + len(claim.quote)}: use these offsets"
        else:
            fix = "make quote and text the same; the text is never edited to fit a quote"
        yield _finding(
            profile,
            "claims.tsv",
            claim.line,
            f"{claim.id} quotes {short(claim.quote)}, but the text has {short(stands)} "
            f"at {claim.span.start}-{claim.span.end}",
            fix,
            "quote",
        )
    for claim in profile.claims:
        if claim.context and not 0 <= claim.context.start < claim.context.end <= len(profile.text):
            yield _finding(
                profile,
                "claims.tsv",
                claim.line,
                f"the context {claim.context.start}-{claim.context.end} of {claim.id} "
                "lies outside of the text",
                "give the start and end of the earlier words",
                "context",
            )


def _check_uncovered(profile: Profile) -> Iterator[Finding]:
    for row in profile.uncovered:
        stands = profile.text[row.span.start : row.span.end]
        if stands != row.text:
            yield _finding(
                profile,
                "uncovered.tsv",
                row.line,
                f"the row says {short(row.text)}, but the text has {short(stands)} there",
                "correct the offsets or the words",
                "quote",
            )


def _check_graphs(profile: Profile, quads: tuple[Quad, ...], iris: Iris) -> Iterator[Finding]:
    path = profile.folder / "profile.trig"
    lines = LineIndex(path, read_bytes(path))
    graphs = {iris.claim(profile.slug, claim.id): claim for claim in profile.claims}
    statements: Counter[Claim] = Counter()
    for quad in quads:
        claim = graphs.get(quad.graph_name) if isinstance(quad.graph_name, NamedNode) else None
        if claim is not None:
            statements[claim] += 1
        else:
            yield _finding(
                profile,
                "profile.trig",
                lines.find(quad),
                f"a statement lies in the graph {quad.graph_name}, which is no claim of claims.tsv",
                "move it into the graph of the claim that says it",
                "graph",
            )
    for claim in profile.claims:
        if not statements[claim] and not claim.reason:
            yield _finding(
                profile,
                "claims.tsv",
                claim.line,
                f"{claim.id} carries no statement and no reason why",
                "state it in profile.trig or fill in the column reason",
                "empty-claim",
            )
        if statements[claim] and claim.reason:
            yield _finding(
                profile,
                "claims.tsv",
                claim.line,
                f"{claim.id} has statements, and a reason why it has none",
                "remove the reason or the statements",
                "empty-claim",
            )


def _check_rest(profile: Profile) -> Iterator[Finding]:
    covered = _places(profile, (*profile.claims, *profile.uncovered))
    start: int | None = None
    for i, character in enumerate(profile.text + "\0"):
        open_here = i not in covered and _counts(character)
        if open_here and start is None:
            start = i
        elif not open_here and start is not None:
            line = profile.text.count("\n", 0, start) + 1
            yield _finding(
                profile,
                "source.txt",
                line,
                f"{short(profile.text[start:i])} at {start}-{i} stands in no claim",
                "cover it by a claim, or list it in uncovered.tsv with a reason",
                "coverage",
            )
            start = None
