"""Starts real servers for tests and stops them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 30


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


KG = Path(sys.executable).parent / "kg"
STOP_TIMEOUT_S = 40
"""Longer than a server takes whose clients do not read, limits.stop_s."""


@dataclass(frozen=True)
class Server:
    """A running ``kg serve``: where it answers, its first process, what it has said."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path | None = None

    @property
    def said(self) -> str:
        """What the server has written to its log."""
        return self.log.read_text(encoding="utf-8") if self.log else ""


@contextlib.contextmanager
def running(
    release: Path,
    *options: str,
    root: Path = ROOT,
    command: Sequence[str] = (str(KG),),
    log: Path | None = None,
) -> Iterator[Server]:
    """Run ``kg serve`` in a session of its own; yield it once it answers.

    ``command`` is what stands for ``kg``; ``log`` is a file for what it says.
    """
    port = free_port()
    place = ["--port", str(port), "--release", str(release)]
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        process = subprocess.Popen(
            [*command, "--root", str(root), "serve", *place, *options],
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(f"{server.address}/healthz", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_TIMEOUT_S)
        finally:
            process.kill()


@contextlib.contextmanager
def running_server(release: Path, root: Path = ROOT, kg: Path = KG) -> Iterator[str]:
    """Run ``kg serve`` over a release; yield its address once it answers."""
    with running(release, root=root, command=[str(kg)]) as server:
        yield server.address


NGINX = Path("/usr/sbin/nginx")
NGINX_MODULES = Path("/usr/lib/nginx/modules")
NGINX_PACKAGES = ("nginx", "libnginx-mod-http-js", "libnginx-mod-http-brotli-static")
NGINX_CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
load_module {modules}/ngx_http_js_module.so;
load_module {modules}/ngx_http_brotli_static_module.so;
pid {work}/pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    js_path {site}/.export/nginx;
    include {site}/.export/nginx/http.conf;
    server {{
        listen 127.0.0.1:{port};
        brotli_static on;
        set $kg_root {site};
        include {site}/.export/nginx/site.conf;
    }}
}}
"""


def has_nginx() -> bool:
    """Say whether Debian's nginx is there with the modules that the configuration uses."""
    modules = ("ngx_http_js_module.so", "ngx_http_brotli_static_module.so")
    return NGINX.exists() and all((NGINX_MODULES / name).exists() for name in modules)


@contextlib.contextmanager
def running_nginx(site: Path, work: Path) -> Iterator[str]:
    """Run nginx over an exported site; yield its address once it answers.

    ``work`` is a new folder for what nginx writes.
    """
    work.mkdir()
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    text = NGINX_CONFIGURATION.format(
        user=user, modules=NGINX_MODULES, work=work, site=site, port=port
    )
    (work / "nginx.conf").write_text(text, encoding="utf-8")
    with (work / "error.log").open("wb") as log:
        command = [str(NGINX), "-p", str(work), "-e", "stderr", "-c", str(work / "nginx.conf")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, process, work / "error.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        finally:
            process.kill()


@contextlib.contextmanager
def running_file_server(site: Path) -> Iterator[str]:
    """Run Python's own file server over a folder; yield its address once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory"]
    process = subprocess.Popen(
        [*command, str(site), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path | None = None) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(encoding="utf-8") if log else "no server")
        time.sleep(0.05)
