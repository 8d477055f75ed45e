from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

_GROUP, _APPLICATION = "AWS::CodeDeploy::DeploymentGroup", "AWS::CodeDeploy::Application"
_CONFIG = "AWS::CodeDeploy::DeploymentConfig"
_PREDEFINED, _OF_ECS = "CodeDeployDefault.", "CodeDeployDefault.ECS"


class DeploymentGroup(Rule):
    """Groups of CodeDeploy for a service, with what is made for instances or functions."""

    id = "E9526"
    shortdesc = "A service is deployed by an application and a configuration for ECS"
    description = (
        "CodeDeploy deploys to instances, functions or ECS, and a group that names a service needs an application of "
        "ComputePlatform ECS and a configuration for it: CreateDeploymentGroup refuses those of another platform."
    )
    source_url = "https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html"
    types = (_GROUP,)

    def faults(self, template: View) -> Iterator[Fault]:
        for group in template.resources(_GROUP):
            if group["ECSServices"].items:
                yield from _application(template, group)
                yield from _configuration(template, group)


def _application(template: View, group: Resource) -> Iterator[Fault]:
    named = group["ApplicationName"]
    application = template.referred(named, _APPLICATION, name="ApplicationName")
    given = application["ComputePlatform"] if application else None
    platform = "Server" if given and given.absent else given.text if given else None
    if given and platform not in {None, "ECS"}:
        yield fault(given, f"A service is deployed by this application of platform {platform}. Set it to ECS.")


def _configuration(template: View, group: Resource) -> Iterator[Fault]:
    named = group["DeploymentConfigName"]
    text = named.text or ""
    own = template.referred(named, _CONFIG, name="DeploymentConfigName")
    platform = own["ComputePlatform"].text if own else None
    if text.startswith(_PREDEFINED) and not text.startswith(_OF_ECS):
        yield fault(named, f"{text} is not a configuration for ECS. Use one as {_OF_ECS}AllAtOnce.")
    elif text.startswith(_OF_ECS) and text not in facts("codedeploy")["configurations"]:
        yield fault(named, f"CodeDeploy has no configuration {text}. Use one that it has, as {_OF_ECS}AllAtOnce.")
    elif platform not in {None, "ECS"}:
        yield fault(named, f"The configuration is for the platform {platform}, not for ECS. Use one that is.")
