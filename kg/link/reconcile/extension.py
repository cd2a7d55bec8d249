"""Values of things for the columns of a table: data extension (API 0.2, section 8).

A value that is a thing of ours is given as an entity, numbers and dates as such, everything
else as a text. A text in the language that was asked for is preferred; where there is none the
other language stands in, as on the pages.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.config import Limits
from kg.errors import ReconcileError
from kg.link.reconcile.queries import MOST_PROPERTIES, TooLarge, either, read_json, shown
from kg.link.reconcile.things import Link, Thing, Things
from kg.link.reconcile.vocabulary import LABEL, OTHER_NAME, Property, Vocabulary, in_language
from kg.query.describe import labels
from kg.query.engine import Engine, Term
from kg.query.listing import values_of
from kg.vocab import XSD

FORMS = ("iri", "id")
LANGUAGES = ("en", "zh", "any")
WHOLE = frozenset(XSD + n for n in ("integer", "nonNegativeInteger", "positiveInteger", "int"))
BROKEN = frozenset(XSD + name for name in ("decimal", "double", "float"))
DATES = frozenset(XSD + name for name in ("date", "dateTime"))
DAY = re.compile(r"(-?\d{4,}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")

Value = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Asked:
    """A property to fetch: at most ``limit`` values, 0 for all; in a language, or any.

    ``form`` says whether identifiers of registries are given as IRIs or by their last parts.
    """

    property: str
    limit: int = 0
    language: str = ""
    form: str = "iri"


@dataclass(frozen=True)
class Extension:
    """A data extension query."""

    ids: tuple[str, ...]
    properties: tuple[Asked, ...]


def read_extension(text: str, limits: Limits) -> Extension:
    """Return a data extension query. Raises ReconcileError, or TooLarge for too many ids."""
    raw = read_json(text)
    if not isinstance(raw, dict) or not {"ids", "properties"} <= set(raw):
        raise ReconcileError(
            'an extension is an object, as in {"ids": ["..."], "properties": [{"id": "ror"}]}'
        )
    ids, properties = raw["ids"], raw["properties"]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ReconcileError("ids is a list of identifiers")
    if len(ids) > limits.reconcile_ids:
        raise TooLarge(f"an extension may have {limits.reconcile_ids} ids, not {len(ids)}")
    if not isinstance(properties, list) or len(properties) > MOST_PROPERTIES:
        raise ReconcileError(f"properties is a list of at most {MOST_PROPERTIES} objects")
    return Extension(tuple(dict.fromkeys(ids)), tuple(_asked(one) for one in properties))


def _asked(raw: object) -> Asked:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise ReconcileError(f'a property is an object, as in {{"id": "ror"}}, not {shown(raw)}')
    settings = raw.get("settings") or {}
    if not isinstance(settings, dict):
        raise ReconcileError(f"settings is an object, not {shown(settings)}")
    return Asked(
        raw["id"],
        _limit(settings.get("limit")),
        _choice(settings, "language", LANGUAGES),
        _choice(settings, "form", FORMS) or FORMS[0],
    )


def _limit(raw: object) -> int:
    """Return a limit from a form, which may send it as a text; 0 where it is left empty."""
    if raw is None or raw == "":
        return 0
    text = str(raw).strip().removesuffix(".0")
    if isinstance(raw, bool) or not (text.isascii() and text.isdigit()):
        raise ReconcileError(f"the setting limit is a whole number, 0 for all, not {shown(raw)}")
    return int(text[:9])


def _choice(settings: Mapping[str, object], name: str, choices: tuple[str, ...]) -> str:
    value = settings.get(name) or ""
    if value and value not in choices:
        raise ReconcileError(f"the setting {name} is {either(choices)}, not {shown(value)}")
    return str(value)


@dataclass(frozen=True)
class Extended:
    """The answer: the properties as they were asked for, and a row for each id."""

    properties: tuple[tuple[str, Property], ...]
    rows: Mapping[str, Mapping[str, Sequence[Value]]]


def extend(
    engine: Engine, things: Things, vocabulary: Vocabulary, query: Extension, language: str
) -> Extended:
    """Return the values that were asked for, for readers of a language.

    An id that is not ours has no values. Raises ReconcileError for a property that there is not.
    """
    asked = [(vocabulary.property(one.property), one) for one in query.properties]
    known = {identifier: things.get(identifier) for identifier in query.ids}
    nodes = [property_.node for property_, _ in asked if property_.node is not None]
    subjects = list(dict.fromkeys(thing.iri for thing in known.values() if thing))
    said = values_of(engine, subjects, list(dict.fromkeys(nodes)))
    parts = _names_of_parts(engine, things, (t for found in said.values() for t in found))
    rows: dict[str, dict[str, Sequence[Value]]] = {}
    for identifier, thing in known.items():
        row: dict[str, Sequence[Value]] = {}
        for property_, wanted in asked:
            chosen = wanted.language or language
            if thing is None:
                values: list[Value] = []
            elif property_.node is None:
                values = _own(thing, property_, wanted, chosen)
            else:
                terms = in_chosen(said.get((thing.iri, property_.node), ()), chosen)
                values = [_value(term, things, parts, language) for term in terms]
            # As the client named it, so that it finds it again.
            row[wanted.property] = values[: wanted.limit or None]
        rows[identifier] = row
    return Extended(tuple((one.property, property_) for property_, one in asked), rows)


def _own(thing: Thing, property_: Property, wanted: Asked, language: str) -> list[Value]:
    """Return the values of what every thing has, and of registries."""
    if property_.id == LABEL:
        names = [n.text for n in thing.names] if language == "any" else [thing.name(language)]
        return [{"str": name} for name in dict.fromkeys(names)]
    if property_.id == OTHER_NAME:
        names = [n.text for n in thing.names if language in {"any", n.language, ""}]
        names = names or [name.text for name in thing.names]
        return [{"str": name} for name in dict.fromkeys(names)]
    if property_.registry:
        links = [link for link in thing.links if link.registry == property_.registry]
        exact = [link for link in links if link.match == "exactMatch"]
        return [{"str": written(link, wanted.form)} for link in (exact or links)]
    return [{"str": thing.iri.value}]


def written(link: Link, form: str) -> str:
    """Return the identifier of a registry as an IRI, or without what all of its begin with.

    >>> written(Link("ror", "https://ror.org/0371fqr87", "exactMatch"), "id")
    '0371fqr87'
    >>> written(Link("funderregistry", "https://doi.org/10.13039/501100003347", ""), "id")
    '10.13039/501100003347'
    """
    if form == "iri":
        return link.iri
    doi = re.search(r"10\.\d{4,}/.*", link.iri)
    return doi[0] if doi else re.split("[/#]", link.iri.rstrip("/"))[-1]


def in_chosen(terms: Sequence[Term], language: str) -> list[Term]:
    """Return values without the texts of other languages, where there is one in this one."""
    tagged = [t for t in terms if isinstance(t, Literal) and t.language]
    if language == "any" or not any(t.language == language for t in tagged):
        return list(terms)
    return [t for t in terms if t not in tagged or getattr(t, "language", "") == language]


def _value(
    term: Term, things: Things, parts: Mapping[str, Mapping[str, str]], language: str
) -> Value:
    if isinstance(term, NamedNode):
        thing = things.at(term.value)
        if thing is not None:
            return {"id": thing.id, "name": thing.name(language)}
        return {"str": in_language(parts.get(term.value, {}), language) or term.value}
    if not isinstance(term, Literal):
        return {"str": str(term)}
    datatype = term.datatype.value
    if datatype in WHOLE:
        return {"int": int(term.value)}
    if datatype in BROKEN:
        return {"float": float(term.value)}
    if datatype in DATES:
        day = DAY.fullmatch(term.value)
        # The API knows points in time only (its schema of the response).
        return {"date": f"{day[1]}T00:00:00{day[2] or 'Z'}" if day else term.value}
    return {"str": term.value}


def _names_of_parts(
    engine: Engine, things: Things, terms: Iterable[Term]
) -> dict[str, dict[str, str]]:
    """Return the labels, by language, of values that are ours but no things by themselves."""
    nodes = {
        term
        for term in terms
        if isinstance(term, NamedNode) and term.value.startswith(engine.base)
        if things.at(term.value) is None
    }
    found: dict[str, dict[str, str]] = {}
    for quad in sorted(labels(engine, nodes), key=str):
        if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
            texts = found.setdefault(quad.subject.value, {})
            texts.setdefault(quad.object.language or "en", quad.object.value)
    return found
