"""Answers that a client may keep, and fewer bytes for them.

A release never changes, so its answers do not either. What is not yet known when a view
makes its answer (conditions, ranges, codings) is settled once for all answers, in
``finish``.
"""

import gzip
import hashlib

from flask import Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

MAX_AGE_S = 60
"""How long a client may use an answer without asking: a new release shows within it."""
GZIP_LEVEL = 6
GZIP_FROM_BYTES = 1000
"""Below it gzip gains less than its header costs."""
NOT_WORTH_IT = ("image/png", "image/jpeg", "application/gzip", "application/zip", "font/")
COMPLETE = 200


def cacheable(response: Response) -> Response:
    """Give the answer a validator: a digest of its body, the same in every process."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    return response


def finish(response: Response) -> Response:
    """Compress the answer, or make it 304 or 206, as the request asks."""
    # Files see to it themselves while they are sent.
    if response.status_code != COMPLETE or response.direct_passthrough:
        return response
    if _may_shrink(response):
        response.vary.add("Accept-Encoding")
        if _takes_gzip():
            _compress(response)
    if request.method in {"GET", "HEAD"} and "ETag" in response.headers:
        length = len(response.get_data())
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=length)
        except RequestedRangeNotSatisfiable as error:
            return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _may_shrink(response: Response) -> bool:
    return (
        "Content-Encoding" not in response.headers
        and not (response.mimetype or "").startswith(NOT_WORTH_IT)
        and len(response.get_data()) >= GZIP_FROM_BYTES
    )


def _takes_gzip() -> bool:
    """Say whether to send gzip; a range is cut from the plain bytes.

    The wish for identity wins only where it is stated to be the stronger one (RFC 9110,
    12.5.3).
    """
    if "Range" in request.headers:
        return False
    accepted = request.accept_encodings
    gzip_quality = accepted.quality("gzip")
    stated = any(value == "identity" for value, _ in accepted)
    return gzip_quality > 0 and not (stated and accepted.quality("identity") > gzip_quality)


def _compress(response: Response) -> None:
    """Put the gzip form in place of the plain one: other bytes, so another strong ETag."""
    response.set_data(gzip.compress(response.get_data(), GZIP_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag is not None:
        response.set_etag(f"{tag}-gzip", weak=bool(weak))
