"""What people paste for a record elsewhere -> its registry, identifier and IRI.

``registries.toml`` says how each registry's identifiers are spelled; prefixes are those of
Bioregistry with their synonyms. CURIEs and addresses are read by ``curies``
(https://curies.readthedocs.io), which takes the longest beginning that fits; case, scheme,
``www.`` and what follows the identifier in an address make no difference.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from curies import Converter, Record

from kg.sources.registries import BY_WORD

REGISTRIES_FILE = Path(__file__).with_name("registries.toml")
WEB = "https://"
SCHEME = re.compile(r"https?:/*(?:www\.)?|//(?:www\.)?|www\.", re.IGNORECASE)
TAIL = re.compile(r"[/?#&.;,].*", re.DOTALL)
"""What follows an identifier in an address: a name, a format, a parameter."""
LOWERED = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Lower case by which no text changes its length."""


@dataclass(frozen=True)
class Registry:
    """How the identifiers of one registry are spelled; see ``registries.toml``."""

    prefix: str
    pattern: str
    example: str
    end: str = ""
    begin: str = ""
    curie: str = ""
    letters: str = ""
    without: str = ""
    bare: str = ""
    prefixes: tuple[str, ...] = ()
    iris: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """What our mappings put before the identifier."""
        return BY_WORD[self.prefix].prefix

    @property
    def fits(self) -> Callable[[str], bool] | None:
        """What tells whether check digits fit; None where there are none."""
        return BY_WORD[self.prefix].fits

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The prefixes in lower case, the first one ours."""
        return tuple(
            dict.fromkeys(p.lower() for p in (self.prefix, self.curie, *self.prefixes) if p)
        )

    def normal(self, text: str, pattern: str = "") -> str:
        """Return the identifier in ``text`` as our mappings spell it; empty where it is none."""
        text = text.strip().removesuffix(self.end)
        text = "".join(char for char in text if char not in self.without)
        text = {"upper": text.upper(), "lower": text.lower()}.get(self.letters, text)
        if pattern and not re.fullmatch(pattern, text, re.IGNORECASE if not self.letters else 0):
            return ""
        for before in self.strip:
            if text.lower().startswith(before.lower()):
                text = text[len(before) :].lstrip(" :")
        whole = (
            spelled for spelled in (text, self.begin + text) if re.fullmatch(self.pattern, spelled)
        )
        return next(whole, "")


@dataclass(frozen=True)
class Reading:
    """A text read as an identifier of a registry.

    ``sound`` is whether its check digits fit, where it has some.
    """

    registry: str
    identifier: str
    curie: str
    iri: str
    sound: bool = True


class Registries:
    """The registries whose identifiers are known by their spelling."""

    def __init__(self, registries: tuple[Registry, ...]) -> None:
        self.all = {registry.prefix: registry for registry in registries}
        self._converter = Converter(
            [
                Record(
                    prefix=registry.prefix,
                    uri_prefix=registry.iri,
                    prefix_synonyms=list(registry.words[1:]),
                    uri_prefix_synonyms=[
                        WEB + iri for iri in registry.iris if WEB + iri != registry.iri
                    ],
                )
                for registry in registries
            ]
        )

    @property
    def prefixes(self) -> Mapping[str, str]:
        """What stands before identifiers in our mappings, by prefix."""
        return self._converter.bimap

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All prefixes that are read, in lower case."""
        return tuple(word for registry in self.all.values() for word in registry.words)

    def with_prefix(self, prefix: str) -> Registry | None:
        """Return the registry that a prefix, in any case, stands for."""
        found = self._converter.standardize_prefix(" ".join(prefix.lower().split()))
        return self.all[found] if found else None

    def at_address(self, text: str) -> tuple[Registry, str] | None:
        """Return the registry that an address leads to, and what follows its beginning there."""
        address = WEB + SCHEME.sub("", text, count=1)
        found = self._converter.parse_uri(address.translate(LOWERED))
        if found is None:
            return None
        return self.all[found.prefix], address[len(address) - len(found.identifier) :]

    def in_address(self, registry: Registry, rest: str) -> Reading | None:
        """Return what an address names, by what follows its beginning."""
        # Identifiers with a slash or a dot in them are whole, others end before it.
        identifier = registry.normal(rest.rstrip("/")) or registry.normal(TAIL.sub("", rest))
        if not identifier:
            match = re.match(f"(?:{registry.pattern})(?={TAIL.pattern})", rest, re.DOTALL)
            identifier = registry.normal(match[0]) if match else ""
        return self.reading(registry, identifier) if identifier else None

    def reading(self, registry: Registry, identifier: str) -> Reading:
        """Return the reading of an identifier that is spelled as our mappings spell it."""
        iri = self._converter.expand_pair(registry.prefix, identifier, strict=True) + registry.end
        narrower = self.at_address(iri)
        # A DOI may be that of a funder: then it is an identifier of that registry.
        if narrower and narrower[0] is not registry:
            found = self.in_address(*narrower)
            if found:
                return found
        curie = f"{registry.curie or registry.prefix}:{identifier}"
        sound = registry.fits is None or registry.fits(identifier)
        return Reading(registry.prefix, identifier, curie, iri, sound)

    def bare(self, text: str) -> Iterator[Reading]:
        """Yield what a text without a prefix may be an identifier of."""
        readings = (
            self.reading(registry, identifier)
            for registry in self.all.values()
            if registry.bare and (identifier := registry.normal(text, registry.bare))
        )
        yield from dict.fromkeys(readings)


def read_registries(path: Path = REGISTRIES_FILE) -> Registries:
    """Return the registries of a file; a key that is not known is an error of ours.

    >>> registries = read_registries()
    >>> registries.in_address(*registries.at_address("HTTP://www.ROR.org/0371FQR87/")).curie
    'ror:0371fqr87'
    >>> [reading.curie for reading in registries.bare("0000 0004 0368 7223")]
    ['isni:0000000403687223']
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["registry"]
    rows: list[dict[str, Any]] = [
        {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
        for table in tables
    ]
    return Registries(tuple(Registry(**row) for row in rows))
