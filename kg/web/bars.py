"""Numbers drawn in proportion: beside which others a number stands, and how long its bar is.

A bar never says more than its text, which stands beside it: it is left out where there is
nothing to compare a number with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from kg.vocab import Iris
from kg.web.headline import Values


@dataclass(frozen=True)
class Bar:
    """A bar on a scale that the bars of its ``group`` share; all lengths are in percent of it.

    ``kind`` is ``number``, ``range`` (from ``start``), ``rank`` (one place of a list) or
    ``bound`` (all places that a rank may be). ``track`` is how long the whole is that a
    number is part of, and 0 where it is part of none.
    """

    group: str
    kind: str
    start: float
    length: float
    track: float = 0.0


def draw_bars(
    nodes: Sequence[NamedNode], values_of: Callable[[NamedNode], Values], iris: Iris
) -> Mapping[NamedNode, Bar]:
    """Return the bars of the parts of one section, for those that have something to show."""
    values = {node: _Numbers(values_of(node), iris) for node in nodes}
    return {**_amounts(values), **_ranges(values), **_ranks(values)}


class _Numbers:
    """Reads single numbers and links of a thing by the local name of their property."""

    def __init__(self, values: Values, iris: Iris) -> None:
        self._values = values
        self._iris = iris

    def number(self, local: str) -> Decimal | None:
        found = self._values.get(self._iris.term(local), ())
        if len(found) != 1 or not isinstance(found[0], Literal):
            return None
        try:
            number = Decimal(found[0].value)
        except InvalidOperation:
            return None
        return number if number >= 0 and number.is_finite() else None

    def link(self, local: str) -> NamedNode | None:
        found = self._values.get(self._iris.term(local), ())
        return found[0] if len(found) == 1 and isinstance(found[0], NamedNode) else None


def _amounts(values: Mapping[NamedNode, _Numbers]) -> dict[NamedNode, Bar]:
    """Draw the numbers that count the same, and those that are part of another one."""
    groups: dict[str, list[NamedNode]] = {}
    for node, numbers in values.items():
        whole = numbers.link("partOfFigure")
        root = values.get(whole, numbers) if whole else numbers
        indicator = root.link("indicator")
        if indicator and numbers.number("value") is not None:
            groups.setdefault(indicator.value, []).append(node)
    bars = {}
    for group, members in groups.items():
        amounts = {node: values[node].number("value") or Decimal(0) for node in members}
        most = max(amounts.values())
        if len(members) < 2 or not most:  # noqa: PLR2004 - one alone is beside nothing
            continue
        for node in members:
            whole = values[node].link("partOfFigure")
            track = _percent(amounts[whole], most) if whole and whole in amounts else 0.0
            bars[node] = Bar(group, "number", 0.0, _percent(amounts[node], most), track)
    return bars


def _ranges(values: Mapping[NamedNode, _Numbers]) -> dict[NamedNode, Bar]:
    """Draw what is between two numbers, all from zero to the largest of them."""
    ends = {
        node: (least, most)
        for node, numbers in values.items()
        if (least := numbers.number("minimum")) is not None
        and (most := numbers.number("maximum")) is not None
    }
    scale = max((most for _least, most in ends.values()), default=Decimal(0))
    if not scale:
        return {}
    return {
        node: Bar("range", "range", _percent(least, scale), _percent(most - least, scale), 100.0)
        for node, (least, most) in ends.items()
    }


def _ranks(values: Mapping[NamedNode, _Numbers]) -> dict[NamedNode, Bar]:
    """Draw ranks on the places up to the worst that one of them may be."""
    places = {node: numbers.number("position") for node, numbers in values.items()}
    bounds = {node: numbers.number("positionAtMost") for node, numbers in values.items()}
    scale = max((number for number in (*places.values(), *bounds.values()) if number), default=None)
    if not scale or not any(bounds.values()):
        return {}
    bars = {}
    for node in values:
        place, bound = places[node], bounds[node]
        if place:
            bars[node] = Bar(
                "rank", "rank", _percent(place - 1, scale), _percent(Decimal(1), scale), 100.0
            )
        elif bound:
            bars[node] = Bar("rank", "bound", 0.0, _percent(bound, scale), 100.0)
    return bars


def _percent(number: Decimal, of: Decimal) -> float:
    return float(round(100 * number / of, 2))
