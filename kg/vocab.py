"""Namespaces, prefixes and the IRIs that this project mints, each written once."""

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
ORG = "http://www.w3.org/ns/org#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"
SCHEMA = "https://schema.org/"
VCARD = "http://www.w3.org/2006/vcard/ns#"
DQV = "http://www.w3.org/ns/dqv#"
LDQD = "http://www.w3.org/2016/05/ldqd#"
SPDX = "http://spdx.org/rdf/terms#"
VIVO = "http://vivoweb.org/ontology/core#"
SSSOM = "https://w3id.org/sssom/"
SEMAPV = "https://w3id.org/semapv/vocab/"
PAV = "http://purl.org/pav/"
SH = "http://www.w3.org/ns/shacl#"
SD = "http://www.w3.org/ns/sparql-service-description#"
NP = "http://www.nanopub.org/nschema#"
SPEX = "https://purl.expasy.org/sparql-examples/ontology#"

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
"""A language tag in lower case."""

RESERVED_KINDS = frozenset(
    (
        *("id", "data", "en", "zh", "browse", "search", "source", "claim", "graph", "code"),
        *("ontology", "shapes", "dataset", "downloads", "dumps", "sparql", "reconcile", "lookup"),
        *(
            "releases",
            "feed",
            "healthz",
            "readyz",
            "metrics",
            "static",
            "query",
            "linkset",
            "cite",
            "np",
        ),
        *("alternates", "search-index", "opensearch.xml"),
        *("mappings", "validation", "api", "neighbourhood"),
        *(".well-known", "robots.txt", "sitemap.xml"),
    )
)
"""First path segments that the server answers itself: no kind of thing may be called so."""

SERVICE_NAME = "service"
"""The fragment of the endpoint that is the service itself: no example query is called so."""

RDF_TYPE = NamedNode(RDF + "type")
RDFS_LABEL = NamedNode(RDFS + "label")
PREF_LABEL = NamedNode(SKOS + "prefLabel")
BYTE_SIZE = NamedNode(DCAT + "byteSize")
PROV_VALUE = NamedNode(PROV + "value")
QUOTED_FROM = NamedNode(PROV + "wasQuotedFrom")


def prefixes(base: str) -> dict[str, str]:
    """Return the prefixes that our files, answers and editor share, in one order.

    >>> prefixes("https://example.org/")["kg"]
    'https://example.org/ontology#'
    """
    return {
        "kg": base + "ontology#",
        "kgid": base + "id/",
        "kgcode": base + "code/",
        "kgclaim": base + "claim/",
        "kggraph": base + "graph/",
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "skos": SKOS,
        "schema": SCHEMA,
        "org": ORG,
        "prov": PROV,
        "oa": OA,
        "dcterms": DCTERMS,
        "dcat": DCAT,
        "void": VOID,
        "dqv": DQV,
        "vcard": VCARD,
        "foaf": FOAF,
        "spdx": SPDX,
        "vivo": VIVO,
        "sssom": SSSOM,
        "semapv": SEMAPV,
        "pav": PAV,
        "sh": SH,
        "sd": SD,
        "np": NP,
    }


def below(name: str, center: str) -> str:
    """Return the name of a graph, or of the one of a center: ``translations/lake``.

    >>> below("mapping", ""), below("mapping", "lake")
    ('mapping', 'mapping/lake')
    """
    return f"{name}/{center}" if center else name


@dataclass(frozen=True)
class Iris:
    """Mints the IRIs of one instance. ``base`` ends in ``/``.

    >>> iris = Iris("https://example.org/")
    >>> iris.term("Center").value
    'https://example.org/ontology#Center'
    >>> iris.claim("hubei-imaging-medicine", "C022").value
    'https://example.org/claim/hubei-imaging-medicine/C022'
    """

    base: str

    def term(self, name: str) -> NamedNode:
        """Return a term of our ontology."""
        return NamedNode(f"{self.base}ontology#{name}")

    def entity(self, kind: str, slug: str) -> NamedNode:
        """Return a thing: ``kind`` as the ontology's kg:kind has it."""
        return NamedNode(f"{self.base}id/{kind}/{slug}")

    def claim(self, center: str, claim_id: str) -> NamedNode:
        """Return a claim of a center's text, which is also the name of its graph."""
        return NamedNode(f"{self.base}claim/{center}/{claim_id}")

    def source(self, center: str, name: str = "") -> NamedNode:
        """Return the text that a center's profile was read from, or one of several by its name."""
        return NamedNode(f"{self.base}source/{center}" + (f"/{name}" if name else ""))

    def code(self, scheme: str, concept: str) -> NamedNode:
        """Return a concept of a code list."""
        return NamedNode(f"{self.base}code/{scheme}/{concept}")

    def graph(self, name: str) -> NamedNode:
        """Return a named graph that is not a claim: ``ontology``, ``evidence/<center>`` ..."""
        return NamedNode(f"{self.base}graph/{name}")

    @property
    def dataset(self) -> NamedNode:
        """The dataset that a release is of; what it has besides are fragments of it."""
        return NamedNode(f"{self.base}dataset")

    @property
    def endpoint(self) -> NamedNode:
        """The SPARQL endpoint, under its canonical address."""
        return NamedNode(f"{self.base}sparql")

    @property
    def service(self) -> NamedNode:
        """The service that answers at the endpoint, whatever the host."""
        return self.example(SERVICE_NAME)

    def example(self, name: str) -> NamedNode:
        """Return an example query: ``name`` is its file's, without the suffix."""
        return NamedNode(f"{self.endpoint.value}#{name}")

    def is_ours(self, iri: str) -> bool:
        """Say whether ``iri`` is one that this instance answers for."""
        return iri.startswith(self.base)
