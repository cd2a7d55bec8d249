"""Answers that a client may keep, and fewer bytes for them.

A release never changes, so its answers do not either. What is not yet known when a view
makes its answer (conditions, ranges, codings) is settled once for all answers, in
``finish``.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
import zstandard
from flask import Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from kg.web.site import current_site

MAX_AGE_S = 60
"""How long a client may use an answer without asking: a new release shows within it."""
COMPRESS_FROM_BYTES = 1000
"""Below it compression gains less than its header costs."""
LARGE_BYTES = 1_000_000
"""From here on speed counts for more than the last percents."""
NOT_WORTH_IT = ("image/png", "image/jpeg", "application/gzip", "application/zip", "font/")
VERSIONED_MAX_AGE_S = 31_536_000
STATIC_KEPT = 64
"""Static files, times codings, that are kept compressed."""
COMPLETE = 200
NOT_MODIFIED = 304
IDENTITY = "identity"


def _brotli(data: bytes) -> bytes:
    compressed: bytes = brotli.compress(data, quality=3 if len(data) > LARGE_BYTES else 6)
    return compressed


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3 if len(data) > LARGE_BYTES else 9).compress(data)


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 3 if len(data) > LARGE_BYTES else 6, mtime=0)


CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "zstd": _zstd, "gzip": _gzip}
"""Content codings (RFC 9110, 8.4.1), the one that is sent among equals first."""


def cacheable(response: Response) -> Response:
    """Give the answer a validator: a digest of its body, the same in every process."""
    return keep(response, hashlib.sha256(response.get_data()).hexdigest()[:24])


def keep(response: Response, tag: str) -> Response:
    """Give an answer from the release its validators, and say how long it may be kept."""
    response.last_modified = current_site().modified
    return _tagged(response, tag)


def validated(response: Response) -> Response:
    """Give an answer that is not from the release alone a validator: no time is known."""
    return _tagged(response, hashlib.sha256(response.get_data()).hexdigest()[:24])


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    return response


def confirm(tag: str) -> Response | None:
    """Return 304 where the client has the answer with this tag, in whatever coding."""
    # "*" asks whether there is any answer at all, which only asking can tell.
    if request.method not in {"GET", "HEAD"} or request.if_none_match.star_tag:
        return None
    for known in (tag, *(f"{tag}-{coding}" for coding in CODINGS)):
        # Compared weakly (RFC 9110, 13.1.2): a proxy that recodes an answer weakens its tag.
        if request.if_none_match.contains_weak(known):
            response = keep(Response(status=304), known)
            response.vary.update(("Accept", "Accept-Encoding"))
            return response
    return None


def finish(response: Response) -> Response:
    """Compress the answer, or make it 304 or 206, as the request asks."""
    if request.endpoint == "static":
        return _static(response)
    # Other files see to it themselves while they are sent.
    if response.status_code != COMPLETE or response.direct_passthrough:
        return response
    if _may_shrink(response):
        response.vary.add("Accept-Encoding")
        coding = _coding()
        if coding != IDENTITY:
            _compress(response, coding)
    several = "," in request.headers.get("Range", "")
    if request.method in {"GET", "HEAD"} and "ETag" in response.headers and not several:
        length = len(response.get_data())
        try:
            response.make_conditional(_conditions(), accept_ranges=True, complete_length=length)
        except RequestedRangeNotSatisfiable as error:
            return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _conditions() -> dict[str, Any]:
    """Return the request, without If-Modified-Since where a time tells nothing.

    After going back to an earlier release, what a client has from the later one is newer
    than what it would get. So a time counts that is exactly ours, or from since the release
    is the current one (RFC 9110, 13.1.3).
    """
    stated = request.if_modified_since
    site = current_site()
    if stated is None or stated == site.modified or stated >= site.since:
        return request.environ
    return {k: v for k, v in request.environ.items() if k != "HTTP_IF_MODIFIED_SINCE"}


def version_of(path: Path) -> str:
    """Return what tells one content of a static file from another, for its address."""
    return _version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=STATIC_KEPT)
def _version(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def packed_length(filename: str) -> int:
    """Return how many bytes of a static file travel to a browser that takes gzip."""
    data = (Path(current_app.static_folder or "") / filename).read_bytes()
    return len(_packed_once(data, "gzip"))


def _static(response: Response) -> Response:
    """Compress a static file, once; let a client keep one whose address has its version."""
    if request.args.get("v") and response.status_code in {COMPLETE, NOT_MODIFIED}:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = VERSIONED_MAX_AGE_S
        response.cache_control.immutable = True
    if response.status_code != COMPLETE:
        return response
    response.vary.add("Accept-Encoding")
    coding = _coding()
    tag, _weak = response.get_etag()
    if coding == IDENTITY or tag is None or (response.mimetype or "").startswith(NOT_WORTH_IT):
        return response
    response.direct_passthrough = False
    path = response.headers.pop("X-Sendfile", None)
    file = response.response
    data = Path(path).read_bytes() if path else response.get_data()
    if hasattr(file, "close"):
        file.close()
    response.set_data(_packed_once(data, coding))
    response.headers["Content-Encoding"] = coding
    response.set_etag(f"{tag}-{coding}")
    response.make_conditional(request)
    return response


@lru_cache(maxsize=STATIC_KEPT)
def _packed_once(data: bytes, coding: str) -> bytes:
    if coding == "br":
        packed: bytes = brotli.compress(data, quality=9)
        return packed
    return gzip.compress(data, 9, mtime=0) if coding == "gzip" else _zstd(data)


def _may_shrink(response: Response) -> bool:
    return (
        "Content-Encoding" not in response.headers
        and not (response.mimetype or "").startswith(NOT_WORTH_IT)
        and len(response.get_data()) >= COMPRESS_FROM_BYTES
    )


def _coding() -> str:
    """Return the coding to send; a range is cut from the plain bytes.

    The wish for identity wins only where it is stated to be the stronger one (RFC 9110,
    12.5.3).
    """
    if "Range" in request.headers:
        return IDENTITY
    accepted = request.accept_encodings
    # max() keeps the first of equals.
    best = max(CODINGS, key=accepted.quality)
    stated = any(value == IDENTITY for value, _ in accepted)
    if accepted.quality(best) <= 0:
        return IDENTITY
    if stated and accepted.quality(IDENTITY) > accepted.quality(best):
        return IDENTITY
    return best


def _compress(response: Response, coding: str) -> None:
    """Put the coded form in place of the plain one: other bytes, so another strong ETag."""
    response.set_data(CODINGS[coding](response.get_data()))
    response.headers["Content-Encoding"] = coding
    tag, weak = response.get_etag()
    if tag is not None:
        response.set_etag(f"{tag}-{coding}", weak=bool(weak))
