"""One run of linking: what is to be linked, the proposals, and the files that are written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sssom_pydantic import SemanticMapping

from kg.errors import LinkError
from kg.link.comparison import Comparison, compare, not_asked
from kg.link.coverage import ALL, curated, described, kinds_wanted, why_not
from kg.link.index import INDEX_FILE
from kg.link.match import Matcher
from kg.link.proposals import Proposal, Subject, propose, propose_all
from kg.link.registries import read_registries
from kg.link.registry import Registry
from kg.link.review import (
    ACCEPTED_COLUMNS,
    PROPOSED_COLUMNS,
    Target,
    accepted,
    proposed,
    read_reviewed,
    write_sssom,
)
from kg.link.subjects import subjects_of_release
from kg.release.folder import Release

T = TypeVar("T")
Progress = Callable[[str], None]
TOLD_EVERY = 100


@dataclass(frozen=True)
class Linked:
    """What a run found. ``accepted`` counts the rows that were written as mappings.

    ``target`` is what the links lead to, where a service was asked.
    """

    proposals: tuple[Proposal, ...]
    comparisons: tuple[Comparison, ...]
    accepted: int
    target: Target | None = None


def open_registry(folder: Path) -> Registry:
    """Return the index of an import."""
    return Registry(folder / INDEX_FILE)


def link_release(
    release: Release, kinds: Sequence[str], registry: Registry, progress: Progress = lambda _: None
) -> Linked:
    """Return a proposal for every thing of the kinds, beside its curated mapping.

    ``all`` stands for every kind that registries may know. Things that the registry does not
    describe are compared, not asked for. Raises LinkError for a kind that the release has
    nothing of.
    """
    name, base, store = registry.meta["registry"], release.base, release.store
    subjects: list[tuple[str, Subject]] = []
    for kind in kinds_wanted(store, base, kinds):
        found = subjects_of_release(store, base, kind, name)
        if not found:
            fix = f"name a kind that stands in its IRIs, or {ALL}"
            raise LinkError(f"the release has no {kind!r}; {fix}")
        subjects += [(kind, subject) for subject in found]
    asked = [subject for _, subject in subjects if described(store, subject.iri, registry)]
    proposals = tuple(_told(propose(asked, Matcher(registry)), len(asked), progress))
    by_iri = {proposal.subject.iri: proposal for proposal in proposals}
    registries = read_registries()
    comparisons = []
    for kind, subject in subjects:
        known = curated(store, base, subject.iri, registry, registries)
        proposal = by_iri.get(subject.iri)
        if proposal is None:
            nothing = Proposal(subject, subject.label, None, None)
            comparisons.append(not_asked(nothing, known, kind, why_not(kind, registry)))
            continue
        entry = registry.entry_at(known.local) if known.local else None
        comparisons.append(compare(proposal, known, entry, kind))
    return Linked(proposals, tuple(comparisons), 0)


def link_table(
    subjects: Sequence[Subject],
    registry: Registry,
    progress: Progress = lambda _: None,
    *,
    parts: bool = False,
) -> Linked:
    """Return the proposals for every text of a table; a text may name several institutions.

    With ``parts`` the part of an institution is meant where a text names both.
    """
    matcher = Matcher(registry)
    found = (propose_all(subject, matcher, parts=parts) for subject in subjects)
    each = _told(found, len(subjects), progress)
    return Linked(tuple(proposal for found in each for proposal in found), (), 0)


def _told(items: Iterable[T], total: int, progress: Progress) -> Iterator[T]:
    for number, item in enumerate(items, 1):
        if number % TOLD_EVERY == 0 or number == total:
            progress(f"{number:,} of {total:,}")
        yield item


def write_links(
    linked: Linked,
    base: str,
    registry: Registry | Target,
    out: Path,
    accept_above: float | None = None,
    accepted_file: Path | None = None,
) -> int:
    """Write the proposals, and the accepted ones where a limit is given; return their number."""
    target = linked.target or _target(registry)
    rows = proposed(linked.proposals, base, target)
    title = f"Proposed links to {target.name.upper()}, for review"
    write_sssom(rows, out, base, target, PROPOSED_COLUMNS, title)
    if accept_above is None or accepted_file is None:
        return 0
    return _write_accepted(accepted(rows, accept_above), accepted_file, base, target)


def accept_reviewed(path: Path, base: str, registry: Registry | Target, out: Path) -> int:
    """Write the rows of ``path`` that have a reviewer as mappings; return their number."""
    return _write_accepted(accepted(read_reviewed(path)), out, base, _target(registry))


def _write_accepted(rows: Sequence[SemanticMapping], path: Path, base: str, target: Target) -> int:
    if path.exists():
        # It may be edited by hand, and a row is easily lost.
        raise LinkError(f"{path} is there already: move it away or name another file")
    title = f"Links to {target.name.upper()}"
    write_sssom(rows, path, base, target, ACCEPTED_COLUMNS, title)
    return len(rows)


def _target(registry: Registry | Target) -> Target:
    if isinstance(registry, Target):
        return registry
    return Target(registry.meta["registry"], registry.prefix, registry.meta["version"])


def lines(linked: Linked) -> Iterator[str]:
    """Yield what was found: a line per thing of a release, the counts of a table."""
    if linked.comparisons:
        yield "thing\tproposed\tcurated\tcurated elsewhere\tdifference"
    for row in linked.comparisons:
        found = row.proposal.found
        said = f"{found.entry.local} {found.entry.display} ({found.score:.2f})" if found else "none"
        elsewhere = ", ".join(row.elsewhere) or "none"
        yield "\t".join(
            (row.proposal.subject.label, said, row.curated or "none", elsewhere, row.verdict)
        )
    counts = Counter("linked" if proposal.found else "no answer" for proposal in linked.proposals)
    left_out = sum(row.outcome == "not asked" for row in linked.comparisons)
    yield f"{counts['linked']:,} proposed, {counts['no answer']:,} without an answer" + (
        f", {left_out:,} not asked for" if left_out else ""
    )
