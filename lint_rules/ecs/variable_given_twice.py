from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class VariableGivenTwice(ResourceRule):
    """A variable of a container that has two values."""

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
