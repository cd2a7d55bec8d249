"""The example queries of a release, as the page of ``/sparql`` lists them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from flask_babel import LazyString, lazy_gettext

from kg.release.examples import read_examples
from kg.release.folder import Release
from kg.sources.queries import HEADER, Query

KEPT_RELEASES = 4
FIRST_EXAMPLE = "figures"
FIRST_QUERY = "SELECT * {\n  ?subject ?predicate ?object\n} LIMIT 20\n"
"""What the editor begins with where a release has no examples."""

UNSTATED = 1
"""The place of the second group below."""

GROUPS: tuple[tuple[re.Pattern[str], LazyString], ...] = (
    (re.compile(r"q\d"), lazy_gettext("Questions that readers ask")),
    (re.compile(r"not-stated-"), lazy_gettext("What the text does not say")),
    (re.compile(r""), lazy_gettext("More examples")),
)
"""Which examples stand together: the first pattern that begins their file's name."""


EMPTY_ANSWER = re.compile(r"^(An empty answer: |结果为空：)")
"""How the notes of the questions begin that the text leaves open."""


@dataclass(frozen=True)
class Example:
    """An example for a reader: ``name`` is that of its file, ``text`` begins with its title.

    ``note`` is the reader's note without the words that every empty answer's begins with;
    ``columns`` are the headings of variables.
    """

    name: str
    title: str
    text: str
    note: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Examples that belong together."""

    title: LazyString
    examples: Sequence[Example]


def gallery(release: Release, lang: str) -> tuple[Group, ...]:
    """Return the examples of a release in ``lang``, in their groups; no group is empty."""
    queries = _queries(release.source_file(""))
    return tuple(group for place in range(len(GROUPS)) if (group := _group(queries, place, lang)))


def unstated(release: Release, lang: str, center: str) -> Sequence[Example]:
    """Return the questions that a center's text leaves open; each answer should be empty."""
    queries = [q for q in _queries(release.source_file("")) if q.center in {center, ""}]
    group = _group(queries, UNSTATED, lang)
    return group.examples if group else ()


def home_examples(release: Release, lang: str) -> Sequence[Example]:
    """Return the examples that are answered on the home page, in their order."""
    queries = [q for q in _queries(release.source_file("")) if q.home and q.form == "SELECT"]
    return [_example(query, lang) for query in sorted(queries, key=lambda q: (q.home, q.name))]


def first_query(groups: Sequence[Group]) -> str:
    """Return what the editor shows to a reader who has not asked anything yet."""
    examples = [example for group in groups for example in group.examples]
    shown = [example for example in examples if example.name == FIRST_EXAMPLE] or examples
    return shown[0].text if shown else FIRST_QUERY


# A release never changes, so its folder stands for what is in it.
@lru_cache(maxsize=KEPT_RELEASES)
def _queries(sources: Path) -> tuple[Query, ...]:
    return read_examples(sources)


def _group(queries: Sequence[Query], place: int, lang: str) -> Group | None:
    examples = [_example(query, lang) for query in queries if _place(query.name) == place]
    return Group(GROUPS[place][1], examples) if examples else None


def _place(name: str) -> int:
    return next(place for place, (pattern, _) in enumerate(GROUPS) if pattern.match(name))


def _example(query: Query, lang: str) -> Example:
    """Return a query with its title and note in one language, in place of those in all."""
    notes = [query.notes[lang]] if lang in query.notes else [*query.notes.values()][:1]
    head = [f"# {line}" for line in (query.titles[lang], *notes)]
    body = [line for line in query.text.splitlines() if not HEADER.fullmatch(line.strip())]
    note = EMPTY_ANSWER.sub("", "".join(notes))
    return Example(
        query.name,
        query.titles[lang],
        "\n".join([*head, *body]) + "\n",
        note[:1].upper() + note[1:],
        query.columns[lang],
    )
