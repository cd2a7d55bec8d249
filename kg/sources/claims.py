"""A center's text, the claims it is split into, and the evidence quads they make.

``data/<center>/`` holds ``center.toml`` (who the center is and where its texts were published),
``source.txt`` (the text, verbatim) or several ``sources/NAME.txt``, ``claims.tsv`` and
``uncovered.tsv``. The tables are plain TSV: UTF-8, one header line, no quoting. Where there are
several texts, a column ``source`` before ``start`` names the one that a row is about. Offsets count
Unicode code points of that text, 0-based, end exclusive, as ``oa:start`` and ``oa:end`` do (Web
Annotation Data Model, 4.2.2).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import SourceError, SourceErrors
from kg.sources.center import CENTER_FILE, Center, Source, read_center
from kg.sources.rdf import read_text
from kg.vocab import (
    DCTERMS,
    OA,
    PROV,
    PROV_VALUE,
    QUOTED_FROM,
    RDF_TYPE,
    SCHEMA,
    SLUG,
    XSD,
    Iris,
)

CLAIM_COLUMNS = (
    *("id", "start", "end", "quote", "context", "status", "group", "item"),
    *("reason", "note"),
)
UNCOVERED_COLUMNS = ("start", "end", "text", "reason")
CLAIM_ID = re.compile(r"C\d{3,}")
CONTEXT = re.compile(r"(\d+)-(\d+)")
QUOTE_CONTEXT_CHARACTERS = 32


@dataclass(frozen=True)
class Span:
    """A stretch of the text: code points, 0-based, ``end`` exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Claim:
    """One piece of a text. ``line`` is its line in ``claims.tsv``.

    ``source`` is the name of the text, empty where there is only one.
    """

    id: str
    source: str
    span: Span
    quote: str
    context: Span | None
    status: str
    group: str
    item: int | None
    reason: str
    note: str
    line: int


@dataclass(frozen=True)
class Uncovered:
    """Letters or digits of a text that no claim covers, and why; ``source`` as in a claim."""

    source: str
    span: Span
    text: str
    reason: str
    line: int


@dataclass(frozen=True)
class Profile:
    """A center's folder, apart from its triples. ``texts`` are its texts by their names."""

    folder: Path
    center: Center
    texts: Mapping[str, str]
    claims: tuple[Claim, ...]
    uncovered: tuple[Uncovered, ...]

    @property
    def slug(self) -> str:
        """The slug of the center."""
        return self.center.slug


def read_profile(folder: Path) -> Profile:
    """Return the texts and the claims of a center's folder.

    Reads what the files say; whether the claims are true to the text is for
    ``kg.check.evidence``. Raises SourceError or SourceErrors for files that are missing or
    not of the form above.
    """
    center = read_center(folder / CENTER_FILE)
    names = tuple(source.name for source in center.sources)
    return Profile(
        folder=folder,
        center=center,
        texts={source.name: read_text(folder / source.file) for source in center.sources},
        claims=_read_claims(folder / "claims.tsv", names),
        uncovered=_read_uncovered(folder / "uncovered.tsv", names),
    )


