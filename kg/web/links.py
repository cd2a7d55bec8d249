"""Typed links (RFC 8288) and the documents and headers that hold them (RFC 9264)."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from flask import Response


@dataclass(frozen=True)
class Link:
    """A link of a relation to ``target`` (RFC 8288, 2).

    It is from ``anchor``, or from the answer that it comes with where there is none. The
    others are its attributes; those that are empty are not said.
    """

    rel: str
    target: str
    type: str = ""
    profile: str = ""
    hreflang: str = ""
    anchor: str = ""
    token: str = ""

    def field(self) -> str:
        """Return the link as a header has it (RFC 8288, 3).

        >>> Link("item", "/a.ttl", type="text/turtle").field()
        '</a.ttl>; rel="item"; type="text/turtle"'
        """
        named = {
            "rel": self.rel,
            "type": self.type,
            "hreflang": self.hreflang,
            "profile": self.profile,
            "token": self.token,
            "anchor": self.anchor,
        }
        return "; ".join((f"<{self.target}>", *(f'{n}="{v}"' for n, v in named.items() if v)))

    def absolute(self, base: str) -> "Link":
        """Return the link with both ends resolved against the address of its document."""
        target, anchor = (urljoin(base, end) for end in (self.target, self.anchor))
        return replace(self, target=target, anchor=anchor)

    def below(self, host: str) -> "Link":
        """Return the link of an answer of ``host`` as its header has it: short."""
        target = self.target
        if target.startswith(host):
            target = target[len(host.rstrip("/")) :]
        return replace(self, target=target, anchor="")


LINK = re.compile(r'<(?P<target>[^>]*)>(?P<attributes>(?:\s*;\s*\w+="[^"]*")*)')
ATTRIBUTE = re.compile(r'(?P<name>\w+)="(?P<value>[^"]*)"')


def read_links(field: str) -> list[Link]:
    """Return the links of a header that ``Link.field`` wrote.

    >>> read_links('</a.ttl>; rel="item"; type="text/turtle"')[0].type
    'text/turtle'
    """
    return [
        Link(target=found["target"], **dict(ATTRIBUTE.findall(found["attributes"])))
        for found in LINK.finditer(field)
    ]


def add_links(response: Response, links: Iterable[Link]) -> None:
    """Add links to the headers of an answer, a field for each."""
    for link in links:
        response.headers.add("Link", link.field())


def linkset_text(links: Iterable[Link]) -> str:
    """Return links with both ends as ``application/linkset`` (RFC 9264, 4.1)."""
    return ",\n".join(link.field() for link in links) + "\n"


def linkset_json(links: Iterable[Link]) -> str:
    """Return links with both ends as ``application/linkset+json`` (RFC 9264, 4.2)."""
    contexts: dict[str, dict[str, list[dict[str, object]]]] = {}
    for link in links:
        target: dict[str, object] = {"href": link.target}
        target |= {"type": link.type} if link.type else {}
        # Attributes that may be repeated are lists (RFC 9264, 4.2.4).
        target |= {"hreflang": [link.hreflang]} if link.hreflang else {}
        target |= {"profile": [link.profile]} if link.profile else {}
        contexts.setdefault(link.anchor, {}).setdefault(link.rel, []).append(target)
    table = {"linkset": [{"anchor": anchor, **rels} for anchor, rels in contexts.items()]}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"
