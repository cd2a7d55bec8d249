"""A release is an RO-Crate: whatever it lists is there, and an independent validator agrees.

The validator is run by ``make crate``; without a network, so that it gets the JSON-LD context
from a package and nothing else.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TINY, BuiltRelease
from small_program import program_in

from kg.config import Config, read_config
from kg.release.build import build
from kg.release.crate import CRATE_FILE
from kg.release.manifest import MANIFEST_FILE

TOOLS = Path(os.environ.get("CRATE_TOOLS", ROOT / ".venv" / "crate"))
# What the specification recommends and the sources do not say.
NOT_FOR_US = {"ro-crate-1.2_89.0": "the publisher has no ROR identifier"}
NOT_SERVED = {"ro-crate-1.2_51.1": "the identifier leads nowhere while nothing serves the release"}
NO_CONTACT = {
    "ro-crate-1.2_90.1": "no contact page is stated",
    "ro-crate-1.2_93.0": "no contact page is stated",
}


def entities(folder: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((folder / CRATE_FILE).read_bytes())
    assert set(document) == {"@context", "@graph"}
    assert document["@context"] == "https://w3id.org/ro/crate/1.2/context"
    found = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(found) == len(document["@graph"])
    return found


def references(value: Any) -> set[str]:
    """Return the ids that a value refers to."""
    if isinstance(value, dict):
        return {value["@id"]}
    if isinstance(value, list):
        return {iri for item in value for iri in references(item)}
    return set()


def test_the_crate_lists_every_file_with_its_size_and_digest(release: BuiltRelease) -> None:
    files = {
        iri: entity for iri, entity in entities(release.folder).items() if entity["@type"] == "File"
    }
    there = {
        path.relative_to(release.folder).as_posix()
        for path in release.folder.rglob("*")
        if path.is_file()
    }
    assert set(files) == there - {CRATE_FILE, MANIFEST_FILE}
    for path, entity in files.items():
        data = (release.folder / path).read_bytes()
        assert entity["contentSize"] == str(len(data))
        assert entity["sha256"] == hashlib.sha256(data).hexdigest()
    assert files["dumps/kind/ward.ttl"]["encodingFormat"] == "text/turtle"


def test_every_reference_leads_to_an_entity_and_every_entity_is_referred_to(
    release: BuiltRelease,
) -> None:
    found = entities(release.folder)
    referred = {
        iri
        for entity in found.values()
        for name, value in entity.items()
        if name != "conformsTo"
        for iri in references(value)
    }
    assert referred | {CRATE_FILE} == set(found)


def test_the_root_says_what_the_manifest_and_the_configuration_say(
    release: BuiltRelease, config: Config
) -> None:
    found = entities(release.folder)
    root, manifest = found["./"], release.release.manifest
    assert (root["name"], root["alternateName"]) == (config.title.en, config.title.zh)
    assert (root["version"], root["datePublished"]) == (manifest.id, manifest.built_at)
    assert found[root["license"]["@id"]]["name"] == "CC BY 4.0"
    assert found[root["identifier"]["@id"]]["value"] == f"{config.base}dataset"
    made_by = found["#build"]["description"].removeprefix("Made by ").split(", ")
    assert dict(row.split() for row in made_by) == manifest.software
    assert CRATE_FILE in manifest.files


def test_the_sources_of_the_build_are_all_sources(release: BuiltRelease) -> None:
    used = references(entities(release.folder)["#build"]["object"])
    assert used == {f"sources/{path}" for path in release.release.manifest.sources}


# --- the validator -------------------------------------------------------------------------


def failures(folder: Path, report: Path, base: str = "", server: str = "") -> dict[str, str]:
    """Return the checks that fail, required and recommended ones, with a message of each.

    ``server`` answers for what lies below ``base``; without one nothing does.
    """
    if not (TOOLS / "context.json").exists():
        pytest.skip(reason="rocrate-validator is missing: make crate installs it")
    settings = "-y validate -p ro-crate-1.2 -l recommended --no-paging --no-cache -f json -o"
    script = Path(__file__).parents[1] / "crate_validator.py"
    done = subprocess.run(
        [
            *map(str, (TOOLS / "bin" / "python", script, TOOLS / "context.json")),
            *(base, server),
            *settings.split(),
            *map(str, (report, f"{folder}/")),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert report.exists(), done.stdout + done.stderr
    table = json.loads(report.read_bytes())
    assert table["statistics"]["total_passed_checks"] > 100
    return {issue["check"]["identifier"]: issue["message"] for issue in table["issues"]}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small release whose publisher has a contact page."""
    config = replace(read_config(TINY / "kg.toml"), contact_page="https://example.org/contact")
    return build(TINY, config, tmp_path_factory.mktemp("crate"), program=program_in()).folder


@pytest.mark.crate
def test_the_real_release_passes_all_that_is_required_and_recommended(
    release: BuiltRelease, server: str, tmp_path: Path
) -> None:
    found = failures(release.folder, tmp_path / "report.json", release.release.base, server)
    assert set(found) == set(NOT_FOR_US | NO_CONTACT), found


@pytest.mark.crate
def test_with_a_contact_page_less_is_left_to_wish_for(small: Path, tmp_path: Path) -> None:
    found = failures(small, tmp_path / "report.json")
    assert set(found) == set(NOT_FOR_US | NOT_SERVED), found


BROKEN = {
    "ro-crate-1.2_4.2": lambda graph: graph[1].__setitem__("undefined", "x"),
    "license": lambda graph: graph[1].pop("license"),
    "datePublished": lambda graph: graph[1].pop("datePublished"),
    "missing-file": lambda graph: (
        graph.append({"@id": "missing.txt", "@type": "File", "name": "missing"})
        or graph[1]["hasPart"].append({"@id": "missing.txt"})
    ),
}


@pytest.mark.crate
@pytest.mark.parametrize("name", BROKEN)
def test_the_validator_does_look(name: str, small: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "crate"))
    document = json.loads((folder / CRATE_FILE).read_bytes())
    assert document["@graph"][1]["@id"] == "./"
    BROKEN[name](document["@graph"])
    (folder / CRATE_FILE).write_text(json.dumps(document), encoding="utf-8")
    assert set(failures(folder, tmp_path / "report.json")) - set(NOT_FOR_US | NOT_SERVED)
