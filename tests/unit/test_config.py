"""``kg.toml``: what a good one says. What a bad one is told stands in test_bad_input.py."""

from pathlib import Path

from conftest import TINY
from hypothesis import given
from hypothesis import strategies as st

from kg.config import Bilingual, Config, Keywords, Limits, Theme, read_config
from kg.toml_section import toml_line


def test_a_good_file_is_read_whole() -> None:
    assert read_config(TINY / "kg.toml") == Config(
        base="https://example.org/kg/",
        license="https://creativecommons.org/licenses/by/4.0/",
        title=Bilingual("Tiny graph", "小型图谱"),
        description=Bilingual("One center, four claims.", "一个中心，四条陈述。"),
        publisher=Bilingual("Tests", "测试"),
        limits=Limits(describe_incoming=10),
    )


def test_limits_may_be_left_out(tmp_path: Path) -> None:
    text = (TINY / "kg.toml").read_text("utf-8").partition("[limits]")[0]
    (tmp_path / "kg.toml").write_text(text, encoding="utf-8")
    assert read_config(tmp_path / "kg.toml").limits == Limits()


def test_limits_are_no_build_keys() -> None:
    keys = read_config(TINY / "kg.toml").build_keys()
    assert keys["title.zh"] == "小型图谱"
    assert not [name for name in keys if name.startswith("limits")]


def test_what_may_be_left_out_is_read_and_is_part_of_a_release(tmp_path: Path) -> None:
    text = (TINY / "kg.toml").read_text("utf-8").partition("[title]")
    more = """contact_page = "https://example.org/contact"
[keywords]
en = ["lakes", "beds"]
zh = ["湖"]
[[themes]]
iri = "https://example.org/health"
en = "Health"
zh = "卫生"
"""
    (tmp_path / "kg.toml").write_text(text[0] + more + "".join(text[1:]), encoding="utf-8")
    config = read_config(tmp_path / "kg.toml")
    assert config.keywords == Keywords(("lakes", "beds"), ("湖",))
    assert config.themes == (Theme("https://example.org/health", "Health", "卫生"),)
    assert config.contact_page == "https://example.org/contact"
    keys = config.build_keys()
    assert keys["keywords.en"] == "lakes\nbeds"
    assert keys["themes"] == "https://example.org/health Health 卫生"
    assert keys["contact_page"] == config.contact_page
    plain = read_config(TINY / "kg.toml").build_keys()
    assert set(keys) - set(plain) == {"keywords.en", "keywords.zh", "themes", "contact_page"}


KEY = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


@given(
    st.dictionaries(KEY, st.integers(), max_size=4),
    st.dictionaries(KEY, st.dictionaries(KEY, st.integers(), max_size=4), max_size=4),
)
def test_the_line_of_every_key_is_found(
    top: dict[str, int], sections: dict[str, dict[str, int]]
) -> None:
    sections = {name: keys for name, keys in sections.items() if name not in top}
    rows = [f"{key} = {value}" for key, value in top.items()]
    places = {key: number for number, key in enumerate(top, start=1)}
    for name, keys in sections.items():
        rows += ["", "# a comment", f"[{name}]"]
        places[name] = len(rows)
        for key, value in keys.items():
            rows.append(f"  {key} = {value}")
            places[f"{name}.{key}"] = len(rows)
    text = "\n".join(rows)
    assert {key: toml_line(text, key) for key in places} == places
    assert toml_line(text, "No.such") is None
