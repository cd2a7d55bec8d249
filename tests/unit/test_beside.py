"""Nothing beside the checkout is read: the watch, on folders that are made up, and what tests say."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from beside import Watch, names_beside

REPOSITORY = Path(__file__).parents[2]

ROOT = Path("/home/me/code/checkout")
ALLOWED = ("/home/me/code/env", "/tmp", "/home")  # noqa: S108 - nothing is written there


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/code/shared/a.tsv",
        "/home/me/code/checkout-2/a.tsv",
        "/home/me/code/checkout/../shared",
        b"/home/me/code/bytes/a.tsv",
        Path("/home/me/code/environment"),
    ],
)
def test_what_lies_beside_the_checkout_is_seen(path: str | bytes | Path) -> None:
    watch = Watch(ROOT, ALLOWED)
    for event in ("open", "os.listdir", "os.scandir"):
        watch(event, (path, "r", 0))
    assert len(watch.seen) == 3


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("sqlite3.connect", ("/home/me/code/shared/a.sqlite",)),
        ("sqlite3.connect", ("file:/home/me/code/shared/a.sqlite?mode=ro",)),
        ("os.chdir", ("/home/me/code/shared",)),
        ("os.symlink", ("/home/me/code/shared", "/home/me/code/checkout/link", -1)),
        ("subprocess.Popen", ("kg", ["kg", "check", "/home/me/code/shared/a.tsv"], None, None)),
        ("subprocess.Popen", ("kg", ["kg", "check"], "/home/me/code/shared", None)),
        ("subprocess.Popen", ("kg", ["kg", "../shared/a"], "/home/me/code/checkout", None)),
        ("subprocess.Popen", ("kg", ["kg", "--root=../shared"], "/home/me/code/checkout", None)),
        ("subprocess.Popen", ("kg", [b"kg", Path("/home/me/code/shared")], None, None)),
    ],
)
def test_other_ways_there_are_seen(event: str, arguments: tuple[object, ...]) -> None:
    watch = Watch(ROOT, ALLOWED)
    watch(event, arguments)
    assert len(watch.seen) == 1


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("sqlite3.connect", (":memory:",)),
        ("sqlite3.connect", ("file:/home/me/code/checkout/a.sqlite?mode=ro",)),
        ("os.chdir", ("/home/me/code/checkout/data",)),
        ("os.symlink", ("../shared", "/tmp/x/link", -1)),  # noqa: S108 - nothing is written there
        ("subprocess.Popen", ("sh", "kg check", None, None)),
        ("subprocess.Popen", ("kg", ["kg", "--root", "/home/me/code/checkout"], None, None)),
        ("subprocess.Popen", ("kg", ["kg", "a", "--b=c"], "/home/me/code/checkout", None)),
        (
            "subprocess.Popen",
            ("python", ["python", "-c", "print('/home/me/code/shared')"], None, 1),
        ),
    ],
)
def test_other_ways_elsewhere_are_not_seen(event: str, arguments: tuple[object, ...]) -> None:
    watch = Watch(ROOT, ALLOWED)
    watch(event, arguments)
    assert watch.seen == []


def test_python_tells_the_watch(tmp_path: Path) -> None:
    # In a process of its own: a hook stays until its process ends.
    root, beside = tmp_path / "checkout", tmp_path / "shared"
    root.mkdir()
    beside.mkdir()
    sqlite3.connect(beside / "a.sqlite").close()
    code = (
        "import os, sqlite3, subprocess, sys; from pathlib import Path; from beside import Watch\n"
        "watch = Watch(Path(sys.argv[1]), ()); sys.addaudithook(watch); there = Path(sys.argv[2])\n"
        "(there / 'a.sqlite').read_bytes()\n"
        "list(there.glob('*'))\n"
        "sqlite3.connect(there / 'a.sqlite').close()\n"
        "subprocess.run([sys.executable, '-c', '', there], check=True)\n"
        "os.symlink(there, Path(sys.argv[1]) / 'link')\n"
        "os.chdir(there)\n"
        "print(len(watch.seen))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, root, beside],
        cwd=REPOSITORY / "tests",
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) >= 6


# --- what no hook is told of: whether a file is there, and files that other programs open ---


def test_no_test_names_a_place_beside_the_checkout() -> None:
    files = [p for p in REPOSITORY.glob("tests/**/*.py") if p != Path(__file__)]
    ours = [p.relative_to(REPOSITORY) for p in files if p.parent.name != "suites"]
    assert len(ours) > 50
    named = {str(p): names_beside(p, (REPOSITORY / p).read_text(encoding="utf-8")) for p in ours}
    # The one place where the folder of suites is asked for.
    assert len(named.pop("tests/conftest.py")) == 1
    assert {path: lines for path, lines in named.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "SHARED = ROOT.parent / 'x'",
        "SHARED = Path(__file__).parents[3]",
        "SHARED = Path(__file__).resolve().parents[3]",
        "SHARED = Path(__file__).parent.parent.parent.parent",
        "SHARED = ROOT / '..' / 'x'",
        'SHARED = ROOT / "../x"',
        'SHARED = Path("../x")',
        "SHARED = ROOT.joinpath('../x')",
        "SUITES = os.environ['SUITES']",
        "SUITES = os.environ.get('SUITES')",
        "FOLDER = needed_suite('w3c')",
    ],
)
def test_a_place_beside_the_checkout_is_found(line: str) -> None:
    assert names_beside(Path("tests/unit/test_x.py"), f"import os\n{line}\n") == [2]


@pytest.mark.parametrize(
    "line",
    [
        "ROOT = Path(__file__).parents[2]",
        "ROOT = Path(__file__).resolve().parent.parent.parent",
        'assert get("/../etc/passwd")',
        'PATHS = ["..", "../.."]',
        "FOLDER = tmp_path.parent / 'x'",
    ],
)
def test_other_places_are_not_found(line: str) -> None:
    assert names_beside(Path("tests/unit/test_x.py"), line) == []


def test_only_make_suites_reads_the_folder_of_suites() -> None:
    rules = re.split(
        r"(?m)^(?=[a-z][\w-]*:)", (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    )
    reading = [
        rule.partition(":")[0] for rule in rules[1:] if re.search(r"\$\(SUITES\)|\.\./", rule)
    ]
    assert reading == ["suites"]
    assert "../" not in rules[0]


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/code/checkout",
        "/home/me/code/checkout/data/a.tsv",
        "/home/me/code/env/lib/a.py",
        "/home/me/code/.settings/a.toml",
        "/home/me/other/a.tsv",
        "/tmp/a",  # noqa: S108 - nothing is written there
        "/usr/lib/a.py",
        3,
        None,
    ],
)
def test_nothing_else_is_seen(path: object) -> None:
    watch = Watch(ROOT, ALLOWED)
    watch("open", (path, "r", 0))
    watch("import", ("/home/me/code/shared/a.py",))
    assert watch.seen == []


def test_a_clone_among_temporary_files_is_not_watched_over_them() -> None:
    watch = Watch(Path("/tmp/clone"), ("/tmp",))  # noqa: S108 - nothing is written there
    watch("open", ("/tmp/pytest-1/a.tsv", "r", 0))  # noqa: S108 - nothing is written there
    assert watch.seen == []
