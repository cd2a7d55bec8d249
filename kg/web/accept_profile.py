"""Which profiles a request asks for (Content Negotiation by Profile, 7.1 and 7.2).

The parameter ``_profile`` has them in the order of preference, and goes before the header
``Accept-Profile``, which has q-values. Both name a profile by its IRI in angle brackets; a
token stands for one in either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ANY = "*"
ITEM = re.compile(
    r"""\s*(?:<(?P<iri>[^<>]*)>|"(?P<quoted>[^"]*)"|(?P<token>[^\s,;<>"]+))"""
    r"""(?P<parameters>(?:\s*;[^,]*)?)\s*(?:,|$)"""
)
QUALITY = re.compile(r";\s*q\s*=\s*(?P<q>[01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class WantedProfile:
    """A profile that a request names, by IRI or token, and how much it is wanted, 0 to 1."""

    name: str
    quality: float


def wanted_profiles(arguments: Mapping[str, str], header: str | None) -> tuple[WantedProfile, ...]:
    """Return the profiles that a request names, the most wanted first; none if it names none.

    >>> [w.name for w in wanted_profiles({}, "<urn:x>;q=0.5, <urn:y>")]
    ['urn:y', 'urn:x']
    >>> [w.name for w in wanted_profiles({"_profile": "b,<urn:a>"}, "<urn:x>")]
    ['b', 'urn:a']
    """
    listed = arguments.get("_profile", "")
    found = _read(listed if listed.strip() else header or "")
    # sorted() keeps the order of equals.
    return tuple(sorted(found, key=lambda wanted: -wanted.quality))


def wanted_media_types(arguments: Mapping[str, str], header: str | None) -> str | None:
    """Return the Accept header, or one that says what the parameter ``_mediatype`` lists.

    >>> wanted_media_types({"_mediatype": "text/turtle,text/html"}, "*/*")
    'text/turtle;q=1.0, text/html;q=0.999'
    """
    # A plus sign that was not escaped is a blank by now.
    listed = [name.strip().replace(" ", "+") for name in arguments.get("_mediatype", "").split(",")]
    listed = [name for name in listed if name]
    if not listed:
        return header
    return ", ".join(f"{name};q={1 - place / 1000}" for place, name in enumerate(listed[:1000]))


def _read(text: str) -> list[WantedProfile]:
    """Return the items of a list; what is no item, and all after it, is left out."""
    found = []
    place = 0
    while place < len(text) and (match := ITEM.match(text, place)):
        quality = QUALITY.search(match["parameters"])
        name = match["iri"] or match["quoted"] or match["token"] or ""
        found.append(WantedProfile(name, float(quality["q"]) if quality else 1.0))
        place = match.end()
    return found
