"""The docs list what there is: commands, options, settings, routes, formats, targets."""

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from conftest import ROOT
from flask import Flask

from kg.cli import main
from kg.config import Config, Limits
from kg.formats import FORMATS, Format
from kg.query.results import TABLE_FORMATS

COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
ROUTES = (ROOT / "docs" / "routes.md").read_text(encoding="utf-8")


def commands(group: click.Group = main, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield each command by its name, the ones of a group behind the group's: ``import ror``."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_and_option_is_documented() -> None:
    assert main.commands
    for name, command in commands():
        line = next((row for row in COMMANDS.splitlines() if row.startswith(f"| `kg {name}")), "")
        assert line, f"kg {name} is missing"
        for parameter in command.params:
            if parameter.name == "root":
                continue  # every command has it, which the first line says
            assert parameter.opts[0].upper() in line.upper(), f"{name} {parameter.opts[0]}"


def test_every_documented_command_exists() -> None:
    documented = re.findall(r"^\| `kg ([a-z]+(?: [a-z]+)*)", COMMANDS, re.MULTILINE)
    assert sorted(documented) == sorted(name for name, _ in commands())


def test_every_query_format_is_documented() -> None:
    for name in TABLE_FORMATS:
        assert f"`{name}`" in COMMANDS


def test_every_setting_is_documented_with_its_default() -> None:
    for field in fields(Config):
        assert f"`{field.name}" in CONFIGURATION
    for field in fields(Limits):
        row = next(r for r in CONFIGURATION.splitlines() if f"`limits.{field.name}`" in r)
        assert f"| {field.default} |" in row


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert targets
    for target in targets:
        assert re.search(rf"`make {target}[` ]", COMMANDS), target


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.extension)
def test_every_format_is_documented(format_: Format) -> None:
    row = next(r for r in ROUTES.splitlines() if r.startswith(f"| `{format_.extension}` |"))
    assert f"`{format_.media_type}`" in row


def test_every_route_is_documented(app: Flask) -> None:
    first_segments = {
        rule.rule.split("/")[1].partition("<")[0]
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    } - {""}
    assert "sparql" in first_segments
    for segment in first_segments:
        assert f"`/{segment}" in ROUTES, segment
