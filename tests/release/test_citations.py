"""Citations: readers that are not ours read back what the RDF says."""

import json
import re

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from conftest import BuiltRelease
from flask.testing import FlaskClient
from sample import CLAIM, FIGURE, SLUG

from kg.web.citations import CITATION_FORMATS, Citation, bibtex, csl, ris

CENTER = f"center/{SLUG}"
BASE = "https://w3id.org/research-center-kg/"
PATHS = ("dataset", CENTER, FIGURE, "institution/union-hospital")

AWKWARD = Citation(
    key="a-2025",
    title="R&D at 100% of {β} $5_000 #1 ~x^2 \\ “图像”",
    lang="en",
    publisher="A & B\nof C",
    issued="2025-03-09",
    version="0123abcd4567",
    iri="https://example.org/id/center/a",
    container="All of it",
)


def read_bibtex(text: str) -> dict[str, str]:
    """Return the fields of the one entry, LaTeX decoded; braces for keeping case are off."""
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    (entry,) = library.entries
    fields = {field.key: str(field.value) for field in entry.fields}
    return {"type": entry.entry_type, "key": entry.key, **fields}


def read_ris(text: str) -> dict[str, object]:
    """Return the one reference."""
    (found,) = rispy.loads(text)
    return dict(found)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PATHS)
def test_three_readers_agree(
    client: FlaskClient, release: BuiltRelease, path: str, lang: str
) -> None:
    texts = {
        f.extension: client.get(f"/cite/{path}.{f.extension}?lang={lang}") for f in CITATION_FORMATS
    }
    for format_ in CITATION_FORMATS:
        response = texts[format_.extension]
        assert response.status_code == 200
        assert response.mimetype == format_.media_type
    entry = read_bibtex(texts["bib"].text)
    reference = read_ris(texts["ris"].text)
    (item,) = json.loads(texts["json"].data)
    named = BASE + (path if path == "dataset" else f"id/{path}")
    assert entry["url"] == item["URL"] == named
    assert reference["urls"] == [named]
    assert entry["title"] == item["title"] == reference["title"]
    assert entry["publisher"] == item["publisher"] == reference["publisher"]
    assert item["author"] == [{"literal": item["publisher"]}]
    assert entry["author"] == item["publisher"]
    assert reference["authors"] == [item["publisher"]]
    built = release.release.manifest.built_at
    assert item["issued"]["date-parts"] == [[int(part) for part in built[:10].split("-")]]
    assert entry["year"] == reference["year"] == built[:4]
    assert entry["version"] == item["version"] == reference["edition"] == release.release.id
    assert item["language"] == reference["language"] == texts["bib"].headers["Content-Language"]


def test_what_it_is_of_is_said_of_entities_only(client: FlaskClient) -> None:
    (dataset,) = json.loads(client.get("/cite/dataset.json").data)
    (center,) = json.loads(client.get(f"/cite/{CENTER}.json").data)
    assert (dataset["type"], center["type"]) == ("dataset", "entry")
    assert "container-title" not in dataset
    assert center["container-title"] == dataset["title"] == "Research center knowledge graph"
    assert read_ris(client.get(f"/cite/{CENTER}.ris").text)["secondary_title"] == dataset["title"]


def test_a_chinese_name_where_there_is_one(client: FlaskClient) -> None:
    figure = client.get(f"/cite/{FIGURE}.bib?lang=zh")
    assert re.search(r"[\u4e00-\u9fff]", read_bibtex(figure.text)["title"])
    assert read_bibtex(figure.text)["langid"] == "chinese"
    by_header = client.get(f"/cite/{FIGURE}.bib", headers={"Accept-Language": "zh"})
    assert by_header.data == figure.data
    center = client.get(f"/cite/{CENTER}.bib?lang=zh")
    assert read_bibtex(center.text)["langid"] == "english"


def test_awkward_characters_survive() -> None:
    entry = read_bibtex(bibtex(AWKWARD))
    # This reader takes \\textasciicircum for the accent, not for the sign.
    assert entry["title"].replace("ˆ", "^") == AWKWARD.title
    assert entry["author"] == "A & B of C"
    assert entry["howpublished"] == "All of it"
    assert (entry["type"], entry["key"], entry["month"]) == ("misc", "a-2025", "mar")
    (item,) = json.loads(csl(AWKWARD))
    assert item["title"] == AWKWARD.title
    reference = read_ris(ris(AWKWARD))
    assert reference["title"] == AWKWARD.title
    assert reference["authors"] == ["A & B of C"]
    assert reference["date"] == "2025/03/09"


def test_ris_has_its_line_ends_and_tags() -> None:
    lines = ris(AWKWARD).split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(line[2:6] == "  - " for line in lines[:-1])


def test_pages_lead_to_their_citations(client: FlaskClient) -> None:
    for lang, heading in (("en", "Cite this"), ("zh", "引用本页")):
        for path in ("dataset", CENTER):
            page = client.get(f"/{lang}/{path}").text
            assert heading in page
            assert f'href="/cite/{lang}/{path}.bib"' in page
    assert "Cite this" not in client.get(f"/en/{CLAIM}").text


@pytest.mark.parametrize("path", ["center/none.bib", f"{CLAIM}.bib", f"{CENTER}.xml"])
def test_what_is_not_cited_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(f"/cite/{path}").status_code == 404
