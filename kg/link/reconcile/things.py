"""The things of a release that texts can be reconciled with: names, classes and identifiers.

A thing has an IRI of its own below ``id/``, or is a code of a list. What it is called is read
once a release. The identifier that clients see is the path of the IRI: ``id/institution/nsfc``
below ``{base}`` is the IRI, as the identifier space of the API has it (section 3.5).
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.query.engine import Engine, Term
from kg.release.search import bare, keys
from kg.release.words import name_key
from kg.vocab import DCTERMS, FOAF, PREF_LABEL, RDFS_LABEL, SCHEMA, SKOS, SSSOM, Iris

NAMED_BY = (
    PREF_LABEL,
    RDFS_LABEL,
    NamedNode(DCTERMS + "title"),
    NamedNode(SKOS + "altLabel"),
    NamedNode(SKOS + "hiddenLabel"),
    NamedNode(SCHEMA + "name"),
    NamedNode(SCHEMA + "alternateName"),
    NamedNode(FOAF + "name"),
)
"""What gives a thing a whole name, the weightiest first."""
MAIN_NAMES = 3
"""How many of them give the name to show."""
LANGUAGES = ("en", "zh")

IDENTITY = 100.0
MATCH_SCORES: Mapping[str, float] = {
    "exactMatch": IDENTITY,
    "closeMatch": 85.0,
    "broadMatch": 60.0,
    "narrowMatch": 60.0,
    "relatedMatch": 50.0,
}
"""How well a thing fits an identifier that a mapping ties to it, by the match, 0 to 100."""

CODE_PARTS = 3
BARE_DIGITS = 8
"""Digits that a number without a registry's name must have to count as an identifier."""
DOI = re.compile(r"(?:dx\.)?doi\.org/", re.IGNORECASE)
WIKI_PAGE = re.compile(r"(wikidata\.org)/wiki/", re.IGNORECASE)
NUMBER_GROUPS = re.compile(r"\d+(?: \d+)+ ?x?")


@dataclass(frozen=True)
class Name:
    """A name of a thing; ``language`` is empty where it is not stated."""

    text: str
    language: str


@dataclass(frozen=True)
class Link:
    """An identifier that a registry gives a thing: its IRI and how the two match."""

    registry: str
    iri: str
    match: str


@dataclass(frozen=True)
class Thing:
    """A thing: its names, those to show first, its classes and its links to registries."""

    iri: NamedNode
    id: str
    names: tuple[Name, ...]
    classes: frozenset[NamedNode]
    links: tuple[Link, ...]

    def named(self, language: str) -> Name:
        """Return what to call it in a language, else in another, else the end of its IRI."""
        by_language = {name.language: name for name in reversed(self.names)}
        for code in (language, *LANGUAGES):
            if code in by_language:
                return by_language[code]
        return self.names[0] if self.names else Name(self.id.rpartition("/")[2], "")

    def name(self, language: str) -> str:
        """Return the text of its name, see ``named``."""
        return self.named(language).text


class Things:
    """All things of a release, by IRI, and by what identifies them."""

    def __init__(self, engine: Engine) -> None:
        self.base = engine.base
        self._links = _links(engine)
        names, classes = _names(engine), _classes(engine)
        self.all = tuple(
            Thing(
                node,
                node.value.removeprefix(self.base),
                tuple(dict.fromkeys(names.get(node, ()))),
                frozenset(classes[node]),
                tuple(self._links.get(node, ())),
            )
            for node in sorted(classes, key=lambda node: node.value)
        )
        self._by_iri = {thing.iri.value: thing for thing in self.all}
        self._by_identifier = self._identifiers()

    def get(self, identifier: str) -> Thing | None:
        """Return the thing with an identifier of ours: the path, its short form, or the IRI."""
        path = identifier.removeprefix(self.base)
        for form in (path, f"id/{path}"):
            if (thing := self._by_iri.get(self.base + form)) is not None:
                return thing
        return None

    def at(self, iri: str) -> Thing | None:
        """Return the thing that has this IRI."""
        return self._by_iri.get(iri)

    def identified(self, text: str) -> dict[Thing, float]:
        """Return the things that ``text`` is an identifier of, and how well each fits, 0 to 100.

        Our own identifiers fit wholly; those of registries as well as the mapping says. A
        registry's identifier may be an IRI, a CURIE, or, where it is no common number, its
        last part alone.
        """
        own = self.get(text.strip())
        if own is not None:
            return {own: IDENTITY}
        found: dict[Thing, float] = {}
        for key in _asked_keys(text):
            for thing, score in self._by_identifier.get(key, ()):
                found[thing] = max(score, found.get(thing, 0.0))
        best = max(found.values(), default=0.0)
        return {thing: score for thing, score in found.items() if score == best}

    def is_link(self, link: Link, text: str) -> bool:
        """Say whether ``text`` is the identifier of a link, in any form that it is known by."""
        asked = {*_asked_keys(text), *_asked_keys(f"{link.registry} {text}")}
        return bool(asked & _known_keys(link)) or name_key(text) == name_key(keys(link.iri)[-1])

    def _identifiers(self) -> dict[str, list[tuple[Thing, float]]]:
        made: dict[str, list[tuple[Thing, float]]] = defaultdict(list)
        for thing in self.all:
            for link in thing.links:
                for key in _known_keys(link):
                    made[key].append((thing, MATCH_SCORES.get(link.match, 0.0)))
        return made


