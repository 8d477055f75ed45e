"""Condition keys that a request carries, of services for which MiniStack knows none.

From the Service Authorization Reference of each service:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Members = Mapping[str, Any]
Keys = Mapping[str, Any]


def keys_of(service: str, operation: str, body: bytes, where: str) -> Keys:
    """Return the keys of a request in JSON; ``where`` is region and account id, as ARNs have them."""
    choose = _CHOICES.get(service)
    if choose is None:
        return {}
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        return {}
    return choose(operation, members, where) if isinstance(members, dict) else {}


def _containers(operation: str, members: Members, where: str) -> Keys:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html."""
    if operation == "RegisterTaskDefinition":
        containers = [one for one in members.get("containerDefinitions") or [] if isinstance(one, dict)]
        sizes = {f"ecs:task-{name}": str(members[name]) for name in ("cpu", "memory") if members.get(name)}
        return {**sizes, "ecs:privileged": str(any(one.get("privileged") for one in containers)).lower()}
    if operation not in _IN_A_CLUSTER:
        return {}
    cluster = str(members.get("cluster") or "default").rpartition("/")[2]
    return {"ecs:cluster": f"arn:aws:ecs:{where}:cluster/{cluster}"}


_IN_A_CLUSTER = frozenset(
    {
        "CreateService",
        "DeleteService",
        "DescribeServices",
        "DescribeTasks",
        "ListServices",
        "ListTasks",
        "RunTask",
        "StartTask",
        "StopTask",
        "UpdateService",
    }
)


def _keys(operation: str, members: Members, where: str) -> Keys:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    del operation
    context = members.get("EncryptionContext")
    given = context if isinstance(context, dict) else {}
    named = {f"kms:EncryptionContext:{name}": value for name, value in given.items()}
    listed = {"kms:EncryptionContextKeys": list(given)} if given else {}
    return {**named, **listed, "kms:CallerAccount": where.partition(":")[2]}


def _parameters(operation: str, members: Members, where: str) -> Keys:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html."""
    del where
    return {"ssm:Overwrite": str(bool(members.get("Overwrite"))).lower()} if operation == "PutParameter" else {}


_CHOICES: Mapping[str, Callable[[str, Members, str], Keys]] = {"ecs": _containers, "kms": _keys, "ssm": _parameters}
