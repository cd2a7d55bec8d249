"""Prefixes of SPARQL constraints, declared with a node that has a name and one that has none."""

from pathlib import Path

import pytest

from kg.check.shapes import read_shapes
from kg.errors import SourceErrors

SHAPE = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:shape a sh:NodeShape ;
  sh:targetNode ex:thing ;
  sh:sparql [ sh:prefixes ex:prefixes ; sh:select "SELECT $this { $this ex:is ?value }" ] .
"""
DECLARED = {
    "of a node without a name": 'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] .',
    "of a node with a name": 'ex:prefixes sh:declare ex:one . ex:one sh:prefix "ex" ; sh:namespace "https://example.org/" .',
}
UNDECLARED = {
    "of nothing": "",
    "without a namespace": 'ex:prefixes sh:declare [ sh:prefix "ex" ] .',
    "of a node that nothing is said of": "ex:prefixes sh:declare ex:one .",
}


def read(folder: Path, declaration: str) -> None:
    path = folder / "shape.ttl"
    path.write_text(SHAPE + declaration, encoding="utf-8")
    read_shapes([path])


@pytest.mark.parametrize("declaration", DECLARED.values(), ids=DECLARED)
def test_a_declared_prefix_is_known(tmp_path: Path, declaration: str) -> None:
    read(tmp_path, declaration)


@pytest.mark.parametrize("declaration", UNDECLARED.values(), ids=UNDECLARED)
def test_a_prefix_that_is_not_declared_is_told(tmp_path: Path, declaration: str) -> None:
    with pytest.raises(SourceErrors, match="no PREFIX line declares ex:; mend the query"):
        read(tmp_path, declaration)
