"""The organizations above a thing, and what they hold: a center's place in its hospital."""

from pyoxigraph import NamedNode, Quad

from kg.query.describe import Description, complete, quads_of
from kg.vocab import ORG, Iris
from kg.web.facts import Group, Section
from kg.web.layout import CHAIN
from kg.web.names import Name
from kg.web.site import Site
from kg.web.view import View


class Chain:
    """The way up from ``node``, in steps; ``designations`` are those of its units."""

    def __init__(self, site: Site, node: NamedNode, lang: str) -> None:
        iris = Iris(site.base)
        ways = (iris.term(CHAIN[0]), NamedNode(ORG + CHAIN[1]), iris.term(CHAIN[2]))
        path = "|".join(map(str, ways))
        rows = site.engine.select(
            f"SELECT ?from ?p ?to ?g {{ {node} ({path})* ?from . "
            f"VALUES ?p {{ {' '.join(map(str, ways))} }} GRAPH ?g {{ ?from ?p ?to }} }}"
        )
        steps = quads_of(rows)
        self._view = View(
            Description(node, complete(site.engine, steps), (), None), lang, site.base
        )
        self._order = self._walk(node, steps)
        self.steps: tuple[Group, ...] = tuple(
            group
            for thing in self._order
            for group in self._view.groups(q for q in steps if q.subject == thing)
        )
        self.holders = self._holders(site, lang)

    @staticmethod
    def _walk(start: NamedNode, steps: list[Quad]) -> list[NamedNode]:
        """Return the things from the nearest to the farthest, each once."""
        order = [start]
        for thing in order:
            above = sorted({q.object for q in steps if q.subject == thing}, key=str)
            order += [o for o in above if isinstance(o, NamedNode) and o not in order]
        return order

    def _holders(self, site: Site, lang: str) -> tuple[tuple[Name, Section], ...]:
        found = []
        for thing in self._order[1:]:
            view = View(site.describe(thing), lang, site.base, site.holders)
            found += [(view.title, s) for s in view.sections if s.id == "designation"]
        return tuple(found)
