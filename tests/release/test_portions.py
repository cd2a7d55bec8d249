"""What is in the dump of a center and of a kind."""

from collections.abc import Iterator

import pytest
from conftest import BuiltRelease
from graphs import RDFLIB_NAMES
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import Dataset as RdflibDataset
from sample import SLUG

from kg.config import Bilingual
from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import describe
from kg.release.gathered import Gathered, mentioned
from kg.release.portions import portions
from kg.vocab import DCAT, PREF_LABEL, RDF_TYPE, RDFS, RDFS_LABEL, VOID, Iris

KINDS = 31
ALL = 10**9


def stored(release: BuiltRelease) -> Iterator[Quad]:
    """Yield the quads of the named graphs."""
    for quad in release.release.store:
        if not isinstance(quad.graph_name, DefaultGraph):
            yield quad


def read(release: BuiltRelease, name: str, format_: Format) -> set[Quad]:
    path = release.folder / "dumps" / f"{name}.{format_.extension}"
    return set(parse(path.read_bytes(), format_.engine))


@pytest.fixture(scope="module")
def gathered(release: BuiltRelease) -> Gathered:
    return Gathered(stored(release), release.release.base)


def test_there_is_a_dump_of_every_center_and_every_kind(
    release: BuiltRelease, gathered: Gathered
) -> None:
    names = {
        path.relative_to(release.folder / "dumps").as_posix().removesuffix(".ttl")
        for path in (release.folder / "dumps").rglob("*.ttl")
    }
    kinds = {f"kind/{kind}" for kind in gathered.things()}
    centers = {f"center/{SLUG}"}
    assert names == {"research-center-kg"} | kinds | centers
    assert len(kinds) == KINDS


def test_the_dump_of_a_kind_holds_what_describe_gives_of_each_of_its_things(
    release: BuiltRelease, gathered: Gathered
) -> None:
    nquads = BY_EXTENSION["nq"]
    description = NamedNode(f"{release.release.base}graph/description")
    for kind, things in gathered.things().items():
        described = {
            quad
            for thing in things
            for quad in describe(release.engine, thing.value, ALL).quads
            # It types what is not ours, such as licenses, and is in no dump.
            if quad.graph_name != description
        }
        assert read(release, f"kind/{kind}", nquads) == described, kind


def test_every_thing_is_in_the_dump_of_its_kind(release: BuiltRelease, gathered: Gathered) -> None:
    rows = release.engine.select(
        f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{release.release.base}id/')) }}"
    ).texts()
    things = {thing.value for found in gathered.things().values() for thing in found}
    assert things == {iri for (iri,) in rows}


def test_the_dump_of_a_center_holds_its_text_and_what_is_known_of_what_it_names(
    release: BuiltRelease,
) -> None:
    quads = read(release, f"center/{SLUG}", BY_EXTENSION["nq"])
    base = release.release.base
    starts = (f"{base}claim/{SLUG}/", f"{base}graph/evidence/")
    graphs: dict[str, set[Quad]] = {}
    for quad in quads:
        assert isinstance(quad.graph_name, NamedNode)
        graphs.setdefault(quad.graph_name.value, set()).add(quad)
    own = {q for q in stored(release) if str(q.graph_name)[1:].startswith(starts)}
    assert own <= quads
    assert quads <= set(stored(release))
    # Registry records, mappings, computed values, translations and the names of terms come with it.
    for name in ("graph/ror/00p991c53", "graph/mapping/diseases", "graph/derived"):
        assert base + name in graphs
    naming = {RDF_TYPE, PREF_LABEL, RDFS_LABEL}
    assert {q.predicate for q in graphs[f"{base}graph/ontology"]} <= naming
    assert f"{base}graph/description" not in graphs


def test_the_dump_of_a_center_says_nothing_that_another_center_says() -> None:
    iris = Iris("https://example.org/")
    one, two = (iris.entity("center", slug) for slug in ("one", "two"))
    shared = iris.entity("institution", "shared")
    record = iris.graph("ror/1")
    says = NamedNode("https://example.org/says")
    mine = Quad(one, says, shared, iris.claim("one", "C001"))
    theirs = [
        Quad(two, says, shared, iris.claim("two", "C001")),
        Quad(shared, says, Literal("theirs"), iris.claim("two", "C002")),
        Quad(shared, says, Literal("also"), iris.claim("one-more", "C001")),
    ]
    registered = Quad(shared, says, Literal("registered"), record)
    gathered = Gathered([mine, *theirs, registered], iris.base)
    found = {p.name: set(p.quads) for p in portions(gathered)}
    assert found["center/one"] == {mine, registered}
    assert set(found) == {"center/one", "center/two", "kind/center", "kind/institution"}
    assert found["kind/institution"] == {mine, *theirs, registered}


def test_a_kind_is_called_what_the_ontology_calls_it(gathered: Gathered) -> None:
    titles = {p.name: p.title for p in portions(gathered)}
    assert titles["kind/figure"] == Bilingual("All of the kind “figure”", "“数据”类的全部事物")
    assert titles["kind/cell"].en == "All of the kind “cell type”"


@pytest.mark.parametrize("name", [f"center/{SLUG}", "kind/institution", "kind/ward"])
def test_all_formats_of_a_part_say_the_same(name: str, release: BuiltRelease) -> None:
    complete = read(release, name, BY_EXTENSION["nq"])
    for format_ in FORMATS:
        found = read(release, name, format_)
        if format_.has_graphs:
            assert found == complete
        else:
            assert {q.triple for q in found} == {q.triple for q in complete}
        dataset = RdflibDataset()
        path = release.folder / "dumps" / f"{name}.{format_.extension}"
        dataset.parse(path, format=RDFLIB_NAMES[format_.extension])
        assert sum(1 for _ in dataset.quads()) == len(found)


def test_the_size_that_is_stated_of_a_part_is_that_of_its_dump(release: BuiltRelease) -> None:
    rows = release.engine.select(
        f"SELECT ?url ?n {{ <{release.release.base}dataset> <{VOID}subset> ?part . "
        f"?part <{VOID}triples> ?n ; <{DCAT}distribution>/<{DCAT}downloadURL> ?url "
        "FILTER(STRENDS(STR(?url), '.nt')) }"
    ).texts()
    assert len(rows) == KINDS + 1
    for url, count in rows:
        path = release.folder / url.removeprefix(release.release.base)
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(set(lines)) == int(count)
        assert len(list(parse(path.read_bytes(), RdfFormat.N_TRIPLES))) == int(count)


def test_the_words_of_statements_are_among_what_is_mentioned() -> None:
    base = "https://example.org/"
    quad = Quad(NamedNode(base), NamedNode(RDFS + "label"), Literal("x"), NamedNode(base + "g"))
    assert {node.value for node in mentioned([quad])} == {base, RDFS + "label", base + "g"}
