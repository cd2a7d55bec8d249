"""Proposals from a reconciliation service, beside those from an imported registry.

Services score as they like: a score becomes a part of 1 by the scale that all answers of a run
show, and the proposals say which. The best candidate is proposed where the service is sure of
it or its score is high; the next one is the runner-up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from kg.errors import LinkError
from kg.link.candidate import Candidate
from kg.link.comparison import Comparison, compare
from kg.link.coverage import ALL, curated, kinds_wanted
from kg.link.linking import Linked, Progress
from kg.link.proposals import Proposal, Subject
from kg.link.registries import Registries, read_registries
from kg.link.registry import Entry
from kg.link.review import Target
from kg.link.service import Answer, Service
from kg.link.subjects import subjects_of_release
from kg.release.folder import Release

LEAST = 0.7
"""The least score, as a part of 1, of a proposal that the service is not sure of."""
SCALES = (1.0, 100.0)
"""The scales that services use; beyond them the best score of the run counts as 1."""
SHARED_HOSTS = frozenset(("w3id.org", "purl.org", "identifiers.org", "doi.org"))
TELLING_FEATURES = 6


@dataclass(frozen=True)
class Asked:
    """A subject and what the service answered to each of its names."""

    subject: Subject
    answers: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True)
class Source:
    """Where a service's identifiers lie: a name for its prefix, and the prefix itself."""

    name: str
    prefix: str

    def local(self, identifier: str) -> str:
        """Return an identifier without the prefix. LinkError for an IRI outside of it."""
        local = identifier.removeprefix(self.prefix)
        if "://" in local:
            raise LinkError(f"the service names {identifier}, which does not begin {self.prefix}")
        return local


