"""What a service asks IAM when something is made: whether its maker may pass the roles that it names, and tag it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_aws.iam.implied_actions import (
    ROLE_FOR_BUILD,
    ROLE_FOR_DEPLOYMENTS,
    ROLE_FOR_PIPELINE,
    ROLE_FOR_RULE,
    ROLE_FOR_TASKS,
    SERVICE_ROLE_FOR_STACK,
    TAG_CLUSTER,
    TAG_SERVICE,
    TAG_TASK,
    TAG_TASK_DEFINITION,
)
from local_aws.iam.request import Request
from local_aws.iam.trace import Asked
from local_aws.ministack.ecs import tasks

_ROLES = ("taskRoleArn", "executionRoleArn")


def of_containers(request: Request) -> Iterator[Asked]:
    """Roles: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html.

    Tags: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
    """
    members, tagged = request.members, _TAGGED.get(request.operation)
    if request.operation == "RegisterTaskDefinition":
        yield from _passed(ROLE_FOR_TASKS, request, [members.get(name) for name in _ROLES])
    if request.operation in {"RunTask", "StartTask"}:
        started = {**tasks.definition(str(members.get("taskDefinition") or "")), **(members.get("overrides") or {})}
        yield from _passed(ROLE_FOR_TASKS, request, [started.get(name) for name in _ROLES])
    if tagged is not None and members.get("tags"):
        step, resource = tagged
        cluster = str(members.get("cluster") or "default").rpartition("/")[2]
        named = resource.format_map({"family": "", "serviceName": "", "clusterName": "default", **members})
        yield Asked(step, request.arn("ecs", named.replace("CLUSTER", cluster)), _of_tags(members["tags"]))


_TAGGED = {
    "RegisterTaskDefinition": (TAG_TASK_DEFINITION, "task-definition/{family}:*"),
    "CreateService": (TAG_SERVICE, "service/CLUSTER/{serviceName}"),
    "RunTask": (TAG_TASK, "task/CLUSTER/*"),
    "CreateCluster": (TAG_CLUSTER, "cluster/{clusterName}"),
}
"""By operation: the step, and the resource that is tagged."""


def of_pipelines(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/security-iam-permissions-console-logs.html."""
    if request.operation in {"CreatePipeline", "UpdatePipeline"}:
        pipeline = request.members.get("pipeline")
        yield from _passed(
            ROLE_FOR_PIPELINE, request, [pipeline.get("roleArn") if isinstance(pipeline, dict) else None]
        )


def of_builds(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html."""
    names = {"CreateProject": "serviceRole", "UpdateProject": "serviceRole", "StartBuild": "serviceRoleOverride"}
    if request.operation in names:
        yield from _passed(ROLE_FOR_BUILD, request, [request.members.get(names[request.operation])])


def of_rules(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html."""
    if request.operation == "PutTargets":
        targets = request.members.get("Targets") or []
        yield from _passed(ROLE_FOR_RULE, request, [each.get("RoleArn") for each in targets if isinstance(each, dict)])


def of_deployment_groups(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/codedeploy/latest/userguide/security-iam.html."""
    if request.operation in {"CreateDeploymentGroup", "UpdateDeploymentGroup"}:
        yield from _passed(ROLE_FOR_DEPLOYMENTS, request, [request.members.get("serviceRoleArn")])


def of_stacks(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html."""
    yield from _passed(SERVICE_ROLE_FOR_STACK, request, request.parameters.get("RoleARN") or [])


def _passed(step: str, request: Request, roles: Sequence[object]) -> Iterator[Asked]:
    for role in dict.fromkeys(str(role) for role in roles if role):
        yield Asked(step, role if role.startswith("arn:") else f"arn:aws:iam::{request.account_id}:role/{role}")


def _of_tags(tags: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    values = {str(each.get("key")): str(each.get("value", "")) for each in tags if isinstance(each, dict)}
    return {**{f"aws:RequestTag/{name}": value for name, value in values.items()}, "aws:TagKeys": list(values)}
