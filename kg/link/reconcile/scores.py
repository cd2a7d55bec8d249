"""Queries -> candidates with scores, and the features that explain each score.

A score is 0 to 100. The likeness of the best name makes it; of each property that the query
states, what the thing says counts a quarter as much as the name. What the thing does not say
counts as half. A thing that is not of the wanted type keeps four fifths where the type is only
a wish (``should``), else it is left out.

``match`` is stated of one candidate at most, and only where an identifier says which thing is
meant, or where a name has the very same words, no other thing is called so, and nothing stated
speaks against it. An organization's name that is short for a longer one of its names ("Union
Hospital") needs a property that speaks for it: elsewhere another one is called so.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.config import Limits
from kg.errors import QueryOverLimit, ReconcileError
from kg.link.reconcile.evidence import Evidence
from kg.link.reconcile.names import Likeness, NameIndex, is_shortened
from kg.link.reconcile.queries import Query
from kg.link.reconcile.things import IDENTITY, Thing, Things
from kg.link.reconcile.vocabulary import Property, Type, Vocabulary
from kg.query.engine import Engine
from kg.vocab import ORG

NAME_WEIGHT = 1.0
PROPERTY_WEIGHT = 0.25
UNSAID = 0.5
"""What a property counts that the thing says nothing of, 0 to 1."""
OTHER_TYPE = 0.8
"""What a score is multiplied with where the type is not the wanted one."""
LEAST_SCORE = 40.0
LEADING = 3
"""Properties that lead to things where a query has no text; all of them are weighed."""
LEAD = 10.0
"""By how much the score of a match must be above that of others with the same name."""
AGREES = 0.8
"""From which likeness on a stated property speaks for a thing; below it speaks against it."""
ORGANIZATION = NamedNode(ORG + "Organization")

Feature = float | int | bool


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant, with its score, 0 to 100, and what made it."""

    thing: Thing
    score: float
    match: bool
    features: Mapping[str, Feature]


@dataclass
class _Judged:
    """A thing on its way to a score."""

    thing: Thing
    likeness: Likeness | None = None
    identity: float = 0.0
    of_type: bool = True
    stated: Mapping[str, float | None] | None = None
    decided: bool = False


