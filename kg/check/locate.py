"""From a broken constraint back to the file and the line that a curator opens."""

from pathlib import Path

from pyoxigraph import Quad

from kg.sources.dataset import Dataset
from kg.sources.lines import LineIndex
from kg.vocab import RDF_TYPE, Iris

SAYS_SO = 2
"""From which score on a file has the property that is meant."""


class Locator:
    """Finds where a dataset's statements stand. Reads a file only when it is asked about."""

    def __init__(self, dataset: Dataset, iris: Iris) -> None:
        self._dataset = dataset
        self._lines: dict[Path, LineIndex] = {}
        self._claims = {
            iris.claim(profile.slug, claim.id).value: (profile.folder / "claims.tsv", claim.line)
            for profile in dataset.profiles
            for claim in profile.claims
        }
        self._mappings = {
            mapping_set.iri.value: (path, mapping_set.lines)
            for path, mapping_set in zip(
                dataset.sources.mappings, dataset.mapping_sets, strict=True
            )
        }

    def find(
        self, subject: str, predicate: str | None, value: str | None
    ) -> tuple[Path | None, int | None]:
        """Return file and 1-based line of the statement, or of the best that is known.

        ``value`` is an IRI or the lexical form of a literal. Both None where the thing is
        in no file, as for what the build computes. What a mapping set is told for is one of
        its rows, be the set also named in another file.
        """
        owner = subject.partition("#")[0]
        if owner in self._claims:
            return self._claims[owner]
        best: tuple[int, Path] | None = None
        for path, quads in self._dataset.rdf_files.items():
            about = [quad for quad in quads if getattr(quad.subject, "value", None) == subject]
            # Best is the statement itself, then one of its property, then what says the type.
            score = max(
                (
                    4 * (predicate in {quad.predicate.value, None} and _value(quad) == value)
                    + SAYS_SO * (quad.predicate.value == predicate)
                    + (quad.predicate == RDF_TYPE)
                    for quad in about
                ),
                default=-1,
            )
            if score > (best[0] if best else -1):
                best = (score, path)
        if owner in self._mappings and (best is None or best[0] < SAYS_SO):
            path, lines = self._mappings[owner]
            return path, lines.get(value or "")
        if best is not None:
            path = best[1]
            index = self._lines.setdefault(path, LineIndex(path, self._dataset.sources.read(path)))
            return path, index.find_about(subject, predicate, value)
        # What stands in no other file may be misspelled in a row.
        rows = ((path, lines.get(subject)) for path, lines in self._mappings.values())
        return next((row for row in rows if row[1]), (None, None))


def _value(quad: Quad) -> str | None:
    return getattr(quad.object, "value", None)
