"""The description of the release under the published shapes of DCAT-AP 3.0.1."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import BuiltRelease, needed_suite
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, parse
from rdflib import RDF, RDFS, SH, Graph
from rdflib import Literal as RdflibLiteral
from test_catalog import BASE, DATASET, IRIS, PREFIXES, described

from kg.check.shacl import validate
from kg.config import Config, Keywords, Theme
from kg.formats import BY_EXTENSION
from kg.query.embedded import EmbeddedEngine
from kg.release.build import write_release
from kg.release.folder import open_release
from kg.vocab import DCAT, DCTERMS, RDF_TYPE
from kg.web.profiles import DCAT_AP


@pytest.fixture(scope="module")
def shapes() -> Graph:
    """The shapes of DCAT-AP 3.0.1 with those of the ranges; each file refers to the other."""
    graph = Graph()
    for name in ("dcat-ap-SHACL.ttl", "ranges.ttl"):
        graph.parse(needed_suite("w3c", "dcat-ap", name))
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
