"""What is wrong with a text that is no SPARQL query, and where.

Oxigraph says how far it came and what it would have taken there, which is often far from
the mistake. Once it has refused a text, the usual mistakes are looked for by their own
marks: a string or a bracket that is never closed, a word that SPARQL does not have, a prefix
that no line declares.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, pairwise

from kg.guard import UNCLOSED, Token, tokens
from kg.vocab import prefixes

SYNTAX_MESSAGE = re.compile(r"error at (\d+):(\d+): (.*)")
SENTENCE = re.compile(r"[A-Z][A-Za-z]+(?: [A-Za-z]+){2,}")
NEAR_WORDS = 3
NEAR_LETTERS = 80
AGGREGATES = frozenset(("AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"))
SAID_ELSEWHERE = {
    "AND": "&&",
    "OR": "||",
    "LIKE": "CONTAINS or REGEX",
    "STARTSWITH": "STRSTARTS",
    "ENDSWITH": "STRENDS",
    "LENGTH": "STRLEN",
    "LOWER": "LCASE",
    "UPPER": "UCASE",
    "TOP": "LIMIT, at the end",
    "NULL": "UNDEF",
    "IFNULL": "COALESCE",
    "JOIN": "patterns side by side are joined",
}
"""Words of other query languages, and what SPARQL says."""
FOREIGN = {
    **dict.fromkeys("“”„«»‹›", "quotes are straight: \" or '"),
    **dict.fromkeys("‘’‚", "quotes are straight: ' or \""),
    **dict.fromkeys("，、；。（）｛｝", "a Chinese punctuation mark; write the ASCII one"),
    "\ufeff": "an invisible byte order mark; delete it",
}
"""Characters that a word processor or an input method puts in place of others."""
CLOSING = {"{": "}", "(": ")", "[": "]"}
WORDS = frozenset(
    """
    a true false ABS ADJUST ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE
    CONCAT CONSTRUCT CONTAINS COPY COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE
    DISTINCT DROP ENCODE_FOR_URI EXISTS FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG
    HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE
    ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE
    NAMED NIL NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX REPLACE
    ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR
    STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR
    SUM TIMEZONE TO TRIPLE TZ UCASE UNDEF UNION URI USING UUID VALUES VERSION WHERE WITH YEAR
    """.upper().split()
)
"""Words of the grammar (SPARQL 1.1 Query Language, 19.8, and SPARQL 1.2), in capitals."""


@dataclass(frozen=True)
class SparqlMistake:
    """Where a text stops being SPARQL; ``line`` and ``column`` are 1-based, None if unknown."""

    line: int | None
    column: int | None
    reason: str


def explain_syntax_error(text: str, message: str, base: str = "") -> SparqlMistake:
    """Return what Oxigraph's message on a query means for the person who wrote it.

    ``base`` is that of our own IRIs, for advice on our own prefixes.
    """
    message = " ".join(message.split())
    match = SYNTAX_MESSAGE.fullmatch(message)
    if match is None:
        return SparqlMistake(None, None, message)
    # Oxigraph lists what would fit, which misleads; a reason that it has is a sentence in it.
    sentence = SENTENCE.search(match[3])
    found = tokens(text)
    line, column = int(match[1]), int(match[2])
    offset = offset_of(text, line, column)
    # What stands after the place that Oxigraph came to may be so for what is wrong before it.
    marks = chain(_marks(found, base), _brackets(found))
    mark = next(((place, reason) for place, reason in marks if place <= offset), None)
    if mark is not None:
        return SparqlMistake(*place_of(text, mark[0]), mark[1])
    at = [token for token in found if token.start <= offset]
    if at and at[-1].end <= offset:
        # It came to the end of a token, or beyond: the token is what does not fit.
        line, column = place_of(text, at[-1].start)
    if sentence and sentence[0] != "Prefix not found":
        return SparqlMistake(line, column, sentence[0])
    before = " ".join(text[:offset].split()[-NEAR_WORDS:])[-NEAR_LETTERS:]
    return SparqlMistake(line, column, f"it goes wrong near {before!r}")


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of a 0-based code point; a line feed ends a line."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def offset_of(text: str, line: int, column: int) -> int:
    """Return the 0-based code point at a 1-based line and column."""
    rows = text.split("\n")
    return sum(len(row) + 1 for row in rows[: line - 1]) + column - 1


def _marks(found: Sequence[Token], base: str) -> Iterator[tuple[int, str]]:
    """Yield place and reason of mistakes that show themselves, the surest first."""
    for token in found:
        if token.kind == UNCLOSED:
            yield token.start, f"the string that begins with {token.text[0]} here is never closed"
    yield from _other_languages(found)
    yield from _unknown_words(found)
    yield from _undeclared_prefixes(found, base)


def _other_languages(found: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield what comes from other languages, or from a word processor."""
    for token in found:
        if token.kind == "other" and token.text in FOREIGN:
            yield token.start, FOREIGN[token.text]
        if token.kind == "language" and token.text.lower() in {"@prefix", "@base"}:
            word = token.text[1:].upper()
            yield token.start, f"SPARQL writes {word} without @, and no dot at the end of the line"
    for one, two in pairwise(found):
        if one.end == two.start and (reason := _between(one, two)):
            yield one.start, reason
        if reason := _of_words(one, two):
            yield two.start, reason


