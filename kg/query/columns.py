"""What the shapes say of a kind's properties: which to choose by, which to sort by, their names.

A property suits choosing where its values are things (``sh:class``), sorting where they are
numbers or dates (``sh:datatype``). ``sh:order`` and ``sh:name`` give place and name (SHACL,
2.3.2).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.vocab import PREF_LABEL, RDF_TYPE, SH, XSD

SORTED_BY = frozenset(
    NamedNode(XSD + name)
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "decimal", "double"),
        *("date", "dateTime", "gYear", "gYearMonth"),
    )
)

About = Mapping[NamedNode, Mapping[str, list[object]]]


@dataclass(frozen=True)
class Column:
    """A property of the things of a kind; ``names`` are what shapes call it, by language."""

    property: NamedNode
    names: tuple[tuple[str, str], ...]
    is_link: bool
    is_sortable: bool

    def name(self, lang: str) -> str:
        """Return its name in a language, or in another; empty where it has none."""
        names = dict(self.names)
        return names.get(lang) or next(iter(names.values()), "")


def columns(shapes: Iterable[Quad], classes: Iterable[NamedNode]) -> tuple[Column, ...]:
    """Return the properties that the shapes of some classes speak of, in the shapes' order.

    Only those with values of a class or a sortable datatype are given. The class of a thing
    comes first where there are several.
    """
    about: dict[NamedNode, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for quad in shapes:
        if isinstance(quad.subject, NamedNode) and quad.predicate.value.startswith(SH):
            about[quad.subject][quad.predicate.value.removeprefix(SH)].append(quad.object)
    classes = list(classes)
    found: dict[NamedNode, list[tuple[float, NamedNode]]] = defaultdict(list)
    for part in _parts(about, classes):
        for path in about[part]["path"]:
            # Paths that are no plain property have no IRI.
            if isinstance(path, NamedNode) and path not in {RDF_TYPE, PREF_LABEL}:
                found[path].append((_order(about[part]["order"]), part))
    made = []
    for path, parts in found.items():
        parts.sort(key=lambda pair: (pair[0], pair[1].value))
        column = Column(
            property=path,
            names=_names(about[parts[0][1]]["name"]),
            is_link=any(about[part]["class"] for _order, part in parts),
            is_sortable=any(SORTED_BY & set(about[part]["datatype"]) for _order, part in parts),
        )
        if column.is_link or column.is_sortable:
            made.append((parts[0][0], column))
    made.sort(key=lambda pair: (pair[0], pair[1].property.value))
    several = [TYPE_COLUMN] if len(classes) > 1 else []
    return (*several, *(column for _order, column in made))


TYPE_COLUMN = Column(RDF_TYPE, (("en", "Type"), ("zh", "类型")), is_link=True, is_sortable=False)


def _parts(about: About, classes: Iterable[NamedNode]) -> Iterator[NamedNode]:
    """Yield the property shapes of the shapes that target ``classes``."""
    for node in classes:
        for shape in sorted(
            (s for s, said in about.items() if node in said["targetClass"]), key=str
        ):
            yield from (part for part in about[shape]["property"] if isinstance(part, NamedNode))


def _order(values: list[object]) -> float:
    numbers = [float(value.value) for value in values if isinstance(value, Literal)]
    return min(numbers, default=float("inf"))


def _names(values: list[object]) -> tuple[tuple[str, str], ...]:
    texts = {v.language or "en": v.value for v in values if isinstance(v, Literal)}
    return tuple(sorted(texts.items()))
