"""Tables and workbooks that are too much, or that nobody meant so: one sentence, nothing written."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from openpyxl import Workbook

from kg.cli import main
from kg.errors import SourceError
from kg.link.proposals import subjects_of_table
from kg.sources import table as tables
from kg.sources import workbook
from kg.sources.table import read_rows

MAP = ROOT / "docs" / "maps" / "organization.toml"
HEADER = ("id", "name", "name_zh", "website", "founded", "note")
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def run(path: Path, tmp_path: Path) -> Result:
    """Run the import of a table; a bug would be an exception in the result."""
    out = str(tmp_path / "out" / "table.trig")
    command = ["--root", str(ROOT), "import", "table", str(path), "--map", str(MAP), "--out", out]
    return CliRunner().invoke(main, command)


def refused(result: Result, what: str, tmp_path: Path) -> None:
    """Check that a result is one sentence, and that nothing was written."""
    assert (result.exit_code, result.stdout) == (1, ""), result.exception
    assert isinstance(result.exception, SystemExit)
    [sentence] = result.stderr.splitlines()
    assert what in sentence
    assert len(sentence) < 600
    assert not list((tmp_path / "out").glob("*"))


def book(tmp_path: Path, **parts: str | bytes) -> Path:
    """Return a workbook of one row whose parts are replaced: ``sheet``, ``texts`` or ``more``."""
    plain = io.BytesIO()
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (HEADER, ("a1", "Lake", "", "", "", "")):
        sheet.append(row)
    made.save(plain)
    names = {SHEET: "sheet", TEXTS: "texts"}
    path = tmp_path / "table.xlsx"
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for info in source.infolist():
            archive.writestr(
                info.filename, parts.get(names.get(info.filename, ""), source.read(info))
            )
        if "texts" in parts and TEXTS not in source.namelist():
            archive.writestr(TEXTS, parts["texts"])
        if "drawing" in parts:
            archive.writestr("xl/drawings/vmlDrawing1.vml", parts["drawing"])
        if "more" in parts:
            archive.writestr("xl/media/more.xml", parts["more"])
    return path


def cell(text: str, place: str = "") -> str:
    """Return a cell of a sheet."""
    where = f' r="{place}"' if place else ""
    return f'<c t="inlineStr"{where}><is><t>{text}</t></is></c>'


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """Return a sheet with the header of the map and rows."""
    first = f"<row>{''.join(map(cell, HEADER))}</row>"
    data = f"{before}<sheetData>{first}{''.join(rows)}</sheetData>{after}"
    return f"<worksheet {NAMESPACE}>{data}</worksheet>"


ROW = f"<row>{cell('a1')}{cell('Lake')}</row>"
LAUGH = f"<row>{cell('&a9;')}</row>"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMBS: dict[str, tuple[Callable[[], str], str]] = {
    "bytes": (lambda: sheet("<row/>" * 22_000_000), "more than 128,000,000 bytes when unpacked"),
    "cells": (lambda: sheet("<row><c/><c/></row>" * 1_000_001), "more than 2,000,000 cells"),
    "rows": (lambda: sheet("<row/>" * 1_048_577), "more than 1,048,576 rows"),
    "far row": (lambda: sheet('<row r="99999999999"><c/></row>'), "is no number of a row"),
    "row below the end": (lambda: sheet('<row r="1048577"/>'), "more than 1,048,576 rows"),
    "rows apart": (lambda: sheet('<row r="9"/><row r="3"/>'), "its row 3 stands behind row 9"),
    "far cells": (
        lambda: sheet(*[f"<row>{cell('a', 'XFD1')}</row>"] * 200),
        "more than 2,000,000 cells",
    ),
    "columns": (lambda: sheet(f"<row>{cell('a', 'XFE1')}</row>"), "more than 16,384 columns"),
    "no place": (lambda: sheet(f"<row>{cell('a', 'ZZZZ1')}</row>"), "is no place of a cell"),
    "unknown": (lambda: sheet(after="<x/>" * 1_100_000), "elements that are no cells"),
    "in a cell": (
        lambda: sheet(f"<row><c><is>{'<t/>' * 1_100_000}</is></c></row>"),
        "elements that are no cells",
    ),
    "depth": (lambda: sheet("<a>" * 50_000 + "</a>" * 50_000), "more than 64 levels deep"),
    "text": (lambda: sheet(f"<row>{cell('x' * 200_000)}</row>"), "a text of more than 131,072"),
    "tag": (lambda: sheet(f'<row a="{"x" * 2_000_000}"/>'), "a tag of more than 1,000,000 bytes"),
    "entities": (
        lambda: f'<!DOCTYPE a [<!ENTITY a0 "lol">{LAUGHS}]>{sheet(LAUGH)}',
        "it declares entities",
    ),
    "broken off": (lambda: sheet(ROW)[:-20], "no workbook: "),
    "no sheet": (lambda: "<a/>", "the table has no rows"),
    "no number": (lambda: sheet('<row><c t="n"><v>x</v></c></row>'), "no workbook: "),
    "no such text": (lambda: sheet('<row><c t="s"><v>7</v></c></row>'), "no workbook: "),
    "long number": (lambda: sheet(f"<row><c><v>{'9' * 5000}</v></c></row>"), ""),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_is_too_much_is_one_sentence(tmp_path: Path, name: str) -> None:
    make, what = BOMBS[name]
    refused(run(book(tmp_path, sheet=make()), tmp_path), what, tmp_path)


@pytest.mark.parametrize(
    ("part", "text", "what"),
    [
        ("texts", f"<sst {NAMESPACE}>{'<si/>' * 2_000_001}</sst>", "more than 2,000,000 cells"),
        ("texts", f"<sst {NAMESPACE}><si>{'<t>a</t>' * 1_100_000}</si></sst>", "are no cells"),
        ("more", "<a>" * 100, "more than 64 levels deep"),
        ("more", " " * 100 + "<a>" * 100, "more than 64 levels deep"),
        ("more", ("<a>" * 100).encode("utf-16"), "more than 64 levels deep"),
    ],
    ids=["shared texts", "one shared text", "any part", "after blanks", "UTF-16"],
)
def test_every_part_of_a_workbook_is_measured(
    tmp_path: Path, part: str, text: str | bytes, what: str
) -> None:
    refused(run(book(tmp_path, **{part: text}), tmp_path), what, tmp_path)


def test_pictures_are_no_part_of_a_table(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n<a><a>"
    assert run(book(tmp_path, more=picture, drawing="<xml><br></xml>"), tmp_path).exit_code == 0


def test_what_a_sheet_says_of_its_size_counts_for_nothing(tmp_path: Path) -> None:
    for size in ("A1:XFD1048576", "A1", "A1:B2"):
        path = book(tmp_path, sheet=sheet(ROW, before=f'<dimension ref="{size}"/>'))
        [(line, cells)] = read_rows(path)
        assert line == 2
        assert cells == dict.fromkeys(HEADER, "") | {"id": "a1", "name": "Lake"}


def test_a_gap_of_rows_keeps_the_number_of_the_row(tmp_path: Path) -> None:
    path = book(tmp_path, sheet=sheet(f'<row r="900000">{cell("a 1")}</row>'))
    refused(run(path, tmp_path), "table.xlsx:900000: id 'a 1' cannot stand", tmp_path)


@pytest.mark.parametrize("damage", ["half", "middle", "no archive", "empty archive"])
def test_a_damaged_workbook_is_one_sentence(tmp_path: Path, damage: str) -> None:
    path = book(tmp_path)
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(), "w") as empty:
        assert empty.namelist() == []
    path.write_bytes(
        {
            "half": data[: len(data) // 2],
            "middle": data[:2000] + b"\0" * 500 + data[2500:],
            "no archive": b"PK\x03\x04" + b"x" * 1000,
            "empty archive": b"PK\x03\x04PK\x05\x06" + b"\0" * 18,
        }[damage]
    )
    refused(run(path, tmp_path), "no workbook", tmp_path)


# --- CSV ---


def csv_file(tmp_path: Path, data: str | bytes) -> Path:
    """Return a file with the data."""
    path = tmp_path / "table.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


HEAD = ",".join(HEADER)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (f"{HEAD}\na1,{'x' * 3_000_000},,,,\n", "csv:2: it is longer than 2,097,152 characters"),
        (f"{HEAD}\na1,{'x' * 200_000},,,,\n", "field larger than field limit (131072)"),
        (HEAD + '\na1,"' + "x\n" * 200_000, "field larger than field limit (131072)"),
        (f'{HEAD}\na1,"x\n', "no CSV in UTF-8: unexpected end of data"),
        (f"{','.join(f'c{n}' for n in range(16_385))}\n", "csv:1: the row has more than 16,384"),
        (f"{','.join(f'c{n}' for n in range(9_000))}\n1\n", "csv:2: the row has 1 cells and the"),
        (f"{HEAD},{','.join(f'c{n}' for n in range(9_000))}\n{',' * 9_005}\na{',' * 9_005}\n", "and 8,990 more; map them"),
        (f"{HEAD},{HEAD}\n", "csv:1: the column 'id' stands there twice"),
        (f"{HEAD},\n", "csv:1: a column has no name"),
        (f"{HEAD}\na1,La\x00ke,,,,\n", "csv:2: name holds '\\x00', which no text may hold"),
        (f"{HEAD}\na1,\x1b[2JLake,,,,\n", "csv:2: name holds '\\x1b', which no text may hold"),
        (f"{HEAD}\na\x1b[2J,Lake,,,,\n", "csv:2: id 'a\\x1b[2J' cannot stand in an IRI"),
        (f"{HEAD}\na1,Lake,,http://a b{'x' * 9000},,\n", "is no IRI"),
        (f"{HEAD}\na1,Lake,,,,\n".encode("utf-16"), "no CSV in UTF-8"),
        (f"{HEAD}\na1,Sée,,,,\n".encode("latin-1"), "no CSV in UTF-8"),
        (b"\xff" * 100, "no CSV in UTF-8"),
        (b"", "the table has no rows"),
        (b"\n" * 100_000, "the table has no rows"),
        (b"\x00" * 100, "the map says nothing of the columns"),
        (HEAD, "the table has no rows"),
    ],
)  # fmt: skip
def test_a_csv_file_that_is_too_much_or_none_is_one_sentence(
    tmp_path: Path, data: str | bytes, what: str
) -> None:
    result = run(csv_file(tmp_path, data), tmp_path)
    if data == b"\x00" * 100:
        # One cell of NUL is a header, and the row after it is missing.
        what = "the table has no rows"
    refused(result, what, tmp_path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "mark"])
def test_every_line_end_and_a_mark_are_read(tmp_path: Path, end: str, mark: str) -> None:
    path = csv_file(tmp_path, f"{mark}{HEAD}{end}{end}a1,Lake,,,,{end}a2,See,,,,{end}")
    assert [(line, row["id"], row["name"]) for line, row in read_rows(path)] == [
        (3, "a1", "Lake"),
        (4, "a2", "See"),
    ]


def test_a_pipe_a_folder_and_nothing_are_one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, what in (
        ("pipe", "is no regular file; save it as a file first"),
        ("folder", "is no regular file|Is a directory"),
        ("nothing", "cannot be read: No such file or directory; name a table"),
    ):
        with pytest.raises(SourceError, match=what):
            list(read_rows(tmp_path / name))
        with pytest.raises(SourceError, match=what.partition(";")[0]):
            subjects_of_table(tmp_path / name, "affiliation")


def test_a_table_that_grows_is_told(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{HEAD}\na1,Lake,,,,\na2,Lake,,,,\n")
    rows = read_rows(path)
    next(rows)
    with path.open("a", encoding="utf-8") as file:
        file.write("a3,Lake,,,,\n")
    with pytest.raises(SourceError, match="the file changes while it is read"):
        list(rows)


def test_texts_to_link_are_read_within_the_same_bounds(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"affiliation\n{'x' * 3_000_000}\n")
    with pytest.raises(SourceError, match="csv:2: it is longer than"):
        subjects_of_table(path, "affiliation")
    path = csv_file(tmp_path, ",".join(f"c{n}" for n in range(9_000)))
    with pytest.raises(SourceError, match="and 8,990 more with --column"):
        subjects_of_table(path, "affiliation")
    path = csv_file(tmp_path, "n,affiliation\n1,Lake\n2\n\n3,See\n")
    assert [subject.label for subject in subjects_of_table(path, "affiliation")] == ["Lake", "See"]


class Counted(str):
    """A name that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_names_of_columns_are_not_compared_each_with_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = 3000

    def rows(*_: object) -> Iterator[tuple[int, list[str]]]:
        yield 1, [Counted(f"c{n}") for n in range(names)]
        yield 2, ["x"] * names

    monkeypatch.setattr(tables, "_csv", rows)
    Counted.compared = 0
    assert len(list(read_rows(csv_file(tmp_path, "x")))) == 1
    assert Counted.compared < 20 * names


