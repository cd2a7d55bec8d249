"""One claim of a release as a nanopublication, the same as in the dump of them all."""

from pyoxigraph import NamedNode, Quad

from kg.query.describe import graph_quads, outgoing, quads_of
from kg.query.engine import Engine
from kg.release.nanopub import nanopub
from kg.vocab import DCTERMS, QUOTED_FROM, Iris


def nanopub_quads(engine: Engine, claim_iri: str) -> tuple[Quad, ...]:
    """Return the nanopublication of a claim; empty for what is no claim, or says nothing.

    The quads come by graph: head, assertion, provenance, publication info. See
    ``kg.release.nanopub``.
    """
    iris = Iris(engine.base)
    claim = NamedNode(claim_iri)
    assertion = [q.triple for q in graph_quads(engine, claim_iri) if q.graph_name == claim]
    evidence = quads_of(
        engine.select(
            f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ {claim} {QUOTED_FROM} ?source . ?s ?p ?o }} "
            f"FILTER(?s = {claim} || STRSTARTS(STR(?s), '{claim_iri}#')) }}"
        )
    )
    if not assertion or not evidence:
        return ()
    sources = [q.object for q in evidence if q.predicate == QUOTED_FROM]
    graph = evidence[0].graph_name
    known = [*evidence, *outgoing(engine, [s for s in sources if isinstance(s, NamedNode)])]
    licenses = engine.select(
        f"SELECT ?license {{ GRAPH {iris.graph('description')} "
        f"{{ {iris.dataset} <{DCTERMS}license> ?license }} }}"
    ).texts()
    triples = [q.triple for q in known if q.graph_name == graph]
    return nanopub(claim, assertion, triples, licenses[0][0], iris)
