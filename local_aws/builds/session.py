"""What lives while a build runs: its folder, its log, its shell, and where the commands go. Closing ends all of it."""

import gzip
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from local_aws.builds import containers
from local_aws.builds.build_log import BuildLog, LogSink, NoSink, cloud_watch_sink
from local_aws.builds.command_phases import CommandPhases, Tail
from local_aws.builds.containers import ContainerLauncher
from local_aws.builds.failures import PhaseError, described, refusal
from local_aws.builds.host_launcher import HostLauncher
from local_aws.builds.interruption import Interruption
from local_aws.builds.output import Output
from local_aws.builds.processes import ProcessTree
from local_aws.builds.shell import Launcher, Shell
from local_aws.builds.sources import object_of
from local_aws.builds.store import Build, BuildStore
from local_aws.builds.surroundings import Credentials, Surroundings
from local_aws.builds.workspace import Workspace

ACCESS_DENIED = "ACCESS_DENIED"


@dataclass(frozen=True)
class Session:
    """The machine of one build."""

    workspace: Workspace
    log: BuildLog
    shell: Shell
    commands: CommandPhases


def assume_role(build: Build, surroundings: Surroundings) -> Credentials:
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


def open_sink(build: Build, surroundings: Surroundings, credentials: Credentials) -> LogSink:
    """Make the build's log stream; raises ``PhaseError`` in CodeBuild's words when the role may not."""
    logs = build.record["logs"]
    if not logs.get("groupName"):
        return NoSink()
    client = surroundings.client("logs", credentials)
    try:
        _make_stream(client, logs["groupName"], logs["streamName"])
    except Exception as error:
        role, arn = build.record["serviceRole"], build.record["arn"]
        denied = f"Service role {role} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams"
        found = refusal(error)
        message = f"{denied} for build {arn}. Error message: {found[1] if found else error}"
        raise PhaseError(ACCESS_DENIED, message) from error
    return cloud_watch_sink(client, logs["groupName"], logs["streamName"])


def _make_stream(client: Any, group: str, stream: str) -> None:  # noqa: ANN401 - botocore makes its clients at run time
    try:
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    except Exception as error:
        found = refusal(error)
        if not found or found[0] != "ResourceNotFoundException":
            raise
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=stream)


@dataclass(frozen=True)
class Provisioning:
    """PROVISIONING: makes a build's folder, its shell and where commands run; ``stack`` takes it apart again."""

    build: Build
    store: BuildStore
    surroundings: Surroundings
    log: BuildLog
    interruption: Interruption
    stack: ExitStack

    def session(self) -> Session:
        """Make the machine of the build."""
        workspace = Workspace(self.store.workspace(self.build.id))
        self.stack.callback(workspace.remove)
        workspace.make(self.build.id, self.surroundings.machine)
        self.stack.callback(self._remove_containers, workspace)
        tail = Tail(self.log)
        output = Output(tail.write)
        self.stack.callback(output.close)
        launcher = self._launcher(workspace)
        self.interruption.on_interrupt(launcher.kill)
        self.stack.callback(self.interruption.on_interrupt, lambda: None)
        shell = Shell(workspace, "/bin/sh", launcher, output, self.interruption)
        return Session(workspace, self.log, shell, CommandPhases(shell, self.log, tail))

    def _launcher(self, workspace: Workspace) -> Launcher:
        machine = self.surroundings.machine
        if machine.container is None:
            tree = ProcessTree.of(self.build.id)
            self._remember(tree)
            host = HostLauncher(workspace, tree, machine.path)
            self.stack.callback(host.close)
            return host
        image = machine.container.image or self.build.record["environment"]["image"]
        container = ContainerLauncher(self.build.id, workspace, machine.container, image)
        self.stack.callback(container.close)
        container.open()
        return container

    def _remember(self, tree: ProcessTree) -> None:
        """Write down where the processes are, so that they can be ended when this process was killed."""

        def change(stored: Build) -> None:
            stored.settings["controlGroup"] = str(tree.group) if tree.group else ""

        self.store.change(self.build.id, change)

    def _remove_containers(self, workspace: Workspace) -> None:
        if workspace.docker_marker.exists():
            containers.remove_left_behind(self.build.id)


def copy_log_to_s3(build: Build, store: BuildStore, around: Surroundings, credentials: Credentials) -> None:
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
