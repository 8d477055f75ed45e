"""Deployments go through their steps within MiniStack: traffic is shifted, the new revision bakes, alarms end it.

MiniStack keeps the old tasks until the new ones are healthy; here, where traffic is shifted, until the last step is
over. Of a rolling deployment the old ones end before it bakes: they had requests until then.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ministack.core.concurrency import resource_lock
from ministack.core.responses import json_response
from ministack.services import cloudwatch, ecs

from local_aws.ministack.adapter import Answer, acting_in
from local_aws.ministack.ecs import service_deployments, task_starts
from local_aws.ministack.ecs.deployments import service_lock
from local_aws.ministack.ecs.rollouts import hooks, target_groups
from local_aws.ministack.ecs.rollouts.hooks import Hooks
from local_aws.ministack.ecs.rollouts.progress import (
    BEFORE,
    RETURNING,
    ROLLOUT,
    configuration_of,
    plan_of,
    serving_besides,
)
from local_aws.ministack.ecs.tasks import is_ready
from local_aws.services.ecs.rollouts.steps import (
    ALL,
    alarm_names,
    before_tasks,
    fault,
    gets_test_traffic,
    rolls_back_on_alarm,
    shifts_traffic,
)

Record = dict[str, Any]
Refusal = Callable[[Mapping[str, Any]], str]
"""Why the infrastructure roles of a service's load balancers may not shift its traffic; empty where they may."""

_SECONDS_BETWEEN_LOOKS = 0.2
_IGNORED = "_ignored_alarms"
"""On a deployment: the alarms that rang before it began, which are ignored throughout."""
_LOGGER = logging.getLogger("local_aws")