class Reconciler:
    """Answers reconciliation queries from one release; for any thread."""

    def __init__(self, engine: Engine, things: Things, vocabulary: Vocabulary) -> None:
        self.things = things
        self.vocabulary = vocabulary
        self.names = NameIndex(things.all)
        self._evidence = Evidence(engine, things)

    def answer(
        self, batch: Mapping[str, Query | ReconcileError], limits: Limits
    ) -> dict[str, tuple[Candidate, ...] | ReconcileError]:
        """Return the candidates of each query, the best first, or why it has none.

        Raises QueryOverLimit where the batch takes longer than it may.
        """
        until = time.monotonic() + limits.reconcile_s
        found: dict[str, tuple[Candidate, ...] | ReconcileError] = {}
        for name, query in batch.items():
            if time.monotonic() > until:
                raise QueryOverLimit(
                    f"the batch took more than {limits.reconcile_s} s; send fewer queries at once",
                    limits.reconcile_s,
                )
            if isinstance(query, ReconcileError):
                found[name] = query
                continue
            try:
                found[name] = self.candidates(query)
            except ReconcileError as error:
                found[name] = error
        return found

    def candidates(self, query: Query) -> tuple[Candidate, ...]:
        """Return the candidates of one query, the best first.

        Raises ReconcileError for a type or property that there is not.
        """
        types = tuple(self.vocabulary.type(one) for one in query.types)
        wanted = [(self.vocabulary.property(one.property), one.values) for one in query.wanted]
        judged = self._found(query.text)
        for place, (property_, values) in enumerate(wanted):
            # An identifier tells the thing whatever it is called; without a text, any value may.
            by_value = not query.text and place < LEADING
            for thing in self._evidence.told_by(property_, values, by_value=by_value):
                judged.setdefault(thing, _Judged(thing))
        kept = self._of_types(judged.values(), types, query.strictness)
        if wanted:
            stated = self._evidence.weigh([one.thing for one in kept], wanted)
            for one in kept:
                one.stated = stated[one.thing]
                one.decided = any(
                    property_.registry and one.stated[property_.id] == 1.0
                    for property_, _ in wanted
                )
        scored = [(self._score(one, bool(query.text)), one) for one in kept]
        scored.sort(key=lambda pair: (-pair[0], pair[1].thing.id))
        scored = [pair for pair in scored if pair[0] >= LEAST_SCORE]
        match = self._match(scored, [p for p, _ in wanted])
        return tuple(
            Candidate(one.thing, score, one is match, self._features(one, scored, bool(types)))
            for score, one in scored[: query.limit]
        )

    def _found(self, text: str) -> dict[Thing, _Judged]:
        """Return the things that a text may mean, by identifier or by name."""
        judged: dict[Thing, _Judged] = {}
        if not text:
            return judged
        for thing, score in self.things.identified(text).items():
            judged[thing] = _Judged(thing, identity=score)
        for thing, likeness in self.names.alike(text).items():
            judged.setdefault(thing, _Judged(thing)).likeness = likeness
        return judged

    def _of_types(
        self, judged: Iterable[_Judged], types: Sequence[Type], strictness: str
    ) -> list[_Judged]:
        """Return what is of the types, or all of it where they are only a wish."""
        if not types:
            return list(judged)
        kept = []
        nodes = {type_.node for type_ in types}
        for one in judged:
            shared = nodes & self.vocabulary.above(one.thing.classes)
            one.of_type = shared == nodes if strictness == "all" else bool(shared)
            if one.of_type or strictness == "should":
                kept.append(one)
        return kept

    def _score(self, one: _Judged, has_text: bool) -> float:
        """Return the score of a thing, 0 to 100, with one decimal."""
        if one.decided or one.identity == IDENTITY:
            score = IDENTITY
        else:
            named = max(one.identity / 100, one.likeness.value if one.likeness else 0.0)
            total, weight = (named, NAME_WEIGHT) if has_text else (0.0, 0.0)
            for value in (one.stated or {}).values():
                total += PROPERTY_WEIGHT * (UNSAID if value is None else value)
                weight += PROPERTY_WEIGHT
            score = 100 * total / weight if weight else 0.0
        return round(score if one.of_type else score * OTHER_TYPE, 1)

    def _match(
        self, scored: Sequence[tuple[float, _Judged]], wanted: Sequence[Property]
    ) -> _Judged | None:
        """Return the one that is surely meant, or None."""
        sure = [
            one for _s, one in scored if (one.decided or one.identity == IDENTITY) and one.of_type
        ]
        if sure:
            return sure[0] if len(sure) == 1 and not self._contradicted(sure[0]) else None
        same = [(score, one) for score, one in scored if one.likeness and one.likeness.exact]
        if not same or (len(same) > 1 and same[0][0] - same[1][0] < LEAD):
            return None
        best = same[0][1]
        stated = [value for value in (best.stated or {}).values() if value is not None]
        backed = any(value >= AGREES for value in stated)
        if not best.of_type or self._contradicted(best) or (self._short(best) and not backed):
            return None
        # Someone with another name to whom the stated values fit better is a rival too.
        return best if scored[0][1] is best or not wanted else None

    def _contradicted(self, one: _Judged) -> bool:
        values = (one.stated or {}).values()
        return any(value is not None and value < AGREES for value in values)

    def _short(self, one: _Judged) -> bool:
        """Say whether an organization is called by a short name."""
        is_organization = ORGANIZATION in self.vocabulary.above(one.thing.classes)
        return bool(is_organization and one.likeness and is_shortened(one.thing, one.likeness.name))

    def _features(
        self, one: _Judged, scored: Sequence[tuple[float, _Judged]], typed: bool
    ) -> dict[str, Feature]:
        """Return what explains a score (API 0.2, section 5.2)."""
        likeness = one.likeness
        features: dict[str, Feature] = {
            "name": round(100 * likeness.value, 1) if likeness else 0.0,
            "same_name": bool(likeness and likeness.exact),
            "identifier": one.identity,
        }
        if likeness and likeness.exact:
            others = [o for _s, o in scored if o is not one and o.likeness and o.likeness.exact]
            features["namesakes"] = len(others)
            features["short_name"] = self._short(one)
        if typed:
            features["type"] = one.of_type
        for name, value in (one.stated or {}).items():
            if value is not None:
                features[f"property:{name}"] = round(100 * value, 1)
        return features
