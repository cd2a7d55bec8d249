"""The verdict on a dataset: what all checks found, and whether it may be published."""

from collections.abc import Callable
from dataclasses import dataclass

from rdflib import Graph

from kg.check import evidence, shacl, suspects
from kg.check.evidence import Coverage
from kg.check.example import check_base
from kg.check.finding import Finding, Severity
from kg.check.kinds import check_kinds
from kg.check.locate import Locator
from kg.check.records import check_records
from kg.check.shapes import count_shapes, read_shapes
from kg.check.texts import check_queries, check_sources, check_texts
from kg.sources.dataset import Dataset
from kg.vocab import Iris


@dataclass(frozen=True)
class ProfileVerdict:
    """What the evidence check counted in one center's folder."""

    slug: str
    claims: int
    claims_with_statements: int
    statements: int
    coverage: Coverage


@dataclass(frozen=True)
class Verdict:
    """All findings, worst first and by file, the counts, and SHACL's own report."""

    findings: tuple[Finding, ...]
    profiles: tuple[ProfileVerdict, ...]
    quads: int
    shapes: int
    report: Graph

    @property
    def conforms(self) -> bool:
        """Whether nothing was found that forbids publishing."""
        return self.count(Severity.VIOLATION) == 0

    def count(self, severity: Severity) -> int:
        """Return the number of findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check(dataset: Dataset, base: str, progress: Callable[[str], None] = lambda _: None) -> Verdict:
    """Return the verdict on ``dataset``: evidence first, then SHACL.

    ``progress`` is told the name of each step as it begins. Raises SourceError for shapes
    that cannot be read.
    """
    iris = Iris(base)
    found: list[Finding] = []
    profiles = []
    for profile in dataset.profiles:
        progress(f"evidence of {profile.slug}")
        quads = dataset.rdf_files[profile.folder / "profile.trig"]
        found += evidence.check_evidence(profile, quads, iris)
        found += suspects.check_numbers(profile, quads, iris)
        counts = evidence.coverage(profile)
        with_statements = len({quad.graph_name for quad in quads})
        profiles.append(
            ProfileVerdict(profile.slug, len(profile.claims), with_statements, len(quads), counts)
        )
    found += check_base(dataset.sources.root, base)
    for organizations in dataset.sources.organizations:
        found += check_records(organizations, dataset.rdf_files[organizations], iris)
    progress("shapes")
    shapes = read_shapes(dataset.sources.vocabulary.shapes, dataset.sources.read)
    report = shacl.validate(dataset.quads, shapes)
    locator = Locator(dataset, iris)
    found += check_kinds(dataset.quads, locator, iris)
    found += check_texts(dataset.quads, locator)
    found += check_queries(dataset.queries)
    found += check_sources(dataset.profiles)
    found += shacl.findings(report, locator)
    return Verdict(
        findings=tuple(sorted(found, key=_order)),
        profiles=tuple(profiles),
        quads=len(dataset.quads),
        shapes=count_shapes(shapes),
        report=report,
    )


def _order(finding: Finding) -> tuple[int, str, int, str, str, str]:
    path = str(finding.path) if finding.path else "~"
    return (
        -finding.severity,
        path,
        finding.line or 0,
        finding.what,
        finding.constraint,
        finding.fix,
    )
