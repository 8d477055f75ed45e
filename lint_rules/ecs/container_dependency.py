from collections.abc import Iterator, Mapping

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ContainerDependency(ResourceRule):
    """A container that waits for what can't come."""

    id = "E9514"
    shortdesc = "A container waits for containers of its task that can get there"
    description = (
        "RegisterTaskDefinition refuses a dependency on a container that is not in the task, circles, HEALTHY "
        "of a container without a health check, and COMPLETE or SUCCESS of an essential one, whose end ends "
        "the task."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        if not is_complete(task):
            return
        named = {one["Name"].pattern or "": one for one in containers(task)}
        for container in containers(task) if len(named) == len(containers(task)) else ():
            for dependency in container["DependsOn"].items:
                why = _mistake(container, dependency, named)
                if why:
                    yield fault(dependency["ContainerName"], why)


def _mistake(container: Node, dependency: Node, named: Mapping[str, Node]) -> str:
    name, condition = dependency["ContainerName"].pattern or "", dependency["Condition"].text
    other = named.get(name)
    if not name or other is None:
        known = name and "${" not in "".join((name, *named))
        return f"The task has no container {name}. It has {', '.join(named)}: name one of them." if known else ""
    if _waits_for(other, container["Name"].pattern or "", named):
        return f"{name} waits for this container in turn. Drop one of the dependencies."
    if condition == "HEALTHY" and other["HealthCheck"].absent:
        return f"{name} has no HealthCheck, so it never is HEALTHY. Add one, or wait for START."
    essential = other["Essential"]
    if condition in {"COMPLETE", "SUCCESS"} and (essential.absent or essential.flag):
        return f"{name} is essential: when it ends, the task ends. Set its Essential to false."
    return ""


def _waits_for(container: Node, name: str, named: Mapping[str, Node]) -> bool:
    """Whether ``container`` waits, directly or by others, for the container ``name``."""
    seen: set[str] = set()
    waiting = [container]
    while waiting:
        one = waiting.pop()
        seen.add(one["Name"].pattern or "")
        others = {dependency["ContainerName"].pattern or "" for dependency in one["DependsOn"].items}
        waiting.extend(named[other] for other in others - seen if other in named)
    return name in seen
