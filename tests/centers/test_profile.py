"""The parts of a center's page: bars, awards, probes, the tree of institutions, open questions."""

import re

import pytest
from conftest import BuiltRelease
from flask import Flask
from pyoxigraph import Literal, NamedNode

from kg.config import Config
from kg.formats import FORMATS
from kg.vocab import Iris
from kg.web.awards import award_table
from kg.web.bars import Bar, draw_bars
from kg.web.chain import Branch, Chain
from kg.web.headline import Values
from kg.web.probes import probe_sets
from kg.web.profile import profile
from kg.web.site import Site

BASE = "https://example.org/"
IRIS = Iris(BASE)
CENTER = "id/center/hubei-imaging-medicine"


@pytest.fixture(scope="module")
def site(release: BuiltRelease, config: Config) -> Site:
    return Site(release.release, config)


def center_of(site: Site) -> NamedNode:
    return NamedNode(site.base + CENTER)


def bars_of(**things: dict[str, int | str]) -> dict[str, Bar]:
    """Return the bars of made-up parts; texts are links to others."""
    nodes = {name: NamedNode(f"{BASE}{name}") for name in things}
    values: dict[NamedNode, Values] = {
        nodes[name]: {
            IRIS.term(local): [
                Literal(value) if isinstance(value, int) else NamedNode(f"{BASE}{value}")
            ]
            for local, value in facts.items()
        }
        for name, facts in things.items()
    }
    bars = draw_bars(tuple(nodes.values()), values.__getitem__, IRIS)
    return {name: bars[node] for name, node in nodes.items() if node in bars}


def test_a_part_is_drawn_inside_its_whole() -> None:
    bars = bars_of(
        papers={"indicator": "papers", "value": 2533},
        sci={"indicator": "sci", "value": 560, "partOfFigure": "papers"},
        patents={"indicator": "patents", "value": 25},
    )
    assert bars["papers"].length == 100
    assert bars["sci"].length == 22.11
    assert bars["sci"].track == 100
    assert bars["papers"].track == 0
    assert bars["papers"].group == bars["sci"].group
    # It counts something else, and is beside nothing.
    assert "patents" not in bars


def test_a_range_is_drawn_from_its_least_to_its_most() -> None:
    bars = bars_of(a={"minimum": 5, "maximum": 8}, b={"minimum": 3, "maximum": 5}, c={"minimum": 1})
    assert (bars["a"].start, bars["a"].length) == (62.5, 37.5)
    assert (bars["b"].start, bars["b"].length) == (37.5, 25.0)
    assert "c" not in bars


def test_a_bound_covers_all_places_and_a_rank_one() -> None:
    bars = bars_of(second={"position": 2}, top={"positionAtMost": 10})
    assert (bars["second"].kind, bars["second"].start, bars["second"].length) == ("rank", 10, 10)
    assert (bars["top"].kind, bars["top"].start, bars["top"].length) == ("bound", 0, 100)
    assert bars_of(alone={"position": 2}) == {}


def test_nothing_is_drawn_of_what_is_no_number() -> None:
    assert bars_of(a={"indicator": "x", "value": -1}, b={"indicator": "x", "value": 0}) == {}
    assert bars_of(a={"indicator": "x", "value": "y"}, b={"indicator": "x", "value": 2}) == {}


def test_every_bar_of_the_center_is_in_proportion(client_page: str) -> None:
    rows = re.findall(r'<li class="part".*?</li>', client_page, flags=re.DOTALL)
    drawn = {}
    for row in rows:
        bar = re.search(r'<svg class="bar number".*?class="fill" x="0.0%" width="([\d.]+)%"', row)
        number = re.search(r'<span class="headline">([\d,]+)</span>', row)
        name = re.search(r">([^<]+)</a>", row)
        if bar and number and name:
            drawn[name[1]] = (int(number[1].replace(",", "")), float(bar[1]))
    papers, sci = drawn["Papers published"], drawn["SCI papers"]
    assert sci[1] / papers[1] == pytest.approx(sci[0] / papers[0], abs=1e-3)
    chief = drawn["Textbooks and monographs as chief editor"]
    editing = drawn["Textbooks and monographs with participation in the editing"]
    assert editing[1] / chief[1] == pytest.approx(81 / 104, abs=1e-3)
    assert len(drawn) == 8


@pytest.fixture(scope="module")
def client_page(app: Flask) -> str:
    return app.test_client().get("/en/center/hubei-imaging-medicine").text


