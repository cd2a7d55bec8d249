"""Proposals as SSSOM TSV for review, and the reviewed ones as mappings that the build reads.

The format is SSSOM/TSV (https://mapping-commons.github.io/sssom/spec-formats-tsv/). Nothing that
stands in a file of proposals is a mapping yet: a row counts when its ``reviewer_id`` is filled
in, or when its score reaches a limit that someone names.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import sssom_pydantic
from curies import Converter, NamableReference, Prefix, Reference
from pydantic import AnyUrl
from sssom_pydantic import MappingSet, MappingTool, SemanticMapping

from kg.errors import LinkError, SourceErrors
from kg.link.proposals import Proposal
from kg.plain import plain
from kg.sources.rdf import read_text
from kg.sources.sssom import center_of
from kg.sources.sssom_rows import parse, row_problem
from kg.vocab import SEMAPV, SKOS, XSD, Iris, below

DISTRIBUTION = "research-center-kg"
LINE_END = "\r\n"
TOOL = "kg link"
SIMILARITY = "probability by boosted trees over names, words and places"
NOT_FOUND = NamableReference(prefix=Prefix("sssom"), identifier="NoTermFound")
LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
PROPOSED_COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "similarity_score", "comment", "other", "reviewer_id"),
    *("review_date", "object_source", "object_source_version", "mapping_tool"),
    *("mapping_tool_version", "mapping_date", "similarity_measure", "match_string"),
)
ACCEPTED_COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "reviewer_id", "review_date", "object_source"),
    *("object_source_version", "mapping_tool", "mapping_tool_version", "mapping_date"),
    *("confidence", "comment"),
)
"""The columns that `kg check` reads in a mapping set."""


@dataclass(frozen=True)
class Target:
    """The registry that is linked to: its prefix as a CURIE has it, as an IRI, and its release.

    ``measure`` says what the scores are; ``service`` is the address of the reconciliation
    service that gave them, where it was no import.
    """

    name: str
    prefix: str
    version: str
    measure: str = SIMILARITY
    service: str = ""

    @property
    def source(self) -> Reference:
        """What the records are from: the registry, or the service."""
        if not self.service:
            return Reference(prefix=Prefix("bioregistry"), identifier=self.name)
        _start, _slash, end = self.service.rstrip("/").rpartition("/")
        return Reference(prefix=Prefix("service"), identifier=end)

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of CURIEs that the rows have because of it."""
        own = {self.name: self.prefix}
        start, slash, _end = self.service.rstrip("/").rpartition("/")
        return own | ({"service": start + slash} if self.service else {})


def proposed(
    proposals: Iterable[Proposal], base: str, target: Target, day: date | None = None
) -> list[SemanticMapping]:
    """Return a row for each proposal; where nothing was found it says ``sssom:NoTermFound``.

    ``day`` is when the rows are made: today, by UTC, if left out.
    """
    made_on = day or datetime.now(UTC).date()
    return [_row(proposal, base, target, made_on) for proposal in proposals]


def _row(proposal: Proposal, base: str, target: Target, made_on: date) -> SemanticMapping:
    subject, found = proposal.subject, proposal.found
    runner_up = proposal.runner_up_in_words
    local = subject.iri.removeprefix(base + "id/") if subject.iri else ""
    return SemanticMapping(
        # A row of a table has no IRI: SSSOM has it as a literal, by its label.
        subject=NamableReference(
            prefix=Prefix("kgid" if local else "text"),
            identifier=local or _slug(subject.label),
            name=subject.label,
        ),
        predicate=NamableReference(prefix=Prefix("skos"), identifier="exactMatch"),
        object=NamableReference(
            prefix=Prefix(target.name), identifier=found.entry.local, name=found.entry.display
        )
        if found
        else NOT_FOUND,
        justification=Reference(
            prefix=Prefix("semapv"),
            identifier="LexicalMatching"
            if found is None or found.name.casefold() == proposal.text.casefold()
            else "CompositeMatching",
        ),
        similarity_score=round(found.score, 4) if found else None,
        similarity_measure=target.measure if found else None,
        comment=found.why if found else "no candidate is likely enough",
        other={"runner_up": runner_up} if runner_up else None,
        match_string=[proposal.text] if proposal.text != subject.label else None,
        object_source=target.source,
        object_source_version=target.version or None,
        mapping_tool=MappingTool(name=TOOL, version=version(DISTRIBUTION)),
        mapping_date=made_on,
    )


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text).split())


def accepted(rows: Iterable[SemanticMapping], limit: float | None = None) -> list[SemanticMapping]:
    """Return the rows that a reviewer signed or whose score is ``limit`` or more.

    They say how, by what and when the link was found, and who reviewed it when. The score
    becomes the confidence: a review does not change how sure the tool was.
    """
    return [
        SemanticMapping(
            subject=row.subject,
            predicate=row.predicate,
            object=row.object,
            justification=row.justification,
            object_source=row.object_source,
            object_source_version=row.object_source_version,
            mapping_tool=row.mapping_tool,
            mapping_date=row.mapping_date,
            reviewers=row.reviewers,
            review_date=row.review_date,
            confidence=row.similarity_score,
            comment=row.comment,
        )
        for row in rows
        if row.object.curie != NOT_FOUND.curie and row.predicate_modifier is None
        if row.reviewers or (limit is not None and (row.similarity_score or 0.0) >= limit)
    ]


def read_reviewed(path: Path) -> list[SemanticMapping]:
    """Return the rows of a file of proposals.

    Raises SourceError for one that is no SSSOM, SourceErrors with every row that is none.
    """
    # Spreadsheets put a byte order mark before what they save.
    text = read_text(path).removeprefix("\ufeff")
    rows, _, _, errors = parse(path, text)
    if errors:
        # The library does not count the line of the column names.
        raise SourceErrors(row_problem(path, e.line_number + 1, e.exception) for e in errors)
    return rows


def write_sssom(
    rows: Sequence[SemanticMapping],
    path: Path,
    base: str,
    target: Target,
    columns: Sequence[str],
    title: str,
) -> None:
    """Write a mapping set named after its file, with the columns that are named.

    Raises LinkError where the file cannot be written.
    """
    iris = Iris(base)
    name = path.name.removesuffix(".sssom.tsv")
    prefixes = {
        "bioregistry": "https://bioregistry.io/registry/",
        "kgid": iris.entity("", "").value.rstrip("/") + "/",
        **target.prefixes,
        "semapv": SEMAPV,
        "skos": SKOS,
        "sssom": "https://w3id.org/sssom/",
        "text": iris.graph("text/").value,
        "xsd": XSD,
        "orcid": "https://orcid.org/",
    }
    header = MappingSet(
        id=AnyUrl(iris.graph(f"{below('mapping', center_of(path))}/{name}").value),
        title=title,
        license=AnyUrl(LICENSE),
        sssom_version="1.1",
    )
    buffer = io.StringIO()
    sssom_pydantic.write(
        rows,
        buffer,
        metadata=header,
        converter=Converter.from_prefix_map(prefixes),
        columns=list(columns),
        condense=False,
        reduce_prefix_map=False,
    )
    # What a name holds of control characters comes from a registry, a service or a table.
    text = LINE_END.join(map(plain, buffer.getvalue().split(LINE_END)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = error.strerror or str(error)
        raise LinkError(f"{path} cannot be written ({what}); name another place") from error
