"""The operations of CodeDeploy on deployments and their targets.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping

from local_aws.ministack.ecs import code_deploy, task_sets
from local_aws.platform.members import listed
from local_aws.platform.service import Caller, Json, Operation, ServiceError
from local_aws.services.codedeploy import hooks, lifecycle
from local_aws.services.codedeploy.applications import Applications
from local_aws.services.codedeploy.beginning import Beginning
from local_aws.services.codedeploy.configurations import Configurations
from local_aws.services.codedeploy.deployments import CREATED, READY, Deployment, Deployments
from local_aws.services.codedeploy.operations import BAD_TOKEN
from local_aws.services.codedeploy.revisions import check_location
from local_aws.services.codedeploy.run import Runs

_OF_GROUP = (
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "blueGreenDeploymentConfiguration",
    "computePlatform",
    "deploymentConfigName",
    "deploymentStyle",
    "loadBalancerInfo",
)
"""What a deployment has of its group as it was when the deployment began."""
_OF_REQUEST = ("autoRollbackConfiguration", "deploymentConfigName", "description", "overrideAlarmConfiguration")
_STATES = {"Pending": 0, "InProgress": 0, "Succeeded": 0, "Failed": 0, "Skipped": 0, "Ready": 0}
_COUNTED = {"Created": "Pending", "Queued": "Pending", "Stopped": "Failed"}


class DeploymentOperations:
    """Answers what is asked of deployments."""

    def __init__(
        self,
        applications: Applications,
        configurations: Configurations,
        deployments: Deployments,
        running: tuple[Runs, Beginning],
    ) -> None:
        self._applications, self._configurations = applications, configurations
        self._deployments = deployments
        self._runs, self._beginning = running

    def operations(self) -> Mapping[str, Operation]:
        """Return them by name."""
        return {
            "CreateDeployment": self._create,
            "GetDeployment": lambda _caller, request: {
                "deploymentInfo": _shown(self._deployments.find(request.get("deploymentId")))
            },
            "BatchGetDeployments": lambda _caller, request: {
                "deploymentsInfo": [_shown(self._deployments.find(one)) for one in request["deploymentIds"]]
            },
            "ListDeployments": self._list,
            "StopDeployment": self._stop,
            "ContinueDeployment": self._continue,
            "PutLifecycleEventHookExecutionStatus": self._answer_hook,
            "ListDeploymentTargets": lambda caller, request: listed(
                "targetIds",
                [self._target(caller, request.get("deploymentId"))["ecsTarget"]["targetId"]],
                request,
                BAD_TOKEN,
            ),
            "GetDeploymentTarget": lambda caller, request: {
                "deploymentTarget": self._named_target(caller, request["deploymentId"], request["targetId"])
            },
            "BatchGetDeploymentTargets": lambda caller, request: {
                "deploymentTargets": [
                    self._named_target(caller, request["deploymentId"], one) for one in request["targetIds"]
                ]
            },
        }

    def group_of(self, identifier: str) -> tuple[str, str]:
        """Return the application and the group of a deployment."""
        info = self._deployments.find(identifier).info
        return str(info["applicationName"]), str(info["deploymentGroupName"])

    def _create(self, caller: Caller, request: Json) -> Json:
        if not request.get("deploymentGroupName"):
            raise ServiceError("DeploymentGroupNameRequiredException", "A deployment group must be specified.")
        group = self._applications.find_group(request["applicationName"], request["deploymentGroupName"])
        if not request.get("revision"):
            raise ServiceError("RevisionRequiredException", "The revision must be specified.")
        check_location(request["revision"])
        members = {
            "applicationName": group["applicationName"],
            "deploymentGroupName": group["deploymentGroupName"],
            "revision": request["revision"],
            "creator": "user",
            **{name: group[name] for name in _OF_GROUP if name in group},
            **{name: request[name] for name in _OF_REQUEST if name in request},
            **({"previousRevision": group["targetRevision"]} if "targetRevision" in group else {}),
        }
        self._configurations.find(members["deploymentConfigName"])
        self._applications.register(group["applicationName"], request["revision"])
        return {"deploymentId": self._deployments.begin(members, caller.execution_id).id}

    def _list(self, _caller: Caller, request: Json) -> Json:
        wanted = request.get("includeOnlyStatuses") or ()
        times = request.get("createTimeRange") or {}
        found = [
            one.id
            for one in reversed(self._deployments.all())
            if (not wanted or one.info["status"] in wanted)
            and all(request.get(name) in {None, one.info[name]} for name in ("applicationName", "deploymentGroupName"))
            and float(times.get("start") or 0) <= one.info["createTime"] <= float(times.get("end") or float("inf"))
        ]
        return listed("deployments", found, request, BAD_TOKEN)

    def _stop(self, _caller: Caller, request: Json) -> Json:
        wanted = request.get("autoRollbackEnabled")

        def stop(deployment: Deployment) -> None:
            _refuse_ended(deployment)
            service = task_sets.find(*self._beginning.service_of(deployment.info))
            if deployment.info["status"] != CREATED and service is not None:
                code_deploy.give_up(service, lifecycle.BY_REQUEST)
            code, sentence, event = lifecycle.cause(lifecycle.BY_REQUEST)
            self._runs.end(deployment, (code, sentence), event, back=wanted)

        self._runs.change(request.get("deploymentId"), stop)
        return {"status": "Succeeded", "statusMessage": "No more tasks are replaced by this deployment."}

    def _continue(self, _caller: Caller, request: Json) -> None:
        kind = request.get("deploymentWaitType") or "READY_WAIT"

        def go_on(deployment: Deployment) -> None:
            _refuse_ended(deployment)
            service = task_sets.find(*self._beginning.service_of(deployment.info))
            go = code_deploy.shift_now if kind == "READY_WAIT" else code_deploy.end_now
            if service is None or (kind == "READY_WAIT" and deployment.info["status"] != READY) or not go(service):
                message = f"The deployment {deployment.id} does not wait so: {kind}."
                raise ServiceError("DeploymentIsNotInReadyStateException", message)

        self._runs.change(request.get("deploymentId"), go_on)

    def _answer_hook(self, _caller: Caller, request: Json) -> Json:
        execution = request.get("lifecycleEventHookExecutionId")

        def answer(deployment: Deployment) -> None:
            hooks.answer(deployment, execution, request.get("status"))
            self._deployments.keep(deployment)

        self._runs.change(request.get("deploymentId"), answer)
        return {"lifecycleEventHookExecutionId": execution}

    def _named_target(self, caller: Caller, identifier: str, target: str) -> Json:
        found = self._target(caller, identifier)
        if found["ecsTarget"]["targetId"] != target:
            message = f"The deployment {identifier} has no target {target}."
            raise ServiceError("DeploymentTargetDoesNotExistException", message)
        return found

    def _target(self, caller: Caller, identifier: object) -> Json:
        deployment = self._deployments.find(identifier)
        cluster, name = self._beginning.service_of(deployment.info)
        status = deployment.info["status"]
        return {
            "deploymentTargetType": "ECSTarget",
            "ecsTarget": {
                "deploymentId": deployment.id,
                "targetId": f"{cluster}:{name}",
                "targetArn": f"arn:aws:ecs:{caller.region}:{caller.account_id}:service/{cluster}/{name}",
                "lastUpdatedAt": deployment.changed,
                "lifecycleEvents": deployment.events,
                "status": _COUNTED.get(status, status),
                "taskSetsInfo": deployment.task_sets,
            },
        }


def _refuse_ended(deployment: Deployment) -> None:
    if not deployment.is_under_way:
        message = f"The deployment {deployment.id} has already completed."
        raise ServiceError("DeploymentAlreadyCompletedException", message)


def _shown(deployment: Deployment) -> Json:
    status = deployment.info["status"]
    return {**deployment.info, "deploymentOverview": {**_STATES, _COUNTED.get(status, status): 1}}
