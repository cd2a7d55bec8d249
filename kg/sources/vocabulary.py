"""The program's ontology, code lists, context and shapes, and what an instance adds to them.

A file of an instance adds and never replaces: one that is called as a file of the program is,
byte for byte, that file (in the repository, or in the sources of a release), or it is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import SourceError, SourceErrors
from kg.program import CODES_FILE, CONTEXT_FILE, ONTOLOGY, SHAPES, Program
from kg.sources.rdf import read_bytes

CODES, CONTEXT = f"{ONTOLOGY}/{CODES_FILE}", f"{ONTOLOGY}/{CONTEXT_FILE}"
ADDED_CODES = f"data/{CODES_FILE}"
"""Where the codes lie that an instance adds."""


@dataclass(frozen=True)
class Vocabulary:
    """Terms, codes, context and shapes of the instance in ``root``, whose base is ``base``.

    ``programs`` are those that the program brings, ``added`` the instance's own: paths by
    their names, such as ``shapes/center.ttl``.
    """

    root: Path
    base: str
    program: Program
    programs: Mapping[str, Path]
    added: Mapping[str, Path]

    @property
    def ontology(self) -> tuple[Path, ...]:
        """The files of terms."""
        return self._called(ONTOLOGY, but=(CODES, CONTEXT))

    @property
    def codes(self) -> tuple[Path, ...]:
        """The files of codes."""
        return (self.programs[CODES], *self._called(ADDED_CODES))

    @property
    def context(self) -> Path:
        """The file of the JSON-LD context."""
        return self.programs[CONTEXT]

    @property
    def shapes(self) -> tuple[Path, ...]:
        """The files of shapes."""
        return self._called(SHAPES)

    def files(self) -> tuple[Path, ...]:
        """Return every file, in one order."""
        return self._called("")

    @cached_property
    def _names(self) -> dict[Path, str]:
        return {path: name for name, path in sorted({**self.programs, **self.added}.items())}

    def _called(self, beginning: str, but: tuple[str, ...] = ()) -> tuple[Path, ...]:
        return tuple(
            path
            for path, name in self._names.items()
            if name.startswith(beginning) and name not in but
        )

    def name(self, path: Path) -> str:
        """Return the name of a source file: its path below the folder that it belongs to."""
        return self._names.get(path) or path.relative_to(self.root).as_posix()

    def read(self, path: Path) -> bytes:
        """Return the bytes of a source file; those of the program with the instance's base."""
        data = read_bytes(path)
        if self._names.get(path) in self.programs:
            return self.program.rebased(data, self.base)
        return data


def find_vocabulary(root: Path, base: str, program: Program) -> Vocabulary:
    """Return the files of the program, and those of the instance in ``root`` beside them.

    Raises SourceErrors for files of the instance that would replace one of the program.
    """
    present = {
        **{path.relative_to(root).as_posix(): path for path in _own_files(root)},
        # Where the program lacks them, the instance is told that they are missing.
        **{name: root / name for name in (CODES, CONTEXT) if name not in program.names},
    }
    errors = [
        SourceError(
            path,
            None,
            "would replace the program's file of this name",
            "rename it: what an instance has in ontology/ and shapes/ adds, it never replaces",
        )
        for name, path in present.items()
        if name in program.names and path.is_file() and not _is_same(path, program, name, base)
    ]
    if errors:
        raise SourceErrors(errors)
    # What is there twice is one file: the instance's path is the one that its curator knows.
    programs = {name: present.get(name, program.path(name)) for name in program.names}
    missing = {name: present[name] for name in (CODES, CONTEXT) if name not in programs}
    added = {name: path for name, path in present.items() if name not in {*programs, *missing}}
    return Vocabulary(root, base, program, {**programs, **missing}, added)


def _own_files(root: Path) -> Iterator[Path]:
    yield from sorted((root / ONTOLOGY).glob("*.ttl"))
    yield from sorted((root / ONTOLOGY).glob(CONTEXT_FILE))
    yield from sorted((root / SHAPES).glob("*.ttl"))
    yield from sorted(root.glob(ADDED_CODES))


def _is_same(path: Path, program: Program, name: str, base: str) -> bool:
    theirs = read_bytes(program.path(name))
    return read_bytes(path) in {theirs, program.rebased(theirs, base)}