def _columns(columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a table of rows about one text, or about several.

    >>> _columns(("id", "start"), ("about", "history")), _columns(("start",), ("about", "history"))
    (('id', 'source', 'start'), ('source', 'start'))
    """
    if names == ("",):
        return columns
    place = columns.index("start")
    return (*columns[:place], "source", *columns[place:])


def _source(path: Path, line: int, row: dict[str, str], names: tuple[str, ...]) -> str:
    name = row.get("source", "")
    if name not in names:
        fix = f"name one of {', '.join(names)}"
        raise SourceError(path, line, f"the source {name!r} is no text of the center", fix)
    return name


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the 1-based line number and the cells of each row of a TSV file.

    Raises SourceError where the header or the number of cells is not that of ``columns``.
    """
    # Only a line feed ends a row: the text may hold other characters that split lines.
    text = read_text(path)
    if "\r\n" in text or text.startswith("\ufeff"):
        fix = "save it with line feeds (LF) and without a byte order mark"
        raise SourceError(path, 1, "lines end in CR LF, or the file has a byte order mark", fix)
    rows = text.removesuffix("\n").split("\n")
    if tuple(rows[0].split("\t")) != columns:
        expected = "<tab>".join(columns)
        raise SourceError(path, 1, f"the header is {rows[0]!r}", f"make it {expected}")
    for line, row in enumerate(rows[1:], start=2):
        cells = row.split("\t")
        if len(cells) != len(columns):
            raise SourceError(
                path,
                line,
                f"{len(cells)} cells where {len(columns)} are expected",
                "separate the cells by one tab each and leave unused cells empty",
            )
        yield line, dict(zip(columns, cells, strict=True))


def _read_claims(path: Path, names: tuple[str, ...]) -> tuple[Claim, ...]:
    claims: dict[str, Claim] = {}
    errors: list[SourceError] = []
    for line, row in read_table(path, _columns(CLAIM_COLUMNS, names)):
        try:
            claim = _claim(path, line, row, _source(path, line, row, names))
        except SourceError as error:
            errors.append(error)
            continue
        if claim.id in claims:
            first = claims[claim.id].line
            fix = "give each claim an id of its own"
            errors.append(
                SourceError(path, line, f"the id {claim.id} is used in line {first} too", fix)
            )
        claims.setdefault(claim.id, claim)
    if errors:
        raise SourceErrors(errors)
    return tuple(claims.values())


def _claim(path: Path, line: int, row: dict[str, str], source: str) -> Claim:
    if not CLAIM_ID.fullmatch(row["id"]):
        raise SourceError(
            path, line, f"{row['id']!r} is no claim id", "write C and three digits, e.g. C022"
        )
    if row["item"] and not row["item"].isdecimal():
        raise SourceError(
            path, line, f"the item {row['item']!r} is no number", "give the number or nothing"
        )
    if not SLUG.fullmatch(row["status"]):
        what = f"the status {row['status']!r} is no slug" if row["status"] else "no status"
        raise SourceError(
            path, line, what, "name a concept of code/claim-status, e.g. reported-past"
        )
    context = None
    if row["context"]:
        match = CONTEXT.fullmatch(row["context"])
        if match is None:
            raise SourceError(
                path, line, f"the context {row['context']!r} is no span", "write start-end"
            )
        context = Span(int(match[1]), int(match[2]))
    return Claim(
        id=row["id"],
        source=source,
        span=_span(path, line, row),
        quote=row["quote"],
        context=context,
        status=row["status"],
        group=row["group"],
        item=int(row["item"]) if row["item"] else None,
        reason=row["reason"],
        note=row["note"],
        line=line,
    )


def _read_uncovered(path: Path, names: tuple[str, ...]) -> tuple[Uncovered, ...]:
    rows = []
    for line, row in read_table(path, _columns(UNCOVERED_COLUMNS, names)):
        if not row["reason"]:
            raise SourceError(path, line, "no reason", "say why no claim covers these words")
        source = _source(path, line, row, names)
        rows.append(Uncovered(source, _span(path, line, row), row["text"], row["reason"], line))
    return tuple(rows)


def _span(path: Path, line: int, row: dict[str, str]) -> Span:
    for column in ("start", "end"):
        if not (row[column].isascii() and row[column].isdecimal()):
            raise SourceError(
                path,
                line,
                f"the {column} {row[column]!r} is no offset",
                "count code points from 0",
            )
    return Span(int(row["start"]), int(row["end"]))


Said = Iterator[tuple[NamedNode, str, NamedNode | Literal]]
"""Statements that are yet to lie in a graph: thing, property, value."""


def evidence_quads(profile: Profile, iris: Iris) -> Iterator[Quad]:
    """Yield what is known about each text and each claim: quote, place in the text, standing.

    All in ``graph/evidence/<center>``; the claim's own graph holds what it says. The
    annotation and its selectors follow the Web Annotation Data Model.
    """
    graph = iris.graph(f"evidence/{profile.slug}")
    sources = {source.name: source for source in profile.center.sources}
    said = [*_about_texts(profile, iris)]
    for claim in profile.claims:
        source = sources[claim.source]
        said += _about_claim(claim, source, profile, iris)
        said += _about_place(claim, profile, iris)
    for subject, predicate, value in said:
        yield Quad(subject, NamedNode(predicate), value, graph)


def _about_texts(profile: Profile, iris: Iris) -> Said:
    slug, kind = profile.slug, RDF_TYPE.value
    whole = iris.source(slug)
    if "" not in profile.texts:
        # Several texts: what is at the address of the only one holds them.
        yield whole, kind, NamedNode(PROV + "Collection")
        names = profile.center.name
        for language, name in (("en", names.en), ("zh", names.zh)):
            if name:
                yield whole, DCTERMS + "title", Literal(name, language=language)
    for source in profile.center.sources:
        node = iris.source(slug, source.name)
        if node != whole:
            yield whole, PROV + "hadMember", node
        yield node, kind, iris.term("SourceText")
        yield node, kind, NamedNode(PROV + "Entity")
        yield node, DCTERMS + "title", Literal(source.title, language=source.language)
        yield node, DCTERMS + "source", NamedNode(source.url)
        yield node, DCTERMS + "language", Literal(source.language)
        yield node, SCHEMA + "copyrightNotice", Literal(source.rights, language="en")
        if source.read:
            day = Literal(source.read.isoformat(), datatype=NamedNode(XSD + "date"))
            yield node, iris.term("readOn").value, day
        if source.archived:
            yield node, SCHEMA + "archivedAt", NamedNode(source.archived)


def _about_claim(claim: Claim, source: Source, profile: Profile, iris: Iris) -> Said:
    node, kind = iris.claim(profile.slug, claim.id), RDF_TYPE.value
    yield node, kind, iris.term("SourceClaim")
    yield node, kind, NamedNode(PROV + "Entity")
    yield node, DCTERMS + "identifier", Literal(claim.id)
    yield node, PROV_VALUE.value, Literal(claim.quote, language=source.language)
    yield node, QUOTED_FROM.value, iris.source(profile.slug, source.name)
    yield node, iris.term("claimStatus").value, iris.code("claim-status", claim.status)
    named = (("listGroup", claim.group), ("reason", claim.reason), ("note", claim.note))
    for name, value in named:
        if value:
            yield node, iris.term(name).value, Literal(value)
    if claim.item is not None:
        yield node, iris.term("listItem").value, Literal(claim.item)


def _about_place(claim: Claim, profile: Profile, iris: Iris) -> Said:
    """Yield the annotation that ties a claim to its place in the text."""
    node, kind = iris.claim(profile.slug, claim.id), RDF_TYPE.value
    source, text = iris.source(profile.slug, claim.source), profile.texts[claim.source]

    def part(name: str) -> NamedNode:
        return NamedNode(f"{node.value}#{name}")

    yield part("annotation"), kind, NamedNode(OA + "Annotation")
    yield part("annotation"), OA + "hasBody", node
    yield part("annotation"), OA + "hasTarget", part("target")
    yield part("target"), kind, NamedNode(OA + "SpecificResource")
    yield part("target"), OA + "hasSource", source
    yield part("target"), OA + "hasSelector", part("quote")
    yield part("target"), OA + "hasSelector", part("position")
    before = text[max(0, claim.span.start - QUOTE_CONTEXT_CHARACTERS) : claim.span.start]
    after = text[claim.span.end : claim.span.end + QUOTE_CONTEXT_CHARACTERS]
    yield part("quote"), kind, NamedNode(OA + "TextQuoteSelector")
    yield part("quote"), OA + "exact", Literal(claim.quote)
    yield part("quote"), OA + "prefix", Literal(before)
    yield part("quote"), OA + "suffix", Literal(after)
    yield from _position(part("position"), claim.span)
    if claim.context is not None:
        # Earlier words that the claim leans on: a second target of the same annotation.
        yield part("annotation"), OA + "hasTarget", part("context")
        yield part("context"), kind, NamedNode(OA + "SpecificResource")
        yield part("context"), OA + "hasSource", source
        yield part("context"), OA + "hasSelector", part("context-position")
        yield from _position(part("context-position"), claim.context)


def _position(node: NamedNode, span: Span) -> Said:
    # The vocabulary says xsd:nonNegativeInteger; Oxigraph keeps every integer as xsd:integer.
    integer = NamedNode(XSD + "integer")
    yield node, RDF_TYPE.value, NamedNode(OA + "TextPositionSelector")
    yield node, OA + "start", Literal(str(span.start), datatype=integer)
    yield node, OA + "end", Literal(str(span.end), datatype=integer)
