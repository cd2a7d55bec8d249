"""A record that a text may mean."""

from dataclasses import dataclass

from kg.link.registry import Entry


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
