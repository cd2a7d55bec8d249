"""ROR dumps that are too much: one sentence with the line, and the records after it are kept."""

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from kg.errors import SourceError
from kg.link.importing import MOST_TOLD, Imported, import_ror
from kg.sources import bounded, ror_dump
from kg.sources.ror_dump import RECORD_CHARS, read_dump
from kg.sources.ror_table import COLUMNS

BASE = "https://w3id.org/research-center-kg/"
CASES = ROOT / "tests" / "cases" / "ror"
MEMORY = 1_500_000_000
"""Address space of a command that reads a hostile file; it takes half of it for nothing."""
FIRST, LAST = ("000000195", "000000098")


def record(identifier: str) -> str:
    """Return a record as JSON on one line."""
    raw: dict[str, Any] = json.loads((CASES / "schema-2.json").read_text(encoding="utf-8"))
    return json.dumps(raw).replace(FIRST, identifier)


def lines(*between: str) -> bytes:
    """Return a dump in JSON lines, with what is between two good records."""
    return "\n".join([record(FIRST), *between, record(LAST)]).encode()


def array(*between: str) -> bytes:
    """Return a dump as one array."""
    return f"[{', '.join([record(FIRST), *between, record(LAST)])}]".encode()


def zipped(data: bytes) -> bytes:
    """Return a zip archive with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v1.50-ror-data_schema_v2.json", data)
    return buffer.getvalue()


def imported(tmp_path: Path, data: bytes) -> Imported:
    """Import what a file holds."""
    path = tmp_path / "dump.json"
    path.write_bytes(data)
    return import_ror(path, tmp_path / "ror", BASE, "v1.0")


def row(identifier: str, name: str = "A") -> str:
    """Return a row of the table."""
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"ror_id": identifier, "status": "active", "display_name": name}
    return ",".join(cells.values())


LONG = json.dumps({"id": "x" * RECORD_CHARS})
MANY = '{"names": [' + "{}," * (RECORD_CHARS // 3) + "{}]}"
ARRAYS = '{"a":[' * 20_000
OBJECTS = '{"a":' * 20_000


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zipped], ids=["plain", "gzip", "zip"])
@pytest.mark.parametrize("layout", [lines, array])
@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (LONG, "longer than 2,097,152 characters"),
        (MANY, "longer than 2,097,152 characters"),
        (ARRAYS, "nested too deeply"),
        (OBJECTS, "nested too deeply"),
        (json.dumps({"names": [], "id": "y" * 100_000, "status": "active"}), "no name has"),
        ('{"names": ' + "[" * 900 + "]" * 900 + "}", "names"),
        ("\x00\x1b[31m", "no valid JSON"),
    ],
    ids=["long", "many", "arrays", "objects", "long value", "deep value", "controls"],
)
def test_a_record_that_is_too_much_costs_only_itself(
    tmp_path: Path,
    packed: Callable[[bytes], bytes],
    layout: Callable[..., bytes],
    bad: str,
    what: str,
) -> None:
    made = imported(tmp_path, packed(layout(bad)))
    assert (made.records, made.left_out, len(made.errors)) == (2, 1, 1)
    [error] = made.errors
    assert error.line == (2 if layout is lines else 1)
    assert what in str(error)
    assert len(str(error)) < 700
    assert "\x1b" not in str(error)


@pytest.mark.parametrize("bad", [ARRAYS, OBJECTS], ids=["arrays", "objects"])
def test_what_is_nested_is_not_tried_at_every_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    tried = []
    decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, s: str, idx: int = 0) -> tuple[Any, int]:
        tried.append(idx)
        return decode(self, s, idx)

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", counted)
    assert imported(tmp_path, array(bad)).records == 2
    assert len(tried) < 100


class Endless(io.RawIOBase):
    """A stream that goes on for long with the same byte, and keeps how much was asked at once."""

    def __init__(self, head: bytes, byte: bytes, length: int, tail: bytes) -> None:
        super().__init__()
        self._parts = iter([head, *[byte * 65_536] * (length // 65_536), tail])
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._parts, b"")
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def test_a_long_line_is_passed_without_being_held() -> None:
    text = io.TextIOWrapper(
        io.BufferedReader(Endless(b"a\n", b"x", 1 << 25, b"\nb\n")), "utf-8", newline=""
    )
    asked = []
    read = text.readline

    class Spy:
        def readline(self, most: int) -> str:
            asked.append(most)
            return read(most)

    assert list(bounded.bounded_lines(Spy(), 1000)) == ["a\n", None, "b\n"]  # type: ignore[arg-type]  # it is asked for lines only
    assert set(asked) == {1000}


@pytest.mark.parametrize(
    ("end", "most"), [("\n", 4), ("\r\n", 5), ("\r", 4)], ids=["LF", "CRLF", "CR"]
)
def test_a_line_may_have_its_full_length(end: str, most: int) -> None:
    text = io.StringIO(f"abc{end}ab{end}abcde{end}a{end}abc", newline="")
    assert list(bounded.bounded_lines(text, most)) == [
        *(f"abc{end}", f"ab{end}", None, f"a{end}", "abc"),
    ]


def hostile(name: str) -> bytes:
    """Return a large file; before there were bounds, reading it took gigabytes or minutes."""
    if name == "a line":
        return lines('{"names": [' + "{}," * 33_000_000 + "{}]}")
    if name == "a record of an array":
        return array('{"names": [' + "{}," * 33_000_000 + "{}]}")
    if name == "white space behind the array":
        return array() + b" " * 300_000_000
    return gzip.compress((record(FIRST) + "\n").encode()) + gzip.compress(b" " * 900_000_000, 1)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("a line", 2),
        ("a record of an array", 2),
        ("white space behind the array", 2),
        ("a gzip of a line", 1),
    ],
)
def test_memory_is_that_of_one_record(tmp_path: Path, name: str, records: int) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(hostile(name))
    command = ["--root", str(ROOT), "import", "ror", str(path), "--version", "v1"]
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from kg.cli import main; main()",
            *command,
            "--out",
            tmp_path / "o",
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    path.unlink()
    assert "Traceback" not in run.stderr
    assert f"{records} records read" in run.stdout


def test_an_archive_that_unpacks_to_too_much_keeps_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ror_dump, "UNPACKED_BYTES", 1_000_000)
    long = "\n".join([record(FIRST), *["{}"] * 500_000])
    for packed in (gzip.compress, zipped):
        made = imported(tmp_path, packed(long.encode()))
        assert made.records == 1
        what = made.errors[-1].what if made.left_out <= MOST_TOLD else ""
        assert what in {"", "the file breaks off: it unpacks to more than 1,000,000 bytes"}
    items = list(read_dump(tmp_path / "dump.json"))
    assert str(items[-1]).endswith(
        "the file breaks off: it unpacks to more than 1,000,000 bytes; take the dump again"
    )


@pytest.mark.parametrize("damage", ["crowded", "long", "encrypted", "bzip2"])
def test_an_archive_that_is_none_of_a_dump_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    data = zipped(array())
    what = "encrypted or packed in another way"
    if damage == "crowded":
        monkeypatch.setattr(bounded, "ARCHIVE_FILES", 0)
        what = "the archive has more than 0 files"
    elif damage == "long":
        monkeypatch.setattr(bounded, "DIRECTORY_BYTES", 10)
        what = "list of files is longer than 10 bytes"
    else:
        place = data.rindex(b"PK\x01\x02") + (8 if damage == "encrypted" else 10)
        data = data[:place] + (b"\x01" if damage == "encrypted" else b"\x0c") + data[place + 1 :]
    with pytest.raises(SourceError, match=what):
        imported(tmp_path, data)


def test_rows_without_ids_are_told_one_by_one_and_only_so_many(tmp_path: Path) -> None:
    header = ",".join(COLUMNS)
    rows = [row("")] * (MOST_TOLD + 500)
    text = "\n".join(
        [header, row("https://ror.org/000000195"), *rows, row("https://ror.org/000000098")]
    )
    made = imported(tmp_path, text.encode())
    assert (made.records, made.left_out, len(made.errors)) == (2, MOST_TOLD + 500, MOST_TOLD)
    assert [error.line for error in made.errors[:2]] == [3, 4]
    summary = json.loads((made.folder / "import.json").read_text(encoding="utf-8"))
    assert (summary["leftOutCount"], len(summary["leftOut"])) == (MOST_TOLD + 500, MOST_TOLD)


def test_a_row_is_read_before_the_next_id_comes(tmp_path: Path) -> None:
    def endless() -> Any:
        yield ",".join(COLUMNS) + "\n"
        for _ in range(50_000):
            given.append(1)
            yield row("") + "\n"

    given: list[int] = []
    rows = ror_dump._rows(tmp_path, endless())
    assert isinstance(next(rows), SourceError)
    assert len(given) == 1


def test_an_open_quotation_mark_costs_so_many_lines(tmp_path: Path) -> None:
    header, good = ",".join(COLUMNS), row("https://ror.org/000000195")
    text = "\n".join([header, row("", '"A'), *[row("")] * 3000, good])
    made = imported(tmp_path, text.encode())
    assert made.records == 1
    assert made.errors[0].line == 2


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (",".join([*COLUMNS, "ror_id"]), "the columns are not those of the table: ror_id"),
        (",".join([*COLUMNS, *["motto"] * 5000]), "the header is no list of the table's columns"),
        ("ror_id," + "x" * RECORD_CHARS, "the header is no list of the table's columns"),
        ("ror_id," + "x" * 200_000, "the columns are not those of the table"),
    ],
    ids=["twice", "many", "long line", "long cell"],
)
def test_a_header_that_is_none_is_said(tmp_path: Path, header: str, what: str) -> None:
    with pytest.raises(SourceError, match=what) as caught:
        imported(tmp_path, f"{header}\n".encode())
    assert len(str(caught.value)) < 1500


# --- clumsy rather than hostile ---


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "mark"])
def test_every_line_end_and_a_mark_are_read(tmp_path: Path, end: str, mark: str) -> None:
    rows = [",".join(COLUMNS), row("https://ror.org/000000195"), row("https://ror.org/000000098")]
    for text in (end.join(rows), end.join([record(FIRST), record(LAST)])):
        made = imported(tmp_path, (mark + text + end).encode())
        assert (made.records, made.left_out) == (2, 0)


@pytest.mark.parametrize(
    "data",
    [b"", array().decode().encode("utf-16"), b"\x00" * 1000, b" " * 1_000_000],
    ids=["empty", "UTF-16", "NUL", "blank"],
)
def test_what_is_no_dump_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="begins neither as JSON nor as a table"):
        imported(tmp_path, data)


def test_a_pipe_and_a_folder_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, what in (("pipe", "is no regular file"), (".", "Is a directory|no regular file")):
        with pytest.raises(SourceError, match=what):
            list(read_dump(tmp_path / name))


def test_a_file_that_grows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(lines())
    items = read_dump(path)
    next(items)
    with path.open("ab") as file:
        file.write(b"\n" + record(LAST).encode())
    with pytest.raises(SourceError, match="the file changes while it is read"):
        list(items)
