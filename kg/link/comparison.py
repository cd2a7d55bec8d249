"""Proposals beside the mappings that were made by hand, and why the two differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

from kg.errors import LinkError
from kg.link.candidate import Candidate
from kg.link.coverage import Curated
from kg.link.proposals import Proposal
from kg.link.registry import Entry
from kg.plain import plain

Outcome = OneOf["same", "proposed", "none", "differs", "missed", "not in dump", "not asked"]

OUTCOMES: dict[Outcome, str] = {
    "same": "the record that is curated was proposed",
    "proposed": "a record was proposed and none is curated in this registry",
    "none": "no record was proposed and none is curated in this registry",
    "differs": "another record was proposed than the curated one",
    "missed": "no record was proposed though one is curated",
    "not in dump": "the curated record is not in the import",
    "not asked": "the registry describes no such things",
}
NO_WORDS = "no record has the words of the name"
COLUMNS = (
    *("kind", "thing", "name", "proposed", "score", "curated", "curated_elsewhere"),
    *("outcome", "why"),
)


@dataclass(frozen=True)
class Comparison:
    """A proposal beside the mapping that was made by hand. ``curated`` is a local id or empty.

    ``verdict`` is one sentence: same, none on either side, or who says what and why.
    ``elsewhere`` are the curated records in other registries, ``kind`` that of the thing.
    """

    proposal: Proposal
    curated: str
    verdict: str
    outcome: Outcome
    elsewhere: tuple[str, ...] = ()
    kind: str = ""


def compare(
    proposal: Proposal,
    curated: Curated,
    entry: Entry | None,
    kind: str = "",
) -> Comparison:
    """Return how a proposal and the curated mapping differ; ``entry`` is the curated record."""
    found, local = proposal.found, curated.local
    outcome: Outcome
    if found and found.entry.local == local:
        outcome, verdict = "same", "the same record"
    elif found and not local:
        outcome, verdict = "proposed", f"proposed, no curated mapping: {found.why}"
    elif not found and not local:
        outcome, verdict = (
            "none",
            "none proposed, none curated" + _none(proposal, curated.elsewhere),
        )
    elif local and entry is None:
        outcome, verdict = "not in dump", "the curated record is not in the index"
    elif found:
        outcome = "differs"
        verdict = f"another record than the curated {local}: {found.why}"
    else:
        other = proposal.runner_up
        outcome = "missed"
        verdict = f"none proposed; {_best(other)}" if other else f"none proposed; {NO_WORDS}"
        if other and other.entry.local == local:
            verdict += "; this is the curated record, and not likely enough"
    if local and curated.match != "exact" and outcome != "same":
        verdict += f"; the curated match is {curated.match}, not exact"
    return Comparison(proposal, local, verdict, outcome, curated.elsewhere, kind)


def _best(other: Candidate) -> str:
    entry = other.entry
    said = f"{entry.display} ({entry.local}, {other.score:.2f})"
    return f"the best candidate was {said}: {other.why}"


def _none(proposal: Proposal, elsewhere: Sequence[str]) -> str:
    parts = ["" if not elsewhere else f"the curated mappings are to {', '.join(elsewhere)}"]
    parts.append(_best(proposal.runner_up) if proposal.runner_up else NO_WORDS)
    return "".join(f"; {part}" for part in parts if part)


def not_asked(proposal: Proposal, curated: Curated, kind: str, why: str) -> Comparison:
    """Return the comparison of a thing that the registry has no records of."""
    return Comparison(proposal, curated.local, why, "not asked", curated.elsewhere, kind)


def check_report(path: Path) -> None:
    """Raise LinkError where a report cannot be written under such a name."""
    if path.suffix not in {".md", ".tsv"}:
        raise LinkError(f"{path}: a report is .md or .tsv; name it so")


def write_report(rows: Iterable[Comparison], path: Path, base: str, title: str) -> None:
    """Write a row for each thing: a table in Markdown for ``.md``, else TSV for ``.tsv``.

    Raises LinkError for another suffix.
    """
    check_report(path)
    cells = [_cells(row, base) for row in rows]
    if path.suffix == ".md":
        text = _markdown(cells, title)
    else:
        text = "".join("\t".join(row) + "\n" for row in (COLUMNS, *cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _cells(row: Comparison, base: str) -> tuple[str, ...]:
    found = row.proposal.found
    cells = (
        *(row.kind, row.proposal.subject.iri.removeprefix(base), row.proposal.subject.label),
        f"{found.entry.local} {found.entry.display}" if found else "",
        f"{found.score:.2f}" if found else "",
        *(row.curated, ", ".join(row.elsewhere), row.outcome, row.verdict),
    )
    return tuple(plain(" ".join(cell.split())) for cell in cells)


def _markdown(cells: Sequence[Sequence[str]], title: str) -> str:
    counts = {word: sum(row[-2] == word for row in cells) for word in OUTCOMES}
    told = [f"- {n} {word}: {OUTCOMES[word]}" for word, n in counts.items() if n]
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    return "\n".join((f"# {title}", "", *told, "", head, *rows)) + "\n"
