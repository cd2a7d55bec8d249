"""Schemas of the Reconciliation Service API 0.2: our own, and the published ones where they are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from conftest import suite
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

OURS = Path(__file__).resolve().parent / "cases" / "reconcile" / "schemas.json"
PUBLISHED = ("w3c", "reconciliation-0.2")
TYPE = "type.json"


@cache
def _validators(name: str) -> tuple[Validator, ...]:
    ours = json.loads(OURS.read_text(encoding="utf-8"))
    assert name in ours["$defs"], f"no schema of that name: {name}"
    found: list[Validator] = [Draft202012Validator(ours | {"$ref": f"#/$defs/{name}"})]
    folder = suite(*PUBLISHED)
    if folder is not None:
        found.append(_published(folder, name))
    return tuple(found)


def _published(folder: Path, name: str) -> Validator:
    documents = {p.name: json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json")}
    found: Registry[Any] = Registry()
    for schema in documents.values():
        found = found.with_resource(schema["$id"].rstrip("#"), DRAFT7.create_resource(schema))
        # They name the schema of types relative to themselves, and do not lie in one folder.
        address = f"{schema['$id'].rpartition('/')[0]}/{TYPE}"
        found = found.with_resource(address, DRAFT7.create_resource(documents[TYPE]))
    return Draft7Validator(documents[f"{name}.json"], registry=found)


def conforms(name: str, value: Any) -> None:
    """Check that a value of JSON is valid by each schema of that name that is at hand."""
    errors = [
        f"{error.json_path}: {error.message}"
        for validator in _validators(name)
        for error in validator.iter_errors(value)
    ]
    assert errors == []
