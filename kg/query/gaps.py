"""What a release leaves open, and how good it says it is: found by queries."""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.query.engine import Engine, Term
from kg.vocab import DQV, PREF_LABEL, PROV_VALUE, RDF_TYPE, SKOS, Iris

NOT_STATED = "/not-stated"
"""How concepts of our code lists end that say: the text does not tell."""


@dataclass(frozen=True)
class Unstated:
    """A property that the text gives no value for: how many things lack it, and the first."""

    property: NamedNode
    count: int
    things: tuple[NamedNode, ...]


@dataclass(frozen=True)
class SilentClaim:
    """A claim that no statement was made of, its words, and the reason."""

    claim: NamedNode
    quote: Literal
    reason: str
    note: str


@dataclass(frozen=True)
class Measurement:
    """A figure of quality (DQV): what was measured, on what, and the value."""

    metric: NamedNode
    computed_on: NamedNode
    value: Literal


def unstated(engine: Engine, limit: int) -> tuple[Unstated, ...]:
    """Return what is marked as not stated, by property, the most frequent first."""
    pattern = (
        f"?thing ?p ?code FILTER(STRSTARTS(STR(?thing), '{engine.base}id/') && "
        f"STRSTARTS(STR(?code), '{engine.base}code/') && STRENDS(STR(?code), '{NOT_STATED}'))"
    )
    rows = engine.select(
        f"SELECT ?p (COUNT(DISTINCT ?thing) AS ?n) {{ {pattern} }} GROUP BY ?p ORDER BY DESC(?n) ?p"
    ).rows
    found = []
    for property_, count in rows:
        if isinstance(property_, NamedNode):
            things = engine.select(
                f"SELECT DISTINCT ?thing {{ BIND({property_} AS ?p) {pattern} }} "
                f"ORDER BY ?thing LIMIT {limit}"
            ).rows
            listed = tuple(row[0] for row in things if isinstance(row[0], NamedNode))
            found.append(Unstated(property_, _integer(count), listed))
    return tuple(found)


def silent_claims(engine: Engine, limit: int) -> tuple[int, tuple[SilentClaim, ...]]:
    """Return how many claims have no statement, and the first of them with their reasons."""
    iris = Iris(engine.base)
    pattern = (
        f"?claim a {iris.term('SourceClaim')} ; {PROV_VALUE} ?quote "
        "FILTER NOT EXISTS { GRAPH ?claim { ?s ?p ?o } }"
    )
    count = engine.select(f"SELECT (COUNT(DISTINCT ?claim) AS ?n) {{ {pattern} }}").rows[0][0]
    rows = engine.select(
        f"SELECT ?claim ?quote ?reason ?note {{ {pattern} "
        f"OPTIONAL {{ ?claim {iris.term('reason')} ?reason }} "
        f"OPTIONAL {{ ?claim {iris.term('note')} ?note }} }} ORDER BY ?claim LIMIT {limit}"
    ).rows
    return _integer(count), tuple(
        SilentClaim(claim, quote, _text(reason), _text(note))
        for claim, quote, reason, note in rows
        if isinstance(claim, NamedNode) and isinstance(quote, Literal)
    )


def measurements(engine: Engine, limit: int) -> tuple[Measurement, ...]:
    """Return the figures of quality that the release states of itself and its parts."""
    rows = engine.select(
        f"SELECT ?metric ?on ?value {{ ?m {RDF_TYPE} <{DQV}QualityMeasurement> ; "
        f"<{DQV}isMeasurementOf> ?metric ; <{DQV}computedOn> ?on ; <{DQV}value> ?value }} "
        f"ORDER BY ?on ?metric LIMIT {limit}"
    ).rows
    return tuple(
        Measurement(metric, on, value)
        for metric, on, value in rows
        if isinstance(metric, NamedNode)
        and isinstance(on, NamedNode)
        and isinstance(value, Literal)
    )


def instances(engine: Engine) -> dict[NamedNode, int]:
    """Return how many things are of each class."""
    rows = engine.select(
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) { ?thing a ?class } GROUP BY ?class"
    ).rows
    return {row[0]: _integer(row[1]) for row in rows if isinstance(row[0], NamedNode)}


def definitions(engine: Engine, metrics: set[NamedNode]) -> dict[NamedNode, dict[str, str]]:
    """Return what each metric counts, by language."""
    values = " ".join(str(metric) for metric in sorted(metrics, key=str))
    rows = engine.select(
        f"SELECT ?metric ?text {{ VALUES ?metric {{ {values} }} "
        f"?metric <{SKOS}definition> ?text ; {PREF_LABEL} ?label }}"
    ).rows
    found: dict[NamedNode, dict[str, str]] = {}
    for metric, text in rows:
        if isinstance(metric, NamedNode) and isinstance(text, Literal):
            found.setdefault(metric, {})[text.language or "en"] = text.value
    return found


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, Literal) else ""


def _integer(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
