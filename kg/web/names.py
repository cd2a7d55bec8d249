"""Terms -> what a page calls them, in the reader's language where it can."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.vocab import DCTERMS, FOAF, PREF_LABEL, RDFS_LABEL, Iris
from kg.web.addresses import own_address
from kg.web.language import OTHER
from kg.web.language import translate as _
from kg.web.leading import leads

Term = NamedNode | BlankNode | Literal | Triple
LABELS = (PREF_LABEL, RDFS_LABEL, NamedNode(DCTERMS + "title"), NamedNode(FOAF + "name"))
NO_PAGES = ("dumps/", "sparql", "data/")
"""IRIs of ours that begin so are answers themselves: they have no page in a language."""

DIGITS = re.compile(r"-?[0-9]{1,40}")
"""A whole number that a reader may take in; a longer one stands as it is."""
WHOLE_NUMBERS = frozenset(("integer", "nonNegativeInteger", "positiveInteger"))


@dataclass(frozen=True)
class Name:
    """A term as a page shows it: ``lang`` is the language that ``text`` is in, if any.

    ``iri`` is set for things, ``href`` where they have a page or are elsewhere on the web, and
    a link may lead there.
    """

    text: str
    lang: str = ""
    iri: str = ""
    href: str = ""

    def __post_init__(self) -> None:
        """Keep no address that is not to be led to, whoever gives it."""
        object.__setattr__(self, "href", leads(self.href))

    def unlinked(self) -> "Name":
        """Return the name without its link."""
        return replace(self, href="")


class Names:
    """The names that a set of statements gives, for readers of one language.

    Labels fall back from the reader's language to the other one, then to the last part of
    the IRI.
    """

    def __init__(self, quads: Iterable[Quad], lang: str, base: str) -> None:
        self._iris = Iris(base)
        self.lang = lang
        self._labels: dict[NamedNode, dict[str, str]] = {}
        labels = [q for q in quads if q.predicate in LABELS]
        # The first of them that a thing has in a language is its name.
        for quad in sorted(labels, key=lambda q: (LABELS.index(q.predicate), str(q))):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                found = self._labels.setdefault(quad.subject, {})
                found.setdefault(quad.object.language or "en", quad.object.value)

    def labels(self, node: NamedNode) -> dict[str, str]:
        """Return the labels of a thing by language."""
        return self._labels.get(node, {})

    def of(self, node: NamedNode) -> Name:
        """Return how ``node`` is called, and where its page is."""
        href = self.href(node)
        for language in (self.lang, OTHER[self.lang]):
            if language in self.labels(node):
                return Name(self.labels(node)[language], language, node.value, href)
        return Name(self._fallback(node), "", node.value, href)

    def _fallback(self, node: NamedNode) -> str:
        if not self._iris.is_ours(node.value):
            return node.value
        path = node.value.removeprefix(self._iris.base)
        kind, _slash, tail = path.rpartition("/")
        if path.startswith("claim/") and "#" not in tail:
            return _("Claim %(id)s", id=tail)
        if kind == "source":
            return _("The text")
        return path.partition("#")[2] or tail or node.value

    def href(self, node: NamedNode) -> str:
        """Return the address of the page of ``node``, or its IRI where it is not ours.

        Empty where it is neither: no link leads to such an IRI.
        """
        if not self._iris.is_ours(node.value):
            return leads(node.value)
        path, _hash, fragment = node.value.removeprefix(self._iris.base).partition("#")
        if path.startswith(NO_PAGES):
            return own_address(path)
        address = own_address(f"{self.lang}/{path.removeprefix('id/')}")
        return f"{address}#{fragment}" if fragment else address

    def value(self, term: Term) -> Name:
        """Return a value as a page shows it."""
        if isinstance(term, NamedNode):
            return self.of(term)
        if isinstance(term, Literal):
            return Name(readable(term), term.language or "")
        return Name(str(term))


def readable(literal: Literal) -> str:
    """Return a literal for readers: whole numbers get separators, true and false words."""
    kind = literal.datatype.value.rpartition("#")[2]
    if kind == "boolean":
        return _("yes") if literal.value in {"true", "1"} else _("no")
    if kind in WHOLE_NUMBERS and DIGITS.fullmatch(literal.value):
        return f"{int(literal.value):,}"
    return literal.value
