"""Writes down the phases of a build as they pass.

Shape: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local_aws.platform.service import Json
from local_aws.services.codebuild.api.store import IN_PROGRESS, Build, BuildStore
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.builds.failures import PhaseError
from local_aws.services.codebuild.builds.interruption import TIMED_OUT, InterruptedBuildError

SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
FAULT = "FAULT"
LOGGED = ("DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS")
"""The phases whose end the agent writes into the log."""
COMPLETED = "COMPLETED"


@dataclass
class Phase:
    """How a phase goes; ``fail`` ends it as FAILED without ending the build."""

    status: str = SUCCEEDED
    code: str = ""
    message: str = ""

    def fail(self, code: str, message: str) -> None:
        """Set the phase's context."""
        self.status, self.code, self.message = FAILED, code, message


class PhaseRecord:
    """The phases of one build; ``log`` is set once there is one."""

    def __init__(self, store: BuildStore, build_id: str, now: Callable[[], float]) -> None:
        self._store, self._build_id, self._now = store, build_id, now
        self.log: BuildLog | None = None
        self.mask: Callable[[str], str] = str

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        """Run the block as the phase ``name``; what it raises becomes the phase's context, and is raised on."""
        self._begin(name)
        phase = Phase()
        try:
            yield phase
        except PhaseError as error:
            phase.fail(error.code, error.message)
            raise
        except InterruptedBuildError as error:
            phase.status = error.status
            if error.status == TIMED_OUT:
                phase.code, phase.message = "BUILD_TIMED_OUT", "Build has timed out. "
            raise
        except Exception as error:
            phase.status, phase.code = FAULT, "INTERNAL_SERVICE_ERROR"
            phase.message = f"The local AWS failed: {type(error).__name__}: {error}"
            raise
        finally:
            self._end(name, phase)

    def complete(self, status: str) -> Build:
        """End the build."""

        def change(build: Build) -> None:
            now = self._now()
            build.record["phases"].append({"phaseType": COMPLETED, "startTime": now})
            build.record.update(currentPhase=COMPLETED, buildStatus=status, buildComplete=True, endTime=now)

        return self._store.change(self._build_id, change)

    def _begin(self, name: str) -> None:
        def change(build: Build) -> None:
            build.record["currentPhase"] = name
            build.record["phases"].append({"phaseType": name, "startTime": self._now(), "contexts": []})

        self._store.change(self._build_id, change)

    def _end(self, name: str, phase: Phase) -> None:
        message = self.mask(phase.message)
        end_phase(self._store, self._build_id, self._now(), Phase(phase.status, phase.code, message))
        if self.log and name in LOGGED:
            self.log.event(f"Phase complete: {name} State: {phase.status}")
            self.log.event(f"Phase context status code: {phase.code} Message: {message}")


def begun(name: str, now: float) -> Json:
    """Return the record of a phase that has just begun and ended, such as SUBMITTED."""
    return {
        "phaseType": name,
        "phaseStatus": SUCCEEDED,
        "startTime": now,
        "endTime": now,
        "durationInSeconds": 0,
        "contexts": [],
    }


def end_phase(store: BuildStore, build_id: str, now: float, phase: Phase) -> None:
    """Write down how the phase that runs has ended."""

    def change(build: Build) -> None:
        last = build.record["phases"][-1]
        last.update(
            phaseStatus=phase.status,
            endTime=now,
            durationInSeconds=max(0, int(now - last["startTime"])),
            contexts=[{"statusCode": phase.code, "message": phase.message}],
        )

    # The next phase begins at once, and that is written: one write for both halves the waiting for the disk.
    store.change(build_id, change, at_once=False)


def end_interrupted(store: BuildStore, build_id: str, now: float, message: str) -> Build:
    """End a build that was running when the local AWS was killed: FAULT, and why."""
    build = store.required(build_id)
    if build.record["phases"] and build.record["phases"][-1].get("phaseStatus", IN_PROGRESS) == IN_PROGRESS:
        end_phase(store, build_id, now, Phase(FAULT, "INTERNAL_SERVICE_ERROR", message))
    return PhaseRecord(store, build_id, lambda: now).complete(FAULT)
