"""The things of a kind as a list: chosen by what they are linked to, sorted, in portions.

Each question is one query whose answer is bounded, so that a kind may have many things.
Choices of one property widen the list, choices of several narrow it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode

from kg.query.describe import BATCH
from kg.query.engine import Engine, Term
from kg.vocab import PREF_LABEL, Iris

Chosen = Mapping[NamedNode, Sequence[NamedNode]]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its name in IRIs, its classes, and how many things are of it.

    ``classes`` come with the number of things of each; a thing may be of several.
    """

    name: str
    classes: tuple[tuple[NamedNode, int], ...]
    total: int = 0

    @property
    def main_class(self) -> NamedNode:
        """The class to call the kind by: the one with its name, else the largest."""
        for node, _count in self.classes:
            if node.value.rpartition("#")[2].lower() == self.name.replace("-", ""):
                return node
        return self.classes[0][0]


@dataclass(frozen=True)
class Spread:
    """How the values of a property are spread over the things of a kind.

    ``links`` counts pairs of thing and value, ``values`` the distinct values, ``things``
    those that have any.
    """

    links: int
    values: int
    things: int

    def splits(self, total: int) -> bool:
        """Whether choosing a value parts ``total`` things into groups worth having."""
        shared = self.links > self.values
        return shared and not (self.values == 1 and self.things == total)


@dataclass(frozen=True)
class Sorting:
    """What a list is sorted by: a property with numbers, or the name where there is none."""

    property: NamedNode | None = None
    descending: bool = False


@dataclass(frozen=True)
class Listing:
    """The things of one kind, of which some are chosen, for readers of one language."""

    engine: Engine
    kind: Kind
    lang: str = "en"
    chosen: Chosen = field(default_factory=dict)

    def _pattern(self, but: NamedNode | None = None) -> str:
        """Return the pattern that binds ``?thing``; ``but`` is a property not to choose by."""
        classes = " ".join(str(node) for node, _count in self.kind.classes)
        start = f"{self.engine.base}id/{self.kind.name}/"
        wanted = "".join(
            f"FILTER EXISTS {{ VALUES ?v{place} {{ {' '.join(map(str, values))} }} "
            f"?thing {property_} ?v{place} }} "
            for place, (property_, values) in enumerate(self.chosen.items())
            if property_ != but and values
        )
        return (
            f"{{ SELECT DISTINCT ?thing {{ VALUES ?class {{ {classes} }} ?thing a ?class "
            f"FILTER(STRSTARTS(STR(?thing), '{start}') && !CONTAINS(STR(?thing), '#')) "
            f"{wanted}}} }}"
        )

    def total(self) -> int:
        """Return how many things are in the list."""
        rows = self.engine.select(f"SELECT (COUNT(*) AS ?n) {{ {self._pattern()} }}").rows
        return _integer(rows[0][0])

    def things(self, sorting: Sorting, limit: int, offset: int = 0) -> tuple[NamedNode, ...]:
        """Return a portion of the list. Those without a number to sort by come last."""
        other = "zh" if self.lang == "en" else "en"
        number, order = "", ""
        if sorting.property is not None:
            number = f"OPTIONAL {{ ?thing {sorting.property} ?n }} "
            key = "DESC(?number)" if sorting.descending else "?number"
            order = f"DESC(BOUND(?number)) {key} "
        elif sorting.descending:
            order = "DESC(?name) "
        rows = self.engine.select(
            f"SELECT ?thing (MIN(?called) AS ?name) {'(MIN(?n) AS ?number) ' if number else ''}"
            f"{{ {self._pattern()} {number}"
            f"OPTIONAL {{ ?thing {PREF_LABEL} ?a FILTER(LANG(?a) = '{self.lang}') }} "
            f"OPTIONAL {{ ?thing {PREF_LABEL} ?b FILTER(LANG(?b) = '{other}') }} "
            "BIND(LCASE(STR(COALESCE(?a, ?b, ?thing))) AS ?called) } "
            f"GROUP BY ?thing ORDER BY {order}?name ?thing LIMIT {limit} OFFSET {offset}"
        ).rows
        return tuple(row[0] for row in rows if isinstance(row[0], NamedNode))

    def spread(self, properties: Iterable[NamedNode]) -> dict[NamedNode, Spread]:
        """Return how the values of each property are spread over the list."""
        values = " ".join(str(property_) for property_ in properties)
        rows = self.engine.select(
            "SELECT ?p (COUNT(*) AS ?links) (COUNT(DISTINCT ?v) AS ?values) "
            f"(COUNT(DISTINCT ?thing) AS ?things) {{ {self._pattern()} VALUES ?p {{ {values} }} "
            "?thing ?p ?v } GROUP BY ?p"
        ).rows
        return {
            row[0]: Spread(*map(_integer, row[1:])) for row in rows if isinstance(row[0], NamedNode)
        }

    def values(self, property_: NamedNode, limit: int) -> tuple[tuple[NamedNode, int], ...]:
        """Return the values to choose from by a property, with the things that each leads to.

        The commonest come first. What is chosen by the property itself is left out of
        account: more of its values widen the list.
        """
        rows = self.engine.select(
            f"SELECT ?v (COUNT(DISTINCT ?thing) AS ?n) {{ {self._pattern(but=property_)} "
            f"?thing {property_} ?v FILTER(isIRI(?v)) }} "
            f"GROUP BY ?v ORDER BY DESC(?n) ?v LIMIT {limit}"
        ).rows
        return tuple((v, _integer(n)) for v, n in rows if isinstance(v, NamedNode))


def kinds(engine: Engine) -> tuple[Kind, ...]:
    """Return the kinds that any thing is of, by name, each with its classes."""
    kind = Iris(engine.base).term("kind")
    rows = engine.select(
        f"SELECT ?kind ?class (COUNT(DISTINCT ?thing) AS ?n) {{ ?class {kind} ?kind . "
        f"?thing a ?class FILTER(STRSTARTS(STR(?thing), CONCAT('{engine.base}id/', ?kind, '/')) "
        "&& !CONTAINS(STR(?thing), '#')) } GROUP BY ?kind ?class ORDER BY ?kind DESC(?n) ?class"
    ).rows
    found: dict[str, list[tuple[NamedNode, int]]] = {}
    for name, node, count in rows:
        if isinstance(name, Literal) and isinstance(node, NamedNode):
            found.setdefault(name.value, []).append((node, _integer(count)))
    made = (Kind(name, tuple(classes)) for name, classes in found.items())
    return tuple(
        # A thing may be of several classes of its kind.
        replace(
            one,
            total=Listing(engine, one).total() if len(one.classes) > 1 else one.classes[0][1],
        )
        for one in made
    )


def values_of(
    engine: Engine, things: Sequence[NamedNode], properties: Sequence[NamedNode]
) -> dict[tuple[NamedNode, NamedNode], list[Term]]:
    """Return the values that things have of properties, sorted, by thing and property."""
    found: dict[tuple[NamedNode, NamedNode], list[Term]] = {}
    wanted = ", ".join(str(property_) for property_ in properties)
    for start in range(0, len(things) if properties else 0, BATCH):
        nodes = " ".join(str(node) for node in things[start : start + BATCH])
        rows = engine.select(
            f"SELECT ?s ?p ?o {{ VALUES ?s {{ {nodes} }} ?s ?p ?o FILTER(?p IN ({wanted})) }} "
            "ORDER BY ?s ?p ?o"
        ).rows
        for s, p, o in rows:
            if isinstance(s, NamedNode) and isinstance(p, NamedNode) and o is not None:
                found.setdefault((s, p), []).append(o)
    return found


def _integer(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
