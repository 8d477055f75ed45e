"""Refuses a change that would send a service's requests to tasks that are not there.

Where ECS shifts traffic between two target groups, it moves the weights of the service's listener rule with each
deployment. An update of that rule writes the weights of the template again, whichever group serves by then:
https://github.com/aws/aws-cdk/issues/36649
While it does so, nothing that it works on is changed; and a target group that serves is not replaced by an empty one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.model import stacks
from delivery.model.manifest import Manifest
from delivery.model.plan import Action, ResourceChange, StackPlan
from delivery.model.stacks import Resource
from delivery.model.templates import Template
from delivery.releases.model import rollouts
from delivery.releases.model.rollouts import Rollout
from delivery.releases.model.target import Target
from reporting.errors import CannotRunError

_RULE, _GROUP = "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::TargetGroup"
_SERVICE = "AWS::ECS::Service"
_REPLACED = (Action.MAY_BE_REPLACED, Action.REPLACED)
_UPDATED = (Action.CHANGED, Action.MAY_CHANGE, *_REPLACED)
_TOUCHED = (*_UPDATED, Action.REMOVED)

Weights = Mapping[str, int]
"""The weight of each target group of a forward action, by the group's ARN."""


def check(aws: Aws, manifest: Manifest, template: Template, plan: StackPlan, *, allow_replacement: bool) -> None:
    """Raise ``CannotRunError`` where the plan takes a target group's requests away that gets some now.

    So it does where the plan touches what a roll-out that goes on shifts. A group that serves is replaced by an empty
    one only where ``allow_replacement`` says so.
    """
    touched = [
        one
        for one in plan.resources
        if one.type in {_RULE, _GROUP, _SERVICE} and one.action in _TOUCHED and one.physical_id
    ]
    if not touched:
        return
    there = [one for one in stacks.resources(aws, plan.stack) if one.is_there]
    _check_rules(aws, template, plan, {one.logical_id: one.physical_id for one in there})
    _check_rollouts(aws, manifest, plan, touched, there)
    if not allow_replacement:
        _check_groups(aws, plan, touched)


def _check_rules(aws: Aws, template: Template, plan: StackPlan, arns: Mapping[str, str]) -> None:
    names = {arn: name for name, arn in arns.items()}
    for change in plan.resources:
        if change.type != _RULE or change.action not in _UPDATED or not change.physical_id:
            continue
        written = _written(template, change, arns)
        lost = [names.get(arn, arn) for arn, weight in _live(aws, change).items() if weight and not written.get(arn)]
        if written and lost:
            kept = ", ".join(names.get(arn, arn) for arn, weight in written.items() if weight) or "no target group"
            raise CannotRunError(
                f"{plan.stack}: {change.logical_id} would change, and that sends all requests to {kept}, while "
                f"{', '.join(lost)} serves now, as ECS has shifted the traffic. Release the service once more, so that "
                "the other group serves, or wait for the deployment that is under way; then deploy again."
            )


def _check_rollouts(
    aws: Aws, manifest: Manifest, plan: StackPlan, touched: Sequence[ResourceChange], there: Sequence[Resource]
) -> None:
    for service, rollout in _going_on(aws, manifest, there):
        words = [*words_for(aws.environment), "--service", service]
        see, end = spelling.command("status", *words), spelling.command("stop", *words, "--roll-back")
        raise CannotRunError(
            f"{plan.stack}: {', '.join(one.logical_id for one in touched)} would change while a roll-out of {service} "
            f"shifts its requests ({rollout.progress}). Wait for its end, which `{see}` shows, or end it with `{end}`; "
            "then deploy again."
        )


def _going_on(aws: Aws, manifest: Manifest, there: Sequence[Resource]) -> Iterator[tuple[str, Rollout]]:
    """Return the services of a stack whose requests are being shifted."""
    for one in there:
        cluster, _, service = one.physical_id.partition("/")[2].rpartition("/")
        if one.type != _SERVICE or not cluster:
            continue
        ours = [each for each in manifest.pipelines if (each.cluster, each.ecs_service) == (cluster, service)]
        found = rollouts.last(Target(aws, manifest, ours[0], "", ())) if ours else ()
        for rollout in (found or rollouts.of_service(aws, cluster, service))[:1]:
            if rollout.finished is None and rollout.share is not None:
                yield service, rollout


def _check_groups(aws: Aws, plan: StackPlan, touched: Sequence[ResourceChange]) -> None:
    for change in touched:
        if change.type != _GROUP or change.action not in _REPLACED:
            continue
        tasks = len(aws.elbv2.describe_target_health(TargetGroupArn=change.physical_id)["TargetHealthDescriptions"])
        if tasks:
            allowing = spelling.command("deploy", *words_for(aws.environment), "--allow-replacement")
            raise CannotRunError(
                f"{plan.stack}: {change.logical_id} would be replaced by a target group without tasks, while requests "
                f"go to {tasks} in it; they would fail until tasks are registered in the new one. Give the service "
                f"another name, so that a new one is made beside this one, or accept that with `{allowing}`."
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
