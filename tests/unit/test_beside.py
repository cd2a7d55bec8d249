"""The watch over what lies beside the checkout, on folders that are made up."""

from pathlib import Path

import pytest
from beside import Watch

ROOT = Path("/home/me/work/checkout")
ALLOWED = ("/home/me/work/env", "/tmp", "/home")  # noqa: S108 - nothing is written there


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/work/shared/a.tsv",
        "/home/me/work/checkout-2/a.tsv",
        "/home/me/work/checkout/../shared",
        b"/home/me/work/bytes/a.tsv",
        Path("/home/me/work/environment"),
    ],
)
def test_what_lies_beside_the_checkout_is_seen(path: str | bytes | Path) -> None:
    watch = Watch(ROOT, ALLOWED)
    for event in ("open", "os.listdir", "os.scandir"):
        watch(event, (path, "r", 0))
    assert len(watch.seen) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/work/checkout",
        "/home/me/work/checkout/data/a.tsv",
        "/home/me/work/env/lib/a.py",
        "/home/me/work/.settings/a.toml",
        "/home/me/other/a.tsv",
        "/tmp/a",  # noqa: S108 - nothing is written there
        "/usr/lib/a.py",
        3,
        None,
    ],
)
def test_nothing_else_is_seen(path: object) -> None:
    watch = Watch(ROOT, ALLOWED)
    watch("open", (path, "r", 0))
    watch("import", ("/home/me/work/shared/a.py",))
    assert watch.seen == []


def test_a_clone_among_temporary_files_is_not_watched_over_them() -> None:
    watch = Watch(Path("/tmp/clone"), ("/tmp",))  # noqa: S108 - nothing is written there
    watch("open", ("/tmp/pytest-1/a.tsv", "r", 0))  # noqa: S108 - nothing is written there
    assert watch.seen == []
