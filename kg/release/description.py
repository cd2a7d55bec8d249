"""The release described in RDF: DCAT 3, VoID and PROV, in ``graph/description``.

These statements carry the time of the build, so they are in the store and not in the
dumps.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from pyoxigraph import Literal, NamedNode, Quad

from kg.config import Bilingual, Config
from kg.formats import BY_EXTENSION
from kg.release.manifest import FileEntry
from kg.vocab import DCAT, DCTERMS, FOAF, PROV, RDF_TYPE, SPDX, VOID, XSD, Iris, prefixes

IANA = "https://www.iana.org/assignments/media-types/"
GZIP = "application/gzip"
VOID_FEATURES = {
    "ttl": "http://www.w3.org/ns/formats/Turtle",
    "nt": "http://www.w3.org/ns/formats/N-Triples",
    "nq": "http://www.w3.org/ns/formats/N-Quads",
    "trig": "http://www.w3.org/ns/formats/TriG",
    "rdf": "http://www.w3.org/ns/formats/RDF_XML",
    "jsonld": "http://www.w3.org/ns/formats/JSON-LD",
}


def description_quads(
    identifier: str,
    config: Config,
    built_at: str,
    quads: Iterable[Quad],
    counts: Mapping[str, int],
    dumps: Mapping[str, FileEntry],
) -> Iterator[Quad]:
    """Yield the description of a release.

    ``built_at`` is an RFC 3339 time; ``dumps`` maps the file names of the dumps to their
    digests; ``counts`` are those of the manifest.
    """
    quads = tuple(quads)
    iris = Iris(config.base)
    graph = iris.graph("description")
    dataset = NamedNode(config.base + "dataset")

    def say(subject: NamedNode, predicate: str, *values: NamedNode | Literal) -> Iterator[Quad]:
        for value in values:
            yield Quad(subject, NamedNode(predicate), value, graph)

    def part(name: str) -> NamedNode:
        return NamedNode(f"{dataset.value}#{name}")

    kind = RDF_TYPE.value
    time = Literal(built_at, datatype=NamedNode(XSD + "dateTime"))
    yield from say(dataset, kind, NamedNode(DCAT + "Dataset"), NamedNode(VOID + "Dataset"))
    yield from say(dataset, kind, NamedNode(PROV + "Entity"))
    yield from say(dataset, DCTERMS + "title", *_texts(config.title))
    yield from say(dataset, DCTERMS + "description", *_texts(config.description))
    yield from say(dataset, DCTERMS + "license", NamedNode(config.license))
    yield from say(dataset, DCTERMS + "publisher", part("publisher"))
    yield from say(part("publisher"), kind, NamedNode(FOAF + "Agent"))
    yield from say(part("publisher"), FOAF + "name", *_texts(config.publisher))
    yield from say(dataset, DCTERMS + "identifier", Literal(dataset.value))
    yield from say(dataset, DCTERMS + "issued", time)
    yield from say(dataset, DCAT + "version", Literal(identifier))
    yield from say(dataset, PROV + "generatedAtTime", time)
    yield from say(dataset, DCAT + "landingPage", NamedNode(config.base))
    yield from say(dataset, VOID + "sparqlEndpoint", NamedNode(config.base + "sparql"))
    yield from say(dataset, VOID + "uriSpace", Literal(config.base))
    yield from say(dataset, VOID + "triples", Literal(counts["triples"]))
    yield from say(
        dataset, VOID + "vocabulary", *_vocabularies({q.predicate.value for q in quads}, config)
    )
    yield from _partitions(dataset, quads, graph)
    for name, entry in dumps.items():
        yield from _distribution(dataset, name, entry, config, graph)


def _distribution(
    dataset: NamedNode, name: str, entry: FileEntry, config: Config, graph: NamedNode
) -> Iterator[Quad]:
    node = NamedNode(f"{dataset.value}#{name}")
    checksum = NamedNode(f"{node.value}-sha256")
    path = PurePosixPath(name)
    packed = path.suffix == ".gz"
    format_ = BY_EXTENSION[path.stem.rpartition(".")[2] if packed else path.suffix[1:]]
    address = NamedNode(f"{config.base}dumps/{name}")
    suffixes = (" (gzip)", "（gzip）") if packed else ("", "")
    names = Bilingual(format_.name + suffixes[0], format_.name + suffixes[1])
    # DCAT says xsd:nonNegativeInteger; Oxigraph keeps every integer as xsd:integer.
    size = Literal(str(entry.bytes), datatype=NamedNode(XSD + "integer"))
    digest = Literal(entry.sha256, datatype=NamedNode(XSD + "hexBinary"))
    statements: list[tuple[NamedNode, str, NamedNode | Literal]] = [
        (dataset, DCAT + "distribution", node),
        (dataset, VOID + "dataDump", address),
        (node, RDF_TYPE.value, NamedNode(DCAT + "Distribution")),
        *((node, DCTERMS + "title", text) for text in _texts(names)),
        (node, DCTERMS + "license", NamedNode(config.license)),
        (node, DCAT + "accessURL", address),
        (node, DCAT + "downloadURL", address),
        (node, DCAT + "mediaType", NamedNode(IANA + format_.media_type)),
        (node, DCAT + "byteSize", size),
        (node, SPDX + "checksum", checksum),
        (checksum, RDF_TYPE.value, NamedNode(SPDX + "Checksum")),
        (checksum, SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256")),
        (checksum, SPDX + "checksumValue", digest),
    ]
    if packed:
        statements.append((node, DCAT + "compressFormat", NamedNode(IANA + GZIP)))
    else:
        feature = NamedNode(VOID_FEATURES[format_.extension])
        statements.append((dataset, VOID + "feature", feature))
    for subject, predicate, value in statements:
        yield Quad(subject, NamedNode(predicate), value, graph)


def _texts(text: Bilingual) -> tuple[Literal, Literal]:
    return Literal(text.en, language="en"), Literal(text.zh, language="zh")


def _vocabularies(predicates: set[str], config: Config) -> list[NamedNode]:
    used = {
        namespace
        for name, namespace in prefixes(config.base).items()
        if not name.startswith("kg") or name == "kg"
        if any(predicate.startswith(namespace) for predicate in predicates)
    }
    return [NamedNode(namespace) for namespace in sorted(used)]


def _partitions(dataset: NamedNode, quads: tuple[Quad, ...], graph: NamedNode) -> Iterator[Quad]:
    """Count the instances of each class in the union (VoID, 4.5)."""
    typed = {(q.subject, q.object) for q in quads if q.predicate == RDF_TYPE}
    counts = Counter(kind for _, kind in typed if isinstance(kind, NamedNode))
    for kind, count in sorted(counts.items(), key=lambda item: item[0].value):
        slug = kind.value.removeprefix("https://").removeprefix("http://")
        clean = "".join(char if char.isalnum() else "-" for char in slug)
        node = NamedNode(f"{dataset.value}#class-{clean}")
        yield Quad(dataset, NamedNode(VOID + "classPartition"), node, graph)
        yield Quad(node, NamedNode(VOID + "class"), kind, graph)
        yield Quad(node, NamedNode(VOID + "entities"), Literal(count), graph)
