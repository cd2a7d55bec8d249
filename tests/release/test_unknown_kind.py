"""A kind of thing that no template knows: class, shape and data are all that its page needs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_program import program_in

from kg.config import CONFIG_FILE, read_config
from kg.release.build import build
from kg.web.app import create_app

ONTOLOGY = """@prefix kg: <https://example.org/kg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .

kg:Telescope a owl:Class ;
  rdfs:label "Telescope"@en, "望远镜"@zh ;
  kg:kind "telescope" .

kg:aperture a owl:DatatypeProperty ;
  rdfs:label "aperture"@en, "口径"@zh .

kg:keeper a owl:ObjectProperty ;
  rdfs:label "keeper"@en, "保管者"@zh .
"""
SHAPE = """@prefix kg: <https://example.org/kg/ontology#> .
@prefix shapes: <https://example.org/kg/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

shapes:Optics a sh:PropertyGroup ;
  rdfs:label "Optics"@en, "光学"@zh ;
  sh:order 1 .
shapes:Care a sh:PropertyGroup ;
  rdfs:label "Care"@en, "保管"@zh ;
  sh:order 2 .

shapes:Telescope a sh:NodeShape ;
  sh:targetClass kg:Telescope ;
  sh:property shapes:T-keeper, shapes:T-aperture, shapes:T-mirror, shapes:T-mount .
shapes:T-keeper a sh:PropertyShape ;
  sh:path kg:keeper ; sh:order 1 ; sh:group shapes:Care ; sh:maxCount 1 .
shapes:T-aperture a sh:PropertyShape ;
  sh:path kg:aperture ; sh:order 2 ; sh:group shapes:Optics ; sh:maxCount 1 .
shapes:T-mirror a sh:PropertyShape ;
  sh:path kg:mirror ; sh:order 1 ; sh:group shapes:Optics ; sh:maxCount 1 ;
  sh:name "main mirror"@en, "主镜"@zh .
shapes:T-mount a sh:PropertyShape ;
  sh:path kg:mount ; sh:order 3 ; sh:group shapes:Optics ; sh:maxCount 1 ;
  sh:name "mount"@en .
"""
DATA = """
claim:C004 {
  <id/telescope/big> a kg:Telescope ;
    skos:prefLabel "Big telescope"@en ;
    kg:keeper <id/person/ada-ng> ;
    kg:mount "fork" ;
    kg:aperture 8 ;
    kg:mirror "glass" ;
    kg:zenith "never" .
}
"""
TRANSLATIONS = """
<https://example.org/kg/id/telescope/big>
  <http://www.w3.org/2004/02/skos/core#prefLabel> "大望远镜"@zh .
"""


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture
def client(tiny: Path) -> Iterator[FlaskClient]:
    """The smallest instance, with a telescope that it adds to the program's ontology and shapes."""
    (tiny / "ontology" / "telescope.ttl").write_text(ONTOLOGY, encoding="utf-8")
    (tiny / "shapes" / "telescope.ttl").write_text(SHAPE, encoding="utf-8")
    append(tiny / "data" / "lake" / "profile.trig", DATA)
    append(tiny / "data" / "translations.ttl", TRANSLATIONS)
    claims = tiny / "data" / "lake" / "claims.tsv"
    text = claims.read_text(encoding="utf-8").replace("not modeled", "")
    claims.write_text(text, encoding="utf-8")
    config = read_config(tiny / CONFIG_FILE)
    out = tiny / "releases"
    build(tiny, config, out, program=program_in())
    app = create_app(out / "current", config)
    yield app.test_client()
    app.extensions["kg"].close()


@pytest.mark.parametrize(
    ("lang", "title", "kind", "labels"),
    [
        ("en", "Big telescope", "Telescope", ["main mirror", "aperture", "mount", "keeper"]),
        # What has no name in a language keeps the one that it has.
        ("zh", "大望远镜", "望远镜", ["主镜", "口径", "mount", "保管者"]),
    ],
)
def test_its_page_is_complete_labelled_and_in_the_order_of_its_shape(
    client: FlaskClient, lang: str, title: str, kind: str, labels: list[str]
) -> None:
    answer = client.get(f"/{lang}/telescope/big")
    assert answer.status_code == 200
    page = answer.text
    assert f">{title}</h1>" in page
    assert re.search(rf'<span class="kind"><a [^>]+>{kind}</a>', page)
    facts = page.partition('<h2 id="facts"')[2].partition("</section>")[0]
    shown = [re.sub("<[^>]+>", "", dt) for dt in re.findall(r"<dt>(.*?)</dt>", facts)]
    # The last has no place in any shape and no name: its own last word.
    assert shown == [*labels, "zenith"]
    for value in ("glass", "8", "fork", "Ada Ng", "never"):
        assert f">{value}<" in facts or f">{value}</a>" in facts
    assert facts.count('<details class="evidence">') == 5
    assert facts.count("and a fetal heart platform") == 5


def test_it_links_back_is_listed_and_has_data(client: FlaskClient) -> None:
    assert 'href="/en/telescope/big"' in client.get("/en/person/ada-ng").text
    assert ">Telescope<" in client.get("/en/").text
    answer = client.get("/id/telescope/big", headers={"Accept": "text/turtle"})
    assert answer.location == "/data/telescope/big.ttl"
    assert "Big telescope" in client.get(answer.location).text
