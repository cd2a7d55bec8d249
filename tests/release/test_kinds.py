"""Kinds of things and the server's own paths do not collide."""

from flask import Flask
from pyoxigraph import Literal, Quad
from serving import ROOT

from kg.check.kinds import check_kinds
from kg.check.locate import Locator
from kg.config import Config
from kg.sources.dataset import find_sources, read_dataset
from kg.vocab import RESERVED_KINDS, Iris


def test_every_first_segment_of_the_server_is_refused_as_a_kind(app: Flask) -> None:
    segments = {rule.rule.split("/")[1].partition("<")[0] for rule in app.url_map.iter_rules()}
    numbered = {"sitemap-"}
    assert segments - {""} - numbered <= RESERVED_KINDS


def test_a_kind_that_is_a_path_or_no_slug_is_refused_with_its_line(config: Config) -> None:
    iris = Iris(config.base)
    dataset = read_dataset(find_sources(ROOT, config.base))
    locator = Locator(dataset, iris)
    assert list(check_kinds(dataset.quads, locator, iris)) == []
    kind = iris.term("kind")
    bad = [
        Quad(iris.term("Center"), kind, Literal(name), iris.graph("ontology"))
        for name in ("sparql", "Two Words")
    ]
    path, not_slug = check_kinds(bad, locator, iris)
    assert path.what == "the kind 'sparql' is a path of the server"
    assert not_slug.what == "the kind 'Two Words' is no slug"
    assert path.path == ROOT / "ontology" / "ontology.ttl"
    assert path.line is not None
