from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class NameGivenTwice(ResourceRule):
    """Two containers, or two ports, of one name."""

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
