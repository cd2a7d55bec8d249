"""What speaks for an entry and what against it: numbers that a scorer weighs.

Weights of words are those of the registry: a word that few names have says more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz

from kg.link.candidates import Hit
from kg.link.mention import Mention
from kg.link.registry import Entry, Name, Registry
from kg.link.words import is_acronym

NAME_KINDS = ("ror_display", "label", "alias", "acronym")
TYPES = ("education", "healthcare", "facility", "company", "government", "nonprofit", "funder")
HEADS = ("university", "hospital", "institute", "center", "college", "academy", "laboratory")
COMPANIES = frozenset(("inc", "ltd", "gmbh", "company", "corporation", "llc", "co"))
MEDICAL = frozenset(("medical", "hospital", "health", "clinic", "clinical", "cancer", "children"))
UNITS = frozenset(
    (
        *("department", "faculty", "school", "division", "laboratory", "unit", "section", "chair"),
        *("group", "program", "service", "clinic", "lab", "team", "branch", "office", "college"),
    )
)
"""Words that parts of an institution begin with."""


@dataclass(frozen=True)
class Evidence:
    """The best name of an entry for a text, and numbers about both.

    ``values`` are in the order of ``FEATURES``.
    """

    entry: Entry
    name: Name
    hit: Hit
    covered: float
    country: int
    city: bool
    values: tuple[float, ...]


def gather(
    mention: Mention, hits: Mapping[int, Sequence[Hit]], registry: Registry
) -> list[Evidence]:
    """Return the evidence for each entry that may be meant, in the order of ``hits``."""
    weights = {word: registry.weight(word) for word in set(mention.words)}
    names_like: dict[str, int] = {}
    for entry_hits in hits.values():
        for key in {" ".join(registry.name_at(hit.name).words) for hit in entry_hits}:
            names_like[key] = names_like.get(key, 0) + 1
    compare = partial(_compare, mention=mention, weights=weights, registry=registry)
    found = []
    for rank, (entry_id, entry_hits) in enumerate(hits.items()):
        compared = [compare(hit) for hit in entry_hits]
        best = max(compared, key=lambda c: (c.quality, c.hit.exact, -c.hit.start))
        found.append(_evidence(mention, registry, entry_id, best, compared, rank, names_like))
    return found


@dataclass(frozen=True)
class _Compared:
    """One name against the words where it was found. All shares are of weight, 0 to 1."""

    hit: Hit
    name: Name
    name_weight: float
    name_covered: float
    name_covered_anywhere: float
    context_covered: float
    missing: float
    heaviest_missing: float
    heaviest_extra: float
    sorted_ratio: float
    partial_ratio: float
    quality: float


def _compare(
    hit: Hit, mention: Mention, weights: Mapping[str, float], registry: Registry
) -> _Compared:
    name = registry.name_at(hit.name)
    whole = registry.name_weight(hit.name) or 1.0
    context = mention.words[hit.start : hit.end]
    shared = math.fsum(registry.weight(word) for word in hit.shared)
    everywhere = weights.keys() | hit.shared
    missing = [registry.weight(word) for word in name.words if word not in everywhere]
    extra = [weights[word] for word in context if word not in name.words]
    around = shared + sum(extra) or 1.0
    name_key, context_key = " ".join(name.words), " ".join(context)
    covered = min(shared / whole, 1.0)
    anywhere = 1 - sum(missing) / whole
    partial_ratio = 100.0 if hit.exact else fuzz.partial_ratio(name_key, context_key)
    return _Compared(
        hit=hit,
        name=name,
        name_weight=whole,
        name_covered=covered,
        name_covered_anywhere=anywhere,
        context_covered=shared / around,
        missing=sum(missing),
        heaviest_missing=max(missing, default=0.0),
        heaviest_extra=max(extra, default=0.0),
        sorted_ratio=100.0 if hit.exact else fuzz.token_sort_ratio(name_key, context_key),
        partial_ratio=partial_ratio,
        quality=covered * (0.5 + 0.3 * partial_ratio / 100)
        + 0.2 * anywhere
        + 0.15 * shared / around
        + 0.01 * shared
        + 0.05 * hit.exact,
    )


FEATURES = (
    *("exact", "name_covered", "name_covered_anywhere", "context_covered", "missing"),
    *("heaviest_missing", "heaviest_extra", "sorted_ratio", "partial_ratio", "name_weight"),
    *("typos", "whole_segments", "whole_text", "starts", "ends_segment"),
    *("first_segment", "last_segment", "after_of", "segments", "words_of_text", "name_is_acronym"),
    *("written_as_acronym", "same_name", "rank", "good_names", "exact_names", "unit_segment"),
    *("country", "city", "region", "other_city", "city_in_name", "countries_named"),
    *(f"kind_{kind}" for kind in NAME_KINDS),
    *(f"type_{kind}" for kind in TYPES),
    *("active", "withdrawn", "mentioned", "children", "parents", "schemes", "name_language_known"),
    *("numbers_differ", "share_of_text", "in_segments"),
    *("before", "before_weight", "after", "after_weight", "after_unit", "after_medical"),
    *("rest_weight", "rest_known"),
    *(f"has_{head}" for head in (*HEADS, "company")),
    *(f"elsewhere_{head}" for head in (*HEADS, "company")),
)


def _evidence(
    mention: Mention,
    registry: Registry,
    entry_id: int,
    best: _Compared,
    compared: Sequence[_Compared],
    rank: int,
    names_like: Mapping[str, int],
) -> Evidence:
    entry = registry.entry(entry_id)
    hit, name = best.hit, best.name
    country = _country(mention, entry)
    every = f" {' '.join(mention.words)} "
    city = any(place[0] and f" {place[0]} " in every for place in entry.places)
    values = (
        *_name_values(best),
        *_position_values(mention, hit),
        float(is_acronym(name.text)),
        float(name.words[0] in mention.acronyms if len(name.words) == 1 else False),
        float(names_like[" ".join(name.words)]),
        float(rank),
        float(sum(c.name_covered > 0.9 for c in compared)),  # noqa: PLR2004 - nearly all of it
        float(len({c.name.id for c in compared if c.hit.exact})),
        float(_is_unit(mention, hit)),
        float(country),
        float(city),
        float(any(_in_region(every, mention, place[1], place[3]) for place in entry.places)),
        float(bool(mention.cities) and not city),
        float(any(place[0] and place[0] in " ".join(name.words) for place in entry.places)),
        float(len(mention.countries)),
        *(float(kind in name.kinds) for kind in NAME_KINDS),
        *(float(kind in entry.types) for kind in TYPES),
        float(entry.status == "active"),
        float(entry.status == "withdrawn"),
        float(not entry.is_record),
        float(len(entry.related("child")).bit_length()),
        float(bool(entry.related("parent"))),
        float(len(entry.schemes)),
        float(name.language is not None),
        float(_numbers(name.words) != _numbers(mention.words[hit.start : hit.end])),
        len(hit.shared) / max(len(mention.words), 1),
        float(mention.segment_at(hit.end - 1) - mention.segment_at(hit.start) + 1),
        *_around(mention, hit, registry),
        *_heads(mention, hit),
    )
    return Evidence(entry, name, hit, best.name_covered, country, city, values)


def _coarse(weight: float) -> float:
    # A finer one would be a fingerprint of the institution: trees learn which one it is.
    return 2.0 * round(weight / 2)


def _name_values(best: _Compared) -> tuple[float, ...]:
    hit = best.hit
    return (
        float(hit.exact),
        best.name_covered,
        best.name_covered_anywhere,
        best.context_covered,
        _coarse(best.missing),
        _coarse(best.heaviest_missing),
        _coarse(best.heaviest_extra),
        best.sorted_ratio,
        best.partial_ratio,
        _coarse(best.name_weight),
        float(len(hit.typos)),
    )


def _position_values(mention: Mention, hit: Hit) -> tuple[float, ...]:
    parts = mention.segments
    starts = {part.start: number for number, part in enumerate(parts)}
    ends = {part.end: number for number, part in enumerate(parts)}
    first, last = mention.segment_at(hit.start), mention.segment_at(hit.end - 1)
    before = mention.words[hit.start - 1] if hit.start else ""
    return (
        float(hit.start in starts and hit.end in ends),
        float(hit.start == 0 and hit.end == len(mention.words)),
        float(hit.start in starts),
        float(hit.end in ends),
        float(first),
        float(len(parts) - 1 - last),
        float(before in UNITS),
        float(len(parts)),
        float(len(mention.words)),
    )


def _around(mention: Mention, hit: Hit, registry: Registry) -> tuple[float, ...]:
    """Return what stands beside the name in its own segments: more of a longer name, or a part."""
    start = mention.segments[mention.segment_at(hit.start)].start
    end = mention.segments[mention.segment_at(hit.end - 1)].end
    before, after = mention.words[start : hit.start], mention.words[hit.end : end]
    rest = [*before, *after]
    if not hit.exact:
        rest = [word for word in mention.words[start:end] if word not in hit.shared]
    return (
        float(len(before)),
        _coarse(registry.weight(before[-1])) if before else 0.0,
        float(len(after)),
        _coarse(registry.weight(after[0])) if after else 0.0,
        float(bool(after) and after[0] in UNITS),
        float(bool(after) and after[0] in MEDICAL),
        _coarse(sum(map(registry.weight, rest))),
        float(any(registry.count(word) for word in rest)),
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


def _is_unit(mention: Mention, hit: Hit) -> bool:
    segment = mention.segments[mention.segment_at(hit.start)]
    return segment.words[0] in UNITS


def _country(mention: Mention, entry: Entry) -> int:
    """Return 1 where the text names the entry's country, -1 where it names others only, or 0."""
    if not mention.countries or not entry.places:
        return 0
    own = {place[4] for place in entry.places}
    return 1 if own & mention.countries else -1


def _in_region(every: str, mention: Mention, region: str, code: str) -> bool:
    if region and f" {region} " in every:
        return True
    return bool(code) and code in mention.acronyms


def _numbers(found: Sequence[str]) -> set[str]:
    return {word for word in found if word.isdigit()}
