"""FAIR Signposting: a reader that is not ours finds the same links in all three places."""

import json
import re
import subprocess
import sys
import urllib.request

import pytest
from flask.testing import FlaskClient
from sample import CLAIM, SLUG
from signposting.htmllinks import find_signposting_html
from signposting.linkheader import find_signposting_http_link
from signposting.linkset import find_signposting_linkset
from signposting.resolver import find_signposting_http
from signposting.signpost import Signposting

from kg.web.links import Link, linkset_json, linkset_text

CENTER = f"center/{SLUG}"
PAGES = (
    "dataset",
    CENTER,
    "institution/union-hospital",
    CLAIM,
    f"source/{SLUG}",
    "code/scope/world",
    "ontology",
    "shapes",
)
BASE = "https://w3id.org/research-center-kg/"


def listed(page: str, *options: str) -> list[str]:
    """Return the links that the command ``signposting`` prints of a page, by relation."""
    done = subprocess.run(
        [sys.executable, "-m", "signposting", *options, page],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    head, *lines = done.stdout.splitlines()
    assert head.startswith("Signposting for")
    found, relation = [], ""
    for line in lines:
        # Those of one relation stand below each other, in any order.
        name = re.match(r"(\w+): ", line)
        relation = name[1] if name else relation
        found.append(f"{relation}: {line.removeprefix(f'{relation}:').strip()}")
    return sorted(found)


def links(found: Signposting) -> set[tuple[str, str, str]]:
    """Return relation, target and type of each link of the page itself."""
    return {(str(s.rel), str(s.target), str(s.type or "")) for s in found}


@pytest.mark.server
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_header_page_and_link_set_agree(server: str, path: str, lang: str) -> None:
    page = f"{server}/{lang}/{path}"
    by_http = links(find_signposting_http(page))
    assert by_http == links(find_signposting_html(page)) == links(find_signposting_linkset(page))
    for extension, kind in (("json", "application/linkset+json"), ("txt", "application/linkset")):
        address = f"{server}/linkset/{lang}/{path}.{extension}"
        assert ("linkset", address, kind) in by_http
        found = find_signposting_linkset(address, kind)
        assert links(Signposting(page, found.signposts)) == by_http


@pytest.mark.server
@pytest.mark.parametrize("path", PAGES[:3])
def test_the_command_lists_the_same_by_each_way(server: str, path: str) -> None:
    page = f"{server}/en/{path}"
    ways = [listed(page, way) for way in ("--http", "--html", "--linkset")]
    assert ways[0]
    assert ways[0] == ways[1] == ways[2]
    text = "\n".join(ways[0])
    named = f"{BASE}{path}" if path == "dataset" else f"{BASE}id/{path}"
    assert f"CiteAs: <{named}>" in text
    for word in ("Type:", "License:", "Author:", "DescribedBy:", "Item:", "Linkset:"):
        assert word in text, word
    assert ("Collection:" in text) == (path != "dataset")
    assert "<https://schema.org/AboutPage>" in text


@pytest.mark.server
def test_every_link_of_ours_leads_somewhere_of_its_type(server: str) -> None:
    checked = 0
    for path in PAGES[:4]:
        for signpost in find_signposting_http(f"{server}/en/{path}").signposts:
            if str(signpost.target).startswith(server):
                request = urllib.request.Request(str(signpost.target), method="HEAD")
                with urllib.request.urlopen(request, timeout=30) as answer:
                    kind = answer.headers["Content-Type"].partition(";")[0]
                assert kind == signpost.type
                checked += 1
    assert checked > 40


@pytest.mark.server
def test_the_persistent_identifier_leads_to_the_page(server: str) -> None:
    for path in PAGES[:4]:
        page = f"{server}/en/{path}"
        named = find_signposting_http(page).citeAs
        assert named is not None
        address = str(named.target).replace(BASE, f"{server}/")
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.url == page


@pytest.mark.server
def test_content_and_metadata_point_back(server: str) -> None:
    page = f"{server}/en/{CENTER}"
    found = find_signposting_linkset(f"{server}/linkset/en/{CENTER}.json")
    back = {(str(s.context), str(s.rel)) for s in found.signposts if str(s.target) == page}
    for extension, rel in (("trig", "collection"), ("nq", "collection"), ("ttl", "describes")):
        data = f"{server}/data/{CENTER}.{extension}"
        assert (data, rel) in back
        assert (rel, page) in {(r, target) for r, target, _ in links(find_signposting_http(data))}
    dump = find_signposting_http(f"{server}/dumps/research-center-kg.nq")
    assert ("collection", f"{server}/en/dataset") in {(r, t) for r, t, _ in links(dump)}


def test_a_link_set_has_absolute_ends(client: FlaskClient) -> None:
    table = json.loads(client.get(f"/linkset/en/{CENTER}.json").data)
    assert set(table) == {"linkset"}
    ends = [context.pop("anchor") for context in table["linkset"]]
    for context in table["linkset"]:
        ends += [target["href"] for targets in context.values() for target in targets]
    assert len(ends) > 30
    assert all(re.match(r"https?://", end) for end in ends)
    text = client.get(f"/linkset/en/{CENTER}.txt").text
    assert text.count("; anchor=") == text.count("; rel=") > 20


def test_both_forms_of_a_link_set_are_the_same_links() -> None:
    given = [
        Link("item", "http://e/a.ttl", type="text/turtle", anchor="http://e/p"),
        Link("item", "http://e/b", hreflang="zh", profile="http://e/x", anchor="http://e/p"),
        Link("type", "http://e/T", anchor="http://e/q"),
    ]
    assert linkset_text(given) == (
        '<http://e/a.ttl>; rel="item"; type="text/turtle"; anchor="http://e/p",\n'
        '<http://e/b>; rel="item"; hreflang="zh"; profile="http://e/x"; anchor="http://e/p",\n'
        '<http://e/T>; rel="type"; anchor="http://e/q"\n'
    )
    assert json.loads(linkset_json(given)) == {
        "linkset": [
            {
                "anchor": "http://e/p",
                "item": [
                    {"href": "http://e/a.ttl", "type": "text/turtle"},
                    {"href": "http://e/b", "hreflang": ["zh"], "profile": ["http://e/x"]},
                ],
            },
            {"anchor": "http://e/q", "type": [{"href": "http://e/T"}]},
        ]
    }
    read = find_signposting_http_link([linkset_text(given).replace("\n", " ")])
    assert len(read.signposts) == 3


def test_what_is_unknown_has_no_link_set(client: FlaskClient) -> None:
    assert client.get("/linkset/en/center/none.json").status_code == 404
    assert client.get("/linkset/de/center/none.json").status_code == 404
