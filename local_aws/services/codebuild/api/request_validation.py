"""StartBuild's request and the project become the record of a build.

Fields: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from local_aws.platform.request_validation import check_request
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codebuild.api.store import IN_PROGRESS, Build
from local_aws.services.codebuild.builds import variables
from local_aws.services.codebuild.builds.buildspec_source import is_inline
from local_aws.services.codebuild.builds.phase_record import begun
from local_aws.services.codebuild.builds.ports import BuildPorts

SOURCES = ("CODEPIPELINE", "GITHUB", "S3", "NO_SOURCE")
"""The kinds of source that can be had on this machine."""
ARTIFACTS = ("CODEPIPELINE", "S3", "NO_ARTIFACTS")
TIMEOUT_MINUTES = (5, 2160)
QUEUED_MINUTES = (5, 480)

SOURCE_OVERRIDES = {
    "sourceTypeOverride": "type",
    "sourceLocationOverride": "location",
    "sourceAuthOverride": "auth",
    "gitCloneDepthOverride": "gitCloneDepth",
    "gitSubmodulesConfigOverride": "gitSubmodulesConfig",
    "buildspecOverride": "buildspec",
    "insecureSslOverride": "insecureSsl",
    "reportBuildStatusOverride": "reportBuildStatus",
    "buildStatusConfigOverride": "buildStatusConfig",
}
ENVIRONMENT_OVERRIDES = {
    "environmentTypeOverride": "type",
    "imageOverride": "image",
    "computeTypeOverride": "computeType",
    "certificateOverride": "certificate",
    "privilegedModeOverride": "privilegedMode",
    "imagePullCredentialsTypeOverride": "imagePullCredentialsType",
}
OTHERS = (
    *("projectName", "idempotencyToken", "sourceVersion", "serviceRoleOverride", "encryptionKeyOverride"),
    *("environmentVariablesOverride", "artifactsOverride", "secondaryArtifactsOverride", "secondarySourcesOverride"),
    *("secondarySourcesVersionOverride", "logsConfigOverride", "cacheOverride", "debugSessionEnabled"),
    *("timeoutInMinutesOverride", "queuedTimeoutInMinutesOverride"),
)
NOT_HERE = ("fleetOverride", "autoRetryLimitOverride", "hostKernelOverride", "registryCredentialOverride")
AWS_MANAGED_KEY = ":alias/aws/s3"
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")
ARTIFACT_FIELDS = ("overrideArtifactName", "encryptionDisabled", "artifactIdentifier", "bucketOwnerAccess")


def invalid(message: str) -> ServiceError:
    """Make the error for a request that can't be granted."""
    return ServiceError("InvalidInputException", message)


def checked(request: Json) -> Json:
    """Return the request when all its fields are known and well formed; else raise InvalidInputException."""
    known = {*SOURCE_OVERRIDES, *ENVIRONMENT_OVERRIDES, *OTHERS}
    for name in request:
        if name in NOT_HERE:
            raise invalid(f"{name} is not supported by the local AWS; leave it out")
        if name not in known:
            raise invalid(f"Unknown field {name} in StartBuild")
    try:
        check_request("codebuild", "StartBuild", request)
    except ServiceError as error:
        raise invalid(error.message) from error
    if request.get("debugSessionEnabled"):
        raise invalid("debugSessionEnabled is not supported by the local AWS; leave it out")
    return request


def build_of(request: Json, project: Json, identity: Mapping[str, str], number: int, around: BuildPorts) -> Build:
    """Make the record; ``identity`` has id, arn, uuid and initiator."""
    settings = _settings(request, project)
    now = around.clock.now()
    logs = request.get("logsConfigOverride") or project.get("logsConfig") or {}
    record: Json = {
        "id": identity["id"],
        "arn": identity["arn"],
        "buildNumber": number,
        "startTime": now,
        "currentPhase": "SUBMITTED",
        "buildStatus": IN_PROGRESS,
        "buildComplete": False,
        "projectName": project["name"],
        "phases": [begun("SUBMITTED", now)],
        **_sources(request, project),
        "artifacts": shown_artifact(settings["artifacts"]),
        "secondaryArtifacts": [shown_artifact(item) for item in settings["secondaryArtifacts"]],
        "cache": request.get("cacheOverride") or project.get("cache") or {"type": "NO_CACHE"},
        "environment": _environment(request, project),
        "serviceRole": request.get("serviceRoleOverride") or project.get("serviceRole", ""),
        "logs": _logs(logs, project, identity, around),
        "timeoutInMinutes": _minutes(request, project, "timeoutInMinutes", 60, TIMEOUT_MINUTES),
        "queuedTimeoutInMinutes": _minutes(request, project, "queuedTimeoutInMinutes", 480, QUEUED_MINUTES),
        "initiator": identity["initiator"],
        "encryptionKey": settings["encryptionKey"]
        or f"arn:aws:kms:{around.region}:{around.account_id}{AWS_MANAGED_KEY}",
        "exportedEnvironmentVariables": [],
        "reportArns": [],
    }
    build = Build(record, settings)
    _check(build)
    return build


