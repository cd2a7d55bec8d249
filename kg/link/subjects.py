"""The things of a release that may have a record in another registry."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Store

from kg.link.coverage import things_of
from kg.link.proposals import Subject
from kg.vocab import ORG, PREF_LABEL, SCHEMA, SKOS, Iris

NAMED_BY = (PREF_LABEL, NamedNode(SKOS + "altLabel"))
CONTEXT_STEPS = 4


def subjects_of_release(store: Store, base: str, kind: str, registry: str) -> list[Subject]:
    """Return every thing of a kind, with its names and what it is named under, by IRI.

    What the release has from ``registry`` itself is left out: a record would only be found by
    its own words.
    """
    iris = Iris(base)
    own = iris.graph(f"{registry}/").value
    subjects = []
    for iri in things_of(store, base, kind):
        names = tuple(dict.fromkeys(_names(store, NamedNode(iri), own)))
        if names:
            context = ", ".join(_context(store, NamedNode(iri), iris, own))
            subjects.append(Subject(iri, names[0], names, context))
    return subjects


def _names(store: Store, thing: NamedNode, own: str) -> Iterator[str]:
    for predicate in NAMED_BY:
        texts = [
            quad.object
            for quad in store.quads_for_pattern(thing, predicate, None, None)
            if isinstance(quad.object, Literal)
            if isinstance(quad.graph_name, NamedNode) and not quad.graph_name.value.startswith(own)
        ]
        yield from (text.value for text in sorted(texts, key=lambda t: (t.language or "", t.value)))


def _context(store: Store, thing: NamedNode, iris: Iris, own: str) -> Iterator[str]:
    """Yield the names of what a thing is named under, then where it is, nearest first."""
    upward = (
        iris.term("namedUnder"),
        NamedNode(ORG + "unitOf"),
        NamedNode(ORG + "subOrganizationOf"),
        iris.term("affiliatedTo"),
        NamedNode(SCHEMA + "location"),
    )
    seen = {thing}
    for _ in range(CONTEXT_STEPS):
        above = [
            quad.object
            for predicate in upward
            for quad in store.quads_for_pattern(thing, predicate, None, None)
            if isinstance(quad.object, NamedNode) and quad.object not in seen
            if isinstance(quad.graph_name, NamedNode) and not quad.graph_name.value.startswith(own)
        ]
        if not above:
            return
        thing = min(above, key=lambda node: node.value)
        seen.add(thing)
        yield from list(_names(store, thing, own))[:1]
