"""What a thing is linked to, as a picture in three columns and as a list.

What points to the thing stands on the left, what it points to on the right, both under the
property that links them. Boxes are stacked in columns and lines run between the columns
only, so that nothing lies over a text, whatever the names are. The same data make the same
picture.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint
from pyoxigraph import NamedNode

from kg.query.engine import Term
from kg.vocab import RDF_TYPE
from kg.web.addresses import iri_path, own_address
from kg.web.boxes import ARROW_PX, LABEL_LINES, Frame, Label, arrow, curve, label_in_box
from kg.web.language import translate as _
from kg.web.layout import SAID_ALREADY
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.problems import not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("neighbourhood", __name__)

COLUMN_PX, FOCUS_PX, GAP_PX = 220, 210, 64
BETWEEN_PX, GROUP_PX = 8, 14
BOLD = 1.15
"""How much wider bold letters are."""
DRAWN_OF_GROUP = 5
DRAWN_OF_SIDE = 16
LISTED = 200
"""Links that are listed on each side."""


@dataclass(frozen=True)
class Node:
    """A thing in the picture; ``told`` is its name with the property that links it."""

    name: Name
    label: Label
    told: str


@dataclass(frozen=True)
class Neighbours:
    """Things that one property links in one direction; ``more`` of them are not listed."""

    predicate: Name
    names: tuple[Name, ...]
    more: bool


@dataclass(frozen=True)
class Picture:
    """A thing with its neighbours: what to draw, and what to list."""

    name: Name
    width: float
    height: float
    focus: Node
    nodes: tuple[Node, ...]
    headings: tuple[Label, ...]
    edges: tuple[str, ...]
    arrows: tuple[str, ...]
    incoming: tuple[Neighbours, ...]
    outgoing: tuple[Neighbours, ...]

    @property
    def is_cut(self) -> bool:
        """Whether more is listed than drawn."""
        listed = sum(len(found.names) for found in (*self.incoming, *self.outgoing))
        return listed > len(self.nodes) or any(f.more for f in (*self.incoming, *self.outgoing))


@blueprint.get("/<any(en, zh):lang>/neighbourhood/<path:path>")
@kept
def page(lang: str, path: str) -> str:
    """Show what a thing is linked to."""
    site = current_site()
    target = iri_path(path)
    if target not in site.addresses:
        raise not_found(target)
    picture = neighbourhood(site, site.base + target, lang)
    return render_page(
        "neighbourhood.html",
        lang=lang,
        path=f"neighbourhood/{path}",
        negotiated=own_address(target),
        thing=path,
        picture=picture,
    )


def neighbourhood(site: Site, iri: str, lang: str) -> Picture:
    """Return the picture of what a thing is linked to, in the language of the reader.

    Neighbours are things and codes of the graph. Of each property a few are drawn, LISTED
    links on each side are listed.
    """
    node = NamedNode(iri)
    ours = " || ".join(f"STRSTARTS(STR(?n), '{site.base}{start}')" for start in ("id/", "code/"))
    sides = [
        site.engine.select(
            f"SELECT DISTINCT ?p ?n {{ {pattern} FILTER(({ours}) && ?n != {node}) }} "
            f"ORDER BY ?p ?n LIMIT {LISTED + 1}"
        ).rows
        for pattern in (f"?n ?p {node}", f"{node} ?p ?n")
    ]
    nodes = {term for rows in sides for row in rows for term in row if isinstance(term, NamedNode)}
    names = Names(site.labels(nodes | {node}), lang, site.base)
    incoming, outgoing = (_grouped(rows, names) for rows in sides)
    return draw(names.of(node), incoming, outgoing)


def _grouped(rows: Sequence[tuple[Term | None, ...]], names: Names) -> tuple[Neighbours, ...]:
    found: dict[NamedNode, list[Name]] = {}
    for property_, node in rows[:LISTED]:
        if isinstance(property_, NamedNode) and isinstance(node, NamedNode):
            local = property_.value.replace("#", "/").rpartition("/")[2]
            if property_ != RDF_TYPE and local not in SAID_ALREADY:
                found.setdefault(property_, []).append(names.of(node))
    cut = rows[LISTED][0] if len(rows) > LISTED else None
    groups = [
        Neighbours(
            names.of(property_).unlinked(),
            tuple(sorted(things, key=lambda name: (name.text, name.iri))),
            property_ == cut,
        )
        for property_, things in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.predicate.text, group.predicate.iri)))


def draw(name: Name, incoming: tuple[Neighbours, ...], outgoing: tuple[Neighbours, ...]) -> Picture:
    """Lay out a thing between what points to it and what it points to."""
    left = COLUMN_PX + GAP_PX if incoming else 0
    sides = [
        _Column(0, incoming, lambda property_, thing: f"{thing}{_(': ')}{property_}"),
        _Column(
            left + FOCUS_PX + GAP_PX,
            outgoing,
            lambda property_, thing: f"{property_}{_(': ')}{thing}",
        ),
    ]
    focus_label = _focus(name, left, 0)
    height = max(focus_label.box.height, *(side.height for side in sides))
    top = (height - focus_label.box.height) / 2
    focus = Node(name, _focus(name, left, top), name.text)
    middle = height / 2
    edges, arrows = [], []
    for node in sides[0].nodes:
        box = node.label.box
        edges.append(curve(box.x + box.width, box.y + box.height / 2, left - ARROW_PX, middle))
    if sides[0].nodes:
        arrows.append(arrow(left, middle))
    for node in sides[1].nodes:
        box = node.label.box
        end = box.y + box.height / 2
        edges.append(curve(left + FOCUS_PX, middle, box.x - ARROW_PX, end))
        arrows.append(arrow(box.x, end))
    return Picture(
        name=name,
        width=left + FOCUS_PX + (GAP_PX + COLUMN_PX if outgoing else 0),
        height=height,
        focus=focus,
        nodes=tuple(node for side in sides for node in side.nodes),
        headings=tuple(heading for side in sides for heading in side.headings),
        edges=tuple(edges),
        arrows=tuple(arrows),
        incoming=incoming,
        outgoing=outgoing,
    )


class _Column:
    """One side of the picture: groups of boxes under the names of their properties."""

    def __init__(
        self, x: float, groups: Sequence[Neighbours], tell: Callable[[str, str], str]
    ) -> None:
        self.nodes: list[Node] = []
        self.headings: list[Label] = []
        # Every property shows something before one of them shows much.
        each = min(DRAWN_OF_GROUP, max(1, DRAWN_OF_SIDE // max(1, len(groups))))
        y = 0.0
        for group in groups[:DRAWN_OF_SIDE]:
            y += GROUP_PX if self.nodes else 0
            property_ = group.predicate
            heading = label_in_box(property_, x, y, Frame(COLUMN_PX, 2))
            self.headings.append(heading)
            y += heading.box.height
            for name in group.names[:each]:
                label = label_in_box(name, x, y, Frame(COLUMN_PX))
                self.nodes.append(Node(name, label, tell(property_.text, name.text)))
                y += label.box.height + BETWEEN_PX
        self.height = max(y - BETWEEN_PX, 0)


def _focus(name: Name, x: float, y: float) -> Label:
    # It is in bold type, which is wider.
    return label_in_box(name, x, y, Frame(FOCUS_PX, LABEL_LINES + 1, FOCUS_PX / BOLD))
