"""The way of a query to the services that it may ask: on loopback, within limits.

It follows no redirect to a host that is not allowed, and ends with the process. The engine asks
anew for every row that a FILTER EXISTS tests, with the same words each time: within one query
equal requests are asked once, and the others are counted.
"""

import http.client
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import urlsplit

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from kg.errors import QueryError, QueryOverLimit
from kg.query.spending import ServiceLimits, Spending

CHUNK_BYTES = 65_536
USUAL_PORTS = {"http": 80, "https": 443}
USER_AGENT = "research-center-kg"


def host_allowed(iri: str, hosts: Iterable[str]) -> bool:
    """Say whether a service's IRI lies on one of ``hosts``.

    ``host`` allows the usual port of http and https, ``host:port`` that port. An IRI with a
    user name in it is never allowed.

    >>> host_allowed("https://query.example.org/sparql", ["query.example.org"])
    True
    >>> host_allowed("https://query.example.org:8443/sparql", ["query.example.org"])
    False
    """
    try:
        parts = urlsplit(iri)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in USUAL_PORTS or not parts.hostname or "@" in parts.netloc:
        return False
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = port is None or port == USUAL_PORTS[parts.scheme]
    return (usual and name in hosts) or f"{name}:{port or USUAL_PORTS[parts.scheme]}" in hosts


class Gateway:
    """Answers on loopback for the allowed services of one query at a time, within limits."""

    def __init__(self, hosts: Sequence[str], limits: ServiceLimits) -> None:
        self.hosts = hosts
        self.limits = limits
        self.services: list[tuple[str, bool]] = []
        self.begin()
        # No other process on this machine may use it.
        self._secret = secrets.token_urlsafe(18)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def begin(self) -> None:
        """Forget what the query before asked, took and was refused."""
        self._spending = Spending(self.limits)
        self._answers: dict[tuple[str, bytes | None, str], tuple[str, bytes]] = {}
        self._failure = ""

    def address(self, service: str, *, silent: bool = False) -> str:
        """Return the address that stands for a service, in clauses with SILENT or without."""
        if (service, silent) not in self.services:
            self.services.append((service, silent))
        return self._address(self.services.index((service, silent)))

    def _address(self, number: int) -> str:
        # The dash ends the number: no address is the beginning of another.
        return f"http://127.0.0.1:{self._server.server_address[1]}/{self._secret}/{number}-"

    def error(self) -> QueryError | None:
        """Return why the answer of the engine does not count, or None.

        The engine takes a SERVICE that fails within EXISTS for one that has an answer, and one
        that is SILENT for one that has none: a bound that was met or a failure that was not to
        be silent makes the whole answer wrong.
        """
        failed = f"the query cannot be answered: {self._failure}" if self._failure else ""
        return self.over() or (QueryError(failed) if failed else None)

    def over(self) -> QueryOverLimit | None:
        """Return the error of a query that went beyond a bound in all, or None."""
        return self._spending.error()

    def close(self) -> None:
        """Stop answering; the end of the process does it too."""
        self._server.shutdown()
        self._server.server_close()

    def hide(self, text: str) -> str:
        """Return a message with the services in place of the gateway's addresses."""
        for number, (service, _silent) in enumerate(self.services):
            text = text.replace(self._address(number), service)
        return text

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateway.forward(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                gateway.forward(self, self.rfile.read(length))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as in the base class
                """Log nothing."""

        return Handler

    def forward(self, request: BaseHTTPRequestHandler, body: bytes | None) -> None:
        """Ask the service that the request's address stands for, and pass on its answer."""
        path, _, query = request.path.partition("?")
        start, _, number = path.rpartition("/")
        numbers = {f"{number}-": number for number in range(len(self.services))}
        if start != f"/{self._secret}" or number not in numbers:
            request.send_error(404)
            return
        service, silent = self.services[numbers[number]]
        if query:
            service += ("&" if "?" in service else "?") + query
        # A clause within a clause is the service's: it must not learn of this gateway.
        asked = None if body is None else self.hide(body.decode()).encode()
        names = ("Accept", "Content-Type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        if self._failure and not silent:
            request.send_error(502)
            return
        try:
            kind, answer = self._ask_once(service, asked, {**headers, "User-Agent": USER_AGENT})
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
            plain = "".join(c if c.isprintable() else " " for c in reason)[:200]
            if not silent:
                self._failure = self._failure or f"SERVICE <{service}>: {plain}"
            self._answer(request, 502, "text/plain; charset=utf-8", plain.encode())
            return
        self._answer(request, 200, kind, answer)

    def _ask_once(self, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[str, bytes]:
        """Return the answer to a request, which is kept while the query is at work."""
        key = (url, body, repr(sorted(headers.items())))
        if key not in self._answers:
            kind, answer = self._ask_in_time(url, body, headers)
            _refuse_no_result(kind, answer)
            self._answers[key] = kind, answer
        return self._answers[key]

    def _answer(self, request: BaseHTTPRequestHandler, status: int, kind: str, data: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _ask_in_time(
        self, url: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[str, bytes]:
        # A socket's timeout begins anew with every byte, so the wait is bounded from outside.
        # A service that is still talking then is left to its thread, which ends with the worker.
        asking = ThreadPoolExecutor(1)
        try:
            return asking.submit(self._ask, url, body, headers).result(self.limits.answer_s)
        except TimeoutError:
            raise self._too_slow() from None
        finally:
            asking.shutdown(wait=False)

    def _ask(self, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[str, bytes]:
        spending = self._spending
        spending.call()
        deadline = time.monotonic() + self.limits.answer_s
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - http(s): the host was allowed
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), _Redirects(self.hosts, spending)
        )
        with opener.open(request, timeout=self.limits.answer_s) as response:
            data = bytearray()
            while chunk := response.read1(CHUNK_BYTES):
                data += chunk
                spending.read(len(chunk))
                if len(data) > self.limits.answer_bytes:
                    raise ValueError(f"the answer is longer than {self.limits.answer_bytes} bytes")
                if time.monotonic() > deadline:
                    raise self._too_slow()
            return response.headers.get("Content-Type", ""), bytes(data)

    def _too_slow(self) -> ValueError:
        return ValueError(f"the answer takes longer than {self.limits.answer_s} seconds")


def _refuse_no_result(kind: str, answer: bytes) -> None:
    """Raise ValueError for an answer that the engine cannot read: within EXISTS it would not say so."""
    form = QueryResultsFormat.from_media_type(kind)
    if form is None:
        raise ValueError("the answer is in no format of SPARQL results")
    try:
        found = parse_query_results(answer, format=form)
        if isinstance(found, QuerySolutions):
            for _ in found:
                pass
    except (SyntaxError, ValueError):
        raise ValueError("the answer is no SPARQL result") from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, hosts: Sequence[str], spending: Spending) -> None:
        self._hosts = hosts
        self._spending = spending

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],  # noqa: ARG002 - as in the base class
        code: int,  # noqa: ARG002 - as above
        msg: str,  # noqa: ARG002 - as above
        headers: Message,  # noqa: ARG002 - as above
        newurl: str,
    ) -> urllib.request.Request | None:
        """Follow within the allowed hosts only."""
        if not host_allowed(newurl, self._hosts):
            raise urllib.error.URLError("it redirects to a host that is not allowed")
        self._spending.call()
        # The query is asked again as it was, also where a browser would forget the body.
        return urllib.request.Request(newurl, data=req.data, headers=req.headers)  # noqa: S310 - http(s): the host was allowed
