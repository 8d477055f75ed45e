"""What the rules about task definitions read from them."""

from collections.abc import Mapping, Sequence

from lint_rules.model.node import Node
from lint_rules.model.template import Resource

TASK_DEFINITION = "AWS::ECS::TaskDefinition"


def containers(task: Resource) -> Sequence[Node]:
    """Return the container definitions that are known."""
    return [one for one in task["ContainerDefinitions"].items if isinstance(one.value, Mapping) and not one.function]


def is_complete(task: Resource) -> bool:
    """Whether all containers, and their names, are known: nothing of them is made by a function or a parameter."""
    given = task["ContainerDefinitions"].items
    return bool(given) and len(containers(task)) == len(given) and all(one["Name"].pattern for one in given)


def is_for_fargate(task: Resource) -> bool:
    """Whether it may run on Fargate, and so has to meet Fargate's terms."""
    return any(one.text == "FARGATE" for one in task["RequiresCompatibilities"].items)


def network_mode(task: Resource) -> str:
    """Return the network mode (``bridge`` when none is given); empty when it is not known.

    It is not known either for a task on Fargate in another mode than awsvpc: cfn-lint tells of the mode itself.
    """
    given = task["NetworkMode"]
    mode = "bridge" if given.absent else given.text or ""
    return "" if is_for_fargate(task) and mode != "awsvpc" else mode
