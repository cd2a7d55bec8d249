"""Types and properties as clients of the API name them.

Terms of ours go by their local names (``Institution``), those of other vocabularies by prefixed
names (``schema:Hospital``): in both forms without ``#``, which clients leave as it is in
addresses. A registry is a property too, by its prefix of the Bioregistry (``ror``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from kg.errors import ReconcileError
from kg.link.reconcile.terms import broader_classes, names_and_comments, used_properties
from kg.link.reconcile.things import NAMED_BY, Things
from kg.query.columns import columns
from kg.query.engine import Engine
from kg.vocab import RDF_TYPE, Iris, prefixes

KIND = "kind"
DEFAULT_TYPES = 30
"""Kinds that a client offers before the reader has typed."""
LABEL = "label"
OTHER_NAME = "name"
HIDDEN = frozenset((*NAMED_BY, RDF_TYPE))
"""Properties that go by the two names of their own, and what is said by types."""
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("skos:prefLabel", "rdfs:label"), LABEL),
    **dict.fromkeys(
        ("skos:altLabel", "schema:name", "schema:alternateName", "foaf:name"), OTHER_NAME
    ),
}
"""What names are called in vocabularies."""
OWN_PROPERTIES: Mapping[str, Mapping[str, str]] = {
    LABEL: {"en": "label", "zh": "名称"},
    OTHER_NAME: {"en": "all names", "zh": "所有名称"},
    "iri": {"en": "IRI", "zh": "IRI"},
}
"""Properties that every thing has, and what they are called."""


@dataclass(frozen=True)
class Type:
    """A class: its identifier, names and descriptions by language, and the classes above it.

    ``count`` is the number of things that are of it, those of the classes below included.
    """

    id: str
    node: NamedNode
    names: Mapping[str, str]
    about: Mapping[str, str]
    broader: tuple[NamedNode, ...]
    count: int
    is_kind: bool


@dataclass(frozen=True)
class Property:
    """A property: ``node`` is None for a registry and for those that everything has."""

    id: str
    node: NamedNode | None
    names: Mapping[str, str]
    about: Mapping[str, str] = field(default_factory=dict)
    registry: str = ""


class Vocabulary:
    """The types and properties of the things of a release."""

    def __init__(
        self,
        engine: Engine,
        things: Things,
        shapes: Iterable[Quad],
        registry_names: Mapping[str, str],
    ) -> None:
        self._base = engine.base
        self._shapes = tuple(shapes)
        self._things = things
        self._broader = broader_classes(engine)
        self._columns: dict[NamedNode, tuple[NamedNode, ...]] = {}
        counts = self._counts()
        used = used_properties(engine)
        told = names_and_comments(engine, (*counts, *{p for found in used.values() for p in found}))
        kinds = {
            node.value
            for (node,) in engine.select(
                f"SELECT ?c {{ ?c {Iris(engine.base).term(KIND)} ?kind }}"
            ).rows
            if isinstance(node, NamedNode)
        }
        self.types = {
            type_.id: type_
            for node in sorted(counts, key=lambda node: (-counts[node], node.value))
            for type_ in (self._type(node, told, counts, kinds),)
        }
        self._used = used
        self.properties = {
            property_.id: property_ for property_ in self._properties(told, registry_names)
        }

    # --- names of terms ---

    def id_of(self, node: NamedNode) -> str:
        """Return the identifier of a term: a local name, a prefixed name, else the IRI."""
        own = f"{self._base}ontology#"
        if node.value.startswith(own):
            return node.value.removeprefix(own)
        for prefix, namespace in prefixes(self._base).items():
            if node.value.startswith(namespace) and node.value != namespace:
                return f"{prefix}:{node.value.removeprefix(namespace)}"
        return node.value

    def type(self, identifier: str) -> Type:
        """Return the type with an identifier, which may also be an IRI or a kind's name.

        Raises ReconcileError where there is none.
        """
        own = identifier.removeprefix("kg:")
        camel = "".join(word.capitalize() for word in own.split("-"))
        for form in (own, camel, self._id_of_iri(identifier)):
            if form in self.types:
                return self.types[form]
        raise ReconcileError(f"there is no type {identifier!r}; ask the suggest service for types")

    def property(self, identifier: str) -> Property:
        """Return the property with an identifier, which may also be an IRI.

        Raises ReconcileError where there is none.
        """
        own, full = identifier.removeprefix("kg:"), self._id_of_iri(identifier)
        for form in (own, full, ALIASES.get(full, "")):
            if form in self.properties:
                return self.properties[form]
        raise ReconcileError(
            f"there is no property {identifier!r}; ask the suggest service for properties"
        )

    def _id_of_iri(self, identifier: str) -> str:
        try:
            return self.id_of(NamedNode(identifier))
        except ValueError:
            return identifier

    # --- what holds of things ---

    def above(self, classes: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Return classes with all the classes above them."""
        found: dict[NamedNode, None] = {}
        open_ = list(classes)
        while open_:
            node = open_.pop()
            if node not in found:
                found[node] = None
                open_ += self._broader.get(node, ())
        return frozenset(found)

    def own_types(self, classes: Iterable[NamedNode]) -> tuple[Type, ...]:
        """Return the types of a thing, those of ours first, the narrowest first."""
        found = [t for t in (self.types.get(self.id_of(node)) for node in classes) if t]
        found.sort(key=lambda t: (not t.node.value.startswith(self._base), t.count, t.id))
        return tuple(found)

    def proposed(self, type_: Type | None) -> tuple[Property, ...]:
        """Return the properties that things of a type have, in the order of the shapes.

        The registries that know any of them, and what every thing has, come first.
        """
        classes = [
            node for node in self._used if type_ is None or type_.node in self.above((node,))
        ]
        used = {p for node in classes for p in self._used[node]}
        shaped = [p for p in self.shaped(classes) if p in used]
        rest = sorted(used - set(shaped) - HIDDEN, key=self.id_of)
        registries = sorted(
            {
                link.registry
                for thing in self._things.all
                if type_ is None or type_.node in self.above(thing.classes)
                for link in thing.links
                if link.registry
            }
        )
        order = (*OWN_PROPERTIES, *registries, *(self.id_of(p) for p in (*shaped, *rest)))
        return tuple(self.properties[name] for name in order if name in self.properties)

    def default_types(self) -> tuple[Type, ...]:
        """Return the kinds of things to offer first: those with most links to registries."""
        linked: dict[NamedNode, int] = defaultdict(int)
        for thing in self._things.all:
            for node in self.above(thing.classes) if thing.links else ():
                linked[node] += 1
        found = [type_ for type_ in self.types.values() if type_.is_kind]
        found.sort(key=lambda type_: (-linked[type_.node], -type_.count, type_.id))
        return tuple(found[:DEFAULT_TYPES])

    def shaped(self, classes: Iterable[NamedNode]) -> tuple[NamedNode, ...]:
        """Return the properties with things or numbers as values, as the shapes order them."""
        found: dict[NamedNode, None] = {}
        for node in sorted(classes, key=lambda node: node.value):
            if node not in self._columns:
                given = columns(self._shapes, (node,))
                self._columns[node] = tuple(column.property for column in given)
            found.update(dict.fromkeys(self._columns[node]))
        return tuple(found)

    def _counts(self) -> dict[NamedNode, int]:
        counts: dict[NamedNode, int] = defaultdict(int)
        for thing in self._things.all:
            for node in self.above(thing.classes):
                counts[node] += 1
        return dict(counts)

    def _type(
        self,
        node: NamedNode,
        told: Mapping[NamedNode, tuple[Mapping[str, str], Mapping[str, str]]],
        counts: Mapping[NamedNode, int],
        kinds: set[str],
    ) -> Type:
        names, about = told[node]
        broader = tuple(n for n in self._broader.get(node, ()) if n in counts)
        identifier = self.id_of(node)
        names = names or {"en": identifier}
        return Type(identifier, node, names, about, broader, counts[node], node.value in kinds)

    def _properties(
        self,
        told: Mapping[NamedNode, tuple[Mapping[str, str], Mapping[str, str]]],
        registry_names: Mapping[str, str],
    ) -> Iterable[Property]:
        for name, names in OWN_PROPERTIES.items():
            yield Property(name, None, names)
        registries = {link.registry for t in self._things.all for link in t.links} - {""}
        for name in sorted(registries):
            yield Property(name, None, {"en": registry_names.get(name, name)}, {}, name)
        used = {p for found in self._used.values() for p in found} - HIDDEN
        for node in sorted(used, key=lambda node: node.value):
            names, about = told[node]
            yield Property(self.id_of(node), node, names or {"en": self.id_of(node)}, about)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, else in another; empty where there is none.

    >>> in_language({"en": "city"}, "zh")
    'city'
    """
    return texts.get(language) or next(iter(texts.values()), "")
