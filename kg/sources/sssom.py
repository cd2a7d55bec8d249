"""Mappings to other registries: one SSSOM TSV file -> quads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad
from sssom_pydantic import MappingSet as Header

from kg.errors import SourceError
from kg.sources.sssom_rows import STORED_SOURCE, Row, read_rows
from kg.vocab import (
    DCTERMS,
    PREF_LABEL,
    PROV,
    RDF_TYPE,
    RDFS,
    SCHEMA,
    SEMAPV,
    SKOS,
    SSSOM,
    XSD,
    Iris,
)

SUFFIX = ".sssom.tsv"

CONCEPTS = ("code/", "id/modality/", "id/topic/")
"""Where our concepts are, below the base. A SKOS match would make anything else a concept."""


@dataclass(frozen=True)
class MappingSet:
    """One file of mappings. ``iri`` names the set and the graph of its quads."""

    iri: NamedNode
    title: str
    license: NamedNode
    quads: tuple[Quad, ...]
    rows: int


def read_mappings(path: Path, base: str) -> MappingSet:
    """Return the mappings of a ``.sssom.tsv`` file as quads.

    All lie in the graph that ``mapping_set_id`` names, ``{base}graph/mapping/`` and the
    name of the file. A row gives a link and a ``kg:Mapping``, which says of the link what
    the row does. Raises SourceErrors with every bad row, SourceError where the file as a
    whole is wrong.
    """
    iris = Iris(base)
    header, rows = read_rows(path, base)
    iri = iris.graph(f"mapping/{path.name.removesuffix(SUFFIX)}")
    if str(header.id) != iri.value:
        fix = f"name the set after its file, {iri.value}"
        raise SourceError(path, None, f"mapping_set_id is {header.id}", fix)
    if not header.title or not header.license:
        slot = "license" if header.title else "mapping_set_title"
        raise SourceError(path, None, f"the header has no {slot}", "add it")
    quads = [*_set_quads(iri, header, iris)]
    for row in sorted(rows, key=lambda row: (row.subject, row.object)):
        quads += _row_quads(row, iri, iris)
    return MappingSet(iri, header.title, NamedNode(str(header.license)), tuple(quads), len(rows))


def _set_quads(iri: NamedNode, header: Header, iris: Iris) -> Iterator[Quad]:
    title = Literal(str(header.title), language="en")
    yield Quad(iri, RDF_TYPE, iris.term("MappingSet"), iri)
    yield Quad(iri, RDF_TYPE, NamedNode(PROV + "Entity"), iri)
    yield Quad(iri, PREF_LABEL, title, iri)
    yield Quad(iri, NamedNode(DCTERMS + "title"), title, iri)
    if header.description:
        description = Literal(header.description, language="en")
        yield Quad(iri, NamedNode(DCTERMS + "description"), description, iri)
    yield Quad(iri, NamedNode(DCTERMS + "license"), NamedNode(str(header.license)), iri)
    for source in sorted(str(source) for source in header.source or ()):
        yield Quad(iri, NamedNode(DCTERMS + "source"), NamedNode(source), iri)


def _row_quads(row: Row, graph: NamedNode, iris: Iris) -> Iterator[Quad]:
    mapping = row.mapping
    subject, target = NamedNode(row.subject), NamedNode(row.object)
    yield Quad(subject, link_property(row.subject, row.match, iris.base), target, graph)
    node = mapping_iri(graph, row.subject.removeprefix(iris.base), mapping.object.curie)
    stored = (mapping.extensions or {}).get(STORED_SOURCE)
    # SSSOM's own RDF reifies with owl:annotatedSource and its kin, which OWL reserves for
    # axioms: our terms say the same of a link without making the graph one about axioms.
    values: tuple[tuple[NamedNode, NamedNode | Literal | None], ...] = (
        (RDF_TYPE, iris.term("Mapping")),
        (iris.term("mappingSubject"), subject),
        (iris.term("mappingPredicate"), NamedNode(SKOS + row.match)),
        (iris.term("mappingObject"), target),
        (
            NamedNode(SSSOM + "mapping_justification"),
            NamedNode(SEMAPV + mapping.justification.identifier),
        ),
        (NamedNode(SSSOM + "object_label"), _english(mapping.object_name)),
        (
            NamedNode(SSSOM + "object_source"),
            NamedNode(row.object_source) if row.object_source else None,
        ),
        (NamedNode(SSSOM + "object_source_version"), _plain(mapping.object_source_version)),
        (NamedNode(SSSOM + "confidence"), _decimal(mapping.confidence)),
        (NamedNode(RDFS + "comment"), _english(mapping.comment)),
        (iris.term("storedSource"), _plain(str(stored.value) if stored else None)),
        (NamedNode(DCTERMS + "isPartOf"), graph),
    )
    for predicate, value in values:
        if value is not None:
            yield Quad(node, predicate, value, graph)


def link_property(subject: str, match: str, base: str) -> NamedNode:
    """Return the property that links ``subject`` to an outside term.

    That is the SKOS property ``match`` where the subject is a concept; elsewhere
    ``schema:sameAs`` for an exact match of a thing and ``rdfs:seeAlso`` for the rest.

    >>> base = "https://example.org/"
    >>> link_property("https://example.org/code/unit/guidelines", "closeMatch", base).value
    'http://www.w3.org/2004/02/skos/core#closeMatch'
    >>> link_property("https://example.org/id/disease/melanoma", "exactMatch", base).value
    'https://schema.org/sameAs'
    >>> link_property("https://example.org/id/disease/melanoma", "broadMatch", base).value
    'http://www.w3.org/2000/01/rdf-schema#seeAlso'
    >>> link_property("https://example.org/ontology#Probe", "exactMatch", base).value
    'http://www.w3.org/2000/01/rdf-schema#seeAlso'
    """
    path = subject.removeprefix(base)
    if path.startswith(CONCEPTS):
        return NamedNode(SKOS + match)
    # A class of ours is no individual that schema:sameAs could identify.
    if match == "exactMatch" and path.startswith("id/"):
        return NamedNode(SCHEMA + "sameAs")
    return NamedNode(RDFS + "seeAlso")


def mapping_iri(graph: NamedNode, subject_path: str, object_curie: str) -> NamedNode:
    """Return the IRI of one mapping, which stays as long as its two ends do.

    ``subject_path`` is the subject's IRI below the base.

    >>> graph = NamedNode("https://example.org/graph/mapping/places")
    >>> mapping_iri(graph, "id/region/wuhan", "geonames:1791247/").value
    'https://example.org/graph/mapping/places#region-wuhan--geonames-1791247'
    """
    ends = (subject_path.removeprefix("id/"), object_curie)
    slugs = (re.sub(r"[^A-Za-z0-9.]+", "-", end).strip("-") for end in ends)
    return NamedNode(f"{graph.value}#{'--'.join(slugs)}")


def _english(text: str | None) -> Literal | None:
    return Literal(text, language="en") if text else None


def _plain(text: str | None) -> Literal | None:
    return Literal(text) if text else None


def _decimal(value: float | None) -> Literal | None:
    if value is None:
        return None
    # SSSOM says xsd:double, which has no short canonical form: 0.95 would become 9.5E-1.
    text = format(Decimal(str(value)).normalize(), "f")
    return Literal(text, datatype=NamedNode(XSD + "decimal"))
