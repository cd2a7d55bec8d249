"""What a user of OpenRefine does with a column of names: reconcile it, then extend it.

``python tests/openrefine_session.py releases/current`` writes the exchange with the service of a
release down again.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from openrefine import Exchanged, OpenRefine, Recorder, running_openrefine
from serving import running_server

CASES = Path(__file__).resolve().parent / "cases" / "reconcile"
NAMES = CASES / "names.csv"
RECORDING = CASES / "openrefine-3.6.jsonl"
BASE = "https://w3id.org/research-center-kg/"
EVERY_ROW = {"facets": [], "mode": "row-based"}
EXTENSION = (
    {"id": "ror", "name": "ROR"},
    {"id": "label", "name": "label", "settings": {"language": "zh"}},
    {"id": "schema:location", "name": "location"},
)
FOUND = "cell.recon.match.id"
BEST = "if(cell.recon.best == null, '', cell.recon.best.id)"


def session(refine: OpenRefine, service: str) -> list[dict[str, str]]:
    """Reconcile and extend the names in a new project; return its rows.

    The columns ``found`` and ``first`` hold the identifier that was matched, and the one of
    the best candidate.
    """
    project = refine.create_project("names", NAMES.read_bytes())
    asked = {"project": project, "columnName": "name", "service": service}
    refine.post("guess-types-of-column", {}, asked)
    spaces = {"identifierSpace": BASE, "schemaSpace": f"{BASE}ontology#"}
    config = {
        "mode": "standard-service",
        "service": service,
        **spaces,
        "type": {"id": "Institution", "name": "institution"},
        "autoMatch": True,
        "columnDetails": [
            {"column": "place", "propertyName": "location", "propertyID": "schema:location"}
        ],
        "limit": 0,
    }
    refine.apply(
        project,
        [{"op": "core/recon", "columnName": "name", "config": config, "engineConfig": EVERY_ROW}],
    )
    for name, expression in (("found", FOUND), ("first", BEST)):
        refine.apply(project, [_column(name, expression)])
    extend = {
        "op": "core/extend-reconciled-data",
        "engineConfig": EVERY_ROW,
        "baseColumnName": "name",
        "endpoint": service,
        **spaces,
        "extension": {"properties": EXTENSION},
        "columnInsertIndex": 1,
    }
    refine.apply(project, [extend])
    return refine.rows(project)


def _column(name: str, expression: str) -> Mapping[str, Any]:
    return {
        "op": "core/column-addition",
        "engineConfig": EVERY_ROW,
        "baseColumnName": "name",
        "expression": f"grel:{expression}",
        "onError": "set-to-blank",
        "newColumnName": name,
        "columnInsertIndex": 1,
    }


def question(exchanged: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Return what was asked, without what is the same in other words: method, path, fields."""
    fields = parse_qs(str(exchanged["body"]), strict_parsing=True)
    return (
        exchanged["method"],
        exchanged["path"],
        {name: json.loads(value) for name, (value,) in fields.items()},
    )


def record(release: Path, seen: Sequence[Exchanged]) -> None:
    """Write an exchange down; ``release`` is its folder, whose name stands in the file."""
    with RECORDING.open("w", encoding="utf-8") as file:
        for one in seen:
            row = asdict(one) | {"answer": json.loads(one.answer), "release": release.name}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main(release: Path) -> None:
    """Work through the session with a release and write down what went by."""
    with (
        tempfile.TemporaryDirectory() as data,
        running_server(release) as server,
        Recorder(server).running() as recorder,
        running_openrefine(Path(data)) as refine,
    ):
        session(refine, f"{recorder.address}/en/reconcile")
        record(release.resolve(), recorder.seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
