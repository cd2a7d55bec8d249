"""A ROR record -> quads in the graph of the record.

The organization keeps ROR's own IRI as its name; what is ours is the record, which is also the
graph, and the fragments of it that hold an identifier or an address. The licence is ROR's
(https://ror.readme.io/docs/data-dump: CC0).
"""

import math
from collections.abc import Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.sources.ror import (
    RorIdentifier,
    RorPlace,
    RorRecord,
)
from kg.sources.ror_fields import (
    ROR_PREFIX,
)
from kg.vocab import (
    DCTERMS,
    FOAF,
    ORG,
    PREF_LABEL,
    PROV,
    RDF_TYPE,
    RDFS,
    RDFS_LABEL,
    SCHEMA,
    SKOS,
    VCARD,
    XSD,
    Iris,
)

REGISTRY = "ror"
LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
GEONAMES = "https://sws.geonames.org/"

NAME_PROPERTIES = {
    "ror_display": PREF_LABEL.value,
    "label": RDFS_LABEL.value,
    "alias": SKOS + "altLabel",
    "acronym": None,
}
"""None stands for a term of our ontology: no standard has one."""
RELATION_PROPERTIES = {
    "parent": ORG + "subOrganizationOf",
    "child": ORG + "hasSubOrganization",
    "related": ORG + "linkedTo",
    "successor": DCTERMS + "isReplacedBy",
    "predecessor": DCTERMS + "replaces",
}
LINK_PROPERTIES = {"website": SCHEMA + "url", "wikipedia": RDFS + "seeAlso"}
TYPE_CLASSES = {
    "archive": "ArchiveOrganization",
    "company": "Corporation",
    "education": "EducationalOrganization",
    "government": "GovernmentOrganization",
    "healthcare": "MedicalOrganization",
    "nonprofit": "NGO",
}
"""Classes of schema.org. A facility, a funder and an "other" may be of any."""

Value = NamedNode | Literal


def record_quads(record: RorRecord, version: str, iris: Iris) -> list[Quad]:
    """Return what the record says, each quad once, sorted; all in ``graph/ror/<id>``.

    ``version`` is the release of the registry, for records that do not name their own.
    """
    graph = iris.graph(f"{REGISTRY}/{record.id}")
    thing = NamedNode(ROR_PREFIX + record.id)
    triples = (
        *_origin(record, version, graph, thing, iris),
        *_organization(record, thing, iris),
        *_identifiers(record, graph, thing, iris),
        *_places(record, graph, thing),
    )
    return sorted({Quad(*triple, graph) for triple in triples}, key=str)


Triples = Iterator[tuple[NamedNode, NamedNode, Value]]


def _origin(
    record: RorRecord, version: str, graph: NamedNode, thing: NamedNode, iris: Iris
) -> Triples:
    yield graph, RDF_TYPE, iris.term("RegistryRecord")
    yield graph, RDF_TYPE, NamedNode(PROV + "Entity")
    yield graph, PREF_LABEL, Literal(f"ROR record {record.id}", language="en")
    yield graph, PREF_LABEL, Literal(f"ROR 记录 {record.id}", language="zh")
    yield graph, NamedNode(DCTERMS + "source"), thing
    yield graph, NamedNode(DCTERMS + "license"), NamedNode(LICENSE)
    yield graph, NamedNode(SCHEMA + "version"), Literal(record.release or version)
    yield graph, NamedNode(FOAF + "primaryTopic"), thing
    yield graph, iris.term("recordStatus"), Literal(record.status)
    if record.modified:
        yield graph, NamedNode(DCTERMS + "modified"), _typed(record.modified, "date")


def _organization(record: RorRecord, thing: NamedNode, iris: Iris) -> Triples:
    yield thing, RDF_TYPE, NamedNode(ORG + "Organization")
    for kind in record.types:
        yield thing, iris.term("organizationType"), Literal(kind)
        if kind in TYPE_CLASSES:
            yield thing, RDF_TYPE, NamedNode(SCHEMA + TYPE_CLASSES[kind])
    for name in record.names:
        text = Literal(name.text, language=name.language) if name.language else Literal(name.text)
        for kind in name.kinds:
            standard = NAME_PROPERTIES[kind]
            yield thing, NamedNode(standard) if standard else iris.term(kind), text
    if record.established:
        year = _typed(f"{record.established:04}", "gYear")
        yield thing, NamedNode(SCHEMA + "foundingDate"), year
    for link in record.links:
        # ROR keeps what it was told, also what is no IRI: that stays readable as a text.
        property_ = LINK_PROPERTIES.get(link.kind, RDFS + "seeAlso")
        yield thing, NamedNode(property_), _iri_or_text(link.url)
    for domain in record.domains:
        yield thing, iris.term("webDomain"), Literal(domain)
    for relation in record.relations:
        other = NamedNode(ROR_PREFIX + relation.target)
        yield thing, NamedNode(RELATION_PROPERTIES[relation.kind]), other


def _identifiers(record: RorRecord, graph: NamedNode, thing: NamedNode, iris: Iris) -> Triples:
    for identifier in record.identifiers:
        for number, value in enumerate(identifier.values, 1):
            node = NamedNode(f"{graph.value}#{_slug(identifier)}-{number}")
            yield thing, NamedNode(SCHEMA + "identifier"), node
            yield node, RDF_TYPE, NamedNode(SCHEMA + "PropertyValue")
            yield node, NamedNode(SCHEMA + "propertyID"), Literal(identifier.scheme)
            yield node, NamedNode(SCHEMA + "value"), Literal(value)
            preferred = identifier.has_preferred and number == 1
            yield node, iris.term("preferred"), _typed(str(preferred).lower(), "boolean")


def _slug(identifier: RorIdentifier) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in identifier.scheme.lower())


def _places(record: RorRecord, graph: NamedNode, thing: NamedNode) -> Triples:
    for number, place in enumerate(record.places, 1):
        node = NamedNode(f"{GEONAMES}{place.geonames_id}/")
        yield thing, NamedNode(SCHEMA + "location"), node
        yield from _place(place, node)
        address = NamedNode(f"{graph.value}#address-{number}")
        yield thing, NamedNode(SCHEMA + "address"), address
        yield from _address(place, address)


def _place(place: RorPlace, node: NamedNode) -> Triples:
    yield node, RDF_TYPE, NamedNode(SCHEMA + "Place")
    if place.name:
        yield node, RDFS_LABEL, Literal(place.name)
    for name, value in (("latitude", place.latitude), ("longitude", place.longitude)):
        if value is not None:
            yield node, NamedNode(SCHEMA + name), _decimal(value)


def _address(place: RorPlace, node: NamedNode) -> Triples:
    yield node, RDF_TYPE, NamedNode(SCHEMA + "PostalAddress")
    parts = (
        (SCHEMA + "addressLocality", place.name),
        (SCHEMA + "addressRegion", place.subdivision),
        (VCARD + "region", place.subdivision_code),
        (SCHEMA + "addressCountry", place.country_code),
        (VCARD + "country-name", place.country),
    )
    for property_, value in parts:
        if value:
            yield node, NamedNode(property_), Literal(value)


def _iri_or_text(url: str) -> Value:
    try:
        return NamedNode(url)
    except ValueError:
        return Literal(url)


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def _decimal(value: float) -> Literal:
    """Return a number as Oxigraph writes an xsd:decimal."""
    if math.isclose(value, 0, abs_tol=1e-12):
        return _typed("0", "decimal")
    return _typed(format(Decimal(str(value)).normalize(), "f"), "decimal")
