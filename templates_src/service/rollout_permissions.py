"""What the roles that roll a service out may do: those with which ECS and CodeDeploy shift its traffic."""

from collections.abc import Sequence

from awacs import cloudwatch, ecs, elasticloadbalancing
from awacs.aws import Statement
from troposphere import AWSHelperFn

from templates_src.permissions import EVERY_RESOURCE, allow

_FINDING = (
    elasticloadbalancing.DescribeListeners,
    elasticloadbalancing.DescribeRules,
    elasticloadbalancing.DescribeTargetGroups,
)


def find_traffic() -> Statement:
    """Let load balancers be looked up; these actions take no resource."""
    return allow("FindTraffic", [*_FINDING, elasticloadbalancing.DescribeTargetHealth], EVERY_RESOURCE)


def find_listeners() -> Statement:
    """Let CodeDeploy look load balancers up; these actions take no resource."""
    return allow("FindListeners", _FINDING, EVERY_RESOURCE)


def shift_traffic(rule_arn: AWSHelperFn) -> Statement:
    """Let the weights of one listener rule be changed."""
    return allow("ShiftTraffic", [elasticloadbalancing.ModifyRule], [rule_arn])


def register_tasks(group_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let tasks be registered in these target groups, and taken out of them."""
    actions = [elasticloadbalancing.DeregisterTargets, elasticloadbalancing.RegisterTargets]
    return allow("RegisterTasks", actions, list(group_arns))


def replace_tasks(task_sets_arn: AWSHelperFn) -> Statement:
    """Let the tasks of one service be started and ended, a set at a time."""
    return allow("ReplaceTasks", [ecs.CreateTaskSet, ecs.DeleteTaskSet], [task_sets_arn])


def choose_tasks(service_arn: AWSHelperFn) -> Statement:
    """Let one service be looked up, and new tasks be made its own."""
    return allow("ChooseTasks", [ecs.DescribeServices, ecs.UpdateServicePrimaryTaskSet], [service_arn])


def watch_alarms() -> Statement:
    """Let alarms be looked up; CodeDeploy asks for them without naming one."""
    return allow("WatchAlarms", [cloudwatch.DescribeAlarms], EVERY_RESOURCE)
