"""Parts of pictures: rectangles, texts in them, and lines between them."""

from dataclasses import dataclass

from kg.web.label_size import FONT_PX, LINE_PX, lines
from kg.web.names import Name

PADDING_PX = 8
ARROW_PX = 7
LABEL_LINES = 3


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class Frame:
    """What a text is given, in pixels: the width of its box, and the space above and below.

    ``room`` is what of the width the text may take with its padding, all of it unless told;
    what ``most`` lines cannot hold is cut.
    """

    width: float
    most: int = LABEL_LINES
    room: float = 0
    padding: float = PADDING_PX


@dataclass(frozen=True)
class Label:
    """A text in lines, each with its place: the middle of its baseline."""

    box: Box
    lines: tuple[tuple[str, float, float], ...]
    lang: str


def label_in_box(name: Name, x: float, y: float, frame: Frame) -> Label:
    """Return a name in a box of its own, as high as the text needs."""
    rows = lines(name.text, (frame.room or frame.width) - 2 * PADDING_PX, frame.most)
    box = Box(x, y, frame.width, len(rows) * LINE_PX + 2 * frame.padding)
    # The baseline is about a fifth of the letter below the middle of the line.
    first = y + frame.padding + LINE_PX / 2 + FONT_PX * 0.35
    placed = tuple((row, x + frame.width / 2, first + n * LINE_PX) for n, row in enumerate(rows))
    return Label(box, placed, name.lang)


def curve(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the path of a line that leaves and arrives level."""
    half = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{half:g} {y1:g} {half:g} {y2:g} {x2:g} {y2:g}"


def arrow(x: float, y: float) -> str:
    """Return the path of an arrow head with its point at a place, from the left."""
    return f"M{x:g} {y:g}l{-ARROW_PX} {-ARROW_PX / 2:g}v{ARROW_PX}z"
