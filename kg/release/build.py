"""The build: sources -> verdict -> one new release folder -> made current.

A release is written into a staging folder, synced, and put in place with one rename;
making it current replaces one symbolic link. A build that is killed at any moment leaves
the releases that were there whole, and the next build sweeps what it left.
"""

import importlib.metadata
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, DefaultGraph, Quad, RdfFormat, Store, parse
from pyoxigraph import Dataset as OxigraphDataset

from kg.check.report import report_lines, verdict_table
from kg.check.verdict import Verdict, check
from kg.config import Config
from kg.errors import CheckError
from kg.program import Program
from kg.release import shelf
from kg.release.crate import CRATE_FILE, crate_metadata
from kg.release.description import Facts, description_quads
from kg.release.dumps import write_dumps, write_file
from kg.release.examples import read_centers, read_examples
from kg.release.folder import DUMPS, REPORTS, SOURCES, STORE, VERDICT_FILE
from kg.release.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    Manifest,
    list_files,
    release_id,
)
from kg.release.search import write_search
from kg.release.verify import is_whole
from kg.release.write import named_quads, serialize_in_order, triples_of
from kg.sources.dataset import Sources, find_sources, read_dataset
from kg.vocab import prefixes

SOFTWARE = ("research-center-kg", "pyoxigraph", "rdflib", "pyshacl")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What a build did. ``changed`` is false where the release was there and current."""

    id: str
    folder: Path
    changed: bool
    verdict: Verdict | None


def build(
    root: Path,
    config: Config,
    out: Path,
    progress: Progress = lambda _: None,
    program: Program | None = None,
) -> Built:
    """Check the sources below ``root`` and publish them as a release in ``out``.

    ``progress`` is told the name of every step before it is taken. ``program`` brings ontology
    and shapes: the one that runs, if left out. Raises SourceError(s)
    for broken sources, CheckError for a verdict that forbids publishing, BuildLocked and
    ReleaseError for a folder that cannot be written.
    """
    progress("find sources")
    sources = find_sources(root, config.base, program)
    digests = sources.digests()
    identifier = release_id(digests, config.build_keys())
    folder = out / identifier
    with shelf.locked(out):
        progress("verify")
        if is_whole(folder):
            changed = shelf.current_id(out) != identifier
            if changed:
                progress("switch")
                with shelf.explained(out):
                    shelf.point_to(out, identifier)
            return Built(identifier, folder, changed, None)
        if folder.exists():
            progress(f"{identifier} is damaged: build it again")
        progress("read sources")
        dataset = read_dataset(sources)
        verdict = check(dataset, config.base, progress)
        if not verdict.conforms:
            raise CheckError("\n".join(report_lines(verdict, root)))
        with shelf.explained(out):
            staging = shelf.new_staging(out)
            try:
                progress("copy sources")
                _copy_sources(sources, staging / SOURCES)
                progress("write reports")
                _write_reports(verdict, sources, staging / REPORTS)
                write_release(
                    dataset.quads,
                    staging,
                    identifier=identifier,
                    config=config,
                    sources=digests,
                    verdict=verdict,
                    progress=progress,
                )
                progress("sync")
                shelf.sync(staging)
                progress("rename")
                if folder.exists():
                    # Damaged: out of the way, and swept.
                    folder.rename(shelf.new_staging(out) / identifier)
                staging.rename(folder)
                shelf.sync_folder(out)
                progress("switch")
                shelf.point_to(out, identifier)
                shelf.sweep(out)
                progress("done")
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    return Built(identifier, folder, True, verdict)


def write_release(
    quads: Iterable[Quad],
    folder: Path,
    *,
    identifier: str,
    config: Config,
    sources: dict[str, str],
    verdict: Verdict | None = None,
    progress: Progress = lambda _: None,
) -> Manifest:
    """Write all of a release but reports and sources for any dataset into ``folder``, unchecked.

    Quads in the default graph stay in the store's default graph beside the union. The
    folder may exist and hold other files, which the manifest then lists too; example
    queries among its sources become part of the description, and so does what the
    ``verdict`` on the dataset counted, if there is one.
    """
    built_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    quads = tuple(dict.fromkeys(quads))
    software = {name: importlib.metadata.version(name) for name in SOFTWARE}
    offers = write_dumps(quads, folder / DUMPS, config, progress)
    progress("describe")
    facts = Facts(
        identifier=identifier,
        config=config,
        built_at=built_at,
        quads=quads,
        offers=offers,
        examples=read_examples(folder / SOURCES),
        centers=read_centers(folder / SOURCES),
        sources=sources,
        software=software,
        verdict=verdict,
    )
    progress("store")
    described = (*quads, *description_quads(facts))
    _write_store(described, folder / STORE)
    progress("search index")
    write_search(described, folder, config.base)
    progress("crate")
    files = list_files(folder)
    data = crate_metadata(config, identifier, built_at, software, files)
    files[CRATE_FILE] = write_file(folder, CRATE_FILE, data)
    progress("manifest")
    manifest = Manifest(
        id=identifier,
        format_version=FORMAT_VERSION,
        built_at=built_at,
        base=config.base,
        build_keys=config.build_keys(),
        sources=sources,
        counts=_counts(quads, verdict),
        software=software,
        files=dict(sorted(files.items())),
    )
    (folder / MANIFEST_FILE).write_bytes(manifest.to_json())
    return manifest


def _counts(quads: tuple[Quad, ...], verdict: Verdict | None) -> dict[str, int]:
    named = named_quads(quads)
    counts = {
        "quads": len(named),
        "triples": len(triples_of(quads)),
        "graphs": len({quad.graph_name for quad in named}),
    }
    if verdict is not None:
        counts["claims"] = sum(profile.claims for profile in verdict.profiles)
        counts["centers"] = len(verdict.profiles)
    return counts


def _write_store(quads: Iterable[Quad], folder: Path) -> None:
    quads = tuple(quads)
    union = (Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples_of(quads))
    store = Store(str(folder))
    store.bulk_extend(named_quads(quads))
    store.bulk_extend(union)
    store.optimize()
    store.flush()
    del store
    # RocksDB's diary of this one opening: of no use to readers, and it names paths.
    (folder / "LOG").unlink(missing_ok=True)


def _copy_sources(sources: Sources, folder: Path) -> None:
    for path in sources.files():
        target = folder / sources.name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(sources.read(path))


def _write_reports(verdict: Verdict, sources: Sources, folder: Path) -> None:
    folder.mkdir()
    table: dict[str, Any] = verdict_table(verdict, sources.name)
    text = json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / VERDICT_FILE).write_text(text + "\n", encoding="utf-8")
    (folder / "shacl.ttl").write_bytes(_canonical_turtle(verdict, prefixes("")))


def _canonical_turtle(verdict: Verdict, known: dict[str, str]) -> bytes:
    nquads = verdict.report.serialize(format="nt", encoding="utf-8")
    report = OxigraphDataset(parse(nquads, RdfFormat.N_TRIPLES))
    report.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    used = {name: iri for name, iri in known.items() if iri.startswith("http")}
    return serialize_in_order(triples_of(report), RdfFormat.TURTLE, used)
