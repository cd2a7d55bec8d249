"""The JSON-LD of every page: what each type must have, and only words of schema.org.

What a type must have stands in ``cases/schema-org.toml``; which types and properties there
are, and which go together, is told by a package that is not ours.
"""

import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from schema_org import registry

from kg.web.addresses import short_path
from kg.web.profiles import SCHEMA_ORG_THINGS
from kg.web.site import SiteHolder

TABLE = Path(__file__).parents[1] / "cases" / "schema-org.toml"
CASES: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
DESCRIPTION = range(50, 5001)
"""Characters of a dataset's description that dataset search takes."""


@dataclass(frozen=True)
class Node:
    """A node of JSON-LD, where it stands, and whether inside another one."""

    where: str
    nested: bool
    table: dict[str, Any]

    @property
    def types(self) -> list[str]:
        """The types of the node."""
        return as_list(self.table["@type"])

    @property
    def words(self) -> set[str]:
        """The properties of the node."""
        return {name for name in self.table if not name.startswith("@")}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def nodes(where: str, value: Any, *, nested: bool = False) -> Iterator[Node]:
    """Yield a node of JSON-LD and those inside it; texts with a language are none."""
    if isinstance(value, list):
        assert not any(isinstance(item, list) for item in value), f"{where}: a list of lists"
        for item in value:
            yield from nodes(where, item, nested=nested)
    elif isinstance(value, dict) and "@value" not in value:
        yield Node(where, nested, value)
        for name, item in value.items():
            if not name.startswith("@"):
                yield from nodes(where, item, nested=True)


@pytest.fixture(scope="module")
def blocks(app: Flask) -> dict[str, Any]:
    """The JSON-LD of every page in both languages, and that with all languages, by address."""
    holder: SiteHolder = app.extensions["kg"]
    found: dict[str, Any] = {}
    client = app.test_client()
    for path in holder.get().addresses:
        page = short_path(path)
        described = path.partition("/")[0] in SCHEMA_ORG_THINGS
        for lang in ("en", "zh"):
            held = BLOCK.findall(client.get(f"/{lang}/{page}").text)
            assert len(held) == described, page
            found |= {f"/{lang}/{page}": json.loads(text) for text in held}
        if described:
            address = f"/data/{page}.schema.jsonld"
            found[address] = client.get(address).json
    return found


@pytest.fixture(scope="module")
def all_nodes(blocks: dict[str, Any]) -> list[Node]:
    """Every node of every block."""
    return [node for address, block in blocks.items() for node in nodes(address, block)]


def test_every_page_about_a_thing_has_a_block(blocks: dict[str, Any]) -> None:
    pages = [address for address in blocks if not address.startswith("/data/")]
    print(f"{len(blocks)} blocks of JSON-LD, {len(pages)} of them on pages")  # noqa: T201 - asked for: pytest -s shows it
    assert len(pages) > 500
    assert len(blocks) * 2 == len(pages) * 3
    for block in blocks.values():
        assert block["@context"] == "https://schema.org"
        assert re.match(r"https?://", block["@id"])


def test_every_type_has_what_its_row_says_and_nothing_else(all_nodes: list[Node]) -> None:
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for node in all_nodes:
        for type_ in node.types:
            row = CASES[type_]
            required = set(row["nested" if node.nested else "required"])
            assert required <= node.words, f"{node.where}: {type_} lacks {required - node.words}"
            if len(node.types) == 1:
                more = node.words - required - set(() if node.nested else row["known"])
                assert not more, f"{node.where}: {type_} has {more}, which its row does not list"
            seen[type_].update(node.words)
    assert set(seen) == set(CASES)
    for type_, row in CASES.items():
        assert set(row.get("known", ())) <= set(seen[type_]), f"{type_}: no block has it"
        lacking = row.get("lacking", {})
        assert not set(lacking) & set(seen[type_]), f"{type_}: it is there after all"
        assert all(reason.strip() for reason in lacking.values())


def test_no_value_is_empty(all_nodes: list[Node]) -> None:
    for node in all_nodes:
        for name in node.words:
            for value in as_list(node.table[name]):
                assert value not in ("", None, {}, []), f"{node.where}: {name}"


def test_the_description_of_the_dataset_has_the_length_that_is_wanted(
    blocks: dict[str, Any],
) -> None:
    for lang in ("en", "zh"):
        dataset = blocks[f"/{lang}/dataset"]
        assert len(dataset["description"]) in DESCRIPTION
        for download in dataset["distribution"]:
            assert re.fullmatch(r"\w+/[\w.+-]+", download["encodingFormat"])
            assert download["contentUrl"].startswith("https://")


def test_every_word_is_schema_org_s_and_of_its_type(all_nodes: list[Node]) -> None:
    types: set[str] = set()
    words: set[str] = set()
    for node in all_nodes:
        lines: set[str] = set()
        outside: set[str] = set()
        for type_ in node.types:
            assert type_ in registry.CLASS_METADATA, f"{node.where}: {type_}"
            assert registry.CLASS_METADATA[type_].superseded_by is None, type_
            lines |= {type_, *registry.ancestry(type_)}
            outside |= set(CASES[type_].get("outside", ()))
        for name in node.words:
            known = registry.PROPERTY_BY_SCHEMA.get(name)
            assert known is not None, f"{node.where}: {name}"
            assert known.superseded_by is None, name
            assert name in outside or lines & set(known.domains), f"{node.where}: {name}"
            check_range(node, name, known.ranges)
        types |= set(node.types)
        words |= node.words
    print(f"{len(types)} types and {len(words)} properties")  # noqa: T201 - as above
    assert len(types) > 25
    assert len(words) > 45


def check_range(node: Node, name: str, ranges: tuple[str, ...]) -> None:
    """Check that things in place of a property's values are of the types that it takes."""
    for value in as_list(node.table[name]):
        if isinstance(value, dict) and "@type" in value and ranges:
            kinds = {
                line
                for type_ in as_list(value["@type"])
                for line in (type_, *registry.ancestry(type_))
            }
            assert kinds & set(ranges), f"{node.where}: {name} is a {value['@type']}"
