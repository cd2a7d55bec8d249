"""``kg.toml``: what makes this instance different from another one.

The file is read once and strictly: an unknown key, a missing key or a value of the wrong
kind stops with a sentence that names the key. Defaults of limits stand here, beside the
unit in their name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints
from urllib.parse import urlsplit

from kg.errors import ConfigError

CONFIG_FILE = "kg.toml"


@dataclass(frozen=True)
class Bilingual:
    """A text in the two languages of the site."""

    en: str
    zh: str


@dataclass(frozen=True)
class Limits:
    """Bounds that an operator may change; none of them changes what a release holds."""

    describe_incoming: int = 200
    """Incoming statements shown with a thing, per description."""
    query_bytes: int = 100_000
    """Length of a SPARQL query or request body, in bytes."""


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

    def build_keys(self) -> dict[str, str]:
        """Return the keys that a release depends on, flat; limits are not among them."""
        texts = {
            f"{name}.{language}": getattr(getattr(self, name), language)
            for name in ("title", "description", "publisher")
            for language in ("en", "zh")
        }
        return {"base": self.base, "license": self.license, **texts}


def read_config(path: Path) -> Config:
    """Return the configuration in the TOML file ``path``.

    Raises ConfigError for a missing file, a syntax error, an unknown, missing or
    ill-typed key, or a base that is no absolute IRI ending in ``/``.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; run the command in the project folder or name it with --root"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: not TOML: {error}; mend the syntax (see https://toml.io)"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; make the file readable") from None
    try:
        config = _config_from_table(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    parts = urlsplit(config.base)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not config.base.endswith("/"):
        raise ConfigError(
            f"{path}: base is {config.base!r}; give an absolute http(s) IRI that ends in '/'"
        )
    return config


Section = TypeVar("Section", Bilingual, Limits)


def _config_from_table(table: Mapping[str, Any]) -> Config:
    _refuse_unknown("", table, Config)
    texts = {name: _section(table, name, Bilingual) for name in ("title", "description")}
    return Config(
        base=_value(table, "", "base", str),
        title=texts["title"],
        description=texts["description"],
        publisher=_section(table, "publisher", Bilingual),
        license=_value(table, "", "license", str),
        limits=_section(table, "limits", Limits) if "limits" in table else Limits(),
    )


def _section(table: Mapping[str, Any], name: str, shape: type[Section]) -> Section:
    section = _value(table, "", name, dict)
    _refuse_unknown(f"{name}.", section, shape)
    kinds = get_type_hints(shape)
    values = {}
    for field in fields(shape):
        if field.name in section or field.default is MISSING:
            values[field.name] = _value(section, f"{name}.", field.name, kinds[field.name])
    return shape(**values)


def _refuse_unknown(prefix: str, table: Mapping[str, Any], shape: type) -> None:
    known = [field.name for field in fields(shape)]
    for key in table:
        if key not in known:
            raise ConfigError(
                f"unknown key {prefix + key!r}; remove it or use one of: "
                + ", ".join(prefix + name for name in known)
            )


def _value(table: Mapping[str, Any], prefix: str, key: str, kind: type) -> Any:  # noqa: ANN401 - a value of the type `kind`
    if key not in table:
        raise ConfigError(f"the key {prefix + key!r} is missing; add it")
    value = table[key]
    good = isinstance(value, kind) and not isinstance(value, bool)
    if not good or (kind is int and value < 1) or (kind is str and not value.strip()):
        names = {str: "a text in quotes", int: "a whole number above 0", dict: "a [section]"}
        raise ConfigError(f"{prefix + key!r} is {value!r}; give {names[kind]}")
    return value
