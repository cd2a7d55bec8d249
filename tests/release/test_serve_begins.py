"""``kg serve`` that cannot begin says why in a sentence, whatever the account may read."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import TINY
from serving import KG

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_NET_BIND_SERVICE = 1, 2, 10
"""From prctl(2) and capabilities(7)."""
PRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
LET_READ = "let the account that runs kg read it"


def be_an_ordinary_account() -> None:
    """Give up what root may do more than others; nothing is lost where there is nothing."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_NET_BIND_SERVICE):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability)


def serve(release: Path, *options: str) -> tuple[int, str, str]:
    """Run ``kg serve``, which is to end at once; return exit code, output and errors."""
    done = subprocess.run(
        [str(KG), "--root", str(TINY), "serve", "--release", str(release), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        preexec_fn=be_an_ordinary_account,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tiny_shelf: Path, tmp_path: Path) -> Path:
    """A release that a test may shut away."""
    return Path(shutil.copytree((tiny_shelf / "current").resolve(), tmp_path / "shut" / "release"))


def test_a_release_that_is_none(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert serve(missing) == (1, "", f"{missing}: no such release; see kg build\n")
    assert serve(tmp_path) == (1, "", f"{tmp_path}: no release here; run kg build\n")
    file = tmp_path / "file"
    file.touch()
    what = "a file, and no release; name the release's folder"
    assert serve(file) == (1, "", f"{file}: {what}\n")


@pytest.mark.parametrize("name", ["..", "manifest.json", "store"])
def test_a_release_that_may_not_be_read(name: str, folder: Path) -> None:
    shut = (folder / name).resolve()
    rights = shut.stat().st_mode
    shut.chmod(0)
    try:
        code, out, errors = serve(folder)
    finally:
        shut.chmod(rights)
    assert (code, out) == (1, "")
    assert errors.startswith(f"{folder if name == '..' else shut}: ")
    assert errors.endswith(f"Permission denied; {LET_READ}\n")
    assert errors.count("\n") == 1


def test_a_port_that_others_may_not_take(folder: Path) -> None:
    port = int(PRIVILEGED.read_text(encoding="ascii")) - 1
    # In a container every port may be everybody's.
    if port > 0:
        what = "Permission denied; name a --port above 1023, or have a proxy take this one"
        assert serve(folder, "--port", str(port)) == (1, "", f"127.0.0.1:{port}: {what}\n")


def test_no_port_is_no_port(folder: Path) -> None:
    code, _, errors = serve(folder, "--port", "0")
    assert code == 2
    assert "0 is not in the range 1<=x<=65535" in errors
