"""How the shapes lay out a thing: ``sh:order``, ``sh:group`` and ``sh:name`` by class.

These are the non-validating characteristics of SHACL (section 2.3.2): a kind of thing that
no table of ours names gets its facts in the order of its shape, under the shape's names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from kg.vocab import RDFS_LABEL, SH

LAST = (1_000.0, 1_000.0)
"""The place of what no shape orders."""

PATH, ORDER, GROUP, NAME, PROPERTY, TARGET = (
    NamedNode(SH + local) for local in ("path", "order", "group", "name", "property", "targetClass")
)


@dataclass(frozen=True)
class Place:
    """Where a property stands: orders of its group and in it, and their names by language."""

    rank: tuple[float, float] = LAST
    names: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    group_names: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Place()


class ShapeLayout:
    """The places of properties, by class."""

    def __init__(self, shapes: Iterable[Quad]) -> None:
        about: dict[NamedNode, list[tuple[NamedNode, object]]] = {}
        for quad in shapes:
            if isinstance(quad.subject, NamedNode):
                about.setdefault(quad.subject, []).append((quad.predicate, quad.object))
        self._places: dict[str, dict[str, Place]] = {}
        for statements in about.values():
            targets = [o for p, o in statements if p == TARGET and isinstance(o, NamedNode)]
            parts = [o for p, o in statements if p == PROPERTY and isinstance(o, NamedNode)]
            for target in targets:
                places = self._places.setdefault(target.value, {})
                for part in parts:
                    _place(about, part, places)

    def of(self, classes: Iterable[str], predicate: str) -> Place:
        """Return the place of a property among those of a thing of these classes."""
        found = [
            place
            for name in sorted(classes)
            if (place := self._places.get(name, {}).get(predicate))
        ]
        return min(found, key=lambda place: place.rank, default=NOWHERE)


def _place(
    about: Mapping[NamedNode, list[tuple[NamedNode, object]]],
    shape: NamedNode,
    places: dict[str, Place],
) -> None:
    """Add the place that a property shape gives; of several of one path the first holds."""
    statements = about.get(shape, [])
    path = next((o for p, o in statements if p == PATH and isinstance(o, NamedNode)), None)
    if path is None:
        return
    group = next((o for p, o in statements if p == GROUP and isinstance(o, NamedNode)), None)
    outer = about.get(group, []) if group else []
    place = Place(
        (_order(outer), _order(statements)),
        _texts(statements, NAME),
        group.value if group else "",
        _texts(outer, RDFS_LABEL),
    )
    if path.value not in places or place.rank < places[path.value].rank:
        places[path.value] = place


def _order(statements: Iterable[tuple[NamedNode, object]]) -> float:
    found = [o.value for p, o in statements if p == ORDER and isinstance(o, Literal)]
    return float(found[0]) if found else LAST[0]


def _texts(statements: Iterable[tuple[NamedNode, object]], of: NamedNode) -> dict[str, str]:
    return {
        o.language or "en": o.value for p, o in statements if p == of and isinstance(o, Literal)
    }
