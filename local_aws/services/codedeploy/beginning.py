"""Begins a deployment at ECS: reads its AppSpec, looks whether all is there and its role allows it.

https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from local_aws.iam.implied_actions import (
    CHOOSE_TASK_SET,
    FIND_LISTENERS,
    FIND_SERVICE,
    REPLACE_TASK_SET,
    ROLE_FOR_TASKS,
    TURN_LISTENER,
    TURN_RULE,
    WATCH_ALARMS,
)
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.ministack.ecs import code_deploy, task_sets
from local_aws.ministack.ecs.rollouts import rollouts
from local_aws.ministack.load_balancing import weights
from local_aws.platform.context import Credentials
from local_aws.platform.service import Json
from local_aws.platform.service_roles import assume_role_as_service
from local_aws.services.codedeploy import hooks, revisions
from local_aws.services.codedeploy.applications import Applications
from local_aws.services.codedeploy.configurations import Configurations, as_strategy
from local_aws.services.codedeploy.deployments import Deployment
from local_aws.services.ecs.rollouts.steps import TESTED

SERVICE = "codedeploy.amazonaws.com"


class ServiceRole:
    """Takes and asks for service roles of an account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id, self._region = account_id, region
        self._implicit = Implicit(account_id, region)

    def take(self, group: Mapping[str, Any], execution: str) -> Credentials:
        """Take the role of a group; ``ServiceError`` where it does not trust CodeDeploy."""
        name = f"{group['applicationName']}/{group['deploymentGroupName']}"
        return assume_role_as_service(
            service=SERVICE,
            role_arn=str(group["serviceRoleArn"]),
            source_arn=f"arn:aws:codedeploy:{self._region}:{self._account_id}:deploymentgroup:{name}",
            session_name="codedeploy",
            execution_id=execution,
        )

    def refusal(
        self, access_key_id: str, service: Mapping[str, Any], shift: Mapping[str, Any], roles: Sequence[str]
    ) -> str:
        """Return why the role may not deploy a service; empty where it may."""
        found = self._implicit.first_refusal(access_key_id, _asked(service, shift, roles))
        return found.sentence if found else ""


def _asked(service: Mapping[str, Any], shift: Mapping[str, Any], roles: Sequence[str]) -> Iterator[Asked]:
    arn = str(service["serviceArn"])
    yield Asked(FIND_SERVICE, arn)
    yield from (Asked(ROLE_FOR_TASKS, role) for role in dict.fromkeys(roles))
    yield Asked(REPLACE_TASK_SET, arn.replace(":service/", ":task-set/") + "/*")
    yield Asked(CHOOSE_TASK_SET, arn)
    yield Asked(FIND_LISTENERS, "*")
    for listeners in ("productionListeners", "testListeners"):
        changed = weights.rules_between(shift["balancing"][listeners], shift["balancing"]["groups"])
        yield from (Asked(TURN_RULE if ":listener-rule/" in one else TURN_LISTENER, one) for one in changed.values())
    if (shift["configuration"].get("alarms") or {}).get("enable"):
        yield Asked(WATCH_ALARMS, "*")


_LARGEST = 100 * 1024
"""Bytes of an AppSpec."""


