"""How a service replaces its tasks itself."""

from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, controller, strategy
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View


class DeadlockedDeployment(Rule):
    id = "E9501"
    shortdesc = "A rolling deployment may start a task, or stop one"
    description = (
        "A rolling deployment keeps at least MinimumHealthyPercent of the tasks and starts at most "
        "MaximumPercent, rounded up and down to whole tasks. When it may start no task above those to keep, "
        "nothing can be replaced and the deployment waits until it times out."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html"
    types = (SERVICE, "AWS::ApplicationAutoScaling::ScalableTarget")

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            rolling = strategy(service) == "ROLLING" and controller(service) == "ECS"
            replica = service["SchedulingStrategy"].absent or service["SchedulingStrategy"].text == "REPLICA"
            most = service["DeploymentConfiguration"]["MaximumPercent"].number
            if rolling and replica and most is not None and _is_stuck(service, most, scales=_scales(template)):
                least = _least(service)
                yield fault(
                    service["DeploymentConfiguration"]["MaximumPercent"],
                    f"With {least} % at least and {most} % at most no task can be replaced. "
                    "Raise MaximumPercent, or lower MinimumHealthyPercent.",
                )


_ALL = 100


def _least(service: Resource) -> int | None:
    given = service["DeploymentConfiguration"]["MinimumHealthyPercent"]
    return _ALL if given.absent else given.number


def _scales(template: View) -> bool:
    return bool(template.resources("AWS::ApplicationAutoScaling::ScalableTarget"))


def _is_stuck(service: Resource, most: int, *, scales: bool) -> bool:
    least, wanted = _least(service), service["DesiredCount"].number
    if least is None or wanted == 0:
        return False
    if wanted is None or wanted < 0 or scales:
        return least >= max(_ALL, most)
    kept, allowed = -(-wanted * least // _ALL), wanted * most // _ALL
    return kept >= max(wanted, allowed)


class RollingOnly(ResourceRule):
    id = "E9502"
    shortdesc = "Circuit breakers, alarms and strategies need the controller ECS"
    description = (
        "CreateService refuses a circuit breaker, deployment alarms and a deployment strategy when CodeDeploy "
        "or another deploys the service."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        if controller(service) in {"CODE_DEPLOY", "EXTERNAL"}:
            for setting in _settings(service["DeploymentConfiguration"]):
                yield fault(
                    setting, f"{setting.path[-1]} needs the controller ECS, not {controller(service)}. Leave it out."
                )


def _settings(deployment: Node) -> Iterator[Node]:
    for name in ("DeploymentCircuitBreaker", "Alarms"):
        if deployment[name]["Enable"].flag:
            yield deployment[name]
    if deployment["Strategy"].present and deployment["Strategy"].text not in {None, "ROLLING"}:
        yield deployment["Strategy"]


class BlueGreen(ResourceRule):
    id = "E9520"
    shortdesc = "A shift of traffic needs a second target group, a rule and a role"
    description = (
        "The strategies BLUE_GREEN, CANARY and LINEAR move traffic between two target groups by a production "
        "listener rule, with a role: CreateService refuses a load balancer without them, and settings of "
        "another strategy."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        kind, deployment = strategy(service), service["DeploymentConfiguration"]
        if kind in _SHIFTING:
            for balancer in service["LoadBalancers"].items:
                yield from _balancer(balancer, kind)
        for name, needed in (("CanaryConfiguration", "CANARY"), ("LinearConfiguration", "LINEAR")):
            if deployment[name].present and kind and kind != needed:
                yield fault(
                    deployment[name], f"{name} is for the strategy {needed}, and this is {kind}. Change one of them."
                )


_SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")
_NEEDED = ("AlternateTargetGroupArn", "ProductionListenerRule", "RoleArn")


def _balancer(balancer: Node, kind: str) -> Iterator[Fault]:
    advanced = balancer["AdvancedConfiguration"]
    if balancer["TargetGroupArn"].absent or advanced.function:
        return
    missing = [name for name in _NEEDED if advanced[name].absent]
    if missing:
        yield fault(advanced, f"{kind} needs an AdvancedConfiguration with {' and '.join(missing)}. Add it.")
    alternate, first = advanced["AlternateTargetGroupArn"], balancer["TargetGroupArn"]
    if alternate.pattern is not None and alternate.pattern == first.pattern:
        yield fault(alternate, "Traffic moves between two target groups, and this is the first again. Name another.")
