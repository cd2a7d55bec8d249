"""Starts real servers for tests and stops them."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 30


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_server(release: Path, root: Path = ROOT) -> Iterator[str]:
    """Run ``kg serve`` over a release; yield its address once it answers."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).parent / "kg"), "--root", str(root), "serve"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--release", str(release)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
