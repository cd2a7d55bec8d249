"""A pasted text -> what it may identify: IRIs of ours, IRIs of anyone, identifiers of registries.

Brackets, quotes, blanks around, full-width letters and percent-encoding are taken away first.
What cannot be read is told with a reason, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal as OneOf
from urllib.parse import unquote

from kg.config import is_iri
from kg.link.registries import SCHEME, Reading, Registries
from kg.vocab import prefixes

Sort = OneOf["empty", "long", "characters", "form", "prefix", "words"]

MOST_CHARACTERS = 2000
"""Length of one identifier, in code points."""
DEEPEST = 3
"""How many prefixes or resolvers may stand before an identifier."""
QUOTES = "<>\"'`“”‘’«»「」《》〈〉"
BRACKETS = ("[]", "()", "【】")
"""What stands around a safe CURIE (CURIE Syntax 1.0, 3) or an identifier in a sentence."""
RESOLVERS = ("identifiers.org/", "bioregistry.io/", "n2t.net/")
"""What leads from a CURIE behind it to the registry."""
LABELS = re.compile(r"(?:obo|ur[il]|iri|id|identifier)\s*[:=]\s*", re.IGNORECASE)
"""Words that say what follows, and are no prefix of a registry."""
PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._ -]{0,39}")
SEPARATOR = re.compile(r"\s*[:=/]\s*|[ _]")
"""What stands behind a prefix: OBO has a low line."""
ADDRESS = re.compile(r"(?:https?:/*|//)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#].*)?", re.IGNORECASE)
HAS_SCHEME = re.compile(r"https?:|//", re.IGNORECASE)
OWN_PATH = re.compile(r"(?:id|claim|code|graph|source)/\S+|ontology#\S+", re.IGNORECASE)
"""An IRI of ours without the base, as addresses, exports and the reconciliation service have it."""
OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Mistake:
    """Why a text is no identifier.

    ``form``: it names the registry ``prefix``, whose identifiers look otherwise; ``prefix``: no
    registry is called ``prefix``, ``near`` are; ``characters``: an IRI has no such characters;
    ``words``: plain words.
    """

    sort: Sort
    prefix: str = ""
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """What a text may identify. ``iris`` are spellings of one IRI, the text's own one first."""

    given: str
    text: str
    readings: tuple[Reading, ...] = ()
    iris: tuple[str, ...] = ()
    mistake: Mistake | None = None
    is_ours: bool = False


