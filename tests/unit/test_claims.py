"""Text, claims and the evidence that they make."""

import shutil
from pathlib import Path

from conftest import TINY
from pyoxigraph import Literal, NamedNode, Quad

from kg.sources.claims import Claim, Profile, Span, Uncovered, evidence_quads, read_profile
from kg.vocab import OA, PROV, Iris

BASE = "https://example.org/kg/"
IRIS = Iris(BASE)
TEXT = (
    "Name: Lake Center for Imaging\nHead: Ada Ng\n"
    "The center has 12 beds and a fetal heart platform.\nPage 1 of 1\n"
)


def tiny_profile() -> Profile:
    return read_profile(TINY / "data" / "lake")


def evidence() -> set[Quad]:
    return set(evidence_quads(tiny_profile(), IRIS))


def about(subject: str) -> set[tuple[str, str]]:
    """Return predicate and value of each statement about a node below the base."""
    return {
        (q.predicate.value, str(getattr(q.object, "value", "")))
        for q in evidence()
        if q.subject == NamedNode(BASE + subject)
    }


def test_a_center_is_read_whole() -> None:
    profile = tiny_profile()
    [source] = profile.center.sources
    assert (profile.slug, source.title, source.language) == ("lake", "Lake Center", "en")
    assert profile.texts == {"": TEXT}
    assert [claim.id for claim in profile.claims] == ["C001", "C002", "C003", "C004"]
    assert profile.claims[3] == Claim(
        id="C004",
        source="",
        span=Span(66, 92),
        quote="and a fetal heart platform",
        context=Span(43, 57),
        status="reported",
        group="",
        item=None,
        reason="not modeled",
        note="shares the verb of C003",
        line=5,
    )
    assert profile.uncovered == (
        Uncovered("", Span(94, 105), "Page 1 of 1", "number of the page", 2),
    )


def test_line_ends_of_the_text_are_kept(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY / "data" / "lake", tmp_path / "lake"))
    (folder / "source.txt").write_bytes("a\r\nb\u00a0c\r".encode())
    assert read_profile(folder).texts[""] == "a\r\nb\u00a0c\r"


def test_evidence_is_one_hop_from_a_claim() -> None:
    claim = IRIS.claim("lake", "C002")
    graph = IRIS.graph("evidence/lake")
    assert (
        Quad(claim, NamedNode(PROV + "value"), Literal("Head: Ada Ng", language="en"), graph)
        in evidence()
    )
    assert Quad(claim, NamedNode(PROV + "wasQuotedFrom"), IRIS.source("lake"), graph) in evidence()


def test_all_evidence_lies_in_the_graph_of_the_center() -> None:
    assert {quad.graph_name for quad in evidence()} == {IRIS.graph("evidence/lake")}


def test_the_annotation_points_from_the_graph_to_the_words() -> None:
    assert (OA + "hasBody", f"{BASE}claim/lake/C003") in about("claim/lake/C003#annotation")
    assert about("claim/lake/C003#position") >= {(OA + "start", "43"), (OA + "end", "65")}
    quote = dict(about("claim/lake/C003#quote"))
    before, exact, after = (quote[OA + name] for name in ("prefix", "exact", "suffix"))
    assert before + exact + after in TEXT
    assert exact == "The center has 12 beds"
    assert len(before) == len(after) == 32


def test_words_that_a_claim_leans_on_are_a_second_target() -> None:
    targets = {
        value
        for predicate, value in about("claim/lake/C004#annotation")
        if predicate == OA + "hasTarget"
    }
    assert targets == {f"{BASE}claim/lake/C004#target", f"{BASE}claim/lake/C004#context"}
    assert about("claim/lake/C004#context-position") >= {(OA + "start", "43"), (OA + "end", "57")}
