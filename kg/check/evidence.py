"""Is every statement backed by the text, and every word of the text accounted for?"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import Finding, Severity, short
from kg.sources.center import CENTER_FILE
from kg.sources.claims import Claim, Profile, Uncovered
from kg.sources.lines import LineIndex
from kg.sources.rdf import read_bytes
from kg.vocab import PREF_LABEL, Iris


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
    """Return how much of the profile's texts its claims cover.

    Letters and digits are the characters of the Unicode categories L and N.
    """
    counted = {
        (name, i)
        for name, text in profile.texts.items()
        for i, char in enumerate(text)
        if _counts(char)
    }
    claimed = _places(profile, profile.claims) & counted
    excused = _places(profile, profile.uncovered) & counted
    return Coverage(len(counted), len(claimed), len(excused - claimed))


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _places(profile: Profile, rows: Iterable[Claim | Uncovered]) -> set[tuple[str, int]]:
    """Return text and offset of what the rows cover, none beyond a text whatever they say."""
    return {
        (row.source, i)
        for row in rows
        for i in range(row.span.start, min(row.span.end, len(profile.texts[row.source])))
    }


def check_evidence(profile: Profile, quads: Iterable[Quad], iris: Iris) -> Iterator[Finding]:
    """Yield what is wrong between a profile's text, its claims and its statements.

    ``quads`` are those of ``profile.trig``.
    """
    quads = tuple(quads)
    yield from _check_names(profile, quads, iris)
    yield from _check_quotes(profile)
    yield from _check_uncovered(profile)
    yield from _check_graphs(profile, quads, iris)
    yield from _check_rest(profile)


def _finding(
    profile: Profile, file: str, line: int | None, what: str, fix: str, name: str
) -> Finding:
    return Finding(Severity.VIOLATION, profile.folder / file, line, what, fix, name)


def _check_names(profile: Profile, quads: tuple[Quad, ...], iris: Iris) -> Iterator[Finding]:
    """Yield each name of ``center.toml`` that the profile says otherwise."""
    center, names = iris.entity("center", profile.slug), profile.center.name
    for language, name in (("en", names.en), ("zh", names.zh)):
        said = {
            quad.object.value
            for quad in quads
            if quad.subject == center and quad.predicate == PREF_LABEL
            if isinstance(quad.object, Literal) and quad.object.language == language
        }
        if name and said and name not in said:
            what = (
                f"the name in {language} is {short(name)}, and profile.trig says {short(min(said))}"
            )
            fix = "make them the same, as the text has it"
            yield _finding(profile, CENTER_FILE, None, what, fix, "name")


def _check_quotes(profile: Profile) -> Iterator[Finding]:
    for claim in profile.claims:
        text = profile.texts[claim.source]
        stands = text[claim.span.start : claim.span.end]
        if stands == claim.quote and claim.quote:
            continue
        starts = [i for i in range(len(text)) if claim.quote and text.startswith(claim.quote, i)]
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
        length = len(profile.texts[claim.source])
        if claim.context and not 0 <= claim.context.start < claim.context.end <= length:
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
        stands = profile.texts[row.source][row.span.start : row.span.end]
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
    for source in profile.center.sources:
        text = profile.texts[source.name]
        start: int | None = None
        for i, character in enumerate(text + "\0"):
            open_here = (source.name, i) not in covered and _counts(character)
            if open_here and start is None:
                start = i
            elif not open_here and start is not None:
                yield _finding(
                    profile,
                    source.file,
                    text.count("\n", 0, start) + 1,
                    f"{short(text[start:i])} at {start}-{i} stands in no claim",
                    "cover it by a claim, or list it in uncovered.tsv with a reason",
                    "coverage",
                )
                start = None
