"""The profiles that data can follow: one row each.

A profile is a data model that an answer keeps to, named by an IRI (Content Negotiation by
Profile, 3). Our own is the ontology as the shapes constrain it. A new profile is a row here
and a function that writes it.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext
from pyoxigraph import NamedNode, Quad

from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.query.describe import Cut, graph_quads
from kg.query.results import write_graph
from kg.query.schema_org import schema_org
from kg.vocab import SCHEMA, SD, SH, SPEX, VOID
from kg.web.site import Site

ANSWERS_KEPT = 200
"""Bodies of data, of 100 KB each or so, that are kept from one request to the next."""

DCAT_AP = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
SCHEMA_ORG_THINGS = frozenset(("id", "dataset", "claim", "source", "code"))
"""First segments of the IRIs of what schema.org has words for."""
NOT_FOR_CATALOGS = (VOID, SD, SH, SPEX)
"""Namespaces of what a description says beyond DCAT: counts, graphs, examples."""


@dataclass(frozen=True)
class Answer:
    """Data in one format; ``cut`` says what a description leaves out."""

    body: bytes
    cut: Cut | None = None


@dataclass(frozen=True)
class Profile:
    """A data model: ``token`` stands for its IRI in parameters and addresses.

    ``iri`` is below the base where it does not begin with a scheme. ``fits`` tells for the
    path of an IRI whether it is to be had so. ``write`` is given a path that is known.
    """

    token: str
    iri: str
    title: LazyString
    formats: tuple[Format, ...]
    fits: Callable[[str], bool]
    write: Callable[[Site, str, Format], Answer]

    def name(self, base: str) -> str:
        """Return the whole IRI."""
        return self.iri if ":" in self.iri else base + self.iri


def profiles_of(path: str) -> tuple[Profile, ...]:
    """Return the profiles that the thing at ``path`` is to be had in, our own first."""
    return tuple(profile for profile in PROFILES if profile.fits(path))


def kept_answer(site: Site, path: str, profile: Profile, format_: Format) -> Answer:
    """Return data in one profile and format; a release never changes, so they are made once."""
    key = (path, profile.token, format_.extension)
    answer = site.answers.get(key)
    if answer is None:
        answer = profile.write(site, path, format_)
        if len(site.answers) >= ANSWERS_KEPT:
            site.answers.clear()
        site.answers[key] = answer
    return answer


def sizes(site: Site, path: str) -> dict[str, int]:
    """Return the bytes of the data of a thing in our own profile, by extension."""
    return {f.extension: len(kept_answer(site, path, NATIVE, f).body) for f in FORMATS}


def _write_native(site: Site, path: str, format_: Format) -> Answer:
    node = NamedNode(site.base + path)
    cut = None
    if path == "shapes":
        quads: Iterable[Quad] = site.shapes
    elif path == "ontology" or path.startswith("graph/"):
        quads = graph_quads(site.engine, node.value if "/" in path else f"{site.base}graph/{path}")
    else:
        description = site.describe(node)
        quads, cut = description.quads, description.cut
    body = write_graph(tuple(quads), format_, site.base, site.release.context, first=node.value)
    return Answer(body, cut)


def _write_dcat_ap(site: Site, path: str, format_: Format) -> Answer:
    """Write what DCAT says of the dataset and of what belongs to it."""
    described: dict[NamedNode, list[Quad]] = {}
    for quad in graph_quads(site.engine, f"{site.base}graph/description"):
        told = (t.value for t in (quad.predicate, quad.object) if isinstance(t, NamedNode))
        beyond = any(iri.startswith(NOT_FOR_CATALOGS) for iri in told)
        if isinstance(quad.subject, NamedNode) and not beyond:
            described.setdefault(quad.subject, []).append(quad)
    root = NamedNode(site.base + path)
    serving = [s for s, quads in described.items() if any(q.object == root for q in quads)]
    queue, quads = [root, *serving], dict[Quad, None]()
    while queue:
        found = described.pop(queue.pop(), [])
        quads.update(dict.fromkeys(found))
        queue += [q.object for q in found if isinstance(q.object, NamedNode)]
    body = write_graph(tuple(quads), format_, site.base, site.release.context, first=root.value)
    return Answer(body)


def _write_schema_org(site: Site, path: str, _format: Format) -> Answer:
    """Write the thing as schema.org has it, with its texts in both languages."""
    document = schema_org(site.engine, site.base + path, None)
    return Answer(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")


NATIVE = Profile(
    token="native",  # noqa: S106 - a name, not a secret
    iri="shapes",
    title=lazy_gettext("Our own ontology, with the evidence of each statement"),
    formats=FORMATS,
    fits=lambda _: True,
    write=_write_native,
)

PROFILES: tuple[Profile, ...] = (
    NATIVE,
    Profile(
        token="dcat-ap",  # noqa: S106 - as above
        iri=DCAT_AP,
        title=lazy_gettext("DCAT-AP 3.0.1, for catalogs of datasets"),
        formats=FORMATS,
        fits=lambda path: path == "dataset",
        write=_write_dcat_ap,
    ),
    Profile(
        token="schema",  # noqa: S106 - as above
        iri=SCHEMA,
        title=lazy_gettext("schema.org, for search engines"),
        formats=(BY_EXTENSION["jsonld"],),
        fits=lambda path: path.partition("/")[0] in SCHEMA_ORG_THINGS,
        write=_write_schema_org,
    ),
)
TOKENS = frozenset(profile.token for profile in PROFILES)
