"""The registries that mappings lead to, one row each, and what each of them describes.

Read by the check of mapping files and by pages. A registry that has no row may be mapped to
as well: nothing is known of it, so nothing is checked but the form.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kg.sources.identifiers import isni_check_digit_ok, orcid_ok, ror_checksum_ok

ORGANIZATIONS = frozenset(("center", "institution"))
SUBSTANCES = frozenset(("substance", "radionuclide", "probe"))
CONCEPTS = frozenset(
    (
        *("disease", "cell", "organism", "modality", "topic", "therapy", "method"),
        *("specification", "platform", "database", "code", "class", *SUBSTANCES),
    )
)
"""Kinds that a thesaurus has terms for; ``code`` and ``class`` are codes and classes of ours."""


@dataclass(frozen=True)
class Registry:
    """A registry: its word in Bioregistry, its name, and how the IRIs of its records begin.

    ``kinds`` are the kinds of things of ours that a record of it can be the same as: first
    words of our IRIs below ``id/``, and ``code`` and ``class``. None where it may be any kind.
    ``fits`` tells whether the rest of an IRI is an identifier of it, where it has check digits.
    """

    word: str
    name: str
    prefix: str
    kinds: frozenset[str] | None
    fits: Callable[[str], bool] | None = None
    suffix: str = ""
    """What the IRIs of its records end in, behind the identifier."""

    def describes(self, kind: str) -> bool:
        """Say whether a record of it can be the same as a thing of ``kind``."""
        return self.kinds is None or kind in self.kinds

    @property
    def has_agents(self) -> bool:
        """Whether it has records of people or organizations, who can make a mapping."""
        return self.describes("person") or self.describes("institution")


OBO = "http://purl.obolibrary.org/obo/"
REGISTRIES = (
    Registry("ror", "ROR", "https://ror.org/", ORGANIZATIONS, ror_checksum_ok),
    Registry("grid", "GRID", "https://www.grid.ac/institutes/", ORGANIZATIONS),
    Registry(
        "isni",
        "ISNI",
        "https://isni.org/isni/",
        ORGANIZATIONS | {"person"},
        isni_check_digit_ok,
    ),
    Registry(
        "funderregistry", "Crossref Funder Registry", "https://doi.org/10.13039/", ORGANIZATIONS
    ),
    # Of works; those of funders are above.
    Registry("doi", "DOI", "https://doi.org/", frozenset(("database", "specification"))),
    Registry("orcid", "ORCID", "https://orcid.org/", frozenset(("person",)), orcid_ok),
    Registry("wikidata", "Wikidata", "http://www.wikidata.org/entity/", None),
    Registry(
        "geonames",
        "GeoNames",
        "https://sws.geonames.org/",
        frozenset(("region",)),
        suffix="/",
    ),
    Registry("mesh", "MeSH", "http://id.nlm.nih.gov/mesh/", CONCEPTS | {"region"}),
    Registry("ncit", "NCI Thesaurus", OBO + "NCIT_", CONCEPTS),
    Registry("mondo", "Mondo", OBO + "MONDO_", frozenset(("disease",))),
    Registry("doid", "Disease Ontology", OBO + "DOID_", frozenset(("disease",))),
    Registry("chebi", "ChEBI", OBO + "CHEBI_", SUBSTANCES),
    Registry(
        "pubchem.compound",
        "PubChem",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
        SUBSTANCES,
    ),
    Registry("ncbitaxon", "NCBI Taxonomy", OBO + "NCBITaxon_", frozenset(("organism",))),
    Registry(
        "dicom",
        "DICOM",
        "http://dicom.nema.org/resources/ontology/DCM/",
        frozenset(("modality", "method", "code")),
    ),
)
BY_WORD = {registry.word: registry for registry in REGISTRIES}
SOURCE_PREFIX = "https://bioregistry.io/registry/"
"""How the IRIs of registries themselves begin: ``object_source`` names one."""


def registry_of(iri: str) -> Registry | None:
    """Return the registry that the record ``iri`` is of; None for one without a row.

    >>> registry_of("https://sws.geonames.org/1791247/").name
    'GeoNames'
    >>> registry_of("https://example.org/1")
    """
    return next((r for r in REGISTRIES if iri.startswith(r.prefix)), None)


def kind_of(path: str) -> str:
    """Return the kind of a thing of ours by its IRI below the base.

    >>> kind_of("id/disease/melanoma"), kind_of("code/unit/papers"), kind_of("ontology#Award")
    ('disease', 'code', 'class')
    """
    if path.startswith("id/"):
        return path.split("/")[1]
    return "code" if path.startswith("code/") else "class"
