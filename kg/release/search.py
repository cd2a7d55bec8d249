"""The search index of a release: what has a page -> ``search.sqlite``.

::

    thing       a row for each entry: what a list of results shows of it
    name        each label and alternative label, by its ``name_key``: to look a name up
    identifier  each identifier in other registries and our own, by the same key and by
                its last part
    words       SQLite FTS5 over the words of ``kg.release.words``; a row's id is its thing's
    vocabulary  the words and how many entries have them

FTS5 gets words, not texts: its own tokenizers miss Chinese words of two characters. The same
quads make the same rows in the same order.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.release.words import name_key, spelled
from kg.vocab import DCTERMS, FOAF, PREF_LABEL, PROV_VALUE, RDF_TYPE, RDFS_LABEL, SCHEMA, SKOS

SEARCH_FILE = "search.sqlite"
FIELDS = ("title", "other", "identifier", "about", "evidence")
"""The columns of ``words``, the weightiest first."""

LABELS = (PREF_LABEL, RDFS_LABEL, NamedNode(DCTERMS + "title"))
OTHER_NAMES = frozenset(
    (
        *(NamedNode(SKOS + name) for name in ("altLabel", "hiddenLabel")),
        *(NamedNode(SCHEMA + name) for name in ("alternateName", "name", "givenName")),
        *(NamedNode(FOAF + "name"), NamedNode(SCHEMA + "familyName")),
    )
)
IDENTIFIERS = (NamedNode(DCTERMS + "identifier"), NamedNode(SKOS + "notation"))
RECORD_OF = NamedNode(DCTERMS + "source")
AREAS = ("id", "claim", "source", "dataset", "code", "ontology", "graph")
"""First segments of what is searched; kinds of things come before what describes them."""
WEIGHTS = {"id": 1.0, "claim": 0.8, "code": 0.7, "ontology": 0.6, "graph": 0.5}
"""How much a match counts; 0.9 for what is not named."""

SCHEMA_SQL = f"""
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, weight REAL NOT NULL,
  en TEXT NOT NULL, zh TEXT NOT NULL, about_en TEXT NOT NULL, about_zh TEXT NOT NULL,
  quote TEXT NOT NULL, quote_lang TEXT NOT NULL, claim TEXT NOT NULL);
CREATE TABLE name (key TEXT, thing INTEGER, PRIMARY KEY (key, thing)) WITHOUT ROWID;
CREATE TABLE identifier (key TEXT, value TEXT, thing INTEGER, PRIMARY KEY (key, value, thing))
  WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5({", ".join(FIELDS)}, content='', tokenize='ascii');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
