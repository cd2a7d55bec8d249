"""Where the boxes and lines of a class diagram go.

Classes stand in columns: a property leads from its row in the box of one class to the box of
another one further right, and a class of ours to those below it. A line that passes a column
has a lane of its own there, so that nothing lies over a text (layered drawing: Sugiyama,
Tagawa and Toda 1981). Classes without lines stand below, those of one kind together. The
same classes make the same picture.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.web.boxes import ARROW_PX, Box, Frame, Label, arrow, curve, label_in_box
from kg.web.names import Name

COLUMN_PX, GAP_PX, BETWEEN_PX, LANE_PX = 180, 48, 12, 6
COLUMNS = 5
"""In how many columns classes without lines stand, at least."""
SWEEPS = 6
CLASS, ABOVE, ROW = Frame(COLUMN_PX, 2), Frame(COLUMN_PX, 3, padding=1), Frame(COLUMN_PX, 2, 0, 2)

Edge = tuple[str, int, str]
"""From the row of a class, or its head where the row is -1, to another class."""
Lane = tuple[Edge, int]
"""Where a line passes a column."""
Item = str | Lane
"""What stands in a column: a class by its IRI, or a lane."""
Step = tuple[Item, float, Item]
"""From an item of a column, at a height of it from 0 to 1, to an item of the next column."""


@dataclass(frozen=True)
class Link:
    """A property of a class, and the class that its values are of."""

    predicate: Name
    target: Name


@dataclass(frozen=True)
class ClassNode:
    """A class: the ones above it, its properties; ``above`` says those in words."""

    name: Name
    superclasses: tuple[Name, ...] = ()
    links: tuple[Link, ...] = ()
    above: Name | None = None
    ours: bool = True


@dataclass(frozen=True)
class DrawnClass:
    """A class in the picture: its box with its name, what is above it and its properties."""

    node: ClassNode
    box: Box
    label: Label
    rows: tuple[Label, ...]


@dataclass(frozen=True)
class ClassPicture:
    """What to draw, in pixels; ``lines`` are properties, ``trunks`` lead to classes below."""

    width: float
    height: float
    classes: tuple[DrawnClass, ...]
    lines: tuple[str, ...]
    trunks: tuple[str, ...]
    arrows: tuple[str, ...]


def draw_classes(nodes: Sequence[ClassNode]) -> ClassPicture:
    """Return the picture of classes; each of them is in it once."""
    by_iri = {node.name.iri: node for node in sorted(nodes, key=_weight)}
    edges = _forward(by_iri)
    by_iri = {iri: _with_targets(node, edges) for iri, node in by_iri.items()}
    layers = _layers(by_iri, edges)
    columns, ways = _columns(layers, edges)
    for _sweep in range(SWEEPS):
        _sort_columns(columns, ways)
    drawn: dict[str, DrawnClass] = {}
    lanes: dict[Lane, float] = {}
    height = _place(columns, by_iri, drawn, lanes)
    width = max(len(columns), COLUMNS) * (COLUMN_PX + GAP_PX) - GAP_PX
    loose = [node for iri, node in by_iri.items() if iri not in drawn]
    height = _place_loose(loose, height, max(len(columns), COLUMNS), drawn)
    paths = {edge: _path(edge, drawn, lanes, layers) for edge in edges}
    return ClassPicture(
        width=width,
        height=height,
        classes=tuple(drawn.values()),
        lines=tuple(path for (_s, row, _t), path in paths.items() if row >= 0),
        trunks=tuple(path for (_s, row, _t), path in paths.items() if row < 0),
        arrows=tuple(
            dict.fromkeys(
                arrow(drawn[target].box.x, _middle(drawn[target].label.box))
                for _source, _row, target in edges
            )
        ),
    )


def _with_targets(node: ClassNode, edges: Sequence[Edge]) -> ClassNode:
    """Return a class that names the targets that no line leads to."""
    lined = {row for source, row, _target in edges if source == node.name.iri}
    links = (
        link
        if row in lined
        else replace(
            link,
            predicate=replace(link.predicate, text=f"{link.predicate.text} → {link.target.text}"),
        )
        for row, link in enumerate(node.links)
    )
    return replace(node, links=tuple(links))


def _weight(node: ClassNode) -> tuple[int, str, str]:
    """Return the order in which classes are looked at: what has most properties leads."""
    return (-len(node.links), node.name.text, node.name.iri)


def _edges(nodes: Mapping[str, ClassNode]) -> dict[str, list[Edge]]:
    """Return the edges that leave each class, to others that are drawn."""
    out: dict[str, list[Edge]] = defaultdict(list)
    for iri, node in nodes.items():
        for row, link in enumerate(node.links):
            if link.target.iri in nodes and link.target.iri != iri:
                out[iri].append((iri, row, link.target.iri))
        for name in node.superclasses:
            if name.iri in nodes and nodes[name.iri].ours and name.iri != iri:
                out[name.iri].append((name.iri, -1, iri))
    return out


def _forward(nodes: Mapping[str, ClassNode]) -> list[Edge]:
    """Return the edges between the classes, without those that close a circle."""
    out = _edges(nodes)
    kept: list[Edge] = []
    done: set[str] = set()
    for start in nodes:
        if start in done:
            continue
        path = [start]
        pending = {start: list(reversed(out[start]))}
        while path:
            here = path[-1]
            if not pending[here]:
                done.add(path.pop())
                continue
            edge = pending[here].pop()
            if edge[2] in path:
                continue
            kept.append(edge)
            if edge[2] not in done:
                path.append(edge[2])
                pending[edge[2]] = list(reversed(out[edge[2]]))
    return kept


def _layers(nodes: Mapping[str, ClassNode], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the column of each class that has a line: as far left as its lines allow.

    A class that no line leads to stands just left of what it leads to.
    """
    layers = {end: 0 for source, _row, target in edges for end in (source, target)}
    for _round in nodes:
        for source, _row, target in edges:
            layers[target] = max(layers[target], layers[source] + 1)
    reached = {target for _source, _row, target in edges}
    for node in layers.keys() - reached:
        layers[node] = min(layers[target] for source, _row, target in edges if source == node) - 1
    return layers


