"""What a container is given before it starts: a role, secrets, variables, a place for logs."""

import re
from collections.abc import Iterator, Mapping

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View


class ExecutionRole(ResourceRule):
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


class SecretReference(Rule):
    id = "E9510"
    shortdesc = "A container's secret is named in the form that ECS reads"
    description = (
        "ValueFrom is the ARN of a secret, with key, version stage and version after colons all three or "
        "none, or the name or ARN of a parameter. Of anything else the task fails to start."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"
    types = (TASK_DEFINITION,)

    def faults(self, template: View) -> Iterator[Fault]:
        for task in template.resources(TASK_DEFINITION):
            for container in containers(task):
                for secret in (*container["Secrets"].items, *container["LogConfiguration"]["SecretOptions"].items):
                    text = secret["ValueFrom"].pattern or ""
                    why = _mistake(text, template)
                    if why:
                        yield fault(secret["ValueFrom"], f"{text}: {why}")


_SECRET = re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*(?P<rest>.*)", re.DOTALL)
_REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z0-9]+)\}(?P<rest>:.*)", re.DOTALL)
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")
_COLONS = 3


def _mistake(text: str, template: View) -> str:
    if "{{resolve:" in text:
        return "this puts the value where its name is due, for all to read. Give the name or the ARN."
    reference = _REFERENCE.fullmatch(text)
    made = template.all_resources.get(reference["name"]) if reference else None
    is_secret = made is not None and made.type == "AWS::SecretsManager::Secret"
    known = _UNKNOWN.sub("x", text)
    found = reference if is_secret else _SECRET.fullmatch(known)
    if found and found["rest"] and found["rest"].count(":") != _COLONS:
        return "after the secret come key, version stage and version, each after a colon. Write :KEY::."
    if ":" not in known and "/" in text and not text.startswith(("/", "${")):
        return "the name of a parameter in a path begins with a slash. Add it."
    return ""


class VariableGivenTwice(ResourceRule):
    id = "E9511"
    shortdesc = "A container's variable is given once"
    description = "RegisterTaskDefinition refuses a secret whose name is that of an environment variable too."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        for container in containers(task):
            seen: set[str] = set()
            for variable in (*container["Environment"].items, *container["Secrets"].items):
                name = variable["Name"].text
                if name is not None and name in seen:
                    yield fault(variable["Name"], f"The variable {name} is given twice. Keep one of them.")
                seen.add(name or "")


class LogStreamPrefix(ResourceRule):
    id = "E9512"
    shortdesc = "Logs of tasks on Fargate need a stream prefix"
    description = (
        "On Fargate the driver awslogs needs awslogs-stream-prefix: RegisterTaskDefinition refuses a task "
        "definition without it."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        for container in containers(task) if is_for_fargate(task) else ():
            logs = container["LogConfiguration"]
            options = logs["Options"]
            known = isinstance(options.value, Mapping) and not options.function
            if logs["LogDriver"].text == "awslogs" and known and options["awslogs-stream-prefix"].absent:
                yield fault(options, "On Fargate awslogs needs the option awslogs-stream-prefix. Add it.")
