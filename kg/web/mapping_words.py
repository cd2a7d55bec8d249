"""What pages call registries, matches and justifications."""

from flask_babel import LazyString, lazy_gettext
from pyoxigraph import NamedNode

from kg.sources.registries import REGISTRIES

NAMES = {registry.word: registry.name for registry in REGISTRIES}
"""Registries by the last part of their IRI; others are called by that part."""

MATCHES: dict[str, LazyString] = {
    "exactMatch": lazy_gettext("exact"),
    "closeMatch": lazy_gettext("close"),
    "broadMatch": lazy_gettext("broader there"),
    "narrowMatch": lazy_gettext("narrower there"),
    "relatedMatch": lazy_gettext("related"),
}

JUSTIFICATIONS: dict[str, LazyString] = {
    "ManualMappingCuration": lazy_gettext("made by hand"),
    "LexicalMatching": lazy_gettext("names compared"),
    "MappingChaining": lazy_gettext("chained from another mapping"),
    "LogicalReasoning": lazy_gettext("inferred"),
    "SemanticSimilarityThresholdMatching": lazy_gettext("meaning compared"),
    "CompositeMatching": lazy_gettext("several ways together"),
    "MappingReview": lazy_gettext("reviewed"),
    "UnspecifiedMatching": lazy_gettext("not stated how"),
}
"""Ways to make a mapping (https://mapping-commons.github.io/semantic-mapping-vocabulary/)."""

CONFLICTS: dict[str, tuple[LazyString, LazyString]] = {
    "several-records": (
        lazy_gettext("One thing, two records of a registry"),
        lazy_gettext(
            "Either the registry has the thing twice, or one of the matches is not exact."
        ),
    ),
    "shared-record": (
        lazy_gettext("Two things, one record"),
        lazy_gettext("Either the things are one, or one of the matches is not exact."),
    ),
    "two-matches": (
        lazy_gettext("One pair, two matches"),
        lazy_gettext("A thing and a record can match in one way only: keep the right one."),
    ),
    "obsolete": (
        lazy_gettext("Records that their registry gave up"),
        lazy_gettext("Look for the record that took their place."),
    ),
    "withdrawn": (
        lazy_gettext("Things that we withdrew"),
        lazy_gettext("Remove the mapping or move it to what took their place."),
    ),
    "homonyms": (
        lazy_gettext("Two things, one name"),
        lazy_gettext("Not wrong, but easily mixed up: compare them before they are mapped."),
    ),
}
"""Title of each sort of conflict, and what to do."""


def last_part(node: NamedNode) -> str:
    """Return the last part of an IRI; of a mapping set of a center the slug of the center too.

    >>> last_part(NamedNode("https://example.org/graph/mapping/lake/people"))
    'lake/people'
    >>> last_part(NamedNode("https://bioregistry.io/registry/pubchem.compound"))
    'pubchem.compound'
    """
    of_set = node.value.partition("/graph/mapping/")[2]
    return of_set or node.value.rstrip("/").replace("#", "/").rpartition("/")[2]


def registry_name(node: NamedNode | None) -> str:
    """Return what to call a registry; empty where none is named.

    >>> registry_name(NamedNode("https://bioregistry.io/registry/mesh"))
    'MeSH'
    """
    return NAMES.get(last_part(node), last_part(node)) if node else ""


def match_name(node: NamedNode) -> str:
    """Return what to call a match."""
    return str(MATCHES.get(last_part(node), last_part(node)))


def justification_name(node: NamedNode | None) -> str:
    """Return how a mapping was made, in words; empty where that is not said."""
    return str(JUSTIFICATIONS.get(last_part(node), last_part(node))) if node else ""
