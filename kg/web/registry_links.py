"""The links of a thing to other registries: each with its match and what it rests on."""

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.vocab import DCTERMS, SSSOM, Iris
from kg.web.facts import RegistryLink, local_name
from kg.web.mapping_words import last_part, registry_name
from kg.web.names import Name

if TYPE_CHECKING:
    from kg.web.view import View

PART_OF = NamedNode(DCTERMS + "isPartOf")
REGISTRY = NamedNode(SSSOM + "object_source")


def registry_links(view: "View", iris: Iris) -> tuple[RegistryLink, ...]:
    """Return the links that the mappings of the view's thing justify, best match first."""
    subject, match, target = map(iris.term, ("mappingSubject", "mappingPredicate", "mappingObject"))
    said = {subject, match, target, PART_OF, REGISTRY}
    found = []
    for quad in view.description.quads:
        node = quad.subject
        if quad.predicate != subject or quad.object != view.iri or not isinstance(node, NamedNode):
            continue
        values = view.values_of(node)
        linked, kind = values.get(target, [None])[0], values.get(match, [None])[0]
        registry = values.get(REGISTRY, [None])[0]
        if isinstance(linked, NamedNode) and isinstance(kind, NamedNode):
            groups = view.groups(q for q in view.facts_of(node) if q.predicate not in said)
            label = next((g for g in groups if local_name(g.predicate.iri) == "object_label"), None)
            found.append(
                RegistryLink(
                    view.names.of(kind),
                    _target(linked, registry if isinstance(registry, NamedNode) else None),
                    label.facts[0].value.text if label else "",
                    tuple(group for group in groups if group is not label),
                    view.origins.of([quad]),
                )
            )
    return tuple(sorted(found, key=lambda link: (link.match.text, link.target.text)))


def _target(linked: NamedNode, registry: NamedNode | None) -> Name:
    """Return a record by its registry and what that calls it, or by its IRI alone."""
    known = registry_name(registry)
    text = f"{known} {last_part(linked)}" if known else linked.value
    return Name(text, "", linked.value, linked.value)
