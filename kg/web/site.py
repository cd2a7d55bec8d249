"""What a request needs to know: the open release, the engine and the settings."""

import threading
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import current_app

from kg.config import Config
from kg.errors import ReleaseError
from kg.query.describe import Description, describe
from kg.query.embedded import EmbeddedEngine
from kg.query.engine import Engine
from kg.release.folder import Release, open_release

POINTER_CHECK_S = 1.0
"""How long a switched pointer may go unnoticed, in seconds."""


@dataclass(frozen=True)
class Site:
    """One open release and what answers from it."""

    release: Release
    config: Config

    @cached_property
    def engine(self) -> Engine:
        """The engine over the release's store."""
        return EmbeddedEngine(self.release.store, self.release.base)

    @property
    def base(self) -> str:
        """The base of all IRIs."""
        return self.release.base

    def iri(self, path: str) -> str:
        """Return the IRI that a path of the server stands for."""
        return self.base + path.lstrip("/")

    def describe(self, iri: str) -> Description:
        """Return the description of a thing, with the configured limit."""
        return describe(self.engine, iri, self.config.limits.describe_incoming)


class SiteHolder:
    """Keeps the current release open, and follows the pointer when it is switched.

    ``folder`` is a release or the pointer to one. While the pointer leads nowhere, the
    release that was opened last stays in service.
    """

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder = folder
        self._config = config
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._site = Site(open_release(folder), config)

    def get(self) -> Site:
        """Return the site of the release that is current now."""
        now = time.monotonic()
        if now - self._checked >= POINTER_CHECK_S:
            with self._lock:
                self._checked = now
                if self._folder.resolve() != self._site.release.folder:
                    try:
                        self._site = Site(open_release(self._folder), self._config)
                    except ReleaseError as error:
                        current_app.logger.warning("keeping the open release: %s", error)
        return self._site


def current_site() -> Site:
    """Return the site that answers the current request."""
    holder: SiteHolder = current_app.extensions["kg"]
    return holder.get()
