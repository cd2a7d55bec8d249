"""``data/<center>/center.toml``: who a center is, who keeps its profile, and its texts.

::

    slug = "lake"
    owner = "Lake project"                    # who answers for the profile
    contact = "https://lake.example.org/us"   # may be left out, as what follows it
    license = "https://creativecommons.org/licenses/by/4.0/"

    [name]
    en = "Lake Center"
    zh = "..."                                # may be left out

    [[sources]]
    file = "source.txt"
    title = "About the center"
    language = "en"
    url = "https://lake.example.org/about"
    rights = "The text belongs to its author."
    read = 2026-01-31                         # may be left out, as what follows it
    archived = "https://archive.example.org/lake"

A center has one text, ``source.txt``, or several, ``sources/NAME.txt``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kg.config import is_web_address
from kg.errors import SourceError, SourceErrors
from kg.sources.rdf import read_text
from kg.toml_section import WrongKey, refuse_unknown, section_of, toml_line, toml_mistake, value_of
from kg.vocab import LANGUAGE, SLUG

CENTER_FILE = "center.toml"
TEXT_FILE = "source.txt"
TEXTS_FOLDER = "sources"


@dataclass(frozen=True)
class Names:
    """What the center is called, as its profile says too; empty where nothing is known."""

    en: str
    zh: str = ""


@dataclass(frozen=True)
class Source:
    """A text as ``center.toml`` tells of it.

    ``file`` is its path in the center's folder, ``url`` where it was published, ``read`` the
    day on which it was read there, ``rights`` whose it is, ``archived`` where a copy is kept.
    """

    file: str
    title: str
    language: str
    url: str
    rights: str
    read: date | None = None
    archived: str = ""

    @property
    def name(self) -> str:
        """What the text is called among several: ``about``; empty for the only one."""
        return "" if self.file == TEXT_FILE else Path(self.file).stem


@dataclass(frozen=True)
class Center:
    """What ``center.toml`` says. ``license`` is that of the profile's statements."""

    slug: str
    owner: str
    name: Names
    sources: tuple[Source, ...]
    contact: str = ""
    license: str = ""


def text_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a center's texts, in order: those that are there, or ``source.txt``."""
    several = sorted((folder / TEXTS_FOLDER).glob("*.txt"))
    only = folder / TEXT_FILE
    return tuple(several if several and not only.exists() else [only, *several])


def read_center(path: Path) -> Center:
    """Return what the file ``path`` says.

    Raises SourceError for a syntax error, an unknown, missing or ill-typed key, and a file of
    text that is not there; SourceErrors for texts in the folder that it does not tell of.
    """
    text = read_text(path)
    try:
        center = _center(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line, what = toml_mistake(error)
        raise SourceError(path, line, f"not TOML: {what}", "mend the syntax") from None
    except WrongKey as error:
        what, _, fix = str(error).rpartition("; ")
        raise SourceError(path, toml_line(text, error.key), what, fix) from None
    if errors := [*_mistakes(path, text, center)]:
        raise SourceErrors(errors)
    return center


def _center(table: Mapping[str, Any]) -> Center:
    refuse_unknown("", table, Center)
    rows = table.get("sources")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise WrongKey("sources", "no text is told of; give each text as a section [[sources]]")
    return Center(
        slug=value_of(table, "", "slug", str),
        owner=value_of(table, "", "owner", str),
        name=section_of(table, "name", Names),
        sources=tuple(section_of({"sources": row}, "sources", Source) for row in rows),
        contact=value_of(table, "", "contact", str) if "contact" in table else "",
        license=value_of(table, "", "license", str) if "license" in table else "",
    )


def _mistakes(path: Path, text: str, center: Center) -> Iterator[SourceError]:
    folder = path.parent
    if center.slug != folder.name:
        what = f"the slug is {center.slug!r}, but the folder is called {folder.name!r}"
        yield SourceError(path, toml_line(text, "slug"), what, "make them the same")
    for key in ("contact", "license"):
        address = getattr(center, key)
        if address and not is_web_address(address):
            what = f"the {key} {address!r} is no address"
            yield SourceError(
                path, toml_line(text, key), what, "give the whole address, with https://"
            )
    lines = [n for n, row in enumerate(text.splitlines(), 1) if row.strip() == "[[sources]]"]
    there = {file.relative_to(folder).as_posix() for file in text_files(folder)}
    told: set[str] = set()
    for source, line in zip(center.sources, lines, strict=False):
        for what, fix in _wrong(source, there, told):
            yield SourceError(path, line, what, fix)
        told.add(source.file)
    for file in sorted(there - told):
        fix = f"add a section [[sources]] with file = {file!r}, or remove the file"
        yield SourceError(folder / file, None, f"{CENTER_FILE} does not tell of this text", fix)


def _wrong(source: Source, there: set[str], told: set[str]) -> Iterator[tuple[str, str]]:
    if source.file in told:
        yield f"the file {source.file!r} is told of twice", "keep one section"
    elif source.file not in there:
        yield (
            f"there is no text {source.file!r} in the folder",
            f"name it {TEXT_FILE}, or {TEXTS_FOLDER}/NAME.txt where there are several",
        )
    elif len(there) > 1 and not SLUG.fullmatch(source.name):
        forms = f"one text {TEXT_FILE}, or several {TEXTS_FOLDER}/NAME.txt, NAME being a slug"
        yield f"a center has {forms}, and not {source.file!r} beside others", "rename the file"
    for key in ("url", "archived"):
        address = getattr(source, key)
        if address and not is_web_address(address):
            yield f"the {key} {address!r} is no address", "give the whole address, with https://"
    if not LANGUAGE.fullmatch(source.language):
        yield f"{source.language!r} is no language tag", "give one in lower case, e.g. en"
