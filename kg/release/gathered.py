"""The statements of a dataset by what they are about, to gather descriptions from.

``kg.query.describe`` asks an engine; a release is made before anything can be asked of it, so
here the same is gathered from the quads in memory. A test holds the two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from kg.config import Bilingual
from kg.release.write import Term
from kg.vocab import OA, PREF_LABEL, RDF_TYPE, RDFS_LABEL, Iris

NAMING = frozenset((RDF_TYPE, PREF_LABEL, RDFS_LABEL))
_LINKS = frozenset(
    (RDF_TYPE, *(NamedNode(OA + n) for n in ("hasBody", "hasTarget", "hasSelector", "hasSource")))
)


class Gathered:
    """The quads of the named graphs, by what they are about, to gather descriptions from."""

    def __init__(self, quads: Iterable[Quad], base: str) -> None:
        self.iris = Iris(base)
        self.description = self.iris.graph("description")
        self._about: dict[NamedNode, list[Quad]] = defaultdict(list)
        self._names: dict[NamedNode, list[Quad]] = defaultdict(list)
        self._pointing: dict[NamedNode, list[Quad]] = defaultdict(list)
        self._inside: dict[NamedNode, list[Quad]] = defaultdict(list)
        self._mappings: dict[tuple[Term, Term], set[NamedNode]] = defaultdict(set)
        for quad in quads:
            if quad.graph_name == self.description or not isinstance(quad.graph_name, NamedNode):
                continue
            self._inside[quad.graph_name].append(quad)
            if isinstance(quad.subject, NamedNode):
                self._about[quad.subject].append(quad)
                if quad.predicate in NAMING:
                    self._names[quad.subject].append(quad)
            if isinstance(quad.object, NamedNode):
                self._pointing[quad.object].append(quad)
        holds_part = self.iris.term("holdsPart")
        self._holding_part = {
            node
            for node, found in self._about.items()
            if any(q.predicate == holds_part and _is_true(q.object) for q in found)
        }
        subject, object_ = (self.iris.term(n) for n in ("mappingSubject", "mappingObject"))
        for mapping, found in self._about.items():
            starts = [q.object for q in found if q.predicate == subject]
            ends = [q.object for q in found if q.predicate == object_]
            for start in starts:
                for end in ends:
                    if isinstance(start, NamedNode) and isinstance(end, NamedNode):
                        self._mappings[start, end].add(mapping)

    def things(self) -> dict[str, list[NamedNode]]:
        """Return the things that anything is said about, by their kind, each list sorted."""
        found: dict[str, list[NamedNode]] = defaultdict(list)
        start = f"{self.iris.base}id/"
        for node in sorted(self._about, key=lambda node: node.value):
            if node.value.startswith(start):
                found[node.value.removeprefix(start).partition("/")[0]].append(node)
        return dict(sorted(found.items()))

    def about(self, nodes: Iterable[NamedNode]) -> list[Quad]:
        """Return the statements whose subjects are ``nodes``."""
        return [quad for node in nodes for quad in self._about.get(node, ())]

    def inside(self, start: str) -> list[Quad]:
        """Return the statements of the graphs whose IRIs begin with ``start``."""
        return [q for g, found in self._inside.items() if g.value.startswith(start) for q in found]

    def parts(self, nodes: Iterable[NamedNode]) -> list[NamedNode]:
        """Return the parts that are described together with ``nodes``."""
        return sorted(
            {
                quad.object
                for quad in self.about(nodes)
                if quad.predicate in self._holding_part and isinstance(quad.object, NamedNode)
            },
            key=lambda part: part.value,
        )

    def describe(self, nodes: Sequence[NamedNode]) -> tuple[Quad, ...]:
        """Return the descriptions of ``nodes``, as ``kg.query.describe`` has them, in full."""
        statements = [*self.about(nodes), *self.about(self.parts(nodes))]
        for node in nodes:
            statements += [q for q in self._pointing.get(node, ()) if q.subject != node]
        return self.complete(statements)

    def complete(self, statements: Iterable[Quad]) -> tuple[Quad, ...]:
        """Return ``statements`` with the names of what they mention, and their origins."""
        named = dict.fromkeys(statements)
        named.update(dict.fromkeys(self._labels(named)))
        origins = dict.fromkeys(self._origins(named))
        return tuple({**named, **origins, **dict.fromkeys(self._labels(origins))})

    def _labels(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        for node in mentioned(quads):
            yield from self._names.get(node, ())

    def _origins(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        quads = tuple(quads)
        graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
        yield from self.about(graphs)
        for graph in graphs:
            if graph.value.startswith(f"{self.iris.base}claim/"):
                yield from self._place(graph.value)
        sets = f"{self.iris.base}graph/mapping/"
        for quad in quads:
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(sets):
                yield from self.about(self._mappings.get((quad.subject, quad.object), ()))

    def _place(self, claim: str) -> Iterator[Quad]:
        """Yield what ties a claim to its place in the text, and not the whole annotation."""
        yield from self.about((NamedNode(f"{claim}#position"),))
        for quad in self.about((NamedNode(f"{claim}#annotation"), NamedNode(f"{claim}#target"))):
            end = quad.object.value if isinstance(quad.object, NamedNode | Literal) else ""
            if quad.predicate in _LINKS and not end.endswith("#quote") and "#context" not in end:
                yield quad


def mentioned(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return every IRI that stands in ``quads``, graphs and predicates among them."""
    terms = (term for q in quads for term in (q.subject, q.predicate, q.object, q.graph_name))
    return {term for term in terms if isinstance(term, NamedNode)}


def names_of(quads: Iterable[Quad], property_: NamedNode, otherwise: str) -> Bilingual:
    """Return the names that ``quads`` give in our two languages, one for the other if need be."""
    texts = {"en": "", "zh": ""}
    for quad in sorted(quads, key=str):
        if quad.predicate == property_ and isinstance(quad.object, Literal):
            language = quad.object.language or "en"
            texts[language] = texts.get(language) or quad.object.value
    english = texts["en"] or texts["zh"] or otherwise
    return Bilingual(english, texts["zh"] or english)


def _is_true(term: object) -> bool:
    return isinstance(term, Literal) and term.value in {"true", "1"}
