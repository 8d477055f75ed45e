"""What a build needs of the AWS around it, as plain callables, so that this room can be run by itself."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.iam.trace import Asked, Refusal
from local_aws.platform.context import Credentials
from local_aws.platform.service import Json


@dataclass(frozen=True)
class Container:
    """Runs commands in a container: in ``image``, or in the project's own where it is empty.

    It shares no files with this machine but the build's own.
    """

    image: str = ""
    network: str = "host"


@dataclass(frozen=True)
class Machine:
    """Where commands run.

    ``path`` is their PATH; ``aws_program`` the AWS CLI that is lent to them when PATH has none; ``variables`` are
    further environment variables, such as a proxy's address (the user's own are not handed on). ``confined`` keeps them
    from everything else, where this machine can do that; ``hidden`` are folders that they don't see in any case.
    ``engine`` is the address of the container engine that privileged builds reach.
    """

    path: str = os.defpath
    aws_program: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    container: Container | None = None
    confined: bool = True
    hidden: tuple[Path, ...] = ()
    engine: str = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Clock:
    """``now`` gives epoch seconds; ``minute`` is how many seconds a minute of a timeout lasts."""

    now: Callable[[], float] = time.time
    minute: float = 60.0


def _no_event(_detail_type: str, _detail: Json) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class BuildPorts:
    """The AWS that builds run in.

    ``folder`` is this room's own, ``running`` the one below which builds have their folders. ``project(name)`` answers
    as BatchGetProjects does. ``assume_role(role ARN, source ARN, session name, pipeline execution or nothing)`` acts as
    codebuild.amazonaws.com and raises ServiceError when the trust policy refuses. ``client(service, credentials)`` is a
    botocore client on which IAM is enforced. ``refusal(credentials, step and resource)`` asks IAM for what no API call
    carries. ``repository(source)`` gives the local git repository of a project source that names one on GitHub, or
    raises ServiceError. ``publish(detail type, detail)`` sends an event of aws.codebuild.
    """

    account_id: str
    region: str
    endpoint_url: str
    folder: Path
    running: Path
    project: Callable[[str], Json | None]
    assume_role: Callable[[str, str, str, str], Credentials]
    client: Callable[[str, Credentials], Any]
    refusal: Callable[[Credentials, Asked], Refusal | None]
    repository: Callable[[Json], Path]
    publish: Callable[[str, Json], None] = _no_event
    machine: Machine = field(default_factory=Machine)
    clock: Clock = field(default_factory=Clock)
    builds_at_once: int = 4

    def arn(self, resource: str) -> str:
        """Return the ARN of a CodeBuild resource, such as ``build/PROJECT:ID``."""
        return f"arn:aws:codebuild:{self.region}:{self.account_id}:{resource}"
