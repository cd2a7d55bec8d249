"""``kg init``: an empty folder becomes an instance that passes its check at once."""

import json
from pathlib import Path

from kg.config import CONFIG_FILE, EXAMPLE_BASE, is_base
from kg.errors import InstanceError

FILES = Path(__file__).parent / "files"
NAMES = {"gitignore": ".gitignore", "check.yml": ".github/workflows/check.yml"}
"""What is called otherwise in the instance: tools of the repository would heed it here."""
EXAMPLE_TITLE = "Research centers"
MAY_BE_THERE = frozenset((".git",))
"""What a folder may hold and still count as empty."""


def make_instance(folder: Path, base: str = EXAMPLE_BASE, title: str = EXAMPLE_TITLE) -> list[str]:
    """Write the files of a new instance into ``folder``; return their names, in order.

    ``title`` is the English one. Raises InstanceError for a folder that is not empty or cannot
    be written, and for a base that is no absolute IRI ending in ``/``.
    """
    if not is_base(base):
        fix = "give an absolute http(s) IRI that ends in '/'"
        raise InstanceError(f"--base {base!r}: no base of IRIs; {fix}")
    if not title.strip() or not title.isprintable():
        raise InstanceError(f"--title {title!r}: no title; give a line of text")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if {path.name for path in folder.iterdir()} - MAY_BE_THERE:
            raise InstanceError(f"{folder}: not empty; name a folder that is new or empty")
        return sorted(_write(path, folder, base, title) for path in _templates())
    except FileExistsError:
        raise InstanceError(f"{folder}: a file; name a folder that is new or empty") from None
    except OSError as error:
        reason = f"{error.strerror}; name a folder that can be written"
        raise InstanceError(f"{folder}: {reason}") from None


def _templates() -> list[Path]:
    return [path for path in sorted(FILES.rglob("*")) if path.is_file()]


def _write(template: Path, folder: Path, base: str, title: str) -> str:
    """Write one file of the instance and return its name."""
    name = template.relative_to(FILES).as_posix()
    name = NAMES.get(name, name)
    text = template.read_text(encoding="utf-8").replace(EXAMPLE_BASE, base)
    if name == CONFIG_FILE:
        # A JSON string of printable characters is a string of TOML as well.
        quoted = (json.dumps(words, ensure_ascii=False) for words in (EXAMPLE_TITLE, title))
        text = text.replace(f"en = {next(quoted)}", f"en = {next(quoted)}", 1)
    elif name == "README.md":
        text = text.replace(f"# {EXAMPLE_TITLE}\n", f"# {title}\n", 1)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return name
