"""Matching names and affiliations with the real records of a registry."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RECORDS, ROOT
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.link.candidates import find_hits
from kg.link.evidence import FEATURES, gather
from kg.link.importing import import_ror
from kg.link.index import INDEX_FILE
from kg.link.match import Matcher
from kg.link.mention import read_mention
from kg.link.placeless import PLACELESS
from kg.link.registry import Name, Registry
from kg.link.rivals import AMONG
from kg.link.scoring import Forest, read_model
from kg.link.words import key

BASE = "https://example.org/"

WUHAN_UNION = "0371fqr87"
HUST = "00p991c53"
TONGJI_HOSPITAL = "04xy45965"
TONGJI_UNIVERSITY = "03rc6as71"
FUDAN = "013q1eq08"
UNION_HOSPITAL_TEXT = (
    "Department of Radiology, Union Hospital, Tongji Medical College, "
    "Huazhong University of Science and Technology, Wuhan 430022, China"
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("import") / "ror"
    import_ror(RECORDS, folder, BASE)
    return Registry(folder / INDEX_FILE)


@pytest.fixture(scope="module")
def matcher(registry: Registry) -> Matcher:
    return Matcher(registry)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        (UNION_HOSPITAL_TEXT, WUHAN_UNION),
        (UNION_HOSPITAL_TEXT.replace("Union", "Tongji"), TONGJI_HOSPITAL),
        # Of another university of that name: no part of it, whatever its name.
        ("Tongji Hospital, Tongji University School of Medicine, Shanghai", TONGJI_UNIVERSITY),
        ("Huazhong University of Science and Technology, Wuhan", HUST),
    ],
)
def test_the_part_that_is_named_is_meant_where_it_is_asked_for(
    text: str, local: str, matcher: Matcher
) -> None:
    plain, match = matcher.match(text), matcher.match(text, parts=True)
    assert [answer.entry.local for answer in match.answers] == [local]
    by_record = {candidate.entry.local: candidate.score for candidate in plain.candidates}
    best = match.candidates[0]
    if local in {WUHAN_UNION, TONGJI_HOSPITAL}:
        # Both share one likelihood: nothing is made more likely than they are together.
        assert best.score == pytest.approx(min(0.99, by_record[local] + by_record[HUST]))
        assert best.why.endswith(
            "of Huazhong University of Science and Technology the text names this part"
        )
    else:
        assert best.score == by_record[local]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("Department of Physics, Fudan University, Shanghai, China", FUDAN),
        ("复旦大学", FUDAN),
        ("Huazhong University of Science and Technology", HUST),
        ("Huazhong Univ. of Sci. & Technol., Wuhan, P.R. China", HUST),
        ("Huazhong Univeristy of Science and Technolgy, Wuhan, China", HUST),
        ("华中科技大学", HUST),
        ("武汉协和医院", WUHAN_UNION),
        ("Tongji University, Shanghai, China", TONGJI_UNIVERSITY),
        ("Tongji Hospital, Wuhan, China", TONGJI_HOSPITAL),
    ],
)
def test_the_best_candidate_is_the_one_that_is_meant(
    text: str, local: str, matcher: Matcher
) -> None:
    candidates = matcher.match(text).candidates
    assert candidates[0].entry.local == local, [(c.entry.display, c.score) for c in candidates[:3]]


def test_a_name_means_what_has_its_words_and_the_rest_is_context(matcher: Matcher) -> None:
    # An affiliation with a hospital and its university may mean either.
    both = {c.entry.local for c in matcher.match(UNION_HOSPITAL_TEXT).candidates[:2]}
    assert both == {WUHAN_UNION, HUST}
    text = UNION_HOSPITAL_TEXT.partition(", ")[2]
    named = matcher.match(text, "Union Hospital").candidates
    assert named[0].entry.local == WUHAN_UNION
    assert HUST not in {c.entry.local for c in named}


def test_a_name_that_holds_the_name_of_another_does_not_mean_it(matcher: Matcher) -> None:
    assert matcher.match("Ultrasound Branch of Fudan University").candidates[0].entry.local == FUDAN
    name = "Ultrasound Branch of Fudan University"
    assert FUDAN not in {c.entry.local for c in matcher.match(name, name).candidates}


@pytest.mark.parametrize(
    "text",
    ["", "?", "12345", "Department of Radiology", "Union", "University", "x" * 5000, "， ；、"],
)
def test_a_text_that_names_nobody_has_no_answer(text: str, matcher: Matcher) -> None:
    assert matcher.match(text).answers == ()


@given(st.text(max_size=200))
def test_any_text_gives_probabilities(matcher: Matcher, text: str) -> None:
    assert all(0 <= candidate.score <= 1 for candidate in matcher.match(text).candidates)
    assert all(0 <= c.score <= 1 for c in matcher.match(f"{text} University, China").candidates)


def test_scores_are_probabilities_in_falling_order(matcher: Matcher) -> None:
    match = matcher.match("Zhongnan Hospital of Wuhan University, Wuhan, China")
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({c.entry.id for c in match.candidates}) == len(scores)


def test_a_reason_names_the_name_its_kind_and_the_place(matcher: Matcher) -> None:
    best = matcher.match("复旦大学, Shanghai, China").candidates[0]
    assert best.why.startswith('"复旦大学", a label of the record, stands in the text')
    assert "the city is that of the record (Shanghai" in best.why


def test_a_reason_names_what_is_missing_and_what_is_misspelled(matcher: Matcher) -> None:
    found = matcher.match("Huazong Univeristy, Wuhan, China").candidates
    why = next(c.why for c in found if c.entry.local == HUST)
    assert "missing: science, technology" in why
    assert "spelled differently: huazhong" in why


def test_a_reason_quotes_the_name_as_the_text_has_it(registry: Registry) -> None:
    entry = registry.entry_at(HUST)
    assert entry
    alike = [n.text for n in entry.names if key(n.text) == key(entry.display)]
    for text in alike:
        found = Matcher(registry).match(f"{text}, Wuhan, China").candidates[0]
        assert key(found.name) == key(text)
        assert found.why.startswith(f'"{found.name}", ')


def test_a_name_is_found_without_its_place_and_the_reason_says_so(registry: Registry) -> None:
    placed = [
        name
        for number in range(1, 2000)
        if (name := _name(registry, number)) and PLACELESS in name.kinds
    ]
    assert len(placed) > 5
    for name in placed:
        entry = registry.entry(name.entry)
        assert name.text in {other.text for other in entry.names}
        assert PLACELESS not in {kind for other in entry.names for kind in other.kinds}
        text = " ".join(name.words)
        candidates = Matcher(registry).match(text).candidates
        why = next(c.why for c in candidates if c.entry.local == entry.local)
        assert f'"{name.text}", ' in why
        assert "in the text but for its place" in why


def test_blanks_in_a_name_do_not_matter_and_the_reason_tells_them(registry: Registry) -> None:
    match = Matcher(registry).match("Fu Dan University, Shanghai, China")
    assert match.candidates[0].entry.local == FUDAN
    assert "spelled differently: fudan" in match.candidates[0].why


def test_what_is_unlikely_for_itself_keeps_its_first_score(registry: Registry) -> None:
    matcher = Matcher(registry)
    mention = read_mention(UNION_HOSPITAL_TEXT, registry.countries(), registry.cities())
    found = gather(mention, find_hits(mention, registry), registry)
    alone = [matcher.model.alone.probability(one.values) for one in found]
    unlikely = [score <= matcher.model.likely for score in alone]
    assert any(unlikely)
    assert not all(unlikely)
    kept = [a == b for a, b in zip(alone, matcher.scores(found), strict=True)]
    assert kept == unlikely


def test_the_same_text_gives_the_same_match(matcher: Matcher, registry: Registry) -> None:
    text = "Tongji Hospital, Tongji Medical College, Wuhan"
    assert matcher.match(text) == Matcher(registry).match(text)


SCRIPT = """
import sys
from pathlib import Path
from kg.link.match import Matcher
from kg.link.registry import Registry
matcher = Matcher(Registry(Path(sys.argv[1])))
for text in sys.argv[2:]:
    for candidate in matcher.match(text).candidates:
        print(candidate.entry.local, repr(candidate.score), candidate.why)
