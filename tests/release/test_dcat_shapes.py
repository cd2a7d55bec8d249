"""The description under shapes of our own: what it says of catalog, datasets, files and endpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, parse
from rdflib import RDF, SH, Node, URIRef
from test_catalog import described

from kg.check.shacl import validate
from kg.check.shapes import read_shapes
from kg.config import CONFIG_FILE, read_config
from kg.formats import BY_EXTENSION
from kg.vocab import DCAT, RDF_TYPE
from kg.web.app import create_app

SHAPES = read_shapes([Path(__file__).parents[1] / "cases" / "dcat" / "shapes.ttl"])
OURS = "https://example.org/dcat-shapes#"


@pytest.fixture(scope="module")
def small(tiny_shelf: Path) -> list[Quad]:
    """The DCAT of the smallest instance, as it is served."""
    app = create_app(tiny_shelf / "current", read_config(TINY / CONFIG_FILE))
    served = dcat(app.test_client(), "ttl")
    app.extensions["kg"].close()
    return served


def dcat(client: FlaskClient, extension: str) -> list[Quad]:
    response = client.get(f"/data/dataset.dcat-ap.{extension}")
    assert response.status_code == 200
    return list(parse(response.data, BY_EXTENSION[extension].engine))


def found(quads: list[Quad]) -> set[tuple[Node, str]]:
    """Return what the shapes find: the node, and the name of the shape."""
    report = validate(quads, SHAPES)
    return {
        (focus, str(report.value(result, SH.sourceShape)).removeprefix(OURS))
        for result in report.subjects(RDF.type, SH.ValidationResult)
        for focus in report.objects(result, SH.focusNode)
    }


def test_the_description_conforms(release: BuiltRelease) -> None:
    assert found(described(release.engine)) == set()


@pytest.mark.parametrize("extension", ["ttl", "jsonld"])
def test_the_dcat_that_is_served_conforms(client: FlaskClient, extension: str) -> None:
    assert found(dcat(client, extension)) == set()


def test_the_dcat_of_the_smallest_instance_conforms(small: list[Quad]) -> None:
    assert found(small) == set()


# --- each shape does look -------------------------------------------------------------------

PROPERTIES = sorted(
    (str(shape).removeprefix(OURS), target, URIRef(str(kind)))
    for owner, shape in SHAPES.subject_objects(SH.property)
    if isinstance(shape, URIRef)
    for target in (SH.targetClass, SH.targetObjectsOf)
    for kind in SHAPES.objects(owner, target)
)
"""Every property shape with everything that it is a shape of."""


def of(*parameters: URIRef) -> list[Any]:
    """Return the property shapes that have one of ``parameters``; all where none is named."""
    return [
        pytest.param(name, target, kind, id=f"{name}-{kind.split('/')[-1].split('#')[-1]}")
        for name, target, kind in PROPERTIES
        if not parameters or any(SHAPES.value(URIRef(OURS + name), p) for p in parameters)
    ]


def focus_of(quads: list[Quad], target: URIRef, kind: URIRef) -> NamedNode:
    """Return the first node that a shape with this target looks at."""
    nodes = (
        (q.subject for q in quads if q.predicate == RDF_TYPE and q.object == NamedNode(kind))
        if target == SH.targetClass
        else (q.object for q in quads if q.predicate == NamedNode(kind))
    )
    return min((node for node in nodes if isinstance(node, NamedNode)), key=str)


def stating(quads: list[Quad], name: str, focus: NamedNode) -> Iterator[Quad]:
    """Yield the statements about ``focus`` that a property shape looks at."""
    path = SHAPES.value(URIRef(OURS + name), SH.path)
    inverse = SHAPES.value(path, SH.inversePath)
    predicate = NamedNode(str(inverse or path))
    for quad in quads:
        end = quad.object if inverse else quad.subject
        if quad.predicate == predicate and end == focus:
            yield quad


def test_every_property_shape_has_a_name_and_asks_for_something() -> None:
    named = {shape for shape in SHAPES.subjects(SH.path) if isinstance(shape, URIRef)}
    assert {URIRef(OURS + name) for name, _, _ in PROPERTIES} == named
    assert len(named) > 30
    minima = {SHAPES.value(URIRef(OURS + name), SH.minCount) for name, _, _ in PROPERTIES}
    assert None not in minima


@pytest.mark.parametrize(("name", "target", "kind"), of())
def test_a_property_that_is_taken_away_is_found(
    small: list[Quad], name: str, target: URIRef, kind: URIRef
) -> None:
    focus = focus_of(small, target, kind)
    gone = set(stating(small, name, focus))
    assert gone
    assert (URIRef(focus.value), name) in found([q for q in small if q not in gone])


@pytest.mark.parametrize(("name", "target", "kind"), of(SH["class"]))
def test_a_value_without_its_class_is_found(
    small: list[Quad], name: str, target: URIRef, kind: URIRef
) -> None:
    focus = focus_of(small, target, kind)
    ends = {end for q in stating(small, name, focus) for end in (q.subject, q.object)} - {focus}
    class_ = NamedNode(str(SHAPES.value(URIRef(OURS + name), SH["class"])))
    less = [
        q for q in small if q.subject not in ends or (q.predicate, q.object) != (RDF_TYPE, class_)
    ]
    assert len(less) < len(small)
    assert (URIRef(focus.value), name) in found(less)


@pytest.mark.parametrize(("name", "target", "kind"), of(SH.datatype, SH.pattern, SH.nodeKind))
def test_a_value_of_another_kind_is_found(
    small: list[Quad], name: str, target: URIRef, kind: URIRef
) -> None:
    focus = focus_of(small, target, kind)
    told = set(stating(small, name, focus))
    other = [Quad(q.subject, q.predicate, Literal("other", language="en")) for q in told]
    assert (URIRef(focus.value), name) in found([q for q in small if q not in told] + other)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_told_as_packed_where_it_is(small: list[Quad], packed: bool) -> None:
    distribution, packing = NamedNode(DCAT + "Distribution"), NamedNode(DCAT + "compressFormat")
    files = [q.subject for q in small if q.object == distribution]
    file = next(f for f in files if str(f).endswith(".ttl.gz>" if packed else ".ttl>"))
    gzip = next(q for q in small if q.predicate == packing)
    told = Quad(file, packing, gzip.object)
    changed = [q for q in small if q != told] if packed else [*small, told]
    assert len(changed) != len(small)
    assert found(changed) == {(URIRef(str(file).strip("<>")), "Packing")}