def test_awards_stand_by_level_and_role(app: Flask, site: Site) -> None:
    with app.test_request_context("/en/"):
        table = award_table(site, center_of(site), "en")
    assert table is not None
    assert [role.text for role in table.roles] == ["First accomplisher", "Participant"]
    found = {
        (row.level.text if row.level else "", row.name.text, role.text): [
            (p.number, p.grade.text if p.grade else None) for p in cell
        ]
        for row in table.programmes
        for role, cell in zip(table.roles, row.cells, strict=True)
    }
    national = "National Science and Technology Progress Award"
    assert found["National", national, "First accomplisher"] == [("3", None)]
    assert found["National", national, "Participant"] == [("2", None)]
    hubei = "Hubei Province Science and Technology Progress Award"
    assert found["Provincial and ministerial", hubei, "First accomplisher"] == [
        ("6", "First prize")
    ]
    assert found["Provincial and ministerial", hubei, "Participant"] == []
    assert len(found) == 6


def test_a_center_without_awards_has_no_table(app: Flask, site: Site) -> None:
    with app.test_request_context("/en/"):
        assert award_table(site, NamedNode(f"{site.base}id/center/none"), "en") is None


def test_the_three_kinds_of_first_are_told_apart(client_page: str) -> None:
    awards = client_page.partition('id="AwardTally"')[2].partition("</section>")[0]
    assert "first accomplisher is the rank among the contributors" in awards
    assert awards.count("grade not stated") == 3


def test_targets_are_those_of_the_set_of_probes(app: Flask, site: Site) -> None:
    with app.test_request_context("/en/"):
        (found,) = probe_sets(site, center_of(site), "en")
    assert [probe.member.value.text for probe in found.probes] == [
        "18F-5-FPN",
        "131I molecular probe",
        "99mTc molecular probe",
    ]
    assert [[f.value.text for f in probe.radionuclides] for probe in found.probes] == [
        ["18F"],
        ["131I"],
        ["99mTc"],
    ]
    assert found.open_ended
    assert not found.paired
    assert all(probe.member.origins for probe in found.probes)
    stated = {fact.value.text for group in found.facts for fact in group.facts}
    assert {"Melanoma", "Tumor stem cells"} <= stated


def names_of(branches: tuple[Branch, ...]) -> list[str]:
    return [name for b in branches for name in (b.name.text, *names_of(b.below))]


def test_the_tree_leads_from_the_university_to_the_center(app: Flask, site: Site) -> None:
    with app.test_request_context("/en/"):
        tree = Chain(site, center_of(site), "en").tree
    assert names_of(tree) == [
        "Huazhong University of Science and Technology",
        "Tongji Medical College",
        "Union Hospital",
        "Imaging Medicine and Nuclear Medicine",
        "Hubei Clinical Research Center of Imaging Medicine",
    ]
    branch = tree[0]
    assert branch.fact is None
    while branch.below:
        (branch,) = branch.below
        assert branch.fact is not None
        assert branch.fact.origins[0].quote is not None


def test_what_the_text_leaves_open_is_asked_and_answered_with_nothing(
    app: Flask, site: Site
) -> None:
    with app.test_request_context("/en/"):
        shown = profile(site, center_of(site), "en").unstated
    files = list(site.release.source_file("data").glob("*/queries/not-stated-*.rq"))
    assert len(shown) == len(files) == 10
    for question in shown:
        assert site.engine.select(question.text).rows == ()
        assert question.title.endswith("?")
        assert question.note
        assert not question.note.startswith("An empty")


def test_a_share_is_told_in_percent(client_page: str, app: Flask) -> None:
    assert re.search(
        r'Share of SCI papers.*?<span class="headline">22\.11 %</span>', client_page, re.DOTALL
    )
    page = app.test_client().get("/en/figure/hubei-imaging-medicine-sci-share").text
    assert '<p class="big">22.11 %</p>' in page
    assert "0.2211" in page


def test_sizes_are_those_of_the_data(client_page: str, app: Flask) -> None:
    told = dict(
        re.findall(r'href="(/data/[^"]+)">[^<]+</a> <span class="note">([\d,]+) KB', client_page)
    )
    assert len(told) == len(FORMATS)
    for address, kilobytes in told.items():
        size = len(app.test_client().get(address).data)
        assert kilobytes == f"{round(size / 1000):,}"


def test_identifiers_are_called_by_their_registries(app: Flask) -> None:
    page = app.test_client().get("/en/institution/union-hospital").text
    assert '<a href="https://ror.org/0371fqr87">ROR 0371fqr87</a>' in page
    assert re.search(r">Wikidata Q\d+</a>", page)
