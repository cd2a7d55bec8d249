"""Runs rocrate-validator without a network: ``crate_validator.py CONTEXT ARGUMENT...``.

CONTEXT is a file with the JSON-LD context of RO-Crate 1.2, given out for its address; every
other address is refused. The arguments are those of the command. Needs ``roc-validator``,
which is in no environment of the project: ``make crate`` makes one.
"""

import sys
from pathlib import Path
from typing import Any

import requests
import requests.adapters

ADDRESS = "https://w3id.org/ro/crate/1.2/context"


def answer_from(context: bytes) -> Any:
    """Return a function that sends no request and answers with ``context`` for its address."""

    def send(_adapter: object, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        if request.url != ADDRESS:
            raise requests.exceptions.ConnectionError(f"refused: {request.url}")
        response = requests.Response()
        response.status_code = 200
        response.url = ADDRESS
        response.request = request
        response.headers["Content-Type"] = "application/ld+json"
        response._content = context
        return response

    return send


if __name__ == "__main__":
    requests.adapters.HTTPAdapter.send = answer_from(Path(sys.argv[1]).read_bytes())  # type: ignore[method-assign]  # nothing is sent
    from rocrate_validator.cli import cli  # type: ignore[import-not-found]  # in its own environment

    cli(sys.argv[2:])
