"""What a release says of classes and properties: hierarchy, use, names and comments."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode

from kg.query.describe import labels
from kg.query.engine import Engine
from kg.vocab import PREF_LABEL, RDFS, RDFS_LABEL

SUBCLASS = NamedNode(RDFS + "subClassOf")
COMMENT = NamedNode(RDFS + "comment")


def broader_classes(engine: Engine) -> dict[NamedNode, tuple[NamedNode, ...]]:
    """Return the classes right above each class."""
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    query = f"SELECT ?c ?d {{ ?c {SUBCLASS} ?d FILTER(?c != ?d) }} ORDER BY ?c ?d"
    for below, above in engine.select(query).rows:
        if isinstance(below, NamedNode) and isinstance(above, NamedNode):
            found[below].append(above)
    return {node: tuple(above) for node, above in found.items()}


def used_properties(engine: Engine) -> dict[NamedNode, tuple[NamedNode, ...]]:
    """Return the properties that things of each class have."""
    base = engine.base
    rows = engine.select(
        "SELECT DISTINCT ?c ?p { ?s a ?c ; ?p ?o "
        f"FILTER((STRSTARTS(STR(?s), '{base}id/') || STRSTARTS(STR(?s), '{base}code/')) "
        "&& !CONTAINS(STR(?s), '#')) } ORDER BY ?c ?p"
    ).rows
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for class_, property_ in rows:
        if isinstance(class_, NamedNode) and isinstance(property_, NamedNode):
            found[class_].append(property_)
    return {class_: tuple(properties) for class_, properties in found.items()}


def names_and_comments(
    engine: Engine, terms: Iterable[NamedNode]
) -> dict[NamedNode, tuple[Mapping[str, str], Mapping[str, str]]]:
    """Return names and comments of terms, by language."""
    nodes = tuple(dict.fromkeys(terms))
    names: dict[NamedNode, dict[str, str]] = {node: {} for node in nodes}
    about: dict[NamedNode, dict[str, str]] = {node: {} for node in nodes}
    for quad in sorted(labels(engine, nodes), key=str):
        if (
            quad.predicate in {RDFS_LABEL, PREF_LABEL}
            and isinstance(quad.object, Literal)
            and isinstance(quad.subject, NamedNode)
        ):
            names[quad.subject].setdefault(quad.object.language or "en", quad.object.value)
    values = " ".join(map(str, nodes))
    for node, text in engine.select(
        f"SELECT DISTINCT ?s ?o {{ VALUES ?s {{ {values} }} ?s {COMMENT} ?o }} ORDER BY ?s ?o"
    ).rows:
        if isinstance(node, NamedNode) and isinstance(text, Literal):
            about[node].setdefault(text.language or "en", text.value)
    return {node: (names[node], about[node]) for node in nodes}
