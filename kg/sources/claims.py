"""A center's text, the claims it is split into, and the evidence quads they make.

``data/<center>/`` holds ``source.txt`` (the text, verbatim), ``source.toml`` (where it was
published), ``claims.tsv`` and ``uncovered.tsv``. The tables are plain TSV: UTF-8, one header
line, no quoting. Offsets count Unicode code points, 0-based, end exclusive, as
``oa:start`` and ``oa:end`` do (Web Annotation Data Model, 4.2.2).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.config import is_iri
from kg.errors import SourceError, SourceErrors
from kg.sources.rdf import read_text
from kg.toml_section import toml_line, toml_mistake
from kg.vocab import DCTERMS, OA, PROV, PROV_VALUE, QUOTED_FROM, RDF_TYPE, SLUG, XSD, Iris

CLAIM_COLUMNS = (
    *("id", "start", "end", "quote", "context", "status", "group", "item"),
    *("reason", "note"),
)
UNCOVERED_COLUMNS = ("start", "end", "text", "reason")
SOURCE_KEYS = ("title", "language", "url")
CLAIM_ID = re.compile(r"C\d{3,}")
LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
CONTEXT = re.compile(r"(\d+)-(\d+)")
QUOTE_CONTEXT_CHARACTERS = 32


@dataclass(frozen=True)
class Span:
    """A stretch of the text: code points, 0-based, ``end`` exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Claim:
    """One piece of the text. ``line`` is its line in ``claims.tsv``."""

    id: str
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
    """Letters or digits of the text that no claim covers, and why."""

    span: Span
    text: str
    reason: str
    line: int


@dataclass(frozen=True)
class Profile:
    """A center's folder, apart from its triples."""

    slug: str
    folder: Path
    title: str
    language: str
    url: str
    text: str
    claims: tuple[Claim, ...]
    uncovered: tuple[Uncovered, ...]


def read_profile(folder: Path) -> Profile:
    """Return the text and the claims of a center's folder.

    Reads what the files say; whether the claims are true to the text is for
    ``kg.check.evidence``. Raises SourceError or SourceErrors for files that are missing or
    not of the form above.
    """
    source = _read_source_table(folder / "source.toml")
    return Profile(
        slug=folder.name,
        folder=folder,
        title=source["title"],
        language=source["language"],
        url=source["url"],
        text=read_text(folder / "source.txt"),
        claims=_read_claims(folder / "claims.tsv"),
        uncovered=_read_uncovered(folder / "uncovered.tsv"),
    )


def _read_source_table(path: Path) -> dict[str, str]:
    text = read_text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, what = toml_mistake(error)
        raise SourceError(path, line, f"not TOML: {what}", "mend the syntax") from None
    for key in SOURCE_KEYS:
        if not isinstance(table.get(key), str) or not table[key]:
            raise SourceError(path, None, f"the key {key!r} is missing or no text", "add it")
    for key in table:
        if key not in SOURCE_KEYS:
            fix = f"remove it or use {', '.join(SOURCE_KEYS)}"
            raise SourceError(path, toml_line(text, key), f"unknown key {key!r}", fix)
    if not is_iri(table["url"]):
        line, what = toml_line(text, "url"), f"the url {table['url']!r} is no IRI"
        raise SourceError(path, line, what, "give the whole address, with https://")
    if not LANGUAGE.fullmatch(table["language"]):
        line, what = toml_line(text, "language"), f"{table['language']!r} is no language tag"
        raise SourceError(path, line, what, "give one in lower case, e.g. en")
    return table


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


def _read_claims(path: Path) -> tuple[Claim, ...]:
    claims: dict[str, Claim] = {}
    errors: list[SourceError] = []
    for line, row in read_table(path, CLAIM_COLUMNS):
        try:
            claim = _claim(path, line, row)
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


def _claim(path: Path, line: int, row: dict[str, str]) -> Claim:
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


def _read_uncovered(path: Path) -> tuple[Uncovered, ...]:
    rows = []
    for line, row in read_table(path, UNCOVERED_COLUMNS):
        if not row["reason"]:
            raise SourceError(path, line, "no reason", "say why no claim covers these words")
        rows.append(Uncovered(_span(path, line, row), row["text"], row["reason"], line))
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


