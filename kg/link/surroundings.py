"""Where in a text a name stands, and what stands around it: numbers that a scorer weighs.

"University of X, College of Medicine", "National University of X" and "X University of the Arts"
all hold a name that may or may not be what is meant: its neighbours tell.
"""

from collections.abc import Sequence

from kg.link.candidates import Hit
from kg.link.headwords import CLINICAL, COMPANIES, HEADS, MEDICAL, PLAIN, UNITS
from kg.link.mention import Mention, Segment
from kg.link.registry import Registry
from kg.link.spellings import LINKS

SURROUNDINGS = (
    *("whole_segments", "whole_text", "starts", "ends_segment", "first_segment", "last_segment"),
    *("after_of", "segments", "words_of_text", "in_segments", "unit_segment"),
    *("before", "before_weight", "before_heaviest", "link_before"),
    *("after", "after_weight", "after_heaviest", "link_after"),
    *("after_unit", "after_medical", "after_plain"),
    *("rest_weight", "rest_known", "and_within", "segment_link"),
    *("clinical", "bodies_before", "bodies_after", "bodies_here"),
    *(f"has_{head}" for head in (*HEADS, "company")),
    *(f"elsewhere_{head}" for head in (*HEADS, "company")),
)
AND = LINKS["and"]
NO_NEIGHBOUR, OTHER_LINK = -1, 6
BODIES = frozenset(HEADS) | COMPANIES


def coarse(weight: float) -> float:
    """Return ``weight`` rounded to 2."""
    # A finer one would be a fingerprint of the institution: trees learn which one it is.
    return 2.0 * round(weight / 2)


def surroundings(mention: Mention, hit: Hit, registry: Registry) -> tuple[float, ...]:
    """Return the numbers of ``SURROUNDINGS``."""
    first = mention.segment_at(hit.start)
    last = mention.segment_at(hit.end - 1)
    start, end = mention.segments[first].start, mention.segments[last].end
    before, after = mention.words[start : hit.start], mention.words[hit.end : end]
    return (
        *_place(mention, hit, first, last),
        *_side(before[::-1], hit.start, mention, registry),
        *_side(after, hit.end, mention, registry),
        float(bool(after) and after[0] in UNITS),
        float(bool(after) and after[0] in MEDICAL),
        float(all(word in PLAIN for word in after)),
        *_rest(mention, hit, start, end, registry),
        float(AND in {LINKS.get(link) for link in mention.links[hit.start + 1 : hit.end]}),
        _link(mention.segments[first].links[0]),
        *_bodies(mention, first, last),
        *_heads(mention, hit),
    )


def _place(mention: Mention, hit: Hit, first: int, last: int) -> tuple[float, ...]:
    parts = mention.segments
    starts, ends = parts[first].start == hit.start, parts[last].end == hit.end
    before = mention.words[hit.start - 1] if hit.start else ""
    return (
        float(starts and ends),
        float(hit.start == 0 and hit.end == len(mention.words)),
        float(starts),
        float(ends),
        float(first),
        float(len(parts) - 1 - last),
        float(before in UNITS),
        float(len(parts)),
        float(len(mention.words)),
        float(last - first + 1),
        float(_is_unit(parts[first])),
    )


def _side(
    neighbours: Sequence[str], joined_at: int, mention: Mention, registry: Registry
) -> tuple[float, ...]:
    """Return how much stands on one side of the name in its own segments, the nearest first."""
    if not neighbours:
        return 0.0, 0.0, 0.0, float(NO_NEIGHBOUR)
    weights = [registry.weight(word) for word in neighbours]
    link = _link(mention.links[joined_at])
    return float(len(neighbours)), coarse(weights[0]), coarse(max(weights)), link


def _link(left_out: str) -> float:
    return float(LINKS.get(left_out, OTHER_LINK) if left_out else 0)


def _rest(
    mention: Mention, hit: Hit, start: int, end: int, registry: Registry
) -> tuple[float, ...]:
    rest = [*mention.words[start : hit.start], *mention.words[hit.end : end]]
    if not hit.exact:
        rest = [word for word in mention.words[start:end] if word not in hit.shared]
    return (
        coarse(sum(map(registry.weight, rest))),
        float(any(registry.count(word) for word in rest)),
    )


def _bodies(mention: Mention, first: int, last: int) -> tuple[float, ...]:
    """Return how clinical the text is, and where it names institutions, not parts of them."""
    numbers = [
        number
        for number, part in enumerate(mention.segments)
        if not BODIES.isdisjoint(part.words) and not _is_unit(part)
    ]
    return (
        float(sum(word in CLINICAL for word in mention.words)),
        float(sum(number < first for number in numbers)),
        float(sum(number > last for number in numbers)),
        float(any(first <= number <= last for number in numbers)),
    )


def _heads(mention: Mention, hit: Hit) -> tuple[float, ...]:
    """Return which words for institutions the name has, and which stand elsewhere in the text."""
    inside = hit.shared
    outside = {*mention.words[: hit.start], *mention.words[hit.end :]}
    return (
        *(float(head in inside) for head in HEADS),
        float(bool(inside & COMPANIES)),
        *(float(head in outside) for head in HEADS),
        float(bool(outside & COMPANIES)),
    )


def _is_unit(segment: Segment) -> bool:
    return segment.words[0] in UNITS
