"""The endpoint describes itself: every number as SPARQL counts it, every example answered."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
from conftest import ROOT, BuiltRelease
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
)
from rdflib import SH as SHACL
from rdflib import Graph
from rdflib import Literal as RdflibLiteral
from sample import QUERY_FILES
from small_program import program_in

from kg.check.shacl import validate
from kg.config import Config, Limits, read_config
from kg.errors import SourceError
from kg.formats import FORMAT_IRIS, FORMATS
from kg.query.describe import graph_quads
from kg.query.embedded import EmbeddedEngine
from kg.query.results import RESULTS_FORMATS, answer_query
from kg.query.service_description import describe_service
from kg.release.build import build, write_release
from kg.release.examples import FORMS, read_examples
from kg.release.folder import open_release
from kg.sources.queries import read_query
from kg.vocab import DCTERMS, FOAF, RDF, RDF_TYPE, RDFS, SCHEMA, SD, SH, SPEX, VOID, Iris

BASE = "https://w3id.org/research-center-kg/"
IRIS = Iris(BASE)
DATASET = IRIS.dataset
DESCRIPTION = IRIS.graph("description")
ASKED = "http://127.0.0.1:8000/sparql"
SHACL_FILE = Path(pyshacl.__file__).parent / "assets" / "shacl.ttl"
PREFIXES = "".join(
    f"PREFIX {name}: <{namespace}>\n"
    for name, namespace in {"rdf": RDF, "sd": SD, "sh": SH, "spex": SPEX, "void": VOID}.items()
)
DATA = f"SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {DESCRIPTION}) }}"


def numbers(engine: EmbeddedEngine, query: str) -> dict[str, int]:
    """Return the answer of things and their numbers; each thing has one."""
    rows = engine.select(PREFIXES + query).texts()
    found = {thing: int(number) for thing, number in rows}
    assert len(found) == len(rows)
    return found


def number(engine: EmbeddedEngine, query: str) -> int:
    """Return the one number that a query answers with."""
    [(found,)] = engine.select(PREFIXES + query).texts()
    return int(found)


def described(release: BuiltRelease, *, federated: bool = False) -> set[Quad]:
    quads = describe_service(release.engine, ASKED, federated=federated)
    assert len(quads) == len(set(quads))
    return set(quads)


# --- what is counted -----------------------------------------------------------------------

COUNTS = {
    "triples": "COUNT(*)",
    "distinctSubjects": "COUNT(DISTINCT ?s)",
    "distinctObjects": "COUNT(DISTINCT ?o)",
    "properties": "COUNT(DISTINCT ?p)",
    "classes": "COUNT(DISTINCT IF(?p = rdf:type, ?o, ?none))",
    "entities": f"COUNT(DISTINCT IF(STRSTARTS(STR(?s), '{BASE}'), ?s, ?none))",
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_of_the_dataset_is_what_sparql_counts(name: str, release: BuiltRelease) -> None:
    stated = number(release.engine, f"SELECT ?n {{ {DATASET} void:{name} ?n }}")
    assert stated == number(release.engine, f"SELECT ({COUNTS[name]} AS ?n) {{ {{ {DATA} }} }}")
    assert stated > 50


def test_the_counts_are_those_of_the_flat_dumps(release: BuiltRelease) -> None:
    dump = (release.folder / "dumps" / "research-center-kg.nt").read_bytes()
    triples = {quad.triple for quad in parse(dump, RdfFormat.N_TRIPLES)}
    for name, counted in {
        "triples": triples,
        "distinctSubjects": {t.subject for t in triples},
        "distinctObjects": {t.object for t in triples},
    }.items():
        stated = number(release.engine, f"SELECT ?n {{ {DATASET} void:{name} ?n }}")
        assert stated == len(counted)


PARTITIONS = {
    "class": (
        "entities",
        "?o",
        f"COUNT(DISTINCT ?s) AS ?n) {{ {{ {DATA} }} FILTER(?p = rdf:type) }}",
    ),
    "property": ("triples", "?p", f"COUNT(*) AS ?n) {{ {{ {DATA} }} }}"),
}


@pytest.mark.parametrize("kind", PARTITIONS)
def test_a_partition_is_as_large_as_sparql_counts(kind: str, release: BuiltRelease) -> None:
    counted, thing, query = PARTITIONS[kind]
    stated = numbers(
        release.engine,
        f"SELECT ?thing ?n {{ {DATASET} void:{kind}Partition ?part . "
        f"?part void:{kind} ?thing ; void:{counted} ?n }}",
    )
    assert stated == numbers(release.engine, f"SELECT {thing} ({query} GROUP BY {thing}")
    assert len(stated) > 50


def test_no_two_partitions_share_a_node(release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + "SELECT ?part (COUNT(?thing) AS ?n) "
        "{ ?part void:class|void:property|sd:name ?thing } GROUP BY ?part HAVING(COUNT(?thing) != 1)"
    ).rows
    assert rows == ()


# --- the store as it is --------------------------------------------------------------------


def test_a_named_graph_is_as_large_as_sparql_counts(release: BuiltRelease) -> None:
    stated = numbers(
        release.engine,
        "SELECT ?name ?n { ?service a sd:Service ; sd:defaultDataset/sd:namedGraph ?graph . "
        "?graph sd:name ?name ; sd:graph/void:triples ?n }",
    )
    counted = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert stated == numbers(release.engine, counted)
    assert DESCRIPTION.value in stated
    assert len(stated) > 90


def test_the_default_graph_is_as_large_as_sparql_counts(release: BuiltRelease) -> None:
    path = "sd:defaultDataset/sd:defaultGraph/void:triples"
    stated = number(release.engine, f"SELECT ?n {{ {IRIS.service} {path} ?n }}")
    assert stated == number(release.engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def test_the_default_graph_is_the_union_of_the_named_ones(release: BuiltRelease) -> None:
    store = release.release.store
    default = {q.triple for q in store.quads_for_pattern(None, None, None, DefaultGraph())}
    assert default == {q.triple for q in store if not isinstance(q.graph_name, DefaultGraph)}
    feature = Quad(IRIS.service, NamedNode(SD + "feature"), NamedNode(SD + "UnionDefaultGraph"))
    assert feature in store


def test_the_sizes_are_right_without_examples_and_with_a_description_among_the_data(
    tmp_path: Path, config: Config
) -> None:
    iris = Iris("https://example.org/")
    one, two = (iris.entity("center", name) for name in ("a", "b"))
    label = NamedNode(RDFS + "label")
    data = [
        Quad(one, label, Literal("A"), DESCRIPTION),
        Quad(one, label, Literal("A"), iris.graph("codes")),
        Quad(two, label, BlankNode(), iris.graph("codes")),
        # What the description says as well, of itself: one statement of the union.
        Quad(DATASET, RDF_TYPE, NamedNode(VOID + "Dataset"), iris.graph("codes")),
    ]
    config = replace(config, base=BASE)
    write_release(data, tmp_path, identifier="0" * 12, config=config, sources={})
    engine = EmbeddedEngine(Store.read_only(str(tmp_path / "store")), BASE)
    stated = numbers(engine, "SELECT ?name ?n { ?graph sd:name ?name ; sd:graph/void:triples ?n }")
    counted = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert stated == numbers(engine, counted)
    path = "sd:defaultDataset/sd:defaultGraph/void:triples"
    default = number(engine, f"SELECT ?n {{ {IRIS.service} {path} ?n }}")
    assert default == number(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert number(engine, f"SELECT ?n {{ {DATASET} void:triples ?n }}") == 3


def test_every_format_of_answers_is_stated(release: BuiltRelease) -> None:
    ours = {format_.extension for format_ in (*FORMATS, *RESULTS_FORMATS)}
    assert set(FORMAT_IRIS) == ours
    assert len(set(FORMAT_IRIS.values())) == len(ours)
    query = f"SELECT ?format {{ {IRIS.service} sd:resultFormat ?format }}"
    stated = release.engine.select(PREFIXES + query).texts()
    assert sorted(iri for (iri,) in stated) == sorted(FORMAT_IRIS.values())


def test_the_description_fits_our_shapes(release: BuiltRelease) -> None:
    shapes = Graph()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        shapes.parse(path)
    quads = graph_quads(release.engine, DESCRIPTION.value)
    report = validate(quads, shapes)
    assert (None, SHACL.conforms, RdflibLiteral(True)) in report, report.serialize()
    # A dataset of no title is refused: the shapes do look at the description.
    titles = {NamedNode(DCTERMS + "title")}
    report = validate([q for q in quads if q.predicate not in titles], shapes)
    assert (None, SHACL.conforms, RdflibLiteral(False)) in report


def test_neither_service_nor_examples_are_in_the_dumps(release: BuiltRelease) -> None:
    dump = (release.folder / "dumps" / "research-center-kg.nq").read_text(encoding="utf-8")
    assert IRIS.endpoint.value not in dump
    # Nothing is said there of parts of the dataset; mappings name its publisher as their author.
    assert f"\n<{DATASET.value}#" not in dump
    assert set(re.findall(rf"<{re.escape(DATASET.value)}#([^>]*)>", dump)) == {"publisher"}


# --- the examples --------------------------------------------------------------------------


def examples(engine: EmbeddedEngine) -> dict[str, str]:
    """Return the text of each example in the store, by its IRI."""
    rows = engine.select(
        PREFIXES + "SELECT ?example ?text { GRAPH ?g { ?example a sh:SPARQLExecutable ; "
        "sh:select|sh:ask|sh:construct|spex:describe ?text } "
        f"FILTER(?g = {Iris(engine.base).graph('description')}) }}"
    ).texts()
    found: dict[str, str] = dict(rows)  # type: ignore[arg-type]  # a row has two cells
    assert len(found) == len(rows)
    return found


def test_every_query_file_is_an_example_as_it_stands(release: BuiltRelease) -> None:
    files = {IRIS.example(p.stem).value: p.read_text(encoding="utf-8") for p in QUERY_FILES}
    assert examples(release.engine) == files
    assert files


def test_every_example_is_answered_by_the_store(release: BuiltRelease) -> None:
    for iri, text in examples(release.engine).items():
        answer = answer_query(release.engine, text, Limits().describe_incoming)
        assert isinstance(answer, QuerySolutions), iri
        assert bool(list(answer)) is not iri.startswith(f"{IRIS.endpoint.value}#not-stated-"), iri


@pytest.mark.parametrize("name", ["label", "comment"])
def test_an_example_is_told_in_both_languages(name: str, release: BuiltRelease) -> None:
    rows = release.engine.select(
        PREFIXES + f"SELECT ?example (LANG(?text) AS ?lang) ?text {{ GRAPH {DESCRIPTION} "
        f"{{ ?example a sh:SPARQLExecutable ; <{RDFS}{name}> ?text }} }}"
    ).texts()
    told = Counter((example, language) for example, language, _text in rows)
    iris = [IRIS.example(path.stem).value for path in QUERY_FILES]
    assert told == Counter((iri, language) for iri in iris for language in ("en", "zh"))
    for _example, language, text in rows:
        assert bool(re.search(r"[\u4e00-\u9fff]", text)) is (language == "zh"), text


def test_label_comment_and_target_are_what_editors_look_for(release: BuiltRelease) -> None:
    node = IRIS.example("q11-priority-claims-without-territory")
    quads = set(release.release.store.quads_for_pattern(node, None, None, DESCRIPTION))
    title = "Which priority claims name no territory?"
    note = "The scope is not inherited from neighboring claims."
    expected = {
        (RDF_TYPE.value, NamedNode(SH + "SPARQLExecutable")),
        (RDF_TYPE.value, NamedNode(SH + "SPARQLSelectExecutable")),
        (SCHEMA + "target", NamedNode(f"{BASE}sparql")),
        (RDFS + "label", Literal(title, language="en")),
        (RDFS + "label", Literal("哪些首创性主张没有指明地域？", language="zh")),
        (RDFS + "comment", Literal(f"{title} {note}", language="en")),
    }
    assert expected <= {(q.predicate.value, q.object) for q in quads}
    assert len(quads) == len(expected) + 2


def test_the_reader_of_the_examples_gives_what_the_files_say(release: BuiltRelease) -> None:
    read = read_examples(release.folder / "sources")
    assert [query.name for query in read] == [path.stem for path in QUERY_FILES]
    one = next(query for query in read if query.name == "q11-priority-claims-without-territory")
    assert one.titles["en"] == "Which priority claims name no territory?"
    assert one.notes == {
        "en": "The scope is not inherited from neighboring claims.",
        "zh": "范围不从相邻的主张沿用。",
    }
    assert (one.form, one.text) == ("SELECT", one.path.read_text(encoding="utf-8"))


def test_a_release_without_sources_has_no_examples(tmp_path: Path) -> None:
    assert read_examples(tmp_path) == ()


TITLES = "# title: A title\n# title-zh: 标题\n# note: A note.\n# note-zh: 说明。\n"
QUERIES = {
    "SELECT": "select * { ?s ?p ?o }",
    "ASK": "PREFIX select: <https://example.org/kg/>\nASK { ?s ?p select:x }",
    "CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE": "BASE <https://example.org/kg/> DESCRIBE <id/center/lake>",
}


def test_each_form_of_query_has_its_class_and_property(tiny: Path, tmp_path: Path) -> None:
    assert set(QUERIES) == set(FORMS)
    for form, text in QUERIES.items():
        path = tiny / "data" / "queries" / f"{form.lower()}.rq"
        path.write_text(f"{TITLES}{text}\n", encoding="utf-8")
    built = open_release(
        build(tiny, read_config(tiny / "kg.toml"), tmp_path / "out", program=program_in()).folder
    )
    engine = EmbeddedEngine(built.store, built.base)
    assert len(examples(engine)) == len(QUERIES) + 1
    for form, text in QUERIES.items():
        node = Iris(built.base).example(form.lower())
        class_, property_ = FORMS[form]
        stored = Literal(f"{TITLES}{text}\n")
        assert (
            Quad(node, RDF_TYPE, NamedNode(class_), Iris(built.base).graph("description"))
            in built.store
        )
        assert Quad(node, NamedNode(property_), stored) in built.store
        comment = Literal("标题 说明。", language="zh")
        assert Quad(node, NamedNode(RDFS + "comment"), comment) in built.store
        answer = answer_query(engine, stored.value, Limits().describe_incoming)
        assert isinstance(answer, QueryBoolean) is (form == "ASK")
        assert isinstance(answer, QuerySolutions) is (form == "SELECT")
        assert isinstance(answer, QueryBoolean) or len(list(answer)) > 0


def test_the_words_for_examples_exist_in_shacl() -> None:
    shacl = {str(name) for name in Graph().parse(SHACL_FILE).subjects()}
    ours = {name for names in FORMS.values() for name in names if name.startswith(SH)}
    assert len(ours) == 6
    assert ours <= shacl


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        (
            "twice.rq",
            "# title: A\n# title-zh: 标题\n# note: one\n# note: two\n",
            "twice.rq:4: a second line '# note: ...'; keep one",
        ),
        (
            "service.rq",
            "# title: A\n# title-zh: 标题\n",
            "service.rq: the endpoint has a part that is called 'service' already; rename the file",
        ),
        (
            "english.rq",
            "# title: A\n# note-zh: 说明\n",
            "english.rq:1: no line '# title-zh: ...'; add it above the query",
        ),
    ],
)
def test_an_example_that_cannot_be_told_is_refused(
    name: str, header: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(f"{header}SELECT * {{ ?s ?p ?o }}\n", encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_query(path)
    assert str(refused.value).removeprefix(f"{tmp_path}/") == message


# --- what the endpoint answers without a query ---------------------------------------------


def test_the_one_endpoint_is_the_address_that_was_asked(release: BuiltRelease) -> None:
    endpoints = {q for q in described(release) if q.predicate.value == SD + "endpoint"}
    assert {(q.subject, q.object) for q in endpoints} == {(IRIS.service, NamedNode(ASKED))}
    stored = Quad(IRIS.service, NamedNode(SD + "endpoint"), IRIS.endpoint, DESCRIPTION)
    assert stored in release.release.store


def test_federation_is_stated_where_there_is_any(release: BuiltRelease) -> None:
    feature = NamedNode(SD + "BasicFederatedQuery")
    with_, without = (described(release, federated=answer) for answer in (True, False))
    assert with_ - without == {
        Quad(IRIS.service, NamedNode(SD + "feature"), feature, IRIS.endpoint)
    }
    assert without < with_


def test_the_dataset_comes_with_it(release: BuiltRelease) -> None:
    found = {(q.subject, q.predicate.value) for q in described(release)}
    for name in (*COUNTS, "classPartition", "propertyPartition", "sparqlEndpoint", "dataDump"):
        assert (DATASET, VOID + name) in found
    for name in ("title", "license", "publisher"):
        assert (DATASET, DCTERMS + name) in found
    assert (NamedNode(f"{DATASET.value}#publisher"), FOAF + "name") in found
    said = list(release.release.store.quads_for_pattern(None, None, None, DESCRIPTION))
    # Parts of the dataset are left to its own description.
    subsets = {q.object for q in said if q.predicate.value == VOID + "subset"}
    stored = {
        q
        for q in said
        if q.predicate.value.startswith((VOID, SD)) and q.subject not in subsets
        if q.predicate.value not in {SD + "endpoint", VOID + "subset"}
    }
    assert {q for q in described(release) if q.predicate.value.startswith((VOID, SD))} >= stored


def test_what_is_mentioned_of_the_description_is_described(release: BuiltRelease) -> None:
    quads = described(release)
    subjects = {q.subject for q in quads}
    parts = {
        q.object
        for q in quads
        if isinstance(q.object, NamedNode) and q.object.value.startswith(f"{DATASET.value}#")
    }
    assert len(parts) > 300
    assert parts <= subjects


def test_there_is_no_blank_node_and_the_order_is_the_same(release: BuiltRelease) -> None:
    first, second = (describe_service(release.engine, ASKED, federated=True) for _ in range(2))
    assert list(first) == list(second) == sorted(first, key=str)
    terms = {term for q in first for term in (q.subject, q.object, q.graph_name)}
    assert not [term for term in terms if isinstance(term, BlankNode | DefaultGraph)]


# Domain and range of the terms that we use (SPARQL 1.1 Service Description, 3.4), with the
# classes above each class.
SCHEMA_OF_SERVICES = {
    "endpoint": ("Service", None),
    "supportedLanguage": ("Service", "Language"),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "resultFormat": ("Service", "Format"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
KNOWN = {
    SD + "SPARQL11Query": "Language",
    SD + "UnionDefaultGraph": "Feature",
    SD + "BasicFederatedQuery": "Feature",
    "http://www.w3.org/ns/entailment/Simple": "EntailmentRegime",
    **dict.fromkeys(FORMAT_IRIS.values(), "Format"),
}
CLASSES = {"Service", "Dataset", "GraphCollection", "Graph", "NamedGraph"}


def test_it_conforms_to_the_schema_of_service_descriptions(release: BuiltRelease) -> None:
    quads = described(release, federated=True)
    types: dict[str, set[str]] = {iri: {name} for iri, name in KNOWN.items()}
    for quad in quads:
        if quad.predicate == RDF_TYPE and str(quad.object).startswith(f"<{SD}"):
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, NamedNode)
            types.setdefault(quad.subject.value, set()).add(quad.object.value.removeprefix(SD))
    assert {name for iri, names in types.items() if iri not in KNOWN for name in names} == CLASSES
    used: Counter[str] = Counter()
    for quad in quads:
        if quad.predicate.value.startswith(SD):
            name = quad.predicate.value.removeprefix(SD)
            domain, range_ = SCHEMA_OF_SERVICES[name]
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, NamedNode)
            assert domain in types[quad.subject.value], quad
            assert range_ is None or range_ in types[quad.object.value], quad
            used[name] += 1
    assert set(used) == set(SCHEMA_OF_SERVICES)
    # Inverse functional: one service for an endpoint and for a dataset.
    assert used["endpoint"] == used["defaultDataset"] == 1
    assert used["namedGraph"] == used["name"] == used["graph"]
