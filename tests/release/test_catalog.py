"""DCAT in the description: what DCAT-AP 3.0.1 asks, and files as they are."""

import hashlib

from conftest import BuiltRelease
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import RDF, RDFS, XSD, URIRef

from kg.query.describe import graph_quads
from kg.query.embedded import EmbeddedEngine
from kg.vocab import DCAT, DCTERMS, FOAF, SKOS, SPDX, VCARD, VOID, Iris

BASE = "https://w3id.org/research-center-kg/"
IRIS = Iris(BASE)
DATASET = IRIS.dataset
DESCRIPTION = IRIS.graph("description")
PREFIXES = "".join(
    f"PREFIX {name}: <{namespace}>\n"
    for name, namespace in {
        "dcat": DCAT,
        "dcterms": DCTERMS,
        "foaf": FOAF,
        "skos": SKOS,
        "spdx": SPDX,
        "void": VOID,
        "vcard": VCARD,
    }.items()
)


def described(engine: EmbeddedEngine) -> list[Quad]:
    """Return the description as it is served."""
    return graph_quads(engine, Iris(engine.base).graph("description").value)


def test_a_size_is_served_as_dcat_has_it_and_stored_as_the_engine_has_it(
    release: BuiltRelease,
) -> None:
    predicate = NamedNode(DCAT + "byteSize")
    served = {q.object for q in described(release.engine) if q.predicate == predicate}
    stored = {
        q.object
        for q in release.release.store.quads_for_pattern(None, predicate, None, DESCRIPTION)
    }
    types = [
        {term.datatype.value for term in terms if isinstance(term, Literal)}
        for terms in (served, stored)
    ]
    assert types == [{str(XSD.nonNegativeInteger)}, {str(XSD.integer)}]
    assert {str(term).split("^")[0] for term in served} == {
        str(term).split("^")[0] for term in stored
    }


# --- every file is told, and told right ----------------------------------------------------

FILES = """
SELECT ?url ?size ?sha ?media ?format ?packed {
  ?dataset a dcat:Dataset ; dcat:distribution ?file .
  ?file dcat:downloadURL ?url ; dcat:accessURL ?url ; dcat:byteSize ?size ; dcat:mediaType ?media ;
    dcterms:format ?format ; dcterms:license ?license ;
    spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue ?sha ] .
  OPTIONAL { ?file dcat:compressFormat ?packed }
}
"""


def test_every_dump_is_told_with_its_size_and_checksum(release: BuiltRelease) -> None:
    told = {row[0]: row for row in release.engine.select(PREFIXES + FILES).texts()}
    dumps = release.folder / "dumps"
    paths = {p.relative_to(dumps).as_posix() for p in dumps.rglob("*") if p.is_file()}
    assert {url.removeprefix(f"{BASE}dumps/") for url in told} == paths
    assert len(paths) > 300
    for url, size, sha256, _media, _format, packed in told.values():
        path = dumps / url.removeprefix(f"{BASE}dumps/")
        assert int(size) == path.stat().st_size
        assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert bool(packed) is path.name.endswith(".gz")


def test_the_catalog_lists_the_dataset_its_parts_and_the_service(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + "SELECT ?catalog ?dataset { ?catalog a dcat:Catalog ; dcat:dataset ?dataset ;"
        f" dcat:service {IRIS.service} ; foaf:homepage <{BASE}> }}"
    ).texts()
    assert {catalog for catalog, _ in rows} == {f"{DATASET.value}#catalog"}
    listed = {dataset for _, dataset in rows}
    datasets = release.engine.select(PREFIXES + "SELECT ?d { ?d a dcat:Dataset ; dcat:version ?v }")
    assert listed == {iri for (iri,) in datasets.texts()}
    assert {DATASET.value, f"{DATASET.value}#kind/figure"} < listed


def test_what_is_not_stated_is_not_said(release: BuiltRelease) -> None:
    # Neither kg.toml nor the sources give a place, a period, a frequency or a contact.
    said = {q.predicate.value for q in described(release.engine) if q.subject == DATASET}
    for name in ("spatial", "temporal", "accrualPeriodicity", "creator"):
        assert DCTERMS + name not in said
    assert DCAT + "contactPoint" not in said


def test_every_word_of_the_description_is_declared_and_named(release: BuiltRelease) -> None:
    quads = described(release.engine)
    kind = str(RDF.type)
    words = {q.predicate for q in quads}
    words |= {q.object for q in quads if q.predicate.value == kind}  # type: ignore[misc]  # classes are IRIs
    named = {
        word
        for word in words
        if release.engine.query(
            f'ASK {{ {word} <{RDFS.label}> ?en, ?zh FILTER(LANG(?en) = "en" && LANG(?zh) = "zh") }}'
        )
    }
    assert {w.value for w in words - named} == set()
    assert URIRef(DCAT + "Catalog") in {URIRef(w.value) for w in words}
