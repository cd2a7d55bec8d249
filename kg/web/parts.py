"""The parts of a thing in the sections of its page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from kg.web.bars import draw_bars
from kg.web.facts import Part, Section, common_groups, local_name, section_rank
from kg.web.headline import headline
from kg.web.layout import IN_THE_NAME, PLANS, SECTION_TITLES, SPLIT_CLASSES
from kg.web.names import Name

if TYPE_CHECKING:
    from kg.web.view import View


def sections(view: "View") -> tuple[Section, ...]:
    """Return the parts of the view's thing by what holds them, plans last."""
    held: dict[str, list[Quad]] = {}
    for quad in view.by_subject.get(view.iri, []):
        if quad.object in view.description.parts:
            held.setdefault(_section_key(view, quad), []).append(quad)
    found = [_section(view, key, held[key]) for key in sorted(held, key=section_rank)]
    return tuple(section for section in found if section.parts)


def _section_key(view: "View", quad: Quad) -> str:
    classes = view.classes_of(quad.object) if isinstance(quad.object, NamedNode) else set()
    types = {local_name(name) for name in classes}
    split = [name for name in SPLIT_CLASSES if name in types]
    return split[0] if split else local_name(quad.predicate.value)


def _section(view: "View", key: str, quads: Sequence[Quad]) -> Section:
    links: dict[NamedNode, list[Quad]] = {}
    for quad in quads:
        if isinstance(quad.object, NamedNode) and quad.object.value not in view.shown:
            links.setdefault(quad.object, []).append(quad)
    bars = draw_bars(tuple(links), view.values_of, view.iris)
    parts = sorted(
        (replace(_part(view, node, links[node]), bar=bars.get(node)) for node in links),
        # In the order of the text: claims are numbered.
        key=lambda part: (min((o.name.iri for o in part.origins), default=""), part.name.iri),
    )
    common = common_groups(parts)
    if common:
        kept = {group.predicate for group in common}
        parts = [
            replace(p, groups=tuple(g for g in p.groups if g.predicate not in kept)) for p in parts
        ]
    title = SECTION_TITLES.get(key)
    name = Name(str(title), view.lang) if title else view.names.of(quads[0].predicate).unlinked()
    return Section(key, name, tuple(parts), common, key in PLANS)


def _part(page: "View", node: NamedNode, links: Sequence[Quad]) -> Part:
    view = page
    inner: tuple[Section, ...] = ()
    held = any(q.predicate in page.reading.holders for q in page.by_subject[node])
    if page.reading.look_up and held:
        view = page.of_part(page.reading.look_up(node))
        inner = view.sections
    values = page.values_of(node)
    line = headline(values, page.names, page.iris)
    said = line.said if line else frozenset()
    groups = view.groups(
        q
        for q in view.facts_of(node)
        if q.predicate not in said and local_name(q.predicate.value) not in IN_THE_NAME
    )
    if page.above:
        page.above.shown.update(fact.value.iri for group in groups for fact in group.facts)
    number = values.get(page.iris.term("number"), [None])[0]
    prefix = f"{page.iri.value}#"
    return Part(
        name=page.names.of(node),
        number=number.value if isinstance(number, Literal) else "",
        id=node.value.removeprefix(prefix)
        if node.value.startswith(prefix) and not page.above
        else "",
        headline=line.text if line else "",
        origins=page.origins.of(links),
        groups=groups,
        sections=inner,
    )
