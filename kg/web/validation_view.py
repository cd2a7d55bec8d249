"""A verdict as a page shows it: findings by shape and thing, what each shape was asked of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.gaps import instances
from kg.sources.claims import read_profile
from kg.vocab import RDF_TYPE, SH
from kg.web.addresses import page_address
from kg.web.language import translate as _
from kg.web.names import Name, Names
from kg.web.site import Site

FOUND_SHOWN = 50
"""Findings of one constraint that are listed; the report has all."""
SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True)
class Place:
    """What a finding is about: the thing where it is one, and where it stands in the sources."""

    thing: Name | None
    file: str


@dataclass(frozen=True)
class Broken:
    """All findings of one constraint: ``advice`` is what to do, ``count`` their number."""

    severity: str
    constraint: Name
    advice: Name
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Checked:
    """A node shape: its classes, how many things they have in all, how many findings it gave."""

    shape: Name
    targets: tuple[Name, ...]
    things: int
    findings: int


@dataclass(frozen=True)
class Left:
    """Stretches of a text that are in no claim, all for one reason: from, to, the words."""

    reason: str
    stretches: tuple[tuple[int, int, str], ...]


def severity_name(severity: str) -> str:
    """Return what to call a severity."""
    return {"violation": _("Violation"), "warning": _("Warning"), "info": _("Note")}[severity]


def broken(site: Site, lang: str) -> list[Broken]:
    """Return the findings of the check by constraint, the worst first."""
    findings: Sequence[Mapping[str, Any]] = site.release.verdict.get("findings", ())
    by_constraint: dict[tuple[int, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for finding in findings:
        # One constraint may tell several things.
        key = (SEVERITIES.index(finding["severity"]), finding["constraint"], finding["fix"]["en"])
        by_constraint[key].append(finding)
    shown = [f["subject"] for some in by_constraint.values() for f in some[:FOUND_SHOWN]]
    names = Names(site.labels({NamedNode(s) for s in shown if s}), lang, site.base)
    called = _shape_names(site, lang)
    return [
        Broken(
            severity=SEVERITIES[severity],
            constraint=_constraint(site.base, constraint, called, lang),
            advice=Name(some[0]["fix"][lang], lang if some[0]["fix"][lang] != english else "en"),
            count=len(some),
            places=tuple(_place(finding, names) for finding in some[:FOUND_SHOWN]),
        )
        for (severity, constraint, english), some in sorted(by_constraint.items())
    ]


def _place(finding: Mapping[str, Any], names: Names) -> Place:
    thing = names.of(NamedNode(finding["subject"])) if finding["subject"] else None
    line = f":{finding['line']}" if finding["line"] else ""
    return Place(thing, f"{finding['file'] or ''}{line}")


def _constraint(base: str, constraint: str, called: Mapping[str, str], lang: str) -> Name:
    """Return the name of what was broken, with its place on the page of the shapes."""
    start = f"{base}shapes#"
    if not constraint.startswith(start):
        return Name(constraint)
    fragment = constraint.removeprefix(start)
    text = called.get(constraint)
    return Name(text or fragment, "", constraint, _address(constraint, lang))


def _address(constraint: str, lang: str) -> str:
    return f"{page_address('shapes', lang)}#{constraint.rpartition('#')[2]}"


def _shape_names(site: Site, lang: str) -> dict[str, str]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in site.shapes:
        if quad.predicate.value == SH + "name" and isinstance(quad.object, Literal):
            found[getattr(quad.subject, "value", "")][quad.object.language or "en"] = (
                quad.object.value
            )
    return {iri: texts.get(lang) or next(iter(texts.values())) for iri, texts in found.items()}


def checked(site: Site, lang: str) -> list[Checked]:
    """Return what every node shape for a class was asked of, those with findings first."""
    about: dict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in site.shapes:
        if isinstance(quad.subject, NamedNode):
            about[quad.subject].append(quad)
    counts = instances(site.engine)
    called = _shape_names(site, lang)
    targets = {
        shape: [q.object for q in quads if q.predicate.value == SH + "targetClass"]
        for shape, quads in about.items()
        if any(q.predicate == RDF_TYPE and q.object == NamedNode(SH + "NodeShape") for q in quads)
    }
    classes = {c for some in targets.values() for c in some if isinstance(c, NamedNode)}
    names = Names(site.labels(classes), lang, site.base)
    findings = [finding["constraint"] for finding in site.release.verdict.get("findings", ())]
    rows = []
    for shape, some in targets.items():
        parts = {q.object.value for q in about[shape] if isinstance(q.object, NamedNode)}
        number = sum(constraint in parts | {shape.value} for constraint in findings)
        name = _constraint(site.base, shape.value, called, lang)
        targeted = [target for target in some if isinstance(target, NamedNode)]
        if targeted:
            things = sum(counts.get(target, 0) for target in targeted)
            rows.append(Checked(name, tuple(map(names.of, targeted)), things, number))
    return sorted(rows, key=lambda row: (-row.findings, row.shape.text.lower()))


def left_out(site: Site, center: str) -> list[Left]:
    """Return what of a center's text is in no claim, by reason, the commonest first."""
    folder = site.release.source_file(f"data/{center}")
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    if folder.is_dir():
        for row in read_profile(folder).uncovered:
            found[row.reason].append((row.span.start, row.span.end, row.text))
    rows = [Left(reason, tuple(stretches)) for reason, stretches in found.items()]
    return sorted(rows, key=lambda left: (-len(left.stretches), left.reason))
