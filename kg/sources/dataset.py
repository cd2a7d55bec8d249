"""All sources of an instance -> one dataset.

The folder of an instance is read as the architecture names it: ``ontology/`` and ``shapes/``
beside those of the program; for each center ``data/<center>/`` with all that is its own
(``center.toml``, its text or texts, ``claims.tsv``, ``uncovered.tsv``, ``profile.trig``, and, if
need be, ``translations.ttl``, ``mappings/*.sssom.tsv``, ``queries/*.rq``); and for what is shared,
if anything is, ``data/`` with the last three, ``organizations.trig``, ``withdrawn.csv`` and
``derived/*.rq``. A file that nothing reads is an error: it is more often misnamed than
meant to be idle.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode, Quad

from kg.errors import SourceError, SourceErrors
from kg.program import ONTOLOGY, SHAPES, Program, find_program
from kg.sources.additions import check_additions
from kg.sources.center import CENTER_FILE, text_files
from kg.sources.claims import Profile, evidence_quads, read_profile
from kg.sources.context import read_context
from kg.sources.derived import derive, query_paths
from kg.sources.queries import ANSWERS_FILE, Query, read_query, refuse_namesakes
from kg.sources.rdf import read_rdf
from kg.sources.sssom import SUFFIX, MappingSet, doubled_pairs, read_mappings
from kg.sources.vocabulary import Vocabulary, find_vocabulary
from kg.sources.withdrawn import WITHDRAWN_FILE, check_withdrawn, read_withdrawn
from kg.vocab import SLUG, Iris, below

T = TypeVar("T")

FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")

PROFILE_FILES = (CENTER_FILE, "claims.tsv", "uncovered.tsv", "profile.trig")
TRANSLATIONS_FILE = "translations.ttl"
ORGANIZATIONS_FILE = "organizations.trig"
MAPPINGS, DERIVED, QUERIES = "mappings", "derived", "queries"
NOT_SOURCES = ("README.md", "left-out.tsv", ANSWERS_FILE)
"""Files for readers and tests, which may stand in any source folder."""


@dataclass(frozen=True)
class Shelf:
    """What may lie in a center's folder, or in ``data/`` for all of them, and need not.

    ``center`` is the slug of the center, empty for what is shared.
    """

    folder: Path
    center: str
    translations: tuple[Path, ...]
    mappings: tuple[Path, ...]
    queries: tuple[Path, ...]

    def files(self) -> tuple[Path, ...]:
        """Return every file of it."""
        return (*self.translations, *self.mappings, *self.queries)


@dataclass(frozen=True)
class Sources:
    """Where the files of an instance are: below ``root``, but for those of the program.

    ``shared`` and what the centers have is there or not; so are ``organizations`` and
    ``withdrawn``, which are single files.
    """

    root: Path
    base: str
    vocabulary: Vocabulary
    centers: tuple[Shelf, ...]
    shared: Shelf
    organizations: tuple[Path, ...]
    withdrawn: tuple[Path, ...]
    derived: tuple[Path, ...]

    def files(self) -> tuple[Path, ...]:
        """Return every file that a release depends on, in one order."""
        found = {*self.vocabulary.files(), *self.organizations, *self.withdrawn, *self.derived}
        for shelf in self.shelves:
            found.update(shelf.files())
        for center in self.centers:
            found.update(center.folder / name for name in PROFILE_FILES)
            found.update(text_files(center.folder))
        return tuple(sorted(found, key=self.name))

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """What is shared, and then what is of one center."""
        return (self.shared, *self.centers)

    @property
    def mappings(self) -> tuple[Path, ...]:
        """All files of mappings."""
        return tuple(path for shelf in self.shelves for path in shelf.mappings)

    def name(self, path: Path) -> str:
        """Return the name of a source file, the same wherever the program's files lie."""
        return self.vocabulary.name(path)

    def read(self, path: Path) -> bytes:
        """Return the bytes of a source file as this instance reads it."""
        return self.vocabulary.read(path)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of every source file by its name."""
        return {
            self.name(path): hashlib.sha256(self.read(path)).hexdigest() for path in self.files()
        }


@dataclass(frozen=True)
class Dataset:
    """All sources in memory.

    ``quads`` has no repeats, and each lies in a named graph. ``rdf_files`` tells what was
    read from which Turtle or TriG file, so that a finding can name its line.
    """

    sources: Sources
    quads: tuple[Quad, ...]
    rdf_files: dict[Path, tuple[Quad, ...]]
    profiles: tuple[Profile, ...]
    mapping_sets: tuple[MappingSet, ...]
    queries: tuple[Query, ...]


def find_sources(root: Path, base: str, program: Program | None = None) -> Sources:
    """Return where the sources of the instance in ``root`` are, whose base is ``base``.

    ``program`` brings ontology and shapes: the one that runs, if left out. Raises SourceErrors
    for missing folders and files, for files that nothing reads, and for files that would
    replace one of the program.
    """
    errors: list[SourceError] = []
    data = root / "data"
    if not data.is_dir():
        fix = "run the command in the project folder or name it with --root"
        raise SourceErrors([SourceError(data, None, "no such folder", fix)])
    folders = [path for path in sorted(data.iterdir()) if path.is_dir() and not _is_hidden(path)]
    named = (MAPPINGS, DERIVED, QUERIES)
    centers = (path for path in folders if path.name not in named and SLUG.fullmatch(path.name))
    sources = Sources(
        root=root,
        base=base,
        vocabulary=find_vocabulary(root, base, program or find_program()),
        centers=tuple(_shelf(path, path.name) for path in centers),
        shared=_shelf(data, ""),
        organizations=_if_there(data / ORGANIZATIONS_FILE),
        withdrawn=_if_there(data / WITHDRAWN_FILE),
        derived=tuple(query_paths(data / DERIVED)),
    )
    known = set(sources.files())
    errors += [
        SourceError(path, None, "no such file", "restore it or create it")
        for path in sorted(known)
        if not path.is_file()
    ]
    errors += [
        SourceError(path, None, "no part of the build reads this file", "rename or remove it")
        for folder in (root / ONTOLOGY, root / SHAPES, data)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in known and not _is_idle(path, root)
        if all(SLUG.fullmatch(part) for part in path.parent.relative_to(folder).parts)
    ]
    errors += [
        SourceError(path, None, "the name is no slug", "use a-z, 0-9 and single hyphens")
        for path in folders
        if not SLUG.fullmatch(path.name)
    ]
    errors += [
        SourceError(path, None, "the name cannot stand in an IRI", "use letters, digits, . - and _")
        for path in sorted(known)
        if not FILE_NAME.fullmatch(path.name)
    ]
    if not sources.centers:
        fix = "add data/<center>/ with its text, claims and profile"
        errors.append(SourceError(data, None, "no center", fix))
    if errors:
        raise SourceErrors(errors)
    return sources


def _shelf(folder: Path, center: str) -> Shelf:
    return Shelf(
        folder=folder,
        center=center,
        translations=_if_there(folder / TRANSLATIONS_FILE),
        mappings=tuple(sorted((folder / MAPPINGS).glob(f"*{SUFFIX}"))),
        queries=tuple(query_paths(folder / QUERIES)),
    )


def _if_there(path: Path) -> tuple[Path, ...]:
    return (path,) if path.is_file() else ()


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name.endswith("~")


def _is_idle(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return path.name in NOT_SOURCES or any(_is_hidden(Path(part)) for part in parts)


def read_dataset(sources: Sources) -> Dataset:
    """Return the dataset that the source files make, computed values included.

    Raises SourceErrors with every mistake that was found: one
    broken file does not hide those of the next.
    """
    base, vocabulary = sources.base, sources.vocabulary
    iris = Iris(base)
    collect = _Collector()
    graphs = {
        **dict.fromkeys(vocabulary.ontology, iris.graph("ontology")),
        **dict.fromkeys(vocabulary.codes, iris.graph("codes")),
        **dict.fromkeys(sources.organizations),
        **{
            path: iris.graph(below("translations", shelf.center))
            for shelf in sources.shelves
            for path in shelf.translations
        },
        **{center.folder / "profile.trig": None for center in sources.centers},
    }
    rdf_files = {
        path: collect(partial(read_rdf, path, graph, sources.read)) or ()
        for path, graph in graphs.items()
    }
    profiles = _read(collect, read_profile, tuple(center.folder for center in sources.centers))
    mapping_sets: list[MappingSet] = []
    queries: list[Query] = []
    for shelf in sources.shelves:
        reader = partial(read_mappings, base=base, center=shelf.center)
        mapping_sets += _read(collect, reader, shelf.mappings)
        queries += _read(collect, partial(read_query, center=shelf.center), shelf.queries)
    derivations = _read(collect, read_query, sources.derived)
    collect(partial(read_context, vocabulary.context, sources.read))
    collect(partial(check_additions, vocabulary, rdf_files))
    collect(partial(refuse_namesakes, queries))
    withdrawn = [
        row for path in sources.withdrawn for row in collect(partial(read_withdrawn, path)) or ()
    ]
    collect.stop()
    if doubled := tuple(doubled_pairs(zip(sources.mappings, mapping_sets, strict=True))):
        raise SourceErrors(doubled)
    quads = dict.fromkeys(quad for found in rdf_files.values() for quad in found)
    for profile in profiles:
        quads.update(dict.fromkeys(evidence_quads(profile, iris)))
    for mapping_set in mapping_sets:
        quads.update(dict.fromkeys(mapping_set.quads))
    quads.update(dict.fromkeys(collect(lambda: derive(tuple(quads), derivations, iris)) or ()))
    collect.stop()
    known = {q.subject.value.removeprefix(base) for q in quads if isinstance(q.subject, NamedNode)}
    for path in sources.withdrawn:
        if errors := tuple(check_withdrawn(path, withdrawn, known)):
            raise SourceErrors(errors)
    return Dataset(sources, tuple(quads), rdf_files, profiles, tuple(mapping_sets), tuple(queries))


def _read(
    collect: "_Collector", reader: Callable[[Path], T], paths: tuple[Path, ...]
) -> tuple[T, ...]:
    found = (collect(partial(reader, path)) for path in paths)
    return tuple(item for item in found if item is not None)


class _Collector:
    """Calls readers one after another and keeps their errors for the end."""

    def __init__(self) -> None:
        self._errors: list[SourceError] = []

    def __call__(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except SourceError as error:
            self._errors.append(error)
        except SourceErrors as error:
            self._errors.extend(error.errors)
        return None

    def stop(self) -> None:
        if self._errors:
            raise SourceErrors(self._errors)
