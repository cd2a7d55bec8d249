"""A thing, or the dataset, as schema.org has it: what search engines read.

Says what the data say and nothing else: which of our words are which of schema.org's stands
in ``schema_org.toml`` beside this file. What schema.org has no word for is left out; the
classes of ours that a thing has are named by ``additionalType``. The datasets are described
in ``kg.query.schema_dataset``.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.describe import labels, outgoing
from kg.query.engine import Engine
from kg.query.schema_dataset import dataset_jsonld, is_dataset
from kg.query.schema_words import CONTEXT, Names, text_value
from kg.vocab import PREF_LABEL, SCHEMA, SKOS, Iris, prefixes

TABLE = Path(__file__).with_suffix(".toml")
TEXT = "text"
ALT_LABEL = NamedNode(SKOS + "altLabel")
ADDRESSES = frozenset(("sameAs", "url", "license", "isBasedOn", "additionalType"))
"""Properties whose values are given as plain addresses."""

Value = str | int | float | bool | dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """A row of the table: ``source`` is our property; no ``types`` means all.

    With ``only`` the rule is for values of that class alone.
    """

    source: str
    target: str
    types: frozenset[str]
    as_: str | None
    only: str | None

    def fits(self, quad: Quad, types: Iterable[str], names: Names) -> bool:
        """Say whether the rule is for a statement of a thing that has ``types``."""
        if self.source != quad.predicate.value or not (not self.types or self.types & set(types)):
            return False
        value = quad.object
        return self.only is None or (
            isinstance(value, NamedNode) and self.only in names.classes(value)
        )


@dataclass(frozen=True)
class Vocabulary:
    """The table with its prefixes written out."""

    types: Mapping[str, str]
    rules: Sequence[Rule]


@cache
def mapping(base: str) -> Vocabulary:
    """Return the table for the ontology below ``base``."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    known = prefixes(base)

    def full(name: str) -> str:
        prefix, _, local = name.partition(":")
        return known[prefix] + local

    return Vocabulary(
        types={full(name): type_ for name, type_ in table["types"].items()},
        rules=tuple(
            Rule(
                full(row["from"]),
                row["to"],
                frozenset(row.get("of", ())),
                row.get("as"),
                full(row["only"]) if "only" in row else None,
            )
            for row in table["properties"]
        ),
    )


def schema_org(engine: Engine, iri: str, language: str | None) -> dict[str, Any]:
    """Return the JSON-LD of a thing or of a dataset; an empty one if nothing is known of it.

    ``language`` is the language of names and texts where there is a choice, the other one
    standing in; with None every text comes with its language.
    """
    node = NamedNode(iri)
    if is_dataset(engine, node):
        return dataset_jsonld(engine, node, language)
    description = Iris(engine.base).graph("description")
    quads = [q for q in outgoing(engine, [node]) if q.graph_name != description]
    if not quads:
        return {}
    objects = {q.object for q in quads if isinstance(q.object, NamedNode)}
    names = Names((*quads, *labels(engine, objects)), language)
    known = mapping(engine.base)
    types = types_of(names, node, known)
    found: dict[str, dict[str, Value]] = defaultdict(dict)
    for quad in sorted(_in_language(quads, language), key=str):
        target, as_ = _rule(quad, types, known, names)
        for value in _values(quad.object, target, as_, names, known) if target else ():
            found[target][str(value)] = value
    name = names.name(node)
    if name is not None:
        found.pop("name", None)
    ours = [c for c in names.classes(node) if c.startswith(f"{engine.base}ontology#")]
    return {
        "@context": CONTEXT,
        "@id": iri,
        "@type": types[0] if len(types) == 1 else types,
        **({"additionalType": _one(ours)} if ours else {}),
        **({"name": name} if name is not None else {}),
        **({"alternateName": other} if (other := _other_names(names, node, found)) else {}),
        **{to: _one(list(values.values())) for to, values in sorted(found.items())},
    }


def types_of(names: Names, node: NamedNode, known: Vocabulary) -> list[str]:
    """Return the schema.org types of a thing: those that are stated, or the table's."""
    classes = names.classes(node)
    stated = [c.removeprefix(SCHEMA) for c in classes if c.startswith(SCHEMA)]
    if stated:
        return stated
    return sorted({known.types[c] for c in classes if c in known.types}) or ["Thing"]


def _in_language(quads: Iterable[Quad], language: str | None) -> Iterator[Quad]:
    """Yield the statements without texts that are there in the language too."""
    quads = tuple(quads)
    spoken = {
        quad.predicate
        for quad in quads
        if isinstance(quad.object, Literal) and language and quad.object.language == language
    }
    for quad in quads:
        other = isinstance(quad.object, Literal) and quad.object.language not in {None, language}
        if quad.predicate == ALT_LABEL or quad.predicate not in spoken or not other:
            yield quad


def _rule(
    quad: Quad, types: Iterable[str], known: Vocabulary, names: Names
) -> tuple[str, str | None]:
    """Return schema.org's property for a statement, empty where it has none."""
    property_ = quad.predicate.value
    if property_.startswith(SCHEMA):
        return property_.removeprefix(SCHEMA), None
    for rule in known.rules:
        if rule.fits(quad, types, names):
            return rule.target, rule.as_
    return "", None


def _values(
    term: object, target: str, as_: str | None, names: Names, known: Vocabulary
) -> list[Value]:
    """Return a term as schema.org has it: several where it is a text in several languages."""
    if isinstance(term, Literal):
        return [text_value(term, names.language)]
    if not isinstance(term, NamedNode):
        return []
    name = names.name(term)
    if as_ == TEXT:
        texts = name if name is not None else term.value
        return texts if isinstance(texts, list) else [texts]
    if target in ADDRESSES:
        return [term.value]
    type_ = [as_] if as_ else types_of(names, term, known)
    named = {"name": name} if name is not None else {}
    return [{"@id": term.value, "@type": type_[0] if len(type_) == 1 else type_, **named}]


def _other_names(
    names: Names, node: NamedNode, found: dict[str, dict[str, Value]]
) -> Value | list[Value]:
    """Return the names besides the one that is given as ``name``."""
    more = {str(value): value for value in names.others(node, PREF_LABEL)}
    more |= found.pop("alternateName", {})
    return _one(list(more.values())) if more else []


def _one(values: Sequence[Any]) -> Any:  # noqa: ANN401 - one value or a list of them
    return values[0] if len(values) == 1 else list(values)
