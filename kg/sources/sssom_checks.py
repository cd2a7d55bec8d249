"""What a row of a mapping file must not say, though SSSOM would let it.

Ends that are no mapping, matches and justifications that SSSOM does not know, identifiers whose
check digits lie, an exact match between different kinds of things, nobody who made the row or
nothing of when, and two rows about one pair.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from curies.vocabulary import matching_processes
from pyoxigraph import NamedNode

from kg.errors import SourceError
from kg.sources.registries import REGISTRIES, SOURCE_PREFIX, kind_of, registry_of
from kg.sources.sssom_row import Row

MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
JUSTIFICATIONS = tuple(sorted(process.identifier for process in matching_processes))
OUR_AGENTS = ("dataset#publisher", "id/person/", "id/institution/")
"""How the IRIs of those of ours begin, below the base, who can make or review a mapping."""

Problem = tuple[str, str]
"""What is wrong with a row, and what to do."""


def problems_of(path: Path, rows: Sequence[Row], base: str, latest: date) -> Iterator[SourceError]:
    """Yield what is wrong with each row, the first thing only.

    ``base`` is what our IRIs begin with; no date may be after ``latest``.
    """
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        before = seen.setdefault((row.subject, row.object), row)
        problem = (
            _ends_problem(row, base)
            or _words_problem(row)
            or _record_problem(row, base)
            or _makers_problem(row, base)
            or _dates_problem(row, latest)
            or (_pair_problem(before, row) if before is not row else None)
        )
        if problem:
            yield SourceError(path, row.line, *problem)


def _ends_problem(row: Row, base: str) -> Problem | None:
    if row.subject == row.object:
        return f"{row.subject} is mapped to itself", "name the record of another registry"
    if not row.subject.startswith(base):
        return f"{row.subject} is not ours", f"map a thing whose IRI begins with {base}"
    if row.object.startswith(base):
        return f"{row.object} is ours", "map to another registry; within ours, state a triple"
    for iri in (row.subject, row.object):
        if not is_iri(iri):
            return f"{iri!r} is no IRI", "write the identifier without blanks"
    return None


def _words_problem(row: Row) -> Problem | None:
    justification = row.mapping.justification
    if row.match not in MATCHES:
        what = f"{row.mapping.predicate.curie} is no mapping property"
        return what, f"use one of skos:{', skos:'.join(MATCHES)}"
    if justification.prefix != "semapv" or justification.identifier not in JUSTIFICATIONS:
        what = f"{justification.curie} is no justification that SSSOM knows"
        return what, f"use one of semapv:{', semapv:'.join(JUSTIFICATIONS)}"
    return None


def _record_problem(row: Row, base: str) -> Problem | None:
    """Return what the registry of the object has against the row."""
    registry = registry_of(row.object)
    if registry is None:
        return None
    identifier = row.object.removeprefix(registry.prefix).removesuffix(registry.suffix)
    if registry.suffix and identifier.endswith(registry.suffix):
        curie = row.mapping.object.curie
        what = f"{curie} ends in {registry.suffix!r}, which every IRI of {registry.name} does"
        return what, f"write {curie.removesuffix(registry.suffix)}"
    if registry.fits and not registry.fits(identifier):
        return _no_identifier(registry.name, identifier)
    source = row.object_source or ""
    if source.startswith(SOURCE_PREFIX) and source != SOURCE_PREFIX + registry.word:
        what = f"{row.mapping.object.curie} is of {registry.name}, and object_source is {source}"
        return what, f"write bioregistry:{registry.word} or correct object_id"
    kind = kind_of(row.subject.removeprefix(base))
    if row.match == "exactMatch" and not registry.describes(kind):
        kinds = ", ".join(sorted(registry.kinds or ()))
        what = (
            f"{row.mapping.subject.curie} is of the kind {kind}, and {registry.name} "
            f"has records of: {kinds}"
        )
        return what, "map the record of the thing itself, or say skos:relatedMatch"
    return None


def _no_identifier(registry: str, identifier: str) -> Problem:
    what = f"{identifier!r} is no {registry} identifier: form or check digits are wrong"
    return what, "copy it again from the record"


def _makers_problem(row: Row, base: str) -> Problem | None:
    """Return whether somebody made the row, and whether those named can be known."""
    if not (row.authors or row.author_labels or row.mapping.mapping_tool):
        what = "nobody is said to have made the mapping"
        return what, "fill in author_id, author_label or mapping_tool"
    for slot, iris in (("author_id", row.authors), ("reviewer_id", row.reviewers)):
        for iri in iris:
            registry = registry_of(iri)
            if registry is None or not registry.has_agents:
                if not iri.startswith(tuple(base + path for path in OUR_AGENTS)):
                    words = ", ".join(r.word for r in REGISTRIES if r.has_agents)
                    what = f"{slot} is {iri}, and no registry of people or organizations has it"
                    return what, f"name the record of one of {words}, or a thing of ours"
            elif registry.fits and not registry.fits(iri.removeprefix(registry.prefix)):
                return _no_identifier(registry.name, iri.removeprefix(registry.prefix))
    return None


def _dates_problem(row: Row, latest: date) -> Problem | None:
    made, reviewed = row.mapping.mapping_date, row.mapping.review_date
    if made is None:
        return "mapping_date is empty", "write the day on which the mapping was made: 2026-01-31"
    for slot, day in (("mapping_date", made), ("review_date", reviewed)):
        if day and day > latest:
            return f"{slot} is {day}, in the future", "write the day on which it happened"
    if reviewed and reviewed < made:
        return f"the review of {reviewed} is before the mapping of {made}", "correct one of them"
    return None


def _pair_problem(before: Row, row: Row) -> Problem:
    pair = f"{row.mapping.subject.curie} and {row.mapping.object.curie}"
    if before.match != row.match:
        what = f"line {before.line} says skos:{before.match} of {pair}, and this skos:{row.match}"
        return what, "a pair matches in one way only: keep the right row"
    return f"line {before.line} maps {pair} already", "keep one of the two rows"


def is_iri(text: str) -> bool:
    """Say whether a text can be written as an IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
