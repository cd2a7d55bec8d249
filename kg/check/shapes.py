"""The shapes: SHACL files -> one graph that pySHACL can use."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize
from rdflib import OWL as RDFLIB_OWL
from rdflib import SH as RDFLIB_SH
from rdflib import Graph

from kg.errors import SourceError, SourceErrors
from kg.sources.lines import LineIndex
from kg.sources.queries import sparql_mistake
from kg.sources.rdf import Reader, read_bytes, syntax_of
from kg.vocab import OWL, SH

QUERIES = {NamedNode(SH + name) for name in ("select", "ask", "construct")}


def read_shapes(paths: Iterable[Path], read: Reader = read_bytes) -> Graph:
    """Return the shapes of all files as one graph; ``read`` gives their bytes.

    Raises SourceErrors for files that are no Turtle and for SPARQL constraints that are no
    query: pySHACL would find the latter only once a focus node is there, and not say where.
    """
    data: dict[Path, bytes] = {}
    files: dict[Path, tuple[Quad, ...]] = {}
    errors: list[SourceError] = []
    for path in paths:
        try:
            data[path], files[path] = syntax_of(path, read)
        except SourceError as error:
            errors.append(error)
    declared = _prefixes(quad for quads in files.values() for quad in quads)
    for path, quads in files.items():
        errors += _query_mistakes(LineIndex(path, data[path]), path, quads, declared)
    if errors:
        raise SourceErrors(errors)
    shapes = Graph()
    for quads in files.values():
        # One by one: the files may call different blank nodes by the same name.
        shapes.parse(data=serialize(quads, format=RdfFormat.N_TRIPLES) or b"", format="nt")
    _declare_imported(shapes)
    return shapes


def _declare_imported(shapes: Graph) -> None:
    """Let what ``sh:prefixes`` names declare what its imports declare: pySHACL follows none."""
    for owner in set(shapes.objects(None, RDFLIB_SH.prefixes)):
        for imported in set(shapes.transitive_objects(owner, RDFLIB_OWL.imports)):
            for declaration in set(shapes.objects(imported, RDFLIB_SH.declare)):
                shapes.add((owner, RDFLIB_SH.declare, declaration))


def _prefixes(quads: Iterable[Quad]) -> Mapping[str, str]:
    """Return the PREFIX lines of each thing that declares some, on one line.

    What it imports declares for it, too (SHACL, 5.2.1: ``sh:prefixes/owl:imports*``).
    """
    values: dict[tuple[str, str], list[object]] = defaultdict(list)
    for quad in quads:
        values[str(quad.subject), quad.predicate.value].append(quad.object)

    def text(node: object, name: str) -> str:
        found = values.get((str(node), SH + name), ())
        return next((term.value for term in found if isinstance(term, Literal)), "")

    def reached(owner: str) -> list[str]:
        found = [owner]
        for one in found:
            found += {str(node) for node in values.get((one, OWL + "imports"), ())} - {*found}
        return found

    return {
        owner: " ".join(
            f"PREFIX {text(node, 'prefix')}: <{text(node, 'namespace')}>"
            for one in reached(owner)
            for node in values.get((one, SH + "declare"), ())
            if text(node, "prefix") and text(node, "namespace")
        )
        for owner in {subject for subject, _ in values}
    }


def _query_mistakes(
    lines: LineIndex, path: Path, quads: tuple[Quad, ...], declared: Mapping[str, str]
) -> Iterator[SourceError]:
    used = {
        (quad.subject, str(quad.object))
        for quad in quads
        if quad.predicate.value == SH + "prefixes"
    }
    for quad in quads:
        if quad.predicate not in QUERIES or not isinstance(quad.object, Literal):
            continue
        known = " ".join(
            declared.get(owner, "") for node, owner in sorted(used, key=str) if node == quad.subject
        )
        mistake = sparql_mistake(f"{known} {quad.object.value}")
        if mistake is not None:
            start = lines.find(quad)
            # The text begins in the line of its opening quotes and keeps its line ends.
            line = start + mistake.line - 1 if start and mistake.line else start
            what = f"no valid SPARQL in the constraint {quad.subject}: {mistake.reason}"
            yield SourceError(path, line, what, "mend the query")


def count_shapes(shapes: Graph) -> int:
    """Return the number of node shapes and property shapes."""
    return len(
        {*shapes.subjects(None, RDFLIB_SH.NodeShape)}
        | {*shapes.subjects(None, RDFLIB_SH.PropertyShape)}
        | {*shapes.objects(None, RDFLIB_SH.property)}
    )
