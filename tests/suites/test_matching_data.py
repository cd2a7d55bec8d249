"""The labelled strings of the matching benchmark: nothing of the tuning part is in the test part."""

import hashlib
from collections import Counter

import pytest
from conftest import needed_suite
from matching_data import FILES, Sample, read_samples

from kg.link.words import key

TEST_PART = "b0decc3c3fd22d79e4f68a327ae019255d1a0ee7e46dea436b571eb01a0b27fc"


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    for path in FILES.values():
        needed_suite("registries", path.name)
    return read_samples()


def test_every_string_of_both_sources_is_there_once(samples: list[Sample]) -> None:
    assert Counter(s.source for s in samples) == {"Crossref": 13326, "Springer": 9983}
    assert len({(s.source, s.text) for s in samples}) == len(samples)


def test_no_institution_and_no_spelling_is_on_both_sides(samples: list[Sample]) -> None:
    for marks in (
        lambda s: s.gold,
        lambda s: {" ".join(sorted(set(key(s.text).split())))},
    ):
        tuning = {mark for s in samples if not s.test for mark in marks(s)}
        test = {mark for s in samples if s.test for mark in marks(s)}
        assert tuning
        assert test
        assert not tuning & test
    folds: dict[str, set[int]] = {}
    for sample in samples:
        for identifier in sample.gold:
            folds.setdefault(identifier, set()).add(sample.fold)
    assert all(len(found) == 1 for found in folds.values())


def test_the_split_stays_as_it_was_measured(samples: list[Sample]) -> None:
    assert Counter((s.source, s.test) for s in samples) == {
        ("Crossref", True): 7307,
        ("Crossref", False): 6019,
        ("Springer", True): 5218,
        ("Springer", False): 4765,
    }
    test = "".join(f"{s.source}\t{s.text}\n" for s in samples if s.test)
    assert hashlib.sha256(test.encode()).hexdigest() == TEST_PART
