"""The role of a build, and where its log goes."""

import gzip
import shutil
import tempfile
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codebuild.api.store import Build, BuildStore
from local_aws.services.codebuild.artifacts.sources import object_of
from local_aws.services.codebuild.builds.build_log import LogSink, NoSink, cloud_watch_sink
from local_aws.services.codebuild.builds.failures import PhaseError, described, refusal
from local_aws.services.codebuild.builds.ports import BuildPorts

ACCESS_DENIED = "ACCESS_DENIED"


def assume_role(build: Build, surroundings: BuildPorts) -> Credentials:
    """Take the build's role as CodeBuild does; raises ``PhaseError`` when the role doesn't let it."""
    record = build.record
    name = f"AWSCodeBuild-{record['id'].rpartition(':')[2]}"
    source = surroundings.arn(f"project/{record['projectName']}")
    try:
        return surroundings.assume_role(record["serviceRole"], source, name, build.settings.get("execution", ""))
    except Exception as error:
        message = (
            f"CodeBuild is not authorized to perform: sts:AssumeRole on {record['serviceRole']}: {described(error)}"
        )
        raise PhaseError(ACCESS_DENIED, message) from error


def open_sink(build: Build, surroundings: BuildPorts, credentials: Credentials) -> LogSink:
    """Make the build's log stream; raises ``PhaseError`` in CodeBuild's words when the role may not."""
    logs = build.record["logs"]
    if not logs.get("groupName"):
        return NoSink()
    client = surroundings.client("logs", credentials)
    try:
        make_stream(client, logs["groupName"], logs["streamName"])
    except Exception as error:
        role, arn = build.record["serviceRole"], build.record["arn"]
        denied = f"Service role {role} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams"
        found = refusal(error)
        message = f"{denied} for build {arn}. Error message: {found[1] if found else error}"
        raise PhaseError(ACCESS_DENIED, message) from error
    return cloud_watch_sink(client, logs["groupName"], logs["streamName"])


def make_stream(client: Any, group: str, stream: str) -> None:  # noqa: ANN401 - botocore makes its clients at run time
    """Make a log stream, and its group where there is none; raises what the API refuses it with."""
    try:
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    except Exception as error:
        found = refusal(error)
        if not found or found[0] != "ResourceNotFoundException":
            raise
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=stream)


def copy_log_to_s3(build: Build, store: BuildStore, around: BuildPorts, credentials: Credentials) -> None:
    """Put the whole log where the project's ``s3Logs`` say."""
    settings = build.record["logs"].get("s3Logs", {})
    if settings.get("status") != "ENABLED":
        return
    folder = object_of(settings["location"])
    key = "/".join(part for part in (folder.key.strip("/"), f"{build.id.rpartition(':')[2]}.gz") if part)
    with tempfile.TemporaryFile(dir=store.folder) as compressed:
        with store.log_file(build.id).open("rb") as log, gzip.open(compressed, "wb") as writing:
            shutil.copyfileobj(log, writing)
        compressed.seek(0)
        around.client("s3", credentials).put_object(Bucket=folder.bucket, Key=key, Body=compressed)
