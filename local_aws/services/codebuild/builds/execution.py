"""Runs one build from QUEUED to COMPLETED, on a thread of its own.

Phases: https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

import threading
import traceback
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from buildspecs.reading.model import PHASES, Action, Buildspec
from local_aws.platform.context import Credentials
from local_aws.services.codebuild.api.store import Build, BuildStore
from local_aws.services.codebuild.artifacts import caches
from local_aws.services.codebuild.artifacts.artifacts import Upload
from local_aws.services.codebuild.artifacts.caches import ProjectCache
from local_aws.services.codebuild.artifacts.uploads import ArtifactUpload
from local_aws.services.codebuild.builds import buildspec_source, variables
from local_aws.services.codebuild.builds.build_log import BuildLog, Masker
from local_aws.services.codebuild.builds.events import publish_state
from local_aws.services.codebuild.builds.failures import CLIENT_ERROR, COMMAND_EXECUTION_ERROR, PhaseError
from local_aws.services.codebuild.builds.interruption import TIMED_OUT, InterruptedBuildError, Interruption, Slots
from local_aws.services.codebuild.builds.phase_record import FAILED, FAULT, SUCCEEDED, Phase, PhaseRecord
from local_aws.services.codebuild.builds.ports import BuildPorts
from local_aws.services.codebuild.builds.preparation import Preparation
from local_aws.services.codebuild.builds.provisioning import Provisioning, Session
from local_aws.services.codebuild.builds.session import assume_role, copy_log_to_s3, open_sink
from local_aws.services.codebuild.reports.records import ReportStore
from local_aws.services.codebuild.reports.upload import ReportUpload

STOPS_THE_BUILD = ("install", "pre_build")
"""A failure in one of these ends the build; after a failed build phase, post_build still runs."""


@dataclass
class Execution:
    """One build. ``run`` returns when it is COMPLETED, whatever happened."""

    surroundings: BuildPorts
    store: BuildStore
    reports: ReportStore
    slots: Slots
    build: Build
    interruption: Interruption
    _stack: ExitStack = field(default_factory=ExitStack)
    _afterwards: ExitStack = field(default_factory=ExitStack)
    """What nobody waits for: to remove thousands of files takes seconds."""
    _provisioned: bool = False

    def run(self) -> None:
        """Run the build, and take away what is left of it."""
        with self._afterwards:
            self._run()

    def _run(self) -> None:
        self._record = PhaseRecord(self.store, self.build.id, self.surroundings.clock.now)
        self._mask = Masker()
        self._record.mask = self._mask
        publish_state(self.surroundings, self.build)
        status = self._status()
        if self._provisioned:
            with suppress(Exception), self._record.phase("FINALIZING"):
                self._stack.close()
        self._stack.close()
        publish_state(self.surroundings, self._record.complete(status))

    def _status(self) -> str:
        try:
            return self._phases()
        except InterruptedBuildError as ended:
            return ended.status
        except PhaseError:
            return FAILED
        except Exception:  # noqa: BLE001 - a fault of ours ends this build as FAULT, never the service
            if self._record.log:
                self._record.log.output(traceback.format_exc().splitlines())
            return FAULT

    def _phases(self) -> str:
        with self._record.phase("QUEUED"):
            credentials, log = self._admitted()
        self._provisioned = True
        with self._record.phase("PROVISIONING"):
            session = Provisioning(
                self.build, self.surroundings, log, self.interruption, self._stack, self._afterwards
            ).session()
        with self._record.phase("DOWNLOAD_SOURCE"):
            prepared = self._preparation(credentials, session)
            buildspec = self._prepare(prepared, session)
        succeeded, attempt_upload = self._commands(buildspec, session)
        if attempt_upload:
            with self._record.phase("UPLOAD_ARTIFACTS") as phase:
                texts = self._expanded(session, buildspec_source.expanded_texts(buildspec))
                # From here on nothing of the build runs that could put a link in the place of a file.
                session.end_commands()
                self._upload(buildspec, session, prepared, phase, texts, succeeded=succeeded)
                succeeded = succeeded and phase.status == SUCCEEDED
        return SUCCEEDED if succeeded else FAILED

    def _admitted(self) -> tuple[Credentials, BuildLog]:
        clock, record = self.surroundings.clock, self.build.record
        self.slots.take(self.interruption, record["queuedTimeoutInMinutes"] * clock.minute)
        self._stack.callback(self.slots.give_back)
        seconds = record["timeoutInMinutes"] * clock.minute
        deadline = threading.Timer(seconds, self.interruption.interrupt, [TIMED_OUT])
        deadline.daemon = True
        deadline.start()
        self._stack.callback(deadline.cancel)
        credentials = assume_role(self.build, self.surroundings)
        sink = open_sink(self.build, self.surroundings, credentials)
        log = BuildLog(self.store.log_file(self.build.id), sink, self._mask, clock.now)
        self._record.log = log
        self._stack.callback(self._close_log, log, credentials)
        return credentials, log

    def _close_log(self, log: BuildLog, credentials: Credentials) -> None:
        log.close()
        # Where the role may not write there, AWS leaves the copy out as well.
        with suppress(Exception):
            copy_log_to_s3(self.build, self.store, self.surroundings, credentials)

    def _preparation(self, credentials: Credentials, session: Session) -> Preparation:
        return Preparation(
            self.surroundings, credentials, session.workspace, session.log, self._mask, self.interruption.check
        )

    def _prepare(self, prepared: Preparation, session: Session) -> Buildspec:
        session.log.event("Phase is DOWNLOAD_SOURCE")
        session.log.event(f"CODEBUILD_SRC_DIR={session.workspace.source}")
        resolved = prepared.sources(self.build)
        if resolved:
            self.build = self.store.change(
                self.build.id, lambda build: build.record.update(resolvedSourceVersion=resolved)
            )
        buildspec = prepared.buildspec(self.build)
        values = prepared.variables(self.build, buildspec)
        session.launcher.show(prepared.runtimes(buildspec, values))
        # By its name alone, sh is found to be bash where that is there.
        session.shell.program = Path(buildspec.environment.shell).name
        statements = self._statements(session, values)
        if self._cache_wanted:
            session.shell.prepare(values, statements)
            texts = self._expanded(session, buildspec_source.keys_of(buildspec.cache))
            session.launcher.close()
            self._cache(session, texts).restore(buildspec.cache)
        session.shell.prepare(values, statements)
        self.interruption.check()
        return buildspec

    def _expanded(self, session: Session, texts: Iterable[str]) -> Mapping[str, str]:
        return {text: session.shell.expand(text) for text in texts}

    def _statements(self, session: Session, values: Mapping[str, str]) -> list[str]:
        in_container = self.surroundings.machine.container is not None
        return [f'export PATH="{session.workspace.programs}:$PATH"'] if in_container and "PATH" not in values else []

    def _commands(self, buildspec: Buildspec, session: Session) -> tuple[bool, bool]:
        """Run the four phases; tells whether all succeeded, and whether artifacts are to be attempted."""
        succeeded = True
        for name in PHASES:
            phase = buildspec.phases[name]
            with self._record.phase(name.upper()) as passing:
                failure = session.commands.run(name, phase)
                if failure:
                    passing.fail(COMMAND_EXECUTION_ERROR, failure)
            if not failure:
                continue
            succeeded = session.shell.succeeding = False
            action = phase.on_failure.action if phase.on_failure else None
            if action is not Action.CONTINUE and name in STOPS_THE_BUILD:
                return False, False
            if action is Action.ABORT:
                break
        self._export(buildspec, session)
        return succeeded, True

    def _export(self, buildspec: Buildspec, session: Session) -> None:
        names = buildspec.environment.exported_variables
        declared = variables.declared(self.build.record["environment"]["environmentVariables"], buildspec.environment)
        secret = {name for name, value in declared.items() if value.kind != variables.PLAINTEXT}
        allowed = [name for name in names if not name.startswith("AWS_") and name not in secret]
        if not allowed:
            return
        values = session.shell.values(allowed)
        exported = [{"name": name, "value": self._mask(value)} for name, value in values.items()]
        self.store.change(self.build.id, lambda build: build.record.update(exportedEnvironmentVariables=exported))

    def _upload(
        self,
        buildspec: Buildspec,
        session: Session,
        prepared: Preparation,
        phase: Phase,
        texts: Mapping[str, str],
        *,
        succeeded: bool,
    ) -> None:
        record = self.build.record
        refused: PhaseError | None = None
        try:
            upload = Upload(lambda: prepared.client("s3"), self.build.settings["encryptionKey"], record["arn"])
            made = ArtifactUpload(self.build, session.workspace, texts, session.log, upload).all(buildspec)
            self.store.change(self.build.id, lambda build: build.record.update(made))
        except PhaseError as error:
            refused = error
        self.interruption.check()
        if buildspec.reports:
            self._upload_reports(buildspec, session, prepared, phase, texts)
        if refused:
            raise refused
        if succeeded and self._cache_wanted:
            self._cache(session, texts).save(buildspec.cache)

    def _upload_reports(
        self,
        buildspec: Buildspec,
        session: Session,
        prepared: Preparation,
        phase: Phase,
        texts: Mapping[str, str],
    ) -> None:
        record = self.build.record
        upload = ReportUpload(
            surroundings=self.surroundings,
            store=self.reports,
            client=prepared.client("codebuild"),
            credentials=prepared.credentials,
            build_arn=record["arn"],
            project=record["projectName"],
            log=session.log,
            texts=texts,
        )
        arns, faults = upload.all(buildspec.reports, session.workspace.source)
        self.store.change(self.build.id, lambda build: build.record.update(reportArns=arns))
        if faults:
            phase.fail(CLIENT_ERROR, f"Error in UPLOAD_ARTIFACTS phase: {' '.join(faults)}")

    @property
    def _cache_wanted(self) -> bool:
        return caches.wanted(self.build.record["cache"])

    def _cache(self, session: Session, texts: Mapping[str, str]) -> ProjectCache:
        namespace = self.build.record["cache"].get("cacheNamespace") or self.build.record["projectName"]
        folder = self.store.folder / "caches" / f"of-{quote(namespace, safe='')}"
        return ProjectCache(folder, session.workspace, session.log, texts)
