"""One page of each kind, for tests that look at them all and for ``make shots``."""

CENTER = "center/hubei-imaging-medicine"
SOURCE = "source/hubei-imaging-medicine"

PAGE_KINDS = {
    "home": "/{lang}/",
    "center": f"/{{lang}}/{CENTER}",
    "source": f"/{{lang}}/{SOURCE}",
    "source-claim": f"/{{lang}}/{SOURCE}#C022-states",
    "claim": "/{lang}/claim/hubei-imaging-medicine/C022",
    "institution": "/{lang}/institution/union-hospital",
    "person": "/{lang}/person/xie-mingxing",
    "figure": "/{lang}/figure/hubei-imaging-medicine-sci-papers",
    "award": "/{lang}/award/national-science-and-technology-progress-award",
    "achievements": "/{lang}/achievement-group/hubei-imaging-medicine-tumor-imaging-and-therapy",
    "probe": "/{lang}/probe/18f-5-fpn",
    "disease": "/{lang}/disease/melanoma",
    "network": "/{lang}/network/nationwide-clinical-research-collaborative-network",
    "objective": "/{lang}/objective/hubei-imaging-medicine-novel-probes",
    "concept": "/{lang}/code/scope/china",
    "codes": "/{lang}/code/scope",
    "graph": "/{lang}/graph/mapping/places",
    "dataset": "/{lang}/dataset",
    "ontology": "/{lang}/ontology",
    "classes": "/{lang}/ontology/diagram",
    "shapes": "/{lang}/shapes",
    "downloads": "/{lang}/downloads",
    "releases": "/{lang}/releases",
    "kinds": "/{lang}/browse",
    "list": "/{lang}/browse/figure",
    "cards": "/{lang}/browse/priority-claim?view=cards",
    "narrowed": "/{lang}/browse/figure?indicator=code/indicator/award-prizes&sort=-value",
    "mappings-narrowed": "/{lang}/mappings?registry=mesh&match=closeMatch&by=set",
    "search": "/{lang}/search?q=影像",
    "searched-for-nothing": "/{lang}/search?q=zzzz",
    "mappings": "/{lang}/mappings",
    "lookup": "/{lang}/lookup",
    "looked-up": "/{lang}/lookup?iri=ror:0371fqr87&iri=0371fqr86&iri=119432&iri=Wuhan",
    "validation": "/{lang}/validation",
    "api": "/{lang}/api",
    "neighbourhood": f"/{{lang}}/neighbourhood/{CENTER}",
    "reconcile": "/{lang}/reconcile",
    "reconciled": "/{lang}/reconcile?query=协合医院",
    "sparql": "/sparql?lang={lang}",
    "query": "/{lang}/query",
    "alternates": "/dataset?_profile=alt&lang={lang}",
    "not-found": "/{lang}/center/hubei-imaging",
}
"""Addresses by the name of the kind; ``{lang}`` stands for the language."""

LARGE = {"shapes": 25_000}
"""Bytes of HTML on the wire for pages that may be longer than WIRE_BYTES."""
WIRE_BYTES = 20_000
SCRIPTED = frozenset(("sparql", "query"))
"""Pages with programs of their own, which have a budget of their own."""
