"""A verdict in words, for people and for files."""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from kg.check.finding import Finding, Severity
from kg.check.verdict import Verdict

COMPUTED = "computed by the build"


def report_lines(verdict: Verdict, root: Path) -> Iterator[str]:
    """Yield the report that ``kg check`` prints: counts, findings by file, the verdict.

    Paths are shown relative to ``root``.
    """
    for profile in verdict.profiles:
        covered = profile.coverage
        yield (
            f"{profile.slug}: {profile.claims} claims, {profile.claims_with_statements} with "
            f"statements, {profile.statements} statements"
        )
        yield (
            f"coverage: {covered.percent:.2f} % of {covered.characters} letters and digits in "
            f"claims, {covered.in_uncovered} in uncovered.tsv, "
            f"{covered.characters - covered.in_claims - covered.in_uncovered} in neither"
        )
    yield f"dataset: {verdict.quads} quads against {verdict.shapes} shapes"
    for file, found in groupby(verdict.findings, lambda f: (f.severity, _place(f, root))):
        severity, place = file
        yield ""
        yield f"{place} ({severity.name.lower()})"
        for finding in found:
            where = f"{finding.line}: " if finding.line else ""
            yield f"  {where}{finding.what}"
            yield f"    fix: {finding.fix}"
    yield ""
    counts = ", ".join(
        f"{verdict.count(severity)} {name}{'' if verdict.count(severity) == 1 else 's'}"
        for severity, name in (
            (Severity.VIOLATION, "violation"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "note"),
        )
    )
    yield f"{'conforms' if verdict.conforms else 'refused'}: {counts}"


def _place(finding: Finding, root: Path) -> str:
    if finding.path is None:
        return COMPUTED
    path = finding.path
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def verdict_table(verdict: Verdict, name: Callable[[Path], str]) -> dict[str, Any]:
    """Return the verdict as plain values, the same for the same sources.

    ``name`` gives the name of a source file, wherever it lies.
    """
    return {
        "conforms": verdict.conforms,
        "quads": verdict.quads,
        "shapes": verdict.shapes,
        "counts": {s.name.lower(): verdict.count(s) for s in reversed(Severity)},
        "profiles": [
            {
                "center": profile.slug,
                "claims": profile.claims,
                "claims_with_statements": profile.claims_with_statements,
                "statements": profile.statements,
                "characters": profile.coverage.characters,
                "characters_in_claims": profile.coverage.in_claims,
                "characters_in_uncovered": profile.coverage.in_uncovered,
                "coverage_percent": round(profile.coverage.percent, 2),
            }
            for profile in verdict.profiles
        ],
        "findings": [
            {
                "severity": finding.severity.name.lower(),
                "file": name(finding.path) if finding.path else None,
                "line": finding.line,
                "subject": finding.subject,
                "what": finding.what,
                "fix": {"en": finding.fix, "zh": finding.fix_zh or finding.fix},
                "constraint": finding.constraint,
            }
            for finding in verdict.findings
        ],
    }
