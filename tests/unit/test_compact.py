"""Compact JSON-LD is what PyLD writes, in time that grows with the length of the graph."""

import json
import random
import sys
from collections.abc import Iterable
from typing import Any

import pytest
from pyld import jsonld
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.release.compact import Compactor, is_plain
from kg.release.write import write_compact_jsonld, write_jsonld_tree
from kg.sources.context import load_nothing
from kg.vocab import RDF, RDF_TYPE, XSD

Value = NamedNode | BlankNode | Literal
EX = "https://example.org/"
PLAIN: dict[str, Any] = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "ex": EX,
    "deep": "ex:deep/",
    "xsd": XSD,
    "noPrefix": "https://example.org/no",
    "Thing": "ex:Thing",
    "knows": {"@id": "ex:knows", "@type": "@id"},
    "alsoKnows": {"@id": "ex:knows"},
    "label": {"@id": "ex:label", "@container": "@language"},
    "plainLabel": "ex:label",
    "size": {"@id": "ex:size", "@type": "xsd:integer"},
    "share": {"@id": "ex:share", "@type": "xsd:decimal"},
    "day": {"@id": "ex:day", "@type": "xsd:date"},
}
OTHERS: tuple[dict[str, Any], ...] = (
    {"@vocab": EX},
    {"ex": EX, "label": {"@id": "ex:label", "@language": "en"}},
    {"ex": EX, "label": {"@id": "ex:label", "@container": "@set"}},
    {"ex": EX, "kind": {"@id": "ex:knows", "@type": "@vocab"}, "Thing": "ex:Thing"},
    {"ex": EX, "Thing": {"@id": "ex:Thing", "@context": {"label": "ex:label"}}},
    {"ex": EX, "knownBy": {"@reverse": "ex:knows"}},
)
"""Contexts that say more than what terms stand for."""
VALUES: tuple[Value, ...] = (
    *(NamedNode(f"{EX}deep/{name}") for name in "abc"),
    *(NamedNode(f"{EX}{number}") for number in range(6)),
    *(NamedNode("https://example.org/nothing"), NamedNode("urn:x:y"), NamedNode(EX), BlankNode("b1")),
    *(Literal("text"), Literal("Text", language="en"), Literal("Text two", language="en")),
    *(Literal("文", language="zh"), Literal("x", language="zh-hant"), Literal("https://example.org/")),
    *(Literal(1), Literal(-20), Literal(1.5), Literal(True), Literal("1.50", datatype=NamedNode(XSD + "decimal"))),
    *(Literal("2026-01-01", datatype=NamedNode(XSD + "date")), Literal("x", datatype=NamedNode(f"{EX}own"))),
    *(Literal("INF", datatype=NamedNode(XSD + "double")), Literal('"\\\n\t', language="en")),
)  # fmt: skip
PROPERTIES = tuple(
    NamedNode(EX + name) for name in ("knows", "label", "size", "share", "day", "no")
)


def some_graph(seed: int) -> list[Quad]:
    """Return statements of every sort, and a list or two."""
    chance = random.Random(seed)  # noqa: S311 - cases, no secrets
    things = [NamedNode(f"{EX}{number}") for number in range(8)] + [BlankNode("b1")]
    quads = [
        Quad(chance.choice(things), chance.choice(PROPERTIES), chance.choice(VALUES))
        for _ in range(chance.randrange(1, 60))
    ]
    quads += [
        Quad(chance.choice(things), RDF_TYPE, NamedNode(EX + chance.choice(("Thing", "Other"))))
        for _ in range(chance.randrange(4))
    ]
    items = [chance.choice(VALUES) for _ in range(chance.randrange(3))]
    rest: NamedNode | BlankNode = NamedNode(RDF + "nil")
    for place, item in enumerate(items):
        node = BlankNode(f"list{place}")
        quads += [Quad(node, NamedNode(RDF + "first"), item), Quad(node, NamedNode(RDF + "rest"), rest)]  # fmt: skip
        rest = node
    return [*quads, Quad(things[0], NamedNode(EX + "all"), rest)]


