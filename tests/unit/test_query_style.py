"""Our queries give the same table whoever answers them."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

FILES = sorted(
    path
    for pattern in (
        "data/**/*.rq",
        "kg/**/*.rq",
        "kg/**/*.py",
        "docs/*.md",
        "README.md",
        "shapes/*.ttl",
    )
    for path in ROOT.glob(pattern)
    if re.search(r"GROUP_CONCAT\s*\(", path.read_text(encoding="utf-8"))
)


def test_there_are_queries_that_join_texts() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_joined_is_a_plain_text(path: Path) -> None:
    # Engines differ on texts with a language and on IRIs: some join them, some give nothing.
    text = path.read_text(encoding="utf-8")
    for joined in re.findall(r"GROUP_CONCAT\s*\(\s*(?:DISTINCT\s+)?(\w*)", text):
        assert joined == "STR", path
