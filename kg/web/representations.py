"""The forms that a thing is to be had in, and which of them a request gets.

A form has a media type, maybe a profile, and an address of its own. Media types are
negotiated as RFC 9110, 12 has it. Where a request names profiles, forms that follow none of
them are taken for unreadable, so that a wanted profile goes before a wanted media type
(Content Negotiation by Profile, 7.1); where none of those is to be had, the profile is left
out of account (5.2.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, request

from kg.formats import FORMATS
from kg.web.accept_profile import ANY, wanted_media_types, wanted_profiles
from kg.web.addresses import data_address, page_address
from kg.web.language import page_language
from kg.web.links import Link, add_links
from kg.web.negotiate import HTML, LANGUAGES, Variant, choose_variant
from kg.web.problems import not_acceptable
from kg.web.profiles import NATIVE, Profile, profiles_of
from kg.web.site import current_site

VARY = ("Accept", "Accept-Language", "Accept-Profile")
ALTERNATES = "http://www.w3.org/ns/dx/conneg/altr"
"""The profile of the list of forms itself."""
ALTERNATES_TOKENS = ("alt", "all")
"""The names of that list: of the drafts until 2023, and of those since."""
PROFILE_CLASS = "http://www.w3.org/ns/dx/prof/Profile"

VARIANTS = {f.extension: Variant(f.extension, f.media_types) for f in FORMATS}
LINKSET_VARIANTS = (
    Variant("json", ("application/linkset+json",)),
    Variant("txt", ("application/linkset",)),
)


@dataclass(frozen=True)
class Representation:
    """A form of a thing: the page where ``variant`` is HTML, data where there is a profile."""

    variant: Variant
    address: str
    profile: Profile | None = None
    language: str = ""

    @property
    def media_type(self) -> str:
        """The media type that is sent."""
        return self.variant.media_types[0]


def representations(path: str, languages: Sequence[str] = LANGUAGES) -> list[Representation]:
    """Return the forms of the thing at ``path``: pages, data in our profile, then the others."""
    pages = [Representation(HTML, page_address(path, lang), language=lang) for lang in languages]
    return [*pages, *_data(path)]


def _data(path: str) -> Iterator[Representation]:
    for profile in profiles_of(path):
        token = "" if profile is NATIVE else profile.token
        for format_ in profile.formats:
            address = data_address(path, format_.extension, token)
            yield Representation(VARIANTS[format_.extension], address, profile)


def wants_alternates() -> bool:
    """Say whether the list of forms is what the request wants most."""
    wanted = wanted_profiles(request.args, request.headers.get("Accept-Profile"))
    return bool(wanted) and wanted[0].name in {ALTERNATES, *ALTERNATES_TOKENS}


def choose_representation(path: str, others: Sequence[Representation] = ()) -> Representation:
    """Return the form that the request gets; raise the Problem of a 406 where there is none.

    ``others`` are forms without a profile beside the pages.
    """
    offered = representations(path, (page_language(),))
    accept = wanted_media_types(request.args, request.headers.get("Accept"))
    wanted = wanted_profiles(request.args, request.headers.get("Accept-Profile"))
    base = current_site().base
    refused = False
    for one in wanted:
        if one.name == ANY:
            refused = one.quality == 0
            break
        fitting = [
            r for r in offered if r.profile and one.name in {r.profile.token, r.profile.name(base)}
        ]
        if one.quality > 0 and (found := _choose(accept, fitting)):
            return found
    usual = [r for r in offered if r.profile in {None, NATIVE}]
    chosen = None if refused else _choose(accept, [*usual, *others])
    if chosen is None:
        raise not_acceptable([(r.variant, r.address) for r in (*representations(path), *others)])
    return chosen


def _choose(accept: str | None, offered: Sequence[Representation]) -> Representation | None:
    variant = choose_variant(accept, [r.variant for r in offered]) if offered else None
    return next((r for r in offered if r.variant is variant), None)


def describe_choice(response: Response, path: str, profile: Profile | None) -> None:
    """Say in the headers which profile the answer follows, and what else there is."""
    response.vary.update(VARY)
    if profile is not None:
        response.headers["Content-Profile"] = f"<{profile.name(current_site().base)}>"
    add_links(response, alternate_links(path))


def alternate_links(path: str) -> list[Link]:
    """Return the forms as links, the default first, then what tokens stand for.

    (Content Negotiation by Profile, 7.1.1)
    """
    base = current_site().base
    links = [
        Link(
            rel="alternate" if place else "canonical",
            target=form.address,
            type=form.media_type,
            profile=form.profile.name(base) if form.profile else "",
            hreflang=form.language,
        )
        for place, form in enumerate(representations(path))
    ]
    tokens = [
        Link("type", PROFILE_CLASS, anchor=profile.name(base), token=profile.token)
        for profile in profiles_of(path)
    ]
    return [*links, *tokens]
