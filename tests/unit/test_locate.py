"""A finding about a mapping names the row of the mapping file, not another file about the set."""

from collections import Counter
from pathlib import Path

import pytest
from conftest import copy_project
from pyoxigraph import NamedNode

from kg.check.locate import Locator
from kg.config import Config
from kg.sources.dataset import Sources, find_sources, read_dataset
from kg.vocab import Iris

WUHAN = "geonames:1791247"
WRONG = "geonames:17912470"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sources in which two rows are wrong: the subject of one, the object of one."""
    root = copy_project(tmp_path / "project")
    path = root / "data" / "mappings" / "places.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("kgid:region/beijing", "kgid:region/beijng").replace(WUHAN, WRONG)
    assert changed.count("beijng") == text.count("kgid:region/beijing") > 0
    path.write_text(changed, encoding="utf-8")
    return root


def test_what_is_wrong_with_a_row_is_found_in_its_file(project: Path, config: Config) -> None:
    path = project / "data" / "mappings" / "places.sssom.tsv"
    rows = path.read_text(encoding="utf-8").splitlines()
    locator = Locator(read_dataset(find_sources(project, config.base)), Iris(config.base))
    mapping_set = f"{config.base}graph/mapping/places"
    value = "https://sws.geonames.org/17912470/"

    def line_of(text: str) -> int:
        return next(number for number, row in enumerate(rows, 1) if text in row)

    # The set has a translated title in a file of its own: the row is not there.
    place = locator.find(mapping_set, None, value)
    assert place == (path, line_of(f"{WRONG}\t"))
    # A thing that only the row names.
    subject = f"{config.base}id/region/beijng"
    assert locator.find(subject, None, None) == (path, line_of("kgid:region/beijng"))
    # What neither a file nor a row names is computed.
    assert locator.find(f"{config.base}id/region/atlantis", None, None) == (None, None)


def test_what_a_file_says_of_a_set_is_found_there(project: Path, config: Config) -> None:
    locator = Locator(read_dataset(find_sources(project, config.base)), Iris(config.base))
    label = "http://www.w3.org/2004/02/skos/core#prefLabel"
    found, line = locator.find(f"{config.base}graph/mapping/places", label, None)
    assert found == project / "data" / "translations.ttl"
    assert line is not None


def test_a_file_is_read_once_however_much_is_asked_about_it(
    project: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = read_dataset(find_sources(project, config.base))
    read: Counter[Path] = Counter()
    reader = type(dataset.sources).read

    def counted(sources: Sources, path: Path) -> bytes:
        read[path] += 1
        return reader(sources, path)

    monkeypatch.setattr(type(dataset.sources), "read", counted)
    locator = Locator(dataset, Iris(config.base))
    path, quads = next((p, q) for p, q in dataset.rdf_files.items() if p.name == "profile.trig")
    found = [
        locator.find(quad.subject.value, quad.predicate.value, getattr(quad.object, "value", None))
        for quad in quads
        if isinstance(quad.subject, NamedNode)
    ]
    assert len(found) > 500
    assert path in {place for place, _line in found}
    assert all(line for _place, line in found)
    assert set(read.values()) == {1}
