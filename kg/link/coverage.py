"""Which things of a release a registry can have records of, and what is curated of them.

A registry describes things of some classes: one that describes organizations is not asked for a
disease, whose name an organization may well have in its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.link.registries import Registries
from kg.link.registry import Registry
from kg.link.review import Target
from kg.link.table_index import plural
from kg.query.mappings import LINKABLE, MATCHES
from kg.vocab import ORG, PREF_LABEL, RDF_TYPE, RDFS, SKOS, Iris

ALL = "all"
"""What stands for every kind that registries may know."""
CODES = "code"
"""The kind of the concepts of our code lists; ``code/LIST`` are those of one list."""
NAMED = ("network", "database", "award")
"""Further kinds whose things have names of their own."""
SUBCLASS = NamedNode(RDFS + "subClassOf")


def kinds_wanted(store: Store, base: str, kinds: Sequence[str]) -> list[str]:
    """Return the kinds to link, each once; ``all`` stands for all that the release has things of."""
    found: dict[str, None] = {}
    for kind in kinds:
        every = (k for k in (*LINKABLE, *NAMED) if things_of(store, base, k))
        found |= dict.fromkeys(every if kind == ALL else [kind])
    return list(found)


def things_of(store: Store, base: str, kind: str) -> list[str]:
    """Return the IRIs of the labelled things of a kind, sorted; parts of things are none."""
    if kind == CODES or kind.startswith(f"{CODES}/"):
        start = f"{base}{kind}/"
    else:
        start = Iris(base).entity(kind, "").value
    labelled = {
        quad.subject.value
        for quad in store.quads_for_pattern(None, PREF_LABEL, None, DefaultGraph())
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(start)
    }
    # A code list is no code of it.
    return sorted(
        iri
        for iri in labelled
        if "#" not in iri and (kind != CODES or "/" in iri.removeprefix(start))
    )


def described(store: Store, iri: str, registry: Registry) -> bool:
    """Say whether a thing is of a class that a registry describes."""
    # An index that does not say so was made when there were organizations only.
    wanted = {NamedNode(c) for c in registry.meta.get("describes", ORG + "Organization").split()}
    return not wanted.isdisjoint(_classes(store, NamedNode(iri)))


def why_not(kind: str, registry: Registry) -> str:
    """Return why a registry is not asked for things of a kind."""
    what = registry.meta.get("described_as", "organizations")
    name = registry.meta["registry"]
    own = plural(kind.partition("/")[0])
    return f"not asked: {name.upper() if name == 'ror' else name} describes {what}, not {own}"


@dataclass(frozen=True)
class Curated:
    """What the curated mappings say of a thing: a record of the registry, and those elsewhere.

    ``local`` is the identifier without its prefix, the closest where there are several; empty
    for none. ``match`` is how it matches: exact, close, broad, narrow or related. ``elsewhere``
    are CURIEs; a match that is not exact is told: ``mesh:D017566 (close)``.
    """

    local: str = ""
    match: str = ""
    elsewhere: tuple[str, ...] = ()


def curated(
    store: Store, base: str, iri: str, registry: Registry | Target, registries: Registries
) -> Curated:
    """Return what the curated mappings link a thing to."""
    iris = Iris(base)
    subject, target, predicate = (
        iris.term(f"mapping{end}") for end in ("Subject", "Object", "Predicate")
    )
    here: list[tuple[int, str, str]] = []
    elsewhere: dict[tuple[bool, str], None] = {}
    for quad in store.quads_for_pattern(None, subject, NamedNode(iri), DefaultGraph()):
        matches = [m for m in MATCHES if m in set(_objects(store, quad.subject, predicate))]
        place = MATCHES.index(matches[0]) if matches else len(MATCHES)
        match = _local(matches[0]).removesuffix("Match") if matches else ""
        for end in _objects(store, quad.subject, target):
            if end.value.startswith(registry.prefix):
                # GeoNames writes a slash behind its numbers.
                local = end.value.removeprefix(registry.prefix).rstrip("/")
                here.append((place, local, match))
            else:
                said = "" if match in {"exact", ""} else f" ({match})"
                elsewhere[match != "exact", _curie(end.value, registries) + said] = None
    _place, local, match = min(here, default=(0, "", ""))
    return Curated(local, match, tuple(text for _other, text in sorted(elsewhere)))


def _curie(iri: str, registries: Registries) -> str:
    place = registries.at_address(iri)
    reading = registries.in_address(*place) if place else None
    return reading.curie if reading else iri


def _local(node: NamedNode) -> str:
    return node.value.removeprefix(SKOS)


def _objects(store: Store, subject: object, predicate: NamedNode) -> Iterator[NamedNode]:
    if isinstance(subject, NamedNode):
        for quad in store.quads_for_pattern(subject, predicate, None, DefaultGraph()):
            if isinstance(quad.object, NamedNode):
                yield quad.object


def _classes(store: Store, thing: NamedNode) -> Iterable[NamedNode]:
    """Return the classes of a thing and all that these are subclasses of."""
    seen: dict[NamedNode, None] = dict.fromkeys(_objects(store, thing, RDF_TYPE))
    waiting = list(seen)
    while waiting:
        for above in _objects(store, waiting.pop(), SUBCLASS):
            if above not in seen:
                seen[above] = None
                waiting.append(above)
    return seen