def _between(one: Token, two: Token) -> str:
    """Return what is wrong with two tokens that touch; nothing if nothing is."""
    if one.text == two.text == "-":
        return "a comment begins with #"
    if one.text == two.text == "/":
        return "a comment begins with #, and an IRI stands between < and >"
    if one.text in {"http:", "https:"} and two.text == "/":
        return f"an IRI stands between < and >: <{one.text}...>"
    if one.text == "<" and re.match("https?:|urn:", two.text):
        return "the IRI that begins with < here has a character that no IRI has"
    return ""


def _of_words(one: Token, two: Token) -> str:
    """Return what is wrong with a word and the next one; nothing if nothing is."""
    if not one.kind == two.kind == "word":
        return ""
    first, second = one.text.upper(), two.text.upper()
    if first == "PREFIX":
        return f"the prefix {two.text!r} wants a colon: {two.text}:"
    if first in {"FROM", "NAMED", "GRAPH"} and second != "NAMED":
        return f"{first} wants the name of a graph: an IRI or a prefixed name"
    if first in {"SELECT", "DISTINCT"} and second in AGGREGATES:
        return f"a computed column wants brackets and a name: ({second}(...) AS ?x)"
    return ""


def _unknown_words(found: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for place, token in enumerate(found):
        word = token.text.upper()
        if token.kind != "word" or word in WORDS or word[0].isdigit():
            continue
        near = [SAID_ELSEWHERE[word]] if word in SAID_ELSEWHERE else []
        near = near or get_close_matches(word, WORDS, n=1, cutoff=0.8)
        called = place + 1 < len(found) and found[place + 1].text == "("
        if near:
            advice = f"{near[0]}?"
        elif called:
            advice = "it has no function of that name"
        else:
            advice = "a name needs a prefix and a colon, a variable a '?'"
        yield token.start, f"{token.text!r} is no word of SPARQL; {advice}"


def _undeclared_prefixes(found: Sequence[Token], base: str) -> Iterator[tuple[int, str]]:
    declared = {name.text for word, name in pairwise(found) if _declares(word, name)}
    known = {f"{name}:": iri for name, iri in prefixes(base).items() if iri.startswith("http")}
    for token in found:
        prefix = f"{token.text.partition(':')[0]}:"
        if token.kind == "name" and prefix not in declared:
            advice = f"; add PREFIX {prefix} <{known[prefix]}>" if prefix in known else ""
            yield token.start, f"no PREFIX line declares {prefix}{advice}"


def _declares(word: Token, name: Token) -> bool:
    return word.kind == "word" and word.text.upper() == "PREFIX" and name.kind == "name"


def _brackets(found: Sequence[Token]) -> Iterator[tuple[int, str]]:
    open_: list[Token] = []
    for token in found:
        if token.kind != "other":
            continue
        if token.text in CLOSING:
            open_.append(token)
        elif token.text in CLOSING.values():
            if token.text not in {CLOSING[other.text] for other in open_}:
                yield token.start, f"the {token.text} here closes nothing"
                return
            if CLOSING[open_[-1].text] != token.text:
                expected = CLOSING[open_[-1].text]
                yield token.start, f"{expected} is wanted here before {token.text}"
                return
            open_.pop()
    if open_:
        yield open_[-1].start, f"the {open_[-1].text} here is never closed"
