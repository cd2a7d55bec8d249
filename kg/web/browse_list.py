"""The page of a list: its rows, what there is to choose by, and where each choice leads."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kg.query.columns import TYPE_COLUMN, Column, columns
from kg.query.describe import labels
from kg.query.engine import Term
from kg.query.listing import Kind, Listing, Sorting, Spread, values_of
from kg.web.browse_address import VIEWS, Asked, Words
from kg.web.language import OTHER
from kg.web.language import translate as _
from kg.web.names import Name, Names
from kg.web.site import Site

ROWS = 50
"""Things on a page of a list."""
FACET_VALUES = 12
"""Values of a property that are offered; the commonest ones."""
COLUMNS = 4
LONG_CELL = 3
"""Values of a property that a thing has on average, from which on it gets no column."""
CSV_PORTION = 2000


@dataclass(frozen=True)
class Outline:
    """What is the same for all lists of a kind, asked once a release."""

    kind: Kind
    columns: tuple[Column, ...]
    spread: dict[NamedNode, Spread]
    total: int

    @property
    def facets(self) -> tuple[Column, ...]:
        """The properties that are worth choosing by."""
        return tuple(
            column
            for column in self.columns
            if column.is_link
            and column.property in self.spread
            and self.spread[column.property].splits(self.total)
        )

    @property
    def numbers(self) -> tuple[Column, ...]:
        """The properties to sort by."""
        return tuple(c for c in self.columns if c.is_sortable and c.property in self.spread)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns of the table: those that most things have, in the order of the shapes."""

        def tells(column: Column) -> bool:
            found = self.spread.get(column.property)
            if found is None or column is TYPE_COLUMN:
                return False
            same = found.values == 1 and found.things == self.total > 1
            return not same and found.links <= LONG_CELL * found.things

        telling = [column for column in self.columns if tells(column)]
        telling.sort(key=lambda column: -self.spread[column.property].things)
        kept = telling[:COLUMNS]
        return tuple(column for column in self.columns if column in kept)


def outline(site: Site, kind: Kind) -> Outline:
    """Return what there is to show of a kind; a release never changes, so it is asked once."""
    if kind.name not in site.outlines:
        listing = Listing(site.engine, kind)
        found = columns(site.shapes, (node for node, _count in kind.classes))
        spread = listing.spread(column.property for column in found)
        site.outlines[kind.name] = Outline(kind, found, spread, kind.total)
    return site.outlines[kind.name]


