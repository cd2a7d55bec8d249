"""The five steps of ``describe``, and that a cut is stated in every answer."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from conftest import BuiltRelease
from flask import Flask
from graphs import named
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store
from sample import CLAIM as SAMPLE_CLAIM
from sample import FIGURE, NUMBER, QUOTE, SLUG

from kg.config import Config, Limits
from kg.formats import BY_EXTENSION, FORMATS
from kg.query.describe import complete, describe
from kg.query.embedded import EmbeddedEngine
from kg.vocab import FOAF, OA, ORG, PREF_LABEL, PROV_VALUE, RDF_TYPE, RDFS, SKOS, Iris
from kg.web.app import create_app

BASE = "https://example.org/"
IRIS = Iris(BASE)
THING, PART, LEAF, OTHER = (IRIS.entity("center", name) for name in ("a", "a-part", "a-leaf", "b"))
CLAIM, SECOND = IRIS.claim("a", "C001"), IRIS.claim("a", "C002")
EVIDENCE, ONTOLOGY, MAPPING = map(IRIS.graph, ("evidence/a", "ontology", "mapping/set"))
HOLDS, PLAIN = IRIS.term("figure"), IRIS.term("about")
ELSEWHERE = NamedNode("https://ror.org/0371fqr87")
LINK = NamedNode(f"{MAPPING.value}#one")


def quads() -> list[Quad]:
    """A thing with a part that has a part, a friend that points to it, and a mapping."""
    position = NamedNode(f"{CLAIM.value}#position")
    return [
        Quad(THING, HOLDS, PART, CLAIM),
        Quad(THING, HOLDS, PART, SECOND),
        Quad(THING, PREF_LABEL, Literal("A", language="en"), CLAIM),
        Quad(THING, NamedNode(RDFS + "seeAlso"), ELSEWHERE, MAPPING),
        Quad(PART, PLAIN, Literal(1), CLAIM),
        Quad(PART, HOLDS, LEAF, CLAIM),
        Quad(LEAF, PLAIN, Literal(2), CLAIM),
        Quad(LEAF, PREF_LABEL, Literal("leaf", language="en"), CLAIM),
        Quad(OTHER, PLAIN, THING, SECOND),
        Quad(OTHER, PREF_LABEL, Literal("B", language="en"), SECOND),
        Quad(OTHER, PLAIN, Literal("not about A"), SECOND),
        Quad(HOLDS, IRIS.term("holdsPart"), Literal(True), ONTOLOGY),
        Quad(HOLDS, NamedNode(RDFS + "label"), Literal("figure", language="en"), ONTOLOGY),
        Quad(CLAIM, PROV_VALUE, Literal("the sentence", language="en"), EVIDENCE),
        Quad(SECOND, PROV_VALUE, Literal("another sentence", language="en"), EVIDENCE),
        Quad(position, NamedNode(OA + "start"), Literal(0), EVIDENCE),
        Quad(LINK, IRIS.term("mappingSubject"), THING, MAPPING),
        Quad(LINK, IRIS.term("mappingObject"), ELSEWHERE, MAPPING),
        Quad(LINK, IRIS.term("confidence"), Literal("high"), MAPPING),
    ]


@pytest.fixture(scope="module")
def small() -> EmbeddedEngine:
    """An engine over ``quads``, with their union as the default graph."""
    return engine_over(quads())


def engine_over(statements: Iterable[Quad]) -> EmbeddedEngine:
    store = Store()
    for quad in statements:
        store.add(quad)
        store.add(Quad(quad.subject, quad.predicate, quad.object))
    return EmbeddedEngine(store, BASE)


def described(engine: EmbeddedEngine, node: NamedNode = THING) -> set[Quad]:
    return set(describe(engine, node.value, 10).quads)


def test_step_1_outgoing_statements_in_each_of_their_graphs(small: EmbeddedEngine) -> None:
    assert {Quad(THING, HOLDS, PART, CLAIM), Quad(THING, HOLDS, PART, SECOND)} <= described(small)


def test_step_2_parts_one_level_down(small: EmbeddedEngine) -> None:
    found = described(small)
    assert Quad(PART, PLAIN, Literal(1), CLAIM) in found
    assert describe(small, THING.value, 10).parts == (PART,)
    assert Quad(LEAF, PLAIN, Literal(2), CLAIM) not in found


def test_step_3_incoming_statements(small: EmbeddedEngine) -> None:
    found = described(small)
    assert Quad(OTHER, PLAIN, THING, SECOND) in found
    assert Quad(OTHER, PLAIN, Literal("not about A"), SECOND) not in found


def test_step_4_labels_of_what_is_mentioned(small: EmbeddedEngine) -> None:
    found = described(small)
    assert Quad(OTHER, PREF_LABEL, Literal("B", language="en"), SECOND) in found
    assert Quad(LEAF, PREF_LABEL, Literal("leaf", language="en"), CLAIM) in found
    label = NamedNode(RDFS + "label")
    assert Quad(HOLDS, label, Literal("figure", language="en"), ONTOLOGY) in found


def test_step_5_origins_with_quote_and_place(small: EmbeddedEngine) -> None:
    found = described(small)
    for claim, text in ((CLAIM, "the sentence"), (SECOND, "another sentence")):
        assert Quad(claim, PROV_VALUE, Literal(text, language="en"), EVIDENCE) in found
    position = NamedNode(f"{CLAIM.value}#position")
    assert Quad(position, NamedNode(OA + "start"), Literal(0), EVIDENCE) in found


def test_step_5_the_mapping_behind_a_link(small: EmbeddedEngine) -> None:
    assert Quad(LINK, IRIS.term("confidence"), Literal("high"), MAPPING) in described(small)


def test_a_claim_is_what_it_says(small: EmbeddedEngine) -> None:
    found = described(small, CLAIM)
    assert {quad for quad in quads() if quad.graph_name == CLAIM} <= found


def test_of_nothing_nothing_is_known(small: EmbeddedEngine) -> None:
    description = describe(small, f"{BASE}id/center/none", 10)
    assert not description
    assert description.quads == ()


def test_nothing_is_repeated_and_the_order_is_the_same(small: EmbeddedEngine) -> None:
    first, second = (describe(small, THING.value, 10).quads for _ in range(2))
    assert first == second
    assert len(first) == len(set(first))


def test_complete_adds_names_and_origins(small: EmbeddedEngine) -> None:
    one = Quad(OTHER, PLAIN, THING, SECOND)
    found = set(complete(small, [one]))
    assert Quad(THING, PREF_LABEL, Literal("A", language="en"), CLAIM) in found
    assert Quad(SECOND, PROV_VALUE, Literal("another sentence", language="en"), EVIDENCE) in found
    assert Quad(PART, PLAIN, Literal(1), CLAIM) not in found


# --- the cut ---


@pytest.fixture(scope="module")
def crowd() -> EmbeddedEngine:
    """Five things that point to one."""
    others = [IRIS.entity("center", f"c{n}") for n in range(5)]
    return engine_over([*quads()[:3], *(Quad(other, PLAIN, THING, SECOND) for other in others)])


@pytest.mark.parametrize(("limit", "cut"), [(4, True), (5, False), (6, False)])
def test_a_limit_cuts_only_what_is_beyond_it(
    crowd: EmbeddedEngine, limit: int, *, cut: bool
) -> None:
    description = describe(crowd, THING.value, limit)
    incoming = [q for q in description.quads if q.predicate == PLAIN and q.object == THING]
    assert len(incoming) == min(limit, 5)
    assert (description.cut is not None) == cut


def test_the_query_of_a_cut_gives_the_rest(crowd: EmbeddedEngine) -> None:
    description = describe(crowd, THING.value, 3)
    assert description.cut is not None
    rest = {row[0] for row in crowd.select(description.cut.query).rows}
    given = {q.subject for q in description.quads if q.predicate == PLAIN and q.object == THING}
    assert (len(given), len(rest)) == (3, 2)
    assert not given & rest


def test_a_cut_is_stated_in_the_description_itself(crowd: EmbeddedEngine) -> None:
    description = describe(crowd, THING.value, 3)
    assert description.cut is not None
    document = NamedNode(f"{BASE}data/center/a")
    about = {(q.predicate.value, q.object) for q in description.quads if q.subject == document}
    assert (FOAF + "primaryTopic", THING) in about
    assert (RDFS + "seeAlso", description.cut.address) in about
    comments = {o.language: o.value for p, o in about if p == RDFS + "comment"}  # type: ignore[union-attr]  # literals
    assert comments["en"].startswith("Only 3 statements")
    assert "3" in comments["zh"]


@pytest.fixture(scope="module")
def strict(shelf: object, config: Config, release: BuiltRelease) -> Flask:
    """The application with a limit that the center's region exceeds."""
    del shelf
    return create_app(release.folder, replace(config, limits=Limits(describe_incoming=2)))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.extension)
