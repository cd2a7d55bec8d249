"""What stands between the socket and Flask.

Flask reads a request while a thread waits, and cannot tell that a client has gone. So here,
in front of it, without a thread for each client: request line, headers and body are bounded
in size, the body also in time, and a query learns that nobody waits for its answer. What is
refused here is answered by Flask in the form that was asked for.
"""

import asyncio
import re
import string
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from flask import Flask, Request, request
from werkzeug.middleware.proxy_fix import ProxyFix

from kg.config import Config
from kg.web.delivery import Delivery, Ledger, Message, Send, TooSlow
from kg.web.hosts import NO_HOST
from kg.web.language import translate as _
from kg.web.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

PREFIX_NAME = b"x-forwarded-prefix"
PREFIX = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9_.~-]+)+/?")
"""A path that a site may be served below: of plain segments, so that no link leaves the host."""
SCOPE = "asgi.scope"
GONE = "kg.gone"
REFUSED = "kg.refused"
FRAMING = frozenset((b"content-length", b"transfer-encoding"))
"""Headers that say how the body came; it comes in one piece from here on."""
PAGE_THREADS = 8
"""Threads for everything that is no query."""
LOOK_S = 0.02
"""How often a server that is to stop looks whether all answers are given, in seconds."""
LAST_S = 2
"""How long it looks at most, once no connection is open any more, in seconds."""


class Front:
    """The ASGI application around the Flask one."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._limits = config.limits
        wsgi = app.wsgi_app
        if config.proxies:
            # A proxy passes Host on; X-Forwarded-Host would often be the client's own word.
            count = config.proxies
            wsgi = ProxyFix(wsgi, x_for=count, x_proto=count, x_prefix=count)
        threads = PAGE_THREADS + self._limits.queries_at_once + self._limits.queries_waiting
        self._ledger = Ledger(self._limits.unread_bytes)
        self._at_work = 0
        self._close = app.extensions["kg"].close
        # Files are sent from here, by their names.
        app.config["USE_X_SENDFILE"] = True
        self._app = WSGIMiddleware(wsgi, workers=threads)  # type: ignore[arg-type]  # Flask's type of a WSGI application is its own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self._at_work += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._at_work -= 1

    async def _live(self, receive: Receive, send: Send) -> None:
        """Take part in the start and the end of the process (ASGI, lifespan 2.0).

        The server comes to its end with the last byte of the last answer. What made the answer
        must come to its own, or its thread waits for a loop that does not run any more. What
        was dropped with its connection never does.
        """
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        until = time.monotonic() + LAST_S
        while self._at_work and time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
        self._close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = threading.Event()
        refused = self._oversized(scope)
        body = b""
        if refused is None:
            try:
                body, refused = await self._body(receive)
            except ConnectionError:
                # Half a query is another query.
                refused = 400
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name not in FRAMING and (name != PREFIX_NAME or _are_prefixes(value))
        ]
        if body:
            # One that came in chunks has a length now.
            headers.append((b"content-length", str(len(body)).encode()))
        # Bytes that a client should have encoded: whether they are UTF-8 is said later.
        query = quote(scope["query_string"], safe=string.printable) if not refused else ""
        inner = {
            **scope,
            "headers": headers,
            "query_string": query.encode(),
            GONE: gone,
            REFUSED: refused,
        }
        given = False

        async def replay() -> Message:
            nonlocal given
            message = {"type": "http.request", "body": b"" if given else body, "more_body": False}
            given = True
            return message

        deliver = Delivery(send, scope["method"], self._limits, self._ledger)
        watch = asyncio.create_task(_watch(receive, gone))
        try:
            await self._app(inner, replay, deliver)  # type: ignore[arg-type]  # as above
        except TooSlow:
            # The server closes the connection of an answer that is not whole.
            return
        finally:
            watch.cancel()

    def _oversized(self, scope: Scope) -> int | None:
        path = scope.get("raw_path") or scope["path"].encode()
        if len(path) + len(scope["query_string"]) > self._limits.url_bytes:
            return 414
        if (
            sum(len(name) + len(value) for name, value in scope["headers"])
            > self._limits.header_bytes
        ):
            return 431
        return None

    async def _body(self, receive: Receive) -> tuple[bytes, int | None]:
        """Return the request's body, or the status for one that is too large or too slow.

        Raises ConnectionError where the client goes before the end of it.
        """
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ConnectionError("the client has gone")
                    body += message.get("body", b"")
                    if len(body) > self._limits.query_bytes:
                        return b"", 413
                    if not message.get("more_body", False):
                        return bytes(body), None
        except TimeoutError:
            return b"", 408


def _are_prefixes(value: bytes) -> bool:
    """Say whether a header names paths, one for each proxy; what is none is left out of account."""
    paths = value.decode("latin-1").split(",")
    return all(PREFIX.fullmatch(path.strip()) for path in paths)


async def _watch(receive: Receive, gone: threading.Event) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            gone.set()
            return


def client_gone(asked: Request) -> Callable[[], bool]:
    """Return what tells whether the client of a request has gone."""
    gone = asked.environ.get(SCOPE, {}).get(GONE)
    return gone.is_set if isinstance(gone, threading.Event) else lambda: False


def answer_refused() -> None:
    """Raise the Problem of a request that was refused in front of Flask, or is to be refused."""
    refused = request.environ.get(SCOPE, {}).get(REFUSED)
    sentences = {
        400: _("The body of the request ended before its end."),
        408: _("The request took too long to arrive."),
        413: _("The body of the request is too long."),
        414: _("The address is too long; send a long query by POST."),
        431: _("The headers of the request are too long."),
    }
    if refused is not None:
        raise Problem(refused, sentences[refused])
    if NO_HOST in request.environ:
        raise Problem(400, _("The header Host is no host."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, _("Send the body without a content coding."))
