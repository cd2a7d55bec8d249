"""A build that is killed at any moment leaves a whole release current, and no rubbish for long."""

import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY
from killing import run_killed
from small_program import program_in

from kg.config import read_config
from kg.release.build import build
from kg.release.folder import open_release
from kg.release.manifest import list_files
from kg.release.shelf import POINTER_PREFIX, STAGING_PREFIX

RANDOM_KILLS = 20
SEED = 20260101

Kill = tuple[dict[str, Any], Path]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases with the earlier release as the current one."""
    out = tmp_path_factory.mktemp("earlier") / "releases"
    build(TINY, read_config(TINY / "kg.toml"), out, program=program_in())
    return out


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same project with one label changed."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("changed") / "tiny"))
    path = root / "data" / "translations.ttl"
    path.write_text(path.read_text("utf-8").replace("湖区", "湖滨"), encoding="utf-8")
    return root


def kill_at(
    moments: list[dict[str, Any]], earlier: Path, changed: Path, folder: Path
) -> list[Kill]:
    """Kill one build over a copy of ``earlier`` at each moment; return what is left."""
    outs = [folder / f"{n}" / "releases" for n in range(len(moments))]
    for out in outs:
        shutil.copytree(earlier, out, symlinks=True)
    tasks = [
        {"root": changed, "out": out, **moment} for out, moment in zip(outs, moments, strict=True)
    ]
    return list(zip(run_killed(tasks), outs, strict=True))


def whole_release(out: Path) -> str:
    """Return the id of the current release, and hold it whole: every digest, every quad."""
    release = open_release(out / "current")
    assert list_files(release.folder) == dict(release.manifest.files)
    dumped = release.folder / "dumps" / "research-center-kg.nq"
    stored = {
        str(quad)
        for quad in release.store
        if str(quad.graph_name) not in {"DEFAULT", f"<{release.base}graph/description>"}
    }
    assert len(stored) == len(dumped.read_text("utf-8").splitlines())
    return release.id


def left_behind(out: Path) -> list[str]:
    """Return the names of what a killed build left."""
    prefixes = (STAGING_PREFIX, POINTER_PREFIX)
    return [path.name for path in out.iterdir() if path.name.startswith(prefixes)]


def assert_earlier_or_new_and_swept_by_the_next(
    kills: list[Kill], earlier: Path, changed: Path
) -> Counter[str]:
    """Hold each kill to the promise; return how many left the earlier, the new, and rubbish."""
    old = whole_release(earlier)
    counts: Counter[str] = Counter()
    for result, out in kills:
        current = whole_release(out)
        counts["earlier" if current == old else "new"] += 1
        counts["left"] += bool(left_behind(out))
        new = build(changed, read_config(changed / "kg.toml"), out, program=program_in()).id
        assert current in {old, new}, result
        assert whole_release(out) == new != old
        assert left_behind(out) == []
    return counts


def test_killed_at_each_step(earlier: Path, changed: Path, tmp_path: Path) -> None:
    [(whole, _)] = kill_at([{}], earlier, changed, tmp_path / "whole")
    assert (whole["code"], whole["step"]) == (0, "done")
    moments = [{"step": number} for number in range(whole["steps"])]
    kills = kill_at(moments, earlier, changed, tmp_path / "killed")
    assert all(result["killed"] for result, _ in kills)
    assert [result["steps"] - 1 for result, _ in kills] == list(range(whole["steps"]))
    counts = assert_earlier_or_new_and_swept_by_the_next(kills, earlier, changed)
    # Only the last step, "done", comes after the switch.
    assert (counts["earlier"], counts["new"]) == (whole["steps"] - 1, 1)
    assert counts["left"] > 0


def test_killed_at_each_system_call_of_the_switch(
    earlier: Path, changed: Path, tmp_path: Path
) -> None:
    moments = [{"switch": number} for number in range(30)]
    kills = kill_at(moments, earlier, changed, tmp_path)
    reached = [result["killed"] for result, _ in kills]
    # Rename, sync, remove an old link, link, replace, sync: before and after each.
    assert sum(reached) >= 12
    assert reached == sorted(reached, reverse=True)
    assert not reached[-1]
    died = [kill for kill in kills if kill[0]["killed"]]
    counts = assert_earlier_or_new_and_swept_by_the_next(died, earlier, changed)
    assert counts["earlier"] >= 6
    assert counts["new"] >= 3


def test_killed_at_random_moments(earlier: Path, changed: Path, tmp_path: Path) -> None:
    [(whole, _)] = kill_at([{}], earlier, changed, tmp_path / "whole")
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    moments = [{"after": chance.random() * whole["seconds"]} for _ in range(RANDOM_KILLS)]
    kills = kill_at(moments, earlier, changed, tmp_path / "killed")
    assert sum(result["killed"] for result, _ in kills) > RANDOM_KILLS / 2
    counts = assert_earlier_or_new_and_swept_by_the_next(kills, earlier, changed)
    assert counts["earlier"] + counts["new"] == RANDOM_KILLS
