"""The links to other registries as VoID linksets (VoID, 5).

A linkset holds links of one property to one target. So each mapping set makes as many of
them as it has pairs of property and registry, and each is derived from the set. Over a
release,

    SELECT (COUNT(*) AS ?triples) {
      SELECT DISTINCT ?s ?o {
        GRAPH <{set}> {
          ?s <{property}> ?o .
          ?mapping kg:mappingSubject ?s ; kg:mappingObject ?o ; sssom:object_source <{registry}>
        }
      }
    }

answers with its ``void:triples``. Where a mapping does not name the registry, its linkset
has no target for objects.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.release.statement import Statement, part_of, say
from kg.vocab import PROV, RDF_TYPE, SSSOM, VOID, Iris

Link = tuple[NamedNode, NamedNode]
Key = tuple[NamedNode, NamedNode, NamedNode | None]


def linkset_statements(quads: Collection[Quad], iris: Iris) -> Iterator[Statement]:
    """Yield the linksets of the mapping sets among ``quads``."""
    for (graph, property_, registry), links in sorted(linksets(quads, iris).items(), key=str):
        names = [graph.value.partition("/graph/mapping/")[2], _last(property_)]
        names += [_last(registry)] if registry else []
        node = part_of(iris.dataset, "/".join(("linkset", *names)))
        yield from say(iris.dataset, VOID + "subset", node)
        yield from say(node, RDF_TYPE.value, NamedNode(VOID + "Linkset"))
        yield from say(node, VOID + "subjectsTarget", iris.dataset)
        if registry is not None:
            yield from say(node, VOID + "objectsTarget", registry)
        yield from say(node, VOID + "linkPredicate", property_)
        yield from say(node, VOID + "triples", Literal(len(links)))
        yield from say(node, PROV + "wasDerivedFrom", graph)


def linksets(quads: Collection[Quad], iris: Iris) -> dict[Key, set[Link]]:
    """Return the links by mapping set, property and registry."""
    subjects: dict[object, NamedNode] = {}
    objects: dict[object, NamedNode] = {}
    sources: dict[object, NamedNode] = {}
    columns = {
        iris.term("mappingSubject"): subjects,
        iris.term("mappingObject"): objects,
        NamedNode(SSSOM + "object_source"): sources,
    }
    start = f"{iris.base}graph/mapping/"
    mapped = [
        q
        for q in quads
        if isinstance(q.graph_name, NamedNode) and q.graph_name.value.startswith(start)
    ]
    for quad in mapped:
        if quad.predicate in columns and isinstance(quad.object, NamedNode):
            columns[quad.predicate][quad.subject] = quad.object
    registries = {
        (subjects[m], objects[m]): sources.get(m) for m in sorted(subjects, key=str) if m in objects
    }
    found: dict[Key, set[Link]] = defaultdict(set)
    for quad in mapped:
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
            continue
        link = (quad.subject, quad.object)
        if link in registries and isinstance(quad.graph_name, NamedNode):
            found[quad.graph_name, quad.predicate, registries[link]].add(link)
    return dict(found)


def _last(node: NamedNode) -> str:
    """Return the last word of an IRI."""
    return node.value.rpartition("#")[2].rpartition("/")[2]
