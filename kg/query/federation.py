"""SERVICE, for the hosts that ``kg.toml`` allows: bounded in time and in size.

Oxigraph asks a service itself, without a limit. So the query is given the address of a
gateway in its own process, on loopback, in place of the service's name; the gateway asks
the service that was meant, and stops where the answer takes too long or is too large. It
follows no redirect to a host that is not allowed. The gateway ends with the process.
"""

import http.client
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import urlsplit

from kg.errors import QueryRefused
from kg.guard import Token, all_tokens, refuse_forbidden, service_names

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


@dataclass(frozen=True)
class Federated:
    """A query whose services are named by gateway addresses.

    ``place_in_original`` maps a place in ``text`` to the place in the query as it was sent.
    """

    text: str
    spans: Sequence[tuple[int, int, int]]

    def place_in_original(self, offset: int) -> int:
        """Return the code point of the original that stands at ``offset`` of ``text``."""
        shift = 0
        for start, end, length in self.spans:
            begin = start + shift
            if offset < begin:
                break
            if offset < begin + length:
                return start
            shift += length - (end - start)
        return offset - shift


class Gateway:
    """Answers on loopback for allowed services; ``seconds`` and ``most_bytes`` bound each."""

    def __init__(self, hosts: Sequence[str], seconds: float, most_bytes: int) -> None:
        self.hosts = hosts
        self.seconds = seconds
        self.most_bytes = most_bytes
        self.services: list[str] = []
        # No other process on this machine may use it.
        self._secret = secrets.token_urlsafe(18)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, service: str) -> str:
        """Return the address that stands for a service."""
        if service not in self.services:
            self.services.append(service)
        port = self._server.server_address[1]
        return f"http://127.0.0.1:{port}/{self._secret}/{self.services.index(service)}"

    def close(self) -> None:
        """Stop answering; the end of the process does it too."""
        self._server.shutdown()
        self._server.server_close()

    def hide(self, text: str) -> str:
        """Return a message with the services in place of the gateway's addresses."""
        for service in self.services:
            text = text.replace(self.address(service), service)
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
        if start != f"/{self._secret}" or not number.isdecimal():
            request.send_error(404)
            return
        service = self.services[int(number)]
        if query:
            service += ("&" if "?" in service else "?") + query
        # A clause within a clause is the service's: it must not learn of this gateway.
        asked = None if body is None else self.hide(body.decode()).encode()
        names = ("Accept", "Content-Type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        try:
            kind, answer = self._ask_in_time(service, asked, {**headers, "User-Agent": USER_AGENT})
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
            plain = "".join(c if c.isprintable() else " " for c in reason)[:200].encode()
            self._answer(request, 502, "text/plain; charset=utf-8", plain)
            return
        self._answer(request, 200, kind, answer)

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
            return asking.submit(self._ask, url, body, headers).result(self.seconds)
        except TimeoutError:
            raise ValueError(f"the answer takes longer than {self.seconds} seconds") from None
        finally:
            asking.shutdown(wait=False)

    def _ask(self, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[str, bytes]:
        deadline = time.monotonic() + self.seconds
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - http(s): the host was allowed
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), _Redirects(self.hosts)
        )
        with opener.open(request, timeout=self.seconds) as response:
            data = bytearray()
            while chunk := response.read1(CHUNK_BYTES):
                data += chunk
                if len(data) > self.most_bytes:
                    raise ValueError(f"the answer is longer than {self.most_bytes} bytes")
                if time.monotonic() > deadline:
                    raise ValueError(f"the answer takes longer than {self.seconds} seconds")
            return response.headers.get("Content-Type", ""), bytes(data)


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = hosts

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
        # The query is asked again as it was, also where a browser would forget the body.
        return urllib.request.Request(newurl, data=req.data, headers=req.headers)  # noqa: S310 - http(s): the host was allowed


def through_gateway(
    text: str, gateway: Gateway, resolve: Callable[[list[Token], str], Sequence[str]]
) -> Federated:
    """Return the query with each allowed service named by its gateway address.

    ``resolve`` returns the IRIs that tokens stand for, under the prologue of the query.
    Raises QueryRefused for a service that is not allowed.
    """
    _refuse_the_word_elsewhere(text)
    names = service_names(text)
    services = resolve(names, text)
    for name, service in zip(names, services, strict=True):
        if not host_allowed(service, gateway.hosts):
            allowed = ", ".join(gateway.hosts)
            raise QueryRefused(
                f"SERVICE {name.text} is not allowed; this endpoint asks these hosts: {allowed}"
            )
    spans = []
    parts = []
    end = 0
    for name, service in zip(names, services, strict=True):
        address = f"<{gateway.address(service)}>"
        parts += [text[end : name.start], address]
        spans.append((name.start, name.end, len(address)))
        end = name.end
    rewritten = "".join([*parts, text[end:]])
    standing = {token.start for token in service_names(rewritten)}
    if len(standing) != len(names):
        raise QueryRefused("the SERVICE clauses cannot be told apart; write them plainly")
    refuse_forbidden(rewritten, standing)
    return Federated(rewritten, spans)


def _refuse_the_word_elsewhere(text: str) -> None:
    """Refuse the word SERVICE where no clause and no name is.

    Should Oxigraph ever read strings and comments otherwise than we do, no clause of its can
    hide in one of ours.
    """
    for token in all_tokens(text):
        if token.kind not in {"word", "iri", "name"} and "service" in token.text.casefold():
            raise QueryRefused(
                "a query that asks a SERVICE may have that word nowhere else, not even in a "
                f"comment or a string (code point {token.start + 1}); write it otherwise there"
            )
