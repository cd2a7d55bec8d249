"""Attacks on a server: read from files, sent byte by byte, and watched from outside.

An attack is a TOML file in ``tests/cases/attacks``; its name is the name of the file:

- ``description``: what is tried;
- ``status``: what is answered, or a list of statuses that are all right; 0 is a connection
  that is closed without an answer;
- ``says``: a phrase of the answer's body, ``header``: a header and its value;
- ``query``: a query, sent in each of the ``ways``: ``get``, ``form`` or ``query`` (POST of
  the query itself); or ``body``, sent by POST; or ``raw``, all that is sent, with ``drip``
  to be sent after it ten times a second for as long as nobody answers. In ``body`` and
  ``raw`` a character is a byte;
- ``method``, ``path`` (with its query string), ``headers``;
- ``repeat``: texts and how often each is repeated where its name stands in braces, to be
  used in ``query``, ``path``, ``body``, ``raw`` and the values of headers;
- ``within_s``: how long the answer may take.

``{canary}`` is the address of a server that nobody may ask, ``{file}`` a file that nobody
may read, ``{host}`` the server itself.
"""

import contextlib
import http.client
import socket
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

CASES = Path(__file__).parent / "cases" / "attacks"
QUERY_TYPE = "application/sparql-query"
FORM_TYPE = "application/x-www-form-urlencoded"
DRIP_S = 0.1
SOCKET_TIMEOUT_S = 15


@dataclass(frozen=True)
class Attack:
    """An attack and what is to be seen of it; see the module."""

    name: str
    description: str
    status: int | list[int]
    says: str = ""
    header: Mapping[str, str] = field(default_factory=dict)
    query: str | None = None
    ways: Sequence[str] = ("query",)
    body: str | None = None
    raw: str | None = None
    drip: str = ""
    method: str = ""
    path: str = "/sparql"
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    within_s: float = 4

    @property
    def statuses(self) -> list[int]:
        """The statuses that are all right."""
        return self.status if isinstance(self.status, list) else [self.status]

    def requests(self, places: Mapping[str, str]) -> Iterator[bytes]:
        """Yield the bytes of each request; ``places`` are the names that stand in braces."""
        if self.raw is not None:
            yield self._filled(self.raw, places).encode("latin-1")
        elif self.query is not None:
            query = self._filled(self.query, places)
            for way in self.ways:
                yield self._asked(way, query, places)
        else:
            body = None if self.body is None else self._filled(self.body, places)
            data = None if body is None else body.encode("latin-1")
            method = self.method or ("GET" if data is None else "POST")
            yield self._message(method, self._filled(self.path, places), {}, data, places)

    def _asked(self, way: str, query: str, places: Mapping[str, str]) -> bytes:
        path = self._filled(self.path, places)
        if way == "get":
            path += f"{'&' if '?' in path else '?'}query={quote(query, safe='')}"
            return self._message(self.method or "GET", path, {}, None, places)
        if way == "form":
            body, kind = urlencode({"query": query}).encode(), FORM_TYPE
        else:
            body, kind = query.encode(), QUERY_TYPE
        return self._message("POST", path, {"Content-Type": kind}, body, places)

    def _message(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        places: Mapping[str, str],
    ) -> bytes:
        length = {} if body is None else {"Content-Length": str(len(body))}
        given = {name: self._filled(value, places) for name, value in self.headers.items()}
        usual = {"Host": places["host"], "Accept": "application/json", "Connection": "close"}
        everything = {**usual, **headers, **length, **given}
        lines = [f"{name}: {value}" for name, value in everything.items()]
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
        return head.encode("latin-1") + (body or b"")

    def _filled(self, text: str, places: Mapping[str, str]) -> str:
        for name, value in places.items():
            text = text.replace(f"{{{name}}}", value)
        for name, (part, times) in self.repeat.items():
            text = text.replace(f"{{{name}}}", part * times)
        return text


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 is a connection that was closed, or left, without an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """Headers and body."""
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\n".join([*lines, "", self.body.decode("utf-8", "replace")])


def read_attacks(folder: Path = CASES) -> list[Attack]:
    """Return the attacks in a folder; raise TypeError for a key that no attack has."""
    known = {one.name for one in fields(Attack)}
    attacks = []
    for path in sorted(folder.glob("*.toml")):
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := table.keys() - known:
            raise TypeError(f"{path.name}: {sorted(unknown)}")
        attacks.append(Attack(name=path.stem, **table))
    return attacks


def send(server: str, data: bytes, drip: bytes = b"") -> Answer:
    """Send bytes, then ``drip`` again and again, until there is an answer or the end."""
    parts = urlsplit(server)
    start = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), SOCKET_TIMEOUT_S) as connection:
        # A server that has heard enough may answer and close while we still speak.
        with contextlib.suppress(OSError):
            connection.sendall(data)
        if drip:
            _drip(connection, drip)
        response = http.client.HTTPResponse(connection, method=data[:4].decode("latin-1").strip())
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, ConnectionError, TimeoutError):
            response.close()
            return Answer(0, {}, b"", time.monotonic() - start)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body, time.monotonic() - start)


def _drip(connection: socket.socket, drip: bytes) -> None:
    connection.settimeout(DRIP_S)
    for _ in range(int(SOCKET_TIMEOUT_S / DRIP_S)):
        with contextlib.suppress(TimeoutError):
            connection.recv(1, socket.MSG_PEEK)
            break
        try:
            connection.sendall(drip)
        except OSError:
            break
    connection.settimeout(SOCKET_TIMEOUT_S)


def get(server: str, path: str, accept: str = "*/*") -> Answer:
    """Return the answer to a harmless GET request."""
    host = urlsplit(server).netloc
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    return send(server, head.encode())


def ask(server: str, query: str, accept: str = "application/json") -> Answer:
    """Return the answer to a harmless query by GET."""
    return get(server, f"/sparql?query={quote(query, safe='')}", accept)
