"""Full-text search: the index of a release, what it finds, the page, JSON and CSV."""

import csv
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import parse
from sample import CLAIM, NUMBER, QUOTE, SLUG

from kg.errors import QueryOverLimit, ReleaseError
from kg.query import search
from kg.query.search import FIELD_WEIGHTS, SearchIndex
from kg.release.search import FIELDS, SEARCH_FILE, write_search
from kg.release.words import folded, spelled, terms, words
from kg.web import search_page
from kg.web.browser_index import browser_index, shard_of
from kg.web.marks import SHOWN_CHARACTERS, excerpt, marked

BASE = "https://w3id.org/research-center-kg/"
CASES = Path(__file__).parents[1] / "cases" / "search.tsv"
HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
ROWS = [
    line.split("\t")
    for line in CASES.read_text(encoding="utf-8").replace("{center}", SLUG).splitlines()[1:]
]
NOTHING = "-"


@pytest.fixture(scope="module")
def index(release: BuiltRelease) -> Iterator[SearchIndex]:
    """The search index of the real profile."""
    opened = SearchIndex(release.folder)
    yield opened
    opened.close()


def ask(client: FlaskClient, lang: str = "en", **fields: Any) -> Any:
    """Return the answer to a search as JSON."""
    response = client.get(f"/{lang}/search", query_string=fields, headers=JSON)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    return response.json


# --- words ---


def test_words_have_no_case_width_or_accents() -> None:
    assert [word.text for word in words("Müller ＰＥＴ/CT Straße")] == [
        "muller",
        "pet",
        "ct",
        "strasse",
    ]


def test_han_counts_as_characters_and_pairs_at_their_places() -> None:
    found = {(word.text, word.start, word.end) for word in words("SCI影像学")}
    assert found == {
        *(("sci", 0, 3), ("影", 3, 4), ("像", 4, 5), ("学", 5, 6)),
        *(("影像", 3, 5), ("像学", 4, 6)),
    }


@given(st.text())
def test_words_lie_in_their_text_and_hold_only_letters_and_digits(text: str) -> None:
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.text
        assert not any(unicodedata.category(c)[0] in "ZPSC" for c in word.text if c.isascii())
        assert '"' not in word.text


@given(st.text())
def test_the_pieces_of_a_marked_text_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in marked(text, terms(text[:9]))) == text