def test_a_cut_is_stated_in_every_format_and_in_the_header(strict: Flask, format_: object) -> None:
    extension = getattr(format_, "extension", "")
    response = strict.test_client().get(f"/data/center/{SLUG}.{extension}")
    assert "see" in response.text
    assert "Only 2 statements that point to this thing are given." in response.text
    links = response.headers.getlist("Link")
    rest = next(link for link in links if link.endswith('; rel="next"'))
    address = rest.partition(">")[0].removeprefix("<")
    answer = strict.test_client().get(address, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) > 2


def test_a_cut_is_stated_on_the_page(strict: Flask) -> None:
    page = strict.test_client().get(f"/en/center/{SLUG}")
    assert "Only 2 statements are shown." in page.text
    assert "Query the rest" in page.text


def test_no_cut_no_word_of_it(app: Flask) -> None:
    response = app.test_client().get(f"/data/center/{SLUG}.nq")
    assert not any('rel="next"' in link for link in response.headers.getlist("Link"))
    assert b"primaryTopic" not in response.data


# --- the real profile ---


def test_the_center_s_data_hold_its_numbers_with_their_sentences(app: Flask) -> None:
    response = app.test_client().get(f"/data/center/{SLUG}.nq")
    found = named(response.data, BY_EXTENSION["nq"])
    base = "https://w3id.org/research-center-kg/"
    papers = NamedNode(f"{base}id/{FIGURE}")
    claim = NamedNode(f"{base}{SAMPLE_CLAIM}")
    value = [q for q in found if q.subject == papers and q.predicate == Iris(base).term("value")]
    assert [(q.object.value, q.graph_name) for q in value] == [(str(NUMBER), claim)]  # type: ignore[union-attr]  # a literal
    quotes = [q.object.value for q in found if q.subject == claim and q.predicate == PROV_VALUE]  # type: ignore[union-attr]  # literals
    assert quotes == [QUOTE]


