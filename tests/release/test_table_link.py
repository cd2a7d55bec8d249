"""A table becomes a registry: imported by a template, then asked for the things it describes."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import RECORDS, ROOT, BuiltRelease
from pyoxigraph import RdfFormat, parse

from kg.cli import main
from kg.errors import LinkError, SourceError
from kg.link.comparison import COLUMNS, write_report
from kg.link.coverage import ALL, described, kinds_wanted, things_of
from kg.link.importing import import_ror
from kg.link.linking import Linked, link_release, open_registry
from kg.link.match import Matcher
from kg.link.proposals import Subject, propose, propose_all
from kg.link.registry import Registry
from kg.link.table_import import ImportedTable, import_table

BASE = "https://w3id.org/research-center-kg/"
MAPS = ROOT / "docs" / "maps"
TABLES = ROOT / "tests" / "cases" / "maps"
NAMES = sorted(path.stem for path in TABLES.glob("*.csv"))


def imported(name: str, folder: Path) -> ImportedTable:
    """Import the table of the cases that a template is for."""
    return import_table(
        TABLES / f"{name}.csv", MAPS / f"{name}.toml", folder / f"{name}.trig", BASE
    )


def linked(release: BuiltRelease, name: str, folder: Path, *kinds: str) -> tuple[Linked, Registry]:
    registry = open_registry(imported(name, folder).folder)
    return link_release(release.release, kinds, registry), registry


def test_there_is_a_table_for_each_template_of_a_kind() -> None:
    assert set(NAMES) == {p.stem for p in MAPS.glob("*.toml")} - {"organization"}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_becomes_statements_and_a_registry(name: str, tmp_path: Path) -> None:
    made = imported(name, tmp_path)
    with (TABLES / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert made.rows == made.indexed == len(rows) > 1
    assert (
        len(list(parse((tmp_path / f"{name}.trig").read_bytes(), RdfFormat.TRIG)))
        == made.statements
    )
    registry = open_registry(made.folder)
    assert registry.size == len(rows)
    identifier = next(iter(rows[0]))
    for row in rows:
        entry = registry.entry_at(row[identifier])
        assert entry
        assert entry.display == row["name"]
        assert Matcher(registry).match(row["name"], row["name"]).candidates[0].entry == entry
    summary = json.loads((made.folder / "import.json").read_text(encoding="utf-8"))
    assert (summary["records"], summary["indexed"]) == (len(rows), len(rows))


@pytest.mark.parametrize("name", NAMES)
def test_a_column_that_the_template_does_not_know_stops_it(name: str, tmp_path: Path) -> None:
    lines = (TABLES / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    table = tmp_path / "more.csv"
    table.write_text("".join(f"{line},motto\n" for line in lines), encoding="utf-8")
    out = tmp_path / "more.trig"
    with pytest.raises(SourceError, match="the map says nothing of the columns 'motto'"):
        import_table(table, MAPS / f"{name}.toml", out, BASE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["more.csv"]


def test_names_places_and_identifiers_are_what_the_map_says(tmp_path: Path) -> None:
    registry = open_registry(imported("person", tmp_path).folder)
    entry = registry.entry_at("0000-0002-1825-0097")
    assert entry
    assert [(n.text, n.language, n.kinds) for n in entry.names] == [
        ("Example Researcher", "en", ("ror_display", "label")),
        ("E. Researcher", None, ("alias",)),
        ("Researcher E", None, ("alias",)),
    ]
    assert entry.places == (("wuhan", "", "china", "", "cn"),)
    diseases = open_registry(imported("disease", tmp_path).folder)
    found = diseases.entry_at("0004995")
    assert found
    assert set(found.schemes) == {"doid", "mesh"}
    assert diseases.prefix == "http://purl.obolibrary.org/obo/MONDO_"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("parts", ["", "--parts"])
def test_a_text_that_is_the_name_of_one_record_is_linked(
    name: str, parts: str, tmp_path: Path
) -> None:
    registry = imported(name, tmp_path).folder
    with (TABLES / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [row["name"] for row in rows]
    texts = tmp_path / "texts.csv"
    with texts.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["affiliation"], *[[text] for text in names], ["Zzyzx"]])
    proposals = tmp_path / "p.sssom.tsv"
    command = ["--root", str(ROOT), "link", "--registry", str(registry), "--table", str(texts)]
    result = CliRunner().invoke(main, [*command, "--out", str(proposals), *filter(None, [parts])])
    assert result.exit_code == 0, result.stderr
    assert f"{len(names)} proposed, 1 without an answer" in result.stdout
    found = proposals.read_text(encoding="utf-8")
    identifier = next(iter(rows[0]))
    for row in rows:
        [line] = [line for line in found.splitlines() if f"\t{row['name']}\t" in line]
        assert row[identifier] in line


def test_a_name_that_two_records_have_is_no_answer(tmp_path: Path) -> None:
    table = tmp_path / "twins.csv"
    lines = (TABLES / "disease.csv").read_text(encoding="utf-8").splitlines()
    twin = lines[1].split(",", 1)[1]
    table.write_text("\n".join([*lines, f"9999999,{twin}"]) + "\n", encoding="utf-8")
    made = import_table(table, MAPS / "disease.toml", tmp_path / "twins.trig", BASE)
    with table.open(encoding="utf-8") as file:
        name = next(csv.DictReader(file))["name"]
    matcher = Matcher(open_registry(made.folder))
    [proposal] = propose_all(Subject("", name, (name,)), matcher)
    assert proposal.found is None
    assert proposal.runner_up is not None


def test_an_import_may_be_repeated_and_takes_no_other_place(tmp_path: Path) -> None:
    first = imported("disease", tmp_path)
    before = (first.folder / "index.sqlite").stat().st_ino
    assert imported("disease", tmp_path).folder == first.folder
    assert (first.folder / "index.sqlite").stat().st_ino != before
    (first.folder / "import.json").unlink()
    with pytest.raises(SourceError, match="the folder is no import"):
        imported("disease", tmp_path)


# The tables hold the labels of curated mappings: what is tested is the way, not the accuracy.
FOUND = {
    "disease": {"melanoma": "0005105", "liver-cancer": "0002691", "thyroid-cancer": "0002108"},
    "substance": {"hydrogen-peroxide": "16240"},
    "place": {"wuhan": "1791247", "shanghai": "1796236", "beijing": "1816670"},
    "modality": {"multimodal-imaging": "D064847", "molecular-imaging": "D057054"},
}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_things_are_found_in_a_table_of_their_kind(
    release: BuiltRelease, tmp_path: Path, name: str
) -> None:
    kind = {"place": "region"}.get(name, name)
    result, _ = linked(release, name, tmp_path, kind)
    by_slug = {c.proposal.subject.iri.rpartition("/")[2]: c for c in result.comparisons}
    reasons = []
    for slug, local in FOUND[name].items():
        comparison = by_slug[slug]
        assert (comparison.curated, comparison.outcome) == (local, "same"), slug
        found = comparison.proposal.found
        assert found is not None
        reasons.append(found.why)
    # Scores were learned with ROR: elsewhere it counts that no other record is called so.
    assert any(why.endswith("; names only: no other record is called so") for why in reasons)


def test_a_registry_is_not_asked_for_what_it_does_not_describe(
    release: BuiltRelease, tmp_path: Path
) -> None:
    result, registry = linked(release, "disease", tmp_path, "institution", "disease")
    kinds = {c.kind: c for c in result.comparisons}
    assert kinds["institution"].outcome == "not asked"
    assert kinds["institution"].verdict == "not asked: mondo describes diseases, not institutions"
    assert kinds["disease"].outcome != "not asked"
    assert {p.subject.iri.split("/")[-2] for p in result.proposals} == {"disease"}
    store = release.release.store
    # By class, not by kind: a probe is a substance, and so may have a record.
    substances = open_registry(imported("substance", tmp_path).folder)
    assert described(store, f"{BASE}id/probe/13n-nh3", substances)
    assert not described(store, f"{BASE}id/probe/13n-nh3", registry)


def test_every_kind_is_compared_with_ror(release: BuiltRelease, tmp_path: Path) -> None:
    made = import_ror(RECORDS, tmp_path / "ror", BASE)
    result = link_release(release.release, (ALL,), open_registry(made.folder))
    kinds = {c.kind for c in result.comparisons}
    assert {"center", "institution", "person", "disease", "substance", "modality"} <= kinds
    asked = {c.kind for c in result.comparisons if c.outcome != "not asked"}
    assert asked == {"center", "institution"}
    disease = next(c for c in result.comparisons if c.proposal.subject.iri.endswith("/melanoma"))
    assert disease.verdict == "not asked: ROR describes organizations, not diseases"
    assert disease.elsewhere == ("DOID:1909", "MONDO:0005105", "NCIT:C3224", "mesh:D008545")
    cancer = next(c for c in result.comparisons if "/liver-cancer" in c.proposal.subject.iri)
    assert cancer.elsewhere[-1] == "mesh:D008113 (close)"


def test_the_closest_curated_record_counts_and_another_match_is_told(
    release: BuiltRelease, tmp_path: Path
) -> None:
    result, _ = linked(release, "modality", tmp_path, "topic", "modality")
    by_slug = {c.proposal.subject.iri.rpartition("/")[2]: c for c in result.comparisons}
    # It has an exact and a narrower record in MeSH, neither of which is in the table.
    telemedicine = by_slug["telemedicine"]
    assert (telemedicine.curated, telemedicine.outcome) == ("D017216", "not in dump")
    assert telemedicine.verdict == "the curated record is not in the index"
    fetal = by_slug["fetal-cardiac-ultrasound"]
    assert fetal.verdict.endswith("; the curated match is broad, not exact")
    assert by_slug["pet"].verdict == "none proposed; no record has the words of the name"


def test_all_is_every_kind_that_registries_may_know(release: BuiltRelease) -> None:
    store = release.release.store
    every = kinds_wanted(store, BASE, (ALL, "institution", "code/discipline"))
    assert len(every) == len(set(every))
    assert {"person", "network", "modality", "code/discipline"} <= set(every)
    assert "figure" not in every
    codes = things_of(store, BASE, "code/discipline")
    assert f"{BASE}code/discipline/nuclear-medicine" in codes
    assert set(codes) < set(things_of(store, BASE, "code"))
    assert not any("#" in iri for kind in every for iri in things_of(store, BASE, kind))


def test_a_report_has_a_row_for_each_thing(release: BuiltRelease, tmp_path: Path) -> None:
    result, _ = linked(release, "disease", tmp_path, "disease", "person")
    write_report(result.comparisons, tmp_path / "report.tsv", BASE, "Links")
    with (tmp_path / "report.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(result.comparisons) == 7
    assert all(row["thing"] and row["name"] and row["outcome"] and row["why"] for row in rows)
    write_report(result.comparisons, tmp_path / "report.md", BASE, "Links")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# Links\n")
    assert "- 1 not asked: the registry describes no such things" in text
    assert text.count("\n| ") == len(rows) + 1
    with pytest.raises(LinkError, match=r"a report is \.md or \.tsv"):
        write_report((), tmp_path / "report.pdf", BASE, "Links")


def test_the_command_links_to_a_table(release: BuiltRelease, tmp_path: Path) -> None:
    run = ["--root", str(ROOT)]
    out = tmp_path / "imports" / "disease.trig"
    table = ["import", "table", str(TABLES / "disease.csv"), "--map", str(MAPS / "disease.toml")]
    result = CliRunner().invoke(main, [*run, *table, "--out", str(out)])
    assert result.exit_code == 0
    assert f"5 of them have a name: kg link --registry {out.with_suffix('')}" in result.stdout
    report = tmp_path / "report.tsv"
    proposals = tmp_path / "p.sssom.tsv"
    link = ["link", "--registry", str(out.with_suffix("")), "--release", str(release.folder)]
    files = ["--out", str(proposals), "--report", str(report)]
    result = CliRunner().invoke(main, [*run, *link, "--kind", "all", *files])
    assert result.exit_code == 0, result.stderr
    assert f"the comparison is in {report}" in result.stdout
    assert "not asked: mondo describes diseases, not institutions" in result.stdout
    assert "kgid:institution" not in proposals.read_text(encoding="utf-8")


def test_repositories_are_asked_for_the_database(release: BuiltRelease, tmp_path: Path) -> None:
    made = imported("repository", tmp_path)
    registry = open_registry(made.folder)
    result = link_release(release.release, ("database", "institution"), registry)
    outcomes = {c.kind: c.outcome for c in result.comparisons}
    assert outcomes["institution"] == "not asked"
    # The profile's database is not in re3data, and nothing is proposed for it.
    assert outcomes["database"] == "none"
    odum = Subject("", "Odum Institute Archive Dataverse", ("Odum Institute Archive Dataverse",))
    (proposal,) = propose([odum], Matcher(registry))
    assert proposal.found
    assert proposal.found.entry.local == "r3d100000001"
    assert "Odum Institute Archive Dataverse" in proposal.found.why
