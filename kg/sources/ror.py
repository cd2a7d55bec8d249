"""One record of the Research Organization Registry: JSON or table row -> RorRecord.

Both schemas are read, as ROR documents them (https://ror.readme.io/docs/ror-data-structure and
https://ror.readme.io/docs/schema-v1); a record of schema 1 comes out as schema 2 says the same.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.sources.identifiers import ror_checksum_ok

ROR_PREFIX = "https://ror.org/"
STATUSES = ("active", "inactive", "withdrawn")
NAME_KINDS = ("ror_display", "label", "alias", "acronym")
RELATIONS = ("parent", "child", "related", "successor", "predecessor")
RECORD_TYPES = (
    *("archive", "company", "education", "facility", "funder", "government", "healthcare"),
    *("nonprofit", "other"),
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML document and no UTF-8 text may hold."""


class MalformedRecord(ValueError):
    """Why a record cannot be read: a clause that names the field."""


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
    raw = _object(value, "the record")
    return _record_2(raw) if "names" in raw else _record_1(raw)


def ror_id(value: object, field: str = "id") -> str:
    """Return the bare id of a ROR link, or raise MalformedRecord.

    >>> ror_id("https://ror.org/00p991c53")
    '00p991c53'
    """
    bare = str(value).removeprefix(ROR_PREFIX)
    if not isinstance(value, str) or bare == value or not ror_checksum_ok(bare):
        raise MalformedRecord(f"{field} {value!r} is no ROR link, or its check digits are wrong")
    return bare


def _record_2(raw: Mapping[str, object]) -> RorRecord:
    names = tuple(_name_2(name) for name in _objects(raw, "names"))
    admin = _object(raw.get("admin") or {}, "admin")
    modified = _object(admin.get("last_modified") or {}, "admin.last_modified")
    return _record(
        raw,
        schema=2,
        names=names,
        links=tuple(RorLink(need(x, "type"), need(x, "value")) for x in _objects(raw, "links")),
        domains=texts(raw, "domains"),
        places=tuple(_place_2(place) for place in _objects(raw, "locations")),
        identifiers=tuple(
            identifier(need(x, "type"), texts(x, "all"), text(x, "preferred"))
            for x in _objects(raw, "external_ids")
        ),
        modified=text(modified, "date"),
    )


def _record_1(raw: Mapping[str, object]) -> RorRecord:
    names = [RorName(need(raw, "name"), None, ("ror_display", "label"))]
    names += [
        RorName(need(label, "label"), language(label, "iso639"), ("label",))
        for label in _objects(raw, "labels")
    ]
    for field, kind in (("aliases", "alias"), ("acronyms", "acronym")):
        names += [RorName(name, None, (kind,)) for name in texts(raw, field)]
    links = [RorLink("website", url) for url in texts(raw, "links")]
    if wikipedia := text(raw, "wikipedia_url"):
        links.append(RorLink("wikipedia", wikipedia))
    country = _object(raw.get("country") or {}, "country")
    external = _object(raw.get("external_ids") or {}, "external_ids")
    return _record(
        raw,
        schema=1,
        names=tuple(names),
        links=tuple(links),
        domains=(),
        places=tuple(_place_1(x, country) for x in _objects(raw, "addresses")),
        identifiers=tuple(
            # GRID is the one scheme whose "all" is a text and no list.
            identifier(
                scheme.lower(),
                texts(_object(x, scheme), "all"),
                text(_object(x, scheme), "preferred"),
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
        relations=tuple(_relation(x) for x in _objects(raw, "relationships")),
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
    details = _object(raw.get("geonames_details") or {}, "geonames_details")
    return RorPlace(
        geonames_id=whole(raw.get("geonames_id"), "geonames_id"),
        name=text(details, "name"),
        country_code=text(details, "country_code"),
        country=text(details, "country_name"),
        subdivision_code=text(details, "country_subdivision_code"),
        subdivision=text(details, "country_subdivision_name"),
        latitude=_degrees(details, "lat"),
        longitude=_degrees(details, "lng"),
    )


def _place_1(raw: Mapping[str, object], country: Mapping[str, object]) -> RorPlace:
    city = _object(raw.get("geonames_city") or {}, "geonames_city")
    admin = _object(city.get("geonames_admin1") or {}, "geonames_admin1")
    return RorPlace(
        geonames_id=whole(city.get("id"), "geonames_city.id"),
        name=text(city, "city") or text(raw, "city"),
        country_code=text(country, "country_code"),
        country=text(country, "country_name"),
        # "US.CA" is the code of schema 1, "CA" that of schema 2.
        subdivision_code=(text(admin, "code") or "").partition(".")[2] or None,
        subdivision=text(admin, "name"),
        latitude=_degrees(raw, "lat"),
        longitude=_degrees(raw, "lng"),
    )


def identifier(scheme: str, values: Sequence[str], preferred: str | None) -> RorIdentifier:
    """Return an identifier whose preferred value comes first, without repeats."""
    first = (preferred,) if preferred else ()
    return RorIdentifier(scheme, tuple(dict.fromkeys((*first, *values))), bool(preferred))


def _object(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise MalformedRecord(f"{field} is {type(value).__name__}, not an object")
    return value


def _objects(raw: Mapping[str, object], field: str) -> Iterator[Mapping[str, object]]:
    values = raw.get(field) or []
    if not isinstance(values, list):
        raise MalformedRecord(f"{field} is {type(values).__name__}, not a list")
    return (_object(value, f"an item of {field}") for value in values)


def text(raw: Mapping[str, object], field: str) -> str | None:
    """Return a text without the blanks around it, or None where it is empty or absent."""
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedRecord(f"{field} is {type(value).__name__}, not a text")
    if bad := UNWRITABLE.search(value):
        raise MalformedRecord(f"{field} holds {bad[0]!r}, which no text may hold")
    return value.strip() or None


def need(raw: Mapping[str, object], field: str) -> str:
    """Return a text that must be there."""
    value = text(raw, field)
    if value is None:
        raise MalformedRecord(f"{field} is empty")
    return value


def texts(raw: Mapping[str, object], field: str) -> tuple[str, ...]:
    """Return a list of texts; a single text counts as a list of one, empty texts as absent."""
    values = raw.get(field) or []
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list):
        raise MalformedRecord(f"{field} is {type(values).__name__}, not a list")
    found = (text({field: value}, field) for value in values)
    return tuple(value for value in found if value)


def language(raw: Mapping[str, object], field: str) -> str | None:
    """Return a language tag in lower case, or None."""
    tag = (text(raw, field) or "").lower() or None
    if tag and not LANGUAGE.fullmatch(tag):
        raise MalformedRecord(f"{field} {tag!r} is no language tag")
    return tag


def one_of(value: object, known: Sequence[str], field: str) -> str:
    """Return ``value`` if it is one of the known words."""
    if not isinstance(value, str) or value not in known:
        raise MalformedRecord(f"{field} {value!r} is none of {', '.join(known)}")
    return value


def whole(value: object, field: str) -> int:
    """Return a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedRecord(f"{field} {value!r} is no whole number")
    return value


def year(value: object) -> int | None:
    """Return a year of the common era, or None where there is none."""
    if value is None:
        return None
    number = whole(value, "established")
    if not 1 <= number <= 9999:  # noqa: PLR2004 - what xsd:gYear writes with four digits
        raise MalformedRecord(f"established {value!r} is no year")
    return number


def _degrees(raw: Mapping[str, object], field: str) -> float | None:
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise MalformedRecord(f"{field} {value!r} is no number of degrees")
    return float(value)
