"""An affiliation or a name -> the records that are meant, with a score and the reason.

Candidates are found by words, judged one by one, then against each other. A text may name
several institutions, and may name none that the registry has: then there is no answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.link.candidate import Candidate
from kg.link.candidates import find_hits
from kg.link.evidence import Evidence, gather
from kg.link.mention import read_mention
from kg.link.parts import Judged, with_parts
from kg.link.reasons import reason
from kg.link.registry import Entry, Registry
from kg.link.rivals import stand
from kg.link.scoring import Model, read_model
from kg.link.words import words

LEAST_SHARED = 0.8
"""The share of a name, by weight of its words, that what is meant by it must have."""


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

    def match(self, text: str, name: str = "", *, parts: bool = False) -> Match:
        """Return what ``text``, an affiliation, means in the registry.

        An affiliation may name a hospital and its university, and mean either: with ``parts``
        it means the part that it names. With a ``name``,
        which the text begins with, only what has nearly all the words of the name is meant: the
        rest of the text is context.
        """
        mention = read_mention(text, self._countries, self._cities)
        found = gather(mention, find_hits(mention, self.registry), self.registry)
        scores = self.scores(found)
        judged = _ranked(
            (one, self._candidate(one, score)) for one, score in zip(found, scores, strict=True)
        )
        if parts or name:
            judged = _ranked(with_parts(judged))
        if name:
            judged = [each for each in judged if self._has_all(each[0], words(name))]
        candidates = tuple(_without_repeats(candidate for _, candidate in judged))
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


def _ranked(judged: Iterable[Judged]) -> list[Judged]:
    return sorted(judged, key=lambda each: (-each[1].score, each[1].entry.local))


def _without_repeats(ranked: Iterable[Candidate]) -> Iterable[Candidate]:
    seen = set()
    for candidate in ranked:
        if candidate.entry.id not in seen:
            seen.add(candidate.entry.id)
            yield candidate
