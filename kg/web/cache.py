"""Answers that a client may keep: a release never changes, so its answers do not either."""

import hashlib
from datetime import datetime

from flask import Response, request

from kg.release.folder import Release

MAX_AGE_S = 60
"""How long a client may use an answer without asking: a new release shows within it."""


def conditional(response: Response, release: Release) -> Response:
    """Give the answer its validators, and make it 304 or 206 where the request asks so.

    The ETag is a digest of the body (RFC 9110, 8.8.3): the same in every process.
    """
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.last_modified = datetime.fromisoformat(release.manifest.built_at)
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    length = len(response.get_data())
    response.make_conditional(request, accept_ranges=True, complete_length=length)
    return response
