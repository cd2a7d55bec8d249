"""One page of each kind, for tests that look at them all and for ``make shots``."""

from sample import CENTER, CLAIM, CLAIM_ID, FIGURE, PERSON, SLUG, SOURCE, things

PAGE_KINDS = {
    "home": "/{lang}/",
    "center": f"/{{lang}}/{CENTER}",
    "source": f"/{{lang}}/{SOURCE}",
    "source-claim": f"/{{lang}}/{SOURCE}#{CLAIM_ID}-states",
    "claim": f"/{{lang}}/{CLAIM}",
    "institution": f"/{{lang}}/{things('institution')[0]}",
    "person": f"/{{lang}}/{PERSON}",
    "figure": f"/{{lang}}/{FIGURE}",
    "award": f"/{{lang}}/{things('award')[0]}",
    "achievements": f"/{{lang}}/{things('achievement-group')[0]}",
    "probe": f"/{{lang}}/{things('probe')[0]}",
    "disease": f"/{{lang}}/{things('disease')[0]}",
    "network": f"/{{lang}}/{things('network')[0]}",
    "objective": f"/{{lang}}/{things('objective')[0]}",
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
    "not-found": f"/{{lang}}/center/{SLUG[:-9]}",
}
"""Addresses by the name of the kind; ``{lang}`` stands for the language."""

LARGE = {"shapes": 25_000}
"""Bytes of HTML on the wire for pages that may be longer than WIRE_BYTES."""
WIRE_BYTES = 20_000
SCRIPTED = frozenset(("sparql", "query"))
"""Pages with programs of their own, which have a budget of their own."""
