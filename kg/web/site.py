"""What a request needs to know: the open release, the engine and the settings."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, g
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse

from kg.config import Config
from kg.errors import QueryOverLimit, ReleaseError
from kg.link.lookup import Lookup
from kg.link.reconcile.scores import Reconciler
from kg.link.reconcile.things import Things
from kg.link.reconcile.vocabulary import Vocabulary
from kg.query.describe import Description, describe, labels, quads_of
from kg.query.embedded import EmbeddedEngine
from kg.query.engine import Engine
from kg.query.listing import Kind, kinds
from kg.query.mappings import Mappings
from kg.query.runner import Runner
from kg.query.search import SearchIndex
from kg.query.usage import Usage, usage
from kg.release.dumps import NANOPUBS
from kg.release.folder import DUMPS, Release, open_release
from kg.release.nanopub import claims_of
from kg.release.verify import damages
from kg.sources.rdf import read_bytes
from kg.sources.withdrawn import WITHDRAWN_FILE, Withdrawn, read_withdrawn
from kg.vocab import DCTERMS, FOAF
from kg.web.mapping_words import NAMES
from kg.web.reading import Reading
from kg.web.shape_layout import ShapeLayout

if TYPE_CHECKING:
    from kg.web.browse_list import Outline
    from kg.web.pages import KeptPage
    from kg.web.profiles import Answer

LONG_AGO = datetime.fromtimestamp(0, UTC)
DESCRIPTIONS_KEPT = 16
POINTER_CHECK_S = 1.0
"""How long a switched pointer may go unnoticed, in seconds."""
LOG = logging.getLogger(__name__)
CURRENT = "kg_site"
"""Where the site of a request stands in Flask's ``g``."""


@dataclass
class Damages:
    """What of an open release was found damaged: files by their names, and whether it counts."""

    files: set[str] = field(default_factory=set)
    found: bool = False


@dataclass(frozen=True)
class Site:
    """One open release and what answers from it."""

    release: Release
    config: Config
    since: datetime = LONG_AGO
    """Since when this release is the current one."""
    exported: bool = False
    """Whether the pages are to be files, with no server behind them."""
    damage: Damages = field(default_factory=Damages)
    """What was found to be damaged while the release is served."""

    @cached_property
    def engine(self) -> Engine:
        """The engine over the release's store."""
        return EmbeddedEngine(self.release.store, self.release.base)

    @cached_property
    def search(self) -> SearchIndex:
        """The search index of the release; ReleaseError where it was built without one."""
        return SearchIndex(self.release.folder)

    @cached_property
    def kind_names(self) -> dict[str, dict[str, str]]:
        """What the kinds of what can be searched are called, by language and kind."""
        return {}

    @cached_property
    def search_files(self) -> dict[str, bytes]:
        """The index for browsers, by the names of its files."""
        return {}

    @property
    def base(self) -> str:
        """The base of all IRIs."""
        return self.release.base

    @property
    def license(self) -> str:
        """The IRI of the licence of the data."""
        return self.release.manifest.build_keys.get("license", self.config.license)

    @cached_property
    def modified(self) -> datetime:
        """When what is served last changed: the time of the release."""
        return datetime.fromisoformat(self.release.manifest.built_at)

    @cached_property
    def withdrawn(self) -> dict[str, Withdrawn]:
        """The identifiers that were taken back, by their paths."""
        path = self.release.source_file(f"data/{WITHDRAWN_FILE}")
        rows = read_withdrawn(path) if path.is_file() else ()
        return {row.id: row for row in rows}

    @cached_property
    def answers(self) -> "dict[tuple[str, str, str], Answer]":
        """Data that were made, by path, profile and format."""
        return {}

    def node(self, path: str) -> NamedNode | None:
        """Return the IRI that a path of the server stands for; None if it cannot be one."""
        try:
            return NamedNode(self.base + path.lstrip("/"))
        except ValueError:
            return None

    def describe(self, node: NamedNode) -> Description:
        """Return the description of a thing, with the configured limit."""
        return self._described(node.value)

    @cached_property
    def _described(self) -> Callable[[str], Description]:
        """What describes, and keeps the latest: a thing is often asked for in several forms."""
        limit = self.config.limits.describe_incoming
        return lru_cache(DESCRIPTIONS_KEPT)(lambda iri: describe(self.engine, iri, limit))

    def labels(self, nodes: Iterable[NamedNode]) -> tuple[Quad, ...]:
        """Return types and labels of things."""
        return labels(self.engine, nodes)

    def titles(self, nodes: Iterable[NamedNode]) -> tuple[Quad, ...]:
        """Return the titles of datasets and files and the names of agents, which have no label."""
        values = " ".join(str(node) for node in sorted(nodes, key=str))
        return tuple(
            quads_of(
                self.engine.select(
                    f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} "
                    f"FILTER(?p IN (<{DCTERMS}title>, <{FOAF}name>)) }}"
                )
            )
        )

    @cached_property
    def nanopubs(self) -> dict[str, str]:
        """The path of the claim of each nanopublication, by its artifact code."""
        path = self.release.folder / DUMPS / f"{NANOPUBS}.trig"
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            claims = claims_of(parse(file, RdfFormat.TRIG), self.base)
        return {code: iri.removeprefix(self.base) for code, iri in claims.items()}

    @cached_property
    def nanopub_codes(self) -> dict[str, str]:
        """The artifact code of each claim that is a nanopublication, by the claim's path."""
        return {claim: code for code, claim in self.nanopubs.items()}

    @cached_property
    def pages(self) -> "dict[tuple[str, str], KeptPage]":
        """Pages that were made, by host with prefix and path: a release never changes, nor do they."""
        return {}

    @cached_property
    def lists(self) -> "dict[tuple[str, str], KeptPage]":
        """Pages of lists that were made, by host and address."""
        return {}

    @cached_property
    def terms(self) -> dict[str, str]:
        """What the editor of queries completes, by language."""
        return {}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of things, by name."""
        return {kind.name: kind for kind in kinds(self.engine)}

    @cached_property
    def usage(self) -> Usage:
        """How often each class and property is used."""
        return usage(self.engine)

    @cached_property
    def mappings(self) -> Mappings:
        """The links to other registries."""
        return Mappings(self.engine)

    @cached_property
    def lookup(self) -> Lookup:
        """What looks up identifiers."""
        return Lookup(self.engine, self.withdrawn)

    @cached_property
    def outlines(self) -> "dict[str, Outline]":
        """What lists of each kind have in common, where one was asked for."""
        return {}

    @cached_property
    def holders(self) -> frozenset[NamedNode]:
        """The properties whose objects are parts of their subject."""
        rows = self.engine.select(f"SELECT ?p {{ ?p <{self.base}ontology#holdsPart> true }}").rows
        return frozenset(row[0] for row in rows if isinstance(row[0], NamedNode))

    @cached_property
    def shapes(self) -> tuple[Quad, ...]:
        """All shapes. They hold lists, so theirs are the only blank nodes; named canonically."""
        dataset = Dataset(
            quad
            for path in sorted(self.release.source_file("shapes").glob("*.ttl"))
            for quad in parse(read_bytes(path), RdfFormat.TURTLE, rename_blank_nodes=True)
        )
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return tuple(sorted(dataset, key=str))

    @cached_property
    def reading(self) -> Reading:
        """How pages read descriptions of this release."""
        return Reading(self.base, self.holders, ShapeLayout(self.shapes), self.describe)

    @cached_property
    def reconciler(self) -> Reconciler:
        """What matches texts with the things of the release; made where it is first asked for."""
        things = Things(self.engine)
        vocabulary = Vocabulary(self.engine, things, self.shapes, NAMES)
        return Reconciler(self.engine, things, vocabulary)

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The path of everything that has a page of its own."""
        rows = self.engine.select(
            "SELECT DISTINCT ?thing { ?thing a ?kind "
            f"FILTER(STRSTARTS(STR(?thing), '{self.base}') && !CONTAINS(STR(?thing), '#')) }}"
        ).texts()
        return tuple(sorted(iri.removeprefix(self.base) for (iri,) in rows))


