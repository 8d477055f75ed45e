"""PROVISIONING: makes the machine of one build: its folder, its shell, and where its commands run."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from local_aws.services.codebuild.api.store import Build
from local_aws.services.codebuild.builds.build_log import BuildLog, Output
from local_aws.services.codebuild.builds.command_phases import CommandPhases, Tail
from local_aws.services.codebuild.builds.interruption import Interruption
from local_aws.services.codebuild.builds.ports import BuildPorts, Machine
from local_aws.services.codebuild.docker_proxy.client import Engine, EngineError
from local_aws.services.codebuild.docker_proxy.proxy import Proxy
from local_aws.services.codebuild.docker_proxy.rules import Rules
from local_aws.services.codebuild.machine import sandbox, system_view
from local_aws.services.codebuild.machine.agent_launcher import AGENT, INTERPRETER, AgentLauncher
from local_aws.services.codebuild.machine.container_launcher import ContainerLauncher
from local_aws.services.codebuild.machine.launching import Launcher
from local_aws.services.codebuild.machine.processes import MARK, ProcessTree
from local_aws.services.codebuild.machine.sandbox import Sandbox
from local_aws.services.codebuild.machine.shell import Shell
from local_aws.services.codebuild.machine.workspace import Workspace


@dataclass(frozen=True)
class Session:
    """The machine of one build."""

    workspace: Workspace
    log: BuildLog
    shell: Shell
    commands: CommandPhases
    launcher: Launcher
    engine: Proxy | None

    def end_commands(self) -> None:
        """End all that commands left running, containers included: what they wrote stays as it is from now on."""
        self.launcher.close()
        if self.engine:
            close_engine(self.engine)


@dataclass(frozen=True)
class Provisioning:
    """``stack`` takes apart again what ``session`` makes; ``afterwards`` takes its files away."""

    build: Build
    surroundings: BuildPorts
    log: BuildLog
    interruption: Interruption
    stack: ExitStack
    afterwards: ExitStack

    def session(self) -> Session:
        """Make the machine of the build."""
        machine = self.surroundings.machine
        workspace = Workspace(folder_of(self.surroundings.running, self.build.id))
        self.afterwards.callback(workspace.remove)
        workspace.make(machine)
        engine = self._engine(workspace)
        tail = Tail(self.log)
        output = Output(tail.write)
        self.stack.callback(output.close)
        launcher = self._launcher(workspace, output.descriptor)
        self.interruption.on_interrupt(launcher.kill)
        self.stack.callback(self.interruption.on_interrupt, lambda: None)
        shell = Shell(workspace, launcher, output, self.interruption)
        return Session(workspace, self.log, shell, CommandPhases(shell, self.log, tail), launcher, engine)

    @property
    def _privileged(self) -> bool:
        return bool(self.build.record["environment"].get("privilegedMode"))

    def _engine(self, workspace: Workspace) -> Proxy | None:
        if not self._privileged:
            return None
        engine = Engine(self.surroundings.machine.engine)
        rules = Rules(self.build.id, engine, (workspace.source, *secondary_sources(self.build, workspace)))
        proxy = Proxy(workspace.engine, engine, rules)
        self.stack.callback(close_engine, proxy)
        proxy.open()
        return proxy

    def _launcher(self, workspace: Workspace, output: int) -> Launcher:
        machine = self.surroundings.machine
        launcher: Launcher
        if machine.container is None:
            confined = self._sandbox(workspace)
            environment = self._environment(workspace, confined=confined is not None)
            launcher = AgentLauncher(environment, output, ProcessTree(self.build.id), confined)
            self.stack.callback(launcher.close)
            return launcher
        image = machine.container.image or self.build.record["environment"]["image"]
        launcher = ContainerLauncher(
            self.build.id, workspace, machine.container, image, output, machine.engine, self._privileged
        )
        self.stack.callback(launcher.close)
        launcher.open()
        return launcher

    def _sandbox(self, workspace: Workspace) -> Sandbox | None:
        machine = self.surroundings.machine
        if not machine.confined:
            return None
        if sandbox.why_unusable():
            self.log.event(sandbox.warning())
            return None
        return Sandbox(
            path=machine.path,
            shown=[*own_programs(machine), workspace.programs],
            hidden=machine.hidden,
            own=workspace.written_by_commands,
            temporary=workspace.temporary,
            private=workspace.shell,
            engine=workspace.engine if self._privileged else None,
        )

    def _environment(self, workspace: Workspace, *, confined: bool) -> Mapping[str, str]:
        path = os.pathsep.join([str(workspace.programs), str(workspace.python / "bin"), self.surroundings.machine.path])
        values = {MARK: self.build.id, "HOME": str(workspace.home), "PATH": path, "LC_ALL": "C.UTF-8"}
        if confined:
            return values
        # Without a sandbox, /tmp and the engine's usual socket are those of the machine. The socket is only there in a
        # privileged build.
        return {**values, "TMPDIR": str(workspace.temporary), "DOCKER_HOST": f"unix://{workspace.engine}"}


def folder_of(running: Path, build_id: str) -> Path:
    """Return the folder of a build."""
    return running / build_id.rpartition(":")[2]


def secondary_sources(build: Build, workspace: Workspace) -> list[Path]:
    """Return the folders of a build's further sources."""
    return [workspace.secondary_source(source["sourceIdentifier"]) for source in build.record["secondarySources"]]


def own_programs(machine: Machine) -> list[Path]:
    """Return what the agent and the lent AWS CLI are made of."""
    programs = [INTERPRETER, *([machine.aws_program] if machine.aws_program else [])]
    found = [system_view.installation_of(program) for program in programs]
    return [AGENT, *(folder for folder in found if folder)]


def close_engine(proxy: Proxy) -> None:
    """Cut the build off its engine, and remove what it made there."""
    proxy.close()
    if proxy.rules.used:
        try:
            proxy.engine.remove_all_of(proxy.rules.build_id)
        except EngineError:
            # An engine that is gone has nothing left to remove.
            return
