"""Links are proposed, reviewed, accepted: `kg link` over the real profile and over tables."""

import csv
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sssom_pydantic
from click.testing import CliRunner
from conftest import RECORDS, ROOT, BuiltRelease
from sssom_pydantic import SemanticMapping
from sssom_validator import failures

from kg.cli import main
from kg.link.comparison import compare
from kg.link.coverage import Curated
from kg.link.importing import import_ror
from kg.link.linking import link_release, open_registry
from kg.link.registry import Registry
from kg.link.subjects import subjects_of_release
from kg.sources.sssom import read_mappings

BASE = "https://w3id.org/research-center-kg/"
ROR_OF = {
    "chinese-medical-association": "044fynn32",
    "fudan-university": "013q1eq08",
    "huazhong-university-of-science-and-technology": "00p991c53",
    "nsfc": "01h0zpd94",
    "union-hospital": "0371fqr87",
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("import") / "ror"
    import_ror(RECORDS, folder, BASE)
    return folder


@pytest.fixture(scope="module")
def registry(imported: Path) -> Registry:
    """The records, namesakes among them."""
    return open_registry(imported)


def link(imported: Path, *arguments: str) -> tuple[int, str, str]:
    command = ["--root", str(ROOT), "link", "--registry", str(imported), *arguments]
    result = CliRunner().invoke(main, command)
    return result.exit_code, result.stdout, result.stderr


def rows(path: Path) -> list[SemanticMapping]:
    found, _, _, errors = sssom_pydantic.read(
        io.StringIO(path.read_text(encoding="utf-8")), return_errors=True
    )
    assert errors == []
    return list(found)


def test_every_organization_of_the_profile_is_compared_with_its_curated_mapping(
    release: BuiltRelease, registry: Registry
) -> None:
    linked = link_release(release.release, ("institution",), registry)
    by_slug = {c.proposal.subject.iri.rpartition("/")[2]: c for c in linked.comparisons}
    assert len(by_slug) == 11
    assert {slug: c.curated for slug, c in by_slug.items() if c.curated} == ROR_OF
    for slug, comparison in by_slug.items():
        found = comparison.proposal.found
        # Nothing is proposed for a branch, a department, a laboratory.
        assert (found.entry.local if found else None) == ROR_OF.get(slug), slug
        same = "the same record" if found else "none proposed, none curated; "
        assert comparison.verdict.startswith(same)
        assert comparison.outcome == ("same" if found else "none")


def test_where_proposal_and_curated_mapping_differ_the_reason_is_said(
    release: BuiltRelease, registry: Registry
) -> None:
    linked = link_release(release.release, ("institution",), registry)
    proposal = next(
        c.proposal for c in linked.comparisons if c.curated == ROR_OF["fudan-university"]
    )
    tongji = registry.entry_at("03rc6as71")
    other = compare(proposal, Curated("03rc6as71", "exact"), tongji).verdict
    assert other.startswith('another record than the curated 03rc6as71: "Fudan University"')
    assert compare(proposal, Curated(), None).verdict.startswith("proposed, no curated mapping: ")
    assert (
        compare(proposal, Curated("000000000", "exact"), None).verdict
        == "the curated record is not in the index"
    )
    nothing = replace(proposal, found=None)
    verdict = compare(nothing, Curated("03rc6as71", "exact"), tongji).verdict
    assert verdict.startswith("none proposed; the best candidate was ")


def test_a_subject_is_not_found_by_the_words_of_its_own_record(
    release: BuiltRelease,
) -> None:
    opened = release.release
    subjects = subjects_of_release(opened.store, opened.base, "institution", "ror")
    union = next(s for s in subjects if s.iri.endswith("/union-hospital"))
    assert "Wuhan Union Hospital" not in union.names
    assert "Union Hospital" in union.names
    assert union.context.startswith("Tongji Medical College, Huazhong University")


def test_proposals_are_sssom_with_score_reason_and_runner_up(
    imported: Path, release: BuiltRelease, tmp_path: Path
) -> None:
    out = tmp_path / "proposals.sssom.tsv"
    code, text, _ = link(imported, "--release", str(release.folder), "--out", str(out))
    assert code == 0
    assert f"the proposals are in {out}" in text
    found = {row.subject.curie: row for row in rows(out)}
    assert len(found) == 11
    fudan = found["kgid:institution/fudan-university"]
    assert fudan.object.curie == "ror:013q1eq08"
    assert fudan.similarity_score
    assert fudan.comment
    assert fudan.comment.startswith('"Fudan University"')
    assert fudan.mapping_tool
    assert fudan.mapping_tool.name == "kg link"
    assert fudan.mapping_tool.version == "0.1.0"
    assert fudan.justification.curie in {"semapv:LexicalMatching", "semapv:CompositeMatching"}
    assert fudan.other
    assert "(" in fudan.other["runner_up"]
    branch = found["kgid:institution/chinese-medical-association-ultrasound-branch"]
    assert branch.object.curie == "sssom:NoTermFound"


def test_nothing_is_accepted_unasked(imported: Path, release: BuiltRelease, tmp_path: Path) -> None:
    out, accepted = tmp_path / "p.sssom.tsv", tmp_path / "accepted.sssom.tsv"
    asked = ("--release", str(release.folder), "--out", str(out))
    link(imported, *asked)
    assert not accepted.exists()
    code, text, _ = link(imported, "--reviewed", str(out), "--accepted", str(accepted))
    assert (code, text) == (0, f"0 reviewed links are in {accepted}\n")
    above = (*asked, "--accept-above", "0.5", "--accepted", str(accepted))
    code, _, told = link(imported, *above)
    # A file of mappings is never written over: somebody may have edited it.
    assert code == 1
    assert f"{accepted} is there already: move it away or name another file" in told
    accepted.unlink()
    code, text, _ = link(imported, *above)
    assert code == 0
    kept = rows(accepted)
    assert 0 < len(kept) < 11
    assert all((row.confidence or 0) >= 0.5 for row in kept)
    assert read_mappings(accepted, BASE).rows == len(kept)
    assert failures(out, accepted) == {}


def sign(path: Path, subject: str, **cells: str) -> None:
    """Fill in cells of the row about a subject, as a reviewer does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    columns = lines[head].split("\t")
    for number, line in enumerate(lines[head + 1 :], head + 1):
        row = dict(zip(columns, line.split("\t"), strict=True))
        if subject in row["subject_id"]:
            lines[number] = "\t".join((row | cells).values())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


REVIEWER = "orcid:0000-0002-1825-0097"


def test_a_signed_row_keeps_tool_day_score_and_reviewer(
    imported: Path, release: BuiltRelease, tmp_path: Path
) -> None:
    out, accepted = tmp_path / "p.sssom.tsv", tmp_path / "signed.sssom.tsv"
    link(imported, "--release", str(release.folder), "--out", str(out))
    today = datetime.now(UTC).date()
    sign(out, "fudan-university", reviewer_id=REVIEWER, review_date=today.isoformat())
    (proposal,) = [row for row in rows(out) if row.reviewers]
    code, text, _ = link(imported, "--reviewed", str(out), "--accepted", str(accepted))
    assert (code, text) == (0, f"1 reviewed links are in {accepted}\n")
    [row] = rows(accepted)
    assert row.object.curie == "ror:013q1eq08"
    assert row.justification == proposal.justification
    assert row.mapping_tool == proposal.mapping_tool
    assert row.mapping_tool
    assert row.mapping_tool.name == "kg link"
    assert row.confidence == proposal.similarity_score
    assert row.confidence
    assert (row.mapping_date, row.review_date) == (today, today)
    assert [reviewer.curie for reviewer in row.reviewers or ()] == [REVIEWER]


def test_what_was_linked_reviewed_and_accepted_passes_the_check(
    imported: Path, release: BuiltRelease, tmp_path: Path
) -> None:
    root = tmp_path / "project"
    for name in ("data", "ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "kg.toml", root)
    # The profile's ROR mappings are the curated ones: without them those of the tool stand.
    curated = root / "data" / "mappings" / "organizations.sssom.tsv"
    lines = curated.read_text(encoding="utf-8").splitlines(keepends=True)
    curated.write_text("".join(x for x in lines if "\tror:" not in x), encoding="utf-8")
    out = tmp_path / "p.sssom.tsv"
    accepted = root / "data" / "mappings" / "reviewed.sssom.tsv"
    link(imported, "--release", str(release.folder), "--out", str(out))
    sign(out, "fudan-university", reviewer_id=REVIEWER)
    sign(out, "nsfc", reviewer_id="ror:0371fqr87")
    assert link(imported, "--reviewed", str(out), "--accepted", str(accepted))[0] == 0
    assert failures(out, accepted) == {}
    result = CliRunner().invoke(main, ["check", str(root)])
    assert result.exit_code == 0, result.output
    assert "conforms: 0 violations, " in result.output
    quads = read_mappings(accepted, BASE).quads
    said = {str(quad.object) for quad in quads if "fudan" in str(quad.subject)}
    assert {'"kg link"', "<https://orcid.org/0000-0002-1825-0097>"} <= said
    # Signed by somebody whom no registry has: the check says so, with the line.
    sign(accepted, "nsfc", reviewer_id="skos:Concept")
    refused = CliRunner().invoke(main, ["check", str(root)])
    assert refused.exit_code == 1
    assert "and no registry of people or organizations has it" in refused.output


def test_a_table_of_affiliations_is_linked(imported: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "papers.csv", tmp_path / "p.sssom.tsv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["paper", "who"])
        writer.writerow(["1", "Fudan University, Shanghai, China"])
        writer.writerow(["2", "Department of Nothing"])
        writer.writerow(["3", "Fudan University, Shanghai, China"])
    code, text, _ = link(imported, "--table", str(table), "--column", "who", "--out", str(out))
    assert code == 0
    assert text.splitlines()[0] == "1 proposed, 1 without an answer"
    assert [row.object.curie for row in rows(out)] == ["ror:013q1eq08", "sssom:NoTermFound"]
    assert failures(out) == {}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--accept-above", "0.9"), 2, "name the file for accepted links with --accepted"),
        (("--parts",), 2, "--parts is for the texts of a --table"),
        (("--accepted", "a.sssom.tsv"), 2, "--accepted needs --accept-above or --reviewed"),
        (
            ("--table", "nowhere.csv", "--report", "a.md"),
            2,
            "a report compares things of a release",
        ),
        (("--release", "nowhere", "--report", "a.csv"), 1, "a report is .md or .tsv; name it so"),
        (("--out", str(ROOT)), 2, f"File '{ROOT}' is a directory"),
        (("--table", "nowhere.csv"), 1, "nowhere.csv: cannot be read: No such file or directory"),
        (("--table", str(RECORDS)), 1, "no column 'affiliation'; name one of"),
    ],
)
def test_mistakes_are_said(
    arguments: tuple[str, ...], code: int, message: str, imported: Path
) -> None:
    result = link(imported, *arguments)
    assert result[0] == code
    assert message in result[2]


def test_a_reviewer_is_told_which_row_is_wrong(imported: Path, tmp_path: Path) -> None:
    header = (
        "#curie_map:\n#  kgid: https://w3id.org/research-center-kg/id/\n#  ror: https://ror.org/\n"
        "#mapping_set_id: https://w3id.org/research-center-kg/graph/mapping/signed\n"
        "#license: https://creativecommons.org/publicdomain/zero/1.0/\n"
    )
    columns = "subject_id\tpredicate_id\tobject_id\tmapping_justification\treview_date\n"
    row = "kgid:institution/x\tskos:exactMatch\tror:013q1eq08\tsemapv:LexicalMatching\t{}\n"
    signed, accepted = tmp_path / "signed.sssom.tsv", tmp_path / "a.sssom.tsv"
    for text, message in (
        (
            header + columns + row.format("2026-01-31") + row.format("31.1.2026"),
            f"{signed}:8: '31.1.2026' is no date; write it as 2026-01-31",
        ),
        ("#curie_map: [\n" + header + columns, f"{signed}:3: the header is not readable as SSSOM"),
        (columns, f"{signed}: the header is not readable as SSSOM: mapping_set_id"),
    ):
        signed.write_text(text, encoding="utf-8")
        code, _, err = link(imported, "--reviewed", str(signed), "--accepted", str(accepted))
        assert (code, message in err) == (1, True), err
        assert not accepted.exists()


def test_a_kind_without_things_is_said(imported: Path, release: BuiltRelease) -> None:
    code, _, err = link(imported, "--release", str(release.folder), "--kind", "planet")
    assert code == 1
    assert "the release has no 'planet'; name a kind that stands in its IRIs, or all" in err


def test_proposals_that_cannot_be_written_say_so(
    imported: Path, release: BuiltRelease, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "p.sssom.tsv"
    code, _, told = link(imported, "--release", str(release.folder), "--out", str(out))
    assert code == 1
    assert f"{out} cannot be written (" in told
    assert told.rstrip().endswith("); name another place")
