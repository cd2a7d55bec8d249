"""``kg.toml``: what makes this instance different from another one.

The file is read once and strictly: an unknown key, a missing key or a value of the wrong
kind stops with a sentence that names the key. Defaults of limits stand here, beside the
unit in their name.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from kg.errors import ConfigError
from kg.toml_section import WrongKey, refuse_unknown, section_of, toml_line, toml_mistake, value_of

CONFIG_FILE = "kg.toml"
EXAMPLE_BASE = "https://example.org/research-centers/"
"""The base that an instance begins with, and is to change."""
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")
CONTACT_SCHEMES = ("https", "mailto", "tel")


@dataclass(frozen=True)
class Bilingual:
    """A text in the two languages of the site."""

    en: str
    zh: str


@dataclass(frozen=True)
class Keywords:
    """Words to find the dataset by, in the two languages of the site."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theme:
    """A category of a catalog's vocabulary: its IRI and what it is called."""

    iri: str
    en: str
    zh: str


@dataclass(frozen=True)
class Limits:
    """Bounds that an operator may change; none of them changes what a release holds."""

    lookup_items: int = 500
    """Identifiers of one look-up."""
    describe_incoming: int = 200
    """Incoming statements shown with a thing, per description."""
    query_bytes: int = 100_000
    """Length of a SPARQL query or request body, in bytes."""
    url_bytes: int = 16_000
    """Length of the path and query string of a request, in bytes."""
    header_bytes: int = 32_000
    """Length of all headers of a request, in bytes."""
    body_s: int = 10
    """How long a request body may take to arrive, in seconds."""
    send_s: int = 20
    """How long a client may take to read an answer, besides what its length allows, in seconds."""
    send_bytes_per_s: int = 20_000
    """How fast a client must read a long answer, in bytes per second."""
    unread_bytes: int = 100_000_000
    """Answers in memory that clients have not read yet; with more the oldest connection closes."""
    stop_s: int = 30
    """How long answers that are at work may go on where the server is to stop, in seconds."""
    query_s: int = 10
    """How long a query may take from its arrival to its answer, in seconds."""
    query_memory_mb: int = 512
    """Memory that a query may take beyond what an idle worker has, in MiB."""
    result_rows: int = 100_000
    """Rows or triples of one answer; the rest is cut, and the answer says so."""
    result_bytes: int = 20_000_000
    """Length of one answer, in bytes; the rest is cut, and the answer says so."""
    queries_at_once: int = 8
    """Queries at work at the same time, per server process."""
    queries_per_client: int = 6
    """Queries of one client address at work at the same time."""
    queries_waiting: int = 16
    """Queries that wait for a place; with more the server says that it is busy."""
    query_wait_s: int = 1
    """How long a query may wait for a place, in seconds."""
    slow_query_s: int = 1
    """After how many seconds at work a query counts as slow."""
    slow_queries_at_once: int = 4
    """Slow queries at work at the same time; the other places are for new queries."""
    reconcile_queries: int = 50
    """Queries in a batch of the reconciliation service."""
    reconcile_characters: int = 500
    """Length of a text or a value to reconcile, in code points."""
    reconcile_results: int = 50
    """Candidates for a text, whatever limit a client asks for."""
    reconcile_ids: int = 500
    """Things that one request may fetch values of."""
    reconcile_s: int = 5
    """How long a batch may take, in seconds."""
    reconcile_at_once: int = 4
    """Batches at work at the same time, per server process."""
    service_s: int = 5
    """How long an allowed SERVICE may take to answer, in seconds."""
    service_bytes: int = 5_000_000
    """Length of the answer of an allowed SERVICE, in bytes."""
    service_calls: int = 100
    """How often one query may ask allowed services; equal requests count once."""
    service_total_bytes: int = 20_000_000
    """Length of all answers that one query reads from allowed services, in bytes."""


@dataclass(frozen=True)
class Config:
    """The instance, as ``kg.toml`` describes it.

    ``base`` is an absolute http(s) IRI that ends in ``/``; every IRI of the graph begins
    with it.
    """

    base: str
    title: Bilingual
    description: Bilingual
    publisher: Bilingual
    license: str
    limits: Limits = Limits()
    service_hosts: tuple[str, ...] = ()
    """Hosts that SERVICE may ask: ``host`` for the usual ports, else ``host:port``."""
    proxies: int = 0
    """Reverse proxies in front; each sets X-Forwarded-For and -Proto, and passes Host on."""
    security_contact: str = ""
    """Whom to tell of a hole: ``mailto:``, ``tel:`` or ``https:`` (RFC 9116, 2.5.3)."""
    keywords: Keywords = Keywords()
    themes: tuple[Theme, ...] = ()
    contact_page: str | None = None
    """Address of a page that says how to reach the publisher."""

    def build_keys(self) -> dict[str, str]:
        """Return the keys that a release depends on, flat; limits are not among them.

        What may be left out is among them where it is there.
        """
        texts = {
            f"{name}.{language}": getattr(getattr(self, name), language)
            for name in ("title", "description", "publisher")
            for language in ("en", "zh")
        }
        more = {
            **{
                f"keywords.{name}": "\n".join(getattr(self.keywords, name)) for name in ("en", "zh")
            },
            "themes": "\n".join(f"{theme.iri} {theme.en} {theme.zh}" for theme in self.themes),
            "contact_page": self.contact_page or "",
        }
        more = {name: text for name, text in more.items() if text}
        return {"base": self.base, "license": self.license, **texts, **more}


