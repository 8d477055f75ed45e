"""DOWNLOAD_SOURCE: sources, buildspec, variables and cache, until the first command can run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildspecs.reading import Buildspec
from local_aws.iam.implied_actions import CLONE, READ_INPUT
from local_aws.iam.trace import Asked
from local_aws.platform.context import Credentials
from local_aws.platform.service import Json
from local_aws.services.codebuild.api.store import Build
from local_aws.services.codebuild.artifacts import sources
from local_aws.services.codebuild.builds import buildspec_source, variables
from local_aws.services.codebuild.builds.build_log import BuildLog, Masker
from local_aws.services.codebuild.builds.failures import CLIENT_ERROR, PhaseError
from local_aws.services.codebuild.builds.ports import BuildPorts
from local_aws.services.codebuild.machine import runtimes
from local_aws.services.codebuild.machine.workspace import Workspace


@dataclass(frozen=True)
class Preparation:
    """What one build needs before its commands; ``check`` raises when the build is to end."""

    surroundings: BuildPorts
    credentials: Credentials
    workspace: Workspace
    log: BuildLog
    mask: Masker
    check: Callable[[], None]

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
        """Return a client that acts as the build's role."""
        return self.surroundings.client(service, self.credentials)

    def sources(self, build: Build) -> str:
        """Bring all sources; gives the resolved version of the primary one."""
        record = build.record
        resolved = self._source(record["source"], record.get("sourceVersion", ""), self.workspace.source)
        versions = {item["sourceIdentifier"]: item["sourceVersion"] for item in record["secondarySourceVersions"]}
        for source in record["secondarySources"]:
            name = source["sourceIdentifier"]
            self._source(source, versions.get(name, ""), self.workspace.secondary_source(name))
        return resolved

    def buildspec(self, build: Build) -> Buildspec:
        """Find and read the buildspec."""
        place, text = buildspec_source.find(
            build.record["source"].get("buildspec", ""), self.workspace.source, self._text_from_s3
        )
        self.log.event(f"YAML location is {place}")
        return buildspec_source.parsed(text)

    def variables(self, build: Build, buildspec: Buildspec) -> Mapping[str, str]:
        """Return the environment of the first command; the values that came from a store are hidden in the log."""
        self.log.event("Processing environment variables")
        declared = variables.declared(build.record["environment"]["environmentVariables"], buildspec.environment)
        stored: dict[str, str] = {}
        kinds = {value.kind for value in declared.values()}
        if variables.PARAMETER_STORE in kinds:
            self.log.event("Decrypting parameter store environment variables")
            stored |= variables.parameters(self.client("ssm"), declared)
        if variables.SECRETS_MANAGER in kinds:
            stored |= variables.secrets(self.client("secretsmanager"), declared)
        role = variables.of_role(self.credentials, self.surroundings)
        keys = (self.credentials.access_key_id, self.credentials.secret_access_key, self.credentials.session_token)
        self.mask.hide([*stored.values(), *keys])
        plain = {name: value.value for name, value in declared.items() if value.kind == variables.PLAINTEXT}
        machine = {**variables.of_rehearsal(self.surroundings), **self.surroundings.machine.variables}
        return {**machine, **role, **plain, **stored, **variables.of_build(build.record, self.workspace)}

    def runtimes(self, buildspec: Buildspec, values: Mapping[str, str]) -> Sequence[Path]:
        """Check the runtimes that the buildspec names and make the build's Python; return the folders they are in.

        A version may be the name of a variable.
        """
        wanted = {
            name: values.get(version[1:], version) if version.startswith("$") else version
            for name, version in buildspec.phases["install"].runtime_versions.items()
        }
        if not wanted:
            self.log.event("No runtime version selected in buildspec.")
        for name, version in wanted.items():
            self.log.event(f"Selecting '{name}' runtime version '{version}' based on manual selections...")
        runtimes.check_names(wanted)
        if self.surroundings.machine.container:
            return []
        path = self.surroundings.machine.path
        python = runtimes.select(wanted, path)
        if python:
            runtimes.make(self.workspace.python, python)
        return runtimes.installations(path, python)

    def _source(self, source: Json, version: str, folder: Path) -> str:
        self.check()
        kind = source["type"]
        if kind == "GITHUB":
            connection = (source.get("auth") or {}).get("resource")
            if connection:
                self._ask(Asked(CLONE, connection), version or "HEAD")
            return sources.fetch_repository(source, version, folder, self.surroundings.repository)
        if kind in ("CODEPIPELINE", "S3"):
            stored = sources.object_of(source["location"], version if kind == "S3" else "")
            if kind == "CODEPIPELINE":
                self._ask(Asked(READ_INPUT, stored.arn), stored.arn)
            sources.fetch_archive(self.client("s3"), stored, folder)
            return version
        folder.mkdir(parents=True, exist_ok=True)
        return ""

    def _ask(self, asked: Asked, version: str) -> None:
        refused = self.surroundings.refusal(self.credentials, asked)
        if refused is not None:
            message = f"AccessDeniedException: {refused.sentence} for primary source and source version {version}"
            raise PhaseError(CLIENT_ERROR, message)

    def _text_from_s3(self, arn: str) -> str:
        file = self.workspace.transfer / "buildspec.yml"
        sources.download(self.client("s3"), sources.object_of(arn), file)
        return file.read_text(encoding="utf-8", errors="replace")
