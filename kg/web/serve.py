"""The production server: Granian, with the application made anew in each of its processes."""

from functools import partial
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from kg.config import Config
from kg.web.app import create_app

BLOCKING_THREADS = 8
"""Requests answered at once by one process."""


def serve(folder: Path, config: Config, *, host: str, port: int, workers: int) -> None:
    """Serve the release in ``folder`` until the process is told to stop."""
    server = Granian(
        "kg.web.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        log_access=False,
    )
    server.serve(target_loader=partial(_load, folder.absolute(), config), wrap_loader=False)


def _load(folder: Path, config: Config) -> Flask:
    return create_app(folder, config)
