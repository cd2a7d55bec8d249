"""What speaks for an entry and what against it: numbers that a scorer weighs.

Weights of words are those of the registry: a word that few names have says more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz

from kg.link.candidates import Hit
from kg.link.headwords import MEDICAL
from kg.link.mention import Mention
from kg.link.placeless import PLACELESS
from kg.link.registry import Entry, Name, Registry
from kg.link.spellings import TERRITORIES
from kg.link.surroundings import BODIES, SURROUNDINGS, coarse, surroundings
from kg.link.words import fold, is_acronym, words

NAME_KINDS = ("ror_display", "label", "alias", "acronym")
TYPES = ("education", "healthcare", "facility", "company", "government", "nonprofit", "funder")
KIN = ("child", "related")
SHORTEST_ACRONYM = 3
"""Two capitals are as often a state or a street."""


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
    missing_but_place: float
    context_covered_but_place: float
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
    extra = [weights[w] for w in context if w not in name.words] if not hit.exact else []
    around = shared + sum(extra) or 1.0
    name_key, context_key = " ".join(name.words), " ".join(context)
    covered = min(shared / whole, 1.0)
    anywhere = 1 - sum(missing) / whole
    placed = _place_words(registry.entry(name.entry))
    unplaced = [w for w in context if not (w in placed or w in name.words or w.isdigit())]
    around_unplaced = shared + sum(weights[w] for w in unplaced) or 1.0
    partial_ratio = 100.0 if hit.exact else fuzz.partial_ratio(name_key, context_key)
    return _Compared(
        hit=hit,
        name=name,
        name_weight=whole,
        name_covered=covered,
        name_covered_anywhere=anywhere,
        context_covered=shared / around,
        missing=sum(missing),
        missing_but_place=sum(
            registry.weight(w) for w in name.words if w not in everywhere and w not in placed
        ),
        context_covered_but_place=1.0 if hit.exact else shared / around_unplaced,
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
    *("missing_but_place", "context_covered_but_place", "typos", "numbers_differ"),
    *("share_of_text", "name_words", "head_missing", "left_out"),
    *("name_is_acronym", "written_as_acronym", "name_language_known"),
    *("same_name", "namesakes", "rank", "good_names", "exact_names", "own_acronym"),
    *("country", "city", "region", "other_city", "city_in_name", "countries_named"),
    *(f"kind_{kind}" for kind in NAME_KINDS),
    *(f"type_{kind}" for kind in TYPES),
    *("active", "withdrawn", "mentioned", "schemes"),
    *("children", "parents", "parent_named", "clinics"),
    *SURROUNDINGS,
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
        *_name_values(best, mention),
        float(names_like[" ".join(name.words)]),
        float(registry.entries_named(" ".join(name.words)).bit_length()),
        float(rank),
        float(sum(c.name_covered > 0.9 for c in compared)),  # noqa: PLR2004 - nearly all of it
        float(len({c.name.id for c in compared if c.hit.exact})),
        _own_acronym(mention, entry),
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
        float(len(entry.schemes)),
        *_kin_values(mention, entry, registry),
        *surroundings(mention, hit, registry),
    )
    written = _as_written(mention, entry, name)
    return Evidence(entry, written, hit, best.name_covered, country, city, values)


def _as_written(mention: Mention, entry: Entry, name: Name) -> Name:
    """Return the name of the entry that the text has letter by letter, of those that read alike."""
    alike = [other for other in entry.names if other.words == name.words]
    if len(alike) > 1 and PLACELESS not in name.kinds:
        text = fold(mention.text)
        return next((other for other in alike if fold(other.text) in text), name)
    return name


def _name_values(best: _Compared, mention: Mention) -> tuple[float, ...]:
    hit, name = best.hit, best.name
    return (
        float(hit.exact),
        best.name_covered,
        best.name_covered_anywhere,
        best.context_covered,
        coarse(best.missing),
        coarse(best.heaviest_missing),
        coarse(best.heaviest_extra),
        best.sorted_ratio,
        best.partial_ratio,
        coarse(best.name_weight),
        coarse(best.missing_but_place),
        best.context_covered_but_place,
        float(len(hit.typos)),
        float(_numbers(name.words) != _numbers(mention.words[hit.start : hit.end])),
        len(hit.shared) / max(len(mention.words), 1),
        float(len(name.words)),
        float(any(word in BODIES and word not in hit.shared for word in name.words)),
        _left_out(mention, name),
        float(is_acronym(name.text)),
        float(name.words[0] in mention.acronyms if len(name.words) == 1 else False),
        float(name.language is not None),
    )


def _left_out(mention: Mention, name: Name) -> float:
    """Return 1 where the text has the place that the name lacks, -1 where not, or 0."""
    if PLACELESS not in name.kinds:
        return 0.0
    left_out = set(words(name.text)[len(name.words) :])
    return 1.0 if left_out <= set(mention.words) else -1.0


def _own_acronym(mention: Mention, entry: Entry) -> float:
    """Return whether the text has an acronym of the entry (1), and others as well (0.5)."""
    own = {word for name in entry.names if "acronym" in name.kinds for word in name.words}
    written = {word for word in mention.acronyms if len(word) >= SHORTEST_ACRONYM}
    return float(bool(written & own)) - float(bool(written - own)) / 2


def _kin_values(mention: Mention, entry: Entry, registry: Registry) -> tuple[float, ...]:
    """Return how many parts the entry has, whether it is one, and how many hospitals are near."""
    found = [registry.entry_at(local) for kind in KIN for local in entry.related(kind)]
    clinics = sum(one is not None and _is_clinic(one) for one in found)
    parents = [registry.entry_at(local) for local in entry.related("parent")]
    return (
        float(len(entry.related("child")).bit_length()),
        float(bool(parents)),
        float(any(p is not None and set(words(p.display)) <= set(mention.words) for p in parents)),
        float(clinics.bit_length()),
    )


def _is_clinic(entry: Entry) -> bool:
    return "healthcare" in entry.types or not MEDICAL.isdisjoint(words(entry.display))


def _place_words(entry: Entry) -> frozenset[str]:
    return frozenset(word for place in entry.places for key in place[:3] for word in key.split())


def _country(mention: Mention, entry: Entry) -> int:
    """Return 1 where the text names the entry's country, -1 where it names others only, or 0."""
    if not mention.countries or not entry.places:
        return 0
    own = {place[4] for place in entry.places}
    own |= {TERRITORIES[code] for code in own & TERRITORIES.keys()}
    return 1 if own & mention.countries else -1


def _in_region(every: str, mention: Mention, region: str, code: str) -> bool:
    if region and f" {region} " in every:
        return True
    return bool(code) and code in mention.acronyms


def _numbers(found: Sequence[str]) -> set[str]:
    return {word for word in found if word.isdigit()}
