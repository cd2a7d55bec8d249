"""The awards of a center as a table: programmes by level, and in which role it won them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.vocab import Iris
from kg.web.names import Name, Names, readable
from kg.web.site import Site


@dataclass(frozen=True)
class Prizes:
    """How many prizes of one programme in one role; ``grade`` is None where none is stated."""

    number: str
    tally: Name
    grade: Name | None


@dataclass(frozen=True)
class Programme:
    """One award programme, its level where one is stated, and a cell for each role."""

    name: Name
    level: Name | None
    cells: Sequence[Sequence[Prizes]]


@dataclass(frozen=True)
class AwardTable:
    """Programmes in rows, roles in columns."""

    roles: Sequence[Name]
    programmes: Sequence[Programme]


def award_table(site: Site, center: NamedNode, lang: str) -> AwardTable | None:
    """Return the awards that the tallies of ``center`` count; None where it has none."""
    iris = Iris(site.base)
    term = iris.term
    rows = site.engine.select(
        f"SELECT ?tally ?award ?role ?value ?level ?grade {{ "
        f"?tally a {term('AwardTally')} ; {term('center')} {center} ; {term('award')} ?award ; "
        f"{term('participation')} ?role ; {term('value')} ?value "
        f"OPTIONAL {{ ?award {term('level')} ?level }} "
        f"OPTIONAL {{ ?tally {term('grade')} ?grade }} }} ORDER BY ?level ?award ?role ?tally"
    ).rows
    if not rows:
        return None
    nodes = {term_ for row in rows for term_ in row if isinstance(term_, NamedNode)}
    names = Names(site.labels(nodes), lang, site.base)
    roles = sorted({row[2] for row in rows if isinstance(row[2], NamedNode)}, key=str)
    found: dict[tuple[NamedNode, object], dict[NamedNode, list[Prizes]]] = {}
    for tally, award, role, value, level, grade in rows:
        if (
            isinstance(tally, NamedNode)
            and isinstance(award, NamedNode)
            and isinstance(role, NamedNode)
            and isinstance(value, Literal)
        ):
            prizes = Prizes(
                readable(value),
                names.of(tally),
                names.of(grade) if isinstance(grade, NamedNode) else None,
            )
            found.setdefault((award, level), {}).setdefault(role, []).append(prizes)
    return AwardTable(
        tuple(names.of(role) for role in roles),
        tuple(
            _programme(award, level, cells, roles, names) for (award, level), cells in found.items()
        ),
    )


def _programme(
    award: NamedNode,
    level: object,
    cells: Mapping[NamedNode, Sequence[Prizes]],
    roles: Sequence[NamedNode],
    names: Names,
) -> Programme:
    return Programme(
        names.of(award),
        names.of(level) if isinstance(level, NamedNode) else None,
        tuple(tuple(cells.get(role, ())) for role in roles),
    )
