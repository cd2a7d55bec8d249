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
    """Return the questions that the data answer with nothing, asked just now.

    A question that names another center is not one of this page.
    """
    slug = center.value.rpartition("/")[2]
    others = [
        iri.rpartition("/")[2]
        for (iri,) in site.engine.select(
            f"SELECT ?center {{ ?center a <{site.base}ontology#Center> }}"
        ).texts()
        if not iri.endswith(f"/{slug}")
    ]
    return [
        example
        for example in unstated(site.release, lang)
        if not any(
            f"center:{other}" in example.text or f"center/{other}>" in example.text
            for other in others
        )
        and not site.engine.select(example.text).rows
    ]
