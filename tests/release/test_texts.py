"""Names without bound, and what only a warning is due to: told by the check with file and line."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from small_program import program_in

from kg.check.texts import NAME_CHARACTERS, TEXT_CHARACTERS
from kg.cli import main


def checked(root: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", str(root)], obj=program_in(root))
    return result.exit_code, result.stdout


def spoil(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(("length", "code"), [(NAME_CHARACTERS, 0), (NAME_CHARACTERS + 1, 1)])
def test_a_name_has_a_bound(tiny: Path, length: int, code: int) -> None:
    spoil(tiny, "data/lake/profile.trig", '"Ada Ng"@en', f'"{"x" * length}"@en')
    found = checked(tiny)
    assert found[0] == code
    assert ("has 301 characters" in found[1]) == bool(code)


@pytest.mark.parametrize(("length", "code"), [(TEXT_CHARACTERS, 0), (TEXT_CHARACTERS + 1, 1)])
def test_a_text_has_a_bound(tiny: Path, length: int, code: int) -> None:
    spoil(
        tiny,
        "data/lake/profile.trig",
        "kg:value 12",
        f'kg:value 12 ; rdfs:comment "{"x" * length}"@en',
    )
    assert checked(tiny)[0] == code


def test_a_character_without_width_is_a_warning(tiny: Path) -> None:
    spoil(tiny, "data/lake/profile.trig", '"Ada Ng"@en', '"Ada\u200bNg"@en')
    code, told = checked(tiny)
    assert code == 0
    assert "17: the character U+200B (ZERO WIDTH SPACE) stands at 3" in told
    assert "conforms: 0 violations, 1 warning" in told


def test_what_words_are_spelled_with_passes(tiny: Path) -> None:
    spoil(tiny, "data/lake/profile.trig", '"Ada Ng"@en', '"Ada\u200dNg\u00a0é"@en')
    assert "conforms: 0 violations, 0 warnings" in checked(tiny)[1]


def test_a_text_that_is_kept_as_it_is_is_told_and_not_refused(tiny: Path) -> None:
    for name in ("source.txt", "claims.tsv"):
        spoil(tiny, f"data/lake/{name}", "Ada Ng", "Ada\u202eNg")
    code, told = checked(tiny)
    assert code == 0, told
    assert told.count("data/lake/source.txt (warning)\n  2: the character U+202E") == 1
    assert "fix: compare with the source, whose text is kept as it is" in told
