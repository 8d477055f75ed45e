"""The operations of CodeBuild that start, show and end builds.

Reference: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html
"""

import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from local_aws.platform.members import listed
from local_aws.platform.service import Caller, Json, Operation, ServiceError
from local_aws.services.codebuild.api.request_validation import build_of, checked, invalid
from local_aws.services.codebuild.api.sort_order import ordered
from local_aws.services.codebuild.api.store import Build, BuildStore, Tokens
from local_aws.services.codebuild.builds.execution import Execution
from local_aws.services.codebuild.builds.interruption import STOPPED, Interruption, Slots
from local_aws.services.codebuild.builds.phase_record import end_interrupted
from local_aws.services.codebuild.builds.ports import BuildPorts
from local_aws.services.codebuild.builds.provisioning import folder_of
from local_aws.services.codebuild.docker_proxy.client import Engine, EngineError
from local_aws.services.codebuild.machine.processes import ProcessTree
from local_aws.services.codebuild.machine.workspace import Workspace
from local_aws.services.codebuild.reports.records import ReportStore

MOST_IDS = 100
STOP_SECONDS = 4.0
ENDED_WITH_THE_SERVICE = (
    "The local AWS was ended while this build ran. Its processes were killed, nothing was uploaded after that; "
    "start it again (RetryBuild, or the pipeline's retry)."
)


@dataclass
class _Running:
    interruption: Interruption
    thread: threading.Thread