class SiteHolder:
    """Keeps the current release open, and follows the pointer when it is switched.

    ``folder`` is a release or the pointer to one. While the pointer leads nowhere, the
    release that was opened last stays in service.
    """

    def __init__(self, folder: Path, config: Config, *, exported: bool = False) -> None:
        self._folder = folder
        self._config = config
        self._exported = exported
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._site = self._open()
        self.runner = Runner(config)
        self.reconciling = threading.BoundedSemaphore(config.limits.reconcile_at_once)
        # The workers end with the application, however it ends.
        weakref.finalize(self, self.runner.close)

    def _open(self) -> Site:
        release = open_release(self._folder)
        # Asked for afterwards: where the pointer was switched meanwhile, it is too late a time,
        # which confirms too little, never what is another release's.
        since = LONG_AGO
        with suppress(OSError):
            # It may vanish at any moment.
            if self._folder.is_symlink():
                since = datetime.fromtimestamp(self._folder.lstat().st_mtime, UTC)
        return Site(release, self._config, since, self._exported)

    def warm_up(self) -> None:
        """Make a query worker for the first query, while pages are served already.

        What the release is made of is verified meanwhile.
        """
        site = self._site
        target = self.runner.warm_up
        threading.Thread(target=target, args=(site.release.folder,), daemon=True).start()
        threading.Thread(target=verify, args=(site,), daemon=True).start()

    def close(self) -> None:
        """End the query workers."""
        self.runner.close()

    def get(self) -> Site:
        """Return the site of the release that is current now."""
        now = time.monotonic()
        if now - self._checked >= POINTER_CHECK_S:
            with self._lock:
                self._checked = now
                if self._folder.resolve() != self._site.release.folder:
                    try:
                        self._site = self._open()
                        threading.Thread(target=verify, args=(self._site,), daemon=True).start()
                    except ReleaseError as error:
                        current_app.logger.warning("keeping the open release: %s", error)
        return self._site


def verify(site: Site) -> None:
    """Look at every digest of a release that is served, and note what is damaged."""
    folder = site.release.folder
    for damage in damages(folder):
        if not folder.exists():
            # Taken away meanwhile: another matter, which /healthz tells.
            return
        LOG.error("the release %s is damaged: %s %s", site.release.id, damage.path, damage.what)
        site.damage.files.add(damage.path)
        site.damage.found = True


def current_site() -> Site:
    """Return the site that answers the current request, the same from its start to its end.

    The pointer may be switched while a request is answered: what it finds, keeps, tags and
    sends is of one release all the same. The next request sees the other one.
    """
    site: Site | None = g.get(CURRENT)
    if site is None:
        site = _holder().get()
        setattr(g, CURRENT, site)
    return site


def current_runner() -> Runner:
    """Return what runs the queries of visitors."""
    return _holder().runner


@contextmanager
def reconciling_place() -> Iterator[None]:
    """Hold one of the places for batches to reconcile.

    Raises QueryOverLimit where none gets free in the time that a query may wait for one.
    """
    places = _holder().reconciling
    limits = current_site().config.limits
    if not places.acquire(timeout=limits.query_wait_s):
        raise QueryOverLimit("too many batches at the same time; try again", limits.query_wait_s)
    try:
        yield
    finally:
        places.release()


def _holder() -> SiteHolder:
    holder: SiteHolder = current_app.extensions["kg"]
    return holder
