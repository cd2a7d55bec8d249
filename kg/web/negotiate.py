"""Which variant to answer with: proactive negotiation to the letter of RFC 9110, 12.

Werkzeug parses the headers; what wins is decided here, since its ``best_match`` gives None
where no Accept header was sent and does not match a media range with parameters
(``application/ld+json;profile="..."``) to the type without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

# How closely a media range names a type.
EXACT, WITH_PARAMETER, TYPE_RANGE, ANYTHING, NO_MATCH = 3, 2, 1, 0, -1

LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Variant:
    """A form in which something can be had: a name of ours and its media types.

    The first is what is sent. The others are names that clients have for it.
    """

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
    scored = [(_quality(ranges, variant), variant) for variant in variants]
    # max() keeps the first of equals.
    quality, best = max(scored, key=lambda pair: pair[0])
    return best if quality > 0 else None


def _quality(ranges: MIMEAccept, variant: Variant) -> float:
    """Return how much a variant is liked, from 0 to 1.

    What is sent decides; another name of it counts where that name is listed and what is
    sent is not.
    """
    sent, *others = (_match(ranges, media_type) for media_type in variant.media_types)
    listed = [quality for specificity, quality in others if specificity >= WITH_PARAMETER]
    return sent[1] if sent[0] >= WITH_PARAMETER else max((sent[1], *listed))


def _match(ranges: MIMEAccept, media_type: str) -> tuple[int, float]:
    """Return specificity and q of the media range that speaks for a type (RFC 9110, 12.5.1)."""
    kind, _, _ = media_type.partition("/")
    by_name = {media_type: EXACT, f"{kind}/*": TYPE_RANGE, "*/*": ANYTHING}
    best: tuple[int, float] = (NO_MATCH, 0.0)
    for text, quality in ranges:
        name, parameters = parse_options_header(text)
        specificity = by_name.get(name.lower(), NO_MATCH)
        if specificity == EXACT and parameters:
            # It wants something narrower (a profile, a level) than what we have: it counts
            # where the bare type is not listed as well.
            specificity = WITH_PARAMETER
        best = max(best, (specificity, quality)) if specificity > NO_MATCH else best
    return best


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
        found[primary] = max(quality, found.get(primary, 0.0))
    # "*" stands for every language that is not listed (RFC 4647, 3.3.1).
    others = found.get("*", 0.0)
    # max() keeps the first of equals: the order of LANGUAGES, English first.
    best = max(LANGUAGES, key=lambda language: found.get(language, others))
    return best if found.get(best, others) > 0 else DEFAULT_LANGUAGE
