"""Pages of texts: each claim marked, and beside it what was made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint
from pyoxigraph import Literal, NamedNode

from kg.sources.center import CENTER_FILE, read_center
from kg.sources.rdf import read_text
from kg.vocab import PREF_LABEL, PROV, PROV_VALUE, RDF_TYPE, RDFS_LABEL, Iris, below
from kg.web.addresses import data_links
from kg.web.names import Name, Names, Term
from kg.web.pages import kept, render_page, thing_page
from kg.web.problems import not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("sources", __name__)

NAMING = frozenset((PREF_LABEL, RDFS_LABEL))


@dataclass(frozen=True)
class Segment:
    """A stretch of a text. ``claim`` is the id of the shortest claim that it is part of.

    ``begins`` are the claims whose first stretch it is.
    """

    text: str
    claim: str
    begins: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What a claim states of one thing: properties and their values.

    Where it only names the thing, there are none, and ``types`` say what it is.
    """

    thing: Name
    types: tuple[Name, ...]
    facts: tuple[tuple[Name, tuple[Name, ...]], ...]


@dataclass(frozen=True)
class MarkedClaim:
    """A claim: its page, its sentence, its status, the claims it overlaps, what it states."""

    name: Name
    start: int
    end: int
    quote: str
    status: Name
    overlaps: tuple[str, ...]
    told: tuple[Told, ...]
    count: int

    @property
    def id(self) -> str:
        """The last part of its IRI: ``C022``."""
        return self.name.iri.rpartition("/")[2]


@blueprint.get("/<any(en, zh):lang>/source/<center>")
@blueprint.get("/<any(en, zh):lang>/source/<center>/<name>")
@kept
def source(lang: str, center: str, name: str = "") -> str:
    """Show a text, each claim in it a link to what it states; or the texts, where several are."""
    site = current_site()
    path = below(f"source/{center}", name)
    node = site.node(path)
    if node is None or path not in site.addresses:
        raise not_found(path)
    folder = site.release.source_file(f"data/{center}")
    found = read_center(folder / CENTER_FILE) if folder.is_dir() else None
    told = next((one for one in found.sources if one.name == name), None) if found else None
    if told is None:
        # What holds several texts, or a release without its sources: a thing like any other.
        return thing_page(lang, path)
    text = read_text(folder / told.file)
    claims = _claims(site, node, lang)
    names = Names(site.describe(node).quads, lang, site.base)
    return render_page(
        "source.html",
        lang=lang,
        path=path,
        signposted=True,
        title=names.of(node),
        iri=node.value,
        told=told,
        segments=segments(text, claims),
        claims=claims,
        center=f"center/{center}",
        data_links=data_links(path),
    )


def _claims(site: Site, source: NamedNode, lang: str) -> list[MarkedClaim]:
    """Return the claims of a text in its order."""
    rows = site.engine.select(
        f"PREFIX oa: <http://www.w3.org/ns/oa#> SELECT ?claim ?start ?end ?quote ?status {{ "
        f"?claim <{PROV}wasQuotedFrom> {source} ; {PROV_VALUE} ?quote ; "
        f"{Iris(site.base).term('claimStatus')} ?status . "
        "BIND(IRI(CONCAT(STR(?claim), '#position')) AS ?position) "
        "?position oa:start ?start ; oa:end ?end } ORDER BY ?start ?end ?claim"
    ).rows
    stated = _stated(site, source)
    mentioned = {term for row in rows for term in (row[0], row[4])}
    mentioned |= {term for told in stated.values() for triple in told for term in triple}
    nodes = [term for term in mentioned if isinstance(term, NamedNode)]
    names = Names(site.labels(nodes), lang, site.base)
    spans = {
        row[0]: (int(row[1].value), int(row[2].value))
        for row in rows
        if isinstance(row[1], Literal) and isinstance(row[2], Literal)
    }
    return [
        MarkedClaim(
            names.of(claim),
            *spans[claim],
            quote.value,
            names.of(status),
            tuple(
                str(other.value).rpartition("/")[2]
                for other, (start, end) in spans.items()
                if isinstance(other, NamedNode)
                and other != claim
                and start < spans[claim][1]
                and spans[claim][0] < end
            ),
            _told(stated.get(claim, ()), names),
            len(stated.get(claim, ())),
        )
        for claim, _start, _end, quote, status in rows
        if isinstance(claim, NamedNode)
        and isinstance(quote, Literal)
        and isinstance(status, NamedNode)
    ]


Triples = Sequence[tuple[NamedNode, NamedNode, Term]]


def _stated(site: Site, source: NamedNode) -> Mapping[NamedNode, Triples]:
    """Return the statements of each claim of a text."""
    rows = site.engine.select(
        f"SELECT ?claim ?s ?p ?o {{ ?claim <{PROV}wasQuotedFrom> {source} "
        "GRAPH ?claim { ?s ?p ?o } } ORDER BY ?claim ?s ?p ?o"
    ).rows
    found: dict[NamedNode, list[tuple[NamedNode, NamedNode, Term]]] = {}
    for claim, s, p, o in rows:
        if (
            isinstance(claim, NamedNode)
            and isinstance(s, NamedNode)
            and isinstance(p, NamedNode)
            and o is not None
        ):
            found.setdefault(claim, []).append((s, p, o))
    return found


def _told(triples: Iterable[tuple[NamedNode, NamedNode, Term]], names: Names) -> tuple[Told, ...]:
    """Return statements by thing, without types and names; what is only named comes last."""
    things: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    for subject, predicate, value in triples:
        things.setdefault(subject, {}).setdefault(predicate, []).append(value)
    told = [
        Told(
            names.of(thing),
            tuple(names.of(t) for t in facts.get(RDF_TYPE, ()) if isinstance(t, NamedNode))[:1],
            tuple(
                (names.of(predicate), tuple(names.value(value) for value in values))
                for predicate, values in facts.items()
                if predicate != RDF_TYPE and predicate not in NAMING
            ),
        )
        for thing, facts in things.items()
    ]
    return tuple(sorted(told, key=lambda one: not one.facts))


def segments(text: str, claims: Sequence[MarkedClaim]) -> list[Segment]:
    """Cut a text where claims begin and end; offsets count code points.

    Of overlapping claims the shortest marks a stretch: the others are one step further.
    """
    cuts = sorted({0, len(text), *(at for claim in claims for at in (claim.start, claim.end))})
    found = []
    for start, end in pairwise(cuts):
        inside = [claim for claim in claims if claim.start <= start and end <= claim.end]
        shortest = min(inside, key=lambda claim: claim.end - claim.start, default=None)
        begins = tuple(claim.id for claim in inside if claim.start == start)
        found.append(Segment(text[start:end], shortest.id if shortest else "", begins))
    return found
