"""The page of the mappings: the same links as SPARQL gives, and what is wrong with them."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable

import pytest
from conftest import ROOT, BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store
from sample import MAPPING_FILES, mapping_rows

from kg.config import Config
from kg.query.embedded import EmbeddedEngine
from kg.query.mapping_conflicts import Conflict, conflicts
from kg.query.mappings import MATCHES, Mapping, Mappings, Wanted
from kg.vocab import DCTERMS, FOAF, OWL, PREF_LABEL, RDF_TYPE, SKOS, SSSOM, Iris
from kg.web.app import create_app
from kg.web.mappings_address import GROUPINGS
from kg.web.mappings_page import HEADINGS, ROWS

BASE = "https://example.org/"
IRIS = Iris(BASE)
MESH = "https://bioregistry.io/registry/mesh"


def mapping(
    name: str, subject: str, match: str, target: str, registry: str = MESH, **slots: str
) -> list[Quad]:
    """Return a made-up mapping as the build writes one; slots are those of SSSOM."""
    graph = IRIS.graph("mapping/made-up")
    node = NamedNode(f"{graph.value}#{name}")
    said: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF_TYPE, IRIS.term("Mapping")),
        (IRIS.term("mappingSubject"), NamedNode(BASE + subject)),
        (IRIS.term("mappingPredicate"), NamedNode(f"{SKOS}{match}Match")),
        (IRIS.term("mappingObject"), NamedNode(target)),
        (NamedNode(DCTERMS + "isPartOf"), graph),
        (NamedNode(SSSOM + "object_source"), NamedNode(registry)),
        *((NamedNode(SSSOM + slot), Literal(value)) for slot, value in slots.items()),
    ]
    return [Quad(node, p, o) for p, o in said]


def engine_over(*parts: Iterable[Quad]) -> EmbeddedEngine:
    """Return an engine over quads in the default graph, where the union stands."""
    store = Store()
    store.extend(quad for part in parts for quad in part)
    return EmbeddedEngine(store, BASE)


def named(path: str, *labels: tuple[str, str]) -> list[Quad]:
    return [Quad(NamedNode(BASE + path), PREF_LABEL, Literal(t, language=c)) for t, c in labels]


def node(path: str) -> NamedNode:
    return NamedNode(path if "://" in path else BASE + path)


# --- conflicts, on made-up data ---


A, B = "http://id.nlm.nih.gov/mesh/A", "http://id.nlm.nih.gov/mesh/B"
LAKE, POND = "id/water/lake", "id/water/pond"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([mapping("1", LAKE, "exact", A)], []),
        (
            [mapping("1", LAKE, "exact", A), mapping("2", LAKE, "exact", B)],
            [("several-records", [LAKE], [A, B])],
        ),
        ([mapping("1", LAKE, "exact", A), mapping("2", LAKE, "close", B)], []),
        ([mapping("1", LAKE, "exact", A), mapping("2", LAKE, "exact", B, "https://x.org/ror")], []),
        (
            [mapping("1", LAKE, "exact", A), mapping("2", POND, "exact", A)],
            [("shared-record", [LAKE, POND], [A])],
        ),
        ([mapping("1", LAKE, "exact", A), mapping("2", POND, "broad", A)], []),
        (
            [mapping("1", LAKE, "exact", A), mapping("2", LAKE, "close", A)],
            [("two-matches", [LAKE], [A])],
        ),
        (
            [mapping("1", LAKE, "close", A, object_label="obsolete lake")],
            [("obsolete", [LAKE], [A])],
        ),
        ([mapping("1", LAKE, "close", A, object_label="Obsoleteness")], []),
        (
            [
                mapping("1", LAKE, "close", A, object_label="lake"),
                [Quad(NamedNode(A), NamedNode(OWL + "deprecated"), Literal(True))],
            ],
            [("obsolete", [LAKE], [A])],
        ),
        (
            [mapping("1", "id/water/gone", "close", A)],
            [("withdrawn", ["id/water/gone"], [A])],
        ),
        (
            [named(LAKE, ("East Lake", "en")), named(POND, ("east lake", "en"))],
            [("homonyms", [LAKE, POND], [])],
        ),
        ([named(LAKE, ("Lake", "en")), named(POND, ("Lake", "zh"))], []),
        ([named(LAKE, ("Lake", "en")), named("code/water/lake", ("Lake", "en"))], []),
    ],
)
def test_conflicts_are_found_and_nothing_else_is(
    data: list[list[Quad]], expected: list[tuple[str, list[str], list[str]]]
) -> None:
    found = conflicts(engine_over(*data), ["id/water/gone"])
    assert [(c.sort, [*c.things], [*c.records]) for c in found] == [
        (sort, [node(t) for t in things], [node(r) for r in records])
        for sort, things, records in expected
    ]


def test_conflicts_of_a_sort_are_bounded() -> None:
    data = [
        mapping(str(n), LAKE, "exact", f"https://x.org/{n}", f"https://x.org/r{n // 2}")
        for n in range(20)
    ]
    assert len(conflicts(engine_over(*data), limit=4)) == 4


def test_homonyms_say_their_name() -> None:
    found = conflicts(engine_over(named(LAKE, ("湖", "zh")), named(POND, ("湖", "zh"))))
    assert found == [Conflict("homonyms", (node(LAKE), node(POND)), (), "湖")]


def test_what_each_of_two_centers_has_is_no_homonym() -> None:
    center = NamedNode(f"{BASE}ontology#Center")
    centers = [
        Quad(node(f"id/center/{slug}"), RDF_TYPE, center) for slug in ("lake", "lake-north", "pond")
    ]
    of_profiles = [
        named(f"id/figure/{slug}-papers", ("Papers", "en")) for slug in ("lake-north", "pond")
    ]
    shared = [named(f"id/person/{slug}", ("Ada Ng", "en")) for slug in ("ada-ng", "ada-ng-2")]
    found = conflicts(engine_over(centers, *of_profiles, *shared))
    assert [(c.sort, c.label) for c in found] == [("homonyms", "Ada Ng")]


def test_a_mapping_says_who_made_and_reviewed_it_where_the_data_do() -> None:
    quads = mapping(
        *("1", LAKE, "exact", A),
        author_label="A Curator",
        mapping_tool="a matcher",
        mapping_tool_version="2",
        reviewer_label="A Reviewer",
        review_date="2026-01-03",
        confidence="0.95",
    )
    (found,) = Mappings(engine_over(quads)).listed(Wanted(), 5)
    assert (found.authors, found.made_by, found.made_on) == ((), ("A Curator", "a matcher 2"), "")
    assert (found.reviewed_by, found.reviewed_on) == (("A Reviewer",), "2026-01-03")
    assert found.confidence == "0.95"
    author, day = NamedNode(BASE + "dataset#publisher"), Literal("2026-01-02")
    quads += [
        Quad(quads[0].subject, NamedNode("http://purl.org/pav/authoredBy"), author),
        Quad(quads[0].subject, NamedNode(DCTERMS + "created"), day),
        Quad(author, NamedNode(FOAF + "name"), Literal("Us", language="en")),
    ]
    mappings = Mappings(engine_over(quads))
    (found,) = mappings.listed(Wanted(), 5)
    assert (found.authors, found.made_on) == ((author,), "2026-01-02")
    assert mappings.names_of(found.authors) == {author: {"en": "Us"}}


# --- the page ---


@pytest.fixture
def mappings(release: BuiltRelease) -> Mappings:
    return Mappings(release.engine)


def sparql_count(release: BuiltRelease, pattern: str) -> int:
    base = release.release.base
    rows = release.engine.select(
        f"PREFIX kg: <{base}ontology#> PREFIX sssom: <{SSSOM}> PREFIX skos: <{SKOS}> "
        f"SELECT (COUNT(DISTINCT ?m) AS ?n) {{ ?m a kg:Mapping {pattern} }}"
    ).texts()
    return int(rows[0][0])


def identifiers(page: str) -> list[str]:
    return re.findall(r'<span class="match">.*?</span> <span class="what"><a href="([^"]+)"', page)


def test_numbers_are_those_of_sparql(client: FlaskClient, release: BuiltRelease) -> None:
    page = client.get("/en/mappings").text
    table = page.partition('id="table"')[2].partition("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    assert len(rows) == 14
    total = 0
    for name, cells in rows:
        *by_match, whole = [int(n) for n in re.findall(r">(\d+)<", cells)]
        assert sum(by_match) == whole, name
        total += whole
    assert total == sparql_count(release, "") == 115
    mesh = next(cells for name, cells in rows if name == "MeSH")
    numbers = [int(n) for n in re.findall(r">(\d+)<", mesh)]
    for match, number in zip(MATCHES, numbers, strict=False):
        pattern = f"; sssom:object_source <{MESH}> ; kg:mappingPredicate {match}"
        assert number == sparql_count(release, pattern)


def test_every_mapping_is_on_one_of_the_pages(client: FlaskClient, mappings: Mappings) -> None:
    every = mappings.listed(Wanted(), 1000)
    for by in GROUPINGS:
        found: list[str] = []
        for number in range(1, -(-len(every) // ROWS) + 1):
            response = client.get(f"/en/mappings?by={by}&page={number}")
            found += identifiers(response.text)
        assert sorted(found) == sorted(m.object.value for m in every)
    assert len(every) == len(mapping_rows())


def test_choices_narrow_the_list(client: FlaskClient, release: BuiltRelease) -> None:
    page = client.get("/zh/mappings?registry=mesh&match=closeMatch").text
    pattern = f"; sssom:object_source <{MESH}> ; kg:mappingPredicate skos:closeMatch"
    assert len(identifiers(page)) == sparql_count(release, pattern) > 0
    assert page.count('aria-current="true"') == 2
    chips = page.partition("chips")[2].partition("</ul>")[0]
    assert 'href="/zh/mappings?match=closeMatch"' in chips
    assert 'href="/zh/mappings?registry=mesh"' in chips
    diseases = identifiers(client.get("/en/mappings?set=diseases").text)
    assert 0 < len(diseases) < len(mapping_rows())


def test_each_choice_leads_to_as_many_as_it_says(client: FlaskClient, mappings: Mappings) -> None:
    aside = client.get("/en/mappings").text.partition("<aside>")[2]
    found = re.findall(
        r'<li><a href="(/en/mappings[?][^"]+)"[^>]*>.*?<span class="number">(\d+)', aside
    )
    assert len(found) > len(MAPPING_FILES)
    for address, count in found:
        rows = csv.DictReader(
            io.StringIO(client.get(address.replace("/mappings", "/mappings.csv")).text)
        )
        assert len(list(rows)) == int(count), address


def test_a_row_says_how_it_was_made(client: FlaskClient) -> None:
    page = client.get("/en/mappings?registry=ror").text
    row = page.partition('href="/en/institution/union-hospital"')[2].partition("</li>")[0]
    assert "https://ror.org/0371fqr87" in row
    assert "Wuhan Union Hospital" in row
    assert "exact" in row
    assert "made by hand" in row
    assert "<dt>Confidence</dt><dd>0.95</dd>" in row
    assert "<dt>Made on</dt><dd>2026-11-24</dd>" in row
    assert ">Research center knowledge graph project</a>" in row
    assert "Read from" in row
    source = "https://github.com/ror-community/ror-records/blob/d93fc667/v1.11/0371fqr87.json"
    assert f'<a href="{source}">Open on github.com</a>' in row
    assert 'href="/en/graph/mapping/organizations"' in row


def test_every_source_is_a_link_that_a_person_can_open(client: FlaskClient) -> None:
    links = []
    for number in range(1, 4):
        page = client.get(f"/zh/mappings?page={number}").text
        assert "没有可打开的地址" not in page
        links += re.findall(r'<a href="([^"]+)">在 (?:github.com|bioregistry.io) 打开</a>', page)
        assert page.count(">研究中心知识图谱项目</a>") == page.count("<dt>建立者</dt>")
    assert len(links) == 116
    assert len(set(links)) == 14


def test_a_source_without_an_address_says_so(
    release: BuiltRelease, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.query.mappings.SOURCE", NamedNode("https://example.org/nothing"))
    # An application of its own: what it keeps of pages is not what others are shown.
    app = create_app(release.release.folder, config)
    page = app.test_client().get("/en/mappings?registry=dicom&by=set").text
    app.extensions["kg"].close()
    assert page.count("no address to open it at") == 2


def test_csv_has_every_mapping_and_headings_in_the_readers_language(
    client: FlaskClient, mappings: Mappings
) -> None:
    every = {m.object.value: m for m in mappings.listed(Wanted(), 1000)}
    first = []
    for lang in ("en", "zh"):
        response = client.get(f"/{lang}/mappings.csv")
        assert response.mimetype == "text/csv"
        rows = list(csv.reader(io.StringIO(response.text)))
        assert len(rows) == 116
        assert len(rows[0]) == len(HEADINGS)
        for row in rows[1:]:
            cells = dict(zip(HEADINGS, row, strict=True))
            found: Mapping = every[cells["object"]]
            assert cells["object_label"] == found.label or list(every).count(cells["object"]) > 1
            assert cells["source"]
        first.append(rows[0][0])
    assert first == ["Thing", "事物"]


def test_sssom_files_are_those_of_the_sources(client: FlaskClient) -> None:
    page = client.get("/en/mappings").text
    names = re.findall(r'href="(/mappings/[a-z]+[.]sssom[.]tsv)"', page)
    assert len(names) == 5
    for address in names:
        with client.get(address) as response:
            assert response.mimetype == "text/tab-separated-values"
            source = ROOT / "data" / address.removeprefix("/")
            assert response.data == source.read_bytes()
            assert response.headers["ETag"] == f'"{hashlib.sha256(response.data).hexdigest()}"'
        with client.get(address, headers={"If-None-Match": response.headers["ETag"]}) as again:
            assert again.status_code == 304


def test_things_without_a_link_are_those_of_sparql(
    client: FlaskClient, release: BuiltRelease
) -> None:
    section = (
        client.get("/en/mappings").text.partition('id="unlinked"')[2].partition("</section>")[0]
    )
    base = release.release.base
    for kind in ("institution", "person", "disease", "modality"):
        total = len(
            release.engine.select(
                f"SELECT DISTINCT ?x {{ ?x {PREF_LABEL} ?l "
                f"FILTER(STRSTARTS(STR(?x), '{base}id/{kind}/')) }}"
            ).rows
        )
        rows = release.engine.select(
            f"SELECT DISTINCT ?x {{ ?x {PREF_LABEL} ?l FILTER(STRSTARTS(STR(?x), '{base}id/{kind}/')) "
            f"FILTER NOT EXISTS {{ ?m <{base}ontology#mappingSubject> ?x }} }}"
        ).texts()
        addresses = re.findall(rf'href="(/en/{kind}/[^"]+)"', section)
        assert sorted(addresses) == sorted(
            f"/en/{iri.removeprefix(f'{base}id/')}" for (iri,) in rows
        )
        assert f"{len(rows)} of {total}" in section


def test_no_conflict_says_what_was_looked_for(client: FlaskClient, release: BuiltRelease) -> None:
    assert conflicts(release.engine) == []
    section = (
        client.get("/en/mappings").text.partition('id="conflicts"')[2].partition("</section>")[0]
    )
    assert "No conflict was found" in section


def test_conflicts_are_shown_with_their_things(
    client: FlaskClient, release: BuiltRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = release.release.base
    things = tuple(NamedNode(f"{base}id/institution/{n}") for n in ("nsfc", "union-hospital"))
    told: Callable[..., list[Conflict]] = lambda *_: [  # noqa: E731 - the data have none
        Conflict("shared-record", things, (NamedNode(A),)),
        Conflict("homonyms", things, (), "Union"),
    ]
    monkeypatch.setattr("kg.web.mappings_view.conflicts", told)
    page = client.get("/en/mappings", base_url="http://other.example").text
    section = page.partition('id="conflicts"')[2].partition("</section>")[0]
    assert "Two things, one record" in section
    assert f'href="{A}"' in section
    assert section.count('href="/en/institution/union-hospital"') == 2
    assert "id/institution/union-hospital" in section


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("registry=lake", 400, "“lake” is no value of registry. There are: chebi"),
        ("match=same", 400, "“same” is no value of match. There are: exactMatch"),
        ("set=lakes", 400, "“lakes” is no value of set. There are: concepts"),
        ("by=color", 400, "“color” is no value of by. There are: registry, set."),
        ("page=-1", 400, "The page “-1” is no number from 1."),
        ("color=red", 400, "There is no choice by “color” here"),
        ("page=77", 404, "The list has 3 pages."),
    ],
)
def test_mistakes_are_named(client: FlaskClient, query: str, status: int, words: str) -> None:
    headers = {"Accept": "application/problem+json"}
    response = client.get(f"/en/mappings?{query}", headers=headers)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json is not None
    assert words in response.json["detail"]


def test_an_unknown_set_has_no_file(client: FlaskClient) -> None:
    assert client.get("/mappings/lakes.sssom.tsv").status_code == 404
    assert client.get("/mappings/..%2f..%2fkg.sssom.tsv").status_code == 404
