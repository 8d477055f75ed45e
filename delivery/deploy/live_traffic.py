"""Refuses a change that would send a service's requests to tasks that are not there.

Where ECS shifts traffic between two target groups, it moves the weights of the service's listener rule with each
deployment. An update of that rule writes the weights of the template again, whichever group serves by then:
https://github.com/aws/aws-cdk/issues/36649
"""

from collections.abc import Mapping
from typing import Any

from delivery.aws.session import Aws
from delivery.model import stacks
from delivery.model.plan import Action, ResourceChange, StackPlan
from delivery.model.templates import Template
from reporting.errors import CannotRunError

_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_UPDATED = (Action.CHANGED, Action.MAY_CHANGE, Action.MAY_BE_REPLACED, Action.REPLACED)

Weights = Mapping[str, int]
"""The weight of each target group of a forward action, by the group's ARN."""


def check(aws: Aws, template: Template, plan: StackPlan) -> None:
    """Raise ``CannotRunError`` where the plan takes a target group's requests away that gets some now."""
    changed = [one for one in plan.resources if one.type == _RULE and one.action in _UPDATED and one.physical_id]
    if not changed:
        return
    arns = {one.logical_id: one.physical_id for one in stacks.resources(aws, plan.stack) if one.is_there}
    names = {arn: name for name, arn in arns.items()}
    for change in changed:
        written = _written(template, change, arns)
        lost = [names.get(arn, arn) for arn, weight in _live(aws, change).items() if weight and not written.get(arn)]
        if written and lost:
            kept = ", ".join(names.get(arn, arn) for arn, weight in written.items() if weight) or "no target group"
            raise CannotRunError(
                f"{plan.stack}: {change.logical_id} would change, and that sends all requests to {kept}, while "
                f"{', '.join(lost)} serves now, as ECS has shifted the traffic. Release the service once more, so that "
                "the other group serves, or wait for the deployment that is under way; then deploy again."
            )


def _live(aws: Aws, change: ResourceChange) -> Weights:
    (rule,) = aws.elbv2.describe_rules(RuleArns=[change.physical_id])["Rules"]
    return _weights(rule["Actions"], {})


def _written(template: Template, change: ResourceChange, arns: Mapping[str, str]) -> Weights:
    """Return what the template says; empty where that can't be told."""
    properties = template.resources.get(change.logical_id, {}).get("Properties") or {}
    actions = properties.get("Actions")
    return _weights(actions, arns) if isinstance(actions, list) else {}


def _weights(actions: Any, arns: Mapping[str, str]) -> Weights:  # noqa: ANN401 - a template's value, or the API's
    """Return the weights of a forward action; ``arns`` resolves the references of a template."""
    found: dict[str, int] = {}
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        for group in groups or [{"TargetGroupArn": action.get("TargetGroupArn")}]:
            named = group.get("TargetGroupArn")
            arn = arns.get(named.get("Ref", ""), "") if isinstance(named, dict) else str(named or "")
            if arn:
                found[arn] = int(group.get("Weight", 1))
    return found
