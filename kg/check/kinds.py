"""Do the kinds of things leave the server's own paths alone?"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import Finding, Severity
from kg.check.locate import Locator
from kg.vocab import RESERVED_KINDS, SLUG, Iris


def check_kinds(quads: Iterable[Quad], locator: Locator, iris: Iris) -> Iterator[Finding]:
    """Yield a violation for each ``kg:kind`` of the ontology that cannot stand in a path."""
    kind = iris.term("kind")
    for quad in quads:
        if quad.predicate != kind or not isinstance(quad.object, Literal):
            continue
        name = quad.object.value
        if name in RESERVED_KINDS or not SLUG.fullmatch(name):
            taken = name in RESERVED_KINDS
            subject = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
            path, line = locator.find(subject, kind.value, name)
            yield Finding(
                Severity.VIOLATION,
                path,
                line,
                f"the kind {name!r} " + ("is a path of the server" if taken else "is no slug"),
                "choose another word: lower-case ASCII words joined by hyphens",
                "kind",
                subject=subject,
            )
