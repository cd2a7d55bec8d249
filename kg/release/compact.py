"""Expanded JSON-LD -> compact, in time that grows with its length.

PyLD's compaction looks at every term of a context for every IRI, and its reader compares every
triple with every other. Here PyLD compacts one node for each sort of value there is (property,
datatype, language), and what it makes of them is filled in for all values of the sort. So what
comes out is what PyLD writes (JSON-LD 1.1 API, 6), hundreds of times cheaper.

That holds for contexts of plain terms: prefixes, terms with a datatype, terms with texts by
language. ``is_plain`` tells them; others are left to PyLD.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pyld import jsonld

from kg.sources.context import load_nothing

Node = dict[str, Any]
Sort = tuple[str, ...]

OPTIONS = {"documentLoader": load_nothing, "useNativeTypes": True}
"""What every call of PyLD is told."""
TERM_KEYS = frozenset(("@id", "@type", "@container"))
GEN_DELIMS = ":/?#[]@"
"""What a namespace ends in, for a term to be a prefix (JSON-LD 1.1 API, 4.2.2)."""
PLACE = "urn:uuid:5e1f1d0a-8f5a-4b0e-9c55-0d7b1d3a7c21#"
"""Stands for a value, and with a number behind it for an item of a list or a node."""


def is_plain(context: Mapping[str, Any]) -> bool:
    """Say whether a context has nothing but plain terms.

    >>> is_plain({"@version": 1.1, "ex": "https://example.org/", "label": {"@id": "ex:label"}})
    True
    >>> is_plain({"@vocab": "https://example.org/"})
    False
    """
    return all(_is_plain_term(name, term) for name, term in context.items() if name != "@version")


def _is_plain_term(name: str, term: object) -> bool:
    if name.startswith("@") or ":" in name or not name:
        return False
    if isinstance(term, str):
        return True
    return (
        isinstance(term, dict)
        and term.keys() <= TERM_KEYS
        and isinstance(term.get("@id"), str)
        and term.get("@type") not in {"@vocab", "@none", "@json"}
        and term.get("@container") in {None, "@language"}
    )


class Compactor:
    """Compacts nodes with one plain context; knows the sorts of values of all that it is given."""

    def __init__(self, nodes: Iterable[Node], context: Mapping[str, Any]) -> None:
        self._by_language = {
            name
            for name, term in context.items()
            if isinstance(term, dict) and term.get("@container") == "@language"
        }
        self._terms = frozenset(context)
        self._names: dict[str, str] = {}
        samples: dict[Sort, Node] = {("@id",): {"@type": [PLACE]}}
        for node in nodes:
            _collect(node, samples)
        self.graph, made = _by_pyld(samples.values(), context)
        self._made = dict(zip(samples, made, strict=True))
        self._id, self._type = self._made["@id",]
        self._prefixes = _prefixes(context)

    def node(self, node: Node) -> Node:
        """Return a node, and those that stand in it, compact."""
        made: Node = {self._id: self.name(node["@id"])}
        types = [self._made["@type", t][self._type] for t in node.get("@type", ())]
        if types:
            made[self._type] = types[0] if len(types) == 1 else types
        for property_ in sorted(node.keys() - {"@id", "@type"}):
            for value in node[property_]:
                self._add(made, property_, value)
        return made

    def _add(self, made: Node, property_: str, value: Node) -> None:
        sample = self._made[_sort(property_, value)]
        term, form = next((t, f) for t, f in sample.items() if t != self._id)
        if term in self._by_language:
            ((language, _place),) = form.items()
            _put(made.setdefault(term, {}), language, value["@value"])
        elif len(value) > 1 and "@id" in value:
            _put(made, term, self.node(value))
        else:
            _put(made, term, self._filled(form, value))

    def _filled(self, form: Any, value: Node) -> Any:  # noqa: ANN401 - it is JSON
        """Return what PyLD made of a sample with the value in the sample's place."""
        if isinstance(form, dict):
            return {key: self._filled(part, value) for key, part in form.items()}
        if isinstance(form, list):
            return [self._filled(part, value) for part in form]
        if not isinstance(form, str) or not form.startswith(PLACE):
            return form
        place = form.removeprefix(PLACE)
        found = value["@list"][int(place)] if place else value
        return self.name(found["@id"]) if "@id" in found else found["@value"]

    def name(self, iri: str) -> str:
        """Return an IRI, with a prefix where that is shorter (JSON-LD 1.1 API, 6.3.2, step 7).

        Raises JsonLdError where a reader would take the scheme for a prefix.
        """
        known = self._names.get(iri)
        if known is None:
            found = [
                f"{prefix}:{iri[len(start) :]}"
                for prefix, start in self._prefixes
                if iri.startswith(start) and iri != start
            ]
            if not found and iri.partition(":")[0] in {prefix for prefix, _ in self._prefixes}:
                raise jsonld.JsonLdError(
                    f"<{iri}>: its scheme is a prefix of the context", "jsonld.SyntaxError"
                )
            known = min(found, key=lambda name: (len(name), name)) if found else iri
            self._names[iri] = known
        return known


