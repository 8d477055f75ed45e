"""Before a task starts, its execution role is asked for every right that ECS uses: without one, nothing starts."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack.services import ecs, iam

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.iam import decisions
from local_aws.platform.service import ServiceError
from local_aws.services.ecs.execution_attribution import Deployed
from local_aws.services.ecs.execution_role import ExecutionRole
from local_aws.state.database import Database

ACCOUNT, REGION = "000000000000", "ca-central-1"
HOST = "localhost:4566"
IMAGE = f"{HOST}/shop/web@sha256:{'0' * 64}"
CONTAINER = {
    "name": "web",
    "image": IMAGE,
    "secrets": [
        {"name": "A", "valueFrom": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a"},
        {"name": "B", "valueFrom": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:b-123456:username::"},
    ],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "g", "awslogs-stream-prefix": "p", "awslogs-create-group": "true"},
    },
}
TASK = {
    "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/cruddur/0123",
    "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:7",
    "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/starts",
}
STREAM = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g:log-stream:p/web/0123"
NEEDED = {
    "ecr:GetAuthorizationToken": "*",
    "ecr:BatchCheckLayerAvailability": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop/web",
    "ecr:BatchGetImage": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop/web",
    "ecr:GetDownloadUrlForLayer": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop/web",
    "ssm:GetParameters": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:b-123456",
    "logs:CreateLogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g:log-stream:",
    "logs:CreateLogStream": STREAM,
}


@pytest.fixture
def role() -> Iterator[dict[str, Any]]:
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    with acting_in(ACCOUNT, REGION):
        made = iam._create_role(  # noqa: SLF001 - the way in which MiniStack makes a role
            {"RoleName": ["starts"], "AssumeRolePolicyDocument": [json.dumps({"Statement": [trust]})]}
        )
        assert made[0] == 200
        yield iam._roles["starts"]  # noqa: SLF001 - the same
        iam._roles.pop("starts")  # noqa: SLF001 - the same


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path)
    yield made
    made.close()


def _start(role: dict[str, Any], rights: dict[str, str], database: Database) -> list[str]:
    """Do what comes before a start, with these rights; give the keys that passwords were made for."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in rights.items()]
    role["InlinePolicies"] = {"start": json.dumps({"Statement": statements})}
    keys: list[str] = []

    def make_password(key: str) -> str:
        keys.append(key)
        return "password"

    rules = ExecutionRole((ACCOUNT, REGION), HOST, make_password, Deployed(database))
    rules.check_secrets(CONTAINER, TASK)
    rules.check_log(CONTAINER, TASK)
    assert rules.registry_login(IMAGE, TASK) == {"username": "AWS", "password": "password"}
    return keys


def test_a_role_with_all_rights_starts_the_task_in_one_session(role: dict[str, Any], database: Database) -> None:
    assert len(_start(role, NEEDED, database)) == 1


@pytest.mark.parametrize("missing", NEEDED)
def test_each_right_is_needed_on_its_resource(role: dict[str, Any], database: Database, missing: str) -> None:
    rights = {**NEEDED, missing: "arn:aws:s3:::another"}
    with pytest.raises(ServiceError) as refused:
        _start(role, rights, database)
    assert f"is not authorized to perform: {missing} on resource: {NEEDED[missing]}" in refused.value.message


def test_another_registry_and_other_logs_need_nothing(role: dict[str, Any], database: Database) -> None:
    role["InlinePolicies"] = {}
    rules = ExecutionRole((ACCOUNT, REGION), HOST, str, Deployed(database))
    assert rules.registry_login("public.ecr.aws/docker/library/postgres:17", TASK) is None
    rules.check_log({**CONTAINER, "logConfiguration": {"logDriver": "json-file"}}, TASK)


def test_a_task_is_of_the_execution_that_deployed_its_revision(database: Database) -> None:
    deployed = Deployed(database)
    target = {"x-amz-target": "AmazonEC2ContainerServiceV20141113.UpdateService"}
    body = json.dumps({"service": "web", "taskDefinition": TASK["taskDefinitionArn"]}).encode()
    with acting_in(ACCOUNT, REGION):
        ecs._task_defs["web:7"] = {"taskDefinitionArn": TASK["taskDefinitionArn"]}  # noqa: SLF001 - as registered
        with decisions.acting_for("e-1"):
            assert asyncio.run(deployed.remember("POST", "/", target, body, {})) is None
        ecs._task_defs.pop("web:7")  # noqa: SLF001 - the same
    database.write((), database.take_pending())
    again = Deployed(database)
    assert again.execution_of(TASK) == "e-1"
    assert not again.execution_of({**TASK, "taskDefinitionArn": "arn:aws:ecs:::task-definition/web:8"})
