"""Measures matching on the test part of the labelled strings, and prints a table.

``SUITES=FOLDER python bench/matching.py [--index imports/ror/index.sqlite]``. An answer to a string whose
institution is not among the records counts as wrong; a label that is not among them is not
missed. Reads the registry data below FOLDER; CONTRIBUTING.md says what lies there.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matching_data import DUMP, NEEDED, REGISTRIES, Sample, read_samples

from kg.link.importing import import_ror
from kg.link.index import INDEX_FILE
from kg.link.match import Match, Matcher
from kg.link.registry import Registry

BASE = "https://w3id.org/research-center-kg/"
ERRORS_PER_KIND = 3


@dataclass(frozen=True)
class Outcome:
    """One string, what was answered, and which of its labels the registry has."""

    sample: Sample
    match: Match
    known: frozenset[str]

    @property
    def answered(self) -> frozenset[str]:
        """The ids that were answered."""
        return frozenset(answer.entry.local for answer in self.match.answers)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="an import to use instead of a fresh one")
    index = parser.parse_args().index
    with tempfile.TemporaryDirectory() as folder:
        index = index or import_ror(DUMP, Path(folder) / "ror", BASE).folder / INDEX_FILE
        report(Registry(index))


def report(registry: Registry) -> None:
    """Match every test string and print the tables."""
    matcher = Matcher(registry)
    samples = [sample for sample in read_samples() if sample.test]
    outcomes = []
    started = time.process_time()
    for sample in samples:
        entries = map(registry.entry_at, sample.gold)
        known = frozenset(e.local for e in entries if e and e.is_record)
        outcomes.append(Outcome(sample, matcher.match(sample.text), known))
    seconds = time.process_time() - started
    model = matcher.model
    print(f"Model: {model.name}. {registry.size:,} records.\n")
    print("| answers from | strings | answerable | answers | right | precision | recall | F1 |")
    print("|---|---|---|---|---|---|---|---|")
    for first, further in ((model.first, model.further), (model.balanced, model.further)):
        at = [replace(o, match=answered_from(o.match, first, further)) for o in outcomes]
        for name in sorted({sample.source for sample in samples}):
            print(f"| {first} {_row(name, [o for o in at if o.sample.source == name])}")
        print(f"| {first} {_row('all', at)}")
    print(f"\n{len(samples) / seconds:.0f} strings a second of processor time.\n")
    print("| error | text | answered | labelled | reason given |")
    print("|---|---|---|---|---|")
    for line in _errors(outcomes, registry):
        print(line)


def answered_from(match: Match, first: float, further: float) -> Match:
    """Return ``match`` with the answers that other thresholds make."""
    answers = tuple(
        candidate
        for number, candidate in enumerate(match.candidates)
        if candidate.score >= (further if number else first) and candidate.entry.is_record
    )
    return replace(match, answers=answers)


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    answers = sum(len(o.answered) for o in outcomes)
    right = sum(len(o.answered & o.known) for o in outcomes)
    labels = sum(len(o.known) for o in outcomes)
    precision, recall = right / max(answers, 1), right / max(labels, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    answerable = sum(bool(o.known) for o in outcomes)
    counts = f"{len(outcomes):,} {name} | {answerable:,} | {answers:,} | {right:,}"
    return f"| {counts} | {precision:.3f} | {recall:.3f} | {f1:.3f} |"


def _errors(outcomes: Sequence[Outcome], registry: Registry) -> Iterator[str]:
    """Yield the errors that the matcher was surest of, some of each kind."""
    kinds: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.answered - outcome.sample.gold:
            wrong = next(
                a for a in outcome.match.answers if a.entry.local not in outcome.sample.gold
            )
            kind = _kind(wrong.entry.local, outcome, registry)
            shown = f"{wrong.entry.display} ({wrong.score:.2f})"
            kinds[kind].append((wrong.score, _line(kind, outcome, shown, registry, wrong.why)))
        elif outcome.known - outcome.answered:
            best = outcome.match.candidates[0] if outcome.match.candidates else None
            found = {c.entry.local for c in outcome.match.candidates}
            kind = "not sure enough" if outcome.known & found else "no candidate"
            shown = f"none; best {best.entry.display} ({best.score:.2f})" if best else "none"
            if outcome.answered:
                kind, shown = "one of several", shown.removeprefix("none; best ")
            why = best.why if best else ""
            score = best.score if best else 0.0
            kinds[kind].append((score, _line(kind, outcome, shown, registry, why)))
    for kind in sorted(kinds):
        lines = sorted(set(kinds[kind]), key=lambda pair: (-pair[0], pair[1]))
        # Of many alike, one line: those that answer the same institution.
        distinct = {line.split(" | ")[2].partition(" (")[0]: line for _, line in reversed(lines)}
        yield from list(reversed(distinct.values()))[:ERRORS_PER_KIND]


def _kind(local: str, outcome: Outcome, registry: Registry) -> str:
    if not outcome.known:
        return "label not in the data"
    entry = registry.entry_at(local)
    if entry and set(entry.related("parent")) & outcome.sample.gold:
        return "part for the whole"
    if entry and set(entry.related("child")) & outcome.sample.gold:
        return "whole for the part"
    return "another institution"


def _line(kind: str, outcome: Outcome, shown: str, registry: Registry, why: str) -> str:
    labels = [registry.entry_at(i) for i in sorted(outcome.sample.gold)]
    named = "; ".join(e.display for e in labels if e) or "not in the data"
    cells = (kind, outcome.sample.text, shown, named, why)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    if not REGISTRIES.is_dir():
        raise SystemExit(f"{REGISTRIES}: no such folder; {NEEDED}")
    main()
