"""What tests ask about where anything would do: the fullest center of ``data/``, and its things.

Tests of how the program works name no center and no number of it: they take what they ask for
from here, from the release or from a made-up instance. What a center's profile says is tested
in ``tests/centers``.
"""

import csv
from functools import cache
from pathlib import Path

from conftest import ROOT
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.config import CONFIG_FILE, read_config

BASE = read_config(ROOT / CONFIG_FILE).base
"""The base of the instance whose release the tests stand on."""


def claims_of(slug: str) -> list[dict[str, str]]:
    """Return the rows of the table of a center's claims."""
    with (ROOT / "data" / slug / "claims.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


CENTERS = tuple(sorted(path.parent.name for path in ROOT.glob("data/*/profile.trig")))
"""The slug of every center of the instance."""
SLUG = max(CENTERS, key=lambda slug: len(claims_of(slug)))
"""The slug of the center with most claims."""
CLAIMS = tuple(claims_of(SLUG))
"""The rows of the table of its claims."""
CENTER = f"center/{SLUG}"
SOURCE = f"source/{SLUG}"


@cache
def quads() -> tuple[Quad, ...]:
    """Return the statements of the center's profile, in the order of the file."""
    path = ROOT / "data" / SLUG / "profile.trig"
    return tuple(parse(path=path, format=RdfFormat.TRIG))


@cache
def things(kind: str) -> tuple[str, ...]:
    """Return the things of a kind that the profile says something of: ``figure/...``."""
    before = f"{BASE}id/"
    found = dict.fromkeys(
        q.subject.value.removeprefix(before)
        for q in quads()
        if isinstance(q.subject, NamedNode) and q.subject.value.startswith(f"{before}{kind}/")
    )
    return tuple(path for path in found if "#" not in path)


def _figure() -> tuple[str, str, int]:
    """Return the figure with the largest total that its sentence spells out, its claim, its number."""
    quotes = {f"{BASE}claim/{SLUG}/{row['id']}": row["quote"] for row in CLAIMS}
    value = NamedNode(f"{BASE}ontology#value")
    per = NamedNode(f"{BASE}ontology#per")
    rates = {quad.subject for quad in quads() if quad.predicate == per}
    found = [
        (int(quad.object.value), str(quad.subject)[1:-1], str(quad.graph_name)[1:-1])
        for quad in quads()
        if quad.predicate == value
        and quad.subject not in rates
        and isinstance(quad.object, Literal)
        and quad.object.datatype.value.endswith("#integer")
        and str(quad.subject).startswith(f"<{BASE}id/figure/")
    ]
    number, figure, claim = max(one for one in found if f"{one[0]:,}" in quotes[one[2]])
    return figure.removeprefix(f"{BASE}id/"), claim.removeprefix(BASE), number


FIGURE, CLAIM, NUMBER = _figure()
"""The path of a figure, ``figure/...``, of the claim that says its number, ``claim/...``, and the number."""
CLAIM_ID = CLAIM.rpartition("/")[2]
QUOTE = next(row["quote"] for row in CLAIMS if row["id"] == CLAIM_ID)
PERSON = things("person")[0]
QUERY_FILES = tuple(sorted(ROOT.glob("data/**/queries/*.rq"), key=lambda path: path.name))
"""The example queries of the instance: those that are shared, and those of each center."""
MAPPING_FILES = tuple(sorted(ROOT.glob("data/**/mappings/*.sssom.tsv")))
"""The files of mappings, shared and of each center."""


def mapping_rows() -> list[dict[str, str]]:
    """Return the rows of all files of mappings."""
    rows: list[dict[str, str]] = []
    for path in MAPPING_FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        body = [line for line in lines if not line.startswith("#")]
        rows += csv.DictReader(body, delimiter="\t")
    return rows


def read_cases(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of cases, in which ``{center}`` stands for the slug."""
    text = path.read_text(encoding="utf-8").replace("{center}", SLUG)
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
