"""Who proposes links: the index of an imported registry, or a reconciliation service."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg.link.linking import Linked, Progress, link_release, link_table, open_registry
from kg.link.proposals import Subject
from kg.link.registry import Registry
from kg.link.review import Target
from kg.link.service import Service
from kg.link.service_linking import link_by_service, link_release_by_service, target_of
from kg.release.folder import Release


class Linker(Protocol):
    """Proposes links for the things of a release, and for texts."""

    @property
    def destination(self) -> Registry | Target:
        """What the links lead to."""

    def of_release(self, release: Release, kinds: Sequence[str], progress: Progress) -> Linked:
        """Return a proposal for every thing of the kinds."""

    def of_texts(self, subjects: Sequence[Subject], progress: Progress) -> Linked:
        """Return the proposals for texts."""


@dataclass(frozen=True)
class RegistryLinker:
    """Proposes records of an imported registry; for texts the ``parts`` that they name."""

    destination: Registry
    parts: bool = False

    def of_release(self, release: Release, kinds: Sequence[str], progress: Progress) -> Linked:
        """Return a proposal for every thing of the kinds."""
        return link_release(release, kinds, self.destination, progress)

    def of_texts(self, subjects: Sequence[Subject], progress: Progress) -> Linked:
        """Return the proposals for texts."""
        return link_table(subjects, self.destination, progress, parts=self.parts)


@dataclass(frozen=True)
class ServiceLinker:
    """Proposes what a reconciliation service answers; ``types`` are the service's."""

    service: Service
    types: tuple[str, ...] = ()

    @property
    def destination(self) -> Target:
        """What the links lead to."""
        return target_of(self.service)

    def of_release(self, release: Release, kinds: Sequence[str], progress: Progress) -> Linked:
        """Return a proposal for every thing of the kinds."""
        return link_release_by_service(release, kinds, self.service, self.types, progress)

    def of_texts(self, subjects: Sequence[Subject], progress: Progress) -> Linked:
        """Return the proposals for texts."""
        return link_by_service(subjects, self.service, self.types, progress)


def linker(
    registry: Path, service: str | None, types: Sequence[str], *, parts: bool = False
) -> Linker:
    """Return what asks the service at an address, or the import in a folder where there is none."""
    if service:
        return ServiceLinker(Service(service), tuple(types))
    return RegistryLinker(open_registry(registry), parts)


def name_of(found_by: Linker) -> str:
    """Return what the registry or the service calls what is linked to."""
    destination = found_by.destination
    return destination.meta["registry"] if isinstance(destination, Registry) else destination.name
