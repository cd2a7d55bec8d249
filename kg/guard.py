"""What a query asks for, seen before the engine sees it.

Oxigraph answers SERVICE by fetching any URL, loopback included, and has no switch for it.
So a query is read here as the SPARQL grammar reads it (SPARQL 1.1 Query Language, 19): the
word in a string, a comment, an IRI, a variable or a prefixed name is no SERVICE clause.
Where the grammar and Oxigraph's parser differ, what Oxigraph would fetch is refused: it
takes ``SERVICEex:a {`` and ``trueSERVICE <a> {`` for SERVICE clauses.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from kg.errors import QueryRefused

UPDATE_WORDS = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY", "WITH")
)
PROLOGUE_WORDS = frozenset(("BASE", "PREFIX"))

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
             | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:[\w.\-]*)
  | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:
             (?:(?:[\w:%]|\\.)(?:(?:[\w:%.\-]|\\.)*(?:[\w:%\-]|\\.))?)?)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<language>@[A-Za-z0-9-]+)
  | (?P<word>\w+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERANDS = frozenset(("iri", "variable", "name", "number", "string", "language", "word"))
_HARMLESS_BEFORE_GRAPH = frozenset(("GRAPH", "FROM", "NAMED", "DESCRIBE"))


@dataclass(frozen=True)
class Token:
    """A token of a query; ``start`` and ``end`` are code points in the decoded query."""

    kind: str
    text: str
    start: int
    end: int


def decode_escapes(query: str) -> str:
    r"""Return the query with its codepoint escapes resolved (SPARQL 1.1, 19.2).

    >>> decode_escapes("S\\u0045RVICE")
    'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number <= 0x10FFFF else match[0]  # noqa: PLR2004 - Unicode's end

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", character, query)


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, without white space and comments."""
    for match in _TOKEN.finditer(query):
        kind = str(match.lastgroup)
        if kind not in {"space", "comment"}:
            yield Token(kind, match.group(), match.start(), match.end())


def refuse_forbidden(query: str, allowed: Container[int] = ()) -> None:
    """Raise QueryRefused for a SERVICE clause or an update; the rest is the engine's.

    ``allowed`` are the places of tokens (``Token.start``) that name a service which may be
    asked.
    """
    for text in {query, decode_escapes(query)}:
        found = list(tokens(text))
        _refuse_updates(found)
        if "service" in text.casefold():
            # A text with escapes is read twice, and its places differ.
            _refuse_service(found, allowed if text == query else ())


def service_names(query: str) -> list[Token]:
    """Return the token that names the service, of each plainly written SERVICE clause.

    Plainly: the keyword, perhaps SILENT, an IRI or a prefixed name, and a brace. What else
    might be a SERVICE clause is left to ``refuse_forbidden``.
    """
    found = list(tokens(query))
    return [name for place in range(len(found)) if (name := _service_name(found, place))]


def _service_name(found: list[Token], place: int) -> Token | None:
    keyword, *rest = found[place : place + 4]
    if keyword.kind != "word" or keyword.text.upper() != "SERVICE":
        return None
    if rest and rest[0].text.upper() == "SILENT":
        rest = rest[1:]
    plain = len(rest) > 1 and rest[0].kind in {"iri", "name"} and rest[1].text == "{"
    return rest[0] if plain else None


def _refuse_updates(found: list[Token]) -> None:
    words = [t.text.upper() for t in body_tokens(found) if t.kind == "word"]
    if words and words[0] in UPDATE_WORDS:
        raise QueryRefused(
            f"{words[0]} would change data, and this endpoint is read-only; "
            "a release changes by a new build from its sources"
        )


def body_tokens(found: list[Token]) -> list[Token]:
    """Return the tokens after the prologue (BASE and PREFIX declarations)."""
    place = 0
    while place < len(found) and found[place].text.upper() in PROLOGUE_WORDS:
        place += 3 if found[place].text.upper() == "PREFIX" else 2
    return found[place:]


def _refuse_service(found: list[Token], allowed: Container[int]) -> None:
    for place, token in enumerate(found):
        service = _service_name(found, place)
        if service is not None and service.start in allowed:
            continue
        before = found[place - 1] if place else None
        after = found[place + 1].text if place + 1 < len(found) else ""
        text = token.text.casefold()
        if "service" in text and token.kind == "word":
            _refuse(token)
        if token.kind == "name" and "service" in text and after == "{":
            keyword = before.text.upper() if before else ""
            if keyword not in _HARMLESS_BEFORE_GRAPH:
                _refuse(token)
        if (
            token.kind == "iri"
            and before is not None
            and (before.kind in _OPERANDS or before.text == ")")
            and not re.match(r"<[A-Za-z][\w+.-]*://", token.text)
            and re.search(r"[#')]", token.text)
        ):
            # "?a<?b#>" may be a comparison and a comment: then what follows is read otherwise.
            raise QueryRefused(
                f"{token.text} can be read as an IRI and as a comparison, in a query that "
                "contains the word SERVICE; write a space after <, or the IRI in full"
            )


def _refuse(token: Token) -> None:
    raise QueryRefused(
        f"SERVICE (at {token.text!r}) is not allowed: this endpoint does not ask that one; "
        "ask it yourself and join the answers"
    )
