"""What a page knows of the release besides the description that it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.query.describe import Description
from kg.web.shape_layout import ShapeLayout


@dataclass(frozen=True)
class Reading:
    """How to read descriptions.

    ``holders`` are the properties whose objects are parts. ``look_up`` describes a part that
    has parts of its own; without it they are left out.
    """

    base: str
    holders: frozenset[NamedNode] = frozenset()
    layout: ShapeLayout = ShapeLayout(())  # noqa: RUF009 - it never changes
    look_up: Callable[[NamedNode], Description] | None = None
