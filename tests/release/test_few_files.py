"""Too few file descriptors: the build names the limit, and how to raise it."""

import subprocess
import sys
from pathlib import Path

import pytest

from kg.init.instance import make_instance

KG = [sys.executable, "-c", "from kg.cli import main; main()"]


@pytest.mark.parametrize("most", [20, 64])
def test_a_build_with_too_few_files_says_so(tmp_path: Path, most: int) -> None:
    root = tmp_path / "instance"
    make_instance(root, "https://example.org/", "Example")
    limited = ["sh", "-c", f'ulimit -n {most}; exec "$@"', "sh", *KG, "--root", str(root), "build"]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert f"this process may have {most} files open" in last
    assert "ulimit -n 1024" in last
    assert "writable" not in last
