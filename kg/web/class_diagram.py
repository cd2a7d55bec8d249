"""``/{lang}/ontology/diagram``: our classes, what is above them and what links them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint
from pyoxigraph import NamedNode

from kg.query.usage import statements_with, things_of
from kg.vocab import OWL, RDFS
from kg.web.addresses import data_links, own_address
from kg.web.class_layout import ClassNode, Link, draw_classes
from kg.web.language import translate as _
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.site import Site, current_site

blueprint = Blueprint("class_diagram", __name__)


@dataclass(frozen=True)
class ListedLink:
    """A property of a class in the list, with its uses and the query for them."""

    link: Link
    uses: int
    query: str


@dataclass(frozen=True)
class ListedClass:
    """A class in the list, with its uses and the query for them."""

    node: ClassNode
    uses: int
    query: str
    links: tuple[ListedLink, ...]


@blueprint.get("/<any(en, zh):lang>/ontology/diagram")
@kept
def page(lang: str) -> str:
    """Show our classes as a picture, and as a list by what is above them."""
    site = current_site()
    nodes = classes(site, lang)
    return render_page(
        "class_diagram.html",
        lang=lang,
        path="ontology/diagram",
        negotiated=own_address("ontology"),
        picture=draw_classes(nodes),
        groups=_groups(site, nodes),
        data_links=data_links("ontology"),
    )


def classes(site: Site, lang: str) -> tuple[ClassNode, ...]:
    """Return our classes, and those from elsewhere that our properties lead from or to.

    Of two inverse properties the one counts that says which is its inverse.
    """
    above = _pairs(site, f"?a a <{OWL}Class> ; <{RDFS}subClassOf> ?b")
    ours = [
        row[0]
        for row in site.engine.select(
            f"SELECT DISTINCT ?class {{ ?class a <{OWL}Class> "
            f"FILTER(STRSTARTS(STR(?class), '{site.base}ontology#')) }} ORDER BY ?class"
        ).rows
        if isinstance(row[0], NamedNode)
    ]
    links = site.engine.select(
        f"SELECT DISTINCT ?domain ?p ?range {{ ?p a <{OWL}ObjectProperty> ; "
        f"<{RDFS}domain> ?domain ; <{RDFS}range> ?range "
        f"FILTER(STRSTARTS(STR(?p), '{site.base}ontology#')) "
        f"FILTER NOT EXISTS {{ ?other <{OWL}inverseOf> ?p }} }} ORDER BY ?domain ?p ?range"
    ).rows
    triples = [
        (domain, p, range_)
        for domain, p, range_ in links
        if isinstance(domain, NamedNode)
        and isinstance(p, NamedNode)
        and isinstance(range_, NamedNode)
    ]
    others = {end for domain, _p, range_ in triples for end in (domain, range_)} - set(ours)
    mentioned = {*ours, *others, *(b for bs in above.values() for b in bs)}
    names = Names(site.labels(mentioned | {p for _d, p, _r in triples}), lang, site.base)
    found: dict[NamedNode, list[Link]] = defaultdict(list)
    for domain, p, range_ in triples:
        found[domain].append(Link(names.of(p), names.of(range_)))
    return tuple(
        _node(node, above.get(node, ()), found[node], names, ours=node in ours)
        for node in (*ours, *sorted(others, key=str))
    )


def _pairs(site: Site, pattern: str) -> dict[NamedNode, list[NamedNode]]:
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    rows = site.engine.select(f"SELECT DISTINCT ?a ?b {{ {pattern} }} ORDER BY ?a ?b").rows
    for a, b in rows:
        if isinstance(a, NamedNode) and isinstance(b, NamedNode):
            found[a].append(b)
    return found


def _node(
    node: NamedNode,
    above: Sequence[NamedNode],
    links: Sequence[Link],
    names: Names,
    *,
    ours: bool,
) -> ClassNode:
    superclasses = tuple(names.of(one) for one in above)
    told = _(", ").join(name.text for name in superclasses)
    return ClassNode(
        name=names.of(node),
        superclasses=superclasses,
        links=tuple(sorted(links, key=lambda link: link.predicate.text)),
        above=Name(_("kind of %(classes)s", classes=told)) if told else None,
        ours=ours,
    )


def _groups(
    site: Site, nodes: Sequence[ClassNode]
) -> list[tuple[Name | None, tuple[ListedClass, ...]]]:
    """Return the classes by what is above them, by its name; last those below nothing."""
    listed = {node.name.iri: _listed(site, node) for node in nodes}
    below: dict[Name, list[ListedClass]] = defaultdict(list)
    for node in nodes:
        for name in node.superclasses:
            below[name].append(listed[node.name.iri])
    groups: list[tuple[Name | None, tuple[ListedClass, ...]]] = [
        (name, _sorted(below[name]))
        for name in sorted(below, key=lambda name: (name.text, name.iri))
    ]
    alone = [listed[node.name.iri] for node in nodes if not node.superclasses]
    return [*groups, (None, _sorted(alone))] if alone else groups


def _sorted(found: Sequence[ListedClass]) -> tuple[ListedClass, ...]:
    return tuple(sorted(found, key=lambda one: (one.node.name.text, one.node.name.iri)))


def _listed(site: Site, node: ClassNode) -> ListedClass:
    uses: Mapping[str, int] = site.usage.properties
    return ListedClass(
        node,
        site.usage.classes.get(node.name.iri, 0),
        things_of(node.name.iri),
        tuple(
            ListedLink(link, uses.get(link.predicate.iri, 0), statements_with(link.predicate.iri))
            for link in node.links
        ),
    )
