"""Names and texts in the JSON-LD that search engines read."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.vocab import DCTERMS, PREF_LABEL, RDF_TYPE, RDFS_LABEL, XSD

CONTEXT = "https://schema.org"
NAMES = (PREF_LABEL, RDFS_LABEL, NamedNode(DCTERMS + "title"))
LANGUAGES = ("en", "zh")
NUMBERS = {XSD + "integer": int, XSD + "nonNegativeInteger": int, XSD + "decimal": float}


def text_value(term: Literal, language: str | None) -> Any:  # noqa: ANN401 - a value of JSON
    """Return a literal as JSON-LD: a number, a truth value or a text.

    >>> text_value(Literal("a", language="en"), "zh"), text_value(Literal(12), None)
    ('a', 12)
    >>> text_value(Literal("a", language="en"), None)
    {'@value': 'a', '@language': 'en'}
    """
    datatype = term.datatype.value
    if datatype in NUMBERS:
        return NUMBERS[datatype](term.value)
    if datatype == XSD + "boolean":
        return term.value == "true"
    if term.language and language is None:
        return {"@value": term.value, "@language": term.language}
    return term.value


class Names:
    """Classes and names of things, for readers of one language, or with None of all."""

    def __init__(self, quads: Iterable[Quad], language: str | None) -> None:
        self.language = language
        self._classes: dict[object, set[str]] = defaultdict(set)
        self._names: dict[object, dict[NamedNode, set[Literal]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for quad in quads:
            if quad.predicate == RDF_TYPE and isinstance(quad.object, NamedNode):
                self._classes[quad.subject].add(quad.object.value)
            if quad.predicate in NAMES and isinstance(quad.object, Literal):
                self._names[quad.subject][quad.predicate].add(quad.object)

    def classes(self, node: NamedNode) -> list[str]:
        """Return the IRIs of the classes of a thing, sorted."""
        return sorted(self._classes.get(node, ()))

    def name(self, node: NamedNode) -> Any:  # noqa: ANN401 - a text or texts with languages
        """Return what a thing is called, in the language if it has one in it; None if not."""
        for property_ in NAMES:
            texts = self._sorted(node, property_)
            if texts and self.language is None:
                values = [text_value(text, None) for text in texts]
                return values[0] if len(values) == 1 else values
            if texts:
                return texts[0].value
        return None

    def others(self, node: NamedNode, property_: NamedNode) -> list[Any]:
        """Return the texts of a property that ``name`` leaves out, each with its language."""
        if self.language is None:
            return []
        return [text_value(text, None) for text in self._sorted(node, property_)[1:]]

    def _sorted(self, node: NamedNode, property_: NamedNode) -> list[Literal]:
        texts = self._names.get(node, {}).get(property_, set())
        return sorted(texts, key=self._order)

    def _order(self, text: Literal) -> tuple[bool, int, str]:
        language = text.language or LANGUAGES[0]
        rank = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
        return language != self.language, rank, text.value
