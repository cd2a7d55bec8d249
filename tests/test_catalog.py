"""DCAT in the description: what DCAT-AP 3.0.1 asks, and files as they are."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHARED, BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, parse
from rdflib import RDF, RDFS, SH, XSD, Graph, URIRef
from rdflib import Literal as RdflibLiteral

from kg.check.shacl import validate
from kg.config import Config, Keywords, Theme
from kg.formats import BY_EXTENSION
from kg.query.describe import graph_quads
from kg.query.embedded import EmbeddedEngine
from kg.release.build import write_release
from kg.release.folder import open_release
from kg.vocab import DCAT, DCTERMS, FOAF, RDF_TYPE, SKOS, SPDX, VCARD, VOID, Iris
from kg.web.profiles import DCAT_AP

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
SHAPES = SHARED / "w3c" / "dcat-ap"


def described(engine: EmbeddedEngine) -> list[Quad]:
    """Return the description as it is served."""
    return graph_quads(engine, Iris(engine.base).graph("description").value)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """The shapes of DCAT-AP 3.0.1 with those of the ranges; each file refers to the other."""
    graph = Graph()
    for name in ("dcat-ap-SHACL.ttl", "ranges.ttl"):
        if not (SHAPES / name).exists():
            pytest.skip(reason=f"{SHAPES / name} is missing: it is shared test data")
        graph.parse(SHAPES / name)
    assert len(set(graph.subjects(SH.path))) == 292
    # Five properties of nodes are in neither file; pySHACL refuses what refers to nothing.
    missing = [
        t for t in graph.triples((None, SH.property, None)) if (t[2], None, None) not in graph
    ]
    assert len(missing) == 5
    for triple in missing:
        graph.remove(triple)
    return graph


def report_on(quads: list[Quad], shapes: Graph) -> Graph:
    """Return the report of DCAT-AP's shapes on a description."""
    resource = NamedNode(str(RDFS.Resource))
    # RDF Schema, 2.1: whatever has an IRI is a resource. Validation infers nothing.
    everything = {
        Quad(q.object, NamedNode(str(RDF.type)), resource)
        for q in quads
        if isinstance(q.object, NamedNode)
    }
    return validate([*quads, *everything], shapes)


def conforms(report: Graph) -> bool:
    return (None, SH.conforms, RdflibLiteral(True)) in report


def test_the_description_conforms_to_dcat_ap(release: BuiltRelease, shapes: Graph) -> None:
    report = report_on(described(release.engine), shapes)
    assert conforms(report), report.serialize()


@pytest.mark.parametrize("extension", ["ttl", "jsonld"])
def test_the_dcat_that_is_served_conforms_to_dcat_ap(
    client: FlaskClient, shapes: Graph, extension: str
) -> None:
    response = client.get(f"/data/dataset.dcat-ap.{extension}")
    assert response.headers["Content-Profile"] == f"<{DCAT_AP}>"
    quads = list(parse(response.data, BY_EXTENSION[extension].engine))
    # As it stands, and not through our store.
    assert {q.object for q in quads if q.subject == DATASET and q.predicate == RDF_TYPE} >= {
        NamedNode(DCAT + "Dataset")
    }
    report = report_on(quads, shapes)
    assert conforms(report), report.serialize()
    less = [q for q in quads if q.predicate != NamedNode(DCTERMS + "title")]
    assert not conforms(report_on(less, shapes))


def test_a_catalog_with_theme_and_contact_conforms_too(
    config: Config, tmp_path: Path, shapes: Graph
) -> None:
    theme = Theme("https://example.org/theme", "Theme", "主题")
    config = replace(
        config, keywords=Keywords(("one",)), themes=(theme,), contact_page="https://example.org/us"
    )
    label = NamedNode(str(RDFS.label))
    data = [Quad(IRIS.entity("center", "a"), label, Literal("A"), IRIS.graph("codes"))]
    write_release(data, tmp_path, identifier="0" * 12, config=config, sources={}, verdict=None)
    engine = EmbeddedEngine(open_release(tmp_path).store, BASE)
    report = report_on(described(engine), shapes)
    assert conforms(report), report.serialize()
    rows = engine.select(
        PREFIXES
        + f"SELECT ?word ?theme ?page {{ {DATASET} dcat:keyword ?word ; dcat:theme ?theme ;"
        "dcat:contactPoint/vcard:hasURL ?page }"
    ).texts()
    assert rows == (("one", theme.iri, "https://example.org/us"),)


REFUSED = (
    (DATASET, DCTERMS + "title"),
    (NamedNode(f"{DATASET.value}#catalog"), DCTERMS + "publisher"),
    (NamedNode(f"{DATASET.value}#research-center-kg.ttl"), DCAT + "accessURL"),
    (IRIS.service, DCAT + "endpointURL"),
)


@pytest.mark.parametrize(("subject", "predicate"), REFUSED)
def test_dcat_ap_does_look_at_the_description(
    subject: NamedNode, predicate: str, release: BuiltRelease, shapes: Graph
) -> None:
    quads = described(release.engine)
    less = [q for q in quads if (q.subject, q.predicate.value) != (subject, predicate)]
    assert len(less) < len(quads)
    report = report_on(less, shapes)
    assert {str(path) for path in report.objects(None, SH.resultPath)} == {predicate}


@pytest.mark.parametrize("kind", ["LicenseDocument", "MediaType", "RightsStatement"])
def test_ranges_do_look_at_the_description(kind: str, release: BuiltRelease, shapes: Graph) -> None:
    less = [q for q in described(release.engine) if q.object != NamedNode(DCTERMS + kind)]
    assert not conforms(report_on(less, shapes))


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
