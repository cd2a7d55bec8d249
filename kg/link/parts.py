"""Parts of institutions that a text names: the hospital before its university.

Labels of affiliations do not agree on whether a hospital or its university is meant, so the
scorer shares what is likely among both. Who wants the part gives it the share of the whole.
"""

from collections.abc import Sequence
from dataclasses import replace

from kg.link.candidate import Candidate
from kg.link.evidence import Evidence
from kg.link.registry import Entry
from kg.link.rivals import is_longer

MOST = 0.99
"""The highest score that both together can have."""

Judged = tuple[Evidence, Candidate]


def with_parts(judged: Sequence[Judged]) -> list[Judged]:
    """Return what was judged, the best part of each more likely whole in the place of it.

    A part has a name that stands whole in the text before that of the whole; the registry
    relates both, or the name goes on around the other.
    """
    found = {candidate.entry.id: (one, candidate) for one, candidate in reversed(judged)}
    taken: set[int] = set()
    for one, whole in judged:
        parts = [
            (other, part)
            for other, part in found.values()
            if part.entry.id not in taken | {whole.entry.id}
            and part.score < whole.score
            and _is_part(other, part.entry, one, whole.entry)
        ]
        if whole.entry.id in taken or not parts:
            continue
        other, part = max(parts, key=lambda p: (p[0].hit.end - p[0].hit.start, p[1].score))
        taken |= {part.entry.id, whole.entry.id}
        why = f"{part.why}; of {whole.entry.display} the text names this part"
        both = min(MOST, part.score + whole.score)
        found[part.entry.id] = (other, replace(part, score=both, why=why))
        found[whole.entry.id] = (one, replace(whole, score=part.score))
    return list(found.values())


def _is_part(other: Evidence, part: Entry, one: Evidence, whole: Entry) -> bool:
    kin = (*part.related("parent"), *part.related("related"))
    named = other.hit.exact and other.hit.start < one.hit.start
    return part.is_record and named and (whole.local in kin or is_longer(other, one))
