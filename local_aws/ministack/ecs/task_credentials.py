"""What ECS within MiniStack tells a task's containers of their role, and which tasks there are to tell it of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import ecs, ecs_metadata

from local_aws.ministack.adapter import Answer

_CREDENTIALS = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_LINK_NETWORK = "ecs-task-credentials"


@dataclass(frozen=True)
class TaskRole:
    """A task by its ARN, the role that its containers act as, and the task definition's ARN."""

    task_arn: str
    role_arn: str
    task_definition_arn: str


def tell_containers_with(variables: Callable[[TaskRole, bool], Mapping[str, str]]) -> None:
    """Have ``variables(task, shares_the_hosts_network)`` give what a container of a task with a role is told.

    MiniStack tells each container where to ask for credentials, and answers with such as nobody knows.
    """
    original = ecs._register_metadata

    def register_metadata(*words: Any) -> Any:  # noqa: ANN401 - MiniStack's own, which is untyped
        task_arn, _cluster, definition, _container, _launch_type, env, is_host_mode, *_rest = words
        token = original(*words)
        for name in _CREDENTIALS:
            env.pop(name, None)
        role = _role(ecs._tasks.get(task_arn) or {}, definition)
        if role:
            env.update(variables(TaskRole(task_arn, role, definition.get("taskDefinitionArn", "")), bool(is_host_mode)))
        region = task_arn.split(":")[3]
        for name in _REGIONS:
            env.setdefault(name, region)
        return token

    ecs._register_metadata = register_metadata


def task_with_role(task_id: str) -> TaskRole | None:
    """Return a task that runs, or is starting, and has a role, by the last part of its ARN; None for no such task."""
    for (account, region, arn), task in list(ecs._tasks._data.items()):
        if arn.rpartition("/")[2] == task_id and task.get("desiredStatus") != "STOPPED":
            definition_arn = str(task.get("taskDefinitionArn", ""))
            definition = ecs._task_defs.get_scoped(account, region, definition_arn.rpartition("/")[2], {})
            role = _role(task, definition)
            return TaskRole(arn, role, definition_arn) if role else None
    return None


def _role(task: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    return str((task.get("overrides") or {}).get("taskRoleArn") or definition.get("taskRoleArn") or "")


async def metadata(path: str) -> Answer:
    """Answer what a container asks of itself and its task, by the token in the path.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
    """
    answer: Answer = await ecs_metadata.handle_request("GET", path, {}, b"", {})
    return answer


def have_address(address: str, subnet: str) -> str | None:
    """Have Docker give this machine an address, by a network without containers; say why that fails, or None."""
    docker = ecs._get_docker()
    if docker is None:
        return "no Docker engine answers"
    pool = {"Driver": "default", "Config": [{"Subnet": subnet, "Gateway": address}]}
    try:
        docker.networks.create(_LINK_NETWORK, driver="bridge", ipam=pool, check_duplicate=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller tells it
        return str(error)
    return None
