import re
from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ExecutionRole(ResourceRule):
    """A task that starts without the role it needs to."""

    id = "E9509"
    shortdesc = "A task that reads secrets, logs or private images has an execution role"
    description = (
        "Secrets are fetched, and on Fargate images of ECR pulled and logs sent, with the execution role, "
        "before the container starts. RegisterTaskDefinition refuses a task definition without one."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        why = next((why for one in containers(task) if (why := _needs(one, fargate=is_for_fargate(task)))), "")
        if why and task["ExecutionRoleArn"].absent:
            yield fault(task["ExecutionRoleArn"], f"{why}, which takes ExecutionRoleArn. Add it.")


_PRIVATE = re.compile(r"\.dkr[.-]ecr\.|\.RepositoryUri\b")


def _needs(container: Node, *, fargate: bool) -> str:
    """Say what takes an execution role; empty when nothing does."""
    name, logs = container["Name"].pattern or "A container", container["LogConfiguration"]
    # What conditions leave out most often comes last, so that each outcome of them tells the same.
    if fargate and logs["LogDriver"].text == "awslogs":
        return f"{name} sends logs to CloudWatch"
    if fargate and _PRIVATE.search(container["Image"].pattern or ""):
        return f"{name} is pulled from ECR"
    if container["RepositoryCredentials"].present:
        return f"{name} is pulled with credentials"
    if container["Secrets"].items or logs["SecretOptions"].items:
        return f"{name} reads secrets"
    return ""
