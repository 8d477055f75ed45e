"""What the rules about services read from them."""

from lint_rules.ecs.task import TASK_DEFINITION
from lint_rules.model.template import Resource, View

SERVICE = "AWS::ECS::Service"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


def task_of(template: View, service: Resource) -> Resource | None:
    """Return the service's task definition, when this template makes it."""
    return template.referred(service["TaskDefinition"], TASK_DEFINITION, name="Family")


def strategy(service: Resource) -> str:
    """Return the deployment strategy (``ROLLING`` when none is given); empty when it is not known."""
    given = service["DeploymentConfiguration"]["Strategy"]
    return "ROLLING" if given.absent else given.text or ""


def controller(service: Resource) -> str:
    """Return the type of the deployment controller (``ECS`` when none is given); empty when it is not known."""
    given = service["DeploymentController"]
    return "ECS" if given.absent else given["Type"].text or ""


def is_on_fargate(service: Resource) -> bool:
    """Whether its tasks run on Fargate, by its launch type or its capacity providers."""
    providers = {one["CapacityProvider"].text for one in service["CapacityProviderStrategy"].items}
    return service["LaunchType"].text == "FARGATE" or bool(providers & {"FARGATE", "FARGATE_SPOT"})
