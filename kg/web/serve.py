"""The production server: Granian, with the application made anew in each of its processes."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kg.config import Config
from kg.errors import KgError
from kg.web.app import create_app
from kg.web.front import Front

LEAST_BUFFER_BYTES = 8192
"""What hyper, inside Granian, asks for."""


def serve(
    folder: Path,
    config: Config,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[], None],
) -> None:
    """Serve the release in ``folder`` until the process is told to stop.

    ``announce`` is called once the address listens. Raises KgError for an address that
    cannot be listened on.
    """
    _try_address(host, port)
    server = Granian(
        "kg.web.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=config.limits.body_s * 1000,
            max_buffer_size=max(LEAST_BUFFER_BYTES, 2 * config.limits.header_bytes),
        ),
        websockets=False,
        log_level=LogLevels.warning,
    )
    server.on_startup(announce)
    server.serve(target_loader=partial(_load, folder.absolute(), config), wrap_loader=False)


def _try_address(host: str, port: int) -> None:
    # Granian reports a busy port from inside, as a panic: ask first.
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror as error:
        raise KgError(
            f"{host}: {error.strerror}; name an address of this machine with --host"
        ) from None
    except OSError as error:
        raise KgError(
            f"{host}:{port}: {error.strerror}; stop what listens there, or name another --port"
        ) from None


def _load(folder: Path, config: Config) -> Front:
    app = create_app(folder, config)
    app.extensions["kg"].warm_up()
    return Front(app, config)
