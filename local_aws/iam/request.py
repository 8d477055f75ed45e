"""What stands in a request, for whoever asks IAM for more than its action.

Condition keys of services for which MiniStack knows none are from the Service Authorization Reference of each:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_aws.ministack.adapter import Headers, Query
from local_aws.ministack.cloudformation import stacks


@dataclass(frozen=True)
class Request:
    """A request that IAM let in; ``where`` is its region and account id, as ARNs have them: ``region:account``."""

    method: str
    path: str
    headers: Headers
    body: bytes
    query: Query
    where: str

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.where.partition(":")[2]

    @property
    def operation(self) -> str:
        """The operation that a request in JSON names."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @cached_property
    def members(self) -> Mapping[str, Any]:
        """The members of a request in JSON; none where it is none."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def parameters(self) -> Mapping[str, Sequence[str]]:
        """The parameters of a request of the Query protocol."""
        return stacks.query_parameters(self.method, self.path, self.headers, self.body, self.query)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the request's region and account."""
        return f"arn:aws:{service}:{self.where}:{resource}"


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
