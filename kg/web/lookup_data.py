"""Answers of a look-up as JSON, as a table, and as the RDF of the mappings."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg.formats import Format
from kg.link.registries import Reading
from kg.query.describe import labels, outgoing
from kg.query.results import write_graph
from kg.vocab import DCTERMS, PAV, RDFS, SSSOM
from kg.web.lookup_view import Item, Thing, registry_called
from kg.web.negotiate import LANGUAGES
from kg.web.site import Site

SLOTS = {PAV + "authoredBy": "author_id", DCTERMS + "created": "mapping_date"}
"""Slots of SSSOM whose properties are those of another vocabulary, by property."""

COLUMNS = (
    *("given", "state", "registry", "identifier", "curie", "thing", "kind", "label_en"),
    *("label_zh", "match", "justification", "confidence", "made_by", "made_on", "set"),
    *("mapping", "message"),
)


def as_json(site: Site, items: Sequence[Item]) -> str:
    """Return answers as JSON: ``items``, one for each identifier in their order."""
    table = {"items": [as_object(site, item) for item in items]}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def as_object(site: Site, item: Item) -> dict[str, Any]:
    """Return one answer as an object of JSON."""
    answer = item.answer
    found: dict[str, Any] = {
        "given": answer.given,
        "state": answer.state,
        "readings": [_reading(reading) for reading in answer.readings],
        "things": [_thing(thing) for thing in item.things],
    }
    if item.sentence:
        found["message"] = item.sentence
    if answer.near:
        found["near"] = [_reading(reading) for reading in answer.near]
    if answer.withdrawn:
        row = answer.withdrawn
        found["withdrawn"] = {"iri": site.base + row.id, "date": row.date, "reason": row.reason}
        if row.replacement:
            found["withdrawn"]["replacement"] = site.base + row.replacement
    return found


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "registry": reading.registry,
        "name": registry_called(reading.registry),
        "identifier": reading.identifier,
        "curie": reading.curie,
        "iri": reading.iri,
        "checkDigitsFit": reading.sound,
    }


def _thing(thing: Thing) -> dict[str, Any]:
    hit = thing.hit
    found: dict[str, Any] = {
        "iri": hit.thing.value,
        "kind": thing.kind,
        "label": {code: thing.labels[code] for code in LANGUAGES if code in thing.labels},
        "page": thing.name.href,
        # Its own IRI needs no mapping.
        "match": _local(hit.match) if hit.match else "itself",
    }
    if hit.reading:
        found["identifier"] = hit.reading.curie
    if hit.withdrawn:
        found["withdrawn"] = hit.withdrawn.date
    if hit.mapping:
        slots = hit.said or {}
        found["mapping"] = {
            "iri": hit.mapping.value,
            "page": thing.row_page,
            "set": next(iter(hit.texts(DCTERMS + "isPartOf")), ""),
            "comment": list(hit.texts(RDFS + "comment")),
            # Whatever the mapping set has: justification, confidence, author, date.
            **{
                slot: list(values)
                for iri, values in sorted(slots.items())
                if (slot := SLOTS.get(iri) or iri.removeprefix(SSSOM)) != iri
            },
        }
    return found


def _local(node: NamedNode) -> str:
    return node.value.rpartition("#")[2]


def as_table(items: Sequence[Item], delimiter: str) -> str:
    """Return answers as lines: one for each thing that was found, one where none was."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for item in items:
        rows = [_row(item, thing) for thing in item.things] or [_row(item, None)]
        # A tab or a line's end in a cell would be read as the end of it.
        writer.writerows([" ".join(cell.split()) for cell in row] for row in rows)
    return file.getvalue()


def _row(item: Item, thing: Thing | None) -> tuple[str, ...]:
    answer = item.answer
    reading = (
        thing.hit.reading if thing else answer.readings[0] if len(answer.readings) == 1 else None
    )
    read = (reading.registry, reading.identifier, reading.curie) if reading else ("", "", "")
    if thing is None:
        return (answer.given, answer.state, *read, *[""] * 11, item.sentence)
    hit, mapping = thing.hit, thing.row.mapping if thing.row else None
    makers = [maker.text for maker in thing.row.makers] if thing.row else []
    return (
        *(answer.given, answer.state, *read, hit.thing.value, thing.kind),
        *(thing.labels.get(code, "") for code in LANGUAGES),
        _local(hit.match) if hit.match else "itself",
        mapping.justification.value if mapping and mapping.justification else "",
        *((mapping.confidence, "; ".join(makers), mapping.made_on) if mapping else ("", "", "")),
        mapping.set.value if mapping and mapping.set else "",
        mapping.node.value if mapping else "",
        item.sentence,
    )


def as_graph(site: Site, items: Sequence[Item], format_: Format) -> bytes:
    """Return the mappings that were found, their sets, and types and names of the things."""
    hits = [thing.hit for item in items for thing in item.things]
    sets = {set_ for hit in hits for set_ in hit.texts(DCTERMS + "isPartOf")}
    about = {hit.mapping for hit in hits if hit.mapping} | {NamedNode(set_) for set_ in sets}
    quads: dict[Quad, None] = dict.fromkeys(
        (
            *outgoing(site.engine, sorted(about, key=str)),
            *labels(site.engine, (hit.thing for hit in hits)),
        )
    )
    return write_graph(tuple(quads), format_, site.base, site.release.context)
