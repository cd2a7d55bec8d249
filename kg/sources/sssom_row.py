"""One row of a mapping file with its CURIEs expanded."""

from dataclasses import dataclass

from sssom_pydantic import SemanticMapping

STORED_SOURCE = "stored_source"
"""Our extension slot: the stored file that the identifier was read from."""


@dataclass(frozen=True)
class Row:
    """One mapping. ``match`` is the local name of a SKOS property; the ends are IRIs.

    ``authors``, ``reviewers`` and ``tool`` are IRIs too; ``mapping`` has the rest as it stands.
    """

    line: int
    subject: str
    match: str
    object: str
    subject_source: str | None
    object_source: str | None
    authors: tuple[str, ...]
    author_labels: tuple[str, ...]
    reviewers: tuple[str, ...]
    reviewer_labels: tuple[str, ...]
    tool: str | None
    mapping: SemanticMapping

    @property
    def stored_source(self) -> str | None:
        """What the identifier was read from, as the file says it."""
        slot = (self.mapping.extensions or {}).get(STORED_SOURCE)
        return str(slot.value) if slot else None
