"""What the targets of rules and schedules need of the roles that they are called under."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.system import Resource, listed, mapping

_OCCASIONS = {
    "codepipeline": "target CodePipeline",
    "codebuild": "target CodeBuild",
    "ecs": "target ECS",
    "states": "target StepFunctions",
    "kinesis": "target Kinesis",
    "events": "target event bus",
    "firehose": "target Firehose",
}
"""The service in a target's ARN, and what is done to it under the target's role."""
_SERVICE = 2
"""The part of an ARN that names the service."""


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how EventBridge uses the role of each target."""
    for rule in index.system.resources("AWS::Events::Rule"):
        for target in map(mapping, listed(rule.properties.get("Targets"))):
            yield from _use(rule, target, "events.amazonaws.com", index)
    for schedule in index.system.resources("AWS::Scheduler::Schedule"):
        yield from _use(schedule, mapping(schedule.properties.get("Target")), "scheduler.amazonaws.com", index)


def _use(who: Resource, target: Mapping[str, Any], service: str, index: ProjectIndex) -> Iterator[Usage]:
    role = target.get("RoleArn")
    if role is not None:
        yield Usage(who, role, service, {}, list(_needs(who, target, index)))


def service_of(target: Mapping[str, Any], who: Resource, index: ProjectIndex) -> str:
    """Return the service in a target's ARN; nothing where it is not known."""
    # Names of pseudo parameters have colons of their own.
    parts = (index.text(target.get("Arn"), who.stack) or "").replace("::", "..").split(":")
    return parts[_SERVICE] if len(parts) > _SERVICE else ""


def _needs(who: Resource, target: Mapping[str, Any], index: ProjectIndex) -> Iterator[Requirement]:
    arn = index.text(target.get("Arn"), who.stack) or ""
    occasion = _OCCASIONS.get(service_of(target, who, index))
    if occasion is None:
        return
    if occasion == "target ECS":  # the target is the cluster, and the right is one on the task definition
        yield from needs("pass role unseen", who, {"role": UNKNOWN})
    yield from needs(occasion, who, {"target": UNKNOWN if occasion == "target ECS" else arn})
