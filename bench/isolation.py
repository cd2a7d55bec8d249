"""How much do runaway queries of one client slow pages and small queries of another?

``make bench`` or ``.venv/bin/python bench/isolation.py`` serves the current release with the
limits of kg.toml, and asks for a page and a small query one after the other: alone, and
while another client keeps a number of runaway queries at the server. The phases take turns
in one run; each figure is the median over the rounds. With the ``oxigraph`` package
installed, a bare Oxigraph server over the same store is measured beside it.
"""

import argparse
import contextlib
import http.client
import json
import multiprocessing
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
SMALL = "SELECT ?s ?o { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } LIMIT 10"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?c = ?d) }"
PAGE = "/en/center/hubei-imaging-medicine"
GREEDY, MODEST = "127.0.0.2", "127.0.0.3"
"""Addresses of loopback: to the server two clients."""


@dataclass(frozen=True)
class Phase:
    """Latencies in seconds, and what became of the runaways."""

    page: list[float]
    small: list[float]
    refused: int
    ends: list[float]


def connect(port: int, client: str, timeout: float) -> http.client.HTTPConnection:
    """Return a connection from an address of loopback."""
    return http.client.HTTPConnection(
        "127.0.0.1", port, timeout=timeout, source_address=(client, 0)
    )


def runaways(
    port: int, count: int, path: str, stop: Event, ends: "multiprocessing.Queue[float]"
) -> None:
    """Keep ``count`` runaway queries at the server until ``stop``; note how long each lasts."""

    def run() -> None:
        while not stop.is_set():
            began = time.monotonic()
            connection = connect(port, GREEDY, 60)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("GET", f"{path}?{urlencode({'query': RUNAWAY})}")
                response = connection.getresponse()
                response.read()
                ends.put(time.monotonic() - began)
                if response.getheader("Retry-After"):
                    # Ill-mannered, but not quite without manners.
                    stop.wait(float(response.getheader("Retry-After", "1")) / 4)
            connection.close()

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    stop.wait()


def measure(port: int, seconds: float, path: str, page: str | None, client: str) -> Phase:
    """Ask for the page and the small query in turn for some seconds, as ``client``."""
    pages: list[float] = []
    smalls: list[float] = []
    refused = 0
    until = time.monotonic() + seconds
    query = f"{path}?{urlencode({'query': SMALL})}"
    while time.monotonic() < until:
        for address, times in ((page, pages), (query, smalls)):
            if address is None:
                continue
            began = time.perf_counter()
            connection = connect(port, client, 60)
            connection.request("GET", address, headers={"Accept": "*/*"})
            response = connection.getresponse()
            response.read()
            connection.close()
            if response.status == http.HTTPStatus.OK:
                times.append(time.perf_counter() - began)
            else:
                refused += 1
        time.sleep(0.005)
    return Phase(pages, smalls, refused, [])


def loaded(
    port: int, seconds: float, count: int, path: str, page: str | None, client: str
) -> Phase:
    """Measure while another process keeps runaways at the server."""
    stop = multiprocessing.Event()
    ends: multiprocessing.Queue[float] = multiprocessing.Queue()
    process = multiprocessing.Process(target=runaways, args=(port, count, path, stop, ends))
    process.start()
    try:
        found = measure(port, seconds, path, page, client)
    finally:
        stop.set()
        process.join(timeout=10)
        process.kill()
    lasted = []
    while not ends.empty():
        lasted.append(ends.get())
    return Phase(found.page, found.small, found.refused, lasted)


@contextlib.contextmanager
def server(command: Callable[[int], list[str]], path: str) -> Iterator[int]:
    """Run a server on a free port until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                connection = connect(port, MODEST, 5)
                connection.request("GET", f"{path}?{urlencode({'query': 'ASK {}'})}")
                connection.getresponse().read()
                break
            time.sleep(0.1)
        yield port
    finally:
        # Told, not killed: it has processes of its own to end.
        process.terminate()
        process.wait()


def quantile(times: list[float], part: float) -> float:
    """Return a quantile of latencies, in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(part * len(times)))] if times else 0.0


def row(name: str, what: str, idle: list[list[float]], busy: list[list[float]]) -> str:
    """Return a row of the table: medians over the rounds."""
    cells = []
    for part in (0.5, 0.99):
        alone = statistics.median(quantile(times, part) for times in idle)
        crowded = statistics.median(quantile(times, part) for times in busy)
        ratio = f"{crowded / alone:.1f}" if alone and crowded else "no answer"
        cells.append(f"{alone:.1f} | {crowded:.1f} | {ratio}")
    counts = f"{min(map(len, idle))} / {min(map(len, busy))}"
    return f"| {name} | {what} | {' | '.join(cells)} | {counts} |"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="length of a phase")
    parser.add_argument("--release", type=Path, default=ROOT / "releases" / "current")
    options = parser.parse_args()
    release = options.release.resolve()
    kg = Path(sys.executable).parent / "kg"
    servers: list[tuple[str, Callable[[int], list[str]], str, str | None]] = [
        (
            "this project",
            lambda port: [
                *(str(kg), "--root", str(ROOT), "serve"),
                *("--port", str(port), "--release", str(release)),
            ],
            "/sparql",
            PAGE,
        )
    ]
    oxigraph = shutil.which("oxigraph", path=str(kg.parent))
    with tempfile.TemporaryDirectory() as folder:
        if oxigraph:
            store = Path(folder) / "store"
            shutil.copytree(release / "store", store)
            servers.append(
                (
                    "Oxigraph server",
                    lambda port: [
                        *(oxigraph, "serve-read-only", "--location", str(store)),
                        *("--bind", f"127.0.0.1:{port}"),
                    ],
                    "/query",
                    None,
                )
            )
        print(f"{platform.machine()}, {multiprocessing.cpu_count()} processors, ", end="")
        print(f"{options.rounds} rounds of {options.seconds:.0f} s, milliseconds\n")
        print(
            "| server | request | p50 alone | p50 beside | ratio | p99 alone | p99 beside ", end=""
        )
        print("| ratio | least answers |\n|---|---|---|---|---|---|---|---|---|")
        for name, command, path, page in servers:
            for count, client in ((20, MODEST), (100, MODEST), (20, GREEDY)):
                idle, busy = [], []
                for _ in range(options.rounds):
                    # Afresh each time: a bare engine may go on with the last round's runaways.
                    with server(command, path) as port:
                        measure(port, 1, path, page, client)
                        idle.append(measure(port, options.seconds / 3, path, page, client))
                        busy.append(loaded(port, options.seconds, count, path, page, client))
                whose = "another client" if client == MODEST else "the same client"
                what = f"beside {count} runaways of {whose}"
                if page:
                    print(row(name, f"page {what}", [p.page for p in idle], [p.page for p in busy]))
                small = [p.small for p in idle], [p.small for p in busy]
                print(row(name, f"small query {what}", *small))
                ends = [seconds for phase in busy for seconds in phase.ends]
                facts = {
                    "refused small queries and pages": sum(p.refused for p in busy),
                    "runaways ended": len(ends),
                    "longest runaway, s": round(max(ends, default=0.0), 2),
                }
                print(f"| {name} | {json.dumps(facts)[1:-1]} | | | | | | | |", flush=True)


if __name__ == "__main__":
    main()
