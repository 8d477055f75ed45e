"""Holds every contract against a project."""

from collections.abc import Callable, Iterator, Mapping

from contracts import (
    artifact_folders,
    artifacts,
    builds,
    buildspec_rules,
    containers,
    doors,
    images,
    imports,
    parameters,
    paths,
    pipelines,
    scripts,
    tasks,
)
from contracts.needs import unmet
from contracts.reading import Reading
from reporting.findings import Finding
from system_model.repository import Repository
from system_model.system import read


def _allowed(reading: Reading) -> Iterator[Finding]:
    for part in (pipelines, builds, tasks):
        yield from unmet(part.uses(reading), reading)


CONTRACTS: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    imports.findings,
    paths.findings,
    parameters.findings,
    artifacts.findings,
    artifact_folders.findings,
    scripts.findings,
    containers.findings,
    doors.findings,
    images.findings,
    buildspec_rules.findings,
    _allowed,
)


def check(templates: Mapping[str, bytes], repository: Repository, folder: str = "") -> list[Finding]:
    """Give what ``templates`` (file name to JSON, with the manifest) and the files of ``repository`` don't agree on.

    ``folder`` goes before the names of templates in findings.
    """
    reading = Reading(read(templates, repository, folder))
    return sorted({finding for contract in CONTRACTS for finding in contract(reading)})
