"""Which names of hosts are names, before Flask has to make anything of them.

Werkzeug encodes the header Host by IDNA and splits addresses made of it, and raises errors of
its own for what is neither. So a request whose Host is none gets on as one for ``localhost``,
with a mark; it is refused in the form that was asked for, like other requests.
"""

import ipaddress
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from kg.web.numbers import whole_number

NO_HOST = "kg.no_host"
"""Where a request says that its header Host was none."""
ADDRESS = re.compile(r"(?P<name>[A-Za-z0-9_.-]+|\[(?P<v6>[0-9A-Fa-f:.]+)\])(?::(?P<port>\d*))?")
"""Host and port (RFC 9110, 7.2; RFC 3986, 3.2.2), in the letters that host names have."""
LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
MOST_LETTERS = 253
"""Letters of a name, without the dot at its end (RFC 1123, 2.1)."""
LAST_PORT = 65_535


def is_host(text: str) -> bool:
    """Say whether a text is a host, perhaps with a port, as the header Host has it.

    >>> [is_host(text) for text in ("localhost:8000", "a.example.", "[::1]:80", "127.0.0.1")]
    [True, True, True, True]
    >>> [is_host(text) for text in ("", ".", "a..b", "x" * 64, "[::::::::]:1", "a:99999", "a@b")]
    [False, False, False, False, False, False, False]
    """
    found = ADDRESS.fullmatch(text)
    if found is None:
        return False
    # An empty port is that of the scheme (RFC 3986, 3.2.3).
    if found["port"] and whole_number(found["port"], 0, LAST_PORT) is None:
        return False
    if found["v6"] is not None:
        try:
            ipaddress.IPv6Address(found["v6"])
        except ValueError:
            return False
        return True
    name = found["name"].removesuffix(".")
    return len(name) <= MOST_LETTERS and all(LABEL.fullmatch(label) for label in name.split("."))


class GuardedFlask(Flask):
    """A Flask application that marks requests whose header Host is none."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        if not is_host(environ.get("HTTP_HOST", "localhost")):
            environ[NO_HOST] = True
            environ["HTTP_HOST"] = "localhost"
        return super().wsgi_app(environ, start_response)
