"""The dataset and its parts as a schema.org ``Dataset``, from the release's description.

Has what Google's dataset search requires (name, and a description of 50 characters and more)
and recommends, as far as it is stated: no place, period, citation or funder.
"""

from collections import defaultdict
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.query.describe import labels, quads_of
from kg.query.engine import Engine
from kg.query.schema_words import CONTEXT, Names, text_value
from kg.vocab import DCAT, DCTERMS, DQV, FOAF, SPDX, VOID, Iris

SIZE = {
    "en": "{statements} statements about {things} things.",
    "zh": "共{things}个事物、{statements}条陈述。",
}
"""Said after the description of the whole; with it even a short one tells enough."""


FOLLOWED = (
    *(DCAT + "distribution", SPDX + "checksum", DCTERMS + "publisher"),
    DQV + "hasQualityMeasurement",
)
"""From a dataset to everything that its JSON-LD tells of."""


class Described:
    """What the description says of a dataset, by subject and property."""

    def __init__(self, engine: Engine, node: NamedNode, language: str | None) -> None:
        self.iris = Iris(engine.base)
        self.language = language
        quads = _around(engine, node)
        self.names = Names(quads, language)
        self._values: dict[tuple[object, str], list[NamedNode | Literal]] = defaultdict(list)
        self._subjects: dict[tuple[str, object], list[NamedNode]] = defaultdict(list)
        for quad in sorted(quads, key=str):
            if isinstance(quad.object, NamedNode | Literal):
                self._values[quad.subject, quad.predicate.value].append(quad.object)
            if isinstance(quad.subject, NamedNode):
                self._subjects[quad.predicate.value, quad.object].append(quad.subject)

    def nodes(self, node: NamedNode, property_: str) -> list[NamedNode]:
        """Return the things that a property leads to."""
        return [v for v in self._values.get((node, property_), ()) if isinstance(v, NamedNode)]

    def subjects(self, property_: str, node: NamedNode) -> list[NamedNode]:
        """Return the things whose property leads to ``node``."""
        return self._subjects.get((property_, node), [])

    def text(self, node: NamedNode, property_: str) -> str:
        """Return the first value of a property as a text; empty if it has none."""
        values = self._values.get((node, property_), [])
        return values[0].value if values else ""

    def texts(self, node: NamedNode, property_: str) -> dict[str, str]:
        """Return the texts of a property by language."""
        found = self._values.get((node, property_), ())
        return {v.language or "": v.value for v in found if isinstance(v, Literal)}

    def words(self, node: NamedNode, property_: str) -> list[Any]:
        """Return the texts of a property in the language, or all with their languages."""
        found = [v for v in self._values.get((node, property_), ()) if isinstance(v, Literal)]
        chosen = [v for v in found if self.language in {None, v.language}] or found
        return [text_value(v, self.language) for v in chosen]


def _around(engine: Engine, node: NamedNode) -> list[Quad]:
    """Return the statements of the dataset, its files and its catalogs, and what leads to it."""
    graph = Iris(engine.base).graph("description")
    path = "|".join(f"<{iri}>" for iri in FOLLOWED)
    inside = f"{node} ({path})* ?s . ?s ?p ?o"
    catalogs = f"?s <{DCAT}dataset> {node} . ?s ?p ?o FILTER(?p = <{DCTERMS}title> || ?o = {node})"
    parts = f"?s <{DCTERMS}isPartOf> {node} . ?s ?p ?o FILTER(?o = {node})"
    return [
        quad
        for pattern in (inside, catalogs, parts)
        for quad in quads_of(
            engine.select(
                f"SELECT DISTINCT ?s ?p ?o ({graph} AS ?g) {{ GRAPH {graph} {{ {pattern} }} }}"
            )
        )
    ]


def is_dataset(engine: Engine, node: NamedNode) -> bool:
    """Say whether ``node`` is the dataset of the release or one of its parts."""
    graph = Iris(engine.base).graph("description")
    return bool(engine.select(f"SELECT * {{ GRAPH {graph} {{ {node} a <{DCAT}Dataset> }} }}").rows)


