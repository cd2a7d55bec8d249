"""From a broken constraint back to the file and the line that a curator opens."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
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
        # Best is the statement itself, then one of its property, then what says the type.
        best = max(
            (
                (
                    4 * (predicate in {quad.predicate.value, None} and _value(quad) == value)
                    + SAYS_SO * (quad.predicate.value == predicate)
                    + (quad.predicate == RDF_TYPE),
                    -place,
                    path,
                )
                for place, path, quad in self._about.get(subject, ())
            ),
            key=lambda found: found[:2],
            default=None,
        )
        if owner in self._mappings and (best is None or best[0] < SAYS_SO):
            path, lines = self._mappings[owner]
            return path, lines.get(value or "")
        if best is not None:
            path = best[2]
            return path, self._index(path).find_about(subject, predicate, value)
        # What stands in no other file may be misspelled in a row.
        rows = ((path, lines.get(subject)) for path, lines in self._mappings.values())
        return next((row for row in rows if row[1]), (None, None))

    @cached_property
    def _about(self) -> Mapping[str, Sequence[tuple[int, Path, Quad]]]:
        """The statements of all files by their subject, each with its file and the file's place."""
        found: dict[str, list[tuple[int, Path, Quad]]] = defaultdict(list)
        for place, (path, quads) in enumerate(self._dataset.rdf_files.items()):
            for quad in quads:
                found[getattr(quad.subject, "value", "")].append((place, path, quad))
        return found

    def _index(self, path: Path) -> LineIndex:
        if path not in self._lines:
            self._lines[path] = LineIndex(path, self._dataset.sources.read(path))
        return self._lines[path]


def _value(quad: Quad) -> str | None:
    return getattr(quad.object, "value", None)