def test_the_person_in_charge_points_to_the_center(release: BuiltRelease) -> None:
    center = NamedNode(f"{release.release.base}id/center/{SLUG}")
    found = describe(release.engine, center.value, 200).quads
    heads = {q.subject for q in found if q.predicate.value == ORG + "headOf"}
    assert heads == {NamedNode(f"{release.release.base}id/person/xie-mingxing")}


def test_everything_mentioned_that_has_a_label_has_it_here(release: BuiltRelease) -> None:
    center = f"{release.release.base}id/center/{SLUG}"
    quads_ = describe(release.engine, center, 200).quads
    labelled = {q.subject for q in quads_ if q.predicate in {PREF_LABEL, NamedNode(RDFS + "label")}}
    answer = release.engine.query(f"SELECT DISTINCT ?s {{ ?s <{SKOS}prefLabel>|<{RDFS}label> ?l }}")
    assert isinstance(answer, QuerySolutions)
    with_label = {row[0] for row in answer}
    # Names and classes of what is only mentioned are given, not explained in turn.
    stated = [q for q in quads_ if q.predicate.value not in {RDF_TYPE.value, RDFS + "label"}]
    mentioned = {t for q in stated for t in (q.subject, q.predicate, q.object, q.graph_name)}
    assert mentioned & with_label <= labelled
    assert len(stated) < len(quads_)
