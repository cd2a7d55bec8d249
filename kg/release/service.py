"""The SPARQL endpoint described: SPARQL 1.1 Service Description.

The service is ``{base}sparql#service``, whatever host answers; its endpoint here is the
canonical address, ``{base}sparql``. What it answers from is described as it is in the
store, this description included: the default graph is the union of all named graphs, each
statement once (``sd:UnionDefaultGraph``), and the number of statements of each graph is what
``SELECT (COUNT(*) AS ?n) { GRAPH <graph> { ?s ?p ?o } }`` answers, for the default graph
without ``GRAPH``. FROM and FROM NAMED choose among these graphs and fetch nothing
(``sd:availableGraphs``).

The nodes of the graphs have ``void:triples`` without being typed as ``void:Dataset``, for the
reason that ``kg.release.void`` gives.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.config import Bilingual
from kg.formats import FORMAT_IRIS
from kg.release.statement import Statement, part_about, part_of, say, texts
from kg.vocab import DCAT, DCTERMS, RDF_TYPE, RDFS, SD, VOID, Iris

PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
SIMPLE = "http://www.w3.org/ns/entailment/Simple"
TITLE = Bilingual("SPARQL endpoint", "SPARQL 端点")
UNION = Bilingual(
    "The union of all named graphs, each statement once, with the description of the dataset.",
    "所有命名图的并集，每条陈述只计一次，并包含数据集的描述。",
)


def service_statements(iris: Iris, graphs: Iterable[NamedNode]) -> Iterator[Statement]:
    """Yield what is to be known of the endpoint; ``graphs`` names all graphs of the store."""
    service, dataset = iris.service, default_dataset(iris)
    kind = RDF_TYPE.value
    yield from say(service, kind, NamedNode(SD + "Service"), NamedNode(DCAT + "DataService"))
    yield from say(service, DCTERMS + "title", *texts(TITLE))
    yield from say(service, DCTERMS + "conformsTo", NamedNode(PROTOCOL))
    yield from say(NamedNode(PROTOCOL), kind, NamedNode(DCTERMS + "Standard"))
    yield from say(service, DCAT + "endpointURL", iris.endpoint)
    yield from say(service, DCAT + "servesDataset", iris.dataset)
    yield from say(service, SD + "endpoint", iris.endpoint)
    yield from say(service, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
    yield from say(service, SD + "feature", NamedNode(SD + "UnionDefaultGraph"))
    yield from say(service, SD + "defaultEntailmentRegime", NamedNode(SIMPLE))
    yield from say(service, SD + "resultFormat", *map(NamedNode, sorted(FORMAT_IRIS.values())))
    yield from say(service, SD + "defaultDataset", dataset)
    yield from say(service, SD + "availableGraphs", dataset)
    yield from say(dataset, kind, NamedNode(SD + "Dataset"), NamedNode(SD + "GraphCollection"))
    yield from say(dataset, SD + "defaultGraph", default_graph(iris))
    yield from say(default_graph(iris), kind, NamedNode(SD + "Graph"))
    yield from say(default_graph(iris), RDFS + "comment", *texts(UNION))
    for graph in sorted(graphs, key=lambda node: node.value):
        named = part_about(iris.dataset, "named-graph", graph, iris.base)
        described = graph_part(iris, graph)
        yield from say(dataset, SD + "namedGraph", named)
        yield from say(named, kind, NamedNode(SD + "NamedGraph"))
        yield from say(named, SD + "name", graph)
        yield from say(named, SD + "graph", described)
        yield from say(described, kind, NamedNode(SD + "Graph"))


def graph_size(part: NamedNode, statements: int) -> Statement:
    """Return the statement of how many statements a described graph holds."""
    return part, NamedNode(VOID + "triples"), Literal(statements)


def default_dataset(iris: Iris) -> NamedNode:
    """Return the node of what a query without a dataset of its own is answered from."""
    return part_of(iris.dataset, "default-dataset")


def default_graph(iris: Iris) -> NamedNode:
    """Return the node that describes the default graph."""
    return part_of(iris.dataset, "default-graph")


def graph_part(iris: Iris, graph: NamedNode) -> NamedNode:
    """Return the node that describes what is in a named graph."""
    return part_about(iris.dataset, "graph", graph, iris.base)
