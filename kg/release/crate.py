"""The release folder as a research object: RO-Crate Metadata Specification 1.2.

The folder is the crate. ``ro-crate-metadata.json`` lists every file of it with what it is, its
length and its SHA-256, and the build. Left out is the manifest, which holds the digest of this
file and so cannot have one here. Like the manifest it carries the time of the build.
"""

import importlib.metadata
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from kg.config import Config
from kg.formats import BY_EXTENSION, GZIP, TABLE_FILE, TABLE_METADATA
from kg.release.manifest import FileEntry
from kg.release.search import SEARCH_FILE
from kg.vocab import Iris

CRATE_FILE = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.2"
CRATE_PROFILE = "https://w3id.org/ro/crate"
"""Says of JSON-LD that it is the metadata of a crate, of whatever version."""
ROOT = "./"
STORE = "store/"
BUILD = "#build"
IDENTIFIER = "#identifier"
RFC_3987 = "https://www.rfc-editor.org/rfc/rfc3987"

FOLDERS = {
    "dumps": "The data as files: everything, each center, each kind of thing, tables.",
    "reports": "What the check of the sources found.",
    "store": "The data and its description, indexed.",
    "sources": "The sources that the release was built from, unchanged.",
    SEARCH_FILE: "Names, texts and identifiers of everything that has a page, for full-text search.",
}
MEDIA_TYPES = {
    **{extension: format_.media_type for extension, format_ in BY_EXTENSION.items()},
    TABLE_FILE.extension: TABLE_FILE.media_type,
    "gz": GZIP,
    "tsv": "text/tab-separated-values",
    "toml": "application/toml",
    "txt": "text/plain",
    "rq": "application/sparql-query",
    "json": "application/json",
    "sqlite": "application/vnd.sqlite3",
}
CREATIVE_COMMONS = re.compile(
    r"https://creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)|publicdomain/(?P<free>[a-z]+))"
    r"/(?P<version>[0-9.]+)/"
)


def crate_metadata(
    config: Config,
    identifier: str,
    built_at: str,
    software: Mapping[str, str],
    files: Mapping[str, FileEntry],
) -> bytes:
    """Return the metadata file of the crate.

    ``built_at`` is an RFC 3339 time; ``files`` are those of the release by path, without the
    metadata file and the manifest.
    """
    stored = [path for path in files if path.startswith(STORE)]
    parts = [path for path in files if path not in stored] + [STORE] * bool(stored)
    graph = [
        {
            "@id": CRATE_FILE,
            "@type": "CreativeWork",
            "about": _to(ROOT),
            "conformsTo": _to(SPECIFICATION),
        },
        _root(config, identifier, built_at, parts),
        {
            "@id": IDENTIFIER,
            "@type": "PropertyValue",
            "name": "IRI of the dataset",
            "propertyID": RFC_3987,
            "value": Iris(config.base).dataset.value,
        },
        *_publisher(config),
        {
            "@id": config.license,
            "@type": "CreativeWork",
            "name": license_name(config.license),
            "description": f"The license of the data: {config.license}",
        },
        *_build(identifier, built_at, software, [p for p in files if p.startswith("sources/")]),
        *([_store(stored)] if stored else []),
        *(_file(path, entry) for path, entry in files.items()),
    ]
    document = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def license_name(iri: str) -> str:
    """Return what a license is called: the short name where it is one of Creative Commons.

    >>> license_name("https://creativecommons.org/licenses/by-sa/4.0/")
    'CC BY-SA 4.0'
    >>> license_name("https://creativecommons.org/publicdomain/zero/1.0/")
    'CC0 1.0'
    >>> license_name("https://example.org/license")
    'https://example.org/license'
    """
    match = CREATIVE_COMMONS.fullmatch(iri)
    if match is None or match["free"] not in {None, "zero"}:
        return iri
    kind = f"CC {match['kind'].upper()}" if match["kind"] else "CC0"
    return f"{kind} {match['version']}"


def media_type(path: str) -> str:
    """Return the media type of a file of the release.

    >>> media_type("dumps/tables/csv-metadata.json"), media_type("dumps/kind/ward.ttl.gz")
    ('application/csvm+json', 'application/gzip')
    """
    if path.endswith("csv-metadata.json"):
        return TABLE_METADATA.media_type
    extension = PurePosixPath(path).suffix.removeprefix(".")
    return MEDIA_TYPES.get(extension, "application/octet-stream")


def _to(name: str) -> dict[str, str]:
    return {"@id": name}


def _root(config: Config, identifier: str, built_at: str, parts: list[str]) -> dict[str, Any]:
    words = {"keywords": ", ".join((*config.keywords.en, *config.keywords.zh))}
    return {
        "@id": ROOT,
        "@type": "Dataset",
        "identifier": _to(IDENTIFIER),
        "name": config.title.en,
        "alternateName": config.title.zh,
        "description": config.description.en,
        "version": identifier,
        "datePublished": built_at,
        "license": _to(config.license),
        "publisher": _to(_publisher_id(config)),
        "inLanguage": ["en", "zh"],
        "url": config.base,
        **(words if words["keywords"] else {}),
        "mentions": _to(BUILD),
        "hasPart": [*map(_to, parts)],
    }


def _publisher_id(config: Config) -> str:
    return f"{Iris(config.base).dataset.value}#publisher"


def _publisher(config: Config) -> Iterator[dict[str, Any]]:
    contact = {"contactPoint": _to(config.contact_page)} if config.contact_page else {}
    yield {
        "@id": _publisher_id(config),
        "@type": "Organization",
        "name": config.publisher.en,
        "alternateName": config.publisher.zh,
        "url": config.base,
        **contact,
    }
    if config.contact_page:
        yield {
            "@id": config.contact_page,
            "@type": "ContactPoint",
            "name": config.publisher.en,
            "contactType": "publisher",
            "url": config.contact_page,
        }


def _build(
    identifier: str, built_at: str, software: Mapping[str, str], sources: list[str]
) -> Iterator[dict[str, Any]]:
    # An application must have an address: one that tells none is named in words alone.
    homes = {name: home for name in software if (home := _home(name))}
    yield {
        "@id": BUILD,
        "@type": "CreateAction",
        "name": f"Build of the release {identifier}",
        "description": "Made by " + ", ".join(f"{name} {n}" for name, n in software.items()),
        "startTime": built_at,
        "instrument": [_to(f"#software-{name}") for name in homes],
        "object": [_to(path) for path in sources],
        "result": _to(ROOT),
    }
    for name, home in homes.items():
        yield {
            "@id": f"#software-{name}",
            "@type": "SoftwareApplication",
            "name": name,
            "version": software[name],
            "url": home,
        }


def _home(package: str) -> str | None:
    """Return the address that an installed package tells of itself, if it does."""
    about = importlib.metadata.metadata(package)
    rows = [row.partition(", ") for row in about.get_all("Project-URL") or ()]
    addresses = {label.lower(): address for label, _, address in rows}
    names = ("homepage", "source", "repository")
    return next((addresses[name] for name in names if name in addresses), None)


def _store(paths: list[str]) -> dict[str, Any]:
    return {
        "@id": STORE,
        "@type": "Dataset",
        "name": "Store",
        "description": "The data and its description, indexed: a store of Oxigraph.",
        "hasPart": [*map(_to, paths)],
    }


def _file(path: str, entry: FileEntry) -> dict[str, Any]:
    return {
        "@id": path,
        "@type": "File",
        "name": path,
        "description": FOLDERS[PurePosixPath(path).parts[0]],
        "encodingFormat": media_type(path),
        "contentSize": str(entry.bytes),
        "sha256": entry.sha256,
    }