@dataclass(frozen=True)
class Rollouts:
    """Takes deployments through their steps; a minute of theirs lasts ``minute`` seconds."""

    minute: float
    refusal: Refusal
    hooks: Hooks

    def install(self) -> None:
        """Put the steps where MiniStack takes a deployment for complete; call it before tasks are scheduled."""
        target_groups.publish_by_deployment()
        ecs._reconcile_service_tasks = partial(self._reconcile, ecs._reconcile_service_tasks)
        ecs._complete_service_deployment = partial(self._complete, ecs._complete_service_deployment)
        ecs._ACTION_MAP["StopServiceDeployment"] = self._stop
        ecs._ACTION_MAP["ContinueServiceDeployment"] = self._continue
        threading.Thread(target=self._run, daemon=True, name="rollouts").start()

    def _stop(self, data: Mapping[str, Any]) -> Answer:
        """Answer StopServiceDeployment, which rolls back."""
        arn = str(data.get("serviceDeploymentArn"))
        if data.get("stopType", "ROLLBACK") not in {"ABORT", "ROLLBACK"}:
            return service_deployments.refused("InvalidParameterException", "stopType must be ROLLBACK or ABORT.")
        service, record = service_deployments.find(arn) or (None, None)
        if service is None or record is None:
            return service_deployments.refused("ServiceDeploymentNotFoundException", "Service deployment not found.")
        primary = ecs._primary_deployment(service) or {}
        if primary.get("id") != record["id"] or primary.get("rolloutState") != "IN_PROGRESS":
            message = f"Service deployment is {record['status']}: it can't be stopped."
            return service_deployments.refused("ConflictException", message)
        cluster = ecs._cluster_name_from_arn(service["clusterArn"])
        give_up(f"{cluster}/{service['serviceName']}", "a request to stop it.", back=True)
        answer: Answer = json_response({"serviceDeploymentArn": arn})
        return answer

    def _continue(self, data: Mapping[str, Any]) -> Answer:
        """Answer ContinueServiceDeployment: a pause ends, and the deployment goes on or is rolled back."""
        arn, action = str(data.get("serviceDeploymentArn")), data.get("action", "CONTINUE")
        if action not in {"CONTINUE", "ROLLBACK"}:
            return service_deployments.refused("InvalidParameterException", "action must be CONTINUE or ROLLBACK.")
        service, record = service_deployments.find(arn) or ({"deployments": ()}, {"id": ""})
        if not record["id"]:
            return service_deployments.refused("ServiceDeploymentNotFoundException", "Service deployment not found.")
        deployment = next((one for one in service["deployments"] if one["id"] == record["id"]), None)
        if not hooks.answer_pause(deployment, str(data.get("hookId")), goes_on=action == "CONTINUE"):
            message = "No lifecycle hook of this id awaits an action."
            return service_deployments.refused("InvalidParameterException", message)
        answer: Answer = json_response({"serviceDeploymentArn": arn})
        return answer

    def _reconcile(self, reconcile: Callable[[str, str], None], cluster: str, key: str) -> None:
        """Have a new deployment know its target group, and which alarms ring already, before its tasks start."""
        service = ecs._services.get(key) or {"deployments": ()}
        primary = ecs._primary_deployment(service)
        if primary is not None and not target_groups.is_placed(service, primary):
            serving, configuration = serving_besides(service, primary), configuration_of(service)
            replaces = any(
                one.get("rolloutState") == "IN_PROGRESS" for one in service["deployments"] if one is not primary
            )
            self._supersede(cluster, service, primary, serving)
            target_groups.place(service, primary, serving)
            primary[_IGNORED] = ringing(alarm_names(configuration))
            if service.get("desiredCount"):
                primary[BEFORE] = before_tasks(configuration, replaces=replaces)
        if primary is None or primary.get("rolloutState") != "IN_PROGRESS" or not primary.get(BEFORE):
            reconcile(cluster, key)
        else:
            # Clients are to see that it waits.
            ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")

    @staticmethod
    def _supersede(cluster: str, service: Record, primary: Record, serving: Record | None) -> None:
        """End a deployment that shifts traffic and that another one replaces: its target group is needed."""
        if serving is None or not any(ROLLOUT in one for one in service["deployments"] if one is not serving):
            return
        target_groups.shift(service, serving, ALL)
        for task in list(ecs._tasks.values()):
            deployment = ecs._deployment_for_task(service, task) if _is_of(service, task) else None
            if deployment is not None and deployment not in (primary, serving) and ROLLOUT in deployment:
                ecs._stop_task({"task": task["taskArn"], "cluster": cluster, "reason": "Deployment replaced"})

    @staticmethod
    def _complete(complete: Callable[..., None], cluster: str, key: str, expected_deployment_id: str = "") -> None:
        """Complete a deployment whose steps are over; begin them where its tasks are healthy."""
        service = ecs._services.get(key)
        primary = ecs._primary_deployment(service) if service else None
        if service is not None and primary is not None and expected_deployment_id in {"", primary["id"]}:
            plan = plan_of(service, primary)
            if plan and ROLLOUT not in primary and _is_healthy(service, primary):
                serving = serving_besides(service, primary)
                at_once = serving is None or not serving["runningCount"]
                primary[ROLLOUT] = {"step": -1, "since": time.time(), "at_once": at_once}
            if plan and primary.get(ROLLOUT, {"step": -1})["step"] < len(plan_of(service, primary)):
                return
        complete(cluster, key, expected_deployment_id or None)

    def _run(self) -> None:
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            for (account_id, region, key), service in list(ecs._services._data.items()):
                try:
                    with acting_in(account_id, region):
                        self._look(str(key), service)
                except Exception:
                    _LOGGER.exception("The deployment of %s could not continue", key)

    def _look(self, key: str, service: Record) -> None:
        """Take a service's deployment a step on, or end it."""
        primary = ecs._primary_deployment(service)
        if service.get("status") != "ACTIVE" or primary is None or primary.get("rolloutState") != "IN_PROGRESS":
            return
        if primary.get("rolloutStateReason") == RETURNING:
            # The circuit breaker, which is MiniStack's own, knows of no traffic.
            target_groups.shift(service, primary, ALL)
            return
        configuration = configuration_of(service)
        if shifts_traffic(configuration) and (reason := fault(configuration)):
            give_up(key, reason, back=True)
            return
        names = [name for name in alarm_names(configuration) if name not in primary.get(_IGNORED, ())]
        if fired := ringing(names):
            reason = f"alarm detected: {', '.join(fired)}."
            give_up(key, reason, back=rolls_back_on_alarm(configuration) or shifts_traffic(configuration))
        elif primary.get(BEFORE):
            self._before_tasks(key, service, primary)
        elif ROLLOUT in primary:
            self._advance(key, service, primary)

    def _before_tasks(self, key: str, service: Record, primary: Record) -> None:
        """Run the hooks that come before the tasks, stage by stage; have the tasks start after them."""
        stage = primary[BEFORE][0]
        if not hooks.begun(primary, stage):
            self.hooks.begin(service, primary, stage, 0.0)
        outcome = self.hooks.outcome(service, primary)
        if outcome:
            give_up(key, outcome, back=True)
        elif outcome is not None:
            primary[BEFORE] = primary[BEFORE][1:]
            ecs._reconcile_service_tasks(key.partition("/")[0], key)

    def _advance(self, key: str, service: Record, primary: Record) -> None:
        """Take the next step, where the running one has lasted long enough."""
        plan, rollout = plan_of(service, primary), primary[ROLLOUT]
        number = int(rollout["step"])
        outcome = self.hooks.outcome(service, primary)
        if outcome:
            give_up(key, outcome, back=True)
        if outcome is None or outcome:
            return
        if 0 <= number < len(plan) and time.time() - rollout["since"] < plan[number].minutes * self.minute:
            return
        number += 1
        if number < len(plan):
            is_shift = number == 0 or plan[number].share != plan[number - 1].share
            if is_shift and (reason := self.refusal(service)):
                give_up(key, reason, back=True)
                return
            if gets_test_traffic(plan[number].stage):
                target_groups.test(service, primary)
            target_groups.shift(service, primary, plan[number].share)
            if not shifts_traffic(configuration_of(service)):
                _scale_in(key.partition("/")[0], service, primary)
            self.hooks.begin(service, primary, plan[number].stage, plan[number].share)
        primary[ROLLOUT] = {**rollout, "step": number, "since": time.time()}
        with service_deployments.changed:
            service_deployments.changed.notify_all()
        if number >= len(plan):
            ecs._complete_service_deployment(key.partition("/")[0], key)


