"""What a query states of a thing besides its name, compared with what the release says of it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz

from kg.link.reconcile.queries import Value
from kg.link.reconcile.things import Thing, Things
from kg.link.reconcile.vocabulary import LABEL, OTHER_NAME, Property
from kg.query.engine import Engine, Term
from kg.query.listing import values_of
from kg.release.search import bare
from kg.release.words import name_key

VALUES_LOOKED_UP = 3
"""Values of a property that things are looked up by."""
MOST_TOLD = 200
"""Things that are looked at because a value alone leads to them."""
DATE = re.compile(r"-?\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?")
MIDNIGHT = re.compile(r"T00:00(:00(\.0+)?)?(Z|[+-]00:00)?$")

KEYS_KEPT = 4096
_key = lru_cache(KEYS_KEPT)(name_key)
"""The same values are compared with many things."""

Stated = tuple[Property, Sequence[Value]]


class Evidence:
    """Compares values with what a release says."""

    def __init__(self, engine: Engine, things: Things) -> None:
        self._engine = engine
        self._things = things

    def weigh(
        self, things: Sequence[Thing], stated: Sequence[Stated]
    ) -> dict[Thing, dict[str, float | None]]:
        """Return how well each thing fits what is stated, by property, 0 to 1.

        None stands for a property that the thing says nothing of.
        """
        nodes = [property_.node for property_, _ in stated if property_.node is not None]
        said = values_of(self._engine, [thing.iri for thing in things], nodes)
        found: dict[Thing, dict[str, float | None]] = {}
        for thing in things:
            found[thing] = {
                property_.id: self._fit(
                    thing, property_, values, said.get((thing.iri, property_.node), ())
                )
                if property_.node is not None
                else self._fit(thing, property_, values, ())
                for property_, values in stated
            }
        return found

    def told_by(
        self, property_: Property, values: Sequence[Value], *, by_value: bool
    ) -> Iterable[Thing]:
        """Return the things that a value of a property leads to.

        A registry's identifier and an IRI lead to what has it. With ``by_value`` other values
        lead to at most MOST_TOLD things that have the very same one; the first of them only.
        """
        if property_.registry:
            for value in values:
                yield from self._by_link(property_, value)
        elif property_.id == "iri":
            for value in values:
                thing = self._things.get(value.id or value.text)
                if thing is not None:
                    yield thing
        elif by_value and property_.node is not None:
            yield from self._having(property_.node, values)

    def _by_link(self, property_: Property, value: Value) -> Iterable[Thing]:
        for text in (value.text, f"{property_.registry} {value.text}"):
            for thing in self._things.identified(text):
                if self._fit(thing, property_, [value], ()) == 1.0:
                    yield thing

    def _having(self, node: NamedNode, values: Sequence[Value]) -> Iterable[Thing]:
        for value in values[:VALUES_LOOKED_UP]:
            target = self._things.get(value.id) if value.id else None
            if target is not None:
                pattern = f"?s {node} {target.iri}"
            else:
                text = str(Literal(value.text.lower()))
                pattern = (
                    f"?s {node} ?o OPTIONAL {{ ?o ?naming ?name FILTER(isLiteral(?name)) }} "
                    f"FILTER(LCASE(STR(?o)) = {text} || LCASE(STR(?name)) = {text})"
                )
            rows = self._engine.select(
                f"SELECT DISTINCT ?s {{ {pattern} }} ORDER BY ?s LIMIT {MOST_TOLD}"
            ).rows
            for (subject,) in rows:
                thing = self._things.at(subject.value) if isinstance(subject, NamedNode) else None
                if thing is not None:
                    yield thing

    def _fit(
        self, thing: Thing, property_: Property, values: Sequence[Value], said: Sequence[Term]
    ) -> float | None:
        if property_.registry:
            links = [link for link in thing.links if link.registry == property_.registry]
            if not links:
                return None
            return float(any(self._things.is_link(link, v.text) for link in links for v in values))
        if property_.id == "iri":
            return float(any(self._things.get(v.id or v.text) == thing for v in values))
        if property_.id in {LABEL, OTHER_NAME}:
            names = [name.text for name in thing.names]
            return max((alike(v.text, name) for v in values for name in names), default=None)
        return max((self._alike(value, term) for value in values for term in said), default=None)

    def _alike(self, value: Value, term: Term) -> float:
        if isinstance(term, Literal):
            return alike(value.text, term.value)
        if not isinstance(term, NamedNode):
            return 0.0
        other = self._things.at(term.value)
        if other is None:
            return float(value.id == term.value) or alike(bare(value.text), bare(term.value))
        meant = self._things.get(value.id) if value.id else None
        if meant is not None:
            return float(meant == other)
        if other in self._things.identified(value.text):
            return 1.0
        return max((alike(value.text, name.text) for name in other.names), default=0.0)


def alike(text: str, said: str) -> float:
    """Return how like two values are, 0 to 1: numbers and dates wholly or not at all.

    >>> alike("8550", "8550.0"), alike("1866-01-01T00:00:00Z", "1866-01-01"), alike("12", "13")
    (1.0, 1.0, 0.0)
    >>> alike("wuhan", "Wuhan")
    1.0
    """
    if text.strip() == said.strip():
        return 1.0
    try:
        return float(float(text) == float(said))
    except ValueError:
        pass
    if DATE.fullmatch(text) and DATE.fullmatch(said):
        return float(MIDNIGHT.sub("", text) == MIDNIGHT.sub("", said))
    one, other = _key(text), _key(said)
    return 1.0 if one and one == other else fuzz.ratio(one, other) / 100
