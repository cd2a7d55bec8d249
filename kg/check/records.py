"""Do the registry records keep to graphs of their own?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kg.check.finding import Finding, Severity
from kg.sources.lines import LineIndex
from kg.sources.rdf import read_bytes
from kg.vocab import SLUG, Iris

NOT_REGISTRIES = ("evidence", "mapping")
"""First words of graphs that the build itself makes, below ``graph/``."""


def check_records(path: Path, quads: Iterable[Quad], iris: Iris) -> Iterator[Finding]:
    """Yield a violation for each statement of a record file that lies elsewhere than in a record.

    Only ``graph/<registry>/<record id>`` says that a record is the origin; in a claim's graph
    the statement would pass for one of the text.
    """
    lines = LineIndex(path, read_bytes(path))
    prefix = iris.graph("").value
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        registry, _, record = name.removeprefix(prefix).partition("/")
        is_record = name.startswith(prefix) and SLUG.fullmatch(registry) and record
        if not is_record or registry in NOT_REGISTRIES:
            yield Finding(
                Severity.VIOLATION,
                path,
                lines.find(quad),
                f"a statement lies in the graph <{name}>, which is no registry record",
                f"move it into the graph of its record, {prefix}<registry>/<record id>",
                "record-graph",
            )
