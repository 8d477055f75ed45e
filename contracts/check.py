"""Holds every contract against a project."""

from collections.abc import Callable, Iterator, Mapping

from contracts import (
    artifact_folders,
    artifacts,
    buildspec_rules,
    containers,
    images,
    imports,
    repository_files,
    security_groups,
)
from contracts.deployments import (
    blue_green_files,
    change_of_stack,
    demanded_variables,
    health_programs,
    image_definitions,
    image_sources,
    keys_of_builds,
    pushed_images,
    scans,
    starting_rules,
    target_roles,
    ways_out,
)
from contracts.permissions import findings as permissions
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.repository import Repository
from system_model.system import read

CONTRACTS: tuple[Callable[[ProjectIndex], Iterator[Finding]], ...] = (
    imports.findings,
    repository_files.findings_on_buildspecs,
    imports.findings_on_parameters,
    artifacts.findings,
    artifact_folders.findings,
    repository_files.findings_on_scripts,
    containers.findings,
    security_groups.findings,
    images.findings,
    image_definitions.findings,
    pushed_images.findings,
    ways_out.findings,
    keys_of_builds.findings,
    change_of_stack.findings,
    starting_rules.findings,
    target_roles.findings,
    health_programs.findings,
    image_sources.findings,
    demanded_variables.findings,
    blue_green_files.findings,
    scans.findings,
    buildspec_rules.findings,
    permissions.findings,
)


def check(templates: Mapping[str, bytes], repository: Repository, folder: str = "") -> list[Finding]:
    """Return what ``templates`` (file name to JSON, with the manifest) and the files of ``repository`` don't agree on.

    ``folder`` goes before the names of templates in findings.
    """
    index = ProjectIndex(read(templates, repository, folder))
    return sorted({finding for contract in CONTRACTS for finding in contract(index)})
