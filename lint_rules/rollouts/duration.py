"""E9530 and E9532."""

import math
from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.ecs.service import SERVICE, strategy
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

LONGEST = 33 * 60
"""Minutes that CloudFormation, which waits for 36 hours, allows to the bakes of a deployment."""
ACTION = 60
"""Minutes that an ECS action waits, at most and by default."""
CANARY_BAKE, LINEAR_STEP, LINEAR_BAKE = 10, 10.0, 6


class BakesTooLong(Rule):
    id = "E9530"
    shortdesc = "The bakes of a deployment end within 33 hours"
    description = (
        "CloudFormation waits for a service for 36 hours, and refuses one whose bake time and steps together take more "
        "than 33."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-ecs-service-canaryconfiguration.html"
    )
    types = (SERVICE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            minutes = bakes(service)
            if minutes is not None and minutes > LONGEST:
                sentence = f"The bakes take {minutes} minutes, more than {LONGEST}. Shorten them."
                yield fault(service["DeploymentConfiguration"], sentence)


class ActionEndsBefore(Rule):
    id = "E9532"
    shortdesc = "An ECS action waits as long as the bakes of its service take"
    description = (
        "An ECS action fails when the service is not steady after its DeploymentTimeout, an hour at most. Bakes count: "
        "where they alone take that long, every release fails although the deployment goes well."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html"
    types = (PIPELINE, SERVICE)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            name, limit = action.configuration["ServiceName"], action.configuration["DeploymentTimeout"]
            service = template.referred(name, SERVICE, name="ServiceName") if action.provider == "ECS" else None
            minutes = bakes(service) if service else None
            waits = ACTION if limit.absent else limit.number
            if service and minutes is not None and waits is not None and minutes >= waits:
                sentence = f"The bakes of {service.logical_id} take {minutes} minutes, the action waits for {waits}."
                yield fault(name, f"{sentence} Shorten them, or raise DeploymentTimeout up to {ACTION}.")


def bakes(service: Resource) -> int | None:
    """Return the minutes that a deployment bakes; None where that is not known."""
    deployment = service["DeploymentConfiguration"]
    last = _number(deployment["BakeTimeInMinutes"], 0)
    kind = strategy(service)
    steps: float | None = 0
    if kind == "CANARY":
        steps = _number(deployment["CanaryConfiguration"]["CanaryBakeTimeInMinutes"], CANARY_BAKE)
    elif kind == "LINEAR":
        linear = deployment["LinearConfiguration"]
        share = _number(linear["StepPercent"], LINEAR_STEP)
        step = _number(linear["StepBakeTimeInMinutes"], LINEAR_BAKE)
        steps = None if not share or step is None else (math.ceil(100 / share) - 1) * step
    return None if last is None or steps is None or not kind else round(last + steps)


def _number(node: Node, default: float) -> float | None:
    if node.absent:
        return default
    try:
        return float(node.text or "")
    except ValueError:
        return None
