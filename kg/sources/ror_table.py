"""A ROR dump flattened to a table: one CSV row -> RorRecord.

The table has a column for each single value; names, types and relations are joined by ``|``. It
says less than the JSON: the kinds of names other than the displayed one, coordinates and second
places are lost, and every further name counts as an alias.
"""

from collections.abc import Mapping

from kg.sources.ror import (
    NAME_KINDS,
    RECORD_TYPES,
    RELATIONS,
    STATUSES,
    RorIdentifier,
    RorLink,
    RorName,
    RorPlace,
    RorRecord,
    RorRelation,
    identifier,
)
from kg.sources.ror_fields import (
    MalformedRecord,
    language,
    need,
    one_of,
    ror_id,
    text,
    year,
)

IDENTIFIER_COLUMNS = ("wikidata", "isni", "grid", "fundref")
COLUMNS = (
    *("ror_id", "status", "display_name", "other_names", "types", "established", "country_code"),
    *("country", "subdivision", "city", "geonames_id", "website", *IDENTIFIER_COLUMNS),
    *("relationships", "schema", "last_release_path"),
)
DISPLAY = NAME_KINDS[:2]


def parse_row(row: Mapping[str, object]) -> RorRecord:
    """Return the record that a row of the table says; an empty cell says nothing.

    Raises MalformedRecord, which names the column.
    """
    names = [RorName(need(row, "display_name"), None, DISPLAY)]
    names += [_name(part) for part in _parts(row, "other_names")]
    website = text(row, "website")
    return RorRecord(
        id=ror_id(row.get("ror_id"), "ror_id"),
        schema=1 if row.get("schema") == "v1" else 2,
        status=one_of(row.get("status"), STATUSES, "status"),
        established=year(_number(row, "established")),
        names=tuple(names),
        types=tuple(one_of(part, RECORD_TYPES, "types") for part in _parts(row, "types")),
        links=(RorLink("website", website),) if website else (),
        domains=(),
        places=_places(row),
        identifiers=tuple(_identifiers(row)),
        relations=tuple(_relation(part) for part in _parts(row, "relationships")),
        modified=None,
        release=(text(row, "last_release_path") or "").rpartition("/")[0] or None,
    )


def _parts(row: Mapping[str, object], column: str) -> list[str]:
    return [part.strip() for part in (text(row, column) or "").split("|") if part.strip()]


def _number(row: Mapping[str, object], column: str) -> int | None:
    value = text(row, column)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit():
        raise MalformedRecord(f"{column} {value!r} is no whole number")
    return int(value)


def _name(part: str) -> RorName:
    name, _, tag = part.rpartition("@")
    if name and len(tag) == 2:  # noqa: PLR2004 - ISO 639-1
        return RorName(name, language({"lang": tag}, "lang"), ("alias",))
    return RorName(part, None, ("alias",))


def _places(row: Mapping[str, object]) -> tuple[RorPlace, ...]:
    number = _number(row, "geonames_id")
    if number is None:
        return ()
    return (
        RorPlace(
            geonames_id=number,
            name=text(row, "city"),
            country_code=text(row, "country_code"),
            country=text(row, "country"),
            subdivision_code=None,
            subdivision=text(row, "subdivision"),
            latitude=None,
            longitude=None,
        ),
    )


def _identifiers(row: Mapping[str, object]) -> list[RorIdentifier]:
    return [
        identifier(scheme, _parts(row, scheme), None)
        for scheme in IDENTIFIER_COLUMNS
        if _parts(row, scheme)
    ]


def _relation(part: str) -> RorRelation:
    kind, _, target = part.partition(">")
    return RorRelation(
        one_of(kind, RELATIONS, "relationships"), ror_id(target, "relationships"), None
    )