def dataset_jsonld(engine: Engine, node: NamedNode, language: str | None) -> dict[str, Any]:
    """Return the JSON-LD of a dataset; ``language`` as for ``schema_org``."""
    said = Described(engine, node, language)
    whole = node == said.iris.dataset
    publisher = said.nodes(node, DCTERMS + "publisher")
    agents = [_agent(said, agent) for agent in publisher]
    catalogs = said.subjects(DCAT + "dataset", node)
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": node.value,
        "@type": "Dataset",
        "name": said.names.name(node),
        "description": _description(said, node, whole=whole),
        "url": node.value,
        "identifier": said.text(node, DCTERMS + "identifier"),
        "version": said.text(node, DCAT + "version"),
        "license": said.text(node, DCTERMS + "license"),
        "isAccessibleForFree": bool(said.nodes(node, DCTERMS + "accessRights")),
        "inLanguage": ["en", "zh"],
        "datePublished": said.text(node, DCTERMS + "issued"),
        "dateModified": said.text(node, DCTERMS + "modified"),
        "creator": agents,
        "publisher": agents,
        "keywords": said.words(node, DCAT + "keyword"),
        "includedInDataCatalog": [
            {
                "@id": catalog.value,
                "@type": "DataCatalog",
                "name": said.names.name(catalog),
                "url": engine.base,
            }
            for catalog in catalogs
        ],
        "distribution": [_download(said, d) for d in said.nodes(node, DCAT + "distribution")],
        "isPartOf": [part.value for part in said.nodes(node, DCTERMS + "isPartOf")],
        "hasPart": [part.value for part in said.subjects(DCTERMS + "isPartOf", node)],
        "variableMeasured": _variables(engine, language) if whole else [],
        "isBasedOn": _texts_read(engine) if whole else [],
    }
    return {name: value for name, value in document.items() if value not in ("", [], None)}


def _agent(said: Described, agent: NamedNode) -> dict[str, Any]:
    names = said.texts(agent, FOAF + "name")
    return {
        "@id": agent.value,
        "@type": "Organization",
        "name": names.get(said.language or "en") or next(iter(names.values()), ""),
    }


def _description(said: Described, node: NamedNode, *, whole: bool) -> Any:  # noqa: ANN401 - a text or texts with languages
    texts = said.texts(node, DCTERMS + "description")
    if whole:
        sizes = {
            "statements": said.text(node, VOID + "triples"),
            "things": said.text(NamedNode(f"{node.value}#quality/things"), DQV + "value"),
        }
        for language, sentence in SIZE.items():
            if language in texts:
                space = " " if language == "en" else ""
                texts[language] += space + sentence.format(**sizes)
    if said.language is None:
        return [{"@value": text, "@language": name} for name, text in sorted(texts.items())]
    return texts.get(said.language) or next(iter(texts.values()), "")


def _download(said: Described, file: NamedNode) -> dict[str, Any]:
    packed = said.nodes(file, DCAT + "compressFormat")
    formats = packed or said.nodes(file, DCAT + "mediaType")
    checksums = said.nodes(file, SPDX + "checksum")
    return {
        "@id": file.value,
        "@type": "DataDownload",
        "name": said.names.name(file),
        "contentUrl": said.text(file, DCAT + "downloadURL"),
        "encodingFormat": formats[0].value.partition("media-types/")[2],
        "contentSize": f"{said.text(file, DCAT + 'byteSize')} B",
        "sha256": said.text(checksums[0], SPDX + "checksumValue"),
    }


def _variables(engine: Engine, language: str | None) -> list[dict[str, Any]]:
    """Return what the figures of the dataset count."""
    iris = Iris(engine.base)
    rows = engine.select(
        f"SELECT DISTINCT ?indicator {{ ?figure {iris.term('indicator')} ?indicator }} "
        "ORDER BY ?indicator"
    ).rows
    nodes = [term for (term,) in rows if isinstance(term, NamedNode)]
    names = Names(labels(engine, nodes), language)
    return [
        {"@id": node.value, "@type": "PropertyValue", "name": names.name(node)} for node in nodes
    ]


def _texts_read(engine: Engine) -> list[str]:
    """Return the addresses of the texts that the dataset was read from."""
    iris = Iris(engine.base)
    rows = engine.select(
        f"SELECT DISTINCT ?address {{ ?text a {iris.term('SourceText')} ; "
        f"<{DCTERMS}source> ?address }} ORDER BY ?address"
    ).texts()
    return [address for (address,) in rows]
