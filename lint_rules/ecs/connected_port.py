from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, task_of
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ConnectedPort(Rule):
    """A port for Service Connect that the task does not name."""

    id = "E9519"
    shortdesc = "Service Connect uses ports that the task names"
    description = "CreateService refuses a PortName that no port mapping of the task definition has."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html"
    types = (SERVICE, TASK_DEFINITION)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            task = task_of(template, service)
            if task is None or not is_complete(task):
                continue
            ports = [port["Name"].pattern for one in containers(task) for port in one["PortMappings"].items]
            for connected in service["ServiceConnectConfiguration"]["Services"].items:
                name = connected["PortName"]
                if name.text is not None and name.text not in ports and not any("${" in (port or "") for port in ports):
                    yield fault(name, f"No port mapping of the task is named {name.text}. Give one this Name.")