def link_release_by_service(
    release: Release,
    kinds: Sequence[str],
    service: Service,
    types: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> Linked:
    """Return a proposal for every thing of the kinds, beside its curated mapping.

    Raises LinkError for a kind that the release has nothing of, and where the service fails.
    """
    target = target_of(service)
    subjects: list[tuple[str, Subject]] = []
    for kind in kinds_wanted(release.store, release.base, kinds):
        found = subjects_of_release(release.store, release.base, kind, target.name)
        if not found:
            fix = f"name a kind that stands in its IRIs, or {ALL}"
            raise LinkError(f"the release has no {kind!r}; {fix}")
        subjects += [(kind, subject) for subject in found]
    linked = link_by_service([subject for _, subject in subjects], service, types, progress)
    registries = read_registries()
    comparisons = tuple(
        _compared(release, proposal, kind, target, registries)
        for (kind, _), proposal in zip(subjects, linked.proposals, strict=True)
    )
    return replace(linked, comparisons=comparisons)


def link_by_service(
    subjects: Sequence[Subject],
    service: Service,
    types: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> Linked:
    """Return a proposal for every subject."""
    source = source_of(service)
    asked = list(_ask(subjects, service, types, progress))
    scale = scale_of([answer.score for one in asked for _name, answer in one.answers])
    proposals = tuple(_proposal(one, source, scale) for one in asked)
    measure = f"score of {service.name}, divided by {scale:g}"
    return Linked(proposals, (), 0, target_of(service, measure))


def _ask(
    subjects: Sequence[Subject], service: Service, types: Sequence[str], progress: Progress
) -> Iterator[Asked]:
    """Yield the answers for each subject; every name is asked for once."""
    names = list(dict.fromkeys(name for subject in subjects for name in subject.names))
    found: dict[str, tuple[Answer, ...]] = {}
    for start in range(0, len(names), service.batch_size):
        batch = names[start : start + service.batch_size]
        found.update(zip(batch, service.reconcile(batch, types), strict=True))
        progress(f"{min(start + len(batch), len(names)):,} of {len(names):,} names")
    for subject in subjects:
        pairs = ((name, answer) for name in subject.names for answer in found[name])
        yield Asked(subject, tuple(pairs))


def scale_of(scores: Sequence[float]) -> float:
    """Return what the best score of a service may be, as far as its answers show.

    >>> scale_of([0.4, 1.0]), scale_of([85.0, 12.5]), scale_of([])
    (1.0, 100.0, 100.0)
    >>> scale_of([310.0, 42.0])
    310.0
    """
    best = max(scores, default=SCALES[-1])
    return next((scale for scale in SCALES if best <= scale), best)


def _proposal(asked: Asked, source: Source, scale: float) -> Proposal:
    """Return the proposal for a subject: what fits best over all its names, and the next."""
    best: dict[str, tuple[str, Answer]] = {}
    for name, answer in asked.answers:
        known = best.get(answer.id)
        if known is None or (answer.match, answer.score) > (known[1].match, known[1].score):
            best[answer.id] = (name, answer)
    ranked = sorted(best.values(), key=lambda pair: (-pair[1].match, -pair[1].score, pair[1].id))
    sure = [pair for pair in ranked if pair[1].match]
    is_likely = bool(ranked) and ranked[0][1].score / scale >= LEAST
    if len(sure) == 1 or (not sure and is_likely):
        (text, answer), rest = ranked[0], ranked[1:]
        found = _candidate(answer, text, source, scale)
    else:
        # Sure of several things is sure of none.
        text, found, rest = asked.subject.label, None, ranked
    runner_up = _candidate(rest[0][1], rest[0][0], source, scale) if rest else None
    return Proposal(asked.subject, text, found, runner_up)


def _candidate(answer: Answer, text: str, source: Source, scale: float) -> Candidate:
    entry = _entry(source.local(answer.id), answer.name)
    score = min(max(answer.score / scale, 0.0), 1.0)
    return Candidate(entry, score, answer.name, why(answer, text))


def _entry(local: str, name: str) -> Entry:
    return Entry(0, local, name, "active", (), (), (), (), (), "")


def why(answer: Answer, text: str) -> str:
    """Return a sentence on what the service says for a candidate: features, else the name."""
    said = [f'"{text}" was matched' if answer.match else f'"{text}" was found']
    if answer.name.casefold() != text.casefold():
        said.append(f'as "{answer.name}"')
    clauses = [" ".join(said)]
    told = list((answer.features or {}).items())[:TELLING_FEATURES]
    if told:
        clauses.append(", ".join(f"{name} {_value(value)}" for name, value in told))
    if answer.description:
        clauses.append(answer.description)
    return "; ".join(clauses)


def _value(value: float | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"


def _compared(
    release: Release, proposal: Proposal, kind: str, target: Target, registries: Registries
) -> Comparison:
    known = curated(release.store, release.base, proposal.subject.iri, target, registries)
    # The service was asked for the name alone: of the curated record no more is known.
    return compare(proposal, known, _entry(known.local, "") if known.local else None, kind)


def source_of(service: Service) -> Source:
    """Return where the identifiers of a service lie: below its identifier space, else its views.

    Raises LinkError where neither makes an IRI of an identifier.
    """
    if service.space.endswith(("/", "#", "=", ":")):
        prefix = service.space
    elif service.view.endswith("{{id}}"):
        prefix = service.view.removesuffix("{{id}}")
    else:
        raise LinkError(f"the service {service.address} does not say where its identifiers lie")
    parts = urlsplit(prefix)
    labels = (parts.hostname or "").removeprefix("www.").split(".")
    first = next((part for part in parts.path.split("/") if part), "")
    shared = ".".join(labels) in SHARED_HOSTS and first
    # "www.wikidata.org" is called by "wikidata", "w3id.org/x/" by "x".
    word = first if shared else labels[-2] if len(labels) > 1 else labels[0]
    name = re.sub(r"[^a-z0-9-]+", "-", word.lower()).strip("-")
    return Source(name if name[:1].isalpha() else f"registry-{name}".rstrip("-"), prefix)


def target_of(service: Service, measure: str = "") -> Target:
    """Return what the identifiers of a service are links to; ``measure`` is its scores'."""
    source = source_of(service)
    return Target(source.name, source.prefix, "", measure, service.address)
