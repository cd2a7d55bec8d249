"""The W3C's tests of RDF Dataset Canonicalization (RDFC-1.0), run through the engine's.

It names the blank nodes of the reports and shapes of a release, and of what other tests compare.
"""

import json
import subprocess
import sys
import tomllib
from collections import Counter
from typing import Any

import pytest
from conftest import ROOT, needed_suite
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

TESTS = needed_suite("w3c", "rdf-canon") / "tests"
CASES: list[dict[str, str]] = json.loads((TESTS / "manifest.jsonld").read_bytes())["entries"]
KNOWN_FAILURES: dict[str, str] = {
    row["test"]: row["cause"]
    for row in tomllib.loads(
        (ROOT / "tests" / "cases" / "w3c" / "known-failures-rdfc.toml").read_text("utf-8")
    )["failure"]
}
ALGORITHMS = {
    "SHA256": CanonicalizationAlgorithm.RDFC_1_0,
    "SHA384": CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}
TESTS_OF = {
    "rdfc:RDFC10EvalTest": 64,
    "rdfc:RDFC10MapTest": 21,
    "rdfc:RDFC10NegativeEvalTest": 1,
}
FEWEST_PASSING = TESTS_OF | {"rdfc:RDFC10NegativeEvalTest": 0}

BOUND = 5
"""Seconds after which a dataset that is made to be hard counts as one that has no end."""
ALONE = """
import sys
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
dataset = Dataset(parse(path=sys.argv[1], format=RdfFormat.N_QUADS))
dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
"""


def id_of(case: dict[str, str]) -> str:
    """Return the name of a test, as the list of known failures has it."""
    return case["id"].removeprefix("#")


def asked(kind: str) -> list[Any]:
    """Return the tests of a kind as parameters; known failures are expected to fail."""
    return [
        pytest.param(
            case,
            id=id_of(case),
            marks=[
                pytest.mark.xfail(reason=KNOWN_FAILURES[i], raises=AssertionError, strict=True)
                for i in {id_of(case)} & KNOWN_FAILURES.keys()
            ],
        )
        for case in CASES
        if case["type"] == f"rdfc:{kind}"
    ]


def alone(case: dict[str, str]) -> int | None:
    """Canonicalize in a process of its own; return how it ended, None where it had to be ended."""
    command = [sys.executable, "-c", ALONE, str(TESTS / case["action"])]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=BOUND)
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


def input_of(case: dict[str, str]) -> Dataset:
    """Return the dataset that a test begins with."""
    return Dataset(parse(path=TESTS / case["action"], format=RdfFormat.N_QUADS))


def canonical(case: dict[str, str]) -> Dataset:
    """Return the dataset of a test with the names that RDFC-1.0 gives to its blank nodes."""
    if case["computationalComplexity"] == "high":
        assert alone(case) == 0
    dataset = input_of(case)
    dataset.canonicalize(ALGORITHMS[case.get("hashAlgorithm", "SHA256")])
    return dataset


@pytest.mark.parametrize("case", asked("RDFC10EvalTest"))
def test_the_canonical_form_is_the_one_of_the_suite(case: dict[str, str]) -> None:
    lines = (serialize([quad], format=RdfFormat.N_QUADS) or b"" for quad in canonical(case))
    assert b"".join(sorted(lines)) == (TESTS / case["result"]).read_bytes()


@pytest.mark.parametrize("case", asked("RDFC10MapTest"))
def test_the_names_of_the_suite_make_our_canonical_form(case: dict[str, str]) -> None:
    names = json.loads((TESTS / case["result"]).read_bytes())

    def renamed(term: Any) -> Any:
        return BlankNode(names[term.value]) if isinstance(term, BlankNode) else term

    expected = {
        Quad(renamed(q.subject), q.predicate, renamed(q.object), renamed(q.graph_name))
        for q in input_of(case)
    }
    assert set(canonical(case)) == expected


@pytest.mark.parametrize("case", asked("RDFC10NegativeEvalTest"))
def test_a_dataset_that_is_too_hard_is_refused(case: dict[str, str]) -> None:
    assert alone(case) not in {None, 0}


def test_as_many_pass_as_ever() -> None:
    assert Counter(case["type"] for case in CASES) == TESTS_OF
    assert KNOWN_FAILURES.keys() <= {id_of(case) for case in CASES}
    passing = Counter(case["type"] for case in CASES if id_of(case) not in KNOWN_FAILURES)
    assert all(passing[kind] >= fewest for kind, fewest in FEWEST_PASSING.items()), passing
