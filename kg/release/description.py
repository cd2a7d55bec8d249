"""The release described in RDF, in ``graph/description``.

DCAT 3, VoID and PROV for the dataset, the service description of the endpoint, and the
example queries. These statements carry the time of the build, so they are in the store and
not in the dumps.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import PurePosixPath

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.config import Bilingual, Config
from kg.formats import BY_EXTENSION, FORMAT_IRIS
from kg.release.examples import example_statements
from kg.release.manifest import FileEntry
from kg.release.service import default_graph, graph_part, graph_size, service_statements
from kg.release.statement import Statement, part_of, say, texts
from kg.release.void import statistics
from kg.release.write import triples_of
from kg.sources.queries import Query
from kg.vocab import DCAT, DCTERMS, FOAF, PROV, RDF_TYPE, SPDX, VOID, XSD, Iris, prefixes

IANA = "https://www.iana.org/assignments/media-types/"
GZIP = "application/gzip"


def description_quads(
    identifier: str,
    config: Config,
    built_at: str,
    quads: Collection[Quad],
    dumps: Mapping[str, FileEntry],
    examples: Iterable[Query],
) -> tuple[Quad, ...]:
    """Return the description of a release.

    ``built_at`` is an RFC 3339 time; ``quads`` are the data, without repeats; ``dumps`` maps
    the file names of the dumps to their digests.
    """
    iris = Iris(config.base)
    graph = iris.graph("description")
    triples = triples_of(quads)
    sizes = Counter(q.graph_name for q in quads if isinstance(q.graph_name, NamedNode))
    statements = dict.fromkeys(
        chain(
            _dataset(identifier, config, built_at, triples),
            statistics(triples, iris),
            *(_distribution(name, entry, config) for name, entry in dumps.items()),
            example_statements(examples, iris),
            service_statements(iris, {*sizes, graph}),
            (graph_size(graph_part(iris, g), n) for g, n in sizes.items() if g != graph),
        )
    )
    # The description counts itself. Two statements are still to come, one for each number.
    own = {Triple(*statement) for statement in statements}
    inside = own | {
        Triple(q.subject, q.predicate, q.object) for q in quads if q.graph_name == graph
    }
    last = (
        graph_size(graph_part(iris, graph), len(inside) + 2),
        graph_size(default_graph(iris), len(own.union(triples)) + 2),
    )
    return tuple(Quad(*statement, graph) for statement in (*statements, *last))


def _dataset(
    identifier: str, config: Config, built_at: str, triples: Sequence[Triple]
) -> Iterator[Statement]:
    dataset = Iris(config.base).dataset
    publisher = part_of(dataset, "publisher")
    kind = RDF_TYPE.value
    time = Literal(built_at, datatype=NamedNode(XSD + "dateTime"))
    predicates = {triple.predicate.value for triple in triples}
    yield from say(dataset, kind, NamedNode(DCAT + "Dataset"), NamedNode(VOID + "Dataset"))
    yield from say(dataset, kind, NamedNode(PROV + "Entity"))
    yield from say(dataset, DCTERMS + "title", *texts(config.title))
    yield from say(dataset, DCTERMS + "description", *texts(config.description))
    yield from say(dataset, DCTERMS + "license", NamedNode(config.license))
    yield from say(dataset, DCTERMS + "publisher", publisher)
    yield from say(publisher, kind, NamedNode(FOAF + "Agent"))
    yield from say(publisher, FOAF + "name", *texts(config.publisher))
    yield from say(dataset, DCTERMS + "identifier", Literal(dataset.value))
    yield from say(dataset, DCTERMS + "issued", time)
    yield from say(dataset, DCAT + "version", Literal(identifier))
    yield from say(dataset, PROV + "generatedAtTime", time)
    yield from say(dataset, DCAT + "landingPage", NamedNode(config.base))
    yield from say(dataset, VOID + "sparqlEndpoint", Iris(config.base).endpoint)
    yield from say(dataset, VOID + "uriSpace", Literal(config.base))
    yield from say(dataset, VOID + "vocabulary", *_vocabularies(predicates, config))


def _distribution(name: str, entry: FileEntry, config: Config) -> Iterator[Statement]:
    dataset = Iris(config.base).dataset
    node = part_of(dataset, name)
    checksum = part_of(dataset, f"{name}-sha256")
    path = PurePosixPath(name)
    packed = path.suffix == ".gz"
    format_ = BY_EXTENSION[path.stem.rpartition(".")[2] if packed else path.suffix[1:]]
    address = NamedNode(f"{config.base}dumps/{name}")
    suffixes = (" (gzip)", "（gzip）") if packed else ("", "")
    names = Bilingual(format_.name + suffixes[0], format_.name + suffixes[1])
    # DCAT says xsd:nonNegativeInteger; Oxigraph keeps every integer as xsd:integer.
    size = Literal(str(entry.bytes), datatype=NamedNode(XSD + "integer"))
    digest = Literal(entry.sha256, datatype=NamedNode(XSD + "hexBinary"))
    yield from say(dataset, DCAT + "distribution", node)
    yield from say(dataset, VOID + "dataDump", address)
    yield from say(node, RDF_TYPE.value, NamedNode(DCAT + "Distribution"))
    yield from say(node, DCTERMS + "title", *texts(names))
    yield from say(node, DCTERMS + "license", NamedNode(config.license))
    yield from say(node, DCAT + "accessURL", address)
    yield from say(node, DCAT + "downloadURL", address)
    yield from say(node, DCAT + "mediaType", NamedNode(IANA + format_.media_type))
    yield from say(node, DCAT + "byteSize", size)
    yield from say(node, SPDX + "checksum", checksum)
    yield from say(checksum, RDF_TYPE.value, NamedNode(SPDX + "Checksum"))
    yield from say(checksum, SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256"))
    yield from say(checksum, SPDX + "checksumValue", digest)
    if packed:
        yield from say(node, DCAT + "compressFormat", NamedNode(IANA + GZIP))
    else:
        yield from say(dataset, VOID + "feature", NamedNode(FORMAT_IRIS[format_.extension]))


def _vocabularies(predicates: set[str], config: Config) -> list[NamedNode]:
    used = {
        namespace
        for name, namespace in prefixes(config.base).items()
        if not name.startswith("kg") or name == "kg"
        if any(predicate.startswith(namespace) for predicate in predicates)
    }
    return [NamedNode(namespace) for namespace in sorted(used)]
