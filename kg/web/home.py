"""The home page: what this is, how much there is, and questions answered on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, url_for
from pyoxigraph import NamedNode

from kg.formats import FORMATS
from kg.vocab import Iris
from kg.web.browse import Counted
from kg.web.cells import Cell, cells
from kg.web.gallery import Example, home_examples
from kg.web.language import page_language
from kg.web.names import Name, Names
from kg.web.pages import kept, render_page
from kg.web.site import Site, current_site

blueprint = Blueprint("home", __name__)

SHOWN_ROWS = 5
"""Rows of an answer on the home page; its link leads to all."""


@dataclass(frozen=True)
class Answered:
    """A question, the headings of its columns, and the first rows of the answer."""

    question: Example
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    more: bool


@blueprint.get("/")
def start() -> Response:
    """Redirect to the home page in the reader's language."""
    response = redirect(url_for("home.home", lang=page_language()), 302, Response)
    response.vary.add("Accept-Language")
    return response  # type: ignore[return-value]  # Flask types redirect() as Werkzeug does


@blueprint.get("/<any(en, zh):lang>/")
@kept
def home(lang: str) -> str:
    """Show what this is, the centers, questions with answers, and what can be downloaded."""
    site = current_site()
    iris = Iris(site.base)
    kinds = sorted(site.kinds.values(), key=lambda kind: (-kind.total, kind.name))
    things = site.engine.select(f"SELECT ?thing {{ ?thing a {iris.term('Center')} }}").rows
    nodes = [row[0] for row in things if isinstance(row[0], NamedNode)]
    nodes += [kind.main_class for kind in kinds]
    names = Names(site.labels(nodes), lang, site.base)
    return render_page(
        "home.html",
        lang=lang,
        path="",
        centers=sorted(_names(names, things), key=lambda name: name.text),
        kinds=[Counted(names.of(k.main_class), k.name, k.total) for k in kinds],
        answers=[_answered(site, example, lang) for example in home_examples(site.release, lang)],
        formats=FORMATS,
    )


def _names(names: Names, rows: tuple[tuple[object, ...], ...]) -> list[Name]:
    return [names.of(row[0]) for row in rows if isinstance(row[0], NamedNode)]


def _answered(site: Site, example: Example, lang: str) -> Answered:
    table = site.engine.select(example.text)
    rows = cells(site, table.rows[:SHOWN_ROWS], lang)
    headings = [example.columns.get(variable, variable) for variable in table.variables]
    return Answered(example, headings, rows, len(table.rows) > SHOWN_ROWS)
