"""The ontology's own promises.

Bilingual terms, code lists that share no concept, a JSON-LD context that loses nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from pyld import jsonld
from rdflib import (
    DCTERMS,
    ORG,
    OWL,
    RDF,
    RDFS,
    SKOS,
    VANN,
    XSD,
    BNode,
    Graph,
    Literal,
    Namespace,
    URIRef,
)
from rdflib.term import Node

FOLDER = Path(__file__).parents[2] / "ontology"
BASE = "https://w3id.org/research-center-kg/"
KG = Namespace(BASE + "ontology#")
ONTOLOGY = URIRef(BASE + "ontology")
CODES = BASE + "code/"

LANGUAGES = Counter(["en", "zh"])
FILES = ("ontology.ttl", "external.ttl", "codes.ttl")
PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
TERM_TYPES = (OWL.Class, *PROPERTY_TYPES)
# RDF, RDFS, OWL and XML Schema: OWL 2 Structural Specification, section 2.4.
RESERVED = (str(RDF), str(RDFS), str(OWL), str(XSD))
# What the profiles are about, each under its one English name.
CLASSES_TO_ASK_FOR = (
    *("center", "institution", "award", "probe", "network", "person", "membership"),
    *("designation", "figure", "ranking", "priority claim", "method", "modality"),
    *("radionuclide", "therapy", "platform", "ward", "specification", "plan", "objective"),
    *("audience", "region", "disease"),
)
# Notations and switches that programs read; every other literal is a text in a language.
NO_LANGUAGE = {
    *(KG.kind, KG.holdsPart, SKOS.notation, OWL.versionInfo),
    *(VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri),
}
CODE_LISTS = 20
# Classes whose members have IRIs of the same kind: a tally and a computed number are figures too.
FIGURES = {KG.Figure, KG.AwardTally, KG.DerivedFigure}


@pytest.fixture(scope="module")
def files() -> dict[str, Graph]:
    """Return each Turtle file of the ontology by its name."""
    return {name: Graph().parse(FOLDER / name) for name in FILES}


@pytest.fixture(scope="module")
def ontology(files: dict[str, Graph]) -> Graph:
    """Return all files of the ontology as one graph."""
    together = Graph()
    for graph in files.values():
        together += graph
    return together


@pytest.fixture(scope="module")
def context() -> dict[str, object]:
    """Return the JSON-LD context by its terms."""
    document = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))
    assert set(document) == {"@context"}
    return dict(document["@context"])


def terms(graph: Graph, *types: URIRef) -> set[Node]:
    """Return what a graph declares as one of the types."""
    return {term for kind in types for term in graph.subjects(RDF.type, kind)}


def literals(graph: Graph, subject: Node | None = None) -> list[tuple[Node, Literal]]:
    """Return the literals of a thing, or of all things, each with its property."""
    pairs = graph.predicate_objects(subject)
    return [(predicate, value) for predicate, value in pairs if isinstance(value, Literal)]


def languages(graph: Graph, subject: Node, predicate: Node) -> Counter[str | None]:
    """Count the languages of the texts that a thing has under a property."""
    return Counter(text.language for p, text in literals(graph, subject) if p == predicate)


def is_ours(term: Node) -> bool:
    """Say whether a term is an IRI of our namespace."""
    return isinstance(term, URIRef) and term in KG


def declared(graph: Graph) -> set[str]:
    """Return every IRI that a graph declares as a class or a property."""
    return {str(term) for term in terms(graph, *TERM_TYPES)}


# The files


@pytest.mark.parametrize("name", FILES)
def test_file_has_no_blank_node_and_reads_the_same_in_both_parsers(
    name: str, files: dict[str, Graph]
) -> None:
    graph = files[name]
    assert len(graph) > 0
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]
    lines = set(graph.serialize(format="nt").splitlines()) - {""}
    other = {
        f"{triple.subject} {triple.predicate} {triple.object} ."
        for triple in pyoxigraph.parse(path=FOLDER / name)
    }
    assert {_normal(line) for line in lines} == {_normal(line) for line in other}


def _normal(line: str) -> str:
    (triple,) = pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return str(triple)


@pytest.mark.parametrize("name", FILES)
def test_text_is_english_or_chinese_and_says_its_language(
    name: str, files: dict[str, Graph]
) -> None:
    values = literals(files[name])
    assert {value.language for _, value in values} <= {"en", "zh", None}
    assert {predicate for predicate, value in values if not value.language} <= NO_LANGUAGE


def test_chinese_texts_are_chinese_and_english_ones_are_not(ontology: Graph) -> None:
    texts = [value for _, value in literals(ontology) if value.language]
    assert len(texts) > 500
    for text in texts:
        han = any("\u4e00" <= character <= "\u9fff" for character in text)
        assert han == (text.language == "zh"), text


# Our own terms


def own_terms(graph: Graph) -> set[Node]:
    """Return the terms of our namespace that a graph declares."""
    return {term for term in terms(graph, *TERM_TYPES) if is_ours(term)}


def test_every_own_term_has_one_label_and_one_comment_in_each_language(ontology: Graph) -> None:
    own = own_terms(ontology)
    assert len(own) > 100
    for term in own:
        assert languages(ontology, term, RDFS.label) == LANGUAGES, term
        assert languages(ontology, term, RDFS.comment) == LANGUAGES, term
        assert list(ontology.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY], term


def test_every_own_term_that_is_used_is_declared(ontology: Graph) -> None:
    used = {term for triple in ontology for term in triple if is_ours(term)}
    assert used == own_terms(ontology)


def test_no_term_is_declared_twice_over(ontology: Graph) -> None:
    for term in terms(ontology, *TERM_TYPES):
        types = set(ontology.objects(term, RDF.type)) & set(TERM_TYPES)
        assert len(types) == 1, term


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("types", [(OWL.Class,), PROPERTY_TYPES], ids=["classes", "properties"])
def test_no_two_terms_share_a_name(
    types: tuple[URIRef, ...], language: str, ontology: Graph
) -> None:
    names = Counter(
        str(label)
        for term in terms(ontology, *types)
        for predicate, label in literals(ontology, term)
        if predicate == RDFS.label and label.language == language
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("name", CLASSES_TO_ASK_FOR)
def test_class_has_one_english_name_to_ask_for(name: str, ontology: Graph) -> None:
    named = set(ontology.subjects(RDFS.label, Literal(name, lang="en")))
    assert [term for term in named & terms(ontology, OWL.Class) if is_ours(term)] != []
    assert len(named & terms(ontology, OWL.Class)) == 1


def test_kind_names_one_class_but_for_figures(ontology: Graph) -> None:
    classes: dict[str, set[Node]] = defaultdict(set)
    for term, kind in ontology.subject_objects(KG.kind):
        classes[str(kind)].add(term)
    assert len(classes) > 25
    assert classes.pop("figure") == FIGURES
    assert {kind for kind, named in classes.items() if len(named) > 1} == set()


def test_part_properties_lead_from_a_thing_to_its_parts(ontology: Graph) -> None:
    parts = set(ontology.subjects(KG.holdsPart, Literal(True)))
    assert len(parts) == len(set(ontology.subjects(KG.holdsPart)))
    assert {KG.figure, KG.ranking, KG.priorityClaim, KG.objective, KG.item} <= parts
    assert ORG.hasMembership in parts
    assert parts <= terms(ontology, OWL.ObjectProperty)


def test_alignments_keep_the_sort_of_term(ontology: Graph) -> None:
    for narrow, wide in ontology.subject_objects(RDFS.subPropertyOf):
        assert ontology.value(narrow, RDF.type) == ontology.value(wide, RDF.type), narrow
    for narrow, wide in ontology.subject_objects(RDFS.subClassOf):
        assert {narrow, wide} <= terms(ontology, OWL.Class), narrow


def ancestors(graph: Graph, kind: Node) -> set[Node]:
    """Return a class and every class above it."""
    return {kind, *(c for c in graph.transitive_objects(kind, RDFS.subClassOf) if c)}


def test_no_class_is_below_two_that_are_disjoint(ontology: Graph) -> None:
    disjoint = list(ontology.subject_objects(OWL.disjointWith))
    assert len(disjoint) > 300
    for kind in terms(ontology, OWL.Class):
        above = ancestors(ontology, kind)
        assert [pair for pair in disjoint if set(pair) <= above] == [], kind


def test_computed_figure_is_no_reported_figure(ontology: Graph) -> None:
    assert KG.Figure not in ancestors(ontology, KG.DerivedFigure)
    assert (KG.Figure, OWL.disjointWith, KG.DerivedFigure) in ontology


def test_what_may_be_only_planned_has_no_standard_superclass(ontology: Graph) -> None:
    for kind in (KG.Network, KG.Platform, KG.Database):
        assert ancestors(ontology, kind) == {kind}


def test_vague_ties_are_links_and_never_part_of(ontology: Graph) -> None:
    for tie in (KG.affiliatedTo, KG.affiliatedUnitOf, KG.namedUnder):
        assert set(ontology.transitive_objects(tie, RDFS.subPropertyOf)) == {tie, ORG.linkedTo}


# Terms of other vocabularies


def test_every_foreign_term_has_a_label_in_each_language_and_a_home(
    files: dict[str, Graph],
) -> None:
    foreign = terms(files["external.ttl"], *TERM_TYPES)
    assert len(foreign) > 100
    for term in foreign:
        assert not is_ours(term)
        assert languages(files["external.ttl"], term, RDFS.label) == LANGUAGES, term
        (home,) = files["external.ttl"].objects(term, RDFS.isDefinedBy)
        assert str(term).startswith(str(home)), term


def test_reserved_vocabulary_has_labels_and_no_declaration(ontology: Graph) -> None:
    reserved = {s for s in ontology.subjects() if str(s).startswith(RESERVED)}
    assert RDF.type in reserved
    for term in reserved:
        assert set(ontology.predicates(term)) == {RDFS.label}, term
        assert languages(ontology, term, RDFS.label) == LANGUAGES, term


def test_every_predicate_and_type_in_the_files_is_declared(ontology: Graph) -> None:
    used = {str(p) for p in ontology.predicates()} | {
        str(kind) for kind in ontology.objects(None, RDF.type)
    }
    undeclared = used - declared(ontology)
    assert {iri for iri in undeclared if not iri.startswith(RESERVED)} == set()


# Code lists


def concepts(graph: Graph) -> set[Node]:
    """Return the concepts of the code lists."""
    return {s for s in graph.subjects(RDF.type, SKOS.Concept) if str(s).startswith(CODES)}


def test_every_code_list_has_labels_definitions_and_all_its_concepts(ontology: Graph) -> None:
    schemes = terms(ontology, SKOS.ConceptScheme)
    assert len(schemes) == CODE_LISTS
    for scheme in schemes:
        assert languages(ontology, scheme, SKOS.prefLabel) == LANGUAGES, scheme
        assert languages(ontology, scheme, SKOS.definition) == LANGUAGES, scheme
        members = set(ontology.subjects(SKOS.inScheme, scheme))
        assert members
        assert set(ontology.objects(scheme, SKOS.hasTopConcept)) == members
        assert set(ontology.subjects(SKOS.topConceptOf, scheme)) == members


def test_every_code_has_labels_definitions_and_one_list(ontology: Graph) -> None:
    codes = concepts(ontology)
    assert len(codes) > 50
    assert codes == set(ontology.subjects(SKOS.inScheme))
    for code in codes:
        assert languages(ontology, code, SKOS.prefLabel) == LANGUAGES, code
        assert languages(ontology, code, SKOS.definition) == LANGUAGES, code
        (scheme,) = ontology.objects(code, SKOS.inScheme)
        (notation,) = ontology.objects(code, SKOS.notation)
        assert f"{scheme}/{notation}" == str(code)


def test_codes_of_a_list_have_one_class_that_no_other_list_has(ontology: Graph) -> None:
    classes: dict[Node, set[Node]] = defaultdict(set)
    for code in concepts(ontology):
        (own,) = set(ontology.objects(code, RDF.type)) - {SKOS.Concept}
        assert SKOS.Concept in ancestors(ontology, own)
        (scheme,) = ontology.objects(code, SKOS.inScheme)
        classes[scheme].add(own)
    assert [found for found in classes.values() if len(found) != 1] == []
    assert len(set.union(*classes.values())) == CODE_LISTS


def test_every_code_class_is_the_range_of_a_property(ontology: Graph) -> None:
    classes = {kind for code in concepts(ontology) for kind in ontology.objects(code, RDF.type)} - {
        SKOS.Concept
    }
    ranges = set(ontology.objects(None, RDFS.range))
    # Roles and functions are values of org:role and org:purpose, which are not ours to restrict.
    assert classes - ranges == {KG.Role, KG.Function}


def test_no_code_of_the_program_leads_to_a_place(ontology: Graph) -> None:
    # Places are an instance's, and so are codes that mean one: data/codes.ttl.
    assert not set(ontology.subject_objects(DCTERMS.spatial))


# JSON-LD


def expansions(context: dict[str, object]) -> dict[str, str]:
    """Return what each term of the context stands for, prefixes and keywords apart."""
    prefixes = {
        term: value
        for term, value in context.items()
        if isinstance(value, str) and value.endswith(("/", "#"))
    }
    found = {}
    for term, value in context.items():
        if term.startswith("@") or term in prefixes:
            continue
        name = value["@id"] if isinstance(value, dict) else str(value)
        if not name.startswith("@"):
            prefix, _, local = name.partition(":")
            found[term] = prefixes[prefix] + local
    return found


def test_every_context_term_is_a_declared_term(context: dict[str, object], ontology: Graph) -> None:
    iris = expansions(context)
    assert len(iris) > 150
    undeclared = set(iris.values()) - declared(ontology)
    assert {iri for iri in undeclared if not iri.startswith(RESERVED)} == set()


def test_no_two_context_terms_mean_the_same(context: dict[str, object]) -> None:
    iris = expansions(context).values()
    assert [iri for iri, count in Counter(iris).items() if count > 1] == []


def test_every_property_and_own_class_has_a_context_term(
    context: dict[str, object], ontology: Graph
) -> None:
    wanted = {str(p) for p in terms(ontology, *PROPERTY_TYPES)}
    wanted |= {str(c) for c in terms(ontology, OWL.Class) if is_ours(c)}
    assert wanted - set(expansions(context).values()) == set()


def test_context_names_no_other_context(context: dict[str, object]) -> None:
    assert context["@version"] == 1.1
    assert not {"@import", "@vocab", "@base"} & set(context)
    for value in context.values():
        assert not isinstance(value, dict) or "@context" not in value


def test_object_properties_and_no_others_take_iris(
    context: dict[str, object], ontology: Graph
) -> None:
    things = {str(p) for p in terms(ontology, OWL.ObjectProperty)}
    values = {str(p) for p in terms(ontology, OWL.DatatypeProperty)}
    for term, iri in expansions(context).items():
        value = context[term]
        takes_iris = isinstance(value, dict) and value.get("@type") == "@id"
        assert not (iri in things and not takes_iris), term
        assert not (iri in values and takes_iris), term


def text_properties(context: dict[str, object]) -> set[str]:
    """Return the properties whose values the context writes by language."""
    return {
        iri
        for term, iri in expansions(context).items()
        if isinstance(value := context[term], dict) and value.get("@container") == "@language"
    }


def statements_of_each(ontology: Graph, context: dict[str, object]) -> Iterator[str]:
    """Yield lines of N-Triples for every property and class, and every form of value it takes."""
    texts = ('"words"', '"words"@en', '"\u8bcd"@zh', '"\u53e6\u4e00\u8bcd"@zh')
    numbers = (
        f'"2533"^^<{XSD.integer}>',
        f'"0.2211"^^<{XSD.decimal}>',
        f'"true"^^<{XSD.boolean}>',
        f'"969"^^<{XSD.integer}>',
        f'"2026-01-31"^^<{XSD.date}>',
    )
    by_language = text_properties(context)
    classes = terms(ontology, OWL.Class)
    properties_of_things = terms(ontology, OWL.ObjectProperty) | {RDFS.seeAlso}
    properties = {URIRef(iri) for iri in expansions(context).values()} - classes
    for number, term in enumerate(sorted(properties | classes, key=str)):
        thing = f"<{BASE}id/center/c{number}>"
        if term in classes:
            yield f"{thing} <{RDF.type}> <{term}> ."
            continue
        yield f"{thing} <{term}> <{BASE}id/center/other> ."
        if term in properties_of_things:
            continue
        # PyLD puts a native number into a language map, where JSON-LD 1.1 (9.8) allows text only.
        for value in texts if str(term) in by_language else texts + numbers:
            yield f"{thing} <{term}> {value} ."


@pytest.mark.parametrize("native", [True, False], ids=["native-numbers", "typed-numbers"])
def test_compacted_json_ld_holds_the_same_graph_in_three_parsers(
    native: bool, context: dict[str, object], ontology: Graph
) -> None:
    lines = sorted(statements_of_each(ontology, context))
    statements = {_normal(line) for line in lines}
    assert len(statements) > 500
    expanded = jsonld.from_rdf(
        "\n".join(lines) + "\n", {"format": "application/n-quads", "useNativeTypes": native}
    )
    compacted = jsonld.compact(expanded, {"@context": context})
    text = json.dumps(compacted)

    by_pyld = jsonld.to_rdf(compacted, {"format": "application/n-quads"})
    by_rdflib = Graph().parse(data=text, format="json-ld").serialize(format="nt")
    by_pyoxigraph = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    assert {_normal(line) for line in by_pyld.splitlines()} == statements
    assert {_normal(line) for line in by_rdflib.splitlines() if line} == statements
    assert {str(quad.triple) for quad in by_pyoxigraph} == statements


def test_compacted_json_ld_reads_as_plain_words(context: dict[str, object]) -> None:
    figure = f"{BASE}id/figure/c-papers"
    turtle = f"""
        @prefix kg: <{KG}> .
        @prefix skos: <{SKOS}> .
        <{figure}> a kg:Figure ; skos:prefLabel "Papers"@en, "\u8bba\u6587"@zh ;
            kg:center <{BASE}id/center/c> ; kg:value 2533 .
    """
    lines = Graph().parse(data=turtle).serialize(format="nt")
    expanded = jsonld.from_rdf(lines, {"format": "application/n-quads", "useNativeTypes": True})
    compacted = jsonld.compact(expanded, {"@context": context})
    del compacted["@context"]
    assert compacted == {
        "id": figure,
        "type": "Figure",
        "label": {"en": "Papers", "zh": "\u8bba\u6587"},
        "center": f"{BASE}id/center/c",
        "value": 2533,
    }
