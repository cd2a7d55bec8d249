"""The page of ``/sparql`` as the server writes it: form, answers, gallery, terms, weight."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import html5rdf  # type: ignore[import-untyped]  # it has no type hints
import pytest
from conftest import ROOT, BuiltRelease
from flask.testing import FlaskClient
from sample import CENTERS, QUERY_FILES

from kg.web.cache import CODINGS
from kg.web.gallery import FIRST_QUERY, first_query
from kg.web.terms import MOST_THINGS, site_prefixes, written

LANGUAGES = ("en", "zh")
STATIC = ROOT / "kg" / "web" / "static"
QUERIES = QUERY_FILES
BASE = "https://w3id.org/research-center-kg/"
HTML = "{http://www.w3.org/1999/xhtml}"
WIRE_HTML = 20_000
WIRE_EDITOR = 140_000
WIRE_TERMS = 20_000
WIRE_CSS = 5_000
WIRE_JS = 3_000

INSTITUTIONS = """PREFIX kg: <https://w3id.org/research-center-kg/ontology#>
SELECT ?thing (1.5 AS ?number) ("2020"^^<http://www.w3.org/2001/XMLSchema#gYear> AS ?year) {
  ?thing a kg:Institution
} ORDER BY ?thing"""
PAGES = {
    "start": "",
    "table": INSTITUTIONS,
    "empty": "SELECT * { ?s <x:none> ?o }",
    "boolean": "ASK {}",
    "graph": "CONSTRUCT { <x:a> <x:b> 'c' } {}",
    "error": "SELECT * {\n  ?s <x:p> }",
}


def ask(client: FlaskClient, query: str, lang: str = "en") -> str:
    """Return the page about a query, as a browser gets it."""
    fields = {"lang": lang, **({"query": query} if query else {})}
    return client.get("/sparql", query_string=fields, headers={"Accept": "text/html"}).text


def parsed(page: str) -> Element:
    """Return the page as a tree; it must be valid HTML5."""
    tree: Element = html5rdf.HTMLParser(strict=True).parse(page)
    return tree


def with_class(tree: Element, name: str) -> Iterator[Element]:
    """Yield the elements that have a class."""
    return (element for element in tree.iter() if name in element.get("class", "").split())


def with_id(tree: Element, name: str) -> Element:
    """Return the element with an id."""
    (found,) = (element for element in tree.iter() if element.get("id") == name)
    return found


def text_of(element: Element) -> str:
    """Return the text in an element, with single blanks."""
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("query", PAGES.values(), ids=PAGES)
def test_the_page_is_valid_and_has_nothing_inline(
    client: FlaskClient, query: str, lang: str
) -> None:
    tree = parsed(ask(client, query, lang))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) > len(QUERIES)
    for element in tree.iter():
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set((element.get(name) or "").split()) <= set(ids)
    scripts = list(tree.iter(f"{HTML}script"))
    assert [s.get("type") for s in scripts if s.text] == ["application/json"]
    assert all(s.get("src", "").startswith("/static/") for s in scripts if not s.text)


# --- the form ---


def test_the_form_asks_by_get_and_keeps_the_language(client: FlaskClient) -> None:
    form = with_id(parsed(ask(client, "", "zh")), "ask-form")
    assert (form.get("action"), form.get("method")) == ("/sparql", "get")
    fields = {field.get("name"): field for field in form.iter() if field.get("name")}
    assert fields.keys() == {"query", "lang", "format"}
    assert fields["lang"].get("value") == "zh"
    formats = [option.get("value") for option in fields["format"].iter(f"{HTML}option")]
    assert formats == [
        "",
        *("json", "xml", "csv", "tsv"),
        *("ttl", "jsonld", "nt", "nq", "trig", "rdf"),
    ]


@pytest.mark.parametrize(("lang", "title"), [("en", "# Which figures"), ("zh", "# 中心报告了")])
def test_the_editor_begins_with_an_example_in_the_readers_language(
    client: FlaskClient, lang: str, title: str
) -> None:
    query = with_id(parsed(ask(client, "", lang)), "query").text or ""
    assert query.lstrip("\n").startswith(title)


def test_without_examples_there_is_a_query_all_the_same() -> None:
    assert first_query(()) == FIRST_QUERY


def test_a_mistake_is_shown_in_its_line(client: FlaskClient) -> None:
    tree = parsed(ask(client, PAGES["error"]))
    box = with_id(tree, "ask-error")
    assert (box.get("data-line"), box.get("data-column")) == ("2", "12")
    (place,) = with_class(box, "place")
    assert "".join(place.itertext()) == "2    ?s <x:p> }"
    assert [mark.text for mark in place.iter(f"{HTML}mark")] == ["}"]
    assert with_id(tree, "query").get("aria-invalid") == "true"
    assert with_id(tree, "ask-answer").get("hidden") is not None


# --- answers ---


@pytest.mark.parametrize(
    ("lang", "label"), [("en", "Union Hospital"), ("zh", "武汉协和医院")], ids=LANGUAGES
)
def test_things_have_labels_prefixed_names_and_pages(
    client: FlaskClient, lang: str, label: str
) -> None:
    tree = parsed(ask(client, INSTITUTIONS, lang))
    cells = {text_of(row[0]): row for row in tree.iter(f"{HTML}tr") if len(row) == 3}
    row = cells[f"{label} institution:union-hospital"]
    (link,) = row[0].iter(f"{HTML}a")
    assert link.get("href") == f"/{lang}/institution/union-hospital"
    assert client.get(link.get("href", "")).status_code == 200
    assert [text_of(cell) for cell in row[1:]] == ["1.5", "2020 xsd:gYear"]


def test_numbers_make_a_chart(client: FlaskClient) -> None:
    tree = parsed(ask(client, INSTITUTIONS))
    assert with_id(tree, "ask-answer").get("data-chart") == "1"
    assert len(list(with_class(tree, "n2"))) == 1
    alone = parsed(ask(client, "SELECT (1 AS ?one) {}"))
    assert with_id(alone, "ask-answer").get("data-chart") is None


@pytest.mark.parametrize(("lang", "yes"), [("en", "Yes (true)"), ("zh", "是（true）")])
def test_a_boolean_is_a_word(client: FlaskClient, lang: str, yes: str) -> None:
    assert text_of(with_id(parsed(ask(client, "ASK {}", lang)), "ask-view")) == yes


@pytest.mark.parametrize(("kind", "formats"), [("table", 4), ("graph", 6)])
def test_answers_can_be_downloaded(client: FlaskClient, kind: str, formats: int) -> None:
    links = list(with_id(parsed(ask(client, PAGES[kind])), "ask-exports").iter(f"{HTML}a"))
    assert len(links) == formats
    for link in links:
        answer = client.get(link.get("href", ""))
        assert (answer.status_code, answer.mimetype != "text/html") == (200, True)
        assert link.get("download", "").startswith("answer.")


# --- the gallery ---


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_is_in_the_gallery_and_runs(client: FlaskClient, lang: str) -> None:
    tree = parsed(ask(client, "", lang))
    for path in QUERIES:
        source = path.read_text(encoding="utf-8")
        item = with_id(tree, path.stem)
        (link,) = item.iter(f"{HTML}a")
        name = "title" if lang == "en" else "title-zh"
        assert text_of(item) == (re.search(rf"^# {name}: (.*)$", source, re.MULTILINE) or [""])[1]
        address = link.get("href", "")
        fields = parse_qs(urlsplit(address).query)
        assert fields["lang"] == [lang]
        assert fields["query"][0].startswith(f"# {text_of(item)}\n")
        plain = [
            re.sub(r"^#.*\n", "", text, flags=re.MULTILINE) for text in (fields["query"][0], source)
        ]
        assert plain[0] == plain[1]
        page = client.get(address, headers={"Accept": "text/html"})
        assert page.status_code == 200, path
        assert 'data-form="table"' in page.text, path


def test_the_gallery_has_groups_without_empty_ones(client: FlaskClient) -> None:
    gallery = with_id(parsed(ask(client, "")), "ask-gallery")
    groups = [text_of(summary) for summary in gallery.iter(f"{HTML}summary")]
    assert [group.rpartition(" ")[0] for group in groups] == [
        *("Questions that readers ask", "What the text does not say", "More examples")
    ]
    assert sum(int(group.rpartition(" ")[2]) for group in groups) == len(QUERIES) > 40


# --- what the script needs ---


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_the_script_what_it_needs(client: FlaskClient, lang: str) -> None:
    island = json.loads(with_id(parsed(ask(client, "", lang)), "ask-data").text or "")
    assert island["lang"] == lang
    assert (island["endpoint"], island["terms"]) == ("/sparql", f"/sparql/terms/{lang}.json")
    assert island["prefixes"]["kg"] == f"{BASE}ontology#"
    used = set()
    # The texts of what works without the server are tested with it.
    for path in (ROOT / "assets" / "src").glob("[!os]*/*.js"):
        used |= set(re.findall(r"\b(?:text|plural)\(\"(\w+)\"", path.read_text(encoding="utf-8")))
    assert used - island["texts"].keys() == set()
    assert len(used) > 20
    if lang == "zh":
        texts = [
            text for value in island["texts"].values() for text in [value] if isinstance(text, str)
        ]
        assert [text for text in texts if not re.search(r"[\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terms_have_labels_and_counts_of_the_release(
    client: FlaskClient, release: BuiltRelease, lang: str
) -> None:
    response = client.get(f"/sparql/terms/{lang}.json")
    assert response.content_type == "application/json"
    terms = response.json or {}
    assert terms.keys() == {"prefixes", "classes", "properties", "entities", "cut"}
    rows = {
        row[0]: row[1:] for kind in ("classes", "properties", "entities") for row in terms[kind]
    }
    center = rows["kg:Center"]
    names = ["center", "中心"] if lang == "en" else ["中心", "center"]
    assert center == [*names, len(CENTERS)]
    label = "Union Hospital" if lang == "en" else "武汉协和医院"
    assert rows["institution:union-hospital"][0] == label
    prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in terms["prefixes"].items())
    for name in ("kg:Figure", "oa:Annotation", "owl:Class"):
        answer = release.engine.select(f"{prologue}SELECT (COUNT(*) AS ?n) {{ ?x a {name} }}")
        assert answer.texts() == ((str(rows[name][2]),),)
    for name in ("skos:prefLabel", "kg:value", "rdf:type"):
        answer = release.engine.select(f"{prologue}SELECT (COUNT(*) AS ?n) {{ ?s {name} ?o }}")
        assert answer.texts() == ((str(rows[name][2]),),)
    for kind in ("classes", "properties", "entities"):
        uses = [row[3] for row in terms[kind]]
        assert uses == sorted(uses, reverse=True)
        assert len(uses) > 100
    assert not terms["cut"]
    assert len(terms["entities"]) <= MOST_THINGS
    # Every name is SPARQL as it stands.
    values = " ".join(rows)
    assert len(
        release.engine.select(f"{prologue}SELECT ?x {{ VALUES ?x {{ {values} }} }}").rows
    ) == len(rows)


def test_terms_are_kept_by_clients_and_only_there_in_our_languages(client: FlaskClient) -> None:
    first = client.get("/sparql/terms/en.json")
    again = client.get("/sparql/terms/en.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert client.get("/sparql/terms/fr.json").status_code == 404


def test_prefixes_of_kinds_never_hide_each_other() -> None:
    iris = [f"{BASE}{path}" for path in ("id/org/a", "id/award/b", "code/award/c", "code/award")]
    table = site_prefixes(BASE, iris)
    assert table["org"] == "http://www.w3.org/ns/org#"
    assert table["id-org"] == f"{BASE}id/org/"
    assert (table["award"], table["code-award"]) == (f"{BASE}id/award/", f"{BASE}code/award/")
    assert [written(iri, table) for iri in iris] == [
        *("id-org:a", "award:b", "code-award:c", "kgcode:award")
    ]


# --- what it weighs ---


def wire(data: bytes) -> int:
    """Return the length of an answer in the weakest coding that browsers take."""
    return max(len(code(data)) for code in CODINGS.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_and_the_terms_are_light(client: FlaskClient, lang: str) -> None:
    assert wire(ask(client, "", lang).encode()) <= WIRE_HTML
    assert wire(client.get(f"/sparql/terms/{lang}.json").data) <= WIRE_TERMS


def test_styles_and_scripts_stay_in_their_budgets(client: FlaskClient) -> None:
    tree = parsed(ask(client, ""))
    links = [element.get("href") or element.get("src") or "" for element in tree.iter()]
    loaded = {
        link.rpartition("/")[2].partition("?")[0]: link
        for link in links
        if link.partition("?")[0].endswith((".js", ".css"))
    }
    everywhere = {"style.css", "site.js"}
    assert set(loaded) == everywhere | {"sparql.css", "sparql.js", "sparql-editor.js"}
    for coding in ("gzip", "br", "zstd"):
        answers = {
            name: client.get(link, headers={"Accept-Encoding": coding})
            for name, link in loaded.items()
        }
        assert {answer.headers["Content-Encoding"] for answer in answers.values()} == {coding}
        sizes = {name: len(answer.data) for name, answer in answers.items()}
        assert sizes["style.css"] <= WIRE_CSS
        assert sizes["site.js"] <= WIRE_JS
        assert sum(sizes[name] for name in set(loaded) - everywhere) <= WIRE_EDITOR
