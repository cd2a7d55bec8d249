"""What a query asks for, seen before the engine sees it.

Oxigraph answers SERVICE by fetching any URL, loopback included, and has no switch for it.
So a query is read here as the SPARQL grammar reads it (SPARQL 1.1 Query Language, 19): the
word in a string, a comment, an IRI, a variable or a prefixed name is no SERVICE clause.
Where the grammar and Oxigraph's parser differ, what Oxigraph would fetch is refused: it
takes ``SERVICEex:a {`` and ``trueSERVICE <a> {`` for SERVICE clauses.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kg.errors import QueryRefused

UPDATE_WORDS = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY", "WITH")
)
PROLOGUE_WORDS = {"BASE": 2, "PREFIX": 3, "VERSION": 2}
"""Words that begin a declaration, and how many tokens it has."""

# Characters of names (PN_CHARS and VARNAME, productions 166 and 167) as Python writes them.
_CHAR = r"\w\u00b7\u0300-\u036f\u203f\u2040"
_BASIC = "(?:[0-9A-CE-Fa-ce-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})"
_CODE_POINT = (
    rf"(?:u{_BASIC}|U(?:0000{_BASIC}|000[1-9A-Fa-f][0-9A-Fa-f]{{4}}|0010[0-9A-Fa-f]{{4}}))"
)
_ESCAPE = rf"""\\(?:[tbnrf\\"']|{_CODE_POINT})"""
# A string with another escape is none for Oxigraph, which then reads on from its first quote.
_LONG = re.compile(
    rf"""\"\"\"(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+\"\"\" | \'\'\'(?:\'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+\'\'\'""",
    re.VERBOSE,
)
_SHORT = re.compile(rf""""(?:[^"\\\r\n]|{_ESCAPE})*+"|'(?:[^'\\\r\n]|{_ESCAPE})*+'""")
# What a prefix may be: to its end, so that a text of many dots is read once.
_RUN = re.compile(rf"[^\W\d_][{_CHAR}.\-]*+")
_LOCAL = re.compile(
    rf":(?:(?:[{_CHAR}:%]|\\[_~.\-!$&'()*+,;=/?\#@%])(?:[{_CHAR}:%.\-]|\\[_~.\-!$&'()*+,;=/?\#@%])*+)?+"
)
_OTHER_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*+>)
  | (?P<variable>[?$][{_CHAR}]++)
  | (?P<blank>_:[{_CHAR}.\-]*+)
  | (?P<number>\d++(?:\.\d*+)?+(?:[eE][+-]?\d++)?+|\.\d++(?:[eE][+-]?\d++)?+)
  | (?P<language>@[A-Za-z0-9-]++)
  | (?P<word>[{_CHAR}]++)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
UNCLOSED = "unclosed"
"""The kind of a quote that begins no string, and all that follows: no query has one."""
BROKEN = "broken"
"""The kind of a text that is not read to its end."""
MOST_BROKEN = 20
"""Long strings that are none, in one text: more of them are an attack on whoever reads it."""
KEPT_TEXTS = 4
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


@lru_cache(maxsize=KEPT_TEXTS)
def tokens(query: str) -> tuple[Token, ...]:
    r"""Return the tokens of a query, without white space and comments.

    The time is in proportion to the length, whatever the text.

    >>> [token.kind for token in tokens("ASK { ?x ex:a 'b' }")]
    ['word', 'other', 'variable', 'name', 'string', 'other']
    """
    return tuple(t for t in all_tokens(query) if t.kind not in {"space", "comment"})


def all_tokens(query: str) -> Iterator[Token]:
    """Yield all tokens of a query, white space and comments among them."""
    place = broken = no_name_until = 0
    while place < len(query):
        kind = "string"
        match = None
        if query[place] in "\"'":
            match = _LONG.match(query, place)
            if match is None:
                broken += query.startswith(query[place] * 3, place)
                match = _SHORT.match(query, place) if broken <= MOST_BROKEN else None
            if match is None:
                kind = UNCLOSED if broken <= MOST_BROKEN else BROKEN
                yield Token(kind, query[place:], place, len(query))
                return
            end = match.end()
        elif place >= no_name_until and (end := _name_end(query, place)) > place:
            kind = "name"
        else:
            run = _RUN.match(query, place) if place >= no_name_until else None
            no_name_until = run.end() if run else no_name_until
            match = _OTHER_TOKEN.match(query, place)
            kind, end = (str(match.lastgroup), match.end()) if match else ("other", place + 1)
        yield Token(kind, query[place:end], place, end)
        place = end


def _name_end(query: str, place: int) -> int:
    """Return where the prefixed name at a place ends; the place itself where none begins."""
    prefix = _RUN.match(query, place)
    colon = prefix.end() if prefix else place
    if not query.startswith(":", colon) or (prefix and query[colon - 1] == "."):
        return place
    local = _LOCAL.match(query, colon)
    end = local.end() if local else colon + 1
    while query[end - 1] == "." and query[end - 2] != "\\":
        # A dot at the end is the statement's.
        end -= 1
    return end


def refuse_forbidden(query: str, allowed: Container[int] = ()) -> None:
    """Raise QueryRefused for a SERVICE clause or an update; the rest is the engine's.

    ``allowed`` are the places of tokens (``Token.start``) that name a service which may be
    asked.
    """
    for text in {query, decode_escapes(query)}:
        found = tokens(text)
        if found and found[-1].kind == BROKEN:
            raise QueryRefused("the query has too many quotes that begin no string; mend them")
        _refuse_updates(found)
        if "service" in text.casefold():
            # A text with escapes is read twice, and its places differ.
            _refuse_service(found, allowed if text == query else ())


def service_names(query: str) -> list[Token]:
    """Return the token that names the service, of each plainly written SERVICE clause.

    Plainly: the keyword, perhaps SILENT, an IRI or a prefixed name, and a brace. What else
    might be a SERVICE clause is left to ``refuse_forbidden``.
    """
    found = tokens(query)
    return [name for place in range(len(found)) if (name := _service_name(found, place))]


def silent_names(query: str) -> frozenset[int]:
    """Return where the services of plainly written SERVICE SILENT clauses are named."""
    found = tokens(query)
    names = {name.start for name in service_names(query)}
    return frozenset(
        after.start
        for before, after in pairwise(found)
        if after.start in names and before.text.upper() == "SILENT"
    )


def _service_name(found: Sequence[Token], place: int) -> Token | None:
    keyword, *rest = found[place : place + 4]
    if keyword.kind != "word" or keyword.text.upper() != "SERVICE":
        return None
    if rest and rest[0].text.upper() == "SILENT":
        rest = rest[1:]
    plain = len(rest) > 1 and rest[0].kind in {"iri", "name"} and rest[1].text == "{"
    return rest[0] if plain else None


def _refuse_updates(found: Sequence[Token]) -> None:
    words = [t.text.upper() for t in body_tokens(found) if t.kind == "word"]
    if words and words[0] in UPDATE_WORDS:
        raise QueryRefused(
            f"{words[0]} would change data, and this endpoint is read-only; "
            "a release changes by a new build from its sources"
        )


def body_tokens(found: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens after the prologue (BASE and PREFIX declarations)."""
    place = 0
    while place < len(found) and found[place].text.upper() in PROLOGUE_WORDS:
        place += PROLOGUE_WORDS[found[place].text.upper()]
    return found[place:]


def _refuse_service(found: Sequence[Token], allowed: Container[int]) -> None:
    in_data = False
    for place, token in enumerate(found):
        in_data = _opens_data(found, place) or (in_data and token.text != "}")
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
            # Between the values of one variable nothing is compared (SPARQL 1.1, 19.8, rule 63).
            and not in_data
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


def _opens_data(found: Sequence[Token], place: int) -> bool:
    """Say whether a token is the brace before the values of one variable."""
    if place <= 1 or found[place].text != "{" or found[place - 1].kind != "variable":
        return False
    keyword = found[place - 2]
    return keyword.kind == "word" and keyword.text.upper() == "VALUES"


def _refuse(token: Token) -> None:
    raise QueryRefused(
        f"SERVICE (at {token.text!r}) is not allowed: this endpoint does not ask that one; "
        "ask it yourself and join the answers"
    )
