"""What the page of a center shows beyond what every thing's page does."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.web.awards import AwardTable, award_table
from kg.web.chain import Chain
from kg.web.gallery import Example, unstated
from kg.web.probes import ProbeSet, probe_sets
from kg.web.site import Site


@dataclass(frozen=True)
class Profile:
    """A center among its institutions, its awards and probes, and what its text leaves open."""

    chain: Chain
    awards: AwardTable | None
    probe_sets: Sequence[ProbeSet]
    unstated: Sequence[Example]


def profile(site: Site, center: NamedNode, lang: str) -> Profile:
    """Return what the page of ``center`` shows of its own."""
    return Profile(
        Chain(site, center, lang),
        award_table(site, center, lang),
        probe_sets(site, center, lang),
        _unstated(site, center, lang),
    )


def _unstated(site: Site, center: NamedNode, lang: str) -> Sequence[Example]:
    """Return the questions about a center that the data answer with nothing, asked just now."""
    found = unstated(site.release, lang, center.value.rpartition("/")[2])
    return [example for example in found if not site.engine.select(example.text).rows]
