"""What tells namesakes apart: the type of a thing and what it is linked to, in a line."""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg.link.reconcile.things import Thing, Things
from kg.link.reconcile.vocabulary import Vocabulary, in_language
from kg.query.engine import Engine
from kg.query.listing import values_of

LINKED = 3
"""Linked things that are named."""
CONNECTED_BY = " · "


def descriptions(
    engine: Engine, things: Things, vocabulary: Vocabulary, wanted: Iterable[Thing], language: str
) -> dict[Thing, str]:
    """Return a line on each thing: its narrowest type of ours, then things it is linked to."""
    chosen = list(dict.fromkeys(wanted))
    shaped = {thing: vocabulary.shaped(thing.classes) for thing in chosen}
    properties = list(dict.fromkeys(p for found in shaped.values() for p in found))
    said = values_of(engine, [thing.iri for thing in chosen], properties)
    lines = {}
    for thing in chosen:
        types = vocabulary.own_types(thing.classes)
        words = [in_language(types[0].names, language)] if types else []
        linked = (
            things.at(value.value)
            for property_ in shaped[thing]
            for value in said.get((thing.iri, property_), ())
            if isinstance(value, NamedNode)
        )
        names = dict.fromkeys(one.name(language) for one in linked if one is not None)
        lines[thing] = CONNECTED_BY.join((*words, *list(names)[:LINKED]))
    return lines
