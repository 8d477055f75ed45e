from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, controller, strategy
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class DeadlockedDeployment(Rule):
    """A deployment that may neither start nor stop a task."""

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