def evidence_quads(profile: Profile, iris: Iris) -> Iterator[Quad]:
    """Yield what is known about each claim: quote, place in the text, standing.

    All in ``graph/evidence/<center>``; the claim's own graph holds what it says. The
    annotation and its selectors follow the Web Annotation Data Model.
    """
    graph = iris.graph(f"evidence/{profile.slug}")
    source = iris.source(profile.slug)

    def say(subject: NamedNode, predicate: str, *values: NamedNode | Literal) -> Iterator[Quad]:
        for value in values:
            yield Quad(subject, NamedNode(predicate), value, graph)

    kind = RDF_TYPE.value
    yield from say(source, kind, iris.term("SourceText"), NamedNode(PROV + "Entity"))
    yield from say(source, DCTERMS + "title", Literal(profile.title, language=profile.language))
    yield from say(source, DCTERMS + "source", NamedNode(profile.url))
    yield from say(source, DCTERMS + "language", Literal(profile.language))
    for claim in profile.claims:
        node = iris.claim(profile.slug, claim.id)

        def part(name: str, node: NamedNode = node) -> NamedNode:
            return NamedNode(f"{node.value}#{name}")

        yield from say(node, kind, iris.term("SourceClaim"), NamedNode(PROV + "Entity"))
        yield from say(node, DCTERMS + "identifier", Literal(claim.id))
        yield from say(node, PROV_VALUE.value, Literal(claim.quote, language=profile.language))
        yield from say(node, QUOTED_FROM.value, source)
        yield from say(
            node, iris.term("claimStatus").value, iris.code("claim-status", claim.status)
        )
        for name, value in (
            ("listGroup", claim.group),
            ("reason", claim.reason),
            ("note", claim.note),
        ):
            if value:
                yield from say(node, iris.term(name).value, Literal(value))
        if claim.item is not None:
            yield from say(node, iris.term("listItem").value, Literal(claim.item))

        yield from say(part("annotation"), kind, NamedNode(OA + "Annotation"))
        yield from say(part("annotation"), OA + "hasBody", node)
        yield from say(part("annotation"), OA + "hasTarget", part("target"))
        yield from say(part("target"), kind, NamedNode(OA + "SpecificResource"))
        yield from say(part("target"), OA + "hasSource", source)
        selectors = [part("quote"), part("position")]
        yield from say(part("target"), OA + "hasSelector", *selectors)

        before = profile.text[
            max(0, claim.span.start - QUOTE_CONTEXT_CHARACTERS) : claim.span.start
        ]
        after = profile.text[claim.span.end : claim.span.end + QUOTE_CONTEXT_CHARACTERS]
        yield from say(part("quote"), kind, NamedNode(OA + "TextQuoteSelector"))
        yield from say(part("quote"), OA + "exact", Literal(claim.quote))
        yield from say(part("quote"), OA + "prefix", Literal(before))
        yield from say(part("quote"), OA + "suffix", Literal(after))
        yield from _position(part("position"), claim.span, graph)
        if claim.context is not None:
            # Earlier words that the claim leans on: a second target of the same annotation.
            yield from say(part("annotation"), OA + "hasTarget", part("context"))
            yield from say(part("context"), kind, NamedNode(OA + "SpecificResource"))
            yield from say(part("context"), OA + "hasSource", source)
            yield from say(part("context"), OA + "hasSelector", part("context-position"))
            yield from _position(part("context-position"), claim.context, graph)


def _position(node: NamedNode, span: Span, graph: NamedNode) -> Iterator[Quad]:
    # The vocabulary says xsd:nonNegativeInteger; Oxigraph keeps every integer as xsd:integer.
    integer = NamedNode(XSD + "integer")
    yield Quad(node, RDF_TYPE, NamedNode(OA + "TextPositionSelector"), graph)
    yield Quad(node, NamedNode(OA + "start"), Literal(str(span.start), datatype=integer), graph)
    yield Quad(node, NamedNode(OA + "end"), Literal(str(span.end), datatype=integer), graph)