def test_an_excerpt_is_short_and_shows_the_hit() -> None:
    pieces = excerpt("word " * 200 + "needle" + " word" * 200, terms("needle"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["needle"]
    assert sum(len(piece.text) for piece in pieces) <= SHOWN_CHARACTERS + len("… …") + 1


# --- the index ---


def test_every_case_is_among_the_first_three(index: SearchIndex) -> None:
    assert len(ROWS) >= 60
    assert {"two Han characters", "Wikidata", "ROR", "nothing"} <= {sort for _q, _e, sort in ROWS}
    wrong = {}
    for query, expected, _sort in ROWS:
        found = [hit.iri.removeprefix(BASE) for hit in index.find(query, limit=3).hits]
        if (expected != NOTHING and expected not in found) or (expected == NOTHING and found):
            wrong[query] = found
    assert wrong == {}


def test_everything_that_is_found_has_a_page(index: SearchIndex, client: FlaskClient) -> None:
    hits = index.hits()
    kinds = {hit.kind for hit in hits}
    assert {"center", "claim", "code", "dataset", "graph", "ontology", "source"} <= kinds
    pages = set()
    for hit in hits:
        path, _hash, fragment = hit.iri.removeprefix(BASE).removeprefix("id/").partition("#")
        pages.add(path)
        if fragment:
            assert f'id="{fragment}"' in client.get(f"/en/{path}").text, hit.iri
    assert [path for path in sorted(pages) if client.get(f"/en/{path}").status_code != 200] == []


def test_every_address_of_the_site_is_found(app: Flask, index: SearchIndex) -> None:
    found = {hit.iri.removeprefix(BASE) for hit in index.hits()}
    addresses = set(app.extensions["kg"].get().addresses)
    unsearched = {path for path in addresses - found if not path.startswith("dumps")}
    assert unsearched <= {"", "sparql", "graph/description"}


def test_the_same_quads_make_the_same_index(release: BuiltRelease, tmp_path: Path) -> None:
    dump = release.folder / "dumps" / "research-center-kg.nq"
    quads = [*parse(path=dump)]
    contents = []
    for name, order in (("a", quads), ("b", quads[::-1])):
        (tmp_path / name).mkdir()
        write_search(order, tmp_path / name, BASE)
        contents.append((tmp_path / name / SEARCH_FILE).read_bytes())
    assert contents[0] == contents[1]


def test_the_index_is_a_file_of_the_release(release: BuiltRelease) -> None:
    entry = release.release.manifest.files[SEARCH_FILE]
    assert entry.bytes == (release.folder / SEARCH_FILE).stat().st_size
    crate = json.loads((release.folder / "ro-crate-metadata.json").read_bytes())
    (file,) = (node for node in crate["@graph"] if node["@id"] == SEARCH_FILE)
    assert file["encodingFormat"] == "application/vnd.sqlite3"


def test_names_and_identifiers_can_be_looked_up(release: BuiltRelease) -> None:
    connection = sqlite3.connect(f"{(release.folder / SEARCH_FILE).as_uri()}?mode=ro", uri=True)
    found = "SELECT iri FROM {} JOIN thing ON thing.id = thing WHERE key = ? ORDER BY thing.id"
    name = connection.execute(found.format("name"), ("wuhan union hospital",)).fetchall()
    number = connection.execute(found.format("identifier"), ("q11124475",)).fetchall()
    connection.close()
    assert name == number == [(f"{BASE}id/institution/union-hospital",)]


def test_every_field_has_a_weight() -> None:
    assert list(FIELD_WEIGHTS) == list(FIELDS)
    assert sorted(FIELD_WEIGHTS.values(), reverse=True) == list(FIELD_WEIGHTS.values())


def test_names_go_before_texts(index: SearchIndex) -> None:
    found = index.find("imaging", limit=200)
    named = [any("imaging" in spelled(n).split() for n in hit.names.values()) for hit in found.hits]
    assert True in named
    # Other names and identifiers count as names, so the border is where names end.
    last = len(named) - named[::-1].index(True)
    assert named.index(True) == 0
    assert not any(
        "imaging" in spelled(n).split() for h in found.hits[last:] for n in h.names.values()
    )


def test_some_of_the_words_are_better_than_none(index: SearchIndex) -> None:
    assert not index.find("liver cancer").is_partial
    found = index.find("liver zzzz")
    assert found.is_partial
    assert found.hits


def test_near_words_are_named_where_nothing_is_found(index: SearchIndex) -> None:
    assert index.find("tumour").near == ["tumor"]
    assert "center" in index.find("centre").near


@pytest.mark.parametrize(
    "query", ['"', "title:x", "a* OR b", "NEAR(a b)", "-a", "^a", "{x}: y", "\0"]
)
def test_the_language_of_the_index_is_not_spoken_by_queries(index: SearchIndex, query: str) -> None:
    index.find(query)


def test_a_kind_leaves_the_others_out_and_counts_stay(index: SearchIndex) -> None:
    whole, part = index.find("imaging"), index.find("imaging", kind="modality", limit=50)
    assert part.kinds == whole.kinds
    assert {hit.kind for hit in part.hits} == {"modality"}
    assert part.total == len(part.hits) == dict(whole.kinds)["modality"]
    assert whole.total == sum(number for _kind, number in whole.kinds)


def test_a_search_that_takes_too_long_is_given_up(
    release: BuiltRelease, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCH_S", -1.0)
    monkeypatch.setattr(search, "STEPS_BETWEEN_LOOKS", 1)
    opened = SearchIndex(release.folder)
    with pytest.raises(QueryOverLimit, match="search for fewer words"):
        opened.find("imaging")
    response = client.get("/en/search?q=imaging", headers=JSON)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
    monkeypatch.setattr(search, "SEARCH_S", 10.0)
    assert opened.find("imaging").hits
    opened.close()


def test_a_release_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no search index; build the release again"):
        SearchIndex(tmp_path)


# --- the page ---


@pytest.mark.parametrize(("lang", "query"), [("en", "影像"), ("zh", "imaging"), ("zh", "影像")])
def test_either_language_finds_what_is_labelled_in_either(
    client: FlaskClient, lang: str, query: str
) -> None:
    pages = [hit["page"] for hit in ask(client, lang, q=query)["results"]]
    assert f"/{lang}/database/large-imaging-database" in pages


def test_the_page_marks_hits_and_shows_the_sentence(client: FlaskClient) -> None:
    page = client.get(f"/en/search?q={NUMBER:,}", headers=HTML)
    assert page.status_code == 200
    marked = ",".join(f"<mark>{part}</mark>" for part in f"{NUMBER:,}".split(","))
    assert QUOTE.replace(f"{NUMBER:,}", marked) in page.text
    assert f'href="/en/{CLAIM}"' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert "<script type" not in page.text.replace('type="application/ld+json"', "")


def test_an_empty_query_shows_examples_that_find_something(client: FlaskClient) -> None:
    for lang, queries in search_page.EXAMPLES.items():
        page = client.get(f"/{lang}/search").text
        for query in queries:
            assert query in page
            assert ask(client, lang, q=query)["total"] > 0


def test_nothing_found_gives_tips_and_near_words(client: FlaskClient) -> None:
    page = client.get("/en/search?q=tumour").text
    assert "Nothing was found for “tumour”." in page
    assert '<a href="/en/search?q=tumor">tumor</a>' in page


def test_markup_in_a_query_stays_text(client: FlaskClient) -> None:
    page = client.get("/en/search", query_string={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_pages_and_kinds_are_links_that_work(client: FlaskClient) -> None:
    first = client.get("/en/search?q=imaging").text
    assert 'href="/en/search?q=imaging&amp;page=2" rel="next"' in first
    assert 'href="/en/search?q=imaging&amp;kind=modality"' in first
    whole = ask(client, q="imaging")
    got = []
    for number in range(1, 2 + whole["total"] // search_page.PAGE_HITS):
        got += [hit["iri"] for hit in ask(client, q="imaging", page=number)["results"]]
    assert len(got) == len(set(got)) == whole["total"]
    assert "There is nothing on this page." in client.get("/en/search?q=imaging&page=50").text


def test_csv_has_the_same_results(client: FlaskClient) -> None:
    response = client.get("/zh/search?q=论文&format=csv")
    assert response.content_type == "text/csv; charset=utf-8"
    rows = [*csv.DictReader(response.text.splitlines())]
    results = ask(client, "zh", q="论文")["results"]
    assert [row["iri"] for row in rows] == [hit["iri"] for hit in results]
    assert rows[0]["label_zh"] == "论文"


def test_accept_chooses_and_others_are_406(client: FlaskClient) -> None:
    assert client.get("/en/search?q=a", headers={"Accept": "text/csv"}).mimetype == "text/csv"
    assert client.get("/en/search?q=a", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/en/search?q=a&format=xml").status_code == 406


@pytest.mark.parametrize("fields", [{"q": "a" * 201}, {"page": "0"}, {"page": "51"}, {"page": "x"}])
def test_what_is_too_long_or_no_page_is_400(client: FlaskClient, fields: dict[str, str]) -> None:
    assert client.get("/en/search", query_string=fields).status_code == 400


def test_an_unchanged_answer_is_confirmed(client: FlaskClient) -> None:
    first = client.get("/en/search?q=imaging")
    again = client.get("/en/search?q=imaging", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_every_page_has_a_search_box(client: FlaskClient) -> None:
    for lang in ("en", "zh"):
        for path in ("", f"center/{SLUG}", "ontology", "search", "query"):
            page = client.get(f"/{lang}/{path}").text
            assert page.count(f'role="search" action="/{lang}/search"') == 1, path


def test_browsers_are_told_how_to_search(client: FlaskClient) -> None:
    assert 'rel="search" href="/opensearch.xml"' in client.get("/en/").text
    tree = ET.fromstring(client.get("/opensearch.xml").data)  # noqa: S314 - our own
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert len(tree.findtext(f"{name}ShortName") or "") <= 16
    templates = [url.get("template", "") for url in tree.iter(f"{name}Url")]
    assert templates[0] == "http://localhost/en/search?q={searchTerms}"
    assert client.get(templates[0].replace("{searchTerms}", "imaging")).status_code == 200


# --- the index for browsers ---


def test_the_files_for_browsers_hold_every_word_once(index: SearchIndex) -> None:
    files = browser_index(index, BASE)
    head = json.loads(files["index.json"])
    found: set[str] = set()
    for number in range(head["shards"]):
        table = json.loads(files[f"words-{number}.json"])
        assert not found & table.keys()
        assert all(shard_of(word, head["shards"]) == number for word in table)
        found |= table.keys()
    assert {word for word, *_rest in index.occurrences()} <= found
    assert len(head["kindOf"]) == head["count"] == len(index.hits())
    assert max(len(data) for data in files.values()) < 200_000


def test_the_server_has_the_files_for_browsers(client: FlaskClient, index: SearchIndex) -> None:
    for name, data in browser_index(index, BASE).items():
        assert client.get(f"/search-index/{name}").data == data
    assert client.get("/search-index/words-9999.json").status_code == 404


def test_a_character_is_folded_once() -> None:
    for code in range(0x20, 0x3000):
        once = folded(chr(code))
        assert "".join(map(folded, once)) == once, hex(code)
