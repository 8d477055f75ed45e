"""Where what pipelines take their sources from is pushed: one bare repository for each ``owner/name``.

https://git-scm.com/docs/githooks#post-receive
"""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_aws.platform.context import PlatformContext
from local_aws.services.codepipeline.definitions.store import PipelineRecord
from local_aws.services.codepipeline.triggers.git import Repository, create_bare
from local_aws.services.codepipeline.triggers.push_filter import CONNECTION
from local_aws.state.files import write_atomically

_HOOK = """#!/bin/sh
# Written by the local AWS at its start.
PYTHONPATH={project} exec {python} -P -m local_aws.process.push_report {state} {repository}
"""
_RUNNABLE = 0o700


def install(host: PlatformContext, repository: Path) -> None:
    """Have the bare repository run the hook of this project and state folder, whatever hooks its user has elsewhere."""
    words = {
        "project": host.project_folder,
        "python": sys.executable,
        "state": host.state_folder,
        "repository": repository,
    }
    content = _HOOK.format(**{name: shlex.quote(str(word)) for name, word in words.items()}).encode()
    hook = repository / "hooks" / "post-receive"
    if hook.is_file() and hook.read_bytes() == content:
        return
    hook.parent.mkdir(exist_ok=True)
    write_atomically(hook, content, _RUNNABLE)
    Repository(repository).run_own_hooks()


def push_repository(state_folder: Path, name: str) -> Path:
    """Return the place of the bare repository that is pushed into for ``owner/name``."""
    return state_folder / "repositories" / f"{name}.git"


def bring(host: PlatformContext, path: Path) -> None:
    """Have the bare repository at ``path``, and its hook."""
    create_bare(path)
    install(host, path)


def sources(host: PlatformContext) -> list[tuple[PipelineRecord, Mapping[str, Any]]]:
    """Return every pipeline with the configuration of each source on a connection."""
    return [
        (record, action.get("configuration", {}))
        for record in host.pipelines.all()
        for action in record.structure["stages"][0]["actions"]
        if action["actionTypeId"]["provider"] == CONNECTION
    ]


def push_places(host: PlatformContext, connection_arn: str) -> list[dict[str, str]]:
    """Return the ``repository``, ``branch`` and ``address`` to push to of each source on a connection, none twice."""
    resource = connection_arn.rpartition("/")[2]
    places = []
    for _, configuration in sources(host):
        if configuration.get("ConnectionArn", "").rpartition("/")[2] != resource:
            continue
        name, branch = configuration["FullRepositoryId"], configuration["BranchName"]
        path = push_repository(host.state_folder, name)
        bring(host, path)
        place = {"repository": name, "branch": branch, "address": str(path)}
        if place not in places:
            places.append(place)
    return places
