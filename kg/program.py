"""The files that come with the program: ontology, code lists, JSON-LD context and shapes.

A wheel brings them inside the package, as ``kg/ontology`` and ``kg/shapes``. Where the program
runs from its repository they are the repository's own top-level folders. It is always one of
the two, and a file is called the same either way: ``ontology/codes.ttl``.

They are written with the base of the program. Read for an instance with another base they have
that one instead, since its terms are ``{base}ontology#Term``.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import InstallError

BASE = "https://w3id.org/research-center-kg/"
ONTOLOGY, SHAPES = "ontology", "shapes"
CODES_FILE, CONTEXT_FILE = "codes.ttl", "context.jsonld"
REPOSITORY_FILE = "pyproject.toml"
"""What tells the repository from a folder that packages were installed into."""


@dataclass(frozen=True)
class Program:
    """The files of the program in ``folder``, written with ``base``."""

    folder: Path
    base: str = BASE

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files by their names, in order: the folder, ``/`` and the file's own name."""
        patterns = (f"{ONTOLOGY}/*.ttl", f"{ONTOLOGY}/{CONTEXT_FILE}", f"{SHAPES}/*.ttl")
        found = (path for pattern in patterns for path in self.folder.glob(pattern))
        return tuple(sorted(path.relative_to(self.folder).as_posix() for path in found))

    def path(self, name: str) -> Path:
        """Return where a file lies."""
        return self.folder / name

    def rebased(self, data: bytes, base: str) -> bytes:
        """Return the bytes of a file as they read in an instance with ``base``.

        >>> Program(Path(), "https://a.org/").rebased(b"<https://a.org/code/unit>", "http://b.org/")
        b'<http://b.org/code/unit>'
        """
        return data.replace(self.base.encode(), base.encode())


def find_program(package: Path = Path(__file__).parent) -> Program:
    """Return the files of the program that runs, ``package`` being its package's folder.

    Raises InstallError where they are there twice, or not at all.
    """
    repository = package.parent
    packaged = (package / ONTOLOGY).is_dir() or (package / SHAPES).is_dir()
    beside = (repository / REPOSITORY_FILE).is_file() and (repository / ONTOLOGY).is_dir()
    if packaged and beside:
        raise InstallError(
            f"{package}: the ontology and the shapes lie in the package and in {repository} too; "
            f"remove the folders {ONTOLOGY} and {SHAPES} of the package"
        )
    folder = repository if beside else package
    if not all((folder / name).is_dir() for name in (ONTOLOGY, SHAPES)):
        raise InstallError(
            f"{folder}: the program's folders {ONTOLOGY} and {SHAPES} are not there; "
            "install it again"
        )
    return Program(folder)
