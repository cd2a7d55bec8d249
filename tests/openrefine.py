"""Starts OpenRefine without a window, works with it as its own pages do, and stops it.

Between OpenRefine and the service stands a ``Recorder``: it passes on what is asked, and keeps
both sides of the exchange.
"""

import contextlib
import csv
import http.client
import io
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from serving import free_port

OPENREFINE = Path("/usr/bin/openrefine")
START_S = 60
WORK_S = 60
MEMORY = "512M"
KEPT_HEADERS = ("Accept", "Accept-Encoding", "Content-Type")
"""Headers of a request that may make a difference."""


@dataclass(frozen=True)
class Exchanged:
    """One request and its answer, without what differs from machine to machine."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer: str


@dataclass
class Recorder:
    """A server that passes requests on to ``target`` and keeps what went by."""

    target: str
    seen: list[Exchanged] = field(default_factory=list)
    address: str = ""

    @contextlib.contextmanager
    def running(self) -> Iterator["Recorder"]:
        """Listen on a free port of loopback."""
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                recorder.pass_on(self)

            def do_POST(self) -> None:
                recorder.pass_on(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the base class
                """Log nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=10)

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """Ask the target what was asked here, and hand its answer back."""
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length)
        connection = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=WORK_S)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "accept-encoding"}
        connection.request(request.command, request.path, body or None, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        kept = {k: request.headers[k] for k in KEPT_HEADERS if k in request.headers}
        told = (request.command, request.path, kept, body.decode(), answer.status, data.decode())
        self.seen.append(Exchanged(*told))
        request.send_response(answer.status)
        for name in ("Content-Type", "Access-Control-Allow-Origin"):
            if name in answer.headers:
                request.send_header(name, answer.headers[name])
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


class OpenRefine:
    """A running OpenRefine, by its own HTTP interface."""

    def __init__(self, address: str) -> None:
        self.address = address

    def command(self, name: str, query: Mapping[str, str] | None = None) -> Any:
        """Ask for what changes nothing; return the JSON."""
        text = f"?{urlencode(query)}" if query else ""
        url = f"{self.address}/command/core/{name}{text}"
        with urllib.request.urlopen(url, timeout=WORK_S) as response:
            return json.load(response)

    def post(self, name: str, query: Mapping[str, str], fields: Mapping[str, str]) -> Any:
        """Send a form; return the JSON."""
        token = self.command("get-csrf-token")["token"]
        url = f"{self.address}/command/core/{name}?{urlencode(query)}"
        data = urlencode({**fields, "csrf_token": token}).encode()
        with urllib.request.urlopen(url, data, timeout=WORK_S) as response:
            return json.load(response)

    def create_project(self, name: str, table: bytes) -> str:
        """Make a project of a CSV file; return its number."""
        token = self.command("get-csrf-token")["token"]
        boundary = uuid.uuid4().hex
        parts = {"project-name": name, "format": "text/line-based/*sv"}
        options = {"separator": ",", "encoding": "UTF-8", "guessCellValueTypes": False}
        parts["options"] = json.dumps(options)
        body = io.BytesIO()
        for field_name, value in parts.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"\r\n\r\n'
            body.write(head.encode() + value.encode() + b"\r\n")
        body.write(
            f'--{boundary}\r\nContent-Disposition: form-data; name="project-file"; '
            f'filename="names.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
        )
        body.write(table + f"\r\n--{boundary}--\r\n".encode())
        request = urllib.request.Request(
            f"{self.address}/command/core/create-project-from-upload?csrf_token={token}",
            body.getvalue(),
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        with urllib.request.urlopen(request, timeout=WORK_S) as response:
            address: str = response.geturl()
        return address.rpartition("project=")[2]

    def apply(self, project: str, operations: Sequence[Mapping[str, Any]]) -> None:
        """Apply operations, as the history extracts them, and wait until they are done."""
        fields = {"operations": json.dumps(operations)}
        answer = self.post("apply-operations", {"project": project}, fields)
        if answer["code"] not in {"ok", "pending"}:
            raise RuntimeError(f"OpenRefine: {answer}")
        deadline = time.monotonic() + WORK_S
        while self.command("get-processes", {"project": project})["processes"]:
            if time.monotonic() > deadline:
                raise TimeoutError("OpenRefine does not come to an end")
            time.sleep(0.2)

    def rows(self, project: str) -> list[dict[str, str]]:
        """Return the rows of a project as a CSV file has them."""
        query = {"project": project, "format": "csv"}
        data = urlencode({**query, "engine": json.dumps({"facets": [], "mode": "row-based"})})
        url = f"{self.address}/command/core/export-rows/rows.csv"
        with urllib.request.urlopen(url, data.encode(), timeout=WORK_S) as response:
            text = response.read().decode("utf-8")
        return list(csv.DictReader(io.StringIO(text)))


@contextlib.contextmanager
def running_openrefine(data: Path) -> Iterator[OpenRefine]:
    """Run OpenRefine over a new folder for its data; yield it once it answers."""
    port = free_port()
    options = ["-p", str(port), "-i", "127.0.0.1", "-d", str(data), "-m", MEMORY]
    command = [str(OPENREFINE), *options, "-x", "refine.headless=true"]
    # Debian's script stays beside the Java process that it starts: both end together.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    refine = OpenRefine(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                refine.command("get-version")
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield refine
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
