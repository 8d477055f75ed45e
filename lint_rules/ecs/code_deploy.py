"""Services that CodeDeploy deploys: its group, and the pair of target groups."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.service import SERVICE, TARGET_GROUP, controller
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

_GROUP, _APPLICATION = "AWS::CodeDeploy::DeploymentGroup", "AWS::CodeDeploy::Application"
_CONFIG = "AWS::CodeDeploy::DeploymentConfig"
_PREDEFINED, _OF_ECS = "CodeDeployDefault.", "CodeDeployDefault.ECS"


class DeploymentGroup(Rule):
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


GROUP = "AWS::CodeDeploy::DeploymentGroup"
PAIR = 2


class ControllerOfGroup(Rule):
    id = "E9535"
    shortdesc = "CodeDeploy deploys services with the deployment controller CODE_DEPLOY"
    description = (
        "CreateDeploymentGroup refuses a service whose deployment controller is not CODE_DEPLOY, with "
        "InvalidECSServiceException. The controller can't be changed later: the service has to be created again."
    )
    source_url = "https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html"
    types = (GROUP, SERVICE)

    def faults(self, template: View) -> Iterator[Fault]:
        for group in template.resources(GROUP):
            for one in group["ECSServices"].items:
                service = template.referred(one["ServiceName"], SERVICE, name="ServiceName")
                given = controller(service) if service else ""
                if service and given not in {"", "CODE_DEPLOY"}:
                    sentence = f"{service.logical_id} has the deployment controller {given}."
                    yield fault(one["ServiceName"], f"{sentence} Set DeploymentController to CODE_DEPLOY.")


class ShapeOfGroup(Rule):
    id = "E9536"
    shortdesc = "A deployment group for a service shifts traffic between two target groups"
    description = (
        "CodeDeploy deploys to ECS by a shift of traffic alone: the style BLUE_GREEN with WITH_TRAFFIC_CONTROL, one "
        "pair of different target groups, of which one is the service's, and the listener of production. "
        "CreateDeploymentGroup, or each deployment, fails without them."
    )
    source_url = "https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html"
    types = (GROUP, SERVICE, TARGET_GROUP)

    def faults(self, template: View) -> Iterator[Fault]:
        for group in template.resources(GROUP):
            if group["ECSServices"].items:
                yield from _style(group)
                yield from _targets(template, group)


def _style(group: Resource) -> Iterator[Fault]:
    style = group["DeploymentStyle"]
    for name, wanted in (("DeploymentType", "BLUE_GREEN"), ("DeploymentOption", "WITH_TRAFFIC_CONTROL")):
        if not style.function and (style[name].absent or style[name].text not in {None, wanted}):
            yield fault(style[name], f"A service is deployed in the style {wanted} alone. Set {name} to it.")


def _is_same(one: Node, other: Node) -> bool:
    """Check whether two names are the same text; what a function imports or finds has no name here."""
    return one.pattern is not None and "${Fn::" not in one.pattern and one.pattern == other.pattern


def _targets(template: View, group: Resource) -> Iterator[Fault]:
    balancing = group["LoadBalancerInfo"]
    pairs = balancing["TargetGroupPairInfoList"]
    if balancing.function or pairs.function:
        return
    if not pairs.items:
        yield fault(balancing, "There is no pair of target groups to shift between. Add TargetGroupPairInfoList.")
        return
    pair = pairs.items[0]
    named = pair["TargetGroups"]
    names = [one["Name"] for one in named.items]
    if not named.function and len(names) != PAIR:
        yield fault(named, f"Traffic shifts between two target groups, and these are {len(names)}. Name two.")
    elif len(names) == PAIR and _is_same(*names):
        yield fault(names[1], "Traffic shifts between two target groups, and this is the first again. Name another.")
    if pair["ProdTrafficRoute"].absent:
        yield fault(pair, "The pair names no listener of production. Add ProdTrafficRoute with its ListenerArns.")
    known = [template.referred(name, TARGET_GROUP, name="Name") for name in names]
    service = template.referred(group["ECSServices"].items[0]["ServiceName"], SERVICE, name="ServiceName")
    for balancer in service["LoadBalancers"].items if service and None not in known else ():
        own = template.referred(balancer["TargetGroupArn"], TARGET_GROUP)
        if own is not None and own not in known:
            yield fault(named, f"None of the two is the service's own target group. Name {own.logical_id} too.")
