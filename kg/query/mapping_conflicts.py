"""What in the mappings cannot all be true, or should be looked at: found by queries.

A conflict is no mistake of the build, which lets it pass; it is for a curator to settle.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from kg.query.engine import Engine
from kg.vocab import OWL, PREF_LABEL, SKOS, SSSOM, Iris

Sort = OneOf["several-records", "shared-record", "two-matches", "obsolete", "withdrawn", "homonyms"]
SORTS: tuple[Sort, ...] = (
    *("several-records", "shared-record", "two-matches"),
    *("obsolete", "withdrawn", "homonyms"),
)

OBSOLETE = "^(obsolete|deprecated|withdrawn|retired)[ :_]"
"""How registries begin the label of a record that they have given up."""


@dataclass(frozen=True)
class Conflict:
    """Things of ours and records elsewhere that are in conflict.

    ``several-records``: a thing is the same as two records of one registry;
    ``shared-record``: two things are the same as one record; ``two-matches``: a thing and a
    record match in two ways; ``obsolete``: the registry gave the record up; ``withdrawn``:
    we gave the thing up; ``homonyms``: two things of ours have one name, which is ``label``.
    """

    sort: Sort
    things: tuple[NamedNode, ...]
    records: tuple[NamedNode, ...] = ()
    label: str = ""


def conflicts(engine: Engine, withdrawn: Collection[str] = (), limit: int = 100) -> list[Conflict]:
    """Return the conflicts, by sort; at most ``limit`` of each sort.

    ``withdrawn`` are paths of IRIs that were taken back.
    """
    finder = _Finder(engine, limit)
    found = [
        *finder.several_records(),
        *finder.shared_records(),
        *finder.two_matches(),
        *finder.obsolete(),
        *finder.withdrawn(withdrawn),
        *finder.homonyms(),
    ]
    return sorted(found, key=lambda conflict: SORTS.index(conflict.sort))


class _Finder:
    """Asks for each sort of conflict. Lists of IRIs come back joined by spaces."""

    def __init__(self, engine: Engine, limit: int) -> None:
        self._engine = engine
        self._limit = limit
        iris = Iris(engine.base)
        self._subject, self._match, self._object = (
            iris.term(f"mapping{end}") for end in ("Subject", "Predicate", "Object")
        )
        self._exact = (
            f"?m {self._subject} ?s ; {self._object} ?o ; {self._match} <{SKOS}exactMatch>"
        )

    def _rows(self, query: str) -> Iterator[tuple[str, ...]]:
        yield from self._engine.select(f"{query} LIMIT {self._limit}").texts()

    def several_records(self) -> Iterator[Conflict]:
        rows = self._rows(
            f"SELECT ?s {_joined('?o')} {{ {self._exact} ; <{SSSOM}object_source> ?registry }} "
            "GROUP BY ?s ?registry HAVING (COUNT(DISTINCT ?o) > 1) ORDER BY ?s ?registry"
        )
        for thing, records in rows:
            yield Conflict("several-records", (NamedNode(thing),), _nodes(records))

    def shared_records(self) -> Iterator[Conflict]:
        rows = self._rows(
            f"SELECT ?o {_joined('?s')} {{ {self._exact} }} "
            "GROUP BY ?o HAVING (COUNT(DISTINCT ?s) > 1) ORDER BY ?o"
        )
        for record, things in rows:
            yield Conflict("shared-record", _nodes(things), (NamedNode(record),))

    def two_matches(self) -> Iterator[Conflict]:
        rows = self._rows(
            f"SELECT ?s ?o {{ ?m {self._subject} ?s ; {self._object} ?o ; {self._match} ?match }} "
            "GROUP BY ?s ?o HAVING (COUNT(DISTINCT ?match) > 1) ORDER BY ?s ?o"
        )
        for thing, record in rows:
            yield Conflict("two-matches", (NamedNode(thing),), (NamedNode(record),))

    def obsolete(self) -> Iterator[Conflict]:
        rows = self._rows(
            f"SELECT DISTINCT ?s ?o {{ ?m {self._subject} ?s ; {self._object} ?o "
            f"OPTIONAL {{ ?m <{SSSOM}object_label> ?label }} "
            f"FILTER(REGEX(STR(COALESCE(?label, '')), '{OBSOLETE}', 'i') || "
            f"EXISTS {{ ?o <{OWL}deprecated> true }}) }} ORDER BY ?s ?o"
        )
        for thing, record in rows:
            yield Conflict("obsolete", (NamedNode(thing),), (NamedNode(record),))

    def withdrawn(self, paths: Collection[str]) -> Iterator[Conflict]:
        if not paths:
            return
        nodes = " ".join(f"<{self._engine.base}{path}>" for path in sorted(paths))
        rows = self._rows(
            f"SELECT ?s {_joined('?o')} {{ VALUES ?s {{ {nodes} }} ?m {self._subject} ?s ; "
            f"{self._object} ?o }} GROUP BY ?s ORDER BY ?s"
        )
        for thing, records in rows:
            yield Conflict("withdrawn", (NamedNode(thing),), _nodes(records))

    def homonyms(self) -> Iterator[Conflict]:
        table = self._engine.select(
            f"SELECT ?key (MIN(?label) AS ?text) {_joined('?s')} {{ ?s {PREF_LABEL} ?label "
            f"FILTER(STRSTARTS(STR(?s), '{self._engine.base}id/')) "
            "BIND(CONCAT(LCASE(STR(?label)), '@', LANG(?label)) AS ?key) } "
            "GROUP BY ?key HAVING (COUNT(DISTINCT ?s) > 1) ORDER BY ?key"
        )
        found = (
            Conflict("homonyms", shared, (), label.value)
            for _key, label, things in table.rows
            if isinstance(label, Literal) and isinstance(things, Literal)
            if len(shared := self._shared(_nodes(things.value))) > 1
        )
        yield from islice(found, self._limit)

    def _shared(self, things: tuple[NamedNode, ...]) -> tuple[NamedNode, ...]:
        """Return the things that profiles share: those of one profile begin with its slug.

        Two centers may each have published papers; nobody takes the one figure for the other.
        """
        return tuple(thing for thing in things if not self._is_of_a_profile(thing))

    def _is_of_a_profile(self, thing: NamedNode) -> bool:
        words = thing.value.rpartition("/")[2].split("-")
        return any("-".join(words[:n]) in self._centers for n in range(1, len(words)))

    @cached_property
    def _centers(self) -> frozenset[str]:
        """The slugs of the centers."""
        rows = self._engine.select(f"SELECT ?c {{ ?c a {Iris(self._engine.base).term('Center')} }}")
        return frozenset(iri.rpartition("/")[2] for (iri,) in rows.texts())


def _joined(variable: str) -> str:
    return f"(GROUP_CONCAT(DISTINCT STR({variable}); separator=' ') AS ?joined)"


def _nodes(joined: str) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(iri) for iri in sorted(joined.split(" ")))
