"""One record of the Research Organization Registry: JSON or table row -> RorRecord.

Both schemas are read, as ROR documents them (https://ror.readme.io/docs/ror-data-structure and
https://ror.readme.io/docs/schema-v1); a record of schema 1 comes out as schema 2 says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.sources.ror_fields import (
    MalformedRecord,
    degrees,
    language,
    mapping,
    mappings,
    need,
    one_of,
    ror_id,
    text,
    texts,
    whole,
    year,
)

STATUSES = ("active", "inactive", "withdrawn")
NAME_KINDS = ("ror_display", "label", "alias", "acronym")
RELATIONS = ("parent", "child", "related", "successor", "predecessor")
RECORD_TYPES = (
    *("archive", "company", "education", "facility", "funder", "government", "healthcare"),
    *("nonprofit", "other"),
)


@dataclass(frozen=True)
class RorName:
    """One name. ``kinds`` are of NAME_KINDS, in their order; ``language`` is ISO 639 or None."""

    text: str
    language: str | None
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class RorRelation:
    """``kind`` says what ``target``, a bare ROR id, is to the record: its parent, child ..."""

    kind: str
    target: str
    label: str | None


@dataclass(frozen=True)
class RorPlace:
    """A place by its GeoNames id. Latitude and longitude are degrees (WGS 84)."""

    geonames_id: int
    name: str | None
    country_code: str | None
    country: str | None
    subdivision_code: str | None
    subdivision: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class RorIdentifier:
    """What another registry calls the organization. The preferred value, if any, comes first."""

    scheme: str
    values: tuple[str, ...]
    has_preferred: bool


@dataclass(frozen=True)
class RorLink:
    """``kind`` is ``website`` or ``wikipedia``; ``url`` is as the record has it."""

    kind: str
    url: str


@dataclass(frozen=True)
class RorRecord:
    """One organization. ``id`` is the part after ``https://ror.org/``.

    ``schema`` is 1 or 2; ``modified`` a date ``YYYY-MM-DD``; ``release`` the registry's release
    (``v2.3``) where the record itself says it.
    """

    id: str
    schema: int
    status: str
    established: int | None
    names: tuple[RorName, ...]
    types: tuple[str, ...]
    links: tuple[RorLink, ...]
    domains: tuple[str, ...]
    places: tuple[RorPlace, ...]
    identifiers: tuple[RorIdentifier, ...]
    relations: tuple[RorRelation, ...]
    modified: str | None
    release: str | None

    @property
    def display(self) -> str:
        """The name that ROR shows."""
        return next(name.text for name in self.names if "ror_display" in name.kinds)

    @property
    def successors(self) -> tuple[str, ...]:
        """The ids of what took the organization's place."""
        return tuple(r.target for r in self.relations if r.kind == "successor")


def parse_record(value: object) -> RorRecord:
    """Return the record that a JSON object of either schema says.

    Raises MalformedRecord, which names the field, where the object is no record.
    """
    raw = mapping(value, "the record")
    return _record_2(raw) if "names" in raw else _record_1(raw)


def _record_2(raw: Mapping[str, object]) -> RorRecord:
    names = tuple(_name_2(name) for name in mappings(raw, "names"))
    admin = mapping(raw.get("admin") or {}, "admin")
    modified = mapping(admin.get("last_modified") or {}, "admin.last_modified")
    return _record(
        raw,
        schema=2,
        names=names,
        links=tuple(RorLink(need(x, "type"), need(x, "value")) for x in mappings(raw, "links")),
        domains=texts(raw, "domains"),
        places=tuple(_place_2(place) for place in mappings(raw, "locations")),
        identifiers=tuple(
            identifier(need(x, "type"), texts(x, "all"), text(x, "preferred"))
            for x in mappings(raw, "external_ids")
        ),
        modified=text(modified, "date"),
    )


