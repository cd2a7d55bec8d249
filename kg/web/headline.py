"""The one thing that a reader wants to know of a part: its number, its place, its scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from kg.vocab import Iris
from kg.web.language import translate as _
from kg.web.names import Name, Names, Term, readable

PROPORTION = "/code/unit/proportion"
"""How the IRI of the unit ends whose values are shown in percent."""

Values = Mapping[NamedNode, Sequence[Term]]


@dataclass(frozen=True)
class Headline:
    """A short text, and the properties whose values are in it."""

    text: str
    said: frozenset[NamedNode]


def headline(values: Values, names: Names, iris: Iris) -> Headline | None:
    """Return the headline of a thing with these values; None if none of its properties has one.

    It says what the statements say and no more: a bound stays a bound, "about" stays
    "about".
    """
    reader = _Reader(values, names, iris)
    for build in (_figure, _ranking, _range, _scope):
        text = build(reader)
        if text:
            return Headline(text, frozenset(reader.said))
    return None


class _Reader:
    """Hands out single values by the local name of their property, and notes which."""

    def __init__(self, values: Values, names: Names, iris: Iris) -> None:
        self._values = values
        self._names = names
        self._iris = iris
        self.said: set[NamedNode] = set()

    def literal(self, local: str) -> Literal | None:
        value = self._single(local)
        return value if isinstance(value, Literal) else None

    def name(self, local: str) -> Name | None:
        value = self._single(local)
        return self._names.of(value) if isinstance(value, NamedNode) else None

    def _single(self, local: str) -> Term | None:
        predicate = self._iris.term(local)
        found = self._values.get(predicate, ())
        if len(found) != 1:
            return None
        self.said.add(predicate)
        return found[0]


def _figure(reader: _Reader) -> str:
    value = reader.literal("value")
    if value is None:
        return ""
    text = readable(value)
    unit = reader.name("unit")
    if unit and unit.iri.endswith(PROPORTION):
        text = f"{(Decimal(value.value) * 100).normalize():f} %"
    precision, rate = reader.name("precision"), reader.name("per")
    if precision:
        text = _("%(precision)s %(number)s", precision=precision.text.lower(), number=text)
    if rate:
        text = _("%(number)s per %(unit)s", number=text, unit=rate.text.lower())
    reported = reader.literal("reportedAs")
    if reported and readable(value) not in reported.value:
        text = _("%(number)s (“%(words)s”)", number=text, words=reported.value)
    return text


def _ranking(reader: _Reader) -> str:
    position = reader.literal("position")
    if position is not None:
        return _("no. %(n)s", n=readable(position))
    bound = reader.literal("positionAtMost")
    return _("among the top %(n)s", n=readable(bound)) if bound is not None else ""


def _range(reader: _Reader) -> str:
    least, most = reader.literal("minimum"), reader.literal("maximum")
    if least is None or most is None:
        return ""
    unit = reader.name("unit")
    text = f"{readable(least)}–{readable(most)}"
    return f"{text} {unit.text[0].lower()}{unit.text[1:]}" if unit else text


def _scope(reader: _Reader) -> str:
    scope = reader.name("scope")
    if scope is None or scope.iri.endswith("/not-stated"):
        return scope.text if scope else ""
    return _("claimed scope: %(scope)s", scope=scope.text)
