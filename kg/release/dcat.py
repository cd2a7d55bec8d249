"""The dataset, its parts, their files and the catalog of them: DCAT 3 as DCAT-AP 3.0.1 has it.

DCAT-AP asks of what a property leads to that it is of a class (a license is a
``dcterms:LicenseDocument``, a media type a ``dcterms:MediaType`` ...): hence the types of
things that are not ours. What neither ``kg.toml`` nor the sources say is left out: no place,
no period, no frequency.

The dataset has the parts that can be had alone as subsets, each a dataset with files of its
own: ``dataset#center/{slug}``, ``dataset#kind/{kind}`` and so on.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.config import Bilingual, Config
from kg.formats import EU_FILE_TYPES, FILE_TYPES, FORMAT_IRIS, GZIP
from kg.release.dumps import Dump, Offer
from kg.release.statement import Statement, part_of, say, texts
from kg.sources.center import Center
from kg.vocab import (
    DCAT,
    DCTERMS,
    FOAF,
    PROV,
    RDF_TYPE,
    RDFS,
    SKOS,
    SPDX,
    VCARD,
    VOID,
    XSD,
    Iris,
)

IANA = "https://www.iana.org/assignments/media-types/"
EU = "http://publications.europa.eu/resource/authority/"
LANGUAGES = {"en": EU + "language/ENG", "zh": EU + "language/ZHO"}
PUBLIC = EU + "access-right/PUBLIC"
TYPE = RDF_TYPE.value

CATALOG = Bilingual("Catalog", "目录")
PROVENANCE = Bilingual(
    "Read by hand from published texts, sentence by sentence, with registry records and reviewed "
    "mappings beside them. The name of the graph that a statement stands in tells its origin.",
    "由人工逐句读自已公开发表的文本，并附登记机构的记录和经审核的映射。"
    "陈述所在图的名称即说明其出处。",
)


def catalog_statements(
    config: Config,
    identifier: str,
    built_at: str,
    offers: Iterable[Offer],
    centers: Iterable[Center] = (),
) -> Iterator[Statement]:
    """Yield the catalog, the dataset and its parts with their files.

    ``offers`` begins with the dataset itself. ``built_at`` is an RFC 3339 time. ``centers`` say
    who keeps the part that is about each of them, and under which licence.
    """
    offers = tuple(offers)
    kept = {f"center/{center.slug}": center for center in centers}
    iris = Iris(config.base)
    catalog = part_of(iris.dataset, "catalog")
    time = Literal(built_at, datatype=NamedNode(XSD + "dateTime"))
    names = (config.title, CATALOG)
    title = Bilingual(*(f"{a}: {b}" for a, b in zip(*map(_both, names), strict=True)))
    yield from _referred(config)
    yield from say(catalog, TYPE, NamedNode(DCAT + "Catalog"))
    yield from say(catalog, DCTERMS + "title", *texts(title))
    yield from say(catalog, DCTERMS + "description", *texts(config.description))
    yield from say(catalog, FOAF + "homepage", NamedNode(config.base))
    yield from _published(catalog, config, time)
    yield from say(catalog, DCAT + "service", iris.service)
    for theme in config.themes:
        yield from say(NamedNode(theme.iri), TYPE, NamedNode(SKOS + "Concept"))
        name = texts(Bilingual(theme.en, theme.zh))
        yield from say(NamedNode(theme.iri), SKOS + "prefLabel", *name)
    for offer in offers:
        node = offer_node(iris, offer.name)
        yield from say(catalog, DCAT + "dataset", node)
        center = kept.get(offer.name)
        license_ = (center.license if center else "") or config.license
        yield from _dataset(node, offer, config, identifier, time, license_)
        if center:
            yield from _keeper(node, center)
        if offer.name:
            yield from say(iris.dataset, VOID + "subset", node)
            yield from say(node, DCTERMS + "isPartOf", iris.dataset)
        for dump in offer.dumps:
            yield from _distribution(node, dump, config, license_)


def offer_node(iris: Iris, name: str) -> NamedNode:
    """Return the dataset that an offer is: the whole where ``name`` is empty."""
    return part_of(iris.dataset, name) if name else iris.dataset


def file_node(iris: Iris, path: str) -> NamedNode:
    """Return the distribution that is the file at ``path`` below the dumps."""
    return part_of(iris.dataset, path)


def checksum_statements(node: NamedNode, sha256: str) -> Iterator[Statement]:
    """Yield the SHA-256 of the file that ``node`` is."""
    checksum = NamedNode(f"{node.value}-sha256")
    digest = Literal(sha256, datatype=NamedNode(XSD + "hexBinary"))
    yield from say(node, SPDX + "checksum", checksum)
    yield from say(checksum, TYPE, NamedNode(SPDX + "Checksum"))
    yield from say(checksum, SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256"))
    yield from say(checksum, SPDX + "checksumValue", digest)


def service_catalog_statements(config: Config) -> Iterator[Statement]:
    """Yield what a catalog wants to know of the endpoint."""
    service = Iris(config.base).service
    yield from say(service, DCTERMS + "license", NamedNode(config.license))
    yield from say(service, DCTERMS + "publisher", _publisher(config))
    yield from say(service, DCTERMS + "accessRights", NamedNode(PUBLIC))
    yield from say(service, DCAT + "endpointDescription", Iris(config.base).endpoint)
    yield from say(service, DCAT + "landingPage", NamedNode(config.base))
    yield from _found_by(service, config)


def _both(text: Bilingual) -> tuple[str, str]:
    return text.en, text.zh


def _publisher(config: Config) -> NamedNode:
    return part_of(Iris(config.base).dataset, "publisher")


def _referred(config: Config) -> Iterator[Statement]:
    """Yield the classes of what is referred to, and who publishes."""
    dataset = Iris(config.base).dataset
    publisher = _publisher(config)
    yield from say(publisher, TYPE, NamedNode(FOAF + "Agent"))
    yield from say(publisher, FOAF + "name", *texts(config.publisher))
    yield from say(NamedNode(config.license), TYPE, NamedNode(DCTERMS + "LicenseDocument"))
    yield from say(NamedNode(PUBLIC), TYPE, NamedNode(DCTERMS + "RightsStatement"))
    yield from say(NamedNode(config.base), TYPE, NamedNode(FOAF + "Document"))
    algorithm = NamedNode(SPDX + "checksumAlgorithm_sha256")
    yield from say(algorithm, TYPE, NamedNode(SPDX + "ChecksumAlgorithm"))
    for language in LANGUAGES.values():
        yield from say(NamedNode(language), TYPE, NamedNode(DCTERMS + "LinguisticSystem"))
    statement = part_of(dataset, "provenance")
    yield from say(statement, TYPE, NamedNode(DCTERMS + "ProvenanceStatement"))
    yield from say(statement, RDFS + "label", *texts(PROVENANCE))
    if config.contact_page:
        contact = part_of(dataset, "contact")
        yield from say(contact, TYPE, NamedNode(VCARD + "Kind"))
        yield from say(contact, VCARD + "fn", *texts(config.publisher))
        yield from say(contact, VCARD + "hasURL", NamedNode(config.contact_page))


def _keeper(node: NamedNode, center: Center) -> Iterator[Statement]:
    """Yield who keeps the profile of a center, and how to reach them."""
    owner = NamedNode(f"{node.value}/owner")
    name = Literal(center.owner, language="en")
    yield from say(node, DCTERMS + "creator", owner)
    yield from say(owner, TYPE, NamedNode(FOAF + "Agent"))
    yield from say(owner, FOAF + "name", name)
    if center.license:
        yield from say(NamedNode(center.license), TYPE, NamedNode(DCTERMS + "LicenseDocument"))
    if center.contact:
        contact = NamedNode(f"{node.value}/contact")
        yield from say(node, DCAT + "contactPoint", contact)
        yield from say(contact, TYPE, NamedNode(VCARD + "Kind"))
        yield from say(contact, VCARD + "fn", name)
        yield from say(contact, VCARD + "hasURL", NamedNode(center.contact))


def _published(
    node: NamedNode, config: Config, time: Literal, license_: str = ""
) -> Iterator[Statement]:
    yield from say(node, DCTERMS + "license", NamedNode(license_ or config.license))
    yield from say(node, DCTERMS + "publisher", _publisher(config))
    yield from say(node, DCTERMS + "language", *map(NamedNode, LANGUAGES.values()))
    yield from say(node, DCTERMS + "issued", time)
    yield from say(node, DCTERMS + "modified", time)


def _found_by(node: NamedNode, config: Config) -> Iterator[Statement]:
    for language in ("en", "zh"):
        words = getattr(config.keywords, language)
        yield from say(node, DCAT + "keyword", *(Literal(w, language=language) for w in words))
    yield from say(node, DCAT + "theme", *(NamedNode(theme.iri) for theme in config.themes))
    if config.contact_page:
        contact = part_of(Iris(config.base).dataset, "contact")
        yield from say(node, DCAT + "contactPoint", contact)


def _dataset(
    node: NamedNode, offer: Offer, config: Config, identifier: str, time: Literal, license_: str
) -> Iterator[Statement]:
    yield from say(node, TYPE, NamedNode(DCAT + "Dataset"), NamedNode(PROV + "Entity"))
    yield from say(node, DCTERMS + "title", *texts(offer.title))
    yield from say(node, DCTERMS + "description", *texts(offer.description))
    yield from say(node, DCTERMS + "identifier", Literal(node.value))
    yield from say(node, DCAT + "version", Literal(identifier))
    yield from say(node, DCTERMS + "accessRights", NamedNode(PUBLIC))
    yield from say(node, DCAT + "landingPage", NamedNode(config.base))
    yield from _published(node, config, time, license_)
    if not offer.name:
        yield from _found_by(node, config)
        statement = part_of(Iris(config.base).dataset, "provenance")
        yield from say(node, DCTERMS + "provenance", statement)
    if offer.triples is not None:
        yield from say(node, TYPE, NamedNode(VOID + "Dataset"))
    if offer.name and offer.triples is not None:
        # Of the whole it is one of the statistics.
        yield from say(node, VOID + "triples", Literal(offer.triples))


def _distribution(
    dataset: NamedNode, dump: Dump, config: Config, license_: str
) -> Iterator[Statement]:
    node = file_node(Iris(config.base), dump.path)
    extension = dump.syntax.extension
    address = NamedNode(f"{config.base}dumps/{dump.path}")
    suffixes = (" (gzip)", "（gzip）") if dump.packed else ("", "")
    names = Bilingual(*(dump.syntax.name + suffix for suffix in suffixes))
    media_type = NamedNode(IANA + dump.syntax.media_type)
    file_type = NamedNode(EU_FILE_TYPES + FILE_TYPES[extension])
    # DCAT 3 says xsd:nonNegativeInteger, which Oxigraph keeps as xsd:integer;
    # kg.query.describe gives it its type again.
    size = Literal(str(dump.entry.bytes), datatype=NamedNode(XSD + "nonNegativeInteger"))
    yield from say(dataset, DCAT + "distribution", node)
    yield from say(node, TYPE, NamedNode(DCAT + "Distribution"))
    yield from say(node, DCTERMS + "title", *texts(names))
    yield from say(node, DCTERMS + "license", NamedNode(license_))
    yield from say(node, DCAT + "accessURL", address)
    yield from say(node, DCAT + "downloadURL", address)
    yield from say(node, DCAT + "mediaType", media_type)
    yield from say(media_type, TYPE, NamedNode(DCTERMS + "MediaType"))
    yield from say(node, DCTERMS + "format", file_type)
    yield from say(file_type, TYPE, NamedNode(DCTERMS + "MediaTypeOrExtent"))
    yield from say(node, DCAT + "byteSize", size)
    yield from checksum_statements(node, dump.entry.sha256)
    if dump.conforms_to:
        yield from say(node, DCTERMS + "conformsTo", NamedNode(dump.conforms_to))
        yield from say(NamedNode(dump.conforms_to), TYPE, NamedNode(DCTERMS + "Standard"))
    if dump.packed:
        yield from say(node, DCAT + "compressFormat", NamedNode(IANA + GZIP))
        yield from say(NamedNode(IANA + GZIP), TYPE, NamedNode(DCTERMS + "MediaType"))
    if extension in FORMAT_IRIS and extension in FILE_TYPES and extension not in {"csv", "json"}:
        yield from say(dataset, VOID + "dataDump", address)
        if not dump.packed:
            yield from say(dataset, VOID + "feature", NamedNode(FORMAT_IRIS[extension]))
