"""Pages of whole documents: the ontology, the shapes, a text with its claims."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint
from pyoxigraph import Literal, NamedNode, Quad

from kg.sources.rdf import read_text
from kg.vocab import OWL, PROV, PROV_VALUE, RDF_TYPE, RDFS, SH, Iris
from kg.web.addresses import data_links
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.problems import not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("documents", __name__)

TERM_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
COMMENT = NamedNode(RDFS + "comment")


@dataclass(frozen=True)
class Term:
    """A term of the ontology: labels and comments by language, and how often it is used."""

    id: str
    kind: str
    labels: dict[str, str]
    comments: dict[str, str]
    relations: tuple[tuple[Name, tuple[Name, ...]], ...]


@dataclass(frozen=True)
class Constraint:
    """What a shape demands: of which property, if of one, and how a curator is told."""

    id: str
    path: Name | None
    message: Name


@dataclass(frozen=True)
class Shape:
    """A node shape and its constraints."""

    id: str
    name: Name
    target: Name | None
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class Segment:
    """A stretch of a text, and the claims that it is part of.

    ``ids`` are those of the claims that the stretch is the first of.
    """

    text: str
    claims: tuple[Name, ...]
    ids: tuple[str, ...]


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
    terms = [_term(node, statements, names) for node, statements in sorted(about.items(), key=str)]
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


def _term(node: NamedNode, statements: list[tuple[NamedNode, object]], names: Names) -> Term:
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
    return Term(local_name, kind, names.labels(node), comments, tuple(relations))


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
        _shape(node, about, names)
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


def _shape(node: NamedNode, about: dict[NamedNode, list[Quad]], names: Names) -> Shape:
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
    return Shape(
        _fragment(node),
        text(node, "name") or Name(_fragment(node)),
        names.of(target[0]) if target else None,
        tuple(constraints),
    )


def _fragment(node: NamedNode) -> str:
    return node.value.rpartition("#")[2]


@blueprint.get("/<any(en, zh):lang>/source/<center>")
@kept
def source(lang: str, center: str) -> str:
    """Show a text, each claim in it a link to what it states."""
    site = current_site()
    path = f"source/{center}"
    file = site.release.source_file(f"data/{center}/source.txt")
    node = site.node(path)
    if node is None or path not in site.addresses or not file.is_file():
        raise not_found(path)
    text = read_text(file)
    claims = _claims(site, node)
    statements = [
        (claim, quote, status, count) for claim, _start, _end, quote, status, count in claims
    ]
    mentioned = [node, *(c[0] for c in statements), *(c[2] for c in statements)]
    about = site.describe(node)
    names = Names((*about.quads, *site.labels(mentioned)), lang, site.base)
    return render_page(
        "source.html",
        lang=lang,
        path=path,
        signposted=True,
        title=names.of(node),
        iri=node.value,
        segments=_segments(text, [(names.of(c), start, end) for c, start, end, *_rest in claims]),
        claims=[(names.of(c), quote, names.of(status), n) for c, quote, status, n in statements],
        center=f"center/{center}",
        data_links=data_links(path),
    )


def _claims(site: Site, source: NamedNode) -> list[tuple[NamedNode, int, int, str, NamedNode, int]]:
    """Return the claims of a text in its order: IRI, start, end, quote, status, statements."""
    status = Iris(site.base).term("claimStatus")
    rows = site.engine.select(
        f"PREFIX oa: <http://www.w3.org/ns/oa#> "
        f"SELECT ?claim ?start ?end ?quote ?status (COUNT(?s) AS ?n) {{ "
        f"?claim <{PROV}wasQuotedFrom> {source} ; {PROV_VALUE} ?quote ; {status} ?status . "
        "BIND(IRI(CONCAT(STR(?claim), '#position')) AS ?position) "
        "?position oa:start ?start ; oa:end ?end "
        "OPTIONAL { GRAPH ?claim { ?s ?p ?o } } } "
        "GROUP BY ?claim ?start ?end ?quote ?status ORDER BY ?start ?end"
    ).rows
    return [
        (claim, int(start.value), int(end.value), quote.value, state, int(count.value))
        for claim, start, end, quote, state, count in rows
        if isinstance(claim, NamedNode)
        and isinstance(state, NamedNode)
        and isinstance(start, Literal)
        and isinstance(end, Literal)
        and isinstance(quote, Literal)
        and isinstance(count, Literal)
    ]


def _segments(text: str, claims: Sequence[tuple[Name, int, int]]) -> list[Segment]:
    """Cut a text where claims begin and end; offsets count code points."""
    cuts = sorted({0, len(text), *(at for _name, start, end in claims for at in (start, end))})
    found: list[Segment] = []
    seen: set[str] = set()
    for start, end in pairwise(cuts):
        inside = tuple(name for name, first, last in claims if first <= start and end <= last)
        identifiers = [name.iri.rpartition("/")[2] for name in inside]
        first = tuple(identifier for identifier in identifiers if identifier not in seen)
        found.append(Segment(text[start:end], inside, first))
        seen.update(first)
    return found
