"""The schemas of the Reconciliation Service API 0.2, as the community group publishes them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

SCHEMAS = Path(__file__).resolve().parents[2] / "shared" / "w3c" / "reconciliation-0.2"
TYPE = "type.json"


@cache
def _validator(name: str) -> Draft7Validator:
    documents = {p.name: json.loads(p.read_text(encoding="utf-8")) for p in SCHEMAS.glob("*.json")}
    found: Registry[Any] = Registry()
    for schema in documents.values():
        found = found.with_resource(schema["$id"].rstrip("#"), DRAFT7.create_resource(schema))
        # They name the schema of types relative to themselves, and do not lie in one folder.
        address = f"{schema['$id'].rpartition('/')[0]}/{TYPE}"
        found = found.with_resource(address, DRAFT7.create_resource(documents[TYPE]))
    return Draft7Validator(documents[f"{name}.json"], registry=found)


def conforms(name: str, value: object) -> None:
    """Check that a value of JSON is valid by a schema; skip where the schemas are not."""
    if not SCHEMAS.is_dir():
        pytest.skip(reason="the schemas of the API lie beside the checkout")
    errors = [
        f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(value)
    ]
    assert errors == []
