"""In which language to answer: that of the address, else what the reader prefers."""

from flask import request
from flask_babel import gettext

from kg.web.negotiate import LANGUAGES, choose_language

OTHER = {"en": "zh", "zh": "en"}
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}


def page_language() -> str:
    """Return the language of the answer to the current request, one of LANGUAGES.

    The first segment of the path decides, then the parameter ``lang``, then the header.
    """
    first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    for chosen in (first, request.args.get("lang", "")):
        if chosen in LANGUAGES:
            return chosen
    return choose_language(request.headers.get("Accept-Language"))


def translate(text: str, **values: object) -> str:
    """Return an interface text in the language of the page; import it as ``_``."""
    return str(gettext(text, **values))


def in_a_row(first: str, *more: str) -> str:
    """Return sentences as one text: Chinese has no blank between them.

    >>> in_a_row("Read as Q1.", "No mapping leads to it."), in_a_row("没有。", "请输入。")
    ('Read as Q1. No mapping leads to it.', '没有。请输入。')
    """
    said = first
    for sentence in more:
        said += ("" if said.endswith(("。", "？", "！")) else " ") + sentence
    return said
