"""What hatchling asks when it builds: the program's own files go into the package of a wheel."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGED = {"ontology": "kg/ontology", "shapes": "kg/shapes"}
"""Folders of the repository, and where they lie in a wheel."""


class ProgramFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the folders to a wheel; an editable install reads the repository's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what the wheel holds beside the packages of ``pyproject.toml``."""
        if version == "standard":
            build_data["force_include"].update(PACKAGED)
