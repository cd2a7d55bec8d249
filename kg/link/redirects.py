"""Where a service may send its clients: to another address of the same host, nowhere else."""

import urllib.request
from typing import Any
from urllib.parse import urlsplit

from kg.plain import brief

USUAL = {"http": 80, "https": 443}


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a service within its host, and raises Elsewhere for any other address."""

    def http_error_302(self, *arguments: Any) -> Any:  # noqa: ANN401 - as in the base class
        """Close the answer where its Location is no address."""
        try:
            return super().http_error_302(*arguments)
        except ValueError:
            arguments[1].close()
            raise

    http_error_301 = http_error_303 = http_error_302  # type: ignore[assignment]  # it passes on what it gets
    http_error_307 = http_error_308 = http_error_302  # type: ignore[assignment]  # as above

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:  # noqa: ANN401 - as in the base class
        """Follow within the host, and never with another method than was meant."""
        request, response, address = arguments[0], arguments[1], arguments[-1]
        if request.data is not None or not is_same_host(request.full_url, address):
            response.close()
            raise Elsewhere(f"redirects to {brief(address)}; name that one if it is meant")
        return super().redirect_request(*arguments)


class Elsewhere(Exception):
    """A service sends its clients to somebody else."""


def is_same_host(asked: str, address: str) -> bool:
    """Say whether an address is of the host and port that was asked.

    From the usual port of http to that of https is no other.

    >>> is_same_host("http://a.example.org/x", "https://a.example.org/y")
    True
    >>> is_same_host("http://a.example.org/x", "http://a.example.org:8001/x")
    False
    """
    before, after = urlsplit(asked), urlsplit(address)
    try:
        ports = before.port or USUAL[before.scheme], after.port or USUAL[after.scheme]
    except (KeyError, ValueError):
        return False
    if before.hostname != after.hostname or after.username is not None:
        return False
    return (ports[0] == ports[1] and before.scheme == after.scheme) or ports == (80, 443)
