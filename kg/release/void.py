"""What is counted in a release: VoID statistics and partitions (VoID, 4).

Counted is the data: every statement of the named graphs but ``graph/description``, each
once, however many graphs it stands in. So the numbers are those of the flat dumps, and the
description, which states them, changes none of them. Over a release,

    SELECT (COUNT(*) AS ?triples) {
      SELECT DISTINCT ?s ?p ?o {
        GRAPH ?g { ?s ?p ?o }
        FILTER(?g != <{base}graph/description>)
      }
    }

answers with ``void:triples``, and the others are ``COUNT(DISTINCT ...)`` over the same
pattern: ``?s`` for ``void:distinctSubjects``, ``?p`` for ``void:properties``, ``?o`` for
``void:distinctObjects``, ``?o`` of ``rdf:type`` for ``void:classes``. ``void:entities`` are
the subjects that begin with ``void:uriSpace``, the base. The store's default graph holds
the description too: ``kg.release.service`` says how large it is with it.

No partition is typed as ``void:Dataset``: it has neither title nor license, which we ask of
each of them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from kg.config import Bilingual
from kg.release.statement import Statement, part_about, say, texts
from kg.vocab import RDF_TYPE, RDFS, VOID, Iris

COUNTED = Bilingual(
    "The numbers are those of the data. They leave out the graph that holds this description.",
    "各项数字仅统计数据本身，不含本描述所在的图。",
)


def statistics(triples: Collection[Triple], iris: Iris) -> Iterator[Statement]:
    """Yield the statistics of the dataset; ``triples`` are its data, each once."""
    dataset = iris.dataset
    subjects = {triple.subject for triple in triples}
    kinds = Counter(t.object for t in triples if t.predicate == RDF_TYPE)
    properties = Counter(triple.predicate for triple in triples)
    entities = [s for s in subjects if isinstance(s, NamedNode) and iris.is_ours(s.value)]
    numbers = {
        "triples": len(triples),
        "entities": len(entities),
        "classes": len(kinds),
        "properties": len(properties),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({triple.object for triple in triples}),
    }
    yield from say(dataset, RDFS + "comment", *texts(COUNTED))
    for name, number in numbers.items():
        yield from say(dataset, VOID + name, Literal(number))
    classes = {kind: count for kind, count in kinds.items() if isinstance(kind, NamedNode)}
    yield from _partitions(iris, "class", classes, "entities")
    yield from _partitions(iris, "property", properties, "triples")


def _partitions(
    iris: Iris, kind: str, counts: Mapping[NamedNode, int], counted: str
) -> Iterator[Statement]:
    """Yield the partitions by class or by property (VoID, 4.5)."""
    for thing in sorted(counts, key=lambda node: node.value):
        node = part_about(iris.dataset, kind, thing, iris.base)
        yield from say(iris.dataset, f"{VOID}{kind}Partition", node)
        yield from say(node, VOID + kind, thing)
        yield from say(node, VOID + counted, Literal(counts[thing]))