def _record_1(raw: Mapping[str, object]) -> RorRecord:
    names = [RorName(need(raw, "name"), None, ("ror_display", "label"))]
    names += [
        RorName(need(label, "label"), language(label, "iso639"), ("label",))
        for label in mappings(raw, "labels")
    ]
    for field, kind in (("aliases", "alias"), ("acronyms", "acronym")):
        names += [RorName(name, None, (kind,)) for name in texts(raw, field)]
    links = [RorLink("website", url) for url in texts(raw, "links")]
    if wikipedia := text(raw, "wikipedia_url"):
        links.append(RorLink("wikipedia", wikipedia))
    country = mapping(raw.get("country") or {}, "country")
    external = mapping(raw.get("external_ids") or {}, "external_ids")
    return _record(
        raw,
        schema=1,
        names=tuple(names),
        links=tuple(links),
        domains=(),
        places=tuple(_place_1(x, country) for x in mappings(raw, "addresses")),
        identifiers=tuple(
            # GRID is the one scheme whose "all" is a text and no list.
            identifier(
                scheme.lower(),
                texts(mapping(x, scheme), "all"),
                text(mapping(x, scheme), "preferred"),
            )
            for scheme, x in external.items()
        ),
        modified=None,
    )


def _record(  # noqa: PLR0913 - the fields in which the schemas differ
    raw: Mapping[str, object],
    *,
    schema: int,
    names: tuple[RorName, ...],
    links: tuple[RorLink, ...],
    domains: tuple[str, ...],
    places: tuple[RorPlace, ...],
    identifiers: tuple[RorIdentifier, ...],
    modified: str | None,
) -> RorRecord:
    if not any("ror_display" in name.kinds for name in names):
        raise MalformedRecord("no name has the type ror_display")
    return RorRecord(
        id=ror_id(raw.get("id")),
        schema=schema,
        status=one_of(raw.get("status"), STATUSES, "status"),
        established=year(raw.get("established")),
        names=names,
        types=tuple(one_of(kind.lower(), RECORD_TYPES, "types") for kind in texts(raw, "types")),
        links=links,
        domains=domains,
        places=places,
        identifiers=tuple(i for i in identifiers if i.values),
        relations=tuple(_relation(x) for x in mappings(raw, "relationships")),
        modified=modified,
        # Collections of single records keep the folder of the release that each stands in.
        release=(text(raw, "_path") or "").rpartition("/")[0] or None,
    )


def _name_2(raw: Mapping[str, object]) -> RorName:
    kinds = {one_of(kind, NAME_KINDS, "names.types") for kind in texts(raw, "types")}
    ordered = tuple(kind for kind in NAME_KINDS if kind in kinds)
    return RorName(need(raw, "value"), language(raw, "lang"), ordered)


def _relation(raw: Mapping[str, object]) -> RorRelation:
    kind = one_of(need(raw, "type").lower(), RELATIONS, "relationships.type")
    return RorRelation(kind, ror_id(raw.get("id"), "relationships.id"), text(raw, "label"))


def _place_2(raw: Mapping[str, object]) -> RorPlace:
    details = mapping(raw.get("geonames_details") or {}, "geonames_details")
    return RorPlace(
        geonames_id=whole(raw.get("geonames_id"), "geonames_id"),
        name=text(details, "name"),
        country_code=text(details, "country_code"),
        country=text(details, "country_name"),
        subdivision_code=text(details, "country_subdivision_code"),
        subdivision=text(details, "country_subdivision_name"),
        latitude=degrees(details, "lat"),
        longitude=degrees(details, "lng"),
    )


def _place_1(raw: Mapping[str, object], country: Mapping[str, object]) -> RorPlace:
    city = mapping(raw.get("geonames_city") or {}, "geonames_city")
    admin = mapping(city.get("geonames_admin1") or {}, "geonames_admin1")
    return RorPlace(
        geonames_id=whole(city.get("id"), "geonames_city.id"),
        name=text(city, "city") or text(raw, "city"),
        country_code=text(country, "country_code"),
        country=text(country, "country_name"),
        # "US.CA" is the code of schema 1, "CA" that of schema 2.
        subdivision_code=(text(admin, "code") or "").partition(".")[2] or None,
        subdivision=text(admin, "name"),
        latitude=degrees(raw, "lat"),
        longitude=degrees(raw, "lng"),
    )


def identifier(scheme: str, values: Sequence[str], preferred: str | None) -> RorIdentifier:
    """Return an identifier whose preferred value comes first, without repeats."""
    first = (preferred,) if preferred else ()
    return RorIdentifier(scheme, tuple(dict.fromkeys((*first, *values))), bool(preferred))
