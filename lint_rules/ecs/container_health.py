from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.task import TASK_DEFINITION, containers
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ContainerHealth(ResourceRule):
    """A health check of a container that ECS refuses."""

    id = "E9513"
    shortdesc = "A container's health check is a command, with times in range"
    description = (
        "The command's first part says how it is run: CMD, or CMD-SHELL for a shell's. ECS refuses intervals, "
        "timeouts, retries and start periods out of range."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        for container in containers(task):
            check = container["HealthCheck"]
            first = check["Command"][0]
            if first.text is not None and first.text not in {"CMD", "CMD-SHELL", "NONE"}:
                yield fault(
                    first, f"The command begins with CMD or CMD-SHELL, not with {first.text}. Put one of them first."
                )
            for name, (least, most) in facts("ecs")["health_check"]["ranges"].items():
                number = check[name].number
                if number is not None and not least <= number <= most:
                    yield fault(check[name], f"{name} is {number}, and may be {least} to {most}. Change it.")
