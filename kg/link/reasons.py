"""Evidence in words, for whoever reviews a proposal."""

from collections.abc import Iterator

from kg.link.evidence import Evidence
from kg.link.placeless import PLACELESS
from kg.link.registry import Registry

KINDS = {
    "ror_display": "the record's main name",
    "label": "a label of the record",
    "alias": "an alias in the record",
    "acronym": "an acronym in the record",
}


def reason(one: Evidence, registry: Registry) -> str:
    """Return a sentence that says why the entry of ``one`` may be meant, and what speaks against."""
    return "; ".join(_clauses(one, registry))


def _clauses(one: Evidence, registry: Registry) -> Iterator[str]:
    yield from _name_clauses(one, registry)
    place = one.entry.location or "an unknown place"
    if one.city:
        yield f"the city is that of the record ({place})"
    elif one.country > 0:
        yield f"the country is that of the record ({place})"
    elif one.country < 0:
        yield f"the text names another country than the record ({place})"
    if not one.entry.is_record:
        yield "the registry names it, but its record is not in the dump"
    elif one.entry.status != "active":
        yield f"the record is {one.entry.status}"


def _name_clauses(one: Evidence, registry: Registry) -> Iterator[str]:
    kind = next((KINDS[kind] for kind in one.name.kinds if kind in KINDS), "a name of the record")
    missing = [word for word in one.name.words if word not in one.hit.shared]
    placeless = PLACELESS in one.name.kinds
    without = " but for its place" if placeless else ""
    if one.hit.exact:
        yield f'"{one.name.text}", {kind}, stands in the text{without}'
    elif not missing:
        yield f'all words of "{one.name.text}", {kind}, stand in the text{without}'
    else:
        yield f'{one.covered:.0%} of "{one.name.text}", {kind}, stands in the text{without}'
        yield f"missing: {', '.join(missing)}"
    if one.hit.typos:
        yield f"spelled differently: {', '.join(sorted(one.hit.typos))}"
    namesakes = registry.entries_named(" ".join(one.name.words))
    if namesakes > 1:
        share = "this name where the place is left out" if placeless else "this name"
        yield f"{namesakes} records share {share}"