@dataclass(frozen=True)
class Option:
    """Something to choose, how many things it leads to, and where it leads."""

    name: Name
    count: int
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A property to choose by and its values; ``more`` says that there are others."""

    name: str
    options: tuple[Option, ...]
    more: bool


@dataclass(frozen=True)
class Row:
    """A thing of the list: its names and its cells, one for each column shown."""

    name: Name
    other: Name | None
    cells: tuple[tuple[Name, ...], ...]


class ListPage:
    """A list as a page shows it; everything is read when it is asked for."""

    def __init__(self, site: Site, plan: Outline, asked: Asked, words: Words, lang: str) -> None:
        self._site = site
        self._words = words
        self._lang = lang
        self.outline = plan
        self.asked = asked
        self._listing = Listing(site.engine, plan.kind, lang, dict(asked.chosen))

    @cached_property
    def total(self) -> int:
        """How many things are in the list."""
        return self._listing.total() if self.asked.chosen else self.outline.total

    @property
    def pages(self) -> int:
        """How many pages the list has; an empty one has one."""
        return 1 if self._site.exported else max(1, -(-self.total // ROWS))

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(self._called(column) for column in self.outline.shown)

    def _called(self, column: Column) -> str:
        return column.name(self._lang) or self._words.property_word(column.property)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The things on this page."""
        # Files are not narrowed by what follows their address: there the list is whole.
        rows = self.total if self._site.exported else ROWS
        return self._rows(rows, (self.asked.page - 1) * ROWS)

    def _rows(self, limit: int, offset: int) -> tuple[Row, ...]:
        things, cells, names = self._read(limit, offset)
        return tuple(
            Row(
                names.of(thing),
                self._other(names, thing),
                tuple(
                    tuple(names.value(value) for value in cells.get((thing, column.property), ()))
                    for column in self.outline.shown
                ),
            )
            for thing in things
        )

    def _read(
        self, limit: int, offset: int
    ) -> tuple[tuple[NamedNode, ...], dict[tuple[NamedNode, NamedNode], list[Term]], Names]:
        """Return things, the values in their cells, and the names of all of them."""
        things = self._listing.things(self.asked.sorting, limit, offset)
        properties = [column.property for column in self.outline.shown]
        cells = values_of(self._site.engine, things, properties)
        linked = (v for values in cells.values() for v in values if isinstance(v, NamedNode))
        return things, cells, self._names((*things, *linked))

    def _names(self, nodes: Iterable[NamedNode]) -> Names:
        return Names(labels(self._site.engine, nodes), self._lang, self._site.base)

    def _other(self, names: Names, thing: NamedNode) -> Name | None:
        other = OTHER[self._lang]
        text = names.labels(thing).get(other, "")
        return Name(text, other) if text and text != names.of(thing).text else None

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """What there is to choose by; what is chosen is always among it."""
        chosen = dict(self.asked.chosen)
        wanted = [
            c for c in self.outline.columns if c in self.outline.facets or c.property in chosen
        ]
        found = {c: self._listing.values(c.property, FACET_VALUES + 1) for c in wanted}
        nodes = [node for values in found.values() for node, _count in values]
        names = self._names((*nodes, *(v for values in chosen.values() for v in values)))
        made = []
        for column, values in found.items():
            picked = self.asked.values(column.property)
            offered = [*values[:FACET_VALUES]]
            known = dict(values)
            offered += [(v, known.get(v, 0)) for v in picked if v not in dict(offered)]
            options = tuple(
                Option(names.of(node), count, self._toggle(column, node), node in picked)
                for node, count in offered
            )
            if options:
                made.append(Facet(self._called(column), options, len(values) > FACET_VALUES))
        return tuple(made)

    def _toggle(self, column: Column, node: NamedNode) -> str:
        return self._address(self._words.toggled(self.asked, column.property, node))

    def _address(self, asked: Asked) -> str:
        return self._words.address(asked, self._lang)

    @property
    def chips(self) -> tuple[tuple[str, Option], ...]:
        """What is chosen, with the name of its property; each leads to the list without it."""
        return tuple(
            (facet.name, option)
            for facet in self.facets
            for option in facet.options
            if option.is_chosen
        )

    @property
    def sorts(self) -> tuple[tuple[str, str, bool], ...]:
        """Name and address of each order, and whether it is the current one."""
        orders = [(Sorting(), _("Name")), (Sorting(None, descending=True), _("Name, Z–A"))]
        for column in self.outline.numbers:
            called = self._called(column)
            orders.append((Sorting(column.property, True), _("%(name)s, falling", name=called)))
            orders.append((Sorting(column.property, False), _("%(name)s, rising", name=called)))
        asked = self.asked
        return tuple(
            (text, self._address(replace(asked, sorting=order, page=1)), order == asked.sorting)
            for order, text in orders
        )

    @property
    def views(self) -> tuple[tuple[str, str, bool], ...]:
        """Name and address of each view, and whether it is the current one."""
        texts = {"table": _("Table"), "cards": _("Cards")}
        asked = self.asked
        return tuple(
            (texts[view], self._address(replace(asked, view=view)), view == asked.view)
            for view in VIEWS
        )

    @property
    def cleared(self) -> str:
        """The address of the list with nothing chosen."""
        return self._address(replace(self.asked, chosen=(), page=1))

    def page_address(self, page: int) -> str:
        """Return the address of another page of the list; empty where it has no such page."""
        there = 1 <= page <= self.pages
        return self._address(replace(self.asked, page=page)) if there else ""

    @property
    def csv_address(self) -> str:
        """The address of the list as CSV."""
        return self._words.address(self.asked, self._lang, "csv")

    @property
    def canonical(self) -> str:
        """The address of the list without what does not change its content."""
        asked = replace(self.asked, sorting=Sorting(), view=VIEWS[0])
        return self._address(asked)

    def csv(self, limit: int) -> str:
        """Return the whole list with the columns of the table, at most ``limit`` things."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("IRI", _("Name"), *self.headings))
        for offset in range(0, min(self.total, limit), CSV_PORTION):
            things, cells, names = self._read(min(CSV_PORTION, limit - offset), offset)
            for thing in things:
                values = (cells.get((thing, c.property), ()) for c in self.outline.shown)
                texts = ("; ".join(_plain(term, names) for term in terms) for terms in values)
                writer.writerow((thing.value, names.of(thing).text, *texts))
        return text.getvalue()


def _plain(term: Term, names: Names) -> str:
    """Return a value for programs: numbers without separators."""
    return term.value if isinstance(term, Literal) else names.value(term).text
