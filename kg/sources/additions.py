"""What an instance's own terms, codes and shapes may say of those that the program brings.

They add terms, codes and shapes of their own. A statement about one of the program's would
change what it means for the instance, and with shapes what is let through: another path, a
lower severity, ``sh:deactivated``. So it is refused, but for the few that only add.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from kg.errors import SourceError, SourceErrors
from kg.program import SHAPES
from kg.sources.lines import LineIndex
from kg.sources.rdf import syntax_of
from kg.sources.vocabulary import Vocabulary
from kg.vocab import RDFS, SH, SKOS

MAPPINGS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
TERM_ADDITIONS = frozenset(
    (RDFS + "seeAlso", SKOS + "hasTopConcept", *(SKOS + name for name in MAPPINGS))
)
"""What may be said of a term or code list of the program: a further code, what it is elsewhere."""
SHAPE_ADDITIONS = frozenset((SH + "property",))
"""What may be said of a shape of the program: a further property, with a shape of its own."""


def check_additions(vocabulary: Vocabulary, terms: Mapping[Path, tuple[Quad, ...]]) -> None:
    """Refuse what an instance says of the program's own terms, codes and shapes.

    ``terms`` holds the quads of the files of terms and codes. Raises SourceErrors.
    """
    added = set(vocabulary.added.values())
    if not added:
        return
    shapes = {path: syntax_of(path, vocabulary.read)[1] for path in vocabulary.shapes}
    words = {path: terms[path] for path in (*vocabulary.ontology, *vocabulary.codes)}
    errors = (
        *_refused(vocabulary, words, added, TERM_ADDITIONS, "term"),
        *_refused(vocabulary, shapes, added, SHAPE_ADDITIONS, "shape"),
    )
    if errors:
        raise SourceErrors(errors)


def _refused(
    vocabulary: Vocabulary,
    files: Mapping[Path, tuple[Quad, ...]],
    added: set[Path],
    allowed: frozenset[str],
    what: str,
) -> Iterator[SourceError]:
    """Yield each statement of an added file about what the program's files describe."""
    said = {quad.triple for path, quads in files.items() if path not in added for quad in quads}
    theirs = {triple.subject for triple in said if isinstance(triple.subject, NamedNode)}
    for path, quads in files.items():
        if path not in added:
            continue
        for quad in quads:
            if quad.subject not in theirs or quad.triple in said or _adds(quad, theirs, allowed):
                continue
            line = LineIndex(path, vocabulary.read(path)).find(quad)
            yield SourceError(path, line, *_sentence(quad.triple, what))


def _adds(quad: Quad, theirs: set[NamedNode], allowed: frozenset[str]) -> bool:
    return quad.predicate.value in allowed and quad.object not in theirs


def _sentence(triple: Triple, what: str) -> tuple[str, str]:
    own = f"make a {what} of your own"
    if what == "shape":
        own += f" that targets the same class: what an instance has in {SHAPES}/ only adds"
    return f"{triple.predicate} of {triple.subject} changes a {what} of the program", own
