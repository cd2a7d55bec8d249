"""The JSON-LD context: the short names that our JSON-LD answers use."""

import json
from pathlib import Path
from typing import Any, NoReturn

from pyld import jsonld

from kg.errors import KgError, SourceError
from kg.sources.rdf import Reader, read_bytes, read_text


def load_nothing(url: str, options: object = None) -> NoReturn:  # noqa: ARG001 - PyLD's signature
    """Refuse to fetch a context, whatever ``url`` names; a document loader for PyLD."""
    raise KgError(f"the JSON-LD context {url} is not fetched; use the local one")


def read_context(path: Path, read: Reader = read_bytes) -> dict[str, Any]:
    """Return what stands under ``@context`` in the file ``path``.

    Raises SourceError for a file that is no JSON, has no context, or has one that is no
    JSON-LD 1.1 or leans on a context elsewhere.
    """
    try:
        table = json.loads(read_text(path, read))
    except json.JSONDecodeError as error:
        what = f"no valid JSON: {error.msg} (column {error.colno})"
        raise SourceError(path, error.lineno, what, "mend the syntax") from None
    context = table.get("@context") if isinstance(table, dict) else None
    if not isinstance(context, dict):
        fix = 'write {"@context": {...}}'
        raise SourceError(path, None, "no object stands under '@context'", fix)
    try:
        jsonld.compact([], context, {"documentLoader": load_nothing})
    except jsonld.JsonLdError as error:
        # PyLD says first where it was; why is in the last of the causes.
        reason: BaseException = error
        while reason.__cause__ is not None:
            reason = reason.__cause__
        what = f"no valid JSON-LD context: {str(reason.args[0]).strip('.')}"
        raise SourceError(path, None, what, "mend the term") from None
    return context
