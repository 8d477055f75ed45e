from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, task_of
from lint_rules.ecs.task import TASK_DEFINITION, network_mode
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class NetworkOfService(Rule):
    """A network for a service whose tasks have none of their own."""

    id = "E9506"
    shortdesc = "A service has a network of its own in mode awsvpc only"
    description = (
        "CreateService refuses NetworkConfiguration when the tasks are in another mode than awsvpc, and a "
        "public address for tasks on EC2 instances."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html"
    types = (SERVICE, TASK_DEFINITION)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            task, network = task_of(template, service), service["NetworkConfiguration"]
            mode = network_mode(task) if task else ""
            if network.present and mode and mode != "awsvpc":
                yield fault(
                    network, f"Tasks in network mode {mode} have no network of their own. Set NetworkMode to awsvpc."
                )
            public = network["AwsvpcConfiguration"]["AssignPublicIp"]
            if public.text == "ENABLED" and service["LaunchType"].text == "EC2":
                yield fault(
                    public, "Tasks on EC2 instances get no public address. Leave it out, and use a NAT gateway."
                )
