"""What a format cannot hold is refused, and not written as something else."""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, Quad, Triple

from kg.errors import FormatRefused
from kg.formats import Format

XML_NAME = re.compile(r"[^\W\d][\w.\-\u00b7]*\Z")
"""The end of a predicate's IRI that can be the name of an element (Namespaces in XML, 4)."""
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 has no form for, not even an escape (2.2)."""


def refuse_unwritable(quads: Iterable[Quad], format_: Format) -> None:
    """Raise FormatRefused where the format has no form for one of the statements."""
    if format_.extension == "jsonld":
        for quad in quads:
            term = quad.object
            if isinstance(term, Triple) or (isinstance(term, Literal) and term.direction):
                raise FormatRefused(
                    "JSON-LD 1.1 has no form for triple terms and base directions; "
                    "ask for ttl, nt, nq or trig"
                )
    if format_.extension == "rdf":
        for quad in quads:
            _refuse_in_xml(quad)


def _refuse_in_xml(quad: Quad) -> None:
    if not XML_NAME.search(quad.predicate.value):
        raise FormatRefused(
            f"RDF/XML has no form for the property <{quad.predicate.value}>, whose IRI does not "
            "end in an XML name; ask for ttl, nt, nq, trig or jsonld"
        )
    if isinstance(quad.object, Literal) and NOT_XML.search(quad.object.value):
        raise FormatRefused(
            "RDF/XML has no form for a control character in a text; "
            "ask for ttl, nt, nq, trig or jsonld"
        )
