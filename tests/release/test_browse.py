"""Lists of things: what they hold, what there is to choose by, and how they grow."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import BuiltRelease
from flask import Flask
from flask.testing import FlaskClient
from many_things import write_ponds
from pyoxigraph import NamedNode

from kg.config import Config
from kg.query.embedded import EmbeddedEngine
from kg.query.engine import Table
from kg.query.listing import Kind, Listing, Sorting, kinds
from kg.release.folder import open_release
from kg.web.app import create_app
from kg.web.browse_list import FACET_VALUES, ROWS
from kg.web.site import Site

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
NUMBER = 10_000


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """Return the rows of a list as CSV has them."""
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text)))


def listed(page: str) -> list[str]:
    """Return the addresses of the things in the table of a page, in order."""
    return re.findall(r'<tr><th scope="row"><a href="([^"]+)"', page)


# --- what the lists hold ---


def test_the_overview_counts_each_kind_as_sparql_does(
    client: FlaskClient, release: BuiltRelease
) -> None:
    page = client.get("/en/browse").text
    found = dict(
        re.findall(r'href="/en/browse/([a-z-]+)"[^>]*>.*?<span class="number">([\d,]+)', page)
    )
    base = release.release.base
    rows = release.engine.select(
        f"SELECT ?kind (COUNT(DISTINCT ?thing) AS ?n) {{ ?class <{base}ontology#kind> ?kind . "
        f"?thing a ?class FILTER(STRSTARTS(STR(?thing), CONCAT('{base}id/', ?kind, '/'))) }} "
        "GROUP BY ?kind"
    ).texts()
    assert sorted(found.items()) == sorted(rows)
    assert int(found["figure"]) > 0
    assert 'href="/en/code/scope"' in page


def test_every_kind_has_a_list_of_all_its_things(
    client: FlaskClient, release: BuiltRelease
) -> None:
    base = release.release.base
    for kind in kinds(release.engine):
        things = release.engine.select(
            f"SELECT DISTINCT ?thing {{ ?thing a ?class . ?class <{base}ontology#kind> '{kind.name}' "
            f"FILTER(STRSTARTS(STR(?thing), '{base}id/{kind.name}/')) }}"
        ).texts()
        for lang in ("en", "zh"):
            response = client.get(f"/{lang}/browse/{kind.name}")
            assert response.status_code == 200
            addresses = listed(response.text)
            expected = {f"/{lang}/{iri.removeprefix(f'{base}id/')}" for (iri,) in things}
            assert set(addresses) == expected
            assert len(addresses) == len(expected)


def test_names_sort_the_list_and_numbers_too(client: FlaskClient, release: BuiltRelease) -> None:
    names = [row["Name"] for row in rows_of(client, "/en/browse/figure.csv")]
    assert names == sorted(names, key=str.lower)
    falling = [float(row["Value"]) for row in rows_of(client, "/en/browse/figure.csv?sort=-value")]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] == 2_770_000
    rising = rows_of(client, "/en/browse/institution.csv?sort=schema:foundingDate")
    years = [row["Founded in"] for row in rising if "Founded in" in row]
    rows = release.engine.select(
        "SELECT ?year { ?x <https://schema.org/foundingDate> ?year } ORDER BY ?year"
    ).texts()
    column = next(
        name for name in rising[0] if [r[name] for r in rising][: len(rows)] == [y for (y,) in rows]
    )
    # Those without a year come last.
    assert [row[column] for row in rising][len(rows) :] == [""] * (len(rising) - len(rows))
    assert years in ([], [row[column] for row in rising])


def test_chinese_lists_have_chinese_headings_and_names(client: FlaskClient) -> None:
    rows = rows_of(client, "/zh/browse/figure.csv")
    assert list(rows[0])[:2] == ["IRI", "名称"]
    assert "指标" in rows[0]
    assert "发表的论文" in [row["名称"] for row in rows]


def test_csv_holds_what_the_page_lists(client: FlaskClient, release: BuiltRelease) -> None:
    query = "indicator=code/indicator/award-prizes&sort=-value"
    page = client.get(f"/en/browse/figure?{query}").text
    rows = rows_of(client, f"/en/browse/figure.csv?{query}")
    base = f"{release.release.base}id/"
    assert [f"/en/{row['IRI'].removeprefix(base)}" for row in rows] == listed(page)
    headings = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert list(rows[0]) == ["IRI", *headings]
    for address in (f"/en/browse/figure?{query}&format=csv", f"/en/browse/figure?{query}"):
        again = client.get(address, headers={"Accept": "text/csv"})
        assert list(csv.DictReader(io.StringIO(again.text))) == rows


def test_cards_show_the_same_things(client: FlaskClient) -> None:
    table = client.get("/en/browse/priority-claim").text
    cards = client.get("/en/browse/priority-claim?view=cards").text
    assert re.findall(r'<li><h3><a href="([^"]+)"', cards) == listed(table)
    assert "<table>" not in cards


# --- choosing ---


def facets_of(page: str) -> list[tuple[str, int]]:
    """Return the address and the number of each choice on a page."""
    aside = page.partition('<aside id="choose">')[2]
    found = re.findall(
        r'<li><a href="([^"]+)" rel="nofollow"[^>]*>.*?<span class="number">([\d,]+)', aside
    )
    return [
        (address.replace("&amp;", "&"), int(count.replace(",", ""))) for address, count in found
    ]


@pytest.mark.parametrize("kind", ["figure", "priority-claim", "institution", "method"])
def test_each_choice_leads_to_as_many_things_as_it_says(client: FlaskClient, kind: str) -> None:
    choices = facets_of(client.get(f"/en/browse/{kind}").text)
    assert len(choices) > 3
    for address, count in choices:
        page = client.get(address).text
        assert len(listed(page)) == count > 0
        assert 'aria-current="true"' in page


def test_a_choice_is_what_sparql_says(client: FlaskClient, release: BuiltRelease) -> None:
    base = release.release.base
    rows = release.engine.select(
        f"SELECT ?x {{ ?x <{base}ontology#scope> <{base}code/scope/not-stated> }}"
    ).texts()
    page = client.get("/en/browse/priority-claim?scope=code/scope/not-stated").text
    assert sorted(listed(page)) == sorted(
        f"/en/{iri.removeprefix(f'{base}id/')}" for (iri,) in rows
    )
    assert len(rows) == 4


def test_values_of_one_property_widen_and_other_properties_narrow(client: FlaskClient) -> None:
    one = "scope=code/scope/world"
    two = f"{one}&scope=code/scope/not-stated"
    counts = [
        len(listed(client.get(f"/en/browse/priority-claim?{query}").text))
        for query in (one, two, f"{two}&activity=code/activity/develop")
    ]
    assert counts[0] < counts[1]
    assert counts[2] < counts[1]
    chips = (
        client.get(f"/en/browse/priority-claim?{two}")
        .text.partition("chips")[2]
        .partition("</ul>")[0]
    )
    assert chips.count("Remove the choice") == 2
    assert 'href="/en/browse/priority-claim?scope=code/scope/world"' in chips


def test_a_choice_leaves_the_other_values_of_its_property(client: FlaskClient) -> None:
    def scopes(query: str) -> list[str]:
        page = client.get(f"/en/browse/priority-claim{query}").text
        facet = page.partition(">Scope</h2>")[2].partition("</ul>")[0]
        return re.findall(r">([^<>]+)</a> <span class=\"number\">(\d+)<", facet)

    before = scopes("")
    assert len(before) == 4
    assert scopes("?scope=code/scope/world") == before
    assert scopes("?activity=code/activity/develop") != before


def test_a_list_has_one_address(client: FlaskClient) -> None:
    given = "scope=code/scope/world&activity=code/activity/develop&scope=code/scope/china"
    page = client.get(f"/en/browse/priority-claim?{given}").text
    link = re.search(r'<link rel="canonical" href="http://localhost([^"]+)">', page)
    assert link is not None
    address = urlsplit(link[1].replace("&amp;", "&"))
    assert parse_qs(address.query) == {
        "activity": ["code/activity/develop"],
        "scope": ["code/scope/china", "code/scope/world"],
    }
    again = client.get(f"{address.path}?{address.query}").text
    assert again == page


def test_robots_get_lists_but_no_combinations(client: FlaskClient) -> None:
    robots = '<meta name="robots" content="noindex, follow">'
    for query in ("", "?scope=code/scope/world"):
        assert robots not in client.get(f"/en/browse/priority-claim{query}").text
    for query in ("?sort=-name", "?view=cards", "?scope=code/scope/world&scope=code/scope/china"):
        page = client.get(f"/en/browse/priority-claim{query}").text
        assert robots in page
    assert (
        '<link rel="canonical" href="http://localhost/en/browse/priority-claim">'
        in client.get("/en/browse/priority-claim?sort=-name").text
    )


def test_the_other_language_has_the_same_list(client: FlaskClient) -> None:
    page = client.get("/en/browse/figure?sort=-value&view=cards").text
    assert (
        'hreflang="zh" href="http://localhost/zh/browse/figure?sort=-value&amp;view=cards"' in page
    )
    assert 'hreflang="x-default" href="http://localhost/browse/figure"' in page
    response = client.get("/browse/figure", headers={"Accept-Language": "zh"})
    assert (response.status_code, response.headers["Location"]) == (302, "/zh/browse/figure")


# --- mistakes ---


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/en/browse/lake", 404, "There is no kind “lake” of things, but: achievement-group"),
        ("/browse/lake", 404, "There is no kind “lake” of things"),
        ("/en/browse/lake.csv", 404, "There is no kind “lake” of things"),
        ("/en/browse/figure?colour=red", 400, "There is no choice by “colour” here. Choose by: rdf:type"),
        ("/en/browse/figure?value=3", 400, "There is no choice by “value” here."),
        ("/en/browse/figure?indicator=a b", 400, "“a b” names no thing."),
        ("/en/browse/figure?sort=indicator", 400, "There is no order by “indicator” here."),
        ("/en/browse/figure?view=map", 400, "There is no view “map” here."),
        ("/en/browse/figure?page=0", 400, "The page “0” is no number from 1."),
        ("/en/browse/figure?page=²", 400, "The page “²” is no number from 1."),
        ("/en/browse/figure?format=xls", 400, "There is no format “xls” here, but: csv."),
        ("/en/browse/figure?page=9", 404, "The list has 1 pages."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_the_form_that_was_asked_for(
    client: FlaskClient, address: str, status: int, words: str
) -> None:
    page = client.get(address)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    problem = client.get(address, headers={"Accept": "application/problem+json"})
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    assert problem.json is not None
    assert words in problem.json["detail"]


def test_an_image_of_a_list_is_not_to_be_had(client: FlaskClient) -> None:
    response = client.get("/en/browse/figure", headers={"Accept": "image/png"})
    assert response.status_code == 406


# --- many things ---


class Counting(EmbeddedEngine):
    """An engine that notes how many rows each of its answers had."""

    rows: list[int]

    def select(self, text: str) -> Table:
        table = super().select(text)
        self.rows.append(len(table.rows))
        return table


@pytest.fixture(scope="module")
def ponds(tmp_path_factory: pytest.TempPathFactory, config: Config) -> Path:
    folder = tmp_path_factory.mktemp("ponds") / "release"
    write_ponds(folder, config, NUMBER)
    return folder


@pytest.fixture(scope="module")
def pond_app(ponds: Path, config: Config) -> Iterator[Flask]:
    app = create_app(ponds, config)
    yield app
    app.extensions["kg"].close()


def test_a_page_of_many_things_asks_for_few_rows(ponds: Path, config: Config) -> None:
    app = create_app(ponds, config)
    site: Site = app.extensions["kg"].get()
    engine = Counting(site.release.store, site.base)
    engine.rows = []
    vars(site)["engine"] = engine
    client = app.test_client()
    for query in ("", "?sort=-depth&page=150", "?color=code/color/blue&view=cards"):
        assert client.get(f"/en/browse/pond{query}").status_code == 200
    app.extensions["kg"].close()
    assert 10 < len(engine.rows) < 40
    # Four values for each thing of the page, and its labels.
    assert max(engine.rows) <= 8 * ROWS
    again = len(engine.rows)
    assert client.get("/en/browse/pond").status_code == 200
    assert len(engine.rows) == again


def test_many_things_come_in_pages(pond_app: Flask) -> None:
    client = pond_app.test_client()
    first = client.get("/en/browse/pond").text
    assert "10,000 things" in first.replace("10000", "10,000")
    assert len(listed(first)) == ROWS
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    last = client.get("/en/browse/pond?page=200").text
    assert listed(last)[-1] == "/en/pond/p09999"
    assert 'rel="next"' not in last
    assert client.get("/en/browse/pond?page=201").status_code == 404
    blue = client.get("/en/browse/pond?color=code/color/blue&page=50").text
    assert listed(blue)[-1] == "/en/pond/p09996"


def test_all_of_many_things_are_in_the_csv(pond_app: Flask) -> None:
    rows = rows_of(pond_app.test_client(), "/en/browse/pond.csv?sort=-depth")
    assert len({row["IRI"] for row in rows}) == len(rows) == NUMBER
    assert [row["Depth"] for row in rows[:3]] == ["96"] * 3
    assert rows[-1]["Depth"] == "0"


def test_a_property_with_a_value_for_each_thing_is_no_facet(pond_app: Flask) -> None:
    page = pond_app.test_client().get("/en/browse/pond").text
    assert ">Color</h2>" in page
    assert ">Owner</h2>" not in page


def test_a_long_facet_shows_the_commonest_values(release: BuiltRelease) -> None:
    kind = next(kind for kind in kinds(release.engine) if kind.name == "figure")
    property_ = NamedNode(f"{release.release.base}ontology#indicator")
    listing = Listing(release.engine, kind)
    counts = [count for _node, count in listing.values(property_, FACET_VALUES)]
    assert counts == sorted(counts, reverse=True)
    assert listing.values(property_, 3) == listing.values(property_, FACET_VALUES)[:3]


def test_a_thing_of_two_classes_is_listed_once(ponds: Path) -> None:
    opened = open_release(ponds)
    engine = EmbeddedEngine(opened.store, opened.base)
    pond = NamedNode(f"{opened.base}ontology#Pond")
    listing = Listing(engine, Kind("pond", ((pond, NUMBER), (pond, NUMBER))))
    assert listing.total() == NUMBER
    assert len(set(listing.things(Sorting(), 30))) == 30
