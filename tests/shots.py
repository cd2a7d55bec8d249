"""Takes a picture of a page of each kind: two languages, light and dark, 320 and 1280 px.

``python tests/shots.py FOLDER [KIND ...]`` builds a release of the project, serves it on
loopback and writes ``FOLDER/{kind}-{lang}-{scheme}-{width}.png``. Needs the test tools.
"""

import sys
import tempfile
from itertools import product
from pathlib import Path

from browsing import chromium
from page_kinds import PAGE_KINDS
from serving import running_server

from kg.config import CONFIG_FILE, read_config
from kg.release.build import build

ROOT = Path(__file__).resolve().parent.parent
HEIGHT = {320: 700, 1280: 900}


def take(server: str, folder: Path, kinds: list[str]) -> int:
    """Take the pictures; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with chromium() as browser:
        for scheme, width in product(("light", "dark"), HEIGHT):
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT[width]},
                color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
            )
            page = context.new_page()
            for kind, lang in product(kinds, ("en", "zh")):
                page.goto(server + PAGE_KINDS[kind].format(lang=lang))
                page.wait_for_load_state("networkidle")
                name = f"{kind}-{lang}-{scheme}-{width}.png"
                # Beside a sentence what it states sticks to the window.
                page.screenshot(path=folder / name, full_page="#" not in PAGE_KINDS[kind])
                taken += 1
            context.close()
    return taken


def main(folder: Path, kinds: list[str]) -> None:
    """Build, serve and take the pictures; say where they are."""
    unknown = [kind for kind in kinds if kind not in PAGE_KINDS]
    if unknown:
        sys.exit(f"no kind of page is called {unknown[0]!r}; there are {', '.join(PAGE_KINDS)}")
    with tempfile.TemporaryDirectory() as out:
        built = build(ROOT, read_config(ROOT / CONFIG_FILE), Path(out))
        with running_server(built.folder) as server:
            taken = take(server, folder, kinds or list(PAGE_KINDS))
            sys.stdout.write(f"{taken} pictures in {folder}\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
