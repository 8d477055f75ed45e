"""The containers of a task beside each other: names, room, volumes, health, order."""

from collections.abc import Iterator, Mapping

from aws_facts import facts
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete, is_for_fargate
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class NameGivenTwice(ResourceRule):
    id = "E9518"
    shortdesc = "Containers and their ports have names of their own"
    description = (
        "RegisterTaskDefinition refuses two containers of one name in a task, and two port mappings of one name."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        ports = [port["Name"] for container in containers(task) for port in container["PortMappings"].items]
        for what, names in (("container", [one["Name"] for one in containers(task)]), ("port", ports)):
            seen: set[str] = set()
            for name in names:
                if name.pattern is not None and name.pattern in seen:
                    yield fault(name, f"Two {what}s of this task are called {name.pattern}. Rename one.")
                seen.add(name.pattern or "")


class ContainerSize(ResourceRule):
    id = "E9515"
    shortdesc = "A task has room for its containers"
    description = (
        "RegisterTaskDefinition refuses containers whose memory or CPU units together exceed the task's, a "
        "reservation above the limit, and on EC2 a container without memory in a task without."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        for container in containers(task):
            most, reserved = container["Memory"], container["MemoryReservation"]
            if most.number is not None and reserved.number is not None and reserved.number > most.number:
                yield fault(
                    reserved, f"{reserved.number} MiB are reserved, and {most.number} allowed. Lower the reservation."
                )
            if task["Memory"].absent and most.absent and reserved.absent and not is_for_fargate(task):
                yield fault(container, "Neither container nor task say how much memory it gets. Add Memory.")
        for name, unit in (("Memory", "MiB of memory"), ("Cpu", "CPU units")):
            room, taken = task[name].number, _taken(task, name)
            if room is not None and room < taken:
                yield fault(task[name], f"The containers take {taken} {unit}, the task has {room}. Give it more.")


def _taken(task: Resource, name: str) -> int:
    """Add up what is known to be set apart for the containers."""
    given = (
        one["MemoryReservation"] if name == "Memory" and one["MemoryReservation"].present else one[name]
        for one in containers(task)
    )
    return sum(one.number or 0 for one in given)


class UnknownVolume(ResourceRule):
    id = "E9516"
    shortdesc = "A container mounts volumes of its task"
    description = (
        "RegisterTaskDefinition refuses a mount of a volume, and volumes from a container, that are not in "
        "the task definition."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        volumes = {volume["Name"].pattern for volume in task["Volumes"].items}
        names = {container["Name"].pattern for container in containers(task)}
        open_ended = bool(task["Volumes"].function) or any("${" in (name or "${") for name in volumes)
        for container in containers(task):
            for mount in container["MountPoints"].items:
                name = mount["SourceVolume"]
                if name.text is not None and name.text not in volumes and not open_ended:
                    yield fault(name, f"The task has no volume {name.text}. Add it to Volumes.")
            for source in container["VolumesFrom"].items:
                name = source["SourceContainer"]
                if name.text is not None and name.text not in names and is_complete(task):
                    yield fault(name, f"The task has no container {name.text}. Name another, or drop VolumesFrom.")


class ContainerHealth(ResourceRule):
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


class ContainerDependency(ResourceRule):
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
