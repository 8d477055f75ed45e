"""Services that CodeDeploy deploys, within MiniStack: told of by task sets, and deployed by CodeDeploy alone.

Within they are deployed as those with two target groups are: what CodeDeploy wants of a deployment stands in place of
the service's own configuration.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecs

from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation.handler_reasons import handler_reason
from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change
from local_aws.ministack.ecs.rollouts.progress import RETURNING, WANTED, serving_besides, stage_of
from local_aws.ministack.ecs.rollouts.target_groups import group_of
from local_aws.services.ecs.rollouts.steps import ALL

CODE_DEPLOY = "CODE_DEPLOY"
_TYPE = "AWS::ECS::Service"
_CONTROLLER, _ECS = "_controller", "ECS"
"""On a service: its deployment controller, where a client knows it as another than ECS."""
_EXTERNAL = "_external_id"
"""On a deployment: the id of CodeDeploy's deployment that began it."""
_BY_CODE_DEPLOY = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network parameters",
    "platformVersion": "platform version",
    "loadBalancers": "load balancers",
}
"""What UpdateService does not change of such a service, in the words of its refusal.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
_USE = "Use AWS CodeDeploy to trigger a new deployment."
_REFUSED = f"Unable to update {{what}} on services with a CODE_DEPLOY deployment controller. {_USE}"
_BECOMES = "A service with the deployment controller {found} can't be given CODE_DEPLOY: make a new service."

Record = dict[str, Any]

_update_by_ecs = ecs._update_service


def tell_of_task_sets() -> None:
    """Have services with the controller CODE_DEPLOY be what they are on AWS."""
    create, sanitize = ecs._create_service, ecs._sanitize

    def create_service(data: Mapping[str, Any]) -> Answer:
        if _controller(data) != CODE_DEPLOY:
            answer: Answer = create(data)
            return answer
        made: Answer = create({**data, "deploymentController": {"type": _ECS}})
        if made[0] != HTTPStatus.OK:
            return made
        service = ecs._services[f"{ecs._resolve_cluster_name(data.get('cluster', 'default'))}/{data['serviceName']}"]
        service[_CONTROLLER] = CODE_DEPLOY
        return _told(service)

    def show(value: Any) -> Any:  # noqa: ANN401 - any part of an answer
        return sanitize(_shown(value) if isinstance(value, dict) and _CONTROLLER in value else value)

    ecs._create_service = ecs._ACTION_MAP["CreateService"] = create_service
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = _update
    ecs._sanitize = show
    around_each_change(_change)


def take_over(service: Record) -> None:
    """Read the controller of a service that a stack made or changed."""
    wanted = _controller(service)
    service["deploymentController"] = {"type": _ECS}
    if wanted == CODE_DEPLOY:
        service[_CONTROLLER] = CODE_DEPLOY


def _change(change: Change, make: Make) -> Made:
    """Have a stack's update of a service be refused where ECS refuses it, and the controller be changed before it."""
    if change.resource_type == _TYPE and change.old is not None and change.is_update:
        was, wanted = _declared(change.old), _declared(change.new)
        service = ecs._services.get(change.physical_id.partition(":service/")[2])
        # An update that failed is taken back, whatever it was.
        if wanted == CODE_DEPLOY and "ROLLBACK" not in (change.stack or {}).get("StackStatus", ""):
            _refuse(change.old, change.new, was)
        elif was == CODE_DEPLOY and service is not None:
            _be_deployed_by_ecs(service)
    return make()


def _refuse(old: Mapping[str, Any], new: Mapping[str, Any], was: str) -> None:
    """Raise ``ValueError`` with CloudFormation's reason where a service can't be brought from old to new properties."""
    if was != CODE_DEPLOY:
        raise ValueError(handler_reason(_BECOMES.format(found=was), "InvalidRequest"))
    for member, what in _BY_CODE_DEPLOY.items():
        name = member[:1].upper() + member[1:]
        if old.get(name) != new.get(name):
            sentence = _REFUSED.format(what=what)
            raise ValueError(
                handler_reason(f"Invalid request provided: UpdateService error: {sentence}", "InvalidRequest")
            )


def _declared(properties: Mapping[str, Any]) -> str:
    return str((properties.get("DeploymentController") or {}).get("Type", _ECS))


def _be_deployed_by_ecs(service: Record) -> None:
    """Have ECS deploy a service by its own configuration; its tasks stay in the target group that they are in."""
    service.pop(_CONTROLLER, None)
    service[WANTED] = {**service.get(WANTED, {}), "configuration": None}