def _collect(node: Node, samples: dict[Sort, Node]) -> None:
    """Add a sample of each sort of value that a node has, and those that stand in it."""
    for type_ in node.get("@type", ()):
        samples.setdefault(("@type", type_), {"@type": [type_]})
    for property_ in node.keys() - {"@id", "@type"}:
        for value in node[property_]:
            sort = _sort(property_, value)
            if sort not in samples:
                samples[sort] = {property_: [_sample(value)]}
            if "@id" in value:
                _collect(value, samples)


def _sort(property_: str, value: Node) -> Sort:
    """Return what decides how a value is written."""
    if "@list" in value:
        kinds = (" ".join(_sort("", item)) for item in value["@list"])
        return (property_, "@list", *kinds)
    if "@id" in value:
        return (property_, "@id")
    if "@language" in value:
        return (property_, "@language", value["@language"])
    if "@type" in value:
        return (property_, "@type", value["@type"])
    return (property_, "@value")


def _sample(value: Node, place: str = "") -> Node:
    """Return a value of the same sort that says its place."""
    if "@list" in value:
        items = enumerate(value["@list"])
        return {"@list": [_sample(item, str(number)) for number, item in items]}
    if "@id" in value:
        return {"@id": PLACE + place}
    return {**value, "@value": PLACE + place}


def _by_pyld(samples: Iterable[Node], context: Mapping[str, Any]) -> tuple[str, list[Node]]:
    """Return what the array of a document is called, and samples in it, as PyLD has them."""
    nodes = [{"@id": f"{PLACE}{number}", **sample} for number, sample in enumerate(samples)]
    made = jsonld.compact(nodes, dict(context), {**OPTIONS, "graph": True})
    ((name, graph),) = ((name, value) for name, value in made.items() if name != "@context")
    return name, graph


def _prefixes(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the terms that may be prefixes, and the IRIs that they stand for."""
    named = {name: term for name, term in context.items() if isinstance(term, str)}

    def whole(text: str, depth: int = 0) -> str:
        prefix, colon, rest = text.partition(":")
        known = named.get(prefix, "") if colon and not rest.startswith("//") else ""
        return whole(known, depth + 1) + rest if known and depth <= len(named) else text

    found = ((name, whole(term)) for name, term in named.items() if not name.startswith("@"))
    return [(name, iri) for name, iri in found if iri[-1:] in GEN_DELIMS and iri]


def _put(made: Node, key: str, value: Any) -> None:  # noqa: ANN401 - it is JSON
    """Add a value; a second one makes an array of it (JSON-LD 1.1 API, 4.6)."""
    if key not in made:
        made[key] = value
    elif isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]