# --- what is printed ---

ESCAPES = "\x1b[2J\x07\x9b31m\u202egnp.exe"


def test_what_a_dump_holds_does_not_steer_the_terminal(tmp_path: Path) -> None:
    raw = json.loads((ROOT / "tests" / "cases" / "ror" / "schema-2.json").read_text("utf-8"))
    lines = [
        json.dumps(raw),
        json.dumps(raw | {"id": ESCAPES}),
        json.dumps(raw | {"status": ESCAPES}),
    ]
    path = tmp_path / f"dump{ESCAPES}.json"
    path.write_text("\n".join(lines), encoding="utf-8")
    command = ["--root", str(ROOT), "import", "ror", str(path), "--version", "v1"]
    result = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "ror")])
    assert result.exit_code == 1
    assert "1 records read" in result.stdout
    summary = json.loads((tmp_path / "ror" / "import.json").read_text(encoding="utf-8"))
    assert len(summary["leftOut"]) == 2
    for text in (result.output, *summary["leftOut"]):
        assert not set(text) & set("\x1b\x07\x9b\u202e"), text
    assert r"\x07\x9b31m\u202egnp" in result.stderr


def test_a_query_printed_for_people_does_not_steer_the_terminal() -> None:
    from pyoxigraph import Literal  # noqa: PLC0415 - as above

    from kg.query.results import _short  # noqa: PLC0415 - one cell of the printed table

    assert _short(Literal(f"a{ESCAPES}"), {}) == r"a\x1b[2J\x07\x9b31m\u202egnp.exe"


def test_an_import_of_the_bounds_themselves_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "CELLS", 8)
    assert run(book(tmp_path, sheet=sheet(ROW)), tmp_path).exit_code == 0
    monkeypatch.setattr(workbook, "CELLS", 7)
    result = run(book(tmp_path, sheet=sheet(ROW)), tmp_path)
    assert "more than 7 cells" in result.stderr
