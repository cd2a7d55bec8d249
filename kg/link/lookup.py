"""What we know under an identifier: the things, and the mappings that say so.

A foreign identifier is that of every thing that a mapping links to it, exact matches first.
An IRI of ours is the thing itself. Everything is asked of the release in batches, so that many
identifiers cost few queries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kg.link.pasted import Mistake, read
from kg.link.registries import Reading, Registries, read_registries
from kg.query.describe import BATCH, labels
from kg.query.engine import Engine
from kg.query.mappings import MATCHES
from kg.sources.withdrawn import Withdrawn
from kg.vocab import RDF_TYPE, SSSOM, Iris

State = OneOf["found", "unknown", "withdrawn", "ill-formed"]

NEAR_SHOWN = 3
NEAR_AMONG = 50_000
"""Identifiers of a registry that a mistyped one is compared with."""
TYPOS = {True: 1, False: 2}
"""Letters that may differ in a near identifier, by whether the check digits fit."""

LETTERS_FOR_A_TYPO = 3
"""How many letters an identifier has for each that may be mistyped."""


@dataclass(frozen=True)
class Hit:
    """A thing that an identifier leads to.

    ``match`` is the SKOS property of the mapping, None where the identifier is the thing's own.
    ``mapping`` is the statement about the link, ``said`` what it says: the values of its
    properties by their IRIs.
    """

    thing: NamedNode
    match: NamedNode | None = None
    reading: Reading | None = None
    mapping: NamedNode | None = None
    said: Mapping[str, tuple[str, ...]] | None = None
    withdrawn: Withdrawn | None = None

    def texts(self, *properties: str) -> tuple[str, ...]:
        """Return what the mapping says by some properties; nothing where it does not."""
        said = self.said or {}
        return tuple(value for property_ in properties for value in said.get(property_, ()))

    def slot(self, *names: str) -> tuple[str, ...]:
        """Return the values of slots of SSSOM, such as ``confidence``."""
        return self.texts(*(SSSOM + name for name in names))


@dataclass(frozen=True)
class Answer:
    """What is known under one identifier.

    ``readings`` are those that lead somewhere, all of them where none does. ``near`` are
    identifiers of the same registries that we have and that are spelled alike.
    """

    given: str
    text: str
    state: State
    hits: tuple[Hit, ...] = ()
    readings: tuple[Reading, ...] = ()
    near: tuple[Reading, ...] = ()
    withdrawn: Withdrawn | None = None
    mistake: Mistake | None = None
    is_ours: bool = False


class Lookup:
    """Looks up identifiers in one release. ``withdrawn`` are paths of IRIs that were taken back."""

    def __init__(
        self,
        engine: Engine,
        withdrawn: Mapping[str, Withdrawn],
        registries: Registries | None = None,
    ) -> None:
        self.registries = registries or read_registries()
        self._engine = engine
        self._withdrawn = withdrawn
        iris = Iris(engine.base)
        self._subject, self._match, self._object = (
            iris.term(f"mapping{end}") for end in ("Subject", "Predicate", "Object")
        )
        self._known: dict[str, dict[str, Reading]] = {}

    def answer(self, given: str) -> Answer:
        """Return what is known under one identifier, however it is spelled."""
        return self.answers([given])[0]

    def answers(self, given: Iterable[str]) -> list[Answer]:
        """Return what is known under each identifier, in their order."""
        pasted = [read(text, self.registries, self._engine.base) for text in given]
        foreign = {
            iri: reading
            for one in pasted
            if not one.is_ours
            for iri, reading in (
                *((iri, None) for iri in one.iris),
                *((reading.iri, reading) for reading in one.readings),
            )
        }
        hits = self._mapped(foreign)
        ours = self._existing(iri for one in pasted if one.is_ours for iri in one.iris)
        answers = []
        for one in pasted:
            if one.is_ours:
                answers.append(self._own(one.given, one.text, one.iris, one.mistake, ours))
                continue
            # One link may be found under several spellings.
            found = {
                hit.mapping: hit
                for iri in (*(reading.iri for reading in one.readings), *one.iris)
                for hit in hits.get(iri, ())
            }
            answers.append(
                self._foreign(one.given, one.text, one.readings, tuple(found.values()), one.mistake)
            )
        return answers

    def _own(
        self,
        given: str,
        text: str,
        iris: Sequence[str],
        mistake: Mistake | None,
        existing: frozenset[str],
    ) -> Answer:
        for iri in iris:
            path = iri.removeprefix(self._engine.base)
            if path in self._withdrawn:
                row = self._withdrawn[path]
                return Answer(given, text, "withdrawn", withdrawn=row, is_ours=True)
            if iri in existing:
                return Answer(given, text, "found", (Hit(NamedNode(iri)),), is_ours=True)
        return Answer(
            given, text, "ill-formed" if mistake else "unknown", mistake=mistake, is_ours=True
        )

    def _foreign(
        self,
        given: str,
        text: str,
        readings: tuple[Reading, ...],
        hits: tuple[Hit, ...],
        mistake: Mistake | None,
    ) -> Answer:
        if hits:
            ordered = tuple(sorted(hits, key=_order))
            used = dict.fromkeys(hit.reading for hit in ordered if hit.reading)
            gone = [hit.withdrawn for hit in ordered if hit.withdrawn]
            if len(gone) == len(ordered):
                return Answer(
                    given, text, "withdrawn", ordered, tuple(used) or readings, withdrawn=gone[0]
                )
            return Answer(given, text, "found", ordered, tuple(used) or readings)
        near = tuple(dict.fromkeys(n for reading in readings for n in self._near(reading)))
        if mistake and mistake.sort == "form":
            near = tuple(self._near_text(mistake.prefix, text))
        state: State = "ill-formed" if mistake and not readings else "unknown"
        return Answer(given, text, state, (), readings, near[:NEAR_SHOWN], None, mistake)

    def _existing(self, iris: Iterable[str]) -> frozenset[str]:
        quads = labels(self._engine, (NamedNode(iri) for iri in iris))
        return frozenset(q.subject.value for q in quads if isinstance(q.subject, NamedNode))

    def _mapped(self, foreign: Mapping[str, Reading | None]) -> dict[str, list[Hit]]:
        """Return the links to IRIs of others, by these."""
        found: dict[str, list[Hit]] = {}
        iris = sorted(foreign)
        for start in range(0, len(iris), BATCH):
            values = " ".join(str(NamedNode(iri)) for iri in iris[start : start + BATCH])
            rows = self._engine.select(
                f"SELECT ?m ?p ?o {{ {{ SELECT DISTINCT ?m {{ VALUES ?target {{ {values} }} "
                f"?m {self._object} ?target ; {self._subject} ?s }} }} ?m ?p ?o }} ORDER BY ?m ?p ?o"
            ).rows
            said: dict[NamedNode, dict[str, tuple[str, ...]]] = {}
            for node, property_, value in rows:
                if isinstance(node, NamedNode) and isinstance(property_, NamedNode):
                    about = said.setdefault(node, {})
                    if isinstance(value, NamedNode | Literal) and property_ != RDF_TYPE:
                        about[property_.value] = (*about.get(property_.value, ()), value.value)
            for node, about in said.items():
                for hit in self._hits(node, about, foreign):
                    found.setdefault(about[self._object.value][0], []).append(hit)
        return found

    def _hits(
        self,
        node: NamedNode,
        said: Mapping[str, tuple[str, ...]],
        foreign: Mapping[str, Reading | None],
    ) -> Iterator[Hit]:
        match = next(iter(said.get(self._match.value, ())), "")
        reading = foreign.get(said[self._object.value][0])
        for thing in said.get(self._subject.value, ()):
            gone = self._withdrawn.get(thing.removeprefix(self._engine.base))
            yield Hit(
                NamedNode(thing), NamedNode(match) if match else None, reading, node, said, gone
            )

    def _identifiers(self, prefix: str) -> dict[str, Reading]:
        """Return the identifiers of a registry that mappings lead to."""
        if prefix not in self._known:
            registry = self.registries.all[prefix]
            rows = self._engine.select(
                f"SELECT DISTINCT ?o {{ ?m {self._object} ?o "
                f"FILTER(STRSTARTS(STR(?o), '{registry.iri}')) }} ORDER BY ?o LIMIT {NEAR_AMONG}"
            ).texts()
            rests = (iri.removeprefix(registry.iri).removesuffix(registry.end) for (iri,) in rows)
            self._known[prefix] = {
                rest: self.registries.reading(registry, rest) for rest in rests if rest
            }
        return self._known[prefix]

    def _near(self, reading: Reading) -> Iterator[Reading]:
        # Of what has check digits, a sound identifier is that of another record, not mistyped.
        if self.registries.all[reading.registry].fits and reading.sound:
            return
        yield from self._alike(reading.registry, reading.identifier, TYPOS[reading.sound])

    def _near_text(self, prefix: str, text: str) -> Iterator[Reading]:
        tail = text.replace(":", "/").rstrip("/").rpartition("/")[2].strip()
        yield from self._alike(prefix, tail, TYPOS[False])

    def _alike(self, prefix: str, text: str, most: int) -> Iterator[Reading]:
        # Of two letters, one is half: what is near then is another identifier.
        most = min(most, len(text) // LETTERS_FOR_A_TYPO)
        known = self._identifiers(prefix) if most else {}
        found = extract(text, list(known), scorer=OSA.distance, score_cutoff=most, limit=NEAR_SHOWN)
        yield from (known[name] for name, _distance, _place in found)


def _order(hit: Hit) -> tuple[bool, int, str]:
    """Sort by what is still there, then by how close the match is."""
    place = MATCHES.index(hit.match) if hit.match in MATCHES else len(MATCHES)
    return hit.withdrawn is not None, place, hit.thing.value
