"""Mappings to other registries: one SSSOM TSV file -> quads."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad
from sssom_pydantic import MappingSet as Header

from kg.errors import SourceError
from kg.sources.sssom_row import Row
from kg.sources.sssom_rows import last_day_on_earth, read_rows
from kg.sources.stored_source import addresses_of
from kg.vocab import (
    DCTERMS,
    OWL,
    PAV,
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
    below,
)

SUFFIX = ".sssom.tsv"

CONCEPTS = ("code/", "id/modality/", "id/topic/")
"""Where our concepts are, below the base. A SKOS match would make anything else a concept."""


Said = tuple[str, NamedNode | Literal | None]
"""A property and a value; None where the file does not say it."""


@dataclass(frozen=True)
class MappingSet:
    """One file of mappings. ``iri`` names the set and the graph of its quads.

    ``lines`` are those of the rows by the IRIs of both their ends, the first one of each;
    ``pairs`` those of the rows by both ends together.
    """

    iri: NamedNode
    title: str
    license: NamedNode
    quads: tuple[Quad, ...]
    rows: int
    lines: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]


def read_mappings(path: Path, base: str, center: str = "") -> MappingSet:
    """Return the mappings of a ``.sssom.tsv`` file as quads.

    All lie in the graph that ``mapping_set_id`` names: ``{base}graph/mapping/``, the slug of
    the center whose file it is, if it is of one, and the name of the file. A row gives a link and a ``kg:Mapping``, which says of the link what
    the row does. Raises SourceErrors with every bad row, SourceError where the file as a
    whole is wrong.
    """
    iris = Iris(base)
    header, creators, rows = read_rows(path, base)
    iri = iris.graph(f"{below('mapping', center)}/{path.name.removesuffix(SUFFIX)}")
    if str(header.id) != iri.value:
        fix = f"name the set after its file, {iri.value}"
        raise SourceError(path, None, f"mapping_set_id is {header.id}", fix)
    if not header.title or not header.license:
        slot = "license" if header.title else "mapping_set_title"
        raise SourceError(path, None, f"the header has no {slot}", "add it")
    if header.publication_date and header.publication_date > last_day_on_earth():
        what = f"publication_date is {header.publication_date}, in the future"
        raise SourceError(path, None, what, "write the day on which it happened")
    quads = [*_set_quads(iri, header, creators, iris)]
    for row in sorted(rows, key=lambda row: (row.subject, row.object)):
        quads += _row_quads(row, iri, iris)
    lines = {end: row.line for row in reversed(rows) for end in (row.subject, row.object)}
    license_ = NamedNode(str(header.license))
    pairs = {(row.subject, row.object): row.line for row in rows}
    return MappingSet(iri, header.title, license_, tuple(quads), len(rows), lines, pairs)


def center_of(path: Path) -> str:
    """Return the slug of the center whose folder a mapping file lies in; empty for any other.

    >>> center_of(Path("data/lake/mappings/people.sssom.tsv"))
    'lake'
    >>> center_of(Path("data/mappings/people.sssom.tsv"))
    ''
    """
    folders = path.absolute().parts[-4:-1]
    return folders[1] if folders[::2] == ("data", "mappings") else ""


def file_of_set(name: str) -> str:
    """Return the path of the file of a set, by its graph's name behind ``graph/mapping/``.

    >>> file_of_set("places"), file_of_set("lake/people")
    ('data/mappings/places.sssom.tsv', 'data/lake/mappings/people.sssom.tsv')
    """
    center, _slash, word = name.rpartition("/")
    return f"data/{below(center, 'mappings') if center else 'mappings'}/{word}{SUFFIX}"


def set_of_file(path: str) -> str:
    """Return the name of a set by the path of its file: ``file_of_set``, the other way round.

    >>> set_of_file("data/lake/mappings/people.sssom.tsv")
    'lake/people'
    """
    return path.removeprefix("data/").replace("mappings/", "", 1).removesuffix(SUFFIX)


def doubled_pairs(files: Iterable[tuple[Path, MappingSet]]) -> Iterator[SourceError]:
    """Yield each row about a pair that a file before has a row about: one match per pair."""
    seen: dict[tuple[str, str], tuple[Path, int]] = {}
    for path, mapping_set in files:
        for pair, line in mapping_set.pairs.items():
            before, number = seen.setdefault(pair, (path, line))
            if before != path:
                what = f"line {number} of {before.name} is about {pair[0]} and {pair[1]} too"
                yield SourceError(path, line, what, "keep one of the two")


def _set_quads(
    iri: NamedNode, header: Header, creators: Sequence[str], iris: Iris
) -> Iterator[Quad]:
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
    for creator in creators:
        yield Quad(iri, NamedNode(DCTERMS + "creator"), NamedNode(creator), iri)
    for label in header.creator_label or ():
        yield Quad(iri, NamedNode(SSSOM + "creator_label"), Literal(label), iri)
    if header.version:
        yield Quad(iri, NamedNode(OWL + "versionInfo"), Literal(header.version), iri)
    if day := _date(header.publication_date):
        yield Quad(iri, NamedNode(DCTERMS + "issued"), day, iri)


def _row_quads(row: Row, graph: NamedNode, iris: Iris) -> Iterator[Quad]:
    subject, target = NamedNode(row.subject), NamedNode(row.object)
    yield Quad(subject, link_property(row.subject, row.match, iris.base), target, graph)
    node = mapping_iri(graph, row.subject.removeprefix(iris.base), row.mapping.object.curie)
    # SSSOM's own RDF reifies with owl:annotatedSource and its kin, which OWL reserves for
    # axioms: our terms say the same of a link without making the graph one about axioms.
    yield Quad(node, RDF_TYPE, iris.term("Mapping"), graph)
    yield Quad(node, iris.term("mappingSubject"), subject, graph)
    yield Quad(node, iris.term("mappingPredicate"), NamedNode(SKOS + row.match), graph)
    yield Quad(node, iris.term("mappingObject"), target, graph)
    for property_, value in (*_evidence(row), *_makers(row)):
        if value is not None:
            yield Quad(node, NamedNode(property_), value, graph)
    yield from _stored_source(node, row, graph, iris)
    yield Quad(node, NamedNode(DCTERMS + "isPartOf"), graph, graph)


def _evidence(row: Row) -> Iterator[Said]:
    """Yield what the mapping rests on: the slots that SSSOM has for it."""
    mapping = row.mapping
    yield SSSOM + "mapping_justification", NamedNode(SEMAPV + mapping.justification.identifier)
    yield SSSOM + "subject_source", _node(row.subject_source)
    yield SSSOM + "subject_source_version", _plain(mapping.subject_source_version)
    yield SSSOM + "object_label", _english(mapping.object_name)
    yield SSSOM + "object_source", _node(row.object_source)
    yield SSSOM + "object_source_version", _plain(mapping.object_source_version)
    yield SSSOM + "confidence", _decimal(mapping.confidence)
    yield RDFS + "comment", _english(mapping.comment)


def _makers(row: Row) -> Iterator[Said]:
    """Yield who and what made and reviewed the mapping, and when.

    The properties are those that the schema of SSSOM gives its slots: ``author_id`` is
    ``pav:authoredBy``, ``mapping_date`` is ``dcterms:created``.
    """
    mapping, tool = row.mapping, row.mapping.mapping_tool
    yield from ((PAV + "authoredBy", NamedNode(iri)) for iri in row.authors)
    yield from ((SSSOM + "author_label", Literal(label)) for label in row.author_labels)
    yield DCTERMS + "created", _date(mapping.mapping_date)
    if tool:
        yield SSSOM + "mapping_tool", _plain(tool.name)
        yield SSSOM + "mapping_tool_id", _node(row.tool)
        yield SSSOM + "mapping_tool_version", _plain(tool.version)
    yield from ((SSSOM + "reviewer_id", NamedNode(iri)) for iri in row.reviewers)
    yield from ((SSSOM + "reviewer_label", Literal(label)) for label in row.reviewer_labels)
    yield SSSOM + "review_date", _date(mapping.review_date)
    yield SSSOM + "mapping_provider", _node(str(mapping.provider) if mapping.provider else None)


def _stored_source(node: NamedNode, row: Row, graph: NamedNode, iris: Iris) -> Iterator[Quad]:
    if row.stored_source:
        yield Quad(node, iris.term("storedSource"), Literal(row.stored_source), graph)
        for address in addresses_of(row.stored_source):
            yield Quad(node, NamedNode(DCTERMS + "source"), NamedNode(address), graph)


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


def _node(iri: str | None) -> NamedNode | None:
    return NamedNode(iri) if iri else None


def _date(day: date | None) -> Literal | None:
    return Literal(day.isoformat(), datatype=NamedNode(XSD + "date")) if day else None


def _decimal(value: float | None) -> Literal | None:
    if value is None:
        return None
    # SSSOM says xsd:double, which has no short canonical form: 0.95 would become 9.5E-1.
    text = format(Decimal(str(value)).normalize(), "f")
    return Literal(text, datatype=NamedNode(XSD + "decimal"))
