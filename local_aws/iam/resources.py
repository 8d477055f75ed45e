"""The resources that IAM checks for a request, where MiniStack takes others than AWS.

From the Service Authorization Reference of each service:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_aws.ministack.cloudformation.stacks import key_arn

Request = Mapping[str, Any]


def resources_of(service: str, operation: str, body: bytes, region: str, account_id: str) -> Sequence[str] | None:
    """Return the ARNs that a request is checked on; None where MiniStack's own choice stands, ``["*"]`` for any."""
    choose = _CHOICES.get(service)
    if choose is None:
        return None
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return None
    return choose(operation, request, f"{region}:{account_id}") if isinstance(request, dict) else None


def _parameters(operation: str, request: Request, where: str) -> Sequence[str] | None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html."""
    if operation == "DescribeParameters":
        return ["*"]
    if operation not in {"GetParameters", "DeleteParameters"}:
        return None
    names = [name for name in request.get("Names") or [] if isinstance(name, str)]
    plain = [name if name.startswith("arn:") else name.partition(":")[0] for name in names]
    return [
        name if name.startswith("arn:") else f"arn:aws:ssm:{where}:parameter/{name.removeprefix('/')}" for name in plain
    ]


def _containers(operation: str, request: Request, where: str) -> Sequence[str] | None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html."""
    prefix, cluster = f"arn:aws:ecs:{where}", _last(request.get("cluster") or "default")
    if operation in _UNSCOPED_ECS:
        return ["*"]
    if operation == "RegisterTaskDefinition":
        return [f"{prefix}:task-definition/{request.get('family')}:*"]
    if operation not in _ECS_RESOURCES:
        return None
    kind, member = _ECS_RESOURCES[operation]
    value = request.get(member)
    names = value if isinstance(value, list) else [value]
    owner = f"/{cluster}" if kind in {"service", "task"} else ""
    return [_arn(f"{prefix}:{kind}{owner}", name) for name in names]


_ECS_RESOURCES = {
    "CreateService": ("service", "serviceName"),
    "DeleteService": ("service", "service"),
    "DeregisterTaskDefinition": ("task-definition", "taskDefinition"),
    "DescribeServices": ("service", "services"),
    "DescribeTasks": ("task", "tasks"),
    "ListTagsForResource": ("", "resourceArn"),
    "RunTask": ("task-definition", "taskDefinition"),
    "StartTask": ("task-definition", "taskDefinition"),
    "StopTask": ("task", "task"),
    "TagResource": ("", "resourceArn"),
    "UntagResource": ("", "resourceArn"),
    "UpdateService": ("service", "service"),
}
"""By operation: the kind of resource, and the member of the request that names it (or them)."""

_UNSCOPED_ECS = frozenset(
    {"DescribeTaskDefinition", "ListTaskDefinitions", "ListTaskDefinitionFamilies", "ListClusters", "ListServices"}
)
"""Operations that take no resource: their policies must say ``*`` (ListServices: with ecs:cluster)."""


def _keys(operation: str, request: Request, where: str) -> Sequence[str] | None:
    """Return the key behind an alias: KMS checks keys, never aliases.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    name = str(request.get("KeyId") or "")
    if operation in {"CreateAlias", "UpdateAlias", "DeleteAlias"} or "alias/" not in name:
        return None
    found = key_arn(name if name.startswith("arn:") else f"arn:aws:kms:{where}:{name}")
    return None if found is None else [found]


def _log_streams(operation: str, request: Request, where: str) -> Sequence[str] | None:
    """Return the stream that is made, written or read: a policy on the group alone, without ``:*``, does not reach it.

    A group is made on a stream without a name, as what AWS says of a refusal shows.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    group, stream = request.get("logGroupName"), request.get("logStreamName")
    if operation == "CreateLogGroup":
        stream = ""
    elif operation not in {"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"} or not stream:
        return None
    return [f"arn:aws:logs:{where}:log-group:{group}:log-stream:{stream}"] if group else None


def _last(name: object) -> str:
    return str(name).rpartition("/")[2]


def _arn(prefix: str, name: object) -> str:
    return str(name) if str(name).startswith("arn:") else f"{prefix}/{name}"


_CHOICES: Mapping[str, Callable[[str, Request, str], Sequence[str] | None]] = {
    "ssm": _parameters,
    "ecs": _containers,
    "kms": _keys,
    "logs": _log_streams,
}
