"""The release described in RDF, in ``graph/description``.

The catalog (DCAT 3), statistics and linksets (VoID), the build (PROV), its quality (DQV), the
service description of the endpoint, and the example queries. These statements carry the time
of the build, so they are in the store and not in the dumps.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import NamedNode, Quad, Triple

from kg.check.verdict import Verdict
from kg.config import Config
from kg.release.dcat import catalog_statements, service_catalog_statements
from kg.release.dumps import Offer
from kg.release.examples import example_statements
from kg.release.linksets import linkset_statements
from kg.release.provenance import build_statements
from kg.release.quality import quality_statements
from kg.release.service import default_graph, graph_part, graph_size, service_statements
from kg.release.statement import Statement, say
from kg.release.void import access_statements, statistics
from kg.release.write import triples_of
from kg.sources.center import Center
from kg.sources.queries import Query
from kg.vocab import DCTERMS, RDF_TYPE, Iris


@dataclass(frozen=True)
class Facts:
    """What a description says, in the terms of the build.

    ``built_at`` is an RFC 3339 time; ``quads`` are the data, without repeats; ``offers`` are
    the dataset and its parts with their files, the dataset first;
    ``centers`` say who keeps what; ``verdict`` is None for
    a release that was not checked.
    """

    identifier: str
    config: Config
    built_at: str
    quads: Collection[Quad]
    offers: Sequence[Offer]
    examples: Sequence[Query]
    centers: Sequence[Center]
    sources: Mapping[str, str]
    software: Mapping[str, str]
    verdict: Verdict | None


def description_quads(facts: Facts) -> tuple[Quad, ...]:
    """Return the description of a release."""
    iris = Iris(facts.config.base)
    graph = iris.graph("description")
    triples = triples_of(facts.quads)
    sizes = Counter(q.graph_name for q in facts.quads if isinstance(q.graph_name, NamedNode))
    statements = dict.fromkeys(
        chain(
            catalog_statements(
                facts.config, facts.identifier, facts.built_at, facts.offers, facts.centers
            ),
            _terms(iris),
            access_statements(triples, facts.config),
            statistics(triples, iris),
            linkset_statements(facts.quads, iris),
            build_statements(
                facts.config, facts.identifier, facts.built_at, facts.sources, facts.software
            ),
            quality_statements(facts.quads, facts.verdict, iris),
            example_statements(facts.examples, iris),
            service_statements(iris, {*sizes, graph}),
            service_catalog_statements(facts.config),
            (graph_size(graph_part(iris, g), n) for g, n in sizes.items() if g != graph),
        )
    )
    # The description counts itself. Two statements are still to come, one for each number.
    own = {Triple(*statement) for statement in statements}
    inside = own | {
        Triple(q.subject, q.predicate, q.object) for q in facts.quads if q.graph_name == graph
    }
    last = (
        graph_size(graph_part(iris, graph), len(inside) + 2),
        graph_size(default_graph(iris), len(own.union(triples)) + 2),
    )
    return tuple(Quad(*statement, graph) for statement in (*statements, *last))


def _terms(iris: Iris) -> Iterator[Statement]:
    """Yield which terms the dataset keeps to: those of our ontology."""
    ontology = NamedNode(f"{iris.base}ontology")
    yield from say(iris.dataset, DCTERMS + "conformsTo", ontology)
    yield from say(ontology, RDF_TYPE.value, NamedNode(DCTERMS + "Standard"))
