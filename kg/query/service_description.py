"""What the endpoint says of itself when it is asked without a query.

SPARQL 1.1 Service Description, 2: the service, what it answers from and in which formats,
and the dataset behind it with its statistics. All but what depends on the request is read
from the release.
"""

from pyoxigraph import NamedNode, Quad

from kg.query.describe import quads_of
from kg.query.engine import Engine
from kg.vocab import DCAT, DCTERMS, DQV, PROV, SD, VOID, Iris

FOLLOWED = (
    *(SD + name for name in ("defaultDataset", "defaultGraph", "namedGraph", "graph")),
    DCAT + "servesDataset",
    DCTERMS + "publisher",
    *(VOID + name for name in ("classPartition", "propertyPartition")),
)
"""From the service to everything that its description has statements of."""

LEFT_OUT = (
    *(DCAT + "distribution", SD + "endpoint"),
    *(VOID + "subset", DQV + "hasQualityMeasurement", PROV + "wasGeneratedBy"),
    *(DCTERMS + "provenance", DCAT + "contactPoint"),
)
"""The dumps are named by ``void:dataDump``, the endpoint is the one that was asked, and what
catalogs want to know besides stands in the description of the dataset."""


def describe_service(engine: Engine, endpoint: str, *, federated: bool) -> tuple[Quad, ...]:
    """Return the description of the service that answers at ``endpoint``, an absolute IRI.

    ``federated`` is whether it asks other endpoints for SERVICE. The one ``sd:endpoint`` is
    the address that was asked and not the canonical one of the store: that one may lead to
    another server or to none, and who reads only one of two may get the wrong one. The
    service has the same IRI either way; ``sd:endpoint`` is inverse functional, so an address
    has one service, but a service may have many addresses. The canonical one stays in
    ``void:sparqlEndpoint`` and ``dcat:endpointURL``.

    What the request adds stands in a graph named for the endpoint, what the release says in
    ``graph/description``.
    """
    iris = Iris(engine.base)
    graph = iris.graph("description")
    path = "|".join(f"<{iri}>" for iri in FOLLOWED)
    left_out = ", ".join(f"<{iri}>" for iri in LEFT_OUT)
    stored = quads_of(
        engine.select(
            f"SELECT ?s ?p ?o ({graph} AS ?g) {{ GRAPH {graph} "
            f"{{ {iris.service} ({path})* ?s . ?s ?p ?o FILTER(?p NOT IN ({left_out})) }} }}"
        )
    )
    asked = [Quad(iris.service, NamedNode(SD + "endpoint"), NamedNode(endpoint), iris.endpoint)]
    if federated:
        feature = NamedNode(SD + "BasicFederatedQuery")
        asked.append(Quad(iris.service, NamedNode(SD + "feature"), feature, iris.endpoint))
    return tuple(sorted((*stored, *asked), key=str))
