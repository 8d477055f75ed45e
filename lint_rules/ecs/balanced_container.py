from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, task_of
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class BalancedContainer(Rule):
    """A container or port for the load balancer that the task does not have."""

    id = "E9503"
    shortdesc = "The load balancer's container and port are the task's"
    description = (
        "CreateService refuses a container name that is not in the task definition, and a port that the "
        "container does not map."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TASK_DEFINITION)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            task = task_of(template, service)
            for balancer in service["LoadBalancers"].items if task and is_complete(task) else ():
                name, port = balancer["ContainerName"], balancer["ContainerPort"]
                named = [one for one in containers(task) if one["Name"].pattern == name.pattern] if task else []
                if not named and _is_known(name) and task and all(_is_known(one["Name"]) for one in containers(task)):
                    names = ", ".join(str(one["Name"].text) for one in containers(task))
                    yield fault(name, f"The task has no container {name.text}. It has {names}: name one of them.")
                ports = [mapping["ContainerPort"].number for one in named for mapping in one["PortMappings"].items]
                if named and port.number is not None and None not in ports and port.number not in ports:
                    mapped = ", ".join(map(str, ports)) or "none"
                    yield fault(
                        port, f"{name.pattern} maps the ports {mapped}, not {port.number}. Add a PortMapping for it."
                    )


def _is_known(name: Node) -> bool:
    return name.text is not None
