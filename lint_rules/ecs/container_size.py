from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ContainerSize(ResourceRule):
    """Containers that their task has no room for."""

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
