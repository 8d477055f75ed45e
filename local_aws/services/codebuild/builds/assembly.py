"""Puts the rooms of CodeBuild together, on the embedded AWS that hosts them."""

import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local_aws.platform.context import Credentials, PlatformContext
from local_aws.platform.service import Extension, Json, ServiceError
from local_aws.services.codebuild.api.service import BuildService
from local_aws.services.codebuild.api.store import BuildStore
from local_aws.services.codebuild.builds.ports import BuildPorts, Clock, Container, Machine
from local_aws.services.codebuild.machine.sandbox import IN_CONTAINER, SANDBOX
from local_aws.services.codebuild.machine.workspace import folder_of_builds
from local_aws.services.codebuild.reports.api import ReportService
from local_aws.services.codebuild.reports.records import ReportStore

SERVICE = "codebuild.amazonaws.com"
HANDED_ON = "LOCAL_AWS_BUILD_VARIABLES"
"""Environment variable: names of further variables, with spaces between, that commands get from the same place."""
MINUTE = "LOCAL_AWS_BUILD_MINUTE"
"""Environment variable: how many seconds a minute of a build's time limits lasts, to see one passed in no time."""
ENGINE = "DOCKER_HOST"
PROJECT_IMAGE = "project"
GITHUB = "github.com/"


def assembled(host: PlatformContext) -> Extension:
    """Make the services and give their operations."""
    folder = host.state_folder / "builds"
    reports = ReportStore(host.database)
    builds = BuildService(surroundings_of(host), BuildStore(host.database, folder), reports)
    operations = {**builds.operations, **ReportService(reports).operations}
    return Extension(operations, builds.start, builds.stop)


def surroundings_of(host: PlatformContext) -> BuildPorts:
    """See the host as builds need it."""

    def assume_role(role_arn: str, source_arn: str, session_name: str, execution_id: str) -> Credentials:
        return host.assume_role_as_service(
            service=SERVICE,
            role_arn=role_arn,
            source_arn=source_arn,
            session_name=session_name,
            execution_id=execution_id,
        )

    def publish(detail_type: str, detail: Json) -> None:
        host.publish_event(
            source="aws.codebuild", detail_type=detail_type, detail=detail, resources=[str(detail["build-id"])]
        )

    return BuildPorts(
        account_id=host.account_id,
        region=host.region,
        endpoint_url=host.endpoint_url,
        folder=host.state_folder / "builds",
        running=folder_of_builds(os.environ),
        project=host.projects.get,
        assume_role=assume_role,
        client=host.client,
        refusal=lambda credentials, asked: host.refusal(credentials.access_key_id, asked),
        repository=lambda source: _repository(host, source),
        publish=publish,
        machine=machine_of(os.environ, host.project_folder, host.state_folder),
        clock=clock_of(os.environ),
    )


def machine_of(environment: Mapping[str, str], project_folder: Path, state_folder: Path) -> Machine:
    """Decide where commands run, from the environment of the local AWS."""
    programs = project_folder / ".venv" / "bin"
    folders = environment.get("PATH", os.defpath).split(os.pathsep)
    container = environment.get(IN_CONTAINER, "")
    return Machine(
        path=os.pathsep.join(folder for folder in folders if folder and Path(folder) != programs),
        aws_program=programs / "aws",
        variables={name: environment[name] for name in environment.get(HANDED_ON, "").split() if name in environment},
        container=Container("" if container == PROJECT_IMAGE else container) if container else None,
        confined=environment.get(SANDBOX) != "off",
        hidden=(Path.home(), project_folder, state_folder),
        engine=environment.get(ENGINE) or Machine.engine,
    )


def clock_of(environment: Mapping[str, str]) -> Clock:
    """Give the clock of the builds; a minute that is no number of seconds above zero ends the start with a sentence."""
    text = environment.get(MINUTE, "60")
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        sys.exit(f"{MINUTE} is {text!r}; allowed is a number of seconds above 0, such as 60.")
    return Clock(minute=seconds)


def _repository(host: PlatformContext, source: Json) -> Path:
    """Find the local repository for ``https://github.com/OWNER/NAME.git`` through the source's connection."""
    auth = source.get("auth") or {}
    name = source["location"].partition(GITHUB)[2].removesuffix("/").removesuffix(".git")
    if not auth.get("resource") or not name:
        message = f"The source {source['location']} has no auth of type CODECONNECTIONS that names a connection"
        raise ServiceError("InvalidInputException", message)
    return host.connections.repository_of(auth["resource"], name)