def _settings(request: Json, project: Json) -> Json:
    artifacts = request.get("artifactsOverride") or project.get("artifacts") or {"type": "NO_ARTIFACTS"}
    if artifacts["type"] == "CODEPIPELINE" and not artifacts.get("location"):
        # The pipeline's action has no output artifact, or several; then they are the secondary ones.
        artifacts = {"type": "NO_ARTIFACTS"}
    secondary = request.get("secondaryArtifactsOverride", project.get("secondaryArtifacts"))
    key = request.get("encryptionKeyOverride") or project.get("encryptionKey") or ""
    return {
        "request": request,
        "artifacts": artifacts,
        "secondaryArtifacts": secondary or [],
        # S3 encrypts under the key that AWS manages by itself; only a customer's key is named when an object is put.
        "encryptionKey": "" if key.endswith(AWS_MANAGED_KEY) else key,
    }


def _sources(request: Json, project: Json) -> Json:
    versions = request.get("secondarySourcesVersionOverride", project.get("secondarySourceVersions"))
    sources: Json = {
        "source": _source(request, project),
        "secondarySources": request.get("secondarySourcesOverride", project.get("secondarySources")) or [],
        "secondarySourceVersions": versions or [],
    }
    version = request.get("sourceVersion") or project.get("sourceVersion")
    return sources | ({"sourceVersion": version} if version else {})


def shown_artifact(settings: Json) -> Json:
    """Return what BatchGetBuilds shows of an artifact that is yet to be made."""
    shown = {name: settings[name] for name in ARTIFACT_FIELDS if settings.get(name) is not None}
    return {"location": "", **shown} if settings.get("type") != "NO_ARTIFACTS" else shown


def _source(request: Json, project: Json) -> Json:
    source = dict(project.get("source") or {})
    if request.get("sourceTypeOverride", source.get("type")) != source.get("type"):
        source.pop("location", None)
    return source | _given(request, SOURCE_OVERRIDES)


def _environment(request: Json, project: Json) -> Json:
    environment = dict(project.get("environment") or {}) | _given(request, ENVIRONMENT_OVERRIDES)
    declared = environment.get("environmentVariables") or []
    environment["environmentVariables"] = variables.overridden(
        declared, request.get("environmentVariablesOverride", [])
    )
    return environment


def _given(request: Json, overrides: Mapping[str, str]) -> Json:
    return {name: request[override] for override, name in overrides.items() if override in request}


def _minutes(request: Json, project: Json, name: str, default: int, allowed: Sequence[int]) -> int:
    minutes = int(request.get(f"{name}Override") or project.get(name) or default)
    if not allowed[0] <= minutes <= allowed[1]:
        raise invalid(f"Invalid {name}: {minutes}. It must be between {allowed[0]} and {allowed[1]}")
    return minutes


def _logs(config: Json, project: Json, identity: Mapping[str, str], around: BuildPorts) -> Json:
    cloud = {"status": "ENABLED"} | (config.get("cloudWatchLogs") or {})
    logs: Json = {"cloudWatchLogs": cloud, "s3Logs": config.get("s3Logs") or {"status": "DISABLED"}}
    if cloud["status"] == "ENABLED":
        group = cloud.get("groupName") or f"/aws/codebuild/{project['name']}"
        stream = "/".join(part for part in (cloud.get("streamName"), identity["uuid"]) if part)
        console = f"https://console.aws.amazon.com/cloudwatch/home?region={around.region}#logsV2:log-groups"
        names = [quote(quote(name, safe="")).replace("%", "$") for name in (group, stream)]
        logs["groupName"], logs["streamName"] = group, stream
        logs["deepLink"] = f"{console}/log-group/{names[0]}/log-events/{names[1]}"
        arn = f"arn:aws:logs:{around.region}:{around.account_id}:log-group:{group}:log-stream:{stream}"
        logs["cloudWatchLogsArn"] = arn
    return logs


def _check(build: Build) -> None:
    _check_source(build.record["source"])
    for item in build.record["secondarySources"]:
        _check_secondary(item)
    for item in (build.settings["artifacts"], *build.settings["secondaryArtifacts"]):
        if item.get("type") not in ARTIFACTS:
            raise invalid(f"Invalid artifacts type {item.get('type')}; allowed are {', '.join(ARTIFACTS)}")
        if item["type"] != "NO_ARTIFACTS" and not item.get("location"):
            raise invalid(f"Invalid artifacts: location must be given for type {item['type']}")
    for name in ("image", "type", "computeType"):
        if not build.record["environment"].get(name):
            raise invalid(f"Invalid environment: {name} must be given")
    if not build.record["serviceRole"]:
        raise invalid("The service role is required")


def _check_source(source: Json) -> None:
    kind = source.get("type")
    if kind not in SOURCES:
        raise invalid(f"Source type {kind} is not supported by the local AWS; allowed are {', '.join(SOURCES)}")
    if kind == "CODEPIPELINE" and not source.get("location"):
        raise invalid(
            "A project with source type CODEPIPELINE is started by its pipeline; give sourceTypeOverride else"
        )
    if kind != "NO_SOURCE" and not source.get("location"):
        raise invalid(f"Invalid project source: location must be given for source type {kind}")
    if kind == "NO_SOURCE" and not is_inline(source.get("buildspec", "")):
        raise invalid("Project source type NO_SOURCE needs a buildspec as text, in the project or as buildspecOverride")


def _check_secondary(source: Json) -> None:
    if source.get("type") not in SOURCES or not IDENTIFIER.fullmatch(source.get("sourceIdentifier", "")):
        message = "Each secondary source needs a sourceIdentifier of letters, digits, _ and -, and a type out of "
        raise invalid(message + ", ".join(SOURCES))
    if source["type"] != "NO_SOURCE" and not source.get("location"):
        raise invalid(f"Invalid secondary source {source['sourceIdentifier']}: location must be given")