def read_config(path: Path) -> Config:
    """Return the configuration in the TOML file ``path``.

    Raises ConfigError for a missing file, a syntax error, an unknown, missing or
    ill-typed key, or a base that is no absolute IRI ending in ``/``.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; run the command in the project folder or name it with --root"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        line, what = toml_mistake(error)
        raise ConfigError(
            f"{_place(path, line)}: not TOML: {what}; mend the syntax (see https://toml.io)"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; make the file readable") from None
    try:
        config = _config_from_table(table)
    except WrongKey as wrong:
        place = _place(path, toml_line(text, wrong.key))
        raise ConfigError(f"{place}: {wrong}") from None
    return config


def is_iri(text: str) -> bool:
    """Say whether ``text`` is an absolute IRI (RFC 3987)."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def is_web_address(text: str) -> bool:
    """Say whether ``text`` is the address of something on the web: an http(s) IRI with a host.

    >>> is_web_address("https://example.org/a"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    parts = urlsplit(text) if is_iri(text) else urlsplit("")
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def is_base(text: str) -> bool:
    """Say whether IRIs can begin with ``text``: an absolute http(s) IRI that ends in ``/``."""
    return is_web_address(text) and text.endswith("/")


def _place(path: Path, line: int | None) -> str:
    return f"{path}:{line}" if line else str(path)


def _config_from_table(table: Mapping[str, Any]) -> Config:
    refuse_unknown("", table, Config)
    texts = {name: section_of(table, name, Bilingual) for name in ("title", "description")}
    base, license_ = (value_of(table, "", key, str) for key in ("base", "license"))
    if not is_base(base):
        fix = "give an absolute http(s) IRI that ends in '/'"
        raise WrongKey("base", f"base is {base!r}; {fix}")
    if not is_web_address(license_):
        raise WrongKey("license", f"license is {license_!r}; give the IRI of a licence")
    return Config(
        base=base,
        title=texts["title"],
        description=texts["description"],
        publisher=section_of(table, "publisher", Bilingual),
        license=license_,
        limits=section_of(table, "limits", Limits) if "limits" in table else Limits(),
        service_hosts=_hosts(table),
        proxies=_proxies(table),
        security_contact=_security_contact(table),
        keywords=_keywords(table),
        themes=_themes(table),
        contact_page=_contact_page(table),
    )


def _proxies(table: Mapping[str, Any]) -> int:
    number = table.get("proxies", 0)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise WrongKey("proxies", f"proxies is {number!r}; give a whole number, 0 for none")
    return number


def _keywords(table: Mapping[str, Any]) -> Keywords:
    if "keywords" not in table:
        return Keywords()
    section = value_of(table, "", "keywords", dict)
    refuse_unknown("keywords.", section, Keywords)
    for name, words in section.items():
        if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
            key = f"keywords.{name}"
            raise WrongKey(key, f'{key} is {words!r}; give a list of words in quotes, as in ["a"]')
    return Keywords(**{name: tuple(words) for name, words in section.items()})


def _themes(table: Mapping[str, Any]) -> tuple[Theme, ...]:
    rows = table.get("themes", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        fix = "give each theme as a section [[themes]] with iri, en and zh"
        raise WrongKey("themes", f"themes is {rows!r}; {fix}")
    themes = tuple(section_of({"themes": row}, "themes", Theme) for row in rows)
    for theme in themes:
        if not is_web_address(theme.iri):
            raise WrongKey("themes.iri", f"themes.iri is {theme.iri!r}; give the IRI of a concept")
    return themes


def _contact_page(table: Mapping[str, Any]) -> str | None:
    if "contact_page" not in table:
        return None
    page: str = value_of(table, "", "contact_page", str)
    if not is_web_address(page):
        fix = "give the http(s) address of a page"
        raise WrongKey("contact_page", f"contact_page is {page!r}; {fix}")
    return page


def _hosts(table: Mapping[str, Any]) -> tuple[str, ...]:
    hosts = table.get("service_hosts", [])
    if not isinstance(hosts, list) or not all(
        isinstance(host, str) and HOST.fullmatch(host) for host in hosts
    ):
        fix = 'give a list of hosts in quotes, as in ["query.example.org", "localhost:3030"]'
        raise WrongKey("service_hosts", f"service_hosts is {hosts!r}; {fix}")
    return tuple(host.lower() for host in hosts)


def _security_contact(table: Mapping[str, Any]) -> str:
    if "security_contact" not in table:
        return ""
    contact: str = value_of(table, "", "security_contact", str)
    if urlsplit(contact).scheme not in CONTACT_SCHEMES or not is_iri(contact):
        fix = "give an address that begins with https:, mailto: or tel:"
        raise WrongKey("security_contact", f"security_contact is {contact!r}; {fix}")
    return contact
