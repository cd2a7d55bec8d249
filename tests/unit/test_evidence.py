"""The evidence check holds for any text and any spans, not for our texts alone."""

import itertools
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.check.evidence import check_evidence, coverage
from kg.sources.center import Center, Names, Source
from kg.sources.claims import Claim, Profile, Span, Uncovered
from kg.vocab import Iris

IRIS = Iris("https://example.org/kg/")
TEXTS = st.text(st.sampled_from("ab1 .,\n\u00a0中文é²Ⅷ\U0001d7d9\u0301"), max_size=40)
CUTS = st.lists(st.integers(0, 40), max_size=8)


def claim(number: int, text: str, span: Span, *, reason: str = "not modeled") -> Claim:
    quote = text[span.start : span.end]
    return Claim(
        f"C{number:03}", "", span, quote, None, "reported", "", None, reason, "", number + 1
    )


def profile(
    folder: Path, text: str, claims: list[Claim], uncovered: list[Uncovered] | None = None
) -> Profile:
    (folder / "profile.trig").write_text("", encoding="utf-8")
    rest = tuple(uncovered or ())
    source = Source("source.txt", "T", "en", "https://example.org/", "made up")
    center = Center(folder.name, "we", Names("T"), (source,))
    return Profile(folder, center, {"": text}, tuple(claims), rest)


def messages(checked: Profile) -> list[tuple[str | None, int | None, str]]:
    found = check_evidence(checked, (), IRIS)
    return [(f.path.name if f.path else None, f.line, f.what) for f in found]


def pieces(text: str, cuts: list[int]) -> list[Span]:
    """Cut the text at the offsets; return the pieces that are not empty."""
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    return [Span(a, b) for a, b in itertools.pairwise(places)]


@given(TEXTS, CUTS)
def test_a_text_cut_into_claims_is_wholly_covered(
    tmp_path_factory: pytest.TempPathFactory, text: str, cuts: list[int]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    claims = [claim(n, text, span) for n, span in enumerate(pieces(text, cuts), start=1)]
    checked = profile(folder, text, claims)
    counts = coverage(checked)
    assert counts.in_claims == counts.characters
    assert counts.percent == 100
    assert messages(checked) == []


@given(TEXTS, CUTS, st.integers(0, 8))
def test_a_piece_left_out_is_reported_with_exactly_its_letters_and_digits(
    tmp_path_factory: pytest.TempPathFactory, text: str, cuts: list[int], left_out: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    spans = pieces(text, cuts)
    missing = spans.pop(left_out % len(spans)) if spans else Span(0, 0)
    checked = profile(folder, text, [claim(n, text, s) for n, s in enumerate(spans, start=1)])
    words = text[missing.start : missing.end]
    expected = "".join(c for c in words if unicodedata.category(c)[0] in "LN")
    counts = coverage(checked)
    assert counts.characters - counts.in_claims == len(expected)
    assert counts.in_uncovered == 0
    reported = [what for file, _, what in messages(checked) if file == "source.txt"]
    assert bool(reported) == bool(expected)
    excused = Uncovered("", missing, words, "left out", 2)
    checked = profile(folder, text, list(checked.claims), [excused])
    assert coverage(checked).in_uncovered == len(expected)
    assert messages(checked) == []


@given(TEXTS.filter(str.strip), st.integers(-5, 50), st.integers(-5, 50))
def test_a_quote_at_other_offsets_is_refused_and_told_the_right_ones(
    tmp_path_factory: pytest.TempPathFactory, text: str, start: int, end: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    start = max(0, start)
    whole = Span(0, len(text))
    moved = Claim("C001", "", Span(start, end), text, None, "reported", "", None, "x", "", 2)
    found = list(check_evidence(profile(folder, text, [moved]), (), IRIS))
    quotes = [f for f in found if f.constraint == "quote"]
    if text[start:end] == text and end >= 0:
        assert not quotes
    elif text[start:end] != text:
        assert [f.line for f in quotes] == [2]
        assert quotes[0].fix == (
            f"the quote stands at {whole.start}-{whole.end}: use these offsets"
        )


def test_offsets_count_code_points_not_bytes(tmp_path: Path) -> None:
    text = "中文\u00a0x\U0001d7d9 end"
    checked = profile(tmp_path, text, [claim(1, text, Span(0, 5)), claim(2, text, Span(6, 9))])
    assert [c.quote for c in checked.claims] == ["中文\u00a0x\U0001d7d9", "end"]
    assert messages(checked) == []


def test_the_nearest_of_several_places_is_named(tmp_path: Path) -> None:
    text = "one two one two one"
    wrong = Claim("C001", "", Span(9, 12), "one", None, "reported", "", None, "x", "", 2)
    found = list(check_evidence(profile(tmp_path, text, [wrong]), (), IRIS))
    assert found[0].fix == "the quote stands at 8-11: use these offsets"


def test_words_in_claim_and_uncovered_alike_count_as_covered(tmp_path: Path) -> None:
    text = "abc"
    row = Uncovered("", Span(0, 3), text, "twice", 2)
    counts = coverage(profile(tmp_path, text, [claim(1, text, Span(0, 3))], [row]))
    assert (counts.in_claims, counts.in_uncovered) == (3, 0)
