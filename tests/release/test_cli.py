"""The command line: help, formats, exit codes."""

import json
import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import TINY, BuiltRelease, run_kg
from sample import CENTERS, CLAIMS, SLUG, claims_of
from small_program import program_in
from test_docs import commands

from kg.cli import main
from kg.config import read_config
from kg.query.results import TABLE_FORMATS
from kg.release.build import build

LABELS = (
    "SELECT ?label { ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } ORDER BY ?label"
)
MADE = "CONSTRUCT { ?x a ?kind } WHERE { ?x a ?kind . ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?l }"


@pytest.fixture(scope="module")
def tiny_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "releases"
    build(TINY, read_config(TINY / "kg.toml"), out, program=program_in())
    return out / "current"


def ask(query: str, format_name: str, release: Path) -> tuple[int, str, str]:
    arguments = ["--root", str(TINY), "query", "-", "--format", format_name]
    result = CliRunner().invoke(main, [*arguments, "--release", str(release)], input=query)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", sorted(main.commands))
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help(name: str, option: str) -> None:
    result = CliRunner().invoke(main, [name, option])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: main {name} ")
    assert main.commands[name].help


def test_help_lists_every_command() -> None:
    listed = CliRunner().invoke(main, ["--help"]).stdout
    for name in main.commands:
        assert re.search(rf"^  {name} +\S", listed, re.MULTILINE)


def test_the_version_is_told() -> None:
    assert re.fullmatch(r".*version \d+\.\d+\.\d+\n", run_kg("--version").stdout)


def test_kg_check_prints_the_claims_of_a_center_and_their_coverage(release: BuiltRelease) -> None:
    result = run_kg("check")
    assert result.returncode == 0
    told = result.stdout.partition(f"{SLUG}: {len(CLAIMS)} claims, ")[2]
    assert told
    match = re.search(
        r"^coverage: (\d+\.\d+) % of \d+ letters and digits in claims, \d+ in uncovered\.tsv, "
        r"0 in neither$",
        told,
        re.MULTILINE,
    )
    assert match
    assert float(match[1]) > 90
    assert result.stdout.splitlines()[-1].startswith("conforms: 0 violations, ")
    assert release.release.manifest.counts["claims"] == sum(map(len, map(claims_of, CENTERS)))


def test_kg_check_takes_the_folder_as_an_argument_too() -> None:
    result = CliRunner().invoke(main, ["check", str(TINY)], obj=program_in())
    assert result.exit_code == 0
    assert result.stdout.startswith("lake: 4 claims, 3 with statements, 8 statements\n")


def test_the_id_alone_is_printed_to_standard_output(tmp_path: Path) -> None:
    result = run_kg("build", "--out", tmp_path, root=TINY)
    assert re.fullmatch(r"[0-9a-f]{12}\n", result.stdout)


def test_steps_are_plain_lines_when_piped(tmp_path: Path) -> None:
    result = run_kg("build", "--out", tmp_path, root=TINY)
    assert result.stderr.startswith("... find sources\n... read sources\n... evidence of lake\n")
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("name", [name for name in TABLE_FORMATS if name != "ttl"])
def test_a_table_in_every_format(name: str, tiny_release: Path) -> None:
    code, output, errors = ask(LABELS, name, tiny_release)
    assert (code, errors) == (0, "")
    assert "Lake Center for Imaging" in output
    assert "湖区影像中心" in output
    if name == "json":
        bindings = json.loads(output)["results"]["bindings"]
        assert {"type": "literal", "value": "Ada Ng", "xml:lang": "en"} in [
            row["label"] for row in bindings
        ]


def test_a_graph_as_turtle(tiny_release: Path) -> None:
    code, output, errors = ask(MADE, "ttl", tiny_release)
    assert (code, errors) == (0, "")
    assert "Center" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["check", "--no-such-option"],
        ["query"],
        ["query", "-", "--format", "pdf"],
        ["query", "no-such-file.rq"],
        ["serve", "--port", "web"],
        ["serve", "--port", "65536"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")
    assert "Error: " in result.stderr


def test_a_folder_without_a_project_is_said(tmp_path: Path) -> None:
    for arguments in (["check"], ["build"], ["serve"], ["query", "-"]):
        result = CliRunner().invoke(main, ["--root", str(tmp_path), *arguments])
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            f"{tmp_path}/kg.toml: no such file; "
            "run the command in the project folder or name it with --root\n"
        )


def test_a_release_that_is_not_there_is_said(tiny: Path) -> None:
    for arguments in (["query", "-"], ["serve"]):
        result = CliRunner().invoke(main, ["--root", str(tiny), *arguments])
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == f"{tiny}/releases/current: no such release; run kg build\n"


def test_a_query_that_is_none_is_said_with_its_place(tiny_release: Path) -> None:
    code, output, errors = ask("SELECT *\nWHERE { ?s ?p }", "table", tiny_release)
    assert (code, output) == (1, "")
    assert errors.startswith("not a SPARQL query: line 2, column ")
    assert len(errors.splitlines()) == 1


def test_a_query_file_in_another_encoding_is_said_with_its_line(
    tiny_release: Path, tmp_path: Path
) -> None:
    path = tmp_path / "query.rq"
    path.write_bytes("# caf\u00e9\nSELECT".encode("latin-1"))
    result = run_kg("query", "--release", tiny_release, path, root=TINY)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "the query is not UTF-8 (line 1); save it as UTF-8\n"


def test_an_address_that_cannot_be_listened_on_is_said(tiny_release: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = run_kg("serve", "--release", tiny_release, "--port", port, root=TINY)
    assert (busy.returncode, busy.stdout) == (1, "")
    fix = "stop what listens there, or name another --port"
    assert busy.stderr == f"127.0.0.1:{port}: Address already in use; {fix}\n"
    elsewhere = ["--host", "nowhere.invalid"]
    unknown = run_kg("serve", "--release", tiny_release, *elsewhere, root=TINY)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.endswith("; name an address of this machine with --host\n")


@pytest.mark.parametrize("name", sorted(name for name, _ in commands()))
def test_every_command_takes_the_folder_before_and_behind_its_name(
    name: str, tmp_path: Path
) -> None:
    nowhere = str(tmp_path / "nowhere")
    for arguments in ([*name.split(), "--root", nowhere], ["--root", nowhere, *name.split()]):
        result = CliRunner().invoke(main, [*arguments, "--help"])
        assert result.exit_code == 0, result.output
        assert result.output.startswith("Usage: ")


def test_the_folder_behind_a_command_is_where_it_works(tmp_path: Path) -> None:
    before = CliRunner().invoke(main, ["--root", str(TINY), "check"], obj=program_in())
    behind = CliRunner().invoke(main, ["check", "--root", str(TINY)], obj=program_in())
    assert before.exit_code == behind.exit_code == 0
    assert before.stdout == behind.stdout
    assert before.stdout.startswith("lake: ")
    built = CliRunner().invoke(
        main, ["build", "--root", str(TINY), "--out", str(tmp_path)], obj=program_in()
    )
    assert built.exit_code == 0, built.stderr
