"""The description under shapes of our own: what it says of catalog, datasets, files and endpoint."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from conftest import TINY, BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, parse
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


def found(quads: list[Quad]) -> set[tuple[Node, str, Node | None]]:
    """Return what the shapes find: the node, the name of the shape, and what in it was broken."""
    report = validate(quads, SHAPES)
    return {
        (
            focus,
            str(report.value(result, SH.sourceShape)).removeprefix(OURS),
            report.value(result, SH.sourceConstraintComponent),
        )
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


# --- each constraint does look ----------------------------------------------------------------

CONSTRAINTS = {
    SH.minCount: 33,
    SH.maxCount: 19,
    SH["class"]: 19,
    SH.datatype: 6,
    SH.nodeKind: 5,
    SH.languageIn: 4,
    SH.uniqueLang: 4,
    SH.minLength: 2,
    SH.pattern: 2,
    SH.equals: 1,
}
"""How many property shapes have each: one that is lost would take its own case with it."""
OTHER = NamedNode("https://example.org/other")
WRONG: dict[URIRef, NamedNode | Literal] = {
    SH.datatype: Literal("other", language="en"),
    SH.nodeKind: Literal("other", language="en"),
    SH.equals: OTHER,
}
"""A value that takes the place of the right ones."""
TOO_MUCH: dict[URIRef, NamedNode | Literal] = {
    SH.maxCount: OTHER,
    SH.uniqueLang: Literal("other", language="en"),
    SH.languageIn: Literal("autre", language="fr"),
    SH.minLength: Literal("", language="en"),
}
"""A value that stands beside the right ones."""
CASES = sorted(
    (str(shape).removeprefix(OURS), target, URIRef(str(kind)), parameter)
    for owner, shape in SHAPES.subject_objects(SH.property)
    if isinstance(shape, URIRef)
    for target in (SH.targetClass, SH.targetObjectsOf)
    for kind in SHAPES.objects(owner, target)
    for parameter in CONSTRAINTS
    if (shape, parameter, None) in SHAPES
)
"""Every constraint of a property shape with everything that it is a shape of."""


def focus_of(quads: list[Quad], target: URIRef, kind: URIRef) -> NamedNode:
    """Return the first node that a shape with this target looks at."""
    nodes = (
        (q.subject for q in quads if q.predicate == RDF_TYPE and q.object == NamedNode(kind))
        if target == SH.targetClass
        else (q.object for q in quads if q.predicate == NamedNode(kind))
    )
    return min((node for node in nodes if isinstance(node, NamedNode)), key=str)


def around(quads: list[Quad], focus: NamedNode) -> list[Quad]:
    """Return what is said about ``focus``, with the types of what it is linked with."""
    about = [q for q in quads if focus in {q.subject, q.object}]
    linked = {end for q in about for end in (q.subject, q.object)}
    return about + [q for q in quads if q.predicate == RDF_TYPE and q.subject in linked - {focus}]


def stating(quads: list[Quad], name: str, focus: NamedNode) -> list[Quad]:
    """Return the statements about ``focus`` that a property shape looks at."""
    path = SHAPES.value(URIRef(OURS + name), SH.path)
    inverse = SHAPES.value(path, SH.inversePath)
    predicate = NamedNode(str(inverse or path))
    return [
        q
        for q in quads
        if q.predicate == predicate and focus == (q.object if inverse else q.subject)
    ]


def spoiled(
    quads: list[Quad], name: str, focus: NamedNode, parameter: URIRef
) -> Iterator[list[Quad]]:
    """Yield the statements as they must not be, in each way that breaks this one constraint."""
    told = stating(quads, name, focus)
    asked = SHAPES.value(URIRef(OURS + name), parameter)
    if parameter == SH.minCount:
        for kept in combinations(told, int(str(asked)) - 1):
            yield [q for q in quads if q not in told or q in kept]
    elif parameter == SH["class"]:
        for end in {end for q in told for end in (q.subject, q.object)} - {focus}:
            lost = (end, RDF_TYPE, NamedNode(str(asked)))
            yield [q for q in quads if (q.subject, q.predicate, q.object) != lost]
    elif parameter == SH.pattern:
        (right,) = (q.object for q in told)
        assert isinstance(right, Literal)
        short = Literal(right.value[:-1], datatype=right.datatype)
        yield [Quad(q.subject, q.predicate, short) if q in told else q for q in quads]
    else:
        value = WRONG.get(parameter) or TOO_MUCH[parameter]
        added = Quad(focus, told[0].predicate, value)
        yield [*(q for q in quads if q not in told or parameter in TOO_MUCH), added]


def test_every_constraint_of_a_property_is_counted() -> None:
    shapes = {shape for shape in SHAPES.subjects(SH.path) if isinstance(shape, URIRef)}
    assert {URIRef(OURS + name) for name, *_ in CASES} == shapes
    said = Counter(p for shape in shapes for p in SHAPES.predicates(shape) if p != SH.path)
    assert said == CONSTRAINTS
    least = Counter(int(str(SHAPES.value(shape, SH.minCount))) for shape in shapes)
    assert least == {1: 28, 2: 5}


@pytest.mark.parametrize(
    ("name", "target", "kind", "parameter"),
    [
        pytest.param(*case, id="-".join([case[0], *(re.split("[/#]", c)[-1] for c in case[2:])]))
        for case in CASES
    ],
)
def test_what_a_constraint_forbids_is_found(
    small: list[Quad], name: str, target: URIRef, kind: URIRef, parameter: URIRef
) -> None:
    focus = focus_of(small, target, kind)
    part = around(small, focus)
    constraint = parameter.removeprefix(str(SH))
    component = URIRef(f"{SH}{constraint[0].upper()}{constraint[1:]}ConstraintComponent")
    finding = (URIRef(focus.value), name, component)
    assert finding not in found(part)
    ways = list(spoiled(part, name, focus, parameter))
    assert ways
    assert [way for way in ways if finding not in found(way)] == []


def test_a_dataset_without_an_address_is_found(small: list[Quad]) -> None:
    dataset = focus_of(small, SH.targetClass, URIRef(DCAT + "Dataset"))
    nameless = [
        Quad(BlankNode("d") if q.subject == dataset else q.subject, q.predicate, q.object)
        for q in around(small, dataset)
        if q.object != dataset
    ]
    assert "Offered" in {shape for _, shape, _ in found(nameless)}


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_told_as_packed_where_it_is(small: list[Quad], packed: bool) -> None:
    distribution, packing = NamedNode(DCAT + "Distribution"), NamedNode(DCAT + "compressFormat")
    files = [q.subject for q in small if q.object == distribution]
    file = next(f for f in files if str(f).endswith(".ttl.gz>" if packed else ".ttl>"))
    gzip = next(q for q in small if q.predicate == packing)
    told = Quad(file, packing, gzip.object)
    changed = [q for q in small if q != told] if packed else [*small, told]
    assert len(changed) != len(small)
    assert found(changed) == {
        (URIRef(str(file).strip("<>")), "Packing", SH.XoneConstraintComponent)
    }
