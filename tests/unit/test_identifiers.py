"""Check digits of ROR, ISNI and ORCID."""

import json

import pytest
from conftest import RECORDS
from hypothesis import given
from hypothesis import strategies as st

from kg.sources.identifiers import ROR_DIGITS, isni_check_digit_ok, ror_checksum_ok

RECORD_IDS = [
    json.loads(line)["id"].rpartition("/")[2]
    for line in RECORDS.read_text(encoding="utf-8").splitlines()
]
RORS = ["00p991c53", "0371fqr87", "044fynn32", "01h0zpd94", "013q1eq08"]
ISNIS = ["0000000417713250", "0000000403687223", "0000000120532870", "000000012107957X"]


@pytest.mark.parametrize("ror_id", sorted({*RORS, *RECORD_IDS}))
def test_a_ror_id_of_a_record_fits(ror_id: str) -> None:
    assert ror_checksum_ok(ror_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00p991c5",
        "00p991c533",
        "10p991c53",
        "00P991C53",
        "00p99lc53",
        "https://ror.org/00p991c53",
    ],
)
def test_another_form_is_no_ror_id(text: str) -> None:
    assert not ror_checksum_ok(text)


@given(st.sampled_from(RORS), st.integers(1, 6), st.sampled_from(ROR_DIGITS))
def test_one_other_character_breaks_a_ror_id(ror_id: str, place: int, character: str) -> None:
    other = ror_id[:place] + character + ror_id[place + 1 :]
    assert ror_checksum_ok(other) == (other == ror_id)


@pytest.mark.parametrize("isni", [*ISNIS, "0000000218250097"])
def test_an_isni_or_orcid_fits(isni: str) -> None:
    assert isni_check_digit_ok(isni)


@pytest.mark.parametrize(
    "text",
    ["", "000000041771325", "0000 0004 1771 3250", "00000001210795X7", "0000-0002-1825-0097"],
)
def test_another_form_is_no_isni(text: str) -> None:
    assert not isni_check_digit_ok(text)


@given(st.sampled_from(ISNIS), st.integers(0, 14), st.sampled_from("0123456789"))
def test_one_other_digit_breaks_an_isni(isni: str, place: int, digit: str) -> None:
    other = isni[:place] + digit + isni[place + 1 :]
    assert isni_check_digit_ok(other) == (other == isni)


@given(st.sampled_from(ISNIS), st.integers(0, 13))
def test_two_digits_changing_places_break_an_isni(isni: str, place: int) -> None:
    other = isni[:place] + isni[place + 1] + isni[place] + isni[place + 2 :]
    assert isni_check_digit_ok(other) == (other == isni)