"""


def test_the_hash_seed_does_not_show(tmp_path: Path) -> None:
    import_ror(RECORDS, tmp_path / "ror", BASE)
    texts = (UNION_HOSPITAL_TEXT, "Wuhan University of Tecnology, China", "中国地质大学（武汉）")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "ror" / INDEX_FILE), *texts]
    printed = {
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(printed) == 1
    assert len(printed.pop().splitlines()) > 20


def test_what_records_only_mention_is_a_candidate_and_no_answer(registry: Registry) -> None:
    mentioned = [
        entry
        for number in range(1, 400)
        if (entry := _entry(registry, number)) and not entry.is_record
    ]
    assert len(mentioned) > 50
    assert registry.size == len(RECORDS.read_bytes().splitlines())
    for entry in mentioned[:20]:
        match = Matcher(registry).match(entry.display)
        assert entry.local in {c.entry.local for c in match.candidates}
        assert entry.local not in {c.entry.local for c in match.answers}


def _name(registry: Registry, number: int) -> Name | None:
    try:
        return registry.name_at(number)
    except TypeError:  # no such row
        return None


def _entry(registry: Registry, number: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - an entry or None
    try:
        return registry.entry(number)
    except TypeError:  # no such row
        return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("University X, Beijing, China", {"cn"}),
        ("University X, P. R. China", {"cn"}),
        ("University X, USA", {"us"}),
        ("Jordan University, Ohio, United States", {"us"}),
        ("Hospital of China", {"cn"}),
        ("University X", set()),
        ("New South Wales Department of Health", set()),
        ("Rutgers New Jersey Medical School", set()),
    ],
)
def test_countries_are_read_from_the_text(
    text: str, expected: set[str], registry: Registry
) -> None:
    known = {
        **registry.countries(),
        key("United States"): "us",
        key("Jordan"): "jo",
        key("Jersey"): "je",
    }
    assert read_mention(text, known).countries == expected


def test_no_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no index of a registry; import the registry first"):
        Registry(tmp_path / "index.sqlite")


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        db.execute("INSERT INTO meta VALUES ('format', '0')")
    db.close()
    with pytest.raises(SourceError, match=r"the index is of format 0, not \d+; import"):
        Registry(path)
    path.write_bytes(b"no database" * 100)
    with pytest.raises(SourceError, match=r"no index of a registry: .*; import"):
        Registry(path)


def test_a_forest_adds_its_leaves() -> None:
    tree = ((0, 1.5, 1, 2, 0.0), (-1, 0.0, 0, 0, -1.0), (-1, 0.0, 0, 0, 2.0))
    forest = Forest(("x",), 0.0, (tree, tree))
    assert forest.probability((1.5,)) == pytest.approx(0.1192, abs=1e-4)
    assert forest.probability((1.6,)) == pytest.approx(0.9820, abs=1e-4)


def test_the_model_asks_for_the_features_that_there_are() -> None:
    model = read_model()
    assert model.alone.features == FEATURES
    assert model.among.features == (*FEATURES, *AMONG)
    assert 0 < model.first <= model.further < 1
    asked = {node[0] for tree in model.among.trees for node in tree}
    assert max(asked) < len(model.among.features)
    assert json.loads(json.dumps(model.name))
