"""Answers on their way to clients that may read slowly, or not at all.

No thread waits for a client: Flask hands over an answer whole, or the name of a file
(``X-Sendfile``), and the event loop sends it piece by piece. Each answer has a deadline that
grows with its length. All that is held in memory for clients that have not read it is
bounded: where it would be too much, the oldest of them loses its connection.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.config import Limits

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

PIECE_BYTES = 65_536
FILE_HEADER = b"x-sendfile"
RANGE = re.compile(rb"bytes (\d+)-(\d+)/\d+")
BODY_STATUSES = frozenset((200, 206))


class TooSlow(ConnectionError):
    """A client that does not read its answer in time, or holds up too much."""


@dataclass(eq=False)
class Outgoing:
    """An answer that is being sent: its bytes in memory, since when, and who sends it."""

    size: int
    since: float
    task: "asyncio.Task[Any]"


@dataclass
class Ledger:
    """All answers that are being sent; ``most_bytes`` of them may be held in memory."""

    most_bytes: int
    answers: list[Outgoing] = field(default_factory=list)

    def enter(self, answer: Outgoing) -> None:
        """Count an answer in; close the oldest connections where it gets too much."""
        self.answers.append(answer)
        held = sum(other.size for other in self.answers)
        for oldest in sorted(self.answers, key=lambda other: other.since):
            if held <= self.most_bytes or oldest is answer:
                return
            held -= oldest.size
            oldest.task.cancel()

    def leave(self, answer: Outgoing) -> None:
        """Count an answer out."""
        self.answers.remove(answer)


class Delivery:
    """Sends the answer to one request; ``send`` is the server's (ASGI 3.0)."""

    def __init__(self, send: Send, method: str, limits: Limits, ledger: Ledger) -> None:
        self._send = send
        self._method = method
        self._limits = limits
        self._ledger = ledger
        self._start: Message | None = None
        self._file: tuple[Path, int, int] | None = None

    async def __call__(self, message: Message) -> None:
        """Take a message of the application and send what it stands for."""
        if message["type"] == "http.response.start":
            self._file = self._file_of(message)
            kept = [(name, value) for name, value in message["headers"] if name != FILE_HEADER]
            self._start = {**message, "headers": kept}
            return
        if self._start is not None:
            start, self._start = self._start, None
            await self._send(start)
        body = message.get("body", b"")
        if body:
            await self._deliver(_pieces(body), len(body), len(body))
        if not message.get("more_body", False):
            if self._file is not None:
                path, first, length = self._file
                await self._deliver(_read(path, first, length), length, PIECE_BYTES)
            await self._send({"type": "http.response.body", "body": b""})

    def _file_of(self, start: Message) -> tuple[Path, int, int] | None:
        """Return the file that the answer names, and which part of it is to be sent."""
        headers = dict(start["headers"])
        if FILE_HEADER not in headers or self._method == "HEAD":
            return None
        if start["status"] not in BODY_STATUSES:
            return None
        path = Path(headers[FILE_HEADER].decode("latin-1"))
        part = RANGE.fullmatch(headers.get(b"content-range", b""))
        if part is None:
            return path, 0, path.stat().st_size
        first, last = int(part[1]), int(part[2])
        return path, first, last - first + 1

    async def _deliver(self, pieces: AsyncIterator[bytes], length: int, held: int) -> None:
        """Send pieces within the time that their length allows.

        ``held`` is what the answer takes in memory, in bytes.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an answer is sent from a task")
        answer = Outgoing(held, time.monotonic(), task)
        seconds = self._limits.send_s + length / self._limits.send_bytes_per_s
        self._ledger.enter(answer)
        try:
            async with asyncio.timeout(seconds):
                async for piece in pieces:
                    message = {"type": "http.response.body", "body": piece, "more_body": True}
                    await self._send(message)
        except TimeoutError:
            raise TooSlow("the client reads too slowly") from None
        finally:
            self._ledger.leave(answer)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(body), PIECE_BYTES):
        yield body[place : place + PIECE_BYTES]


async def _read(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while length > 0 and (piece := file.read(min(PIECE_BYTES, length))):
            length -= len(piece)
            yield piece