def _known_keys(link: Link) -> set[str]:
    whole, *rest = keys(link.iri)
    tail = rest[0] if rest else whole
    found = {whole, f"{name_key(link.registry)} {tail}"}
    # "MONDO:0044875" and "mondo:MONDO_0044875" mean the same.
    if _is_telling(tail):
        found.add(tail)
    if DOI.match(bare(link.iri)):
        found.add(name_key(DOI.sub("", bare(link.iri))))
    return found


def _asked_keys(text: str) -> tuple[str, ...]:
    plain = WIKI_PAGE.sub(r"\1/entity/", bare(text))
    key = name_key(plain)
    joined = key.replace(" ", "") if NUMBER_GROUPS.fullmatch(key) else key
    return tuple(dict.fromkeys(one for one in (key, joined) if one))


def _is_telling(tail: str) -> bool:
    """Say whether the last part of an identifier alone can mean nothing else.

    >>> [_is_telling(tail) for tail in ("0371fqr87", "d008113", "us", "9606", "0000000417713250")]
    [True, True, False, False, True]
    """
    has_digit = any(c.isdigit() for c in tail)
    has_letter = any(c.isalpha() for c in tail)
    return has_digit and ((has_letter and len(tail) > BARE_DIGITS // 2) or len(tail) >= BARE_DIGITS)


def _names(engine: Engine) -> dict[NamedNode, list[Name]]:
    properties = " ".join(str(property_) for property_ in NAMED_BY)
    rows = engine.select(
        f"SELECT ?s ?p ?o {{ VALUES ?p {{ {properties} }} ?s ?p ?o {_ours(engine)} }}"
    ).rows

    def order(row: tuple[Term | None, ...]) -> tuple[int, str]:
        property_ = row[1]
        return NAMED_BY.index(property_) if isinstance(property_, NamedNode) else 0, str(row[2])

    found: dict[NamedNode, list[Name]] = defaultdict(list)
    for row in sorted(rows, key=order):
        subject, _property, value = row
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and value.value.strip():
            found[subject].append(Name(value.value, value.language or ""))
    return found


def _classes(engine: Engine) -> dict[NamedNode, set[NamedNode]]:
    rows = engine.select(f"SELECT ?s ?c {{ ?s a ?c {_ours(engine)} }}").rows
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for subject, class_ in rows:
        if isinstance(subject, NamedNode) and isinstance(class_, NamedNode):
            path = subject.value.removeprefix(engine.base)
            # A list of codes is no code.
            if path.startswith("id/") or path.count("/") + 1 == CODE_PARTS:
                found[subject].add(class_)
    return found


def _links(engine: Engine) -> dict[NamedNode, list[Link]]:
    iris = Iris(engine.base)
    rows = engine.select(
        "SELECT DISTINCT ?s ?match ?o ?registry { "
        f"?m {iris.term('mappingSubject')} ?s ; {iris.term('mappingPredicate')} ?match ; "
        f"{iris.term('mappingObject')} ?o . OPTIONAL {{ ?m <{SSSOM}object_source> ?registry }} }} "
        "ORDER BY ?s ?registry ?o ?match"
    ).rows
    found: dict[NamedNode, list[Link]] = defaultdict(list)
    for subject, match, target, registry in rows:
        if (
            isinstance(subject, NamedNode)
            and isinstance(match, NamedNode)
            and isinstance(target, NamedNode)
        ):
            name = _last(registry.value) if isinstance(registry, NamedNode) else ""
            found[subject].append(Link(name, target.value, _last(match.value)))
    return found


def _last(iri: str) -> str:
    return re.split("[/#]", iri.rstrip("/"))[-1]


def _ours(engine: Engine) -> str:
    """Return the filter for what has an IRI of its own: things and codes, no parts of them."""
    base = engine.base
    return (
        f"FILTER((STRSTARTS(STR(?s), '{base}id/') || STRSTARTS(STR(?s), '{base}code/')) "
        "&& !CONTAINS(STR(?s), '#'))"
    )
