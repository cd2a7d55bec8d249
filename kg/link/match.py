"""An affiliation or a name -> the records that are meant, with a score and the reason.

Candidates are found by words, judged one by one, then against each other. A text may name
several institutions, and may name none that the registry has: then there is no answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.link.candidates import find_hits
from kg.link.evidence import Evidence, gather
from kg.link.mention import read_mention
from kg.link.reasons import reason
from kg.link.registry import Entry, Registry
from kg.link.rivals import stand
from kg.link.scoring import Model, read_model
from kg.link.words import words

LEAST_SHARED = 0.8
"""The share of a name, by weight of its words, that what is meant by it must have."""


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant.

    ``score`` is the probability that it is, 0 to 1, as far as the training text was like this
    one; ``name`` the name of it that fits best; ``why`` a sentence. ``instead_of`` is the
    withdrawn record that led to it, whose name it is.
    """

    entry: Entry
    score: float
    name: str
    why: str
    instead_of: Entry | None = None


@dataclass(frozen=True)
class Match:
    """What was found for a text: the answers, and every candidate, the best first."""

    text: str
    answers: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The first answer, or None."""
        return self.answers[0] if self.answers else None

    @property
    def runner_up(self) -> Candidate | None:
        """The best candidate that is no answer, or None."""
        answered = {candidate.entry.id for candidate in self.answers}
        return next((c for c in self.candidates if c.entry.id not in answered), None)


class Matcher:
    """Matches texts with one registry. Not for use by several threads at once."""

    def __init__(self, registry: Registry, model: Model | None = None) -> None:
        self.registry = registry
        self.model = model or read_model()
        self._countries = registry.countries()
        self._cities = registry.cities()

    def match(self, text: str, name: str = "") -> Match:
        """Return what ``text``, an affiliation, means in the registry.

        An affiliation may name a hospital and its university, and mean either. With a ``name``,
        which the text begins with, only what has nearly all the words of the name is meant: the
        rest of the text is context.
        """
        mention = read_mention(text, self._countries, self._cities)
        found = gather(mention, find_hits(mention, self.registry), self.registry)
        if name:
            found = [one for one in found if self._has_all(one, words(name))]
        scores = self.scores(found)
        ranked = sorted(
            (self._candidate(one, score) for one, score in zip(found, scores, strict=True)),
            key=lambda candidate: (-candidate.score, candidate.entry.local),
        )
        candidates = tuple(_without_repeats(ranked))
        least = (self.model.first, self.model.further)
        answers = tuple(
            candidate
            for number, candidate in enumerate(candidates)
            if candidate.score >= least[number > 0] and candidate.entry.is_record
        )
        return Match(text, answers, candidates)

    def scores(self, found: list[Evidence]) -> list[float]:
        """Return the score of each candidate of one text, in their order.

        What is unlikely for itself keeps its first score.
        """
        alone = [self.model.alone.probability(one.values) for one in found]
        standing = stand(found, alone)
        return [
            self.model.among.probability((*one.values, *numbers))
            if score > self.model.likely
            else score
            for one, score, numbers in zip(found, alone, standing, strict=True)
        ]

    def _has_all(self, one: Evidence, name: Sequence[str]) -> bool:
        weigh = self.registry.weight
        shared = sum(weigh(word) for word in name if word in one.hit.shared)
        return one.hit.start < len(name) and shared >= LEAST_SHARED * sum(map(weigh, name))

    def _candidate(self, one: Evidence, score: float) -> Candidate:
        entry, instead_of = self._current(one.entry)
        why = reason(one, self.registry)
        return Candidate(entry, score, one.name.text, why, instead_of)

    def _current(self, entry: Entry) -> tuple[Entry, Entry | None]:
        """Return the entry, or for a withdrawn one what took its place."""
        if entry.status == "withdrawn":
            found = map(self.registry.entry_at, entry.related("successor"))
            successors = [e for e in found if e and e.status != "withdrawn"]
            if len(successors) == 1:
                return successors[0], entry
        return entry, None


def _without_repeats(ranked: Iterable[Candidate]) -> Iterable[Candidate]:
    seen = set()
    for candidate in ranked:
        if candidate.entry.id not in seen:
            seen.add(candidate.entry.id)
            yield candidate
