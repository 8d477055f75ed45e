"""Builds through the CodeBuild API, as the role that the pipeline acts with: IAM decides on each call."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.actions.build import BuildRequest, BuildState
from local_aws.services.codepipeline.engine.ports import ActionError
from local_aws.services.codepipeline.store.records import Location

KIND = "CODEPIPELINE"
DENIALS = ("AccessDenied", "AccessDeniedException")


class ApiBuilds:
    """Starts and asks for builds; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def start(self, request: BuildRequest, credentials: Credentials) -> str:
        """Start a build on the pipeline's artifacts."""
        with _refusals("startBuild"):
            answer = self._client("codebuild", credentials).start_build(**start_members(request))
            return str(answer["build"]["id"])

    def state(self, build_id: str, credentials: Credentials) -> BuildState:
        """Report how a build stands."""
        with _refusals("batchGetBuilds"):
            found = self._client("codebuild", credentials).batch_get_builds(ids=[build_id])["builds"]
        if not found:
            raise ActionError("JobFailed", f"The build {build_id} is not known any more.")
        build = found[0]
        logs = build.get("logs", {})
        exported = {each["name"]: each["value"] for each in build.get("exportedEnvironmentVariables", [])}
        return BuildState(
            status=build["buildStatus"],
            reason=_reason(build),
            exported=exported,
            url=logs.get("deepLink", ""),
            log_stream_arn=logs.get("cloudWatchLogsArn", ""),
        )


def start_members(request: BuildRequest) -> dict[str, Any]:
    """Give StartBuild's members: artifacts travel in the overrides of source and artifacts."""
    members: dict[str, Any] = {
        "projectName": request.project,
        "sourceTypeOverride": KIND,
        "sourceLocationOverride": _arn(request.sources[request.primary]),
        "secondarySourcesOverride": [
            {"type": KIND, "sourceIdentifier": name, "location": _arn(location)}
            for name, location in request.sources.items()
            if name != request.primary
        ],
        "environmentVariablesOverride": [
            {"name": each.name, "value": each.value, "type": each.type} for each in request.variables
        ],
    }
    single = len(request.artifacts) == 1
    places = [
        {"type": KIND, "location": location.bucket, "name": location.key}
        | ({} if single else {"artifactIdentifier": name})
        for name, location in request.artifacts.items()
    ]
    if places:
        members |= {"artifactsOverride": places[0]} if single else {"secondaryArtifactsOverride": places}
    optional = {
        "sourceVersion": request.revision,
        "encryptionKeyOverride": request.encryption_key,
        "buildspecOverride": request.buildspec,
    }
    return members | {name: value for name, value in optional.items() if value}


def _arn(location: Location) -> str:
    return f"arn:aws:s3:::{location.bucket}/{location.key}"


def _reason(build: Mapping[str, Any]) -> str:
    """Return the first phase that failed, in the words that CodePipeline shows."""
    for phase in build.get("phases", []):
        for context in phase.get("contexts", []):
            if context.get("message") and phase.get("phaseStatus") != "SUCCEEDED":
                code = context.get("statusCode", "")
                return f"Phase: {phase['phaseType']}, Code: {code}, Message: {context['message']}"
    return ""


@contextmanager
def _refusals(call: str) -> Iterator[None]:
    """Turn what the CodeBuild API refuses into the action's error, in CodePipeline's words."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first build starts

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
        told = f"Error calling {call}: {message} (Service: AWSCodeBuild; Status Code: {status}; Error Code: {code})"
        raise ActionError("PermissionError" if code in DENIALS else "ConfigurationError", told) from error
