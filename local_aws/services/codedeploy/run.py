"""Takes deployments from their beginning to their end: begins them at ECS, follows them, and rolls them back.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from aws_facts import facts
from local_aws.ministack.adapter import acting_in
from local_aws.ministack.ecs import code_deploy, task_sets
from local_aws.ministack.ecs.code_deploy import Progress
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codedeploy import hooks, lifecycle
from local_aws.services.codedeploy.beginning import Beginning, CannotBeginError
from local_aws.services.codedeploy.deployments import (
    CREATED,
    FAILED,
    READY,
    RUNNING,
    STOPPED,
    SUCCEEDED,
    Deployment,
    Deployments,
)
from local_aws.services.codedeploy.hooks import Hooks
from local_aws.services.ecs.rollouts.steps import SCALE_UP

_SECONDS_BETWEEN_LOOKS = 0.2
_NOT_BEGUN = Progress("IN_PROGRESS", "", "", awaiting=False)
_LOGGER = logging.getLogger("local_aws")


class Runs:
    """Runs the deployments of an account and region; a minute of theirs lasts ``minute`` seconds."""

    def __init__(
        self, deployments: Deployments, beginning: Beginning, called: Hooks, where: tuple[str, str], minute: float
    ) -> None:
        self._deployments, self._beginning, self._hooks = deployments, beginning, called
        self._where, self._minute = where, minute
        self._ending = threading.Event()
        self._lock = threading.RLock()

    def start(self) -> None:
        """Begin to look, where the process before left off."""
        threading.Thread(target=self._run, daemon=True, name="codedeploy").start()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()

    def change(self, identifier: object, change: Callable[[Deployment], None]) -> None:
        """Have a request change a deployment while nothing else does."""
        with self._lock, acting_in(*self._where):
            change(self._deployments.find(identifier))

    def end(self, deployment: Deployment, error: tuple[str, str], event: str, *, back: bool | None = None) -> None:
        """End a deployment that goes on no more; ``back`` decides on the roll-back instead of its settings.

        ``error`` are an ErrorCode and a sentence; ``event`` is that of AutoRollbackConfiguration.
        """
        code, sentence = error
        status = FAILED if event == lifecycle.ON_FAILURE else STOPPED
        deployment.info.update(
            status=status, completeTime=time.time(), errorInformation={"code": code, "message": sentence}
        )
        lifecycle.fail(deployment.events, sentence)
        self._deployments.keep(deployment)
        if not deployment.follows and (lifecycle.is_wanted(deployment.info, event) if back is None else back):
            self._roll_back(deployment)

    def _roll_back(self, failed: Deployment) -> None:
        """Have another deployment be known that takes the revision of before back into its place."""
        if not failed.ecs:
            return
        made = self._deployments.begin(lifecycle.members(failed.info), failed.execution, failed.id, failed.ecs)
        made.info.update(status=RUNNING, startTime=time.time())
        made.events = lifecycle.events(failed.info)
        self._deployments.keep(made)
        failed.info["rollbackInfo"] = {
            "rollbackDeploymentId": made.id,
            "rollbackMessage": "Deployment rolled back to the revision that served before it.",
        }
        self._deployments.keep(failed)

    def _run(self) -> None:
        while not self._ending.wait(_SECONDS_BETWEEN_LOOKS):
            for deployment in self._deployments.all():
                if deployment.is_under_way:
                    self._look(deployment.id)

    def _look(self, identifier: str) -> None:
        try:
            with self._lock, acting_in(*self._where):
                deployment = self._deployments.find(identifier)
                if deployment.is_under_way:
                    self._go_on(deployment)
        except Exception:
            _LOGGER.exception("The deployment %s could not continue", identifier)

    def _go_on(self, deployment: Deployment) -> None:
        named = self._beginning.service_of(deployment.info)
        service = task_sets.find(*named)
        if service is None:
            sentence = f"The ECS service {named[1]} in cluster {named[0]} is gone, or CodeDeploy does not deploy it."
            self.end(deployment, ("INVALID_ECS_SERVICE", sentence), lifecycle.ON_FAILURE, back=False)
            return
        progress = code_deploy.progress(service, deployment.ecs) if deployment.ecs else None
        if deployment.follows:
            self._follow_back(deployment, service, progress)
        elif progress is None:
            self._begin(deployment, service)
        else:
            self._follow(deployment, service, progress)

    def _hook(self, deployment: Deployment, event: str) -> str:
        """Return how the hook of an event stands, and keep it."""
        before = deployment.asked.get(event)
        outcome = self._hooks.outcome(deployment, event, lambda: self._beginning.take(deployment))
        if before != deployment.asked.get(event):
            self._deployments.keep(deployment)
        return outcome

    def _waits_to_begin(self, deployment: Deployment) -> bool:
        """Run the hook that comes before all; tell whether it runs on. Where it fails, raise ``CannotBeginError``."""
        if deployment.hooks is None:
            deployment.hooks = dict(self._beginning.read(deployment).hooks)
        outcome = self._hook(deployment, hooks.BEFORE)
        if outcome == hooks.FAILED:
            raise CannotBeginError("HOOK_EXECUTION_FAILURE", hooks.told(deployment, hooks.BEFORE))
        waits = outcome == hooks.RUNNING
        if waits and lifecycle.advance(deployment.events, _NOT_BEGUN, hooks.BEFORE):
            self._deployments.keep(deployment)
        return waits

    def _begin(self, deployment: Deployment, service: Json) -> None:
        """Begin at ECS; also what a kill took away before ECS had kept it."""
        if deployment.info["status"] == CREATED:
            deployment.info.update(status=RUNNING, startTime=time.time())
            deployment.events = lifecycle.events(deployment.info)
        try:
            if self._waits_to_begin(deployment):
                return
            deployment.ecs = self._beginning.begin(deployment, service)
        except CannotBeginError as error:
            event = lifecycle.ON_ALARM if error.code == "ALARM_ACTIVE" else lifecycle.ON_FAILURE
            self.end(deployment, (error.code, str(error)), event, back=False)
        except ServiceError as error:
            self.end(deployment, ("IAM_ROLE_MISSING", error.message), lifecycle.ON_FAILURE, back=False)
        else:
            self._deployments.keep(deployment)

    def _follow(self, deployment: Deployment, service: Json, progress: Progress) -> None:
        if progress.status == "SUCCESSFUL":
            deployment.info.update(status=SUCCEEDED, completeTime=time.time())
        elif not progress.is_under_way:
            code, sentence, event = lifecycle.cause(progress.reason)
            self._see(deployment, service, is_over=False)
            self.end(deployment, (code, sentence), event)
            return
        elif progress.stage == SCALE_UP and self._is_late(deployment):
            code_deploy.give_up(service, lifecycle.TOO_LATE)
            return
        status = deployment.info["status"]
        hook = self._run_hooks(deployment, service, progress)
        if progress.is_under_way:
            deployment.info["status"] = READY if progress.awaiting and not hook else RUNNING
        changed = lifecycle.advance(deployment.events, progress, hook)
        seen = self._see(deployment, service, is_over=progress.status == "SUCCESSFUL")
        if changed or seen or status != deployment.info["status"]:
            self._deployments.keep(deployment)

    def _run_hooks(self, deployment: Deployment, service: Json, progress: Progress) -> str:
        """Run the hooks that a deployment waits for; return the event of the one that runs, empty for none."""
        waits = hooks.STAGES.get(progress.stage, ()) if progress.waits_for_hooks else ()
        for event in waits:
            outcome = self._hook(deployment, event)
            if outcome == hooks.FAILED:
                code_deploy.give_up(service, hooks.told(deployment, event))
            if outcome != hooks.SUCCEEDED:
                return event
        if waits:
            code_deploy.end_hooks(service)
        return ""

    def _follow_back(self, deployment: Deployment, service: Json, progress: Progress | None) -> None:
        """See the way back of a deployment that failed, to its end."""
        if progress is not None and progress.status in {"IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}:
            return
        done = Progress("SUCCESSFUL", "", "", awaiting=False)
        if progress is not None and progress.status == "STOPPED":
            self.end(deployment, ("ECS_UPDATE_ERROR", progress.reason), lifecycle.ON_FAILURE)
            return
        lifecycle.advance(deployment.events, done)
        self._see(deployment, service, is_over=True)
        deployment.info.update(status=SUCCEEDED, completeTime=time.time())
        self._deployments.keep(deployment)

    def _is_late(self, deployment: Deployment) -> bool:
        minutes = float(facts("codedeploy")["minutes_to_start"])
        return time.time() - float(deployment.info["startTime"]) > minutes * self._minute

    @staticmethod
    def _see(deployment: Deployment, service: Mapping[str, Any], *, is_over: bool) -> bool:
        before = deployment.task_sets
        deployment.task_sets = lifecycle.task_sets(task_sets.describe(dict(service)), is_over=is_over)
        return deployment.task_sets != before
