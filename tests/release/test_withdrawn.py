"""What was withdrawn is 410 wherever it is asked for, and says when, why and what instead."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_program import program_in

from kg.config import CONFIG_FILE, read_config
from kg.release.build import build
from kg.release.folder import open_release
from kg.sources.withdrawn import Withdrawn, read_withdrawn
from kg.web.app import create_app

TABLE = (
    "id,date,reason,replacement\n"
    'id/center/pond,2025-01-31,"Merged, as the text has it, with ""Lake"".",id/center/lake\n'
    "claim/lake/C009,2025-02-01,Read wrongly.,\n"
)


@pytest.fixture
def withdrawing(tiny: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of an instance that has withdrawn two identifiers."""
    (tiny / "data" / "withdrawn.csv").write_text(TABLE, encoding="utf-8")
    config = read_config(tiny / CONFIG_FILE)
    build(tiny, config, tmp_path / "releases", program=program_in())
    app = create_app(tmp_path / "releases" / "current", config)
    yield app.test_client()
    app.extensions["kg"].close()


def test_rows_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "withdrawn.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert read_withdrawn(path) == (
        Withdrawn(
            "id/center/pond",
            "2025-01-31",
            'Merged, as the text has it, with "Lake".',
            "id/center/lake",
            2,
        ),
        Withdrawn("claim/lake/C009", "2025-02-01", "Read wrongly.", "", 3),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/id/center/pond",
        "/data/center/pond.ttl",
        "/en/center/pond",
        "/linkset/en/center/pond.json",
        "/cite/center/pond.bib",
        "/id/center/pond?_profile=alt",
    ],
)
def test_it_is_410_in_every_place(withdrawing: FlaskClient, path: str) -> None:
    response = withdrawing.get(path, headers={"Accept": "application/problem+json"})
    assert response.status_code == 410
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "status": 410,
        "title": "Gone",
        "detail": (
            "https://example.org/kg/id/center/pond was withdrawn on 2025-01-31. "
            "Another has taken its place."
        ),
        "withdrawn": "2025-01-31",
        "reason": 'Merged, as the text has it, with "Lake".',
        "replacement": "https://example.org/kg/id/center/lake",
        "alternates": [
            {"name": "Lake Center for Imaging (id/center/lake)", "href": "/id/center/lake"}
        ],
    }


def test_people_read_when_and_why_and_follow_to_the_other(withdrawing: FlaskClient) -> None:
    page = withdrawing.get("/zh/center/pond", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "2025-01-31" in page.text
    assert '<p lang="en">Merged, as the text has it, with &#34;Lake&#34;.</p>' in page.text
    assert 'href="/id/center/lake"' in page.text
    plain = withdrawing.get("/claim/lake/C009", headers={"Accept": "text/turtle"})
    assert plain.status_code == 410
    assert plain.text == (
        "410 Gone\nhttps://example.org/kg/claim/lake/C009 was withdrawn on 2025-02-01.\n"
        "Read wrongly.\n"
    )


def test_the_table_is_a_source_of_the_release(tiny: Path, tmp_path: Path) -> None:
    config = read_config(tiny / CONFIG_FILE)
    before = build(tiny, config, tmp_path / "releases", program=program_in())
    manifest = open_release(before.folder).manifest
    assert "data/withdrawn.csv" in manifest.sources
    (tiny / "data" / "withdrawn.csv").write_text(TABLE, encoding="utf-8")
    assert build(tiny, config, tmp_path / "releases", program=program_in()).id != before.id
