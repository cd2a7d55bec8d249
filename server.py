"""What a WSGI server imports: ``app`` serves the current release of this folder.

``kg serve`` is the way to run it; for another server: ``granian --interface wsgi
server:app`` in this folder, after ``kg build``.
"""

from pathlib import Path

from kg.config import CONFIG_FILE, read_config
from kg.release.shelf import CURRENT
from kg.web.app import create_app

ROOT = Path(__file__).resolve().parent

app = create_app(ROOT / "releases" / CURRENT, read_config(ROOT / CONFIG_FILE))
