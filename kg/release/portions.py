"""The parts of a dataset that can be had alone: one for each center and each kind of thing.

The portion of a kind holds the whole description of every thing of the kind: what
``kg.query.describe`` gives for each of them when no statement that points to it is left out,
each in its graph, but for the release's own description, which is in no dump.

The portion of a center holds what its text says (the graphs of its claims), the evidence for
it, and what other graphs say of the things that the text names, as far as no other center's
text says it; names and origins come with them. So it can be read without the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.config import Bilingual
from kg.release.gathered import Gathered, mentioned, names_of
from kg.vocab import PREF_LABEL, RDFS_LABEL


@dataclass(frozen=True)
class Portion:
    """A part of the dataset. ``name`` is ``center/{slug}`` or ``kind/{kind}``."""

    name: str
    title: Bilingual
    description: Bilingual
    quads: tuple[Quad, ...]


def portions(gathered: Gathered) -> Iterator[Portion]:
    """Yield the portions of a dataset, centers first, one at a time."""
    things = gathered.things()
    for center in things.get("center", ()):
        yield _center_portion(gathered, center)
    for kind, nodes in things.items():
        yield _kind_portion(gathered, kind, nodes)


def _center_portion(gathered: Gathered, center: NamedNode) -> Portion:
    base = gathered.iris.base
    slug = center.value.rpartition("/")[2]
    said = [
        *gathered.inside(f"{base}claim/{slug}/"),
        *gathered.inside(f"{base}graph/evidence/{slug}"),
    ]
    things = [n for n in mentioned(said) | {center} if n.value.startswith(f"{base}id/")]
    about = gathered.about([*things, *gathered.parts(things)])
    elsewhere = [q for q in about if not _is_of_claim(q, base)]
    names = names_of(gathered.about((center,)), PREF_LABEL, slug)
    return Portion(
        name=f"center/{slug}",
        title=names,
        description=Bilingual(
            f"All that the text of {names.en} says, its evidence, and what registry records, "
            "mappings and the ontology say of the things that it names.",
            f"“{names.zh}”的简介原文所述全部内容及其证据，"
            "以及登记记录、映射和本体关于其中所提事物的陈述。",
        ),
        quads=gathered.complete([*said, *elsewhere]),
    )


def _is_of_claim(quad: Quad, base: str) -> bool:
    graph = quad.graph_name
    return isinstance(graph, NamedNode) and graph.value.startswith(f"{base}claim/")


def _kind_portion(gathered: Gathered, kind: str, nodes: Sequence[NamedNode]) -> Portion:
    names = kind_names(gathered, kind)
    return Portion(
        name=f"kind/{kind}",
        title=Bilingual(f"All of the kind “{names.en}”", f"“{names.zh}”类的全部事物"),
        description=Bilingual(
            f"The whole description of each thing of the kind “{names.en}”, with the claims, "
            "records and mappings that it rests on.",
            f"“{names.zh}”类每一事物的完整描述，及其所依据的原文片段、登记记录和映射。",
        ),
        quads=gathered.describe(nodes),
    )


def kind_names(gathered: Gathered, kind: str) -> Bilingual:
    """Return what a kind is called: the label of its class that comes closest to its name."""
    iris = gathered.iris
    classes = [
        q.subject
        for q in gathered.inside(iris.graph("ontology").value)
        if q.predicate == iris.term("kind")
        and isinstance(q.object, Literal)
        and q.object.value == kind
        and isinstance(q.subject, NamedNode)
    ]
    plain = kind.replace("-", " ")
    names = [names_of(gathered.about((node,)), RDFS_LABEL, plain) for node in classes]
    names.sort(key=lambda name: (name.en != plain, len(name.en), name.en))
    return names[0] if names else Bilingual(plain, plain)
