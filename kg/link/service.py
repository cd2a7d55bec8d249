"""A client of reconciliation services: Reconciliation Service API 0.1 and 0.2.

The answers of others are bounded in time and size, and read with care: what does not fit the
API stops the run with a sentence that says which service and what. A service that is busy or
fails for a moment is asked again, after a wait that doubles. Nobody else is asked: not where a
service redirects to, unless it is the same host. Control characters in answers are written out.
"""

import http.client
import json
import math
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from kg.errors import LinkError
from kg.link.redirects import Elsewhere, Redirects
from kg.plain import brief, plain

USER_AGENT = "research-center-kg"
ANSWER_S = 30.0
"""How long an answer may take, in seconds."""
ANSWER_BYTES = 10_000_000
TRIES = 4
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
BATCH = 10
"""Queries at once where a service does not say how many it takes; OpenRefine sends as many."""
MOST_IN_BATCH = 50
CANDIDATES = 5
BUSY = frozenset((429, 500, 502, 503, 504))
CHUNK_BYTES = 65_536
SHOWN = 80

Wait = Callable[[float], None]


@dataclass(frozen=True)
class Patience:
    """How long a client waits: for an answer, and before it asks again, in seconds."""

    answer_s: float = ANSWER_S
    first_wait_s: float = FIRST_WAIT_S
    tries: int = TRIES
    most_bytes: int = ANSWER_BYTES


@dataclass(frozen=True)
class Answer:
    """A candidate as a service gives it; ``score`` is on the service's own scale."""

    id: str
    name: str
    score: float
    match: bool
    description: str = ""
    features: Mapping[str, float | bool] | None = None


