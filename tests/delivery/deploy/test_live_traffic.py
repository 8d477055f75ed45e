"""A change that would send requests to a target group without tasks is refused; the rest is deployed."""

from typing import Any

import pytest

from tests.delivery.project import Document, Project
from tests.local_aws.cloudformation.test_states import administrator

ELB = "AWS::ElasticLoadBalancingV2"


def service(path: str, *groups: tuple[str, int]) -> Document:
    """Make a load balancer with a rule for ``path``, which forwards to the groups by their weights."""
    group = {"TargetType": "ip", "Port": 80, "Protocol": "HTTP", "VpcId": {"Ref": "Vpc"}}
    weighted = [{"TargetGroupArn": {"Ref": name}, "Weight": weight} for name, weight in groups]
    forward: Document = {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}
    if len(groups) == 1:
        forward = {"Type": "forward", "TargetGroupArn": {"Ref": groups[0][0]}}
    properties: dict[str, tuple[str, Document]] = {
        "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "A": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}),
        "B": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24"}),
        "Balancer": (f"{ELB}::LoadBalancer", {"Subnets": [{"Ref": "A"}, {"Ref": "B"}]}),
        "Blue": (f"{ELB}::TargetGroup", group),
        "Green": (f"{ELB}::TargetGroup", group),
        "Listener": (
            f"{ELB}::Listener",
            {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            },
        ),
        "Rule": (
            f"{ELB}::ListenerRule",
            {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 1,
                "Conditions": [{"Field": "path-pattern", "Values": [path]}],
                "Actions": [forward],
            },
        ),
    }
    return {name: {"Type": kind, "Properties": values} for name, (kind, values) in properties.items()}


def shift(project: Project, stack: str, **weights: int) -> None:
    """Move the weights of the stack's rule, as ECS does."""
    found = project.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
    groups: list[Any] = [{"TargetGroupArn": ids[name], "Weight": weight} for name, weight in weights.items()]
    actions = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    administrator(project.aws, "elbv2").modify_rule(RuleArn=ids["Rule"], Actions=actions)


@pytest.mark.parametrize(
    ("live", "written", "refused"),
    [
        ({"Blue": 100, "Green": 0}, [("Blue", 1), ("Green", 0)], ""),
        ({"Blue": 100, "Green": 0}, [("Blue", 1)], ""),
        ({"Blue": 0, "Green": 100}, [("Blue", 1), ("Green", 0)], "sends all requests to Blue, while Green serves now"),
        ({"Blue": 0, "Green": 100}, [("Blue", 1)], "sends all requests to Blue, while Green serves now"),
        ({"Blue": 90, "Green": 10}, [("Blue", 1), ("Green", 0)], "sends all requests to Blue, while Green serves now"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--review",)])
def test_a_rule_is_not_changed_away_from_the_tasks_that_serve(
    project: Project, words: tuple[str, ...], live: dict[str, int], written: list[tuple[str, int]], refused: str
) -> None:
    stack = project.stack("web", service("/a", ("Blue", 1), ("Green", 0)))
    assert project.deploy().code == 0
    shift(project, stack, **live)
    project.stack("web", service("/b", *written))
    result = project.deploy(*words)
    assert (refused in result.err, result.code) == (True, 2 if refused else 0), result.err
    assert bool(refused) == ("Release the service once more" in result.err)


def test_a_rule_is_not_replaced_away_from_the_tasks_that_serve(project: Project) -> None:
    stack = project.stack("web", service("/a", ("Blue", 1), ("Green", 0)))
    assert project.deploy().code == 0
    shift(project, stack, Blue=0, Green=100)
    moved = service("/a", ("Blue", 1), ("Green", 0))
    moved["Second"] = {**moved["Listener"], "Properties": {**moved["Listener"]["Properties"], "Port": 81}}
    moved["Rule"]["Properties"]["ListenerArn"] = {"Ref": "Second"}
    project.stack("web", moved)
    result = project.deploy()
    assert (result.code, "sends all requests to Blue, while Green serves now" in result.err) == (2, True), result.out


def test_what_leaves_the_rule_alone_is_deployed_whoever_serves(project: Project) -> None:
    stack = project.stack("web", service("/a", ("Blue", 1), ("Green", 0)))
    assert project.deploy().code == 0
    shift(project, stack, Blue=0, Green=100)
    changed = service("/a", ("Blue", 1), ("Green", 0))
    changed["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": project.name("topic")}}
    project.stack("web", changed)
    assert project.deploy().code == 0


def test_a_group_that_serves_is_not_replaced_by_an_empty_one_unless_that_is_allowed(project: Project) -> None:
    def on(port: int) -> Document:
        made = service("/a", ("Blue", 1))
        made["Blue"]["Properties"]["Port"] = port
        return made

    stack = project.stack("web", on(80))
    assert project.deploy().code == 0
    project.stack("web", on(81))
    assert project.deploy().code == 0, "nobody serves yet"
    found = project.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId="Blue")
    administrator(project.aws, "elbv2").register_targets(
        TargetGroupArn=found["StackResourceDetail"]["PhysicalResourceId"], Targets=[{"Id": "10.0.1.5", "Port": 80}]
    )
    project.stack("web", on(82))
    refused = project.deploy()
    assert (refused.code, "Blue would be replaced by a target group without tasks" in refused.err) == (2, True)
    assert project.deploy("--allow-replacement").code == 0
