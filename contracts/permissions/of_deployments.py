"""What CodeDeploy needs of the roles of deployment groups, by the platform that is deployed to."""

from collections.abc import Iterator, Mapping

from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.system import Resource, listed, mapping
from system_model.wording import OPEN

_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_PLATFORMS = {"ECS": "deployment group of ECS", "Lambda": "deployment group of Lambda"}


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how CodeDeploy uses the role of each deployment group."""
    for group in index.system.resources("AWS::CodeDeploy::DeploymentGroup"):
        role = group.properties.get("ServiceRoleArn")
        context = {"aws:SourceAccount": "${AWS::AccountId}", **_source(group, index)}
        yield Usage(group, role, "codedeploy.amazonaws.com", context, list(_needs(group, index)))


def _source(group: Resource, index: ProjectIndex) -> Mapping[str, str]:
    names = [
        index.text(group.properties.get(key), group.stack) or OPEN for key in ("ApplicationName", "DeploymentGroupName")
    ]
    place = "${AWS::Region}:${AWS::AccountId}"
    return {"aws:SourceArn": f"arn:${{AWS::Partition}}:codedeploy:{place}:deploymentgroup:{'/'.join(names)}"}


def _needs(group: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    name = index.text(group.properties.get("ApplicationName"), group.stack)
    application = index.named("AWS::CodeDeploy::Application", name)
    if application is None:
        return
    platform = index.text(application.properties.get("ComputePlatform"), application.stack)
    occasion = _PLATFORMS.get(platform or "")
    if occasion is not None:
        # Where rules send requests to services, a listener's default sends none.
        has_rules = any(one.stack is group.stack for one in index.system.resources(_RULE))
        listener = {} if has_rules else {"listener": UNKNOWN}
        yield from needs(occasion, group, {"somewhere": UNKNOWN, "rule": UNKNOWN, **listener})
    alarms = mapping(group.properties.get("AlarmConfiguration"))
    if index.text(alarms.get("Enabled"), group.stack) == "true":
        yield from needs("alarms of a deployment", group, {})
    for trigger in listed(group.properties.get("TriggerConfigurations")):
        topic = index.text(mapping(trigger).get("TriggerTargetArn"), group.stack)
        if topic is not None:
            yield from needs("trigger of a deployment", group, {"topic": topic})
