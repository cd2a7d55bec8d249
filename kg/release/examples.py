"""The example queries of a release, as files and as RDF.

The RDF follows the convention that sib-swiss/sparql-examples set and that editors read: a
``sh:SPARQLExecutable`` with the text (``sh:select``, ``sh:ask`` or ``sh:construct``; SHACL,
which has no word for DESCRIBE, lends it ``spex:describe``), with the question as
``rdfs:comment`` and the endpoint as ``schema:target``. Ours have the title as ``rdfs:label``
too, and the note after the question.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg.release.statement import Statement, say
from kg.sources.center import CENTER_FILE, Center, read_center
from kg.sources.dataset import QUERIES
from kg.sources.derived import query_paths
from kg.sources.queries import Query, read_query
from kg.vocab import RDF_TYPE, RDFS, SCHEMA, SH, SPEX, Iris

FORMS = {
    "SELECT": (SH + "SPARQLSelectExecutable", SH + "select"),
    "ASK": (SH + "SPARQLAskExecutable", SH + "ask"),
    "CONSTRUCT": (SH + "SPARQLConstructExecutable", SH + "construct"),
    "DESCRIBE": (SPEX + "SPARQLDescribeExecutable", SPEX + "describe"),
}
"""Class and property of an example by the form of its query."""


def read_examples(sources: Path) -> tuple[Query, ...]:
    """Return the example queries of a release, by name; none where it was made without.

    ``sources`` is the folder of the sources in the release.
    """
    data = sources / "data"
    shared = [(path, "") for path in query_paths(data / QUERIES)]
    own = [(path, path.parts[-3]) for path in sorted(data.glob(f"*/{QUERIES}/*.rq"))]
    found = (read_query(path, center) for path, center in (*shared, *own))
    return tuple(sorted(found, key=lambda query: query.name))


def read_centers(sources: Path) -> tuple[Center, ...]:
    """Return what a release's sources say of each center, by slug; none where there are none."""
    return tuple(read_center(path) for path in sorted((sources / "data").glob(f"*/{CENTER_FILE}")))


def example_statements(examples: Iterable[Query], iris: Iris) -> Iterator[Statement]:
    """Yield what says each example: the text is the file's, with its first comment lines."""
    for example in examples:
        node = iris.example(example.name)
        class_, text = FORMS[example.form]
        yield from say(node, RDF_TYPE.value, NamedNode(SH + "SPARQLExecutable"))
        yield from say(node, RDF_TYPE.value, NamedNode(class_))
        yield from say(node, text, Literal(example.text))
        yield from say(node, SCHEMA + "target", iris.endpoint)
        for language, title in example.titles.items():
            comment = f"{title} {example.notes.get(language, '')}".strip()
            yield from say(node, RDFS + "label", Literal(title, language=language))
            yield from say(node, RDFS + "comment", Literal(comment, language=language))