def _scale_in(cluster: str, service: Record, primary: Record) -> None:
    """Stop the tasks of earlier deployments, which a roll-back starts anew."""
    for task in list(ecs._tasks.values()):
        if _is_of(service, task) and ecs._deployment_for_task(service, task) is not primary:
            ecs._stop_task({"task": task["taskArn"], "cluster": cluster, "reason": "Scaling activity initiated"})


def give_up(key: str, reason: str, *, back: bool) -> None:
    """End the deployment that is under way as failed; with ``back`` the revision of before takes its place."""
    service = ecs._services[key]
    cluster = key.partition("/")[0]
    with service_lock(key):
        with resource_lock("ecs-service", key):
            failed = ecs._primary_deployment(service)
            failed.update(rolloutState="FAILED", rolloutStateReason=reason, desiredCount=0, updatedAt=ecs._iso())
            previous = serving_besides(service, failed) if back else None
            if previous is not None:
                failed["status"] = "ACTIVE"
                previous.update(
                    status="PRIMARY",
                    desiredCount=service["desiredCount"],
                    rolloutState="IN_PROGRESS",
                    rolloutStateReason=RETURNING,
                    updatedAt=ecs._iso(),
                )
                service["taskDefinition"] = previous["taskDefinition"]
                target_groups.shift(service, previous, ALL)
        task_starts.tell(key, f"(service {service['serviceName']}) deployment failed: {reason}")
        ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")
        ecs._reconcile_service_tasks(cluster, key)
        ecs._complete_service_deployment(cluster, key)


def _is_of(service: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
    return (
        task.get("group") == f"service:{service['serviceName']}"
        and task.get("clusterArn") == service["clusterArn"]
        and task.get("lastStatus") in ecs._PRE_STOP_STATUSES
    )


def _is_healthy(service: Record, deployment: Record) -> bool:
    """Return whether the desired count of a deployment's tasks is healthy, past their start."""
    if deployment.get("rolloutState") != "IN_PROGRESS":
        return False
    healthy = [
        task
        for task in list(ecs._tasks.values())
        if _is_of(service, task)
        and ecs._deployment_for_task(service, task) is deployment
        and is_ready(task)
        and task.get("_startup_stable")
    ]
    return len(healthy) >= int(service["desiredCount"])


def ringing(names: Sequence[str]) -> list[str]:
    """Return which of these alarms are in state ALARM."""
    return [name for name in names if (cloudwatch._alarms.get(name) or {}).get("StateValue") == "ALARM"]
