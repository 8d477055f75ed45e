"""The CodeBuild action: starts a build on the input artifacts, waits for it, takes its exported variables.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress, TaskContext
from local_aws.services.codepipeline.store.records import Location

IN_PROGRESS = "IN_PROGRESS"
SUCCEEDED = "SUCCEEDED"
VARIABLE_TYPES = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")
POLL_SECONDS = 0.2
"""How often a build's state is asked for; the build runs on this machine, and asking costs next to nothing."""


@dataclass(frozen=True)
class EnvironmentVariable:
    """A variable for the build; ``value`` is a name where ``type`` says that the value is stored elsewhere."""

    name: str
    value: str
    type: str


@dataclass(frozen=True)
class BuildRequest:
    """A build that a pipeline asks for.

    ``sources`` are the input artifacts by name; ``primary`` is the one that holds the buildspec. ``artifacts`` are the
    output artifacts by name: the build writes each, under ``encryption_key``, to the place given.
    ``revision`` is the commit in the primary source, empty where that is no source action's
    output. ``buildspec`` replaces the project's; empty: nothing does.
    """

    project: str
    sources: Mapping[str, Location]
    primary: str
    artifacts: Mapping[str, Location]
    encryption_key: str
    variables: tuple[EnvironmentVariable, ...]
    revision: str = ""
    buildspec: str = ""


@dataclass(frozen=True)
class BuildState:
    """How a build stands: ``status`` as in BatchGetBuilds (IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT, STOPPED).

    ``reason`` tells a failure's phase and context in the build's words; ``exported`` are its exported variables.
    """

    status: str
    reason: str = ""
    exported: Mapping[str, str] | None = None
    url: str = ""
    log_stream_arn: str = ""


class Builds(Protocol):
    """Starts builds and tells of them; refuses with ``ActionError``."""

    def start(self, request: BuildRequest, credentials: Credentials) -> str:
        """Start a build with the rights of ``credentials`` and give its id, ``project:uuid``."""

    def state(self, build_id: str, credentials: Credentials) -> BuildState:
        """Report how a build stands."""


class CodeBuildAction:
    """CodeBuild, as a Build or a Test action. A build that is abandoned or timed out here runs on, as on AWS."""

    resumable = True

    def __init__(self, builds: Builds) -> None:
        self._builds = builds

    def run(self, context: ActionContext) -> ActionResult:
        """Start the build, or go on waiting for the one that an interrupted attempt started."""
        request = replace(
            build_request(context, context.revisions),
            artifacts=context.outputs,
            encryption_key=context.encryption_key,
        )
        build_id, state = ended(self._builds, context, request)
        if state.status != SUCCEEDED:
            raise ActionError("JobFailed", terminated(state))
        return ActionResult(external_id=build_id, external_url=state.url, variables=state.exported or {})


def ended(builds: Builds, context: TaskContext, request: BuildRequest) -> tuple[str, BuildState]:
    """Start a build, unless an interrupted attempt did, and wait for its end; give its id and how it ended."""
    build_id = context.resumed or builds.start(request, context.credentials())
    context.report(Progress(external_id=build_id))
    state = builds.state(build_id, context.credentials())
    context.report(Progress(external_url=state.url, log_stream_arn=state.log_stream_arn))
    while state.status == IN_PROGRESS and not context.pause(POLL_SECONDS):
        state = builds.state(build_id, context.credentials())
    return build_id, state


def terminated(state: BuildState) -> str:
    """Say how a build ended, in CodePipeline's words."""
    reason = f" {state.reason}" if state.reason else ""
    return f"Build terminated with state: {state.status}.{reason}"


def build_request(context: TaskContext, revisions: Mapping[str, str]) -> BuildRequest:
    """Read the configuration of an action or a rule, for a build without outputs; ``ActionError`` for what it can't be.

    ``revisions`` gives the commit of each input artifact that is a source's own.
    """
    configuration = context.configuration
    for key in ("BatchEnabled", "CombineArtifacts"):
        if configuration.get(key) == "true":
            raise ActionError("ConfigurationError", f"Batch builds are not run by the local AWS: leave out {key}.")
    primary = configuration.get("PrimarySource", "")
    if not primary and len(context.inputs) > 1:
        raise ActionError("ConfigurationError", "With several input artifacts, PrimarySource must name one of them.")
    if primary and primary not in context.inputs:
        names = ", ".join(context.inputs)
        raise ActionError("ConfigurationError", f"PrimarySource {primary} is not one of the input artifacts: {names}.")
    return BuildRequest(
        project=configuration["ProjectName"],
        sources=context.inputs,
        primary=primary or next(iter(context.inputs)),
        artifacts={},
        encryption_key="",
        variables=environment_variables(configuration.get("EnvironmentVariables", "[]")),
        revision=revisions.get(primary or next(iter(context.inputs)), ""),
        buildspec=configuration.get("BuildspecOverride", ""),
    )


def environment_variables(text: str) -> tuple[EnvironmentVariable, ...]:
    """Read the JSON list of ``{"name", "value", "type"}``; ``ActionError`` where it is none."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ActionError("ConfigurationError", f"EnvironmentVariables is not valid JSON: {error}.") from error
    if not isinstance(found, list):
        raise ActionError("ConfigurationError", "EnvironmentVariables is not a JSON list.")
    return tuple(_variable(each) for each in found)


def _variable(found: object) -> EnvironmentVariable:
    members = found if isinstance(found, dict) else {}
    name, value, kind = members.get("name"), members.get("value"), members.get("type", VARIABLE_TYPES[0])
    if not (isinstance(name, str) and name and isinstance(value, str)):
        message = "Each of EnvironmentVariables needs a name and a value, both text"
        raise ActionError("ConfigurationError", f"{message}; found {json.dumps(found)}.")
    unknown = sorted(set(members) - {"name", "value", "type"})
    if unknown:
        message = f"Environment variable {name} has an unknown member {unknown[0]}; allowed are name, value, type."
        raise ActionError("ConfigurationError", message)
    if kind not in VARIABLE_TYPES:
        allowed = ", ".join(VARIABLE_TYPES)
        raise ActionError("ConfigurationError", f"Environment variable {name} has type {kind!r}; allowed: {allowed}.")
    return EnvironmentVariable(name, value, kind)
