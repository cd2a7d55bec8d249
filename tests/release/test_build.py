"""``kg build``: the same sources make the same release, and nothing else ever changes one."""

import gzip
import hashlib
import os
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from conftest import ROOT, TINY, BuiltRelease, kg_command, run_kg, skip_without
from graphs import RDFLIB_NAMES
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad
from sample import CLAIMS, SLUG
from serving import running_server
from small_program import program_in

from kg.config import read_config
from kg.errors import BuildLocked, ReleaseError
from kg.formats import BY_EXTENSION, FORMATS, Format
from kg.release.build import Built, build
from kg.release.crate import CRATE_FILE
from kg.release.dumps import DUMP_NAME
from kg.release.folder import open_release
from kg.release.manifest import MANIFEST_FILE, list_files

KG = "https://w3id.org/research-center-kg/"
CENTER = f"{KG}id/center/{SLUG}"


def build_tiny(root: Path, out: Path) -> Built:
    return build(root, read_config(root / "kg.toml"), out, program=program_in())


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return digest, mode and time of change of everything below ``folder``."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
        )
        for path in [folder, *sorted(folder.rglob("*"))]
    }


# --- the same sources, the same release ----------------------------------------------------


def test_the_same_sources_again_change_nothing_and_say_so(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    first = run_kg("build", "--out", out, root=tiny)
    assert first.returncode == 0
    before = contents(out)
    second = run_kg("build", "--out", out, root=tiny)
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert second.stderr == (
        "... find sources\n... verify\nnothing changed: the current release is of these sources\n"
    )
    after = contents(out)
    assert after == before


def test_another_folder_and_hash_seed_give_the_same_bytes(tmp_path: Path) -> None:
    ids, files = [], []
    for seed in ("0", "1", "4242"):
        root = Path(shutil.copytree(TINY, tmp_path / seed / "project"))
        out = tmp_path / seed / "out"
        done = subprocess.run(
            kg_command("build", "--out", out, root=root),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        ids.append(done.stdout)
        files.append(stable_files(out / "current"))
    assert ids[0] == ids[1] == ids[2]
    assert files[0] == files[1] == files[2]
    areas = {name.split("/")[0] for name in files[0]}
    assert areas == {"dumps", "reports", "search.sqlite", "sources"}


def test_the_real_profile_gives_the_same_bytes_under_another_hash_seed(
    release: BuiltRelease, project: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        kg_command("build", "--out", tmp_path / "out", root=project),
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == release.release.id
    assert stable_files(tmp_path / "out" / "current") == stable_files(release.folder)


def stable_files(folder: Path) -> dict[str, str]:
    """Return the digests of what must not differ: all but the store, manifest and crate."""
    digests = {name: entry.sha256 for name, entry in list_files(folder).items()}
    left_out = ("store/", CRATE_FILE)
    return {name: digest for name, digest in digests.items() if not name.startswith(left_out)}


def test_a_changed_source_makes_a_new_release_beside_the_old_one(
    tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "releases"
    old = build_tiny(tiny, out)
    before = contents(old.folder)
    change(tiny / "data" / "translations.ttl", "湖区", "湖滨")
    new = build_tiny(tiny, out)
    assert new.changed
    assert new.id != old.id
    assert (out / "current").readlink() == Path(new.id)
    assert contents(old.folder) == before
    assert open_release(old.folder).id == old.id


def test_going_back_to_earlier_sources_switches_back_without_building(
    tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "releases"
    old = build_tiny(tiny, out)
    change(tiny / "data" / "translations.ttl", "湖区", "湖滨")
    build_tiny(tiny, out)
    change(tiny / "data" / "translations.ttl", "湖滨", "湖区")
    again = build_tiny(tiny, out)
    assert (again.id, again.changed, again.verdict) == (old.id, True, None)
    assert (out / "current").readlink() == Path(old.id)


def test_limits_are_no_part_of_a_release(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    old = build_tiny(tiny, out)
    change(tiny / "kg.toml", "describe_incoming = 10", "describe_incoming = 11")
    assert build_tiny(tiny, out) == Built(old.id, old.folder, changed=False, verdict=None)


def test_a_title_is_part_of_a_release(tiny: Path, tmp_path: Path) -> None:
    old = build_tiny(tiny, tmp_path / "releases")
    change(tiny / "kg.toml", "Tiny graph", "Small graph")
    assert build_tiny(tiny, tmp_path / "releases").id != old.id


def test_times_stand_in_what_describes_the_release_and_nowhere_else(tmp_path: Path) -> None:
    release = open_release(build_tiny(TINY, tmp_path).folder)
    time = release.manifest.built_at
    graphs = {str(q.graph_name) for q in release.store if time in str(q.object)}
    assert graphs == {"DEFAULT", f"<{release.base}graph/description>"}
    assert time in (release.folder / CRATE_FILE).read_text("utf-8")
    for name in release.manifest.files:
        if not name.startswith(("store/", CRATE_FILE)):
            data = (release.folder / name).read_bytes()
            assert time.encode() not in (gzip.decompress(data) if name.endswith("gz") else data)


def test_a_release_may_be_read_by_everyone(tmp_path: Path) -> None:
    folder = build_tiny(TINY, tmp_path).folder
    plain = tmp_path / "plain"
    plain.mkdir()
    assert folder.stat().st_mode == plain.stat().st_mode


# --- dumps ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dumped(release: BuiltRelease) -> frozenset[Any]:
    """The named graphs of the release, but for its description, which is in no dump."""
    description = NamedNode(release.release.base + "graph/description")
    return frozenset(
        quad
        for quad in release.release.store
        if not isinstance(quad.graph_name, DefaultGraph) and quad.graph_name != description
    )


def dump_path(release: BuiltRelease, format_: Format) -> Path:
    return release.folder / "dumps" / f"{DUMP_NAME}.{format_.extension}"


def by_extension(format_: Format) -> str:
    return format_.extension


@pytest.mark.parametrize("format_", FORMATS, ids=by_extension)
def test_a_dump_is_read_back_by_oxigraph(
    format_: Format, release: BuiltRelease, dumped: frozenset[Any]
) -> None:
    read = set(pyoxigraph.parse(dump_path(release, format_).read_bytes(), format_.engine))
    assert len(read) > 1000
    if format_.has_graphs:
        assert read == dumped
    else:
        assert {q.triple for q in read} == {q.triple for q in dumped}


@pytest.mark.parametrize("format_", FORMATS, ids=by_extension)
@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
def test_a_dump_is_read_back_by_rdflib(
    format_: Format, release: BuiltRelease, dumped: frozenset[Any]
) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(dump_path(release, format_), format=RDFLIB_NAMES[format_.extension])
    graphs = format_.has_graphs
    read = {(s.n3(), p.n3(), o.n3(), str(g) if graphs else "") for s, p, o, g in dataset.quads()}
    expected = {(*n3(q), q.graph_name.value if graphs else "") for q in dumped}
    assert len(read) > 1000
    assert read == expected


def n3(quad: Quad) -> tuple[str, str, str]:
    """Return the terms of a statement as rdflib writes them."""
    value = quad.object
    text = str(value)
    if isinstance(value, pyoxigraph.Literal):
        plain = value.language or value.datatype.value == str(rdflib.XSD.string)
        datatype = None if plain else rdflib.URIRef(value.datatype.value)
        text = rdflib.Literal(value.value, lang=value.language, datatype=datatype).n3()
    return str(quad.subject), str(quad.predicate), text


def test_n_quads_and_trig_hold_the_same_quads(release: BuiltRelease) -> None:
    quads = [
        set(pyoxigraph.parse(dump_path(release, format_).read_bytes(), format_.engine))
        for format_ in (BY_EXTENSION["nq"], BY_EXTENSION["trig"])
    ]
    assert quads[0] == quads[1]


def test_a_flat_dump_holds_each_triple_once(release: BuiltRelease) -> None:
    lines = dump_path(release, BY_EXTENSION["nt"]).read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) == release.release.manifest.counts["triples"]


def test_there_is_no_blank_node_anywhere(release: BuiltRelease) -> None:
    terms = (term for q in release.release.store for term in (q.subject, q.object, q.graph_name))
    assert not [term for term in terms if isinstance(term, BlankNode)]


@pytest.mark.parametrize("format_", FORMATS, ids=by_extension)
def test_a_packed_dump_is_the_dump_packed(format_: Format, release: BuiltRelease) -> None:
    path = dump_path(release, format_)
    assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == path.read_bytes()


# --- what is in the store ------------------------------------------------------------------


def test_every_statement_of_the_profile_lies_in_a_claim_graph(release: BuiltRelease) -> None:
    path = ROOT / "data" / SLUG / "profile.trig"
    quads = set(pyoxigraph.parse(path.read_bytes(), pyoxigraph.RdfFormat.TRIG))
    rows = path.with_name("claims.tsv").read_text("utf-8").splitlines()[1:]
    claims = {f"{KG}claim/{SLUG}/{row.split()[0]}" for row in rows}
    assert len(claims) == len(CLAIMS)
    assert len(quads) > 500
    for quad in quads:
        assert isinstance(quad.graph_name, NamedNode)
        assert quad.graph_name.value in claims
        assert quad in release.release.store


SUPPORTED = """
SELECT ?s ?p ?o (GROUP_CONCAT(?id; separator=" ") AS ?ids) WHERE {
  { SELECT ?s ?p ?o ?id WHERE {
    GRAPH ?claim { ?s ?p ?o }
    ?claim a <https://w3id.org/research-center-kg/ontology#SourceClaim> ;
      <http://purl.org/dc/terms/identifier> ?id .
  } ORDER BY ?id }
}
GROUP BY ?s ?p ?o
HAVING(COUNT(?id) >= 3)
ORDER BY ?s ?p ?o
"""


def test_a_triple_of_three_claims_is_counted_once_and_names_all_three(
    release: BuiltRelease,
) -> None:
    rows = release.engine.select(SUPPORTED).rows
    assert rows
    for subject, predicate, value, ids in rows:
        pattern = f"{subject} {predicate} {value}"
        counted = release.engine.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows
        assert [[str(getattr(term, "value", "")) for term in row] for row in counted] == [["1"]]
        named = release.engine.select(f"SELECT ?g {{ GRAPH ?g {{ {pattern} }} }} ORDER BY ?g").rows
        found = [str(getattr(row[0], "value", "")).rpartition("/")[2] for row in named]
        assert len(found) >= 3
        assert set(str(getattr(ids, "value", "")).split()) <= set(found)


def test_only_the_fetal_platform_is_a_service(release: BuiltRelease) -> None:
    rows = release.engine.select("SELECT ?x { ?x a <https://schema.org/Service> }").rows
    assert [str(row[0]) for row in rows] == [
        f"<{KG}id/platform/fetal-cardiac-ultrasound-consultation-platform>"
    ]


# --- a release is never written to ---------------------------------------------------------


def test_the_manifest_tells_the_digest_of_every_file(tmp_path: Path) -> None:
    folder = build_tiny(TINY, tmp_path).folder
    manifest = open_release(folder).manifest
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(manifest.files) == names - {MANIFEST_FILE}
    for name, entry in manifest.files.items():
        data = (folder / name).read_bytes()
        assert (entry.sha256, entry.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    for name, digest in manifest.sources.items():
        copy = (folder / "sources" / name).read_bytes()
        assert copy == (TINY / name).read_bytes()
        assert digest == hashlib.sha256(copy).hexdigest()


def test_opening_and_asking_changes_nothing_in_the_folder(tmp_path: Path) -> None:
    folder = build_tiny(TINY, tmp_path).folder
    before = contents(folder)
    release = open_release(folder)
    answer = release.store.query("SELECT * { GRAPH ?g { ?s ?p ?o } }")
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert len(list(answer)) > 100
    del answer, release
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["dumps/research-center-kg.nq", "manifest.json"])
def test_a_damaged_release_is_built_again(name: str, tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    whole = build_tiny(tiny, out)
    before = stable_files(whole.folder)
    path = whole.folder / name
    path.write_bytes(path.read_bytes()[:100])
    again = build_tiny(tiny, out)
    assert (again.id, again.changed) == (whole.id, True)
    assert stable_files(again.folder) == before
    assert sorted(path.name for path in out.iterdir()) == sorted([".lock", whole.id, "current"])


# --- what can go wrong with the folder of releases -----------------------------------------


def test_two_builds_at_once_the_second_is_told_to_wait(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    under_way, go_on = threading.Event(), threading.Event()

    def wait(step: str) -> None:
        if step == "store":
            under_way.set()
            assert go_on.wait(30)

    config = read_config(tiny / "kg.toml")
    first = threading.Thread(target=build, args=(tiny, config, out, wait, program_in()))
    first.start()
    try:
        assert under_way.wait(30)
        with pytest.raises(BuildLocked) as locked:
            build_tiny(tiny, out)
    finally:
        go_on.set()
        first.join()
    assert str(locked.value) == (
        f"{out}: another build is at work here; wait for it or name another --out"
    )
    assert not build_tiny(tiny, out).changed


def test_a_file_in_place_of_the_folder(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    out.write_text("mine")
    result = run_kg("build", "--out", out, root=tiny)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[1:] == [
        f"{out}: a file stands where a folder should be; name another --out"
    ]
    assert out.read_text() == "mine"


def test_a_folder_below_a_file(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    out = tmp_path / "file" / "releases"
    with pytest.raises(ReleaseError) as refused:
        build_tiny(tiny, out)
    assert str(refused.value) == (
        f"{out}: a file stands where a folder should be; name another --out"
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, which can be filled and made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mounting, check=False).returncode == 0
    skip_without("the right to mount a file system", there=mounted)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fill ``disk`` with a file until ``left`` bytes are free."""
    ballast = disk / "ballast"
    room = os.statvfs(disk)
    ballast.write_bytes(bytes(room.f_bavail * room.f_bsize - left))
    return ballast


@pytest.mark.parametrize("left", [0, 16_384, 65_536, 131_072, 262_144, 614_400])
def test_a_full_disk_leaves_the_earlier_release_whole(left: int, disk: Path, tiny: Path) -> None:
    out = disk / "releases"
    old = build_tiny(tiny, out)
    before = contents(old.folder)
    change(tiny / "data" / "translations.ttl", "湖区", "湖滨")
    ballast = fill(disk, left)
    result = run_kg("build", "--out", out, root=tiny)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        f"{out}: no space left on the disk; free some or name another --out"
    )
    assert "Traceback" not in result.stderr
    assert contents(old.folder) == before
    assert open_release(out / "current").id == old.id
    assert sorted(path.name for path in out.iterdir()) == sorted([".lock", old.id, "current"])
    ballast.unlink()
    assert build_tiny(tiny, out).changed


def test_a_disk_that_cannot_be_written_leaves_the_earlier_release_whole(
    disk: Path, tiny: Path
) -> None:
    out = disk / "releases"
    old = build_tiny(tiny, out)
    before = contents(out)
    change(tiny / "data" / "translations.ttl", "湖区", "湖滨")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    result = run_kg("build", "--out", out, root=tiny)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[1:] == [
        f"{out}/.lock: Read-only file system; make the folder writable or name another --out"
    ]
    assert contents(out) == before
    assert open_release(out / "current").id == old.id


@pytest.mark.server
def test_a_build_that_fails_leaves_the_earlier_release_served(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    old = build_tiny(tiny, out)
    change(tiny / "data" / "lake" / "source.txt", "12 beds", "13 beds")
    with running_server(out / "current", root=tiny) as address:
        assert run_kg("build", "--out", out, root=tiny).returncode == 1
        with urllib.request.urlopen(f"{address}/data/center/lake.ttl") as answer:
            turtle = answer.read().decode()
    assert '"Lake Center for Imaging"@en' in turtle
    assert open_release(out / "current").id == old.id