def _columns(
    layers: Mapping[str, int], edges: Sequence[Edge]
) -> tuple[list[list[Item]], list[Step]]:
    """Return what stands in each column, and the steps of the lines between columns."""
    columns: list[list[Item]] = [[] for _layer in range(max(layers.values(), default=-1) + 1)]
    for iri, layer in layers.items():
        columns[layer].append(iri)
    ways: list[Step] = []
    for edge in edges:
        source, row, target = edge
        before: Item = source
        share = (row + 1) / (row + 2)
        for layer in range(layers[source] + 1, layers[target]):
            lane = (edge, layer)
            columns[layer].append(lane)
            ways.append((before, share, lane))
            before, share = lane, 0.5
        ways.append((before, share, target))
    return columns, ways


def _sort_columns(columns: list[list[Item]], ways: Sequence[Step]) -> None:
    """Put what is linked at like heights, so that lines cross less: the barycenter method."""
    for forward in (True, False):
        for column in columns if forward else reversed(columns):
            places = {
                item: (at + 0.5) / len(other) for other in columns for at, item in enumerate(other)
            }
            pulls: dict[Item, list[float]] = defaultdict(list)
            for before, share, after in ways:
                if forward:
                    pulls[after].append(places[before] + share / 100)
                else:
                    pulls[before].append(places[after])
            column.sort(
                key=lambda item: (
                    sum(pulls[item]) / len(pulls[item]) if pulls[item] else places[item]
                )
            )


def _place(
    columns: Sequence[Sequence[Item]],
    nodes: Mapping[str, ClassNode],
    drawn: dict[str, DrawnClass],
    lanes: dict[Lane, float],
) -> float:
    """Give each item of the columns its place; return the height of the highest column."""
    heights = [
        sum(
            (LANE_PX if isinstance(item, tuple) else _draw(nodes[item], 0, 0).box.height)
            + BETWEEN_PX
            for item in column
        )
        - BETWEEN_PX
        for column in columns
    ]
    height = max(heights, default=0.0)
    for at, column in enumerate(columns):
        x, y = at * (COLUMN_PX + GAP_PX), (height - heights[at]) // 2
        for item in column:
            if isinstance(item, tuple):
                lanes[item] = y + LANE_PX / 2
                y += LANE_PX + BETWEEN_PX
            else:
                drawn[item] = _draw(nodes[item], x, y)
                y += drawn[item].box.height + BETWEEN_PX
    return height


def _place_loose(
    nodes: Sequence[ClassNode], top: float, columns: int, drawn: dict[str, DrawnClass]
) -> float:
    """Put classes without lines below the others, row by row; return the whole height."""

    def kind(node: ClassNode) -> tuple[str, str]:
        return (node.above.text if node.above else "", node.name.text)

    y = top + (2 * GAP_PX if drawn and nodes else 0)
    ordered = sorted(nodes, key=kind)
    for start in range(0, len(ordered), columns):
        row = [
            _draw(node, at * (COLUMN_PX + GAP_PX), y)
            for at, node in enumerate(ordered[start : start + columns])
        ]
        drawn.update((one.node.name.iri, one) for one in row)
        y += max(one.box.height for one in row) + BETWEEN_PX
    return y - BETWEEN_PX if ordered else top


def _draw(node: ClassNode, x: float, y: float) -> DrawnClass:
    """Return a class with its upper left corner at a place."""
    label = label_in_box(node.name, x, y, CLASS)
    bottom = y + label.box.height
    rows = []
    if node.above:
        rows.append(label_in_box(node.above, x, bottom, ABOVE))
        bottom += rows[-1].box.height
    for link in node.links:
        rows.append(label_in_box(link.predicate, x, bottom, ROW))
        bottom += rows[-1].box.height
    end = BETWEEN_PX / 2 if rows else 0
    return DrawnClass(node, Box(x, y, COLUMN_PX, bottom + end - y), label, tuple(rows))


def _path(
    edge: Edge,
    drawn: Mapping[str, DrawnClass],
    lanes: Mapping[Lane, float],
    layers: Mapping[str, int],
) -> str:
    source, row, target = edge
    start, end = drawn[source], drawn[target]
    at = start.rows[row + (1 if start.node.above else 0)] if row >= 0 else start.label
    x, y = start.box.x + COLUMN_PX, _middle(at.box)
    pieces = []
    for layer in range(layers[source] + 1, layers[target]):
        lane = layer * (COLUMN_PX + GAP_PX)
        pieces.append(f"{curve(x, y, lane, lanes[edge, layer])}H{lane + COLUMN_PX}")
        x, y = lane + COLUMN_PX, lanes[edge, layer]
    pieces.append(curve(x, y, end.box.x - ARROW_PX, _middle(end.label.box)))
    return "".join(pieces)


def _middle(box: Box) -> float:
    return box.y + box.height / 2
