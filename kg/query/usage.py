"""How often a release uses each class and each property."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.query.engine import Engine
from kg.vocab import OWL, RDF, RDFS

CLASSES = f"""
SELECT ?term (COUNT(?thing) AS ?uses) {{
  {{ ?thing a ?term }} UNION {{ ?term a <{OWL}Class> }}
  FILTER(ISIRI(?term))
}} GROUP BY ?term"""
PROPERTIES = f"""
SELECT ?term (COUNT(?thing) AS ?uses) {{
  {{ ?thing ?term ?value }} UNION {{
    VALUES ?kind {{
      <{RDF}Property> <{OWL}ObjectProperty> <{OWL}DatatypeProperty> <{OWL}AnnotationProperty>
    }}
    ?term a ?kind
  }}
  FILTER(ISIRI(?term))
}} GROUP BY ?term"""


@dataclass(frozen=True)
class Usage:
    """Uses of terms by IRI, the most used first; a declared term without uses has 0.

    A use of a class is a thing of it, as stated; a use of a property is a statement.
    """

    classes: Mapping[str, int]
    properties: Mapping[str, int]


def usage(engine: Engine) -> Usage:
    """Return how often each class and property is used in the union of all graphs."""
    return Usage(counts(engine, CLASSES), counts(engine, PROPERTIES))


def counts(engine: Engine, query: str) -> dict[str, int]:
    """Return how often each term is used, the most used first; the query says term, uses."""
    uses = {iri: int(number) for iri, number in engine.select(query).texts()}
    return dict(sorted(uses.items(), key=lambda item: (-item[1], item[0])))


def things_of(class_: str) -> str:
    """Return the query for the things of a class."""
    return f"SELECT ?thing {{ ?thing a <{class_}> }}"


def statements_with(property_: str) -> str:
    """Return the query for the statements with a property."""
    return f"SELECT ?thing ?value {{ ?thing <{property_}> ?value }}"


@dataclass(frozen=True)
class Targets:
    """What a shape is for (SHACL, 2.1.3): IRIs of classes, of properties and of nodes."""

    classes: tuple[str, ...] = ()
    subjects_of: tuple[str, ...] = ()
    objects_of: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The query for the focus nodes: what is of a class below one of the classes counts."""
        patterns = [
            f"{{ {given}{pattern} }}"
            for iris, given, pattern in (
                _some(self.classes, "class", f"?thing a/<{RDFS}subClassOf>* %s"),
                _some(self.subjects_of, "p", "?thing %s ?value"),
                _some(self.objects_of, "p", "?value %s ?thing"),
                _some(self.nodes, "thing", "?thing ?p ?value"),
            )
            if iris
        ]
        where = " UNION ".join(patterns)
        return f"SELECT DISTINCT ?thing {where if len(patterns) == 1 else f'{{ {where} }}'}"

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any((self.classes, self.subjects_of, self.objects_of, self.nodes))


def _some(iris: tuple[str, ...], variable: str, pattern: str) -> tuple[bool, str, str]:
    """Return whether there are any, what gives them a variable, and the pattern of it."""
    if len(iris) == 1 and "%s" in pattern:
        return True, "", pattern.replace("%s", f"<{iris[0]}>")
    values = " ".join(f"<{iri}>" for iri in iris)
    given = f"VALUES ?{variable} {{ {values} }} "
    return bool(iris), given, pattern.replace("%s", f"?{variable}")


def focus_nodes(engine: Engine, targets: Targets) -> int:
    """Return how many things a shape is for."""
    inner = targets.query
    rows = engine.select(f"SELECT (COUNT(*) AS ?n) {{ {{ {inner} }} }}").texts()
    return int(rows[0][0])
