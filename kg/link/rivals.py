"""How a candidate stands among the others: what a scorer needs to choose between them.

A hospital of a university, the university, and a namesake elsewhere may all be in the text:
which one is meant shows only side by side.
"""

from collections.abc import Iterable, Sequence

from kg.link.evidence import Evidence

AMONG = (
    *("alone", "place", "ahead", "best_other", "best_overlapping", "best_before", "best_after"),
    *("best_within", "best_around", "best_parent", "best_child", "best_related"),
    *("same_span", "same_country_other", "good_others", "part_of_longer", "longer"),
)
GOOD = 0.5


def stand(found: Sequence[Evidence], alone: Sequence[float]) -> list[tuple[float, ...]]:
    """Return for each candidate the numbers of ``AMONG``; ``alone`` are their first scores."""
    pairs = list(zip(found, alone, strict=True))
    order = sorted(range(len(pairs)), key=lambda n: (-alone[n], n))
    places = {n: place for place, n in enumerate(order)}
    return [
        _numbers(one, score, places[n], [p for m, p in enumerate(pairs) if m != n])
        for n, (one, score) in enumerate(pairs)
    ]


def _numbers(
    one: Evidence, score: float, place: int, others: Sequence[tuple[Evidence, float]]
) -> tuple[float, ...]:
    start, end = one.hit.start, one.hit.end
    spans = [(other.hit.start, other.hit.end, s, other) for other, s in others]
    best = _best(s for *_, s, _ in spans)
    parents, children = one.entry.related("parent"), one.entry.related("child")
    related = one.entry.related("related")
    return (
        score,
        float(place),
        score - best,
        best,
        _best(s for a, b, s, _ in spans if a < end and b > start),
        _best(s for a, b, s, _ in spans if b <= start),
        _best(s for a, b, s, _ in spans if a >= end),
        _best(s for a, b, s, _ in spans if start <= a and b <= end and (a, b) != (start, end)),
        _best(s for a, b, s, _ in spans if a <= start and end <= b and (a, b) != (start, end)),
        _best(s for *_, s, other in spans if other.entry.local in parents),
        _best(s for *_, s, other in spans if other.entry.local in children),
        _best(s for *_, s, other in spans if other.entry.local in related),
        _best(s for a, b, s, _ in spans if (a, b) == (start, end)),
        _best(s for *_, s, other in spans if other.country > one.country),
        float(sum(s > GOOD for *_, s, _ in spans)),
        float(any(is_longer(other, one) for other, _ in others)),
        float(any(is_longer(one, other) for other, _ in others)),
    )


def is_longer(one: Evidence, other: Evidence) -> bool:
    """Say whether the whole name of ``one`` stands in the text around the name of ``other``.

    "University of California, Davis" does not mean the University of California.
    """
    around = one.hit.start <= other.hit.start and other.hit.end <= one.hit.end
    return (
        one.hit.exact and around and one.hit.end - one.hit.start > other.hit.end - other.hit.start
    )


def _best(scores: Iterable[float]) -> float:
    return max(scores, default=0.0)
