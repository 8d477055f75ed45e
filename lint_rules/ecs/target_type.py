from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, TARGET_GROUP, task_of
from lint_rules.ecs.task import TASK_DEFINITION, network_mode
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class TargetType(Rule):
    """A target group whose targets are not what the tasks are."""

    id = "E9504"
    shortdesc = "Tasks with an address of their own are targets by address"
    description = (
        "A task in network mode awsvpc has an address of its own, and its target group needs TargetType ip; "
        "in the modes bridge and host it is reached through its instance. CreateService refuses the other "
        "type."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"
    types = (SERVICE, TASK_DEFINITION, TARGET_GROUP)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            task = task_of(template, service)
            mode = network_mode(task) if task else ""
            for balancer in service["LoadBalancers"].items if mode else ():
                group = template.referred(balancer["TargetGroupArn"], TARGET_GROUP, name="Name")
                given = group["TargetType"] if group else balancer["TargetType"]
                kind = "instance" if given.absent else given.text
                if group is None or kind is None or mode == "none":
                    continue
                wanted = "ip" if mode == "awsvpc" else "instance"
                if kind != wanted:
                    yield fault(
                        given,
                        f"Tasks in network mode {mode} are targets of type {wanted}, not {kind}. Set TargetType to it.",
                    )
