"""Whole registries: every record of a dump, every row of a table, all organizations of a country."""

import csv
import gzip
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT, BuiltRelease, needed_suite
from test_link import ROR_OF
from test_ror import assert_same_facts, assert_says_the_same, records
from test_table import BASE, MAPS, labels_of_things

from kg.cli import main
from kg.link.importing import import_ror
from kg.link.linking import link_release, open_registry
from kg.sources.identifiers import ror_checksum_ok
from kg.sources.rdf import read_rdf

DUMP = needed_suite("registries", "ror_records_latest.jsonl.gz")
TABLE = needed_suite("registries", "ror_records_latest.csv.gz")
CHINA = needed_suite("registries", "ror_records_china.csv")
RECORDS_OF_DUMP = 51370


def test_every_id_of_the_dump_fits() -> None:
    with gzip.open(DUMP, "rt", encoding="utf-8") as file:
        ids = [json.loads(line)["id"].removeprefix("https://ror.org/") for line in file]
    assert len(ids) == RECORDS_OF_DUMP
    assert [ror_id for ror_id in ids if not ror_checksum_ok(ror_id)] == []


def test_200_random_records_say_in_rdf_what_their_json_says() -> None:
    with gzip.open(DUMP, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    chosen = random.Random(20260623).sample(lines, 200)  # noqa: S311 - a sample, no secret
    raws = [json.loads(line) for line in chosen]
    assert {"names" in raw for raw in raws} == {True, False}
    for raw in raws:
        assert_says_the_same(raw)


def test_the_table_has_the_records_of_the_json() -> None:
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    good, errors = records(TABLE)
    assert errors == []
    assert [r.id for r in good] == [row["ror_id"].rpartition("/")[2] for row in rows]
    full = {r.id: r for r in records(DUMP)[0]}
    assert len(full) == RECORDS_OF_DUMP
    assert_same_facts(random.Random(7).sample(good, 200), full)  # noqa: S311 - a sample, no secret


def test_every_organization_is_found_among_those_of_its_country(
    release: BuiltRelease, tmp_path: Path
) -> None:
    import_ror(CHINA, tmp_path / "ror", BASE)
    registry = open_registry(tmp_path / "ror")
    assert registry.size == 2263
    for comparison in link_release(release.release, ("institution",), registry).comparisons:
        slug = comparison.proposal.subject.iri.rpartition("/")[2]
        found = comparison.proposal.found
        assert (found.entry.local if found else None) == ROR_OF.get(slug), slug


@pytest.mark.parametrize(
    ("map_name", "file", "rows"),
    [
        ("repository.toml", "re3data_repositories.csv", 3539),
        ("trial-registry.toml", "clinical_trial_registries.csv", 23),
    ],
)
def test_a_real_table_becomes_one_record_per_row(
    map_name: str, file: str, rows: int, tmp_path: Path
) -> None:
    path, out = needed_suite("registries", file), tmp_path / "out.trig"
    arguments = ["--root", str(ROOT), "import", "table", str(path)]
    arguments += ["--map", str(MAPS / map_name), "--out", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{rows:,} rows read, ")
    quads = read_rdf(out)  # as strict as with any other source
    assert len({quad.graph_name for quad in quads}) == rows
    with path.open(encoding="utf-8", newline="") as lines:
        names = sorted(row["name"].strip() for row in csv.DictReader(lines))
    assert sorted(labels_of_things(quads)) == names
