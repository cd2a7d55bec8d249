"""What is to be linked, and the link that is proposed for it.

A thing has several names, in several languages, and perhaps a context: what it is named under,
where it is. Each name is matched within the context; the best answer over all of them is the
proposal.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import SourceError
from kg.link.candidate import Candidate
from kg.link.match import Match, Matcher
from kg.link.words import key
from kg.plain import brief_list
from kg.sources.bounded import regular_file
from kg.sources.table import csv_rows

LEARNED_FROM = "ror"
"""The registry that the scores were learned with: elsewhere they are too low for likely records."""


@dataclass(frozen=True)
class Subject:
    """A thing that may have a record elsewhere. ``iri`` is empty for a row of a table.

    ``context`` is what follows the name in an affiliation, such as ``University X, Wuhan``.
    """

    iri: str
    label: str
    names: tuple[str, ...]
    context: str = ""


@dataclass(frozen=True)
class Proposal:
    """What was found for a subject: a candidate, or none; ``text`` is the name it was found by."""

    subject: Subject
    text: str
    found: Candidate | None
    runner_up: Candidate | None

    @property
    def runner_up_in_words(self) -> str:
        """The runner-up with its score, or an empty text."""
        other = self.runner_up
        return f"{other.entry.display} ({other.entry.local}, {other.score:.2f})" if other else ""


def propose(subjects: Iterable[Subject], matcher: Matcher) -> Iterator[Proposal]:
    """Yield a proposal for each subject, in their order."""
    for subject in subjects:
        yield _proposal(subject, matcher)


def propose_all(subject: Subject, matcher: Matcher, *, parts: bool = False) -> list[Proposal]:
    """Return a proposal for every institution that an affiliation names, at least one.

    With ``parts`` it is the hospital, not its university, where both are named.
    """
    match = matcher.match(subject.label, parts=parts)
    if not match.answers:
        return [_proposal_of(subject, match, _namesake(subject, match.candidates, matcher))]
    return [_proposal_of(subject, match, answer) for answer in match.answers]


def _proposal(subject: Subject, matcher: Matcher) -> Proposal:
    best = Proposal(subject, subject.label, None, None)
    seen: dict[str, Candidate] = {}
    for name in subject.names:
        text = f"{name}, {subject.context}" if subject.context else name
        for candidate in matcher.match(text, name).candidates:
            local = candidate.entry.local
            if local not in seen or seen[local].score < candidate.score:
                seen[local] = candidate
            likely = candidate.score >= max(
                matcher.model.first, best.found.score if best.found else 0.0
            )
            if likely and candidate.entry.is_record:
                best = Proposal(subject, text, candidate, None)
    if best.found is None and (namesake := _namesake(subject, seen.values(), matcher)):
        best = Proposal(subject, subject.label, namesake, None)
    taken = best.found.entry.local if best.found else ""
    others = (candidate for local, candidate in seen.items() if local != taken)
    runner_up = max(others, key=lambda candidate: candidate.score, default=None)
    return replace(best, runner_up=runner_up)


def _namesake(subject: Subject, found: Iterable[Candidate], matcher: Matcher) -> Candidate | None:
    """Return the only candidate that is called exactly as a subject is; None for none, or several.

    Where the scores were learned they count alone.
    """
    if matcher.registry.meta["registry"] == LEARNED_FROM:
        return None
    keys = {key(name) for name in subject.names}
    same = [one for one in found if one.entry.is_record and key(one.name) in keys]
    if len(same) != 1:
        return None
    return replace(same[0], why=f"{same[0].why}; names only: no other record is called so")


def _proposal_of(subject: Subject, match: Match, answer: Candidate | None) -> Proposal:
    others = [c for c in match.candidates if answer is None or c.entry.id != answer.entry.id]
    return Proposal(subject, match.text, answer, others[0] if others else None)


def subjects_of_table(path: Path, column: str) -> list[Subject]:
    """Return each text of a column of a CSV file once, in the order of the file.

    Raises SourceError for a file that is no CSV or lacks the column.
    """
    try:
        with regular_file(path) as file:
            rows = (cells for _line, cells in csv_rows(path, file) if cells)
            names = next(rows, [])
            if column not in names:
                fix = f"name one of {brief_list(names)} with --column" if names else "name another"
                raise SourceError(path, 1, f"no column {column!r}", fix)
            place = names.index(column)
            texts = dict.fromkeys(cells[place].strip() for cells in rows if len(cells) > place)
    except OSError as error:
        raise SourceError(
            path, None, f"cannot be read: {error.strerror or error}", "name a CSV file"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path, None, f"no CSV in UTF-8: {error}", "save it as CSV") from None
    return [Subject("", text, (text,)) for text in texts if text]