def by_pyld(quads: Iterable[Quad], context: dict[str, Any]) -> dict[str, Any]:
    """Return what PyLD makes of statements."""
    lines = sorted({f"{q.subject} {q.predicate} {q.object} ." for q in quads})
    options = {"documentLoader": load_nothing, "useNativeTypes": True, "graph": True}
    nodes = jsonld.from_rdf("\n".join(lines), {**options, "format": "application/n-quads"})
    nodes.sort(key=lambda node: str(node["@id"]))
    made: dict[str, Any] = jsonld.compact(nodes, context, options)
    return made


def statements(document: bytes) -> set[str]:
    """Return the statements that a JSON-LD document holds, blank nodes named canonically."""
    options = {"documentLoader": load_nothing, "format": "application/n-quads"}
    return {*jsonld.normalize(json.loads(document), options).splitlines()}


@pytest.mark.parametrize("seed", range(60))
def test_a_plain_context_gives_what_pyld_gives(seed: int) -> None:
    quads = some_graph(seed)
    assert is_plain(PLAIN)
    assert json.loads(write_compact_jsonld(quads, PLAIN)) == by_pyld(quads, PLAIN)


@pytest.mark.parametrize("seed", range(20))
def test_a_tree_holds_the_same_statements(seed: int) -> None:
    quads = some_graph(seed)
    tree = write_jsonld_tree(quads, PLAIN, f"{EX}0")
    assert statements(tree) == statements(write_compact_jsonld(quads, PLAIN))
    assert json.loads(tree)["id"] == "ex:0"


@pytest.mark.parametrize("place", range(len(OTHERS)))
def test_any_other_context_is_left_to_pyld(place: int) -> None:
    context = OTHERS[place]
    assert not is_plain(context)
    quads = some_graph(place)
    assert json.loads(write_compact_jsonld(quads, context)) == by_pyld(quads, context)
    for root in (f"{EX}0", f"{EX}nowhere"):
        tree = write_jsonld_tree(quads, context, root)
        assert statements(tree) == statements(write_compact_jsonld(quads, context))


def calls(quads: list[Quad]) -> int:
    """Return how many functions are called to write a graph as a tree."""
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    write_jsonld_tree(quads, PLAIN, f"{EX}0")
    sys.setprofile(counting)
    try:
        write_jsonld_tree(quads, PLAIN, f"{EX}0")
    finally:
        sys.setprofile(None)
    return count


def test_the_work_grows_with_the_graph_and_not_with_its_square() -> None:
    def graph(size: int) -> list[Quad]:
        return [
            Quad(NamedNode(f"{EX}{n}"), PROPERTIES[n % 2], value)
            for n in range(size)
            for value in (NamedNode(f"{EX}{n + 1}"), Literal(f"{n}", language="en"))
            if n % 50
        ] + [Quad(NamedNode(f"{EX}0"), PROPERTIES[0], NamedNode(f"{EX}1"))]

    few, many = calls(graph(200)), calls(graph(1600))
    assert many < 10 * few


def test_a_scheme_that_is_a_prefix_is_never_written_as_one() -> None:
    quads = [Quad(NamedNode("ex:thing"), PROPERTIES[1], Literal("x"))]
    with pytest.raises(jsonld.JsonLdError, match="prefix"):
        write_compact_jsonld(quads, PLAIN)
    assert Compactor([], PLAIN).name("example:thing") == "example:thing"


def test_every_text_comes_back_whatever_ends_a_line_elsewhere() -> None:
    text = '"\\\n\r\u2028\u2029\x85\x0b\x0c\x1c𝒳'
    quads = [Quad(NamedNode(f"{EX}0"), PROPERTIES[1], Literal(text, language="en"))]
    (node,) = json.loads(write_compact_jsonld(quads, PLAIN))["@graph"]
    assert node["label"] == {"en": text}
    assert json.loads(write_jsonld_tree(quads, PLAIN, f"{EX}0"))["label"] == {"en": text}