@dataclass
class BuildService:
    """Builds of one account and region. ``start`` clears up after an earlier process; ``stop`` ends all builds."""

    surroundings: BuildPorts
    store: BuildStore
    reports: ReportStore
    _running: dict[str, _Running] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _tokens: Tokens = field(default_factory=Tokens)

    def __post_init__(self) -> None:
        self._slots = Slots(self.surroundings.builds_at_once)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by name."""
        return {
            "StartBuild": self.start_build,
            "StopBuild": self.stop_build,
            "RetryBuild": self.retry_build,
            "BatchGetBuilds": self.batch_get_builds,
            "BatchDeleteBuilds": self.batch_delete_builds,
            "ListBuilds": self.list_builds,
            "ListBuildsForProject": self.list_builds_for_project,
        }

    def start(self) -> None:
        """End the builds that ran when the process before this one was killed: processes, folders, records."""
        for build in self.store.all():
            if build.id in self._running:
                continue
            if build.running:
                self._clear_away(build)
                end_interrupted(self.store, build.id, self.surroundings.clock.now(), ENDED_WITH_THE_SERVICE)
            elif folder_of(self.surroundings.running, build.id).exists():
                # It had ended, and its files were being removed.
                Workspace(folder_of(self.surroundings.running, build.id)).remove()

    def stop(self) -> None:
        """End all running builds, and wait a little for them."""
        with self._lock:
            running = list(self._running.values())
        for build in running:
            build.interruption.interrupt(STOPPED)
        deadline = threading.Event()
        timer = threading.Timer(STOP_SECONDS, deadline.set)
        timer.daemon = True
        timer.start()
        for build in running:
            while build.thread.is_alive() and not deadline.is_set():
                build.thread.join(0.1)
        timer.cancel()

    def start_build(self, caller: Caller, request: Json) -> Json:
        """Start a build of a project."""
        checked(request)
        token = request.get("idempotencyToken", "")
        with self._lock:
            earlier = self._tokens.build_of(token, request, self.surroundings.clock.now())
            if earlier:
                return {"build": self.store.required(earlier).record}
            build = self._new(caller, request)
            self._tokens.remember(token, request, build.id, self.surroundings.clock.now())
            self._run(build)
        return {"build": build.record}

    def retry_build(self, caller: Caller, request: Json) -> Json:
        """Start a build anew with the request it was started with."""
        if not request.get("id"):
            raise invalid("id is required")
        earlier = self.store.required(request["id"])
        if earlier.running:
            raise invalid(f"Build {earlier.id} is still running; only a build that has ended can be retried")
        again = {key: value for key, value in earlier.settings["request"].items() if key != "idempotencyToken"}
        token = {"idempotencyToken": request["idempotencyToken"]} if request.get("idempotencyToken") else {}
        return self.start_build(caller, again | token)

    def stop_build(self, _caller: Caller, request: Json) -> Json:
        """End a running build; a build that has ended stays as it is."""
        build = self.store.required(request.get("id") or "")
        with self._lock:
            running = self._running.get(build.id)
        if running:
            running.interruption.interrupt(STOPPED)
            # What comes back shows the build stopped, as long as its processes die as fast as they should.
            running.thread.join(STOP_SECONDS)
        return {"build": self.store.required(build.id).record}

    def batch_get_builds(self, _caller: Caller, request: Json) -> Json:
        """Show builds by id or ARN."""
        ids = _ids(request)
        found = {name: self.store.get(name) for name in dict.fromkeys(ids)}
        builds = [build.record for build in found.values() if build]
        return {"builds": builds, "buildsNotFound": [name for name, build in found.items() if not build]}

    def batch_delete_builds(self, _caller: Caller, request: Json) -> Json:
        """Forget builds that have ended."""
        deleted: list[str] = []
        kept: list[Json] = []
        for name in _ids(request):
            build = self.store.get(name)
            if build is None:
                kept.append({"id": name, "statusCode": "RESOURCE_NOT_FOUND"})
            elif build.running:
                kept.append({"id": name, "statusCode": "BUILD_IN_PROGRESS"})
            else:
                self.store.delete(build.id)
                deleted.append(build.record["arn"])
        return {"buildsDeleted": deleted, "buildsNotDeleted": kept}

    def list_builds(self, _caller: Caller, request: Json) -> Json:
        """List the ids of all builds, the newest first unless asked otherwise."""
        ids = ordered([build.id for build in self.store.all()], request)
        return listed("ids", ids, request, "InvalidInputException")

    def list_builds_for_project(self, _caller: Caller, request: Json) -> Json:
        """List the ids of a project's builds."""
        name = request.get("projectName") or ""
        self._project(name)
        ids = [build.id for build in self.store.all() if build.record["projectName"] == name]
        return listed("ids", ordered(ids, request), request, "InvalidInputException")

    def wait(self, build_id: str, seconds: float) -> bool:
        """Wait until a build has ended; False when it still runs after ``seconds``."""
        with self._lock:
            running = self._running.get(build_id)
        if running:
            running.thread.join(seconds)
        build = self.store.get(build_id)
        return build is None or not build.running

    def _project(self, name: str) -> Json:
        project = self.surroundings.project(name)
        if project is None:
            arn = self.surroundings.arn(f"project/{name}")
            raise ServiceError("ResourceNotFoundException", f"Project cannot be found: {arn}")
        return project

    def _new(self, caller: Caller, request: Json) -> Build:
        project = self._project(request["projectName"])
        limit = project.get("concurrentBuildLimit")
        running = sum(build.running and build.record["projectName"] == project["name"] for build in self.store.all())
        if limit and running >= limit:
            message = f"Cannot have more than {limit} builds in queue for the project {project['name']}"
            raise ServiceError("AccountLimitExceededException", message)
        unique = str(uuid.uuid4())
        build_id = f"{project['name']}:{unique}"
        identity = {"id": build_id, "arn": self.surroundings.arn(f"build/{build_id}"), "uuid": unique, "initiator": ""}
        build = build_of(request, project, identity, 0, self.surroundings)
        build.record["initiator"] = _initiator(caller, build)
        build.settings["execution"] = caller.execution_id
        build.record["buildNumber"] = self.store.next_number(project["name"])
        self.store.add(build)
        return build

    def _run(self, build: Build) -> None:
        interruption = Interruption()
        known = self.store.required(build.id)
        execution = Execution(self.surroundings, self.store, self.reports, self._slots, known, interruption)
        thread = threading.Thread(target=self._run_and_forget, args=[execution], daemon=True, name=f"build {build.id}")
        self._running[build.id] = _Running(interruption, thread)
        thread.start()

    def _run_and_forget(self, execution: Execution) -> None:
        try:
            execution.run()
        finally:
            with self._lock:
                self._running.pop(execution.build.id, None)

    def _clear_away(self, build: Build) -> None:
        ProcessTree(build.id).kill()
        machine = self.surroundings.machine
        if machine.container or build.record["environment"].get("privilegedMode"):
            with suppress(EngineError):
                Engine(machine.engine).remove_all_of(build.id)
        Workspace(folder_of(self.surroundings.running, build.id)).remove()


def _ids(request: Json) -> list[str]:
    ids = request.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_IDS or not all(isinstance(name, str) for name in ids):
        raise invalid(f"ids must be a list of 1 to {MOST_IDS} build ids")
    return ids


def _initiator(caller: Caller, build: Build) -> str:
    """Name who started it: the pipeline, or the user or role as the end of its ARN says."""
    name = caller.arn.rpartition(":")[2]
    if build.record["source"]["type"] == "CODEPIPELINE":
        return f"codepipeline/{name.rpartition('/')[2]}"
    return name.removeprefix("user/").removeprefix("assumed-role/")
