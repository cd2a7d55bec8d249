"""The molecular probes of a center: sets with their members, and what is said of which."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.vocab import Iris
from kg.web.facts import Fact, Group
from kg.web.names import Name
from kg.web.site import Site
from kg.web.view import View

TARGETS = ("imagingTarget", "tracks")
"""What a probe is for, where the text says it of a probe and not of a set."""


@dataclass(frozen=True)
class Probe:
    """A probe of a set: that it is one, with its origin, and its radionuclide."""

    member: Fact
    radionuclides: Sequence[Fact]
    targets: Sequence[Fact]


@dataclass(frozen=True)
class ProbeSet:
    """A set of probes. ``facts`` are stated of the set as a whole."""

    name: Name
    open_ended: bool
    probes: Sequence[Probe]
    facts: Sequence[Group]

    @property
    def paired(self) -> bool:
        """Whether the text says of any probe by itself what it is for."""
        return any(probe.targets for probe in self.probes)


def probe_sets(site: Site, center: NamedNode, lang: str) -> tuple[ProbeSet, ...]:
    """Return the sets of probes that ``center`` developed."""
    iris = Iris(site.base)
    rows = site.engine.select(
        f"SELECT DISTINCT ?set {{ ?set a {iris.term('ProbeSet')} ; "
        f"{iris.term('developedBy')} {center} }} ORDER BY ?set"
    ).rows
    return tuple(_probe_set(site, row[0], lang) for row in rows if isinstance(row[0], NamedNode))


def _probe_set(site: Site, node: NamedNode, lang: str) -> ProbeSet:
    iris = Iris(site.base)
    view = View(site.describe(node), lang, site.reading)
    facts = {group.predicate.iri: group for group in view.groups(view.all_facts)}
    members = facts.pop(iris.term("probe").value, None)
    facts.pop(iris.term("developedBy").value, None)
    open_ended = facts.pop(iris.term("openEnded").value, None)
    return ProbeSet(
        view.title,
        open_ended is not None,
        tuple(_probe(site, fact, lang) for fact in members.facts) if members else (),
        tuple(facts.values()),
    )


def _probe(site: Site, member: Fact, lang: str) -> Probe:
    iris = Iris(site.base)
    view = View(site.describe(NamedNode(member.value.iri)), lang, site.reading)
    facts = {group.predicate.iri: group.facts for group in view.groups(view.all_facts)}
    targets = [fact for local in TARGETS for fact in facts.get(iris.term(local).value, ())]
    return Probe(member, facts.get(iris.term("radionuclide").value, ()), tuple(targets))
