"""Names without the place that they end in: people leave it out where they name the city.

Registries write "Sanofi (United States)" and "Indian Institute of Science Bangalore"; an
affiliation has "Sanofi, Cambridge, MA" and "Indian Institute of Science, Bangalore, India".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.link.words import words
from kg.sources.ror import RorName, RorPlace

PLACELESS = "placeless"
"""The kind of a name whose words lack the place at its end; its text is the whole name."""
SHORTEST = 2
"""How many words a name must have without its place, where the place stands in no brackets."""


def without_place(
    names: Sequence[RorName], places: Sequence[RorPlace]
) -> Iterator[tuple[RorName, tuple[str, ...]]]:
    """Yield each name of a record that ends in one of its places, with the words before the place.

    No words are yielded twice, nor those that the record has as a name.
    """
    ends = _ends(places)
    seen = {words(name.text) for name in names}
    for name in names:
        found = words(name.text)
        for place in ends:
            rest = found[: len(found) - len(place)]
            least = 1 if name.text.endswith(")") else SHORTEST
            if found[len(rest) :] == place and len(rest) >= least and rest not in seen:
                seen.add(rest)
                yield replace(name, kinds=(*name.kinds, PLACELESS)), rest


def _ends(places: Sequence[RorPlace]) -> list[tuple[str, ...]]:
    named = (
        words(text)
        for place in places
        for text in (place.name, place.subdivision, place.country)
        if text
    )
    return [place for place in dict.fromkeys(named) if place]
