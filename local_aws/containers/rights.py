"""The execution role at work: it reads secrets and pulls images, or the task does not start.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from local_aws.ministack import identity
from local_aws.ministack.application import identity_refusal
from local_aws.roles import assume_role_as_service
from local_aws.service import ServiceError

SERVICE = "ecs-tasks.amazonaws.com"


class ExecutionRole:
    """Checks and uses the execution roles of tasks of an account and region."""

    def __init__(self, account_id: str, region: str, registry_host: str, make_password: Callable[[str], str]) -> None:
        self._account_id = account_id
        self._region = region
        self._registry_host = registry_host
        self._make_password = make_password

    def check_secrets(self, container: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        """Raise ``ServiceError`` where the role may not read a secret that the container wants."""
        for secret in container.get("secrets") or []:
            reference = str(secret.get("valueFrom", ""))
            is_secret = ":secretsmanager:" in reference
            action = "secretsmanager:GetSecretValue" if is_secret else "ssm:GetParameters"
            self._check(task, action, reference if reference.startswith("arn:") else self._parameter(reference))

    def registry_login(self, image: str, task: Mapping[str, Any]) -> dict[str, str] | None:
        """Give user and password for pulling ``image``, of our own registry; None for any other registry's.

        The password is the role's: the registry asks IAM at each pull whether the role may.
        """
        if not image.startswith(f"{self._registry_host}/"):
            return None
        self._check(task, "ecr:GetAuthorizationToken", "*")
        session = assume_role_as_service(
            service=SERVICE,
            role_arn=self._role(task),
            source_arn=f"arn:aws:ecs:{self._region}:{self._account_id}:*",
            source_account=self._account_id,
            session_name=str(task.get("taskArn", "task")).rpartition("/")[2] or "task",
        )
        return {"username": "AWS", "password": self._make_password(session.access_key_id)}

    def _check(self, task: Mapping[str, Any], action: str, resource: str) -> None:
        role = self._role(task)
        if not identity.role_allows(role, action, self._region, resource, {}):
            raise ServiceError("AccessDeniedException", identity_refusal(action, _session_arn(role, task), resource))

    def _role(self, task: Mapping[str, Any]) -> str:
        role = str(task.get("executionRoleArn") or "")
        if not role:
            message = "The task definition has no execution role, which pulling from ECR and reading secrets need"
            raise ServiceError("ClientException", message)
        return role

    def _parameter(self, name: str) -> str:
        return f"arn:aws:ssm:{self._region}:{self._account_id}:parameter/{name.removeprefix('/')}"


def _session_arn(role_arn: str, task: Mapping[str, Any]) -> str:
    account_id, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return f"arn:aws:sts::{account_id}:assumed-role/{name}/{str(task.get('taskArn', '')).rpartition('/')[2]}"
