"""A release whose files are damaged: no mistake of whoever asks, and nothing to serve on."""

import logging

from flask import Flask, Response

from kg.errors import StoreDamaged
from kg.query.embedded import is_damage
from kg.web.language import translate as _
from kg.web.site import current_site

LOG = logging.getLogger(__name__)
RETRY_S = 60
PLAIN = "text/plain; charset=utf-8"


def note(error: BaseException) -> None:
    """Write into the log what is damaged; from now on the server is not ready."""
    site = current_site()
    LOG.error(
        "the release %s is damaged: %s; kg verify tells which files are, kg build makes it again",
        site.release.id,
        error,
    )
    site.damage.found = True


def sentence() -> str:
    """Return what is told to whoever asks."""
    return _(
        "The data of this server are damaged. Its operator can see it in the log; try again later."
    )


def register(app: Flask) -> None:
    """Answer with 503 wherever the engine meets damage."""
    app.register_error_handler(StoreDamaged, _answer)
    app.register_error_handler(RuntimeError, _answer_damage)
    app.register_error_handler(OSError, _answer_damage)


def _answer(error: BaseException) -> Response:
    note(error)
    # No page: it may need the very data that cannot be read.
    response = Response(f"503 {sentence()}\n", 503, content_type=PLAIN)
    response.headers["Retry-After"] = str(RETRY_S)
    response.cache_control.no_store = True
    return response


def _answer_damage(error: BaseException) -> Response:
    if not is_damage(error):
        raise error
    return _answer(error)