class CannotBeginError(Exception):
    """A deployment fails at its beginning; ``code`` is an ErrorCode of the API."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Beginning:
    """Begins deployments; ``outside`` gives a botocore client for a service and credentials, and hears of revisions."""

    def __init__(
        self,
        applications: Applications,
        configurations: Configurations,
        role: ServiceRole,
        outside: tuple[Callable[[str, Credentials], Any], Callable[[str, str], None]],
    ) -> None:
        self._applications, self._configurations = applications, configurations
        self._role, (self._client, self._note) = role, outside

    def service_of(self, info: Mapping[str, Any]) -> tuple[str, str]:
        """Return the cluster and the name of the service that a deployment is of."""
        group = self._applications.find_group(info["applicationName"], info["deploymentGroupName"])
        (named,) = group["ecsServices"]
        return str(named["clusterName"]).rpartition("/")[2], str(named["serviceName"]).rpartition("/")[2]

    def take(self, deployment: Deployment) -> Credentials:
        """Take the service role of a deployment's group; ``ServiceError`` where it does not trust CodeDeploy."""
        info = deployment.info
        group = self._applications.find_group(info["applicationName"], info["deploymentGroupName"])
        return self._role.take(group, deployment.execution)

    def read(self, deployment: Deployment) -> revisions.AppSpec:
        """Read the AppSpec of a deployment, or raise ``CannotBeginError``."""
        try:
            return revisions.read(self._text(deployment.info["revision"], self.take(deployment)))
        except revisions.AppSpecError as error:
            raise CannotBeginError("INVALID_REVISION", str(error)) from None

    def begin(self, deployment: Deployment, service: Json) -> str:
        """Begin; give the deployment's id at ECS, or raise ``CannotBeginError``."""
        info, spec, taken = deployment.info, self.read(deployment), self.take(deployment)
        definition = code_deploy.definition_arn(spec.definition)
        if not definition:
            raise CannotBeginError("INVALID_ECS_SERVICE", f"Unable to find task definition: {spec.definition}")
        shift = self._shift(info, service, spec)
        if ringing := rollouts.ringing((shift["configuration"].get("alarms") or {}).get("alarmNames") or ()):
            raise CannotBeginError("ALARM_ACTIVE", f"These alarms ring already: {', '.join(ringing)}.")
        refused = self._role.refusal(taken.access_key_id, service, shift, code_deploy.roles_of(definition))
        if refused:
            raise CannotBeginError("IAM_ROLE_PERMISSIONS", refused)
        self._note(definition, deployment.execution)
        return task_sets.begin(service, deployment.id, definition, shift, spec.more)

    def _text(self, revision: Json, taken: Credentials) -> str:
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first deployment begins

        kind = revisions.CONTENT_KINDS.get(revision["revisionType"])
        if kind:
            return str(revision[kind]["content"])
        location = revision["s3Location"]
        version = {"VersionId": location["version"]} if location.get("version") else {}
        try:
            answer = self._client("s3", taken).get_object(Bucket=location["bucket"], Key=location["key"], **version)
        except ClientError as error:
            code = "IAM_ROLE_PERMISSIONS" if "AccessDenied" in error.response["Error"]["Code"] else "REVISION_MISSING"
            place = f"s3://{location['bucket']}/{location['key']}"
            raise CannotBeginError(code, f"{place}: {error.response['Error'].get('Message', code)}") from None
        return str(answer["Body"].read(_LARGEST).decode("utf-8", "replace"))

    def _shift(self, info: Json, service: Json, spec: revisions.AppSpec) -> Json:
        """Return how the deployment is to go on, as ``rollouts`` reads it."""
        (pair,) = info["loadBalancerInfo"]["targetGroupPairInfoList"]
        names = [one["name"] for one in pair["targetGroups"]]
        arns = code_deploy.group_arns(names)
        missing = [name for name in names if name not in arns]
        if missing:
            raise CannotBeginError("ELASTIC_LOAD_BALANCING_INVALID", f"The target group {missing[0]} does not exist.")
        balancers = service.get("loadBalancers") or []
        own = str(balancers[0].get("targetGroupArn")) if len(balancers) == 1 else ""
        if own not in arns.values():
            sentence = f"None of the target groups {names[0]} and {names[1]} is the service's own."
            raise CannotBeginError("ELASTIC_LOAD_BALANCING_INVALID", sentence)
        if (spec.container, spec.port) != (balancers[0].get("containerName"), balancers[0].get("containerPort")):
            sentence = f"The service's load balancer does not lead to port {spec.port} of container {spec.container}."
            raise CannotBeginError("INVALID_REVISION", sentence)
        production = pair["prodTrafficRoute"]["listenerArns"]
        if not weights.rules_between(production, list(arns.values())):
            sentence = f"Primary taskset target group must be behind listener {production[0]}"
            raise CannotBeginError("ELASTIC_LOAD_BALANCING_INVALID", sentence)
        balancing = {
            "alternateTargetGroupArn": next(arn for arn in arns.values() if arn != own),
            "groups": list(arns.values()),
            "productionListeners": production,
            "testListeners": (pair.get("testTrafficRoute") or {}).get("listenerArns") or [],
        }
        return {"balancing": balancing, "configuration": self._configuration(info, spec)}

    def _configuration(self, info: Json, spec: revisions.AppSpec) -> Json:
        routing = self._configurations.find(info["deploymentConfigName"])["trafficRoutingConfig"]
        waits = info["blueGreenDeploymentConfiguration"]
        ready, ended = waits["deploymentReadyOption"], waits["terminateBlueInstancesOnDeploymentSuccess"]
        found = {**as_strategy(routing), "bakeTimeInMinutes": ended.get("terminationWaitTimeInMinutes") or 0}
        found["lifecycleHooks"] = hooks.pauses(dict(spec.hooks))
        if ready.get("actionOnTimeout") == "STOP_DEPLOYMENT":
            timeout = {"timeoutInMinutes": ready["waitTimeInMinutes"], "action": "ROLLBACK"}
            pause = {"targetType": "PAUSE", "lifecycleStages": [TESTED], "timeoutConfiguration": timeout}
            found["lifecycleHooks"].append(pause)
        alarms = info.get("overrideAlarmConfiguration") or info.get("alarmConfiguration") or {}
        if alarms.get("enabled"):
            names = [one["name"] for one in alarms.get("alarms") or ()]
            found["alarms"] = {"alarmNames": names, "enable": True, "rollback": True}
        return found
