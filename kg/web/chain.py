"""The organizations above a thing, and what they hold: a center's place in its hospital."""

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg.query.describe import Description, complete, quads_of
from kg.vocab import ORG, Iris
from kg.web.facts import Fact, Section
from kg.web.layout import CHAIN
from kg.web.names import Name
from kg.web.site import Site
from kg.web.view import View


@dataclass(frozen=True)
class Branch:
    """An organization in the tree, and what the text names under it.

    ``predicate`` and ``fact`` are the statement that puts it under the one above, as the
    text has it; None at the root.
    """

    name: Name
    predicate: Name | None
    fact: Fact | None
    below: tuple["Branch", ...]


class Chain:
    """The way up from ``node``; ``holders`` are those above it that hold designations."""

    def __init__(self, site: Site, node: NamedNode, lang: str) -> None:
        iris = Iris(site.base)
        ways = (iris.term(CHAIN[0]), NamedNode(ORG + CHAIN[1]), iris.term(CHAIN[2]))
        path = "|".join(map(str, ways))
        rows = site.engine.select(
            f"SELECT ?from ?p ?to ?g {{ {node} ({path})* ?from . "
            f"VALUES ?p {{ {' '.join(map(str, ways))} }} GRAPH ?g {{ ?from ?p ?to }} }}"
        )
        self._steps = quads_of(rows)
        description = Description(node, complete(site.engine, self._steps), (), None)
        self._view = View(description, lang, site.reading)
        self._order = self._walk(node, self._steps)
        self.holders = self._holders(site, lang)

    @staticmethod
    def _walk(start: NamedNode, steps: list[Quad]) -> list[NamedNode]:
        """Return the things from the nearest to the farthest, each once."""
        order = [start]
        for thing in order:
            above = sorted({q.object for q in steps if q.subject == thing}, key=str)
            order += [o for o in above if isinstance(o, NamedNode) and o not in order]
        return order

    @property
    def tree(self) -> tuple[Branch, ...]:
        """The trees that the thing stands in, from the organization that is above all.

        A thing that is under several stands under each; none where nothing is above it.
        """
        inner = {quad.subject for quad in self._steps}
        roots = [thing for thing in self._order if thing not in inner]
        return tuple(
            Branch(self._view.names.of(root), None, None, self._below(root, frozenset()))
            for root in roots
            if self._steps
        )

    def _below(self, node: NamedNode, above: frozenset[NamedNode]) -> tuple[Branch, ...]:
        # Statements may run in circles; a branch does not.
        path = above | {node}
        things = [t for t in reversed(self._order) if t not in path]
        return tuple(
            Branch(
                self._view.names.of(thing),
                group.predicate,
                group.facts[0],
                self._below(thing, path),
            )
            for thing in things
            for group in self._view.groups(
                q for q in self._steps if q.subject == thing and q.object == node
            )
        )

    def _holders(self, site: Site, lang: str) -> tuple[tuple[Name, Section], ...]:
        found = []
        for thing in self._order[1:]:
            view = View(site.describe(thing), lang, site.reading)
            found += [(view.title, s) for s in view.sections if s.id == "designation"]
        return tuple(found)
