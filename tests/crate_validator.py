"""Runs rocrate-validator without a network: ``crate_validator.py CONTEXT BASE SERVER ARGUMENT...``.

CONTEXT is a file with the JSON-LD context of RO-Crate 1.2, given out for its address. What lies
below BASE is asked of SERVER, an address of loopback, as it will be where the base leads there;
with an empty SERVER it is refused, as every other address is. The arguments are those of the
command. Needs ``roc-validator``, which is in no environment of the project: ``make crate`` makes
one.
"""

import sys
from pathlib import Path
from typing import Any

import requests
import requests.adapters

ADDRESS = "https://w3id.org/ro/crate/1.2/context"


def answer_from(context: bytes, base: str, server: str) -> Any:
    """Return a function that answers with ``context``, asks ``server``, or refuses."""
    send_on = requests.adapters.HTTPAdapter.send

    def send(
        adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **how: Any
    ) -> requests.Response:
        address = request.url or ""
        if server and address.startswith(base):
            request.url = f"{server}/{address.removeprefix(base)}"
            return send_on(adapter, request, **how)
        if server and address.startswith(f"{server}/"):
            return send_on(adapter, request, **how)
        if address != ADDRESS:
            raise requests.exceptions.ConnectionError(f"refused: {address}")
        response = requests.Response()
        response.status_code = 200
        response.url = ADDRESS
        response.request = request
        response.headers["Content-Type"] = "application/ld+json"
        response._content = context
        return response

    return send


if __name__ == "__main__":
    file, base, server, *arguments = sys.argv[1:]
    requests.adapters.HTTPAdapter.send = answer_from(Path(file).read_bytes(), base, server)  # type: ignore[method-assign]  # little is sent
    from rocrate_validator.cli import cli  # type: ignore[import-not-found]  # in its own environment

    cli(arguments)
