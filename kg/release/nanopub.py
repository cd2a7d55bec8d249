"""Claims as nanopublications: each with its quote, its source and who publishes it.

A nanopublication (https://nanopub.net/guidelines/working_draft/) has four graphs: a head, the
assertion, its provenance and the publication info. Here the assertion is what the graph of a
claim says, the provenance is the claim's evidence, and the publication info names publisher,
license and dataset.

Their IRIs are trusty URIs (module RA): ``{base}np/RA...`` ends in a hash of all four graphs,
so whoever has a nanopublication can tell that it is unchanged, and a claim that did not change
has the same one in every release. For both reasons no time stands in it and no id of a
release: neither is known of a claim, and either would make each release publish every claim
anew. When a release was made is said in its description, of the dataset that each
nanopublication is a part of.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.release.statement import part_of
from kg.release.write import Term
from kg.vocab import DCTERMS, NP, PROV, QUOTED_FROM, RDF_TYPE, RDFS, Iris

MODULE = "RA"
UNKNOWN = " "
"""Stands for the hash in the text that is hashed."""

SEE_ALSO = NamedNode(RDFS + "seeAlso")

GRAPHS = ("head", "assertion", "provenance", "pubinfo")


def nanopubs(quads: Iterable[Quad], license_: str, iris: Iris) -> Iterator[tuple[Quad, ...]]:
    """Yield the nanopublication of each claim of a dataset that says anything, in their order."""
    inside: dict[Term, list[Triple]] = defaultdict(list)
    about: dict[Term, list[Triple]] = defaultdict(list)
    evidence = f"{iris.base}graph/evidence/"
    for quad in quads:
        if not isinstance(quad.graph_name, NamedNode):
            continue
        if quad.graph_name.value.startswith(evidence) and isinstance(quad.subject, NamedNode):
            about[NamedNode(quad.subject.value.partition("#")[0])].append(quad.triple)
        elif quad.graph_name.value.startswith(f"{iris.base}claim/"):
            inside[quad.graph_name].append(quad.triple)
    for claim in sorted((node for node in about if node in inside), key=str):
        if isinstance(claim, NamedNode):
            known = about[claim]
            sources = {t.object for t in known if t.predicate == QUOTED_FROM}
            known = [*known, *(t for source in sources for t in about.get(source, ()))]
            yield nanopub(claim, inside[claim], known, license_, iris)


def claims_of(quads: Iterable[Quad], base: str) -> dict[str, str]:
    """Return the IRI of the claim of each nanopublication among quads, by artifact code."""
    start = f"{base}np/"
    return {
        quad.subject.value.removeprefix(start): quad.object.value
        for quad in quads
        if quad.predicate == SEE_ALSO
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.subject.value.startswith(start)
    }


def nanopub(
    claim: NamedNode,
    assertion: Collection[Triple],
    evidence: Collection[Triple],
    license_: str,
    iris: Iris,
) -> tuple[Quad, ...]:
    """Return the nanopublication of a claim: its quads by graph, each graph sorted.

    ``assertion`` is what the claim's graph holds; ``evidence`` are the statements about the
    claim, its annotation and its source.
    """
    code = artifact_code(_written(UNKNOWN, claim, assertion, evidence, license_, iris))
    quads = _written(code, claim, assertion, evidence, license_, iris)
    return tuple(
        Quad(NamedNode(s), NamedNode(p), NamedNode(o) if isinstance(o, str) else o, NamedNode(g))
        for g, s, p, o in quads
    )


Written = tuple[str, str, str, str | Literal]
"""Graph, subject, predicate and object; IRIs as texts, so that a hash may be left open."""


def _written(
    code: str,
    claim: NamedNode,
    assertion: Collection[Triple],
    evidence: Collection[Triple],
    license_: str,
    iris: Iris,
) -> list[Written]:
    """Return the quads of a nanopublication with an artifact code, maybe an unknown one."""
    name = f"{iris.base}np/{code}"
    head, said, provenance, pubinfo = (f"{name}#{graph}" for graph in GRAPHS)
    sources = [t.object.value for t in evidence if t.predicate == QUOTED_FROM]  # type: ignore[union-attr]  # of IRIs alone
    rows: list[Written] = [
        (head, name, RDF_TYPE.value, NP + "Nanopublication"),
        (head, name, NP + "hasAssertion", said),
        (head, name, NP + "hasProvenance", provenance),
        (head, name, NP + "hasPublicationInfo", pubinfo),
        *(_row(said, triple) for triple in assertion),
        (provenance, said, PROV + "wasDerivedFrom", claim.value),
        *((provenance, said, PROV + "wasQuotedFrom", source) for source in sources),
        *(_row(provenance, triple) for triple in evidence),
        (pubinfo, name, DCTERMS + "creator", part_of(iris.dataset, "publisher").value),
        (pubinfo, name, DCTERMS + "license", license_),
        (pubinfo, name, DCTERMS + "isPartOf", iris.dataset.value),
        (pubinfo, name, RDFS + "seeAlso", claim.value),
    ]
    return sorted(set(rows), key=lambda row: (GRAPHS.index(row[0].partition("#")[2]), _key(row)))


def _row(graph: str, triple: Triple) -> Written:
    subject, object_ = triple.subject, triple.object
    if not isinstance(subject, NamedNode) or not isinstance(object_, NamedNode | Literal):
        raise TypeError(f"no statement of IRIs and literals: {triple}")
    value = object_ if isinstance(object_, Literal) else object_.value
    return graph, subject.value, triple.predicate.value, value


def artifact_code(rows: Iterable[Written]) -> str:
    """Return the artifact code of quads in which ``UNKNOWN`` stands for it.

    Trusty URIs, module RA: SHA-256 of the quads, sorted, each term on a line of its own, in
    Base64 for URLs without padding.
    """
    text = "".join(_text(row) for row in sorted(set(rows), key=_key))
    digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return MODULE + digest.rstrip("=")


def _key(row: Written) -> tuple[object, ...]:
    """Return what quads are sorted by: IRIs go before literals, and all by code point."""
    graph, subject, predicate, value = row
    ends: tuple[object, ...] = (0, value)
    if isinstance(value, Literal):
        datatype = "" if value.language else value.datatype.value
        ends = (1, value.value, datatype, value.language or "")
    return graph, subject, predicate, *ends


def _text(row: Written) -> str:
    *iris, value = row
    if isinstance(value, Literal):
        kind = f"@{value.language.lower()}" if value.language else f"^{value.datatype.value}"
        escaped = value.value.replace("\\", "\\\\").replace("\n", "\\n")
        value = f"{kind} {escaped}"
    return "".join(f"{term}\n" for term in (*iris, value))
