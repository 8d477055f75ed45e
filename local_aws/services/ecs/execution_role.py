"""The execution role at work: it reads secrets, pulls images and makes log streams, or the task does not start.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.iam.implied_actions import (
    CREATE_LOG_GROUP,
    CREATE_LOG_STREAM,
    LOG_IN,
    PULL,
    PUT_LOG_LINES,
    READ_PARAMETER,
    READ_SECRET,
)
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked, Refusal
from local_aws.platform.context import Credentials
from local_aws.platform.service import ServiceError
from local_aws.platform.service_roles import assume_role_as_service
from local_aws.services.ecs.execution_attribution import Deployed

_PARTS_OF_SECRET = 7
"""Parts of a secret's ARN; behind them a key, a stage and a version may follow, of which IAM knows nothing."""
SERVICE = "ecs-tasks.amazonaws.com"
_REMEMBERED_TASKS = 64


class ExecutionRole:
    """Checks and uses the execution roles of tasks of an account and region."""

    def __init__(
        self, where: tuple[str, str], registry_host: str, make_password: Callable[[str], str], deployed: Deployed
    ) -> None:
        self._account_id, self._region = where
        self._registry_host = registry_host
        self._make_password = make_password
        self._deployed = deployed
        self._implicit = Implicit(*where)
        self._sessions: OrderedDict[str, Credentials] = OrderedDict()

    def check_secrets(self, container: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        """Raise ``ServiceError`` where the role may not read a secret that the container wants."""
        for secret in container.get("secrets") or []:
            reference = str(secret.get("valueFrom", ""))
            if ":secretsmanager:" in reference:
                asked = Asked(READ_SECRET, ":".join(reference.split(":")[:_PARTS_OF_SECRET]))
            else:
                asked = Asked(READ_PARAMETER, reference if reference.startswith("arn:") else self._parameter(reference))
            self._check(task, asked)

    def check_log(self, container: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        """Raise ``ServiceError`` where the role may not make the container's log stream.

        That it may not write lines there is asked as well, and ends nothing: on AWS the lines are lost.
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
        """
        settings = container.get("logConfiguration") or {}
        options = settings.get("options") or {}
        if (
            settings.get("logDriver") != "awslogs"
            or not options.get("awslogs-group")
            or not task.get("executionRoleArn")
        ):
            return
        group = self._arn(
            f"logs:{options.get('awslogs-region') or self._region}", f"log-group:{options['awslogs-group']}"
        )
        if str(options.get("awslogs-create-group", "")).lower() == "true":
            self._check(task, Asked(CREATE_LOG_GROUP, f"{group}:log-stream:"))
        prefix = options.get("awslogs-stream-prefix")
        stream = f"{prefix}/{container.get('name')}/{_task_id(task)}" if prefix else _task_id(task)
        self._check(task, Asked(CREATE_LOG_STREAM, f"{group}:log-stream:{stream}"))
        self._refusal(task, Asked(PUT_LOG_LINES, f"{group}:log-stream:{stream}"))

    def registry_login(self, image: str, task: Mapping[str, Any]) -> dict[str, str] | None:
        """Give user and password for pulling ``image``, of our own registry; None for any other registry's.

        The password is the role's: the registry asks IAM at each pull whether the role may. A layer that Docker has
        already is not pulled here, and is on AWS, so all rights of a pull are asked for beforehand.
        """
        host, _, name = image.partition("/")
        if host != self._registry_host:
            return None
        self._check(task, Asked(LOG_IN, "*"))
        repository = name.partition("@")[0].partition(":")[0]
        self._check(task, Asked(PULL, self._arn(f"ecr:{self._region}", f"repository/{repository}")))
        return {"username": "AWS", "password": self._make_password(self._session(task).access_key_id)}

    def _check(self, task: Mapping[str, Any], asked: Asked) -> None:
        refused = self._refusal(task, asked)
        if refused is not None:
            raise ServiceError("AccessDeniedException", refused.sentence)

    def _refusal(self, task: Mapping[str, Any], asked: Asked) -> Refusal | None:
        return self._implicit.refusal(self._session(task).access_key_id, asked)

    def _session(self, task: Mapping[str, Any]) -> Credentials:
        """Return the one session of a task's execution role, opened when it is first needed."""
        arn = str(task.get("taskArn", ""))
        if arn not in self._sessions:
            self._sessions[arn] = assume_role_as_service(
                service=SERVICE,
                role_arn=_role(task),
                source_arn=self._arn(f"ecs:{self._region}", "*"),
                session_name=_task_id(task) or "task",
                execution_id=self._deployed.execution_of(task),
            )
            while len(self._sessions) > _REMEMBERED_TASKS:
                self._sessions.popitem(last=False)
        return self._sessions[arn]

    def _parameter(self, name: str) -> str:
        return self._arn(f"ssm:{self._region}", f"parameter/{name.removeprefix('/')}")

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self._account_id}:{resource}"


def _role(task: Mapping[str, Any]) -> str:
    role = str(task.get("executionRoleArn") or "")
    if not role:
        message = "The task definition has no execution role, which pulling from ECR and reading secrets need"
        raise ServiceError("ClientException", message)
    return role


def _task_id(task: Mapping[str, Any]) -> str:
    return str(task.get("taskArn", "")).rpartition("/")[2]
