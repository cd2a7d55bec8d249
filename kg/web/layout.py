"""What stands where on a page: tables by the local names of properties and classes.

A property or class that no table names is shown all the same: after the others, under its
own label.
"""

from flask_babel import LazyString, lazy_gettext
from pyoxigraph import NamedNode

from kg.vocab import VOID

SECTION_ORDER = (
    "figure",
    "AwardTally",
    "derivedFigure",
    "ranking",
    "achievementGroup",
    "item",
    "priorityClaim",
    "designation",
    "hasMembership",
    "objective",
    "developmentPlan",
)
"""Sections of parts, by the property that holds them or the class that splits them off."""

SPLIT_CLASSES = ("AwardTally",)
"""Parts of these classes get a section of their own."""

PLANS = frozenset(("developmentPlan", "objective"))
"""What these hold is planned, not achieved."""

SECTION_TITLES: dict[str, LazyString] = {
    "figure": lazy_gettext("Figures"),
    "AwardTally": lazy_gettext("Awards"),
    "derivedFigure": lazy_gettext("Computed from these figures"),
    "ranking": lazy_gettext("Rankings"),
    "achievementGroup": lazy_gettext("Achievements"),
    "item": lazy_gettext("Items"),
    "priorityClaim": lazy_gettext("Claims to have been the first"),
    "designation": lazy_gettext("Designations"),
    "hasMembership": lazy_gettext("Memberships"),
    "objective": lazy_gettext("Objectives"),
    "developmentPlan": lazy_gettext("Plans"),
}

FACT_ORDER = (
    "headOf",
    "affiliatedTo",
    "unitOf",
    "namedUnder",
    "affiliatedUnitOf",
    "description",
    "definition",
    "purpose",
    "spatial",
    "value",
    "reportedAs",
    "precision",
    "per",
    "indicator",
)
"""Facts in this order, then the others by label."""

OTHER_FACTS = lazy_gettext("Further facts")
"""What no group of the shapes holds."""

KEY_INCOMING: dict[str, LazyString] = {"headOf": lazy_gettext("person in charge")}
"""Statements about the thing that other things make: shown among its own facts."""

SAID_ALREADY = frozenset(("mappingSubject", "topConceptOf", "name"))
"""Incoming statements whose content a page shows by other statements."""

ONLY_IN_DATA = frozenset(NamedNode(f"{VOID}{name}Partition") for name in ("class", "property"))
"""Facts that are too many for a page: counts for machines."""

WHOSE_PART = frozenset(("center", "member", "planOf", "plan", "holder"))
"""A part says whose part it is; on its owner's page that goes without saying."""

IN_THE_NAME = frozenset(("indicator", "designationType", "number"))
"""What the name or the place of a part says already; its own page states it."""

UNLABELLED = frozenset(("achievement",))
"""Facts that are what a part is for: shown without their property."""

MATCHES = frozenset(
    (
        *("sameAs", "exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"),
        "seeAlso",
    )
)
"""Links to other registries, where a mapping states them."""

CHAIN = ("affiliatedTo", "unitOf", "namedUnder")
"""From a thing to the organization above it."""
