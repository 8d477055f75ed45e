"""How traffic reaches the tasks of a service."""

from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, TARGET_GROUP, task_of
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete, network_mode
from lint_rules.load_balancing.attachment import ATTACHING, attached, before, others_may_attach
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View


class BalancedContainer(Rule):
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


class TargetType(Rule):
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


class ConnectedPort(Rule):
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


class GraceWithoutBalancer(ResourceRule):
    id = "E9507"
    shortdesc = "A grace period needs a load balancer"
    description = "CreateService refuses HealthCheckGracePeriodSeconds for a service without a load balancer."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        grace, balancers = service["HealthCheckGracePeriodSeconds"], service["LoadBalancers"]
        none = (balancers.absent or balancers.value == []) and service["VpcLatticeConfigurations"].absent
        if none and grace.number:
            yield fault(grace, "No load balancer checks this service. Leave the grace period out.")


class NoListener(Rule):
    id = "E9505"
    shortdesc = "A listener forwards to the target group of a service"
    description = "CreateService refuses a target group that no load balancer uses, and the stack fails."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TARGET_GROUP, *ATTACHING)

    def faults(self, template: View) -> Iterator[Fault]:
        for _, group, place in _balanced(template):
            if not attached(template, group) and not others_may_attach(template, group):
                sentence = f"No listener forwards to {group.logical_id}. Add one, and let the service depend on it."
                yield fault(place, sentence)


class ListenerComesLater(Rule):
    id = "W9527"
    shortdesc = "A service waits for the listener of its target group"
    description = (
        "CreateService refuses a target group that no load balancer uses yet. CloudFormation makes the "
        "listener at the same time as the service unless the service depends on it: the stack then fails, or "
        "not, by chance."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TARGET_GROUP, *ATTACHING)

    def faults(self, template: View) -> Iterator[Fault]:
        for service, group, place in _balanced(template):
            attaching = attached(template, group)
            if attaching and not before(template, service).intersection(attaching):
                names = " or ".join(sorted(attaching))
                sentence = f"{service.logical_id} may be made before {names}. Add DependsOn: {min(attaching)}."
                yield fault(place, sentence)


def _balanced(template: View) -> Iterator[tuple[Resource, Resource, Node]]:
    """Yield (service, target group, what names the group)."""
    for service in template.resources(SERVICE):
        for balancer in service["LoadBalancers"].items:
            group = template.referred(balancer["TargetGroupArn"], TARGET_GROUP, name="Name")
            if group is not None:
                yield service, group, balancer["TargetGroupArn"]
