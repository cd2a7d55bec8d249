"""The table of identifiers that the mappings were curated from: every row published or left out."""

from collections import Counter

import pytest
from conftest import needed_suite
from sample import MAPPING_FILES
from test_sssom import BASE, MAPPINGS, links, table

from kg.sources.sssom import center_of, read_mappings

PREDICATES = {
    "exact": "exactMatch",
    "close": "closeMatch",
    "broader": "broadMatch",
    "narrower": "narrowMatch",
    "related": "relatedMatch",
}
SCHEMES = {
    "ROR": "https://ror.org/",
    "Wikidata": "http://www.wikidata.org/entity/",
    "GRID": "https://www.grid.ac/institutes/",
    "ISNI": "https://isni.org/isni/",
    "Crossref Funder ID": "https://doi.org/",
    "GeoNames": "https://sws.geonames.org/",
    "MeSH": "http://id.nlm.nih.gov/mesh/",
    "MeSH SCR": "http://id.nlm.nih.gov/mesh/",
    "MONDO": "http://purl.obolibrary.org/obo/",
    "DOID": "http://purl.obolibrary.org/obo/",
    "NCIt": "http://purl.obolibrary.org/obo/",
    "ChEBI": "http://purl.obolibrary.org/obo/",
    "PubChem CID": "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
    "NCBI Taxonomy": "http://purl.obolibrary.org/obo/NCBITaxon_",
    "DICOM DCM": "http://dicom.nema.org/resources/ontology/DCM/",
}
"""Identifier schemes of identifiers.tsv and how their IRIs begin. Others have no IRI."""
JUDGED_ANEW = {
    ("multi-center studies", "D015337"): "close",
    ("referral/consultation platform", "D012017"): "related",
    ("perioperative specification", "D019990"): "related",
    ("residency training base", "D007396"): "related",
}
"""Rows whose match was found too strong after the table was made: what they are published as."""


def foreign_iri(scheme: str, identifier: str) -> str:
    text = identifier.removeprefix("https://ror.org/").replace(" ", "").replace(":", "_")
    return SCHEMES[scheme] + text + ("/" if scheme == "GeoNames" else "")


@pytest.fixture(scope="module")
def mapped() -> list[tuple[str, str, str]]:
    """Subject, property and object of every mapping of the files."""
    return [
        link
        for path in MAPPING_FILES
        for link in links(read_mappings(path, BASE, center_of(path)).quads)
    ]


@pytest.fixture(scope="module")
def identifiers() -> list[dict[str, str]]:
    rows = table(needed_suite("domain", "identifiers.tsv"))
    assert len(rows) == 208
    return rows


@pytest.fixture(scope="module")
def mapping_rows(identifiers: list[dict[str, str]]) -> list[dict[str, str]]:
    return [r for r in identifiers if r["match"] in PREDICATES and r["scheme"] != "SNOMED CT"]


def test_every_mapping_row_is_mapped_or_left_out(
    mapped: list[tuple[str, str, str]], mapping_rows: list[dict[str, str]]
) -> None:
    left_out = Counter(
        (r["entity"], r["scheme"], r["identifier"]) for r in table(MAPPINGS / "left-out.tsv")
    )
    ends = Counter((predicate, target) for _, predicate, target in mapped)
    missing = []
    used: Counter[tuple[str, str]] = Counter()
    for row in mapping_rows:
        key = (row["entity"], row["scheme"], row["identifier"])
        if left_out[key]:
            left_out[key] -= 1
            continue
        match = JUDGED_ANEW.get((row["entity"], row["identifier"]), row["match"])
        end = (PREDICATES[match], foreign_iri(row["scheme"], row["identifier"]))
        used[end] += 1
        if used[end] > ends[end]:
            missing.append(key)
    assert missing == []
    assert +left_out == Counter()
    # Not rows of the table: the cities of two records of organizations.
    assert {target for _, target in +(ends - used)} == {
        "https://sws.geonames.org/1796236/",
        "https://sws.geonames.org/1816670/",
    }


def test_no_row_that_is_for_the_reader_only_is_published(
    mapped: list[tuple[str, str, str]], identifiers: list[dict[str, str]]
) -> None:
    kept_out = [r for r in identifiers if r["match"] not in PREDICATES]
    kept_out += [r for r in identifiers if r["scheme"] == "SNOMED CT"]
    assert len(kept_out) == 59
    targets = {target for _, _, target in mapped}
    for row in kept_out:
        code = row["identifier"].replace(" ", "").replace(":", "_").rpartition("/")[2]
        assert not any(
            target.rstrip("/").endswith(("/" + code, "_" + code, "CID" + code))
            for target in targets
        ), row["identifier"]
    assert not any("snomed" in target.lower() for target in targets)
