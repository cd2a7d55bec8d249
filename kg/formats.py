"""The RDF formats that we read, write and negotiate: one row each.

A new format is a new row here and, where no library writer exists, a writer in
``kg.release.write``.
"""

from dataclasses import dataclass

from pyoxigraph import RdfFormat


@dataclass(frozen=True)
class Syntax:
    """A concrete syntax that can be negotiated.

    ``media_types``: the first is what we send, the others we accept as well.
    """

    name: str
    extension: str
    media_types: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """The media type that we send."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """The Content-Type header; text types say their charset (RFC 6657)."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


@dataclass(frozen=True)
class Format(Syntax):
    """A format of graphs.

    ``has_graphs``: whether it tells the graph of each statement (the complete formats).
    """

    engine: RdfFormat
    has_graphs: bool


FORMATS = (
    Format("Turtle", "ttl", ("text/turtle", "application/x-turtle"), RdfFormat.TURTLE, False),
    Format("JSON-LD", "jsonld", ("application/ld+json",), RdfFormat.JSON_LD, False),
    Format("N-Triples", "nt", ("application/n-triples",), RdfFormat.N_TRIPLES, False),
    Format("N-Quads", "nq", ("application/n-quads",), RdfFormat.N_QUADS, True),
    Format("TriG", "trig", ("application/trig", "application/x-trig"), RdfFormat.TRIG, True),
    Format("RDF/XML", "rdf", ("application/rdf+xml",), RdfFormat.RDF_XML, False),
)

W3C_FORMATS = "http://www.w3.org/ns/formats/"
FORMAT_IRIS = {
    "ttl": W3C_FORMATS + "Turtle",
    "jsonld": W3C_FORMATS + "JSON-LD",
    "nt": W3C_FORMATS + "N-Triples",
    "nq": W3C_FORMATS + "N-Quads",
    "trig": W3C_FORMATS + "TriG",
    "rdf": W3C_FORMATS + "RDF_XML",
    "json": W3C_FORMATS + "SPARQL_Results_JSON",
    "xml": W3C_FORMATS + "SPARQL_Results_XML",
    "csv": W3C_FORMATS + "SPARQL_Results_CSV",
    "tsv": W3C_FORMATS + "SPARQL_Results_TSV",
}
"""What the W3C calls the formats of graphs and of results (Unique URIs for File Formats)."""

EU_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
FILE_TYPES = {
    "ttl": "RDF_TURTLE",
    "jsonld": "JSON_LD",
    "nt": "RDF_N_TRIPLES",
    "nq": "RDF_N_QUADS",
    "trig": "RDF_TRIG",
    "rdf": "RDF_XML",
    "csv": "CSV",
    "json": "JSON",
}
"""What catalogs in Europe call the formats of files, below ``EU_FILE_TYPES``."""

TABLE_FILE = Syntax("CSV", "csv", ("text/csv",))
TABLE_METADATA = Syntax("CSVW metadata", "json", ("application/csvm+json",))

GZIP = "application/gzip"


def file_content_type(name: str) -> str:
    """Return the Content-Type of a dump by its name; what is packed is gzip, whatever it packs.

    >>> file_content_type("kind/ward.csv"), file_content_type("kind/ward.ttl.gz")
    ('text/csv; charset=utf-8', 'application/gzip')
    """
    extension = name.rpartition(".")[2]
    syntaxes = (*FORMATS, TABLE_FILE, TABLE_METADATA)
    return {s.extension: s.content_type for s in syntaxes}.get(extension, GZIP)


BY_EXTENSION = {format_.extension: format_ for format_ in FORMATS}
