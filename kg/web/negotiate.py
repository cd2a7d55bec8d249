"""Which variant to answer with: proactive negotiation to the letter of RFC 9110, 12.

Werkzeug parses the headers; what wins is decided here, since its ``best_match`` gives None
where no Accept header was sent and does not match a media range with parameters
(``application/ld+json;profile="..."``) to the type without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Variant:
    """A form in which something can be had: a name of ours and its media types."""

    name: str
    media_types: tuple[str, ...]


HTML = Variant("html", ("text/html", "application/xhtml+xml"))


def choose_variant(accept: str | None, variants: Sequence[Variant]) -> Variant | None:
    """Return the variant that the Accept header likes best; None where it likes none.

    Among equals the earlier variant wins. No header, and an empty one, accept anything.

    >>> turtle = Variant("ttl", ("text/turtle",))
    >>> choose_variant("text/turtle;q=0.9, text/html;q=0.8", [HTML, turtle]).name
    'ttl'
    """
    if not accept or not accept.strip():
        return variants[0]
    ranges = parse_accept_header(accept, MIMEAccept)
    scored = [(max(_quality(ranges, t) for t in v.media_types), v) for v in variants]
    quality, best = max(scored, key=lambda pair: pair[0])
    return best if quality > 0 else None


def _quality(ranges: MIMEAccept, media_type: str) -> float:
    """Return the q of the most specific media range that matches (RFC 9110, 12.5.1)."""
    kind, _, _ = media_type.partition("/")
    best: tuple[int, float] = (-1, 0.0)
    for text, quality in ranges:
        name, _ = parse_options_header(text)
        specificity = {media_type: 2, f"{kind}/*": 1, "*/*": 0}.get(name.lower(), -1)
        # A parameter we have no variant for narrows nothing: the bare type is what we have.
        if specificity >= 0 and (specificity, quality) > best:
            best = (specificity, quality)
    return best[1]


def choose_language(accept_language: str | None) -> str:
    """Return the language that the Accept-Language header likes best; English by default.

    >>> choose_language("zh-CN,zh;q=0.9,en;q=0.8")
    'zh'
    >>> choose_language("de")
    'en'
    """
    ranges = parse_accept_header(accept_language or "", LanguageAccept)
    found: dict[str, float] = {}
    for text, quality in ranges:
        primary = text.replace("_", "-").partition("-")[0].lower()
        if primary in LANGUAGES:
            found[primary] = max(quality, found.get(primary, 0.0))
        elif text == "*":
            found.setdefault(DEFAULT_LANGUAGE, quality)
    # max() keeps the first of equals: the order of LANGUAGES, English first.
    best = max(LANGUAGES, key=lambda language: found.get(language, 0.0))
    return best if found.get(best, 0.0) > 0 else DEFAULT_LANGUAGE
