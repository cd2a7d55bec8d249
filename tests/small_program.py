"""A program with few terms and shapes, so that the smallest instance builds in a second.

They lie in ``cases/tiny``, whose copies may break them too. ``python tests/small_program.py
--root FOLDER check`` is ``kg --root FOLDER check`` with those of FOLDER as the program's.
"""

import sys
from pathlib import Path

from kg.cli import main
from kg.program import Program

BASE = "https://example.org/kg/"
TINY = Path(__file__).resolve().parent / "cases" / "tiny"


def program_in(root: Path = TINY) -> Program:
    """Return the ontology and shapes in a copy of the smallest instance as the program's."""
    return Program(root, BASE)


if __name__ == "__main__":
    main(obj=program_in(Path(sys.argv[sys.argv.index("--root") + 1])))