def find(cluster: str, name: str) -> Record | None:
    """Return a service that CodeDeploy deploys; None where there is none."""
    service: Record | None = ecs._services.get(f"{cluster}/{name}")
    return service if service is not None and service["status"] == "ACTIVE" and _CONTROLLER in service else None


def begin(service: Record, external: str, definition: str, shift: Record, more: Mapping[str, Any]) -> str:
    """Begin a deployment of a revision that goes on as ``shift`` says; give its id."""
    service[WANTED] = shift
    cluster = ecs._cluster_name_from_arn(service["clusterArn"])
    words = {"cluster": cluster, "service": service["serviceName"], "taskDefinition": definition}
    _update_by_ecs({**words, **more, "forceNewDeployment": True})
    begun: Record = ecs._primary_deployment(service)
    begun[_EXTERNAL] = external
    return str(begun["id"])


def describe(service: Record) -> list[Record]:
    """Return the task sets of a service, the newest first, each with its share of the traffic as ``_share``."""
    primary = ecs._primary_deployment(service)
    if primary is None:
        return []
    under_way = primary.get("rolloutState") == "IN_PROGRESS" and primary.get("rolloutStateReason") != RETURNING
    share = stage_of(service, primary)[1] if under_way else ALL
    serving = serving_besides(service, primary) if share < ALL else primary
    found = []
    for deployment in service["deployments"]:
        own = share if deployment is primary else ALL - share if serving_besides(service, primary) is deployment else 0
        found.append(_task_set(service, deployment, own, is_primary=deployment is (serving or primary)))
    return found


def _update(data: Mapping[str, Any]) -> Answer:
    """Answer UpdateService."""
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    name, _own = ecs._resolve_service_ref(data.get("service", "")) or ("", None)
    service = ecs._services.get(f"{cluster}/{name}") or {}
    wanted = (data.get("deploymentController") or {}).get("type")
    if _CONTROLLER not in service:
        if wanted == CODE_DEPLOY:
            return _refused(_BECOMES.format(found=_ECS))
        answer: Answer = _update_by_ecs(data)
        return answer
    if wanted == _ECS:
        _be_deployed_by_ecs(service)
        updated: Answer = _update_by_ecs(data)
        return updated
    for member, what in _BY_CODE_DEPLOY.items():
        if data.get(member):
            return _refused(_REFUSED.format(what=what))
    if data.get("forceNewDeployment"):
        return _refused(f"Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. {_USE}")
    kept: Answer = _update_by_ecs(data)
    return kept


def _controller(record: Mapping[str, Any]) -> str:
    return str((record.get("deploymentController") or {}).get("type", _ECS))


def _refused(message: str) -> Answer:
    answer: Answer = error_response_json("InvalidParameterException", message, int(HTTPStatus.BAD_REQUEST))
    return answer


def _told(service: Record) -> Answer:
    answer: Answer = json_response({"service": ecs._sanitize(service)})
    return answer


def _shown(service: Record) -> Record:
    """Return a service as a client knows it."""
    sets = describe(service)
    first: Record = next((one for one in sets if one["status"] == "PRIMARY"), {})
    kept: Record = {name: first[name] for name in ("taskDefinition", "loadBalancers") if name in first}
    known = {name: value for name, value in service.items() if name != _CONTROLLER}
    return {
        **known,
        **kept,
        "deploymentController": {"type": service[_CONTROLLER]},
        "deployments": [],
        "taskSets": sets,
    }


def _task_set(service: Record, deployment: Record, share: float, *, is_primary: bool) -> Record:
    number = str(deployment["id"])
    steady = deployment["runningCount"] >= deployment["desiredCount"] and not deployment["pendingCount"]
    arn = str(service["serviceArn"]).replace(":service/", ":task-set/")
    return {
        "id": number,
        "taskSetArn": f"{arn}/{number}",
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "startedBy": CODE_DEPLOY if _EXTERNAL in deployment else None,
        "externalId": deployment.get(_EXTERNAL),
        "status": "PRIMARY" if is_primary else "ACTIVE" if deployment["desiredCount"] else "DRAINING",
        "taskDefinition": deployment["taskDefinition"],
        "computedDesiredCount": deployment["desiredCount"],
        "pendingCount": deployment["pendingCount"],
        "runningCount": deployment["runningCount"],
        "createdAt": deployment["createdAt"],
        "updatedAt": deployment["updatedAt"],
        "launchType": deployment.get("launchType"),
        "loadBalancers": [
            {**balancer, "targetGroupArn": group_of(service, number, balancer)}
            for balancer in service.get("loadBalancers") or []
        ],
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if steady else "STABILIZING",
        "_share": share,
    }
