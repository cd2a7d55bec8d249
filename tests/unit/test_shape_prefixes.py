"""Prefixes of SPARQL constraints, declared with a node that has a name and one that has none."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad
from rdflib import SH, XSD, Graph, Literal

from kg.check.shacl import validate
from kg.check.shapes import read_shapes
from kg.errors import SourceErrors

SHAPE = """
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:shape a sh:NodeShape ;
  sh:targetNode ex:thing ;
  sh:sparql [ sh:prefixes ex:prefixes ; sh:select "SELECT $this { $this ex:is ?value }" ] .
"""
DECLARED = {
    "of a node without a name": 'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] .',
    "of a node with a name": 'ex:prefixes sh:declare ex:one . ex:one sh:prefix "ex" ; sh:namespace "https://example.org/" .',
}
IMPORTED = """
ex:prefixes owl:imports ex:others . ex:others owl:imports ex:prefixes, ex:ours .
ex:ours sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] .
"""
UNDECLARED = {
    "of nothing": "",
    "of an import that declares none": "ex:prefixes owl:imports ex:others, ex:prefixes .",
    "without a namespace": 'ex:prefixes sh:declare [ sh:prefix "ex" ] .',
    "of a node that nothing is said of": "ex:prefixes sh:declare ex:one .",
}


def read(folder: Path, declaration: str) -> Graph:
    path = folder / "shape.ttl"
    path.write_text(SHAPE + declaration, encoding="utf-8")
    return read_shapes([path])


@pytest.mark.parametrize("declaration", DECLARED.values(), ids=DECLARED)
def test_a_declared_prefix_is_known(tmp_path: Path, declaration: str) -> None:
    read(tmp_path, declaration)


def test_prefixes_of_what_is_imported_are_known(tmp_path: Path) -> None:
    shapes = read(tmp_path, IMPORTED)
    thing, is_ = NamedNode("https://example.org/thing"), NamedNode("https://example.org/is")
    assert (None, SH.conforms, Literal("true", datatype=XSD.boolean)) in validate([], shapes)
    report = validate([Quad(thing, is_, thing)], shapes)
    assert [str(focus) for focus in report.objects(None, SH.focusNode)] == [thing.value]


@pytest.mark.parametrize("declaration", UNDECLARED.values(), ids=UNDECLARED)
def test_a_prefix_that_is_not_declared_is_told(tmp_path: Path, declaration: str) -> None:
    with pytest.raises(SourceErrors, match="no PREFIX line declares ex:; mend the query"):
        read(tmp_path, declaration)