class _Again(Exception):
    """The service may answer later; ``wait_s`` is when, where it says so."""

    def __init__(self, sentence: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(sentence)


class Service:
    """A reconciliation service at an address, which it is asked for its manifest first.

    Raises LinkError where there is none, or where it does not answer.
    """

    def __init__(
        self, address: str, patience: Patience = Patience(), wait: Wait = time.sleep
    ) -> None:
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise LinkError(f"{address}: no http(s) address; name the one of a service")
        self.address = address
        self._patience = patience
        self._wait = wait
        manifest = self._ask(None)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("identifierSpace"), str):
            raise self._mistake("has no manifest; is it a reconciliation service?")
        versions = manifest.get("versions", ["0.1"])
        if not isinstance(versions, list) or not {"0.1", "0.2"} & {str(v) for v in versions}:
            shown = _shown(versions)
            raise self._mistake(f"speaks the versions {shown}, and this client 0.1 and 0.2")
        self.name = _line(str(manifest.get("name") or parts.hostname))
        self.space = plain(manifest["identifierSpace"])
        view = manifest.get("view")
        self.view = plain(str(view.get("url", ""))) if isinstance(view, dict) else ""
        size = manifest.get("batchSize")
        stated = (
            size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else BATCH
        )
        self.batch_size = min(stated, MOST_IN_BATCH)

    def reconcile(
        self, texts: Sequence[str], types: Sequence[str] = (), limit: int = CANDIDATES
    ) -> list[tuple[Answer, ...]]:
        """Return the candidates of each text, the best first; at most a batch of texts.

        Raises LinkError where the service refuses, fails for long, or answers something else.
        """
        wanted: dict[str, Any] = {"limit": limit}
        if types:
            wanted |= {"type": list(types) if len(types) > 1 else types[0], "type_strict": "any"}
        batch = {f"q{n}": {"query": text, **wanted} for n, text in enumerate(texts)}
        answer = self._ask(urlencode({"queries": json.dumps(batch)}).encode())
        if not isinstance(answer, dict):
            raise self._mistake(f"answered {_shown(answer)} in place of an object")
        return [self._result(answer, name, text) for name, text in zip(batch, texts, strict=True)]

    def _result(self, answer: Mapping[str, Any], name: str, text: str) -> tuple[Answer, ...]:
        one = answer.get(name)
        if isinstance(one, dict) and one.get("error"):
            raise self._mistake(f"refused {text!r}: {_shown(one['error'])}")
        found = one.get("result") if isinstance(one, dict) else None
        if not isinstance(found, list):
            raise self._mistake(f"gave no result for {text!r}")
        answers = [self._candidate(raw, text) for raw in found]
        return tuple(sorted(answers, key=lambda candidate: -candidate.score))

    def _candidate(self, raw: object, text: str) -> Answer:
        if not isinstance(raw, dict):
            raise self._mistake(f"gave {_shown(raw)} as a candidate for {text!r}")
        identifier, name, score = raw.get("id"), raw.get("name"), raw.get("score")
        good = isinstance(identifier, str) and isinstance(name, str)
        if not good or isinstance(score, bool) or not isinstance(score, int | float):
            raise self._mistake(f"gave a candidate for {text!r} without id, name or score")
        if plain(str(identifier)) != identifier or not identifier.isprintable():
            raise self._mistake(f"gave {_shown(identifier)} as an id for {text!r}")
        if not math.isfinite(score):
            raise self._mistake(f"gave a candidate for {text!r} with the score {score}")
        listed = raw.get("features")
        features = {
            _line(str(one["id"])): one["value"]
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict) and "id" in one and isinstance(one.get("value"), int | float)
        }
        about = raw.get("description")
        return Answer(
            str(identifier),
            _line(str(name)),
            float(score),
            raw.get("match") is True,
            _line(about) if isinstance(about, str) else "",
            features,
        )

    # --- over the wire ---

    def _ask(self, form: bytes | None) -> Any:  # noqa: ANN401 - a value of JSON
        """Return what the service answers."""
        data = self._patiently(form)
        try:
            return json.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            begins = data[:SHOWN].decode("utf-8", "replace")
            raise self._mistake(f"answered no JSON, but {begins!r}") from None

    def _patiently(self, form: bytes | None) -> bytes:
        """Return the bytes of an answer; ask again where the service may answer later."""
        wait_s = self._patience.first_wait_s
        attempt = 1
        while True:
            try:
                return self._in_time(form)
            except _Again as error:
                if attempt >= self._patience.tries:
                    raise self._mistake(f"{error}, {attempt} times; try again later") from None
                self._wait(min(max(error.wait_s or 0.0, wait_s), LONGEST_WAIT_S))
            wait_s *= 2
            attempt += 1

    def _in_time(self, form: bytes | None) -> bytes:
        """Return the answer of one request.

        A socket's timeout begins anew with every byte, so the wait is bounded from outside; a
        service that is still talking then is left to its thread, which ends with the process.
        """
        found: list[bytes | Exception] = []

        def ask() -> None:
            try:
                found.append(self._once(form))
            except Exception as error:  # noqa: BLE001 - raised again below, in the thread that asked
                found.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._patience.answer_s)
        if not found:
            raise _Again(f"does not answer within {self._patience.answer_s:g} s")
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    def _once(self, form: bytes | None) -> bytes:
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8"
        request = urllib.request.Request(self.address, form, headers)  # noqa: S310 - http(s): looked at above
        try:
            with urllib.request.build_opener(Redirects).open(
                request, timeout=self._patience.answer_s
            ) as response:
                if form is None:
                    # Forms are not sent on by redirects: they go where the manifest was.
                    self.address = response.geturl()
                return self._read(response)
        except urllib.error.HTTPError as error:
            said = f"answers {error.code} {brief(str(error.reason), SHOWN)}"
            error.close()
            if error.code in BUSY:
                raise _Again(said, _seconds(error.headers.get("Retry-After", ""))) from None
            raise self._mistake(said) from None
        except Elsewhere as error:
            raise self._mistake(str(error)) from None
        except ValueError as error:
            raise self._mistake(f"answers with no address to go to ({_reason(error)})") from None
        except (OSError, http.client.HTTPException) as error:
            raise _Again(f"cannot be reached ({_reason(error)})") from None

    def _read(self, response: Any) -> bytes:  # noqa: ANN401 - urllib's type has no name
        data = bytearray()
        while chunk := response.read1(CHUNK_BYTES):
            data += chunk
            if len(data) > self._patience.most_bytes:
                raise self._mistake(f"answers more than {self._patience.most_bytes:,} bytes")
        return bytes(data)

    def _mistake(self, what: str) -> LinkError:
        return LinkError(f"the service {plain(self.address)} {what}")


def _reason(error: Exception) -> str:
    return brief(str(getattr(error, "reason", error)))


def _line(text: str) -> str:
    """Return a text of a service on one line, its control characters written out."""
    return plain(" ".join(text.split()))


def _seconds(text: str) -> float | None:
    """Return the seconds of a Retry-After; None for a date, which clocks may disagree on."""
    return float(text[:9]) if text.isascii() and text.isdigit() else None


def _shown(raw: object) -> str:
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    return brief(text, SHOWN)
