"""Pages of whole documents: the ontology and the shapes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint
from pyoxigraph import Literal, NamedNode, Quad

from kg.query.engine import Engine
from kg.query.usage import Targets, Usage, focus_nodes, statements_with, things_of
from kg.vocab import OWL, RDF_TYPE, RDFS, SH
from kg.web.addresses import data_links
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.site import current_site

blueprint = Blueprint("documents", __name__)

TERM_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
COMMENT = NamedNode(RDFS + "comment")


@dataclass(frozen=True)
class Term:
    """A term of the ontology: labels and comments by language, its uses, the query for them."""

    id: str
    kind: str
    labels: dict[str, str]
    comments: dict[str, str]
    relations: tuple[tuple[Name, tuple[Name, ...]], ...]
    uses: int
    query: str


@dataclass(frozen=True)
class Constraint:
    """What a shape demands: of which property, if of one, and how a curator is told."""

    id: str
    path: Name | None
    message: Name


@dataclass(frozen=True)
class Shape:
    """A node shape, its constraints, and how many things it is for."""

    id: str
    name: Name
    target: Name | None
    constraints: tuple[Constraint, ...]
    targets: Targets
    things: int


@blueprint.get("/<any(en, zh):lang>/ontology")
@kept
def ontology(lang: str) -> str:
    """List our own classes and properties, each at the fragment of its IRI."""
    site = current_site()
    rows = site.engine.select(
        f"SELECT ?s ?p ?o {{ VALUES ?kind {{ {' '.join(f'<{OWL}{kind}>' for kind in TERM_KINDS)} }} "
        f"?s a ?kind ; ?p ?o FILTER(STRSTARTS(STR(?s), '{site.base}ontology#')) }}"
    ).rows
    about = _by_subject(rows)
    mentioned = [t for row in rows for t in row if isinstance(t, NamedNode)]
    names = Names(site.labels(mentioned), lang, site.base)
    terms = [
        _term(node, statements, names, site.usage)
        for node, statements in sorted(about.items(), key=str)
    ]
    kinds = [(kind, [t for t in terms if t.kind == kind]) for kind in TERM_KINDS]
    return render_page(
        "ontology.html",
        lang=lang,
        path="ontology",
        signposted=True,
        kinds=kinds,
        data_links=data_links("ontology"),
    )


def _by_subject(
    rows: Iterable[Sequence[object]],
) -> dict[NamedNode, list[tuple[NamedNode, object]]]:
    found: dict[NamedNode, list[tuple[NamedNode, object]]] = {}
    for subject, predicate, value in rows:
        if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
            pair = (predicate, value)
            statements = found.setdefault(subject, [])
            if pair not in statements:
                statements.append(pair)
    return found


def _term(
    node: NamedNode, statements: list[tuple[NamedNode, object]], names: Names, usage: Usage
) -> Term:
    types = {o.value for p, o in statements if p == RDF_TYPE and isinstance(o, NamedNode)}
    kind = next(kind for kind in TERM_KINDS if OWL + kind in types)
    shown = ("subClassOf", "subPropertyOf", "domain", "range")
    relations = []
    for local in shown:
        predicate = NamedNode(RDFS + local)
        values = [o for p, o in statements if p == predicate and isinstance(o, NamedNode)]
        if values:
            relations.append((names.of(predicate), tuple(names.of(v) for v in values)))
    comments = {
        o.language or "en": o.value
        for p, o in statements
        if p == COMMENT and isinstance(o, Literal)
    }
    local_name = node.value.rpartition("#")[2]
    is_class = kind == TERM_KINDS[0]
    uses = (usage.classes if is_class else usage.properties).get(node.value, 0)
    query = (things_of if is_class else statements_with)(node.value)
    return Term(local_name, kind, names.labels(node), comments, tuple(relations), uses, query)


@blueprint.get("/<any(en, zh):lang>/shapes")
@kept
def shapes(lang: str) -> str:
    """List the shapes and what each of their constraints tells a curator."""
    site = current_site()
    about: dict[NamedNode, list[Quad]] = {}
    for quad in site.shapes:
        if isinstance(quad.subject, NamedNode):
            about.setdefault(quad.subject, []).append(quad)
    mentioned = {q.object for q in site.shapes if isinstance(q.object, NamedNode)}
    names = Names(site.labels(mentioned), lang, site.base)
    kind = NamedNode(SH + "NodeShape")
    found = [
        _shape(node, about, names, site.engine)
        for node, quads in about.items()
        if any(q.predicate == RDF_TYPE and q.object == kind for q in quads)
    ]
    found.sort(key=lambda shape: shape.id)
    # What many shapes demand alike is told once.
    uses = Counter(constraint for shape in found for constraint in shape.constraints)
    return render_page(
        "shapes.html",
        lang=lang,
        path="shapes",
        signposted=True,
        shapes=found,
        shared=[constraint for constraint, count in uses.items() if count > 1],
        data_links=data_links("shapes"),
    )


def _shape(
    node: NamedNode, about: dict[NamedNode, list[Quad]], names: Names, engine: Engine
) -> Shape:
    def things(of: NamedNode, local: str) -> list[NamedNode]:
        quads = [q for q in about.get(of, []) if q.predicate == NamedNode(SH + local)]
        return [q.object for q in quads if isinstance(q.object, NamedNode)]

    def text(of: NamedNode, local: str) -> Name | None:
        quads = [q for q in about.get(of, []) if q.predicate == NamedNode(SH + local)]
        texts = {q.object.language: q.object.value for q in quads if isinstance(q.object, Literal)}
        language = names.lang if names.lang in texts else next(iter(texts), None)
        return Name(texts[language], language or "") if texts else None

    made = [node, *things(node, "property"), *things(node, "sparql")]
    constraints = [
        Constraint(
            _fragment(one), names.of(path[0]) if (path := things(one, "path")) else None, message
        )
        for one in made
        if (message := text(one, "message"))
    ]
    target = things(node, "targetClass")
    locals_ = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")
    targets = Targets(*(tuple(t.value for t in things(node, local)) for local in locals_))
    return Shape(
        _fragment(node),
        text(node, "name") or Name(_fragment(node)),
        names.of(target[0]) if target else None,
        tuple(constraints),
        targets,
        focus_nodes(engine, targets) if targets else 0,
    )


def _fragment(node: NamedNode) -> str:
    return node.value.rpartition("#")[2]
