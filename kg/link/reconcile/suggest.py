"""What a reader may mean who has begun to type: things, types and properties (API 0.2, section 7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from kg.link.reconcile.scores import Reconciler
from kg.link.reconcile.things import Thing
from kg.link.reconcile.vocabulary import Property, Type, Vocabulary
from kg.release.words import name_key, terms

SUGGESTIONS = 20
"""Suggestions in one answer."""
MOST_SKIPPED = 1000
LIKE_FROM = 0.5
"""From which likeness on a name is suggested that does not begin with what was typed."""


class Named(Protocol):
    """A type or a property."""

    @property
    def id(self) -> str:
        """The identifier."""

    @property
    def names(self) -> Mapping[str, str]:
        """The names by language."""


Term = TypeVar("Term", bound=Named)


def suggest_things(
    reconciler: Reconciler, prefix: str, types: Sequence[Type] = (), skip: int = 0
) -> tuple[Thing, ...]:
    """Return the things whose name begins with a text or is like it, or that it identifies."""
    key = name_key(prefix)
    wanted = {type_.node for type_ in types}
    ranks: dict[Thing, tuple[float, ...]] = {}
    for thing in reconciler.things.identified(prefix):
        ranks[thing] = (0.0, 0.0)
    for thing, likeness in reconciler.names.alike(prefix).items():
        if likeness.exact or likeness.value >= LIKE_FROM:
            ranks.setdefault(thing, (1.0 if likeness.exact else 3.0, -likeness.value))
    for thing in reconciler.names.beginning(key) if key else ():
        if ranks.get(thing, (9.0,))[0] > 1.0:
            ranks[thing] = (2.0, 0.0)
    chosen = [
        thing
        for thing in ranks
        if not wanted or wanted & reconciler.vocabulary.above(thing.classes)
    ]
    chosen.sort(key=lambda thing: (ranks[thing], thing.id))
    return tuple(chosen[skip : skip + SUGGESTIONS])


def suggest_types(vocabulary: Vocabulary, prefix: str, skip: int = 0) -> tuple[Type, ...]:
    """Return the types whose name or identifier has what was typed; all for an empty text."""
    return _fitting(vocabulary.types.values(), prefix)[skip : skip + SUGGESTIONS]


def suggest_properties(vocabulary: Vocabulary, prefix: str, skip: int = 0) -> tuple[Property, ...]:
    """Return the properties whose name or identifier has what was typed; all for an empty text."""
    return _fitting(vocabulary.properties.values(), prefix)[skip : skip + SUGGESTIONS]


def _fitting(found: Iterable[Term], prefix: str) -> tuple[Term, ...]:
    """Return those that begin with a text, then those that have its words, in their order."""
    key = name_key(prefix)
    words = [word for term in terms(prefix) for word in term.words]

    def rank(one: Term) -> int | None:
        keys = [name_key(text) for text in (one.id, one.id.partition(":")[2], *one.names.values())]
        if any(k == key for k in keys):
            return 0
        if any(k.startswith(key) for k in keys):
            return 1
        return 2 if words and any(all(w in k for w in words) for k in keys) else None

    ranked = [(place, one) for one in found if (place := rank(one)) is not None]
    ranked.sort(key=lambda pair: pair[0])
    return tuple(one for _place, one in ranked)
