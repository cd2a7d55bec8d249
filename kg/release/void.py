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

from kg.config import Bilingual, Config
from kg.release.statement import Statement, part_about, say, texts
from kg.vocab import RDF_TYPE, RDFS, VOID, Iris, prefixes

COUNTED = Bilingual(
    "The numbers are those of the data. They leave out the graph that holds this description.",
    "各项数字仅统计数据本身，不含本描述所在的图。",
)


EXAMPLES = 3
"""How many things of the dataset are named as examples, and as many claims."""


def access_statements(triples: Collection[Triple], config: Config) -> Iterator[Statement]:
    """Yield how the dataset is reached, examples of it, and the vocabularies that it uses.

    Examples (VoID, 2.5) are the first centers, and the first claim of each.
    """
    iris = Iris(config.base)
    subjects = sorted({t.subject.value for t in triples if isinstance(t.subject, NamedNode)})
    start = f"{config.base}id/center/"
    centers = [iri for iri in subjects if iri.startswith(start)][:EXAMPLES]
    claims = [
        next((iri for iri in subjects if iri.startswith(f"{config.base}claim/{slug}/")), None)
        for slug in (center.removeprefix(start) for center in centers)
    ]
    examples = [NamedNode(iri) for iri in (*centers, *claims) if iri]
    yield from say(iris.dataset, VOID + "sparqlEndpoint", iris.endpoint)
    yield from say(iris.dataset, VOID + "uriSpace", Literal(config.base))
    yield from say(iris.dataset, VOID + "exampleResource", *examples)
    yield from say(iris.dataset, VOID + "vocabulary", *_vocabularies(triples, config.base))


def _vocabularies(triples: Collection[Triple], base: str) -> list[NamedNode]:
    """Return the namespaces that predicates and classes of the data come from."""
    terms = {triple.predicate.value for triple in triples}
    terms |= {
        t.object.value
        for t in triples
        if t.predicate == RDF_TYPE and isinstance(t.object, NamedNode)
    }
    used = {
        namespace
        for namespace in prefixes(base).values()
        if any(term.startswith(namespace) for term in terms)
    }
    return [NamedNode(namespace) for namespace in sorted(used)]


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
