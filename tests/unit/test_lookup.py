"""What is pasted is found: the rows of ``cases/lookups.tsv``, and every mapping in every spelling.

A row says a text, the state of its answer, the things (``kgid:kind/slug=match``, in their
order), what was read (CURIEs) and what is near. Cells hold nothing where there is nothing.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from conftest import ROOT, BuiltRelease
from pyoxigraph import NamedNode, Store
from sample import read_cases
from test_mappings_page import BASE, LAKE, POND, engine_over, mapping, named

from kg.link.lookup import Answer, Lookup
from kg.link.pasted import MOST_CHARACTERS
from kg.link.registries import Registries, Registry, read_registries
from kg.query.embedded import EmbeddedEngine
from kg.sources.sssom_rows import read_rows
from kg.sources.withdrawn import Withdrawn
from kg.vocab import prefixes
from kg.web.own_iris import own_iri

TABLE = Path(__file__).parents[1] / "cases" / "lookups.tsv"
MAPPINGS = sorted((ROOT / "data" / "mappings").glob("*.sssom.tsv"))
FEWEST_ROWS = 80
ROOTS = ("http://localhost/",)


def rows() -> list[dict[str, str]]:
    """Return the rows of the table."""
    return read_cases(TABLE)


ROWS = rows()
REGISTRIES = read_registries()


@pytest.fixture(scope="module")
def lookup(release: BuiltRelease) -> Lookup:
    """What looks up in the real release."""
    return Lookup(release.engine, {})


def told(answer: Answer, base: str) -> dict[str, str]:
    """Return an answer as a row of the table has it."""
    names = {iri: name for name, iri in prefixes(base).items()}

    def short(iri: str) -> str:
        start = next(
            start for start in sorted(names, key=len, reverse=True) if iri.startswith(start)
        )
        return f"{names[start]}:{iri.removeprefix(start)}"

    things = (
        f"{short(h.thing.value)}={h.match.value.rpartition('#')[2].removesuffix('Match') if h.match else 'itself'}"
        for h in answer.hits
    )
    return {
        "given": answer.given,
        "state": answer.state,
        "things": " ".join(things),
        "read": " ".join(reading.curie for reading in answer.readings),
        "near": " ".join(reading.curie for reading in answer.near),
    }


def spellings(registry: Registry, identifier: str) -> Iterator[str]:
    """Yield an identifier in every spelling that is declared for its registry."""
    for word in registry.words:
        yield from (f"{word}:{identifier}", f"{word.upper()}:{identifier}", f"{word} {identifier}")
    for start in (*registry.iris, registry.iri):
        plain = start.removeprefix("https://").removeprefix("http://")
        for scheme in ("https://", "http://", "https://www.", ""):
            for end in ("", "/", registry.end):
                yield f"{scheme}{plain.removeprefix('www.')}{identifier}{end}"
    yield from (before + identifier for before in registry.strip)
    if registry.bare:
        yield identifier
    yield f"<{registry.iri}{identifier}>"


def mapped() -> list[tuple[str, str]]:
    """Return subject and object of every mapping of the sources, expanded."""
    base = "https://w3id.org/research-center-kg/"
    return [(row.subject, row.object) for path in MAPPINGS for row in read_rows(path, base)[2]]


def test_the_table_has_enough_rows_of_every_registry_and_state() -> None:
    assert len(ROWS) >= FEWEST_ROWS
    assert len({row["given"] for row in ROWS}) == len(ROWS)
    assert {row["state"] for row in ROWS} == {"found", "unknown", "ill-formed"}
    targets = {target for _subject, target in mapped()}
    for registry in REGISTRIES.all.values():
        if any(target.startswith(registry.iri) for target in targets):
            found = [r for r in ROWS if r["read"].startswith(registry.curie or registry.prefix)]
            assert found, registry.prefix


@pytest.mark.parametrize("row", ROWS, ids=[row["given"] for row in ROWS])
def test_what_is_pasted_is_found(
    lookup: Lookup, release: BuiltRelease, row: dict[str, str]
) -> None:
    base = release.release.base
    text = own_iri(row["given"], ROOTS, base)
    answer = told(lookup.answer(text), base) | {"given": row["given"], "why": row["why"]}
    assert answer == row


def test_every_mapping_is_found_in_every_spelling(lookup: Lookup) -> None:
    asked: dict[str, str] = {}
    for _subject, target in mapped():
        registry, rest = REGISTRIES.at_address(target) or (None, "")
        assert registry, target
        identifier = rest.removesuffix(registry.end)
        asked |= dict.fromkeys(spellings(registry, identifier), target)
    subjects: dict[str, set[str]] = {}
    for subject, target in mapped():
        subjects.setdefault(target, set()).add(subject)
    assert len(asked) > 2000
    answers = lookup.answers(asked)
    lost = [
        answer.given
        for answer, target in zip(answers, asked.values(), strict=True)
        if not subjects[target] <= {hit.thing.value for hit in answer.hits}
    ]
    assert lost == []
    assert all(hit.said and hit.slot("mapping_justification") for a in answers for hit in a.hits)


def test_prefixes_of_the_mapping_sets_are_those_of_the_map() -> None:
    for _subject, target in mapped():
        found = REGISTRIES.at_address(target)
        assert found
        reading = REGISTRIES.in_address(*found)
        assert reading, target
        assert reading.iri == target


def test_examples_and_bare_forms_are_identifiers_of_their_registries() -> None:
    for registry in REGISTRIES.all.values():
        assert registry.normal(registry.example) == registry.example
        reading = REGISTRIES.reading(registry, registry.example)
        assert reading.sound
        assert not registry.bare or reading in list(REGISTRIES.bare(registry.example))


def made_up(withdrawn: Mapping[str, Withdrawn] | None = None) -> Lookup:
    """Return what looks up among homonyms: two things and records that share an identifier."""
    ror, mesh, taxon = (
        f"https://bioregistry.io/registry/{name}" for name in ("ror", "mesh", "ncbitaxon")
    )
    engine = engine_over(
        named(LAKE, ("Lake", "en"), ("湖", "zh")),
        named(POND, ("Pond", "en")),
        mapping("1", POND, "exact", "http://purl.obolibrary.org/obo/CHEBI_4321", mesh),
        mapping("2", LAKE, "exact", "http://purl.obolibrary.org/obo/NCBITaxon_4321", taxon),
        mapping("3", LAKE, "close", "https://ror.org/0371fqr87", ror, confidence="0.7"),
        mapping("4", POND, "exact", "https://ror.org/0371fqr87", ror, mapping_date="2026-11-01"),
        mapping("5", POND, "related", "http://records.example.com/7", ror, author_label="A. N."),
    )
    return Lookup(engine, withdrawn or {})


def test_things_that_share_an_identifier_are_all_given_exact_ones_first() -> None:
    answer = made_up().answer("ROR 0371fqr87")
    assert told(answer, BASE)["things"] == "kgid:water/pond=exact kgid:water/lake=close"
    pond, lake = answer.hits
    assert (lake.slot("confidence"), pond.slot("mapping_date")) == (("0.7",), ("2026-11-01",))
    assert pond.mapping == NamedNode(f"{BASE}graph/mapping/made-up#4")


def test_a_number_that_fits_several_registries_is_looked_up_in_each() -> None:
    answer = made_up().answer("4321")
    assert told(answer, BASE) == {
        "given": "4321",
        "state": "found",
        "things": "kgid:water/lake=exact kgid:water/pond=exact",
        "read": "NCBITaxon:4321 CHEBI:4321",
        "near": "",
    }


def test_an_iri_of_no_known_registry_is_found_as_others_write_it() -> None:
    for text in (
        "http://records.example.com/7",
        "https://RECORDS.example.com/7/",
        "records.example.com/7",
    ):
        answer = made_up().answer(text)
        assert told(answer, BASE)["things"] == "kgid:water/pond=related"
        assert answer.hits[0].slot("author_label") == ("A. N.",)


def test_withdrawn_things_are_told() -> None:
    row = Withdrawn("id/water/pond", "2026-11-02", "It was the lake.", "id/water/lake", 2)
    lookup = made_up({"id/water/pond": row})
    own = lookup.answer(f"{BASE}id/water/pond")
    assert (own.state, own.withdrawn, own.hits) == ("withdrawn", row, ())
    answer = lookup.answer("0371fqr87")
    assert answer.state == "found"
    assert told(answer, BASE)["things"] == "kgid:water/lake=close kgid:water/pond=exact"
    assert [hit.withdrawn for hit in answer.hits] == [None, row]
    assert lookup.answer("CHEBI:4321").state == "withdrawn"


def test_long_and_strange_texts_are_refused_not_asked(lookup: Lookup) -> None:
    assert lookup.answer("x" * (MOST_CHARACTERS + 1)).state == "ill-formed"
    for text in (
        "https://ror.org/0371fqr87> } DROP",
        'http://a.b/"',
        "a\x00b",
        "http://a.b/\\u0000",
        "wd:Q1 ?s",
    ):
        assert lookup.answer(text).state in {"ill-formed", "unknown"}


def test_prefixes_before_prefixes_are_read_a_few_deep(lookup: Lookup) -> None:
    assert lookup.answer("ror:identifiers.org/ror:https://ror.org/0371fqr87").state == "found"
    for text in ("ror:" * 499, "identifiers.org/" * 120, "ror " * 499, "https://ror.org/" * 120):
        assert lookup.answer(text).state == "ill-formed"


def test_a_store_without_mappings_knows_nothing() -> None:
    answer = Lookup(EmbeddedEngine(Store(), BASE), {}).answer("0371fqr86")
    assert (answer.state, answer.near) == ("unknown", ())


def test_two_registries_of_one_beginning_are_refused() -> None:
    one = next(iter(REGISTRIES.all.values()))
    with pytest.raises(ValueError, match="Duplicate"):
        Registries((one, one))
