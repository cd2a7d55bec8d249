"""Each shape refuses what it should, and nothing else.

A case is a file: ``cases/shapes/<file of the shape>/valid-*`` fits, ``invalid-*`` names in its
first lines the shape that refuses it, the constraint component, the severity where it is no
violation, and in ``# also:`` further results that cannot be avoided. A case stands on the
ontology, the code lists and ``background.ttl``; a Turtle case is read into the graph of a claim.

``python tests/unit/test_shapes.py`` prints for each file of shapes what it holds and how many cases
try it.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib import RDF, RDFS, SH, XSD, BNode, Dataset, Graph, Literal, Namespace, Node, URIRef

from kg.check.shacl import PreparedDataset

ROOT = Path(__file__).parents[2]
BASE = "https://w3id.org/research-center-kg/"
SHAPES = Namespace(BASE + "shapes#")
KG = Namespace(BASE + "ontology#")
ONTOLOGY = URIRef(BASE + "ontology")
CASE_GRAPH = URIRef(BASE + "claim/case/C001")
CASES = Path(__file__).parents[1] / "cases" / "shapes"
PATHS = sorted([*CASES.glob("*/*.ttl"), *CASES.glob("*/*.trig")])
VALID = [path for path in PATHS if path.name.startswith("valid-")]
INVALID = [path for path in PATHS if path.name.startswith("invalid-")]

HEADER = re.compile(r"# (about|violates|component|severity|also): (.+)")
# What a shape may say beside its constraints (SHACL 1.0, 2.1 and 2.3; the rest belongs to one).
NO_CONSTRAINT = {
    *("path", "name", "description", "order", "group", "severity", "message", "property"),
    *("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "deactivated"),
    *("qualifiedValueShape", "ignoredProperties"),
}
SUFFIX = "ConstraintComponent"
COMPONENTS = {"sparql": "SPARQL"}
"""Where the component is not named after its parameter."""
KINDS_EXPECTED = {
    *("center", "institution", "person", "membership", "designation", "figure", "award"),
    *("ranking", "priority-claim", "achievement-group", "method", "modality", "probe"),
    *("probe-set", "radionuclide", "substance", "therapy", "platform", "network", "database"),
    *("ward", "specification", "research-activity", "finding", "plan", "objective", "region"),
    *("disease", "cell", "organism", "topic"),
}

Key = tuple[str, str, str]
"""Shape, constraint component, severity: local names."""


@dataclass(frozen=True)
class Case:
    """What the first lines of a case say."""

    about: str
    expected: Counter[Key]


def read_case(path: Path) -> Case:
    about, shape, component, severity = "", "", "", "Violation"
    also: list[Key] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = HEADER.fullmatch(line)
        if match is None:
            break
        field, value = match[1], match[2]
        if field == "about":
            about = value
        elif field == "violates":
            shape = value.removeprefix("shapes:")
        elif field == "component":
            component = value.removeprefix("sh:")
        elif field == "severity":
            severity = value.removeprefix("sh:")
        else:
            words = [word.partition(":")[2] for word in value.split()]
            also.append((words[0], words[1], words[2] if len(words) > 2 else "Violation"))
    expected = [(shape, component, severity), *also] if shape else also
    return Case(about, Counter(expected))


@cache
def shapes_graph() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


@cache
def shapes() -> ShapesGraph:
    return ShapesGraph(shapes_graph(), logger=logging.getLogger(__name__))


@pytest.fixture(scope="module")
def background() -> Dataset:
    """Return ontology, code lists and what the cases lean on, each file in a graph."""
    dataset = PreparedDataset(default_union=True)
    for name in ("ontology", "external", "codes"):
        dataset.graph(URIRef(f"{BASE}graph/{name}")).parse(ROOT / "ontology" / f"{name}.ttl")
    dataset.graph(URIRef(BASE + "claim/background/C001")).parse(CASES / "background.ttl")
    return dataset


def validate(dataset: Dataset, nodes: set[Node] | None = None) -> Graph:
    """Return the report on ``dataset``: on all its nodes, or on those that are in ``nodes`` too.

    As ``pyshacl.validate``, but the shapes are read once. Its own ``focus_nodes`` would skip
    the shapes that shapes refer to, as if they were met.
    """
    validator = Validator(
        DataGraph.from_rdflib(dataset),
        shacl_graph=shapes_graph(),
        options={"inplace": True, "logger": logging.getLogger(__name__)},
    )
    executor = validator.make_executor()
    found: list[Any] = []
    for shape in shapes().shapes:
        focus = shape.focus_nodes(validator.data_graph)
        if nodes is not None:
            focus &= nodes
        if focus:
            found += shape.validate(executor, validator.data_graph, focus=sorted(focus))[1]
    report, _ = Validator.create_validation_report(shapes(), not found, found)
    assert isinstance(report, Graph)
    return report


def results(report: Graph) -> Counter[Key]:
    """Return shape, component and severity of each result."""

    def local(result: Node, *properties: URIRef) -> str:
        for property_ in properties:
            value = report.value(result, property_)
            if value is not None:
                return str(value).rpartition("#")[2]
        raise AssertionError(f"no {properties} in a result")

    return Counter(
        (
            local(result, SH.sourceConstraint, SH.sourceShape).removesuffix("-query"),
            local(result, SH.sourceConstraintComponent),
            local(result, SH.resultSeverity),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def results_of(path: Path, background: Dataset) -> Counter[Key]:
    """Return what the shapes say of the nodes that a case describes or points to."""
    case = Dataset()
    if path.suffix == ".trig":
        case.parse(path)
    else:
        case.graph(CASE_GRAPH).parse(path)
    quads = [(s, p, o, g) for s, p, o, g in case.quads() if g is not None]
    for s, p, o, g in quads:
        background.add((s, p, o, background.graph(g)))
    nodes = {s for s, _, _, _ in quads} | {o for _, p, o, _ in quads if p != RDF.type}
    if path.parent.name == "thing":
        # The rule on it reads every statement there is: only its own cases pay for that.
        nodes.add(ONTOLOGY)
    try:
        return results(validate(background, nodes))
    finally:
        for g in {g for _, _, _, g in quads}:
            background.remove_graph(g)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_case_fits(path: Path, background: Dataset) -> None:
    assert results_of(path, background) == read_case(path).expected


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_case_is_refused_by_its_shape_alone(path: Path, background: Dataset) -> None:
    assert results_of(path, background) == read_case(path).expected


def test_background_fits(background: Dataset) -> None:
    assert results(validate(background)) == Counter()


def constraints() -> dict[Key, str]:
    """Return every constraint that can answer, with the file that it stands in.

    Those are the constraints of the shapes that have a target, and of the property shapes
    below them. Shapes that only ``sh:or`` and its like refer to give no result of their own.
    """
    graph = shapes_graph()
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    answering = {shape for target in targets for shape in graph.subjects(target)}
    answering |= {below for shape in answering for below in graph.objects(shape, SH.property)}
    files = {
        subject: path.stem
        for path in sorted((ROOT / "shapes").glob("*.ttl"))
        for subject in Graph().parse(path).subjects()
    }
    found: dict[Key, str] = {}
    for shape in answering:
        severity = local_name(graph.value(shape, SH.severity, default=SH.Violation))
        for predicate in set(graph.predicates(shape)):
            parameter = local_name(predicate)
            if not str(predicate).startswith(str(SH)) or parameter in NO_CONSTRAINT:
                continue
            component = f"{COMPONENTS.get(parameter, parameter[0].upper() + parameter[1:])}{SUFFIX}"
            found[(local_name(shape), component, severity)] = files[shape]
    return found


def local_name(node: Node | None) -> str:
    return str(node).rpartition("#")[2]


def invalid_cases() -> Iterator[tuple[Path, Case]]:
    for path in INVALID:
        yield path, read_case(path)


def test_every_constraint_has_an_invalid_case_in_the_folder_of_its_file() -> None:
    tried = {(path.parent.name, key) for path, case in invalid_cases() for key in case.expected}
    untried = {(file, key) for key, file in constraints().items()} - tried
    assert not untried


def test_every_invalid_case_names_a_constraint_that_exists() -> None:
    named = {key for _, case in invalid_cases() for key in case.expected}
    assert named
    assert not named - set(constraints())


def test_every_case_says_what_it_is_about() -> None:
    assert not [name_of(path) for path in PATHS if not read_case(path).about]
    assert not [name_of(path) for path in INVALID if not read_case(path).expected]
    assert not [name_of(path) for path in VALID if read_case(path).expected]


def test_every_file_of_shapes_has_valid_and_invalid_cases() -> None:
    files = {path.stem for path in (ROOT / "shapes").glob("*.ttl")}
    assert {path.parent.name for path in PATHS} == files
    assert {path.parent.name for path in VALID} == files
    assert {path.parent.name for path in INVALID} == files
    assert len(INVALID) >= len(constraints())


def test_every_shape_has_an_iri_of_ours() -> None:
    graph = shapes_graph()
    named = set(graph.subjects(RDF.type, None))
    assert len(named) > len(KINDS_EXPECTED)
    assert not {node for node in named if isinstance(node, BNode)}
    referred = {
        node
        for predicate in (SH.property, SH.sparql, SH.qualifiedValueShape, SH["not"])
        for node in graph.objects(None, predicate)
    }
    assert referred <= named
    # What is left without an IRI: lists, and paths that are no single property.
    blank = {node for node in graph.subjects() if isinstance(node, BNode)}
    lists = set(graph.subjects(RDF.first))
    assert blank - lists <= set(graph.objects(None, SH.path))


def languages(node: Node | None, predicate: URIRef) -> Counter[str | None]:
    return Counter(
        value.language
        for value in shapes_graph().objects(node, predicate)
        if isinstance(value, Literal)
    )


def test_messages_say_in_both_languages_what_to_do() -> None:
    graph = shapes_graph()
    both = Counter(["en", "zh"])
    answering = {SHAPES[shape] for shape, _, _ in constraints()}
    speaking = {graph.value(shape, SH.sparql, default=shape) for shape in answering}
    assert not {node for node in speaking if languages(node, SH.message) != both}
    texts = [str(text) for text in graph.objects(None, SH.message)]
    assert not [text for text in texts if len(text) < 8 or text[-1] not in ".。"]


def test_property_shapes_are_ready_for_pages() -> None:
    graph = shapes_graph()
    both = Counter(["en", "zh"])
    shown = {shape for shape in graph.objects(None, SH.property) if graph.value(shape, SH.group)}
    assert len(shown) > len(KINDS_EXPECTED)
    assert not {shape for shape in shown if languages(shape, SH.name) != both}
    assert not {shape for shape in shown if not isinstance(order_of(shape), int)}
    groups = set(graph.objects(None, SH.group))
    assert groups == set(graph.subjects(RDF.type, SH.PropertyGroup))
    assert not {group for group in groups if languages(group, RDFS.label) != both}


def order_of(shape: Node) -> object:
    order = shapes_graph().value(shape, SH.order)
    return order.value if isinstance(order, Literal) and order.datatype == XSD.integer else None


def test_every_class_with_a_kind_is_closed_and_its_iris_carry_the_kind() -> None:
    ontology = Graph().parse(ROOT / "ontology" / "ontology.ttl")
    kinds = {cls: str(kind) for cls, kind in ontology.subject_objects(KG.kind)}
    assert set(kinds.values()) == KINDS_EXPECTED
    graph = shapes_graph()
    superclasses = {cls: set(ontology.transitive_objects(cls, RDFS.subClassOf)) for cls in kinds}
    for cls, kind in kinds.items():
        nodes = {s for c in superclasses[cls] for s in graph.subjects(SH.targetClass, c)}
        assert any(graph.value(node, SH.closed) for node in nodes), cls
        patterns = {str(graph.value(node, SH.pattern)) for node in nodes}
        assert any(pattern.startswith(f"^{BASE}id/{kind}/") for pattern in patterns), cls


def test_shapes_name_only_terms_that_the_ontology_declares() -> None:
    ontology = Graph()
    for name in ("ontology", "external", "codes"):
        ontology.parse(ROOT / "ontology" / f"{name}.ttl")
    declared = set(ontology.subjects())
    named = {node for triple in shapes_graph() for node in triple if isinstance(node, URIRef)}
    own = {node for node in named if node in KG or str(node).startswith(BASE + "code/")}
    assert own
    assert not own - declared
    queries = " ".join(str(text) for text in shapes_graph().objects(None, SH.select))
    assert not {KG[name] for name in re.findall(r"\bkg:(\w+)", queries)} - declared
    codes = {URIRef(iri) for iri in re.findall(rf"<({BASE}code/[^>]+)>", queries)}
    assert not codes - declared


def test_shapes_are_valid_shacl() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes_graph(), meta_shacl=True)
    assert conforms, text


def table() -> Iterator[str]:
    """Yield a line for each file of shapes: constraints by severity, cases."""
    yield f"{'file':<20}{'violation':>10}{'warning':>9}{'info':>6}{'valid':>7}{'invalid':>9}"
    severities = Counter((file, key[2]) for key, file in constraints().items())
    valid = Counter(path.parent.name for path in VALID)
    invalid = Counter(path.parent.name for path in INVALID)
    files = sorted({path.stem for path in (ROOT / "shapes").glob("*.ttl")})
    for file in files:
        counts = [severities[file, name] for name in ("Violation", "Warning", "Info")]
        yield f"{file:<20}{counts[0]:>10}{counts[1]:>9}{counts[2]:>6}{valid[file]:>7}{invalid[file]:>9}"
    sums = [
        sum(n for (_, s), n in severities.items() if s == name)
        for name in ("Violation", "Warning", "Info")
    ]
    yield f"{'all':<20}{sums[0]:>10}{sums[1]:>9}{sums[2]:>6}{len(VALID):>7}{len(INVALID):>9}"


def test_table_counts_what_there_is() -> None:
    lines = list(table())
    assert len(lines) == len(list((ROOT / "shapes").glob("*.ttl"))) + 2
    total = [int(cell) for cell in lines[-1].split()[1:]]
    assert sum(total[:3]) == len(constraints())
    assert sum(total[3:]) == len(PATHS)


def test_every_word_in_braces_is_a_value_that_the_query_gives() -> None:
    """A name in braces that SELECT does not give would stand in the message as it is."""
    graph = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(path)
    checked = 0
    for constraint, select in graph.subject_objects(SH.select):
        given = set(re.findall(r"[?$](\w+)", str(select).partition("WHERE")[0]))
        for message in graph.objects(constraint, SH.message):
            named = set(re.findall(r"\{[?$](\w+)\}", str(message)))
            checked += len(named)
            assert named <= given, constraint
    assert checked


if __name__ == "__main__":
    print("\n".join(table()))  # noqa: T201 - what it is for