def clean(text: str) -> str:
    """Return a text without what comes along when it is copied.

    >>> clean(" <https%3A%2F%2Fror.org%2F0371fqr87> ")
    'https://ror.org/0371fqr87'
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    for _ in range(2):
        text = " ".join(text.split()).strip(QUOTES + " ,;")
        # Only a pair: the last bracket may be the identifier's own.
        if text[:1] + text[-1:] in BRACKETS and text.find(text[-1]) == len(text) - 1:
            text = text[1:-1].strip()
        if re.search(r"%[0-9A-Fa-f]{2}", text):
            text = unquote(text)
    return text


def read(given: str, registries: Registries, base: str) -> Pasted:
    """Return what ``given`` may identify; ``base`` is that of our own IRIs."""
    if len(given) > MOST_CHARACTERS:
        return Pasted(given, given[:MOST_CHARACTERS], mistake=Mistake("long"))
    text = clean(given)
    if not text:
        return Pasted(given, "", mistake=Mistake("empty"))
    if not text.isprintable():
        return Pasted(given, text, mistake=Mistake("characters"))
    text = LABELS.sub("", text, count=1) if LABELS.match(text) else text
    return _ours(given, text, base) or _read(given, text, registries)


def _ours(given: str, text: str, base: str) -> Pasted | None:
    """Return the IRIs of ours that a text spells: in full, as a CURIE or without the base."""
    prefix, colon, rest = text.partition(":")
    own = {name: iri for name, iri in prefixes(base).items() if iri.startswith(base)}
    if colon and prefix.lower() in own:
        text = own[prefix.lower()] + rest.strip()
    elif OWN_PATH.fullmatch(text):
        text = base + text
    bare_base = SCHEME.sub("", base, count=1)
    path = SCHEME.sub("", text, count=1)
    if path.lower() == bare_base.rstrip("/").lower():
        path = bare_base
    if not path.lower().startswith(bare_base.lower()):
        return None
    path = path[len(bare_base) :]
    spelled = (path, path.rstrip("/"), path.rstrip("/").lower())
    iris = tuple(dict.fromkeys(base + p for p in spelled if is_iri(base + p)))
    mistake = None if iris else Mistake("characters")
    return Pasted(given, text, iris=iris, mistake=mistake, is_ours=True)


def _read(given: str, text: str, registries: Registries, depth: int = 0) -> Pasted:
    if depth > DEEPEST:
        return Pasted(given, text, mistake=Mistake("words"))
    bare = tuple(registries.bare(text))
    prefixed = _prefixed(given, text, registries, depth)
    # A prefix may also be the beginning of a bare identifier: then that counts.
    if prefixed and (prefixed.readings or not bare):
        return prefixed
    if ADDRESS.fullmatch(text):
        return _address(given, text, registries, depth)
    if bare:
        return Pasted(given, text, bare)
    if OTHER_SCHEME.fullmatch(text):
        return _other(given, text, registries)
    return Pasted(given, text, mistake=Mistake("words"))


def _prefixed(given: str, text: str, registries: Registries, depth: int) -> Pasted | None:
    """Return what a text with the prefix of a registry identifies; None where it has none."""
    splits = [(text[: m.start()], text[m.end() :]) for m in SEPARATOR.finditer(text)]
    # The longest prefix counts: "NCI_Thesaurus C2931" is no "Thesaurus C2931" of "NCI".
    for prefix, rest in reversed(splits):
        registry = registries.with_prefix(prefix) if PREFIX.fullmatch(prefix) else None
        if registry is None:
            continue
        identifier = registry.normal(rest)
        if identifier:
            return Pasted(given, text, (registries.reading(registry, identifier),))
        # "ror:https://ror.org/..." and the like: a prefix before the whole thing.
        inner = _read(given, rest, registries, depth + 1) if rest else None
        if inner and (inner.iris or {r.registry for r in inner.readings} == {registry.prefix}):
            return Pasted(given, text, inner.readings)
        return Pasted(given, text, mistake=Mistake("form", registry.prefix))
    return None


def _address(given: str, text: str, registries: Registries, depth: int) -> Pasted:
    plain = SCHEME.sub("", text, count=1)
    for resolver in RESOLVERS:
        behind = plain[len(resolver) :].strip("/")
        if plain.lower().startswith(resolver) and behind:
            inner = _read(given, behind, registries, depth + 1)
            if inner.readings or inner.mistake:
                return Pasted(given, text, inner.readings, mistake=inner.mistake)
    iris = tuple(_spellings(text))
    if not iris:
        return Pasted(given, text, mistake=Mistake("characters"))
    found = registries.at_address(text)
    reading = registries.in_address(*found) if found else None
    if found and not reading:
        # The API of a registry takes whole identifiers behind its own address.
        whole = _read(given, found[1], registries, depth + 1) if ":" in found[1] else None
        if whole and whole.readings:
            return Pasted(given, text, whole.readings)
        return Pasted(given, text, iris=iris, mistake=Mistake("form", found[0].prefix))
    return Pasted(given, text, (reading,) if reading else (), iris)


def _spellings(text: str) -> Iterator[str]:
    """Yield how others may write an address: another scheme, with or without a slash at its end."""
    schemed = text if HAS_SCHEME.match(text) else f"https://{text}"
    rest = re.sub(r"^(?:https?:)?/*", "", schemed, count=1, flags=re.IGNORECASE)
    host, slash, path = rest.partition("/")
    shorter = path.rstrip("/")
    first = "http" if text.lower().startswith("http:") else "https"
    for scheme in (first, "https" if first == "http" else "http"):
        for tail in dict.fromkeys((slash + path, f"/{shorter}".rstrip("/"), f"/{shorter}/")):
            iri = f"{scheme}://{host.lower()}{tail}"
            if is_iri(iri):
                yield iri


def _other(given: str, text: str, registries: Registries) -> Pasted:
    """Return an IRI that is no address, or a CURIE whose prefix is not known."""
    if HAS_SCHEME.match(text):
        iris = (text,) if is_iri(text) and SCHEME.sub("", text, count=1) else ()
        return Pasted(given, text, iris=iris, mistake=None if iris else Mistake("words"))
    prefix = text.partition(":")[0]
    near = get_close_matches(prefix.lower(), registries.words, n=3)
    mistake = Mistake("prefix", prefix, tuple(dict.fromkeys(registries.with_prefix(w).prefix for w in near)))  # type: ignore[union-attr]  # every word is a prefix  # fmt: skip
    return Pasted(given, text, iris=(text,) if is_iri(text) else (), mistake=mistake)
