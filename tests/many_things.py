"""Makes a release of many made-up things, to see what grows with their number."""

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.config import Config
from kg.release.build import write_release
from kg.vocab import RDF_TYPE, Iris

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix kg: <{base}ontology#> .
<{base}shapes#Pond> a sh:NodeShape ; sh:targetClass kg:Pond ;
  sh:property <{base}shapes#Pond-depth>, <{base}shapes#Pond-color>, <{base}shapes#Pond-owner> .
<{base}shapes#Pond-depth> sh:path kg:depth ; sh:datatype xsd:integer ; sh:order 2 ;
  sh:name "Depth"@en, "深度"@zh .
<{base}shapes#Pond-color> sh:path kg:color ; sh:class kg:Color ; sh:order 1 ;
  sh:name "Color"@en, "颜色"@zh .
<{base}shapes#Pond-owner> sh:path kg:owner ; sh:class kg:Person ; sh:order 3 ;
  sh:name "Owner"@en, "所有者"@zh .
"""


def pond_quads(base: str, number: int) -> list[Quad]:
    """Return ponds: named, with a depth, one of four colors, every second with an owner of its own."""
    iris = Iris(base)
    graph = iris.graph("ponds")
    label = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    pond = iris.term("Pond")
    quads = [
        Quad(pond, iris.term("kind"), Literal("pond"), graph),
        Quad(pond, NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), Literal("pond", language="en"), graph),
    ]  # fmt: skip
    quads += [
        Quad(iris.code("color", color), label, Literal(color, language="en"), graph)
        for color in ("blue", "brown", "green", "grey")
    ]
    for n in range(number):
        node = iris.entity("pond", f"p{n:05}")
        color = iris.code("color", ("blue", "brown", "green", "grey")[n % 4])
        quads += [
            Quad(node, RDF_TYPE, pond, graph),
            Quad(node, label, Literal(f"Pond {n:05}", language="en"), graph),
            Quad(node, iris.term("depth"), Literal(n % 97), graph),
            Quad(node, iris.term("color"), color, graph),
        ]
        if n % 2:
            owner = iris.entity("person", f"o{n:05}")
            quads.append(Quad(node, iris.term("owner"), owner, graph))
    return quads


def write_ponds(folder: Path, config: Config, number: int) -> None:
    """Write a release of ``number`` ponds into ``folder``, with the shape of a pond."""
    shapes = folder / "sources" / "shapes"
    shapes.mkdir(parents=True)
    text = SHAPES.format(base=config.base)
    assert list(parse(text.encode(), RdfFormat.TURTLE))
    (shapes / "pond.ttl").write_text(text, encoding="utf-8")
    quads = pond_quads(config.base, number)
    write_release(quads, folder, identifier="0" * 12, config=config, sources={})