"""


@dataclass
class Entry:
    """Something with a page of its own, and the texts that it is found by.

    ``about`` and ``names`` are by language. ``quote`` is the sentence of a claim, or of the
    claim that names a thing, whose IRI ``claim`` is.
    """

    iri: str
    kind: str
    names: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    about: dict[str, list[str]] = field(default_factory=lambda: {"en": [], "zh": []})
    identifiers: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    quote: str = ""
    quote_lang: str = ""
    claim: str = ""
    weight: float = 0.9


def write_search(quads: Iterable[Quad], folder: Path, base: str) -> None:
    """Write the search index of a dataset as a new file into ``folder``."""
    connection = sqlite3.connect(folder / SEARCH_FILE, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode=OFF;" + SCHEMA_SQL)
        connection.execute("BEGIN")
        for number, entry in enumerate(entries(quads, base), start=1):
            _write(connection, number, entry)
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()


def entries(quads: Iterable[Quad], base: str) -> list[Entry]:
    """Return an entry for everything that has a page, in the order of kinds and IRIs."""
    about: dict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(base):
            about[quad.subject].append(quad)
    quotes = {
        node.value: quad.object
        for node, found in about.items()
        for quad in found
        if quad.predicate == PROV_VALUE and isinstance(quad.object, Literal)
    }
    made = [
        _entry(node, sorted(about[node], key=str), quotes, base)
        for node in about
        if _has_page(node.value.removeprefix(base), about[node])
    ]
    return sorted(made, key=lambda entry: (_area(entry.iri, base), entry.iri))


def _has_page(path: str, quads: Sequence[Quad]) -> bool:
    area, _slash, _rest = path.replace("#", "/").partition("/")
    if area not in AREAS or not any(quad.predicate == RDF_TYPE for quad in quads):
        return False
    if "#" not in path:
        return True
    # Terms stand on the page of the ontology, named parts on that of their whole.
    named = any(quad.predicate in LABELS for quad in quads)
    return named and area in {"id", "ontology"}


def _area(iri: str, base: str) -> int:
    return AREAS.index(re.split("[/#]", iri.removeprefix(base))[0])


def _entry(node: NamedNode, quads: Sequence[Quad], quotes: dict[str, Literal], base: str) -> Entry:
    area, *rest = re.split("[/#]", node.value.removeprefix(base))
    kind = rest[0] if area == "id" else area
    entry = Entry(node.value, kind, weight=WEIGHTS.get(area, 0.9))
    entry.identifiers += [rest[-1]] if rest else []
    for quad in sorted(
        quads, key=lambda q: LABELS.index(q.predicate) if q.predicate in LABELS else 9
    ):
        _add(entry, quad, base)
    graphs = [quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)]
    entry.evidence = [quotes[graph].value for graph in dict.fromkeys(graphs) if graph in quotes]
    naming = [
        quad.graph_name.value
        for quad in quads
        if quad.predicate in LABELS and isinstance(quad.graph_name, NamedNode)
    ]
    entry.claim = next((graph for graph in (node.value, *naming) if graph in quotes), "")
    if entry.claim:
        entry.quote = quotes[entry.claim].value
        entry.quote_lang = quotes[entry.claim].language or ""
    return entry


def _add(entry: Entry, quad: Quad, base: str) -> None:
    """Note what a statement says about a thing, where it is something to find it by."""
    value = quad.object
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    if isinstance(value, NamedNode):
        is_mapped = graph.startswith(f"{base}graph/mapping/") and quad.predicate != RDF_TYPE
        if is_mapped or quad.predicate == RECORD_OF:
            entry.identifiers.append(value.value)
    elif not isinstance(value, Literal):
        return
    elif quad.predicate in LABELS:
        language = value.language or "en"
        if entry.names.setdefault(language, value.value) != value.value:
            entry.others.append(value.value)
    elif quad.predicate in OTHER_NAMES:
        entry.others.append(value.value)
    elif quad.predicate in IDENTIFIERS:
        entry.identifiers.append(value.value)
    elif value.language in entry.about and quad.predicate != PROV_VALUE:
        entry.about[value.language].append(value.value)


def _write(connection: sqlite3.Connection, number: int, entry: Entry) -> None:
    names = dict.fromkeys((*entry.names.values(), *entry.others))
    identifiers = dict.fromkeys(entry.identifiers)
    about = {language: "\n".join(dict.fromkeys(texts)) for language, texts in entry.about.items()}
    connection.execute(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(number, entry.iri, entry.kind, entry.weight),
            *(entry.names.get("en", ""), entry.names.get("zh", "")),
            *(about["en"], about["zh"], entry.quote, entry.quote_lang, entry.claim),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?)", [(name_key(name), number) for name in names]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO identifier VALUES (?, ?, ?)",
        [(key, value, number) for value in (entry.iri, *identifiers) for key in keys(value)],
    )
    texts = {
        "title": [*entry.names.values()],
        "other": entry.others,
        "identifier": [bare(value) for value in identifiers],
        "about": [*about.values(), entry.quote if entry.claim == entry.iri else ""],
        "evidence": [quote for quote in entry.evidence if entry.claim != entry.iri],
    }
    connection.execute(
        f"INSERT INTO words(rowid, {', '.join(FIELDS)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - columns of ours
        (number, *(spelled("\n".join(dict.fromkeys(texts[name]))) for name in FIELDS)),
    )


def bare(identifier: str) -> str:
    """Return an identifier without what all addresses begin with.

    >>> bare("https://www.grid.ac/institutes/grid.1.2")
    'grid.ac/institutes/grid.1.2'
    """
    return re.sub(r"^https?://(?:www\.)?", "", identifier.strip(), flags=re.IGNORECASE)


def keys(identifier: str) -> tuple[str, ...]:
    """Return what an identifier is looked up by: the whole of it, and its last part.

    >>> keys("https://ror.org/0371FQR87")
    ('ror org 0371fqr87', '0371fqr87')
    """
    whole = bare(identifier)
    tail = re.split("[/#=:]", whole.rstrip("/"))[-1]
    return tuple(dict.fromkeys(key for key in (name_key(whole), name_key(tail)) if key))
