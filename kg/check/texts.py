"""What no statement may hold, whatever it says: addresses that run, characters that deceive.

An IRI of the scheme ``javascript`` or ``data`` runs in the browser of whoever follows it. A
control character or a bidirectional override shows a reader something else than what is
written (Unicode Technical Report 36, 3.3; Trojan Source). A name without bound is no name.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import Finding, Severity, short
from kg.check.locate import Locator
from kg.sources.claims import Profile
from kg.sources.queries import Query
from kg.vocab import DCTERMS, OA, PREF_LABEL, PROV_VALUE, RDFS_LABEL, SKOS, XSD

SCHEMES = frozenset(("http", "https", "mailto", "tel", "urn", "doi", "info", "tag", "pkg"))
"""Schemes of IRIs that data may name things by: none of them makes a browser run a program."""
NAMES = frozenset(
    (PREF_LABEL.value, RDFS_LABEL.value, SKOS + "altLabel", DCTERMS + "title", SKOS + "notation")
)
NAME_CHARACTERS = 300
"""More than twice the longest name of the first profile: a page shows a name in a line or two."""
TEXT_CHARACTERS = 20_000
"""Some fifteen times the longest text, which is a query. What is longer belongs into a file."""
VERBATIM = frozenset((PROV_VALUE.value, OA + "exact", OA + "prefix", OA + "suffix"))
"""Properties whose texts are those of a source: ``check_sources`` looks at these."""
LINE_ENDS = frozenset("\n\t")
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
JOINERS = frozenset("\u200c\u200d")
"""Format characters that words of some scripts are spelled with."""


def check_texts(quads: Iterable[Quad], locator: Locator) -> Iterator[Finding]:
    """Yield what is wrong with the IRIs and the texts of statements, with file and line."""
    told: set[tuple[object, object, object]] = set()
    for quad in quads:
        key = (quad.subject, quad.predicate, quad.object)
        problem = None if key in told else _problem(quad)
        if problem is None:
            continue
        told.add(key)
        severity, what, fix, name = problem
        subject = str(getattr(quad.subject, "value", ""))
        value = getattr(quad.object, "value", None)
        path, line = locator.find(subject, quad.predicate.value, value)
        yield Finding(severity, path, line, what, fix, name, subject=subject)


def check_queries(queries: Iterable[Query]) -> Iterator[Finding]:
    """Yield what is wrong with the titles, notes and texts of query files."""
    for query in queries:
        for line, row in enumerate(query.text.splitlines(), start=1):
            if found := _characters(row):
                severity, what, fix = found
                yield Finding(severity, query.path, line, what, fix, "character")


def check_sources(profiles: Iterable[Profile]) -> Iterator[Finding]:
    """Yield a warning for each line of a text with such a character: a text is never edited."""
    fix = "compare with the source, whose text is kept as it is"
    for profile in profiles:
        for source in profile.center.sources:
            path = profile.folder / source.file
            for line, row in enumerate(profile.texts[source.name].split("\n"), start=1):
                if found := _characters(row.removesuffix("\r")):
                    yield Finding(Severity.WARNING, path, line, found[1], fix, "character")


Problem = tuple[Severity, str, str, str]


def _problem(quad: Quad) -> Problem | None:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, NamedNode) and not is_harmless(term.value):
            return _scheme(term.value, quad.predicate)
    if not isinstance(quad.object, Literal):
        return None
    text, property_ = quad.object.value, quad.predicate.value
    if quad.object.datatype.value == XSD + "anyURI" and not is_harmless(text):
        return _scheme(text, quad.predicate)
    if property_ in VERBATIM:
        return None
    if found := _characters(text):
        severity, what, fix = found
        return severity, f"{what} in {quad.predicate} of {quad.subject}", fix, "character"
    longest = NAME_CHARACTERS if property_ in NAMES else TEXT_CHARACTERS
    if len(text) > longest:
        what = (
            f"{quad.predicate} of {quad.subject} has {len(text):,} characters, {short(text)}; "
            f"{longest:,} are the most"
        )
        fix = "give a name" if property_ in NAMES else "shorten it, or keep it in a file"
        return Severity.VIOLATION, what, fix, "length"
    return None


def is_harmless(iri: str) -> bool:
    """Return whether an IRI is of a scheme that data may use.

    >>> is_harmless("https://example.org/"), is_harmless("JavaScript:alert(1)")
    (True, False)
    """
    return iri.partition(":")[0].lower() in SCHEMES


def _scheme(iri: str, predicate: NamedNode) -> Problem:
    scheme = iri.partition(":")[0]
    what = f"the IRI {short(iri)} beside {predicate} is of the scheme {short(scheme)}"
    fix = f"use one of {', '.join(sorted(SCHEMES))}: others may run where they are followed"
    return Severity.VIOLATION, what, fix, "scheme"


def _characters(text: str) -> tuple[Severity, str, str] | None:
    """Return what is wrong with the characters of a text, the worst first."""
    if text.isascii() and text.isprintable():
        return None
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        deceives = (category == "Cc" and character not in LINE_ENDS) or character in OVERRIDES
        if deceives or (category == "Cf" and character not in JOINERS):
            code = f"U+{ord(character):04X}"
            name = unicodedata.name(character, "a control character")
            what = f"the character {code} ({name}) stands at {place}"
            severity = Severity.VIOLATION if deceives else Severity.WARNING
            return severity, what, "remove it: readers do not see it, and may see other things"
    return None
