"""The nginx configuration of an export: what the server says in headers, said by nginx.

Templates lie in ``nginx/``. What they are filled with comes from the tables that the server
itself uses, so that both agree. Negotiation is done by ``negotiate.js`` in nginx's own
JavaScript (module ``js``), to which ``site.js`` tells formats, profiles and texts.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from flask import Flask
from flask_babel import force_locale

from kg.formats import FORMATS, TABLE_FILE, TABLE_METADATA
from kg.web.addresses import ALTERNATES, NAMED
from kg.web.app import HEADERS, POLICY, PREFLIGHT_HEADERS
from kg.web.cache import MAX_AGE_S, VERSIONED_MAX_AGE_S
from kg.web.citations import CITATION_FORMATS
from kg.web.export.errors import ADDRESS, DETAIL, ERRORS, GONE, NAME
from kg.web.export.files import ABOUT, write
from kg.web.files import CONTEXT_MAX_AGE_S
from kg.web.language import translate as _
from kg.web.negotiate import DEFAULT_LANGUAGE, HTML, LANGUAGES
from kg.web.problems import STATUSES
from kg.web.profiles import PROFILES
from kg.web.representations import ALTERNATES as ALTERNATES_PROFILE
from kg.web.representations import ALTERNATES_TOKENS, LINKSET_VARIANTS, PROFILE_CLASS
from kg.web.signposts import COMPLETE, LINKSET_TYPES
from kg.web.site import Site

FOLDER = f"{ABOUT}/nginx"
TEMPLATES = files("kg.web.export") / "nginx"
CONFIGURATION = ("http.conf", "site.conf", "example.conf")
SCRIPTS = ("negotiate.js", "prefer.js")
STATUSES_SAID = (404, 405, 406)
WEB_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "json": "application/json",
    "wasm": "application/wasm",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}


def write_configuration(
    app: Flask, site: Site, staging: Path, prefix: str, policies: Mapping[str, str]
) -> None:
    """Write the configuration for a site below ``prefix``: two files to include, and scripts.

    ``policies`` are the Content Security Policies that are not the usual one, by path.
    """
    values = {
        "prefix": prefix,
        "files": f"/.kg-files{prefix}",
        "headers": _headers(),
        "types": _types({**WEB_TYPES, **{f.extension: f.content_type for f in FORMATS}}),
        "dump_types": _types(
            {f.extension: f.content_type for f in (*FORMATS, TABLE_FILE, TABLE_METADATA)}
            | {"gz": "application/gzip"}
        ),
        "linkset_types": _types(LINKSET_TYPES),
        "cite_types": _types(
            {
                f.extension: f.media_type
                if f.extension == "json"
                else f"{f.media_type}; charset=utf-8"
                for f in CITATION_FORMATS
            }
        ),
    }
    for name in CONFIGURATION:
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        write(staging, f"{FOLDER}/{name}", _Template(text).substitute(values).encode())
    for name in SCRIPTS:
        write(staging, f"{FOLDER}/{name}", (TEMPLATES / name).read_bytes())
    with app.test_request_context("/"):
        table = json.dumps(_site(site, prefix, policies), ensure_ascii=False, indent=1)
    write(staging, f"{FOLDER}/site.js", f"export default {table};\n".encode())


class _Template(Template):
    """Fills in ``@{name}``: a dollar sign is nginx's own."""

    delimiter = "@"


def _headers() -> str:
    fixed = {name: value for name, value in HEADERS.items() if name != POLICY}
    rows = [f'add_header {name} "{value}" always;' for name, value in fixed.items()]
    return "\n    ".join(rows)


def _types(table: dict[str, str]) -> str:
    return "types { " + " ".join(f'"{kind}" {names};' for names, kind in table.items()) + " }"


def _site(site: Site, prefix: str, policies: Mapping[str, str]) -> dict[str, object]:
    """Return what the script needs to know of the site."""
    return {
        "prefix": prefix,
        "base": site.base,
        "languages": LANGUAGES,
        "defaultLanguage": DEFAULT_LANGUAGE,
        # Nanopublications have their data beside them, and no other forms.
        "named": sorted(NAMED - {"np"}),
        "html": HTML.media_types,
        "formats": [[f.extension, f.media_types] for f in FORMATS],
        "complete": sorted(COMPLETE),
        "linksets": [[v.name, v.media_types] for v in LINKSET_VARIANTS],
        "profiles": [[p.token, p.name(site.base)] for p in PROFILES],
        "profileClass": PROFILE_CLASS,
        "alternates": {
            "folder": ALTERNATES,
            "profile": ALTERNATES_PROFILE,
            "names": [ALTERNATES_PROFILE, *ALTERNATES_TOKENS],
        },
        "errors": ERRORS,
        "gone": GONE,
        "fill": {"detail": DETAIL, "name": NAME, "address": ADDRESS},
        "texts": {lang: _texts(lang) for lang in LANGUAGES},
        "policy": HEADERS[POLICY],
        "policies": policies,
        "preflight": PREFLIGHT_HEADERS | {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS"},
        "ages": {
            "usual": MAX_AGE_S,
            "context": CONTEXT_MAX_AGE_S,
            "versioned": VERSIONED_MAX_AGE_S,
        },
    }


def _texts(lang: str) -> dict[str, object]:
    with force_locale(lang):
        return {
            **{str(status): [str(text) for text in STATUSES[status]] for status in STATUSES_SAID},
            "unknown": _("Nothing is known under %(iri)s.", iri="{iri}"),
            "forms": _("This is to be had as: %(types)s.", types="{types}"),
        }
