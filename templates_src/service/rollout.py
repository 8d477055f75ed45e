"""Makes what a deployment of a service goes through: its strategy, which alarms end it, and who shifts traffic.

A strategy other than rolling has two target groups: ECS starts new tasks in the one that has no traffic, and changes
the weights of the listener rule under the infrastructure role. Look at that role: it may change this one rule.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-implementation.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, Ref, cloudwatch, ecs, iam
from troposphere import elasticloadbalancingv2 as elb

from settings.project import Project
from settings.rollout import Hook, Rollout
from settings.service import Service
from templates_src import arns, permissions
from templates_src.names import pascal
from templates_src.service import rollout_permissions
from templates_src.trust_policy import unlimited_service_trust

_STRATEGIES = {"blue-green": "BLUE_GREEN", "canary": "CANARY", "linear": "LINEAR"}


@dataclass(frozen=True)
class Reached:
    """The target groups of a service, of which the first serves at the beginning, and their listener rule."""

    groups: tuple[elb.TargetGroup, ...]
    rule: elb.ListenerRule


def infrastructure_roles(service: Service, project: Project, reached: Reached) -> list[iam.Role]:
    """Make the role under which ECS shifts traffic; none for a strategy that shifts none."""
    if not service.rollout.shifts_traffic or service.rollout.by_code_deploy:
        return []
    statements = [
        rollout_permissions.find_traffic(),
        rollout_permissions.shift_traffic(Ref(reached.rule)),
        rollout_permissions.register_tasks([Ref(group) for group in reached.groups]),
    ]
    role = iam.Role(
        f"{pascal(service.name)}InfrastructureRole",
        RoleName=f"{project.application}-{service.name}-infra",
        Description=f"What ECS may do to shift the traffic of {service.name}: change its rule, register its tasks",
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
        AssumeRolePolicyDocument=unlimited_service_trust("ecs.amazonaws.com"),
        Policies=[permissions.policy("shift-traffic", statements)],
    )
    return [role]


def hook_roles(service: Service, project: Project) -> list[iam.Role]:
    """Make the role under which ECS calls the functions of hooks; none where there are none."""
    if not service.rollout.hooks:
        return []
    functions = dict.fromkeys(hook.function for hook in service.rollout.hooks)
    role = iam.Role(
        f"{pascal(service.name)}HookRole",
        RoleName=f"{project.application}-{service.name}-hooks",
        Description=f"What ECS may do to ask whether a deployment of {service.name} goes on: invoke its functions",
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html
        AssumeRolePolicyDocument=unlimited_service_trust("ecs.amazonaws.com"),
        Policies=[permissions.policy("ask", [permissions.invoke_functions([arns.function(one) for one in functions])])],
    )
    return [role]


def deployment_configuration(
    service: Service, alarms: Sequence[cloudwatch.Alarm], asking: Sequence[iam.Role]
) -> ecs.DeploymentConfiguration:
    """Make how the service's deployments go on; ``asking`` are the roles of ``hook_roles``."""
    rollout = service.rollout
    if rollout.by_code_deploy:
        # Alarms and steps are those of the deployment group: ECS refuses them here.
        return ecs.DeploymentConfiguration(MinimumHealthyPercent=100, MaximumPercent=200)
    more: dict[str, Any] = {}
    if rollout.is_watched:
        names = [Ref(alarm) for alarm in alarms]
        more["Alarms"] = ecs.DeploymentAlarms(AlarmNames=names, Enable=True, Rollback=True)
        more["BakeTimeInMinutes"] = rollout.bake_minutes
    if rollout.shifts_traffic:
        more["Strategy"] = _STRATEGIES[rollout.strategy]
    else:
        # ECS has circuit breakers for rolling deployments alone.
        more["DeploymentCircuitBreaker"] = ecs.DeploymentCircuitBreaker(Enable=True, Rollback=True)
    hooks = [
        *([_pause(rollout)] if rollout.pause_minutes else []),
        *(_function(hook, role) for role in asking for hook in rollout.hooks),
    ]
    if hooks:
        more["LifecycleHooks"] = hooks
    if rollout.strategy == "canary":
        more["CanaryConfiguration"] = ecs.CanaryConfiguration(
            CanaryPercent=rollout.step_percent, CanaryBakeTimeInMinutes=rollout.step_minutes
        )
    elif rollout.strategy == "linear":
        more["LinearConfiguration"] = ecs.LinearConfiguration(
            StepPercent=rollout.step_percent, StepBakeTimeInMinutes=rollout.step_minutes
        )
    return ecs.DeploymentConfiguration(**more, MinimumHealthyPercent=100, MaximumPercent=200)


def _pause(rollout: Rollout) -> ecs.DeploymentLifecycleHook:
    """Make what has a deployment wait for a person, who answers with `make approve`."""
    return ecs.DeploymentLifecycleHook(
        TargetType="PAUSE",
        LifecycleStages=_stages(rollout.pause),
        TimeoutConfiguration=ecs.HookTimeoutConfig(TimeoutInMinutes=rollout.pause_minutes, Action="ROLLBACK"),
    )


def _function(hook: Hook, role: iam.Role) -> ecs.DeploymentLifecycleHook:
    """Make what has a deployment ask a function."""
    return ecs.DeploymentLifecycleHook(
        TargetType="AWS_LAMBDA",
        HookTargetArn=arns.function(hook.function),
        RoleArn=GetAtt(role, "Arn"),
        LifecycleStages=_stages(*hook.stages),
        TimeoutConfiguration=ecs.HookTimeoutConfig(TimeoutInMinutes=hook.minutes, Action="ROLLBACK"),
    )


def _stages(*names: str) -> list[str]:
    return [name.upper().replace("-", "_") for name in names]


def load_balancer(service: Service, reached: Reached, roles: Sequence[iam.Role]) -> ecs.LoadBalancer:
    """Make how the service's tasks are reached."""
    first, *others = reached.groups
    more: dict[str, Any] = {}
    for other, role in zip(others if roles else (), roles, strict=True):
        more["AdvancedConfiguration"] = ecs.AdvancedConfiguration(
            AlternateTargetGroupArn=Ref(other), ProductionListenerRule=Ref(reached.rule), RoleArn=GetAtt(role, "Arn")
        )
    return ecs.LoadBalancer(ContainerName=service.name, ContainerPort=service.port, TargetGroupArn=Ref(first), **more)


def deployed(service: Service, reached: Reached, definition: ecs.TaskDefinition) -> dict[str, Any]:
    """Make which task definition a service begins with, and what it waits for.

    It waits for its rule, without which its target group belongs to no load balancer: ECS refuses that; where ECS
    shifts traffic, it refers to the rule. With CodeDeploy it names no revision, as no update of a stack may change it:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    if service.rollout.by_code_deploy:
        return {
            "DependsOn": [reached.rule.title, definition.title],
            "DeploymentController": ecs.DeploymentController(Type="CODE_DEPLOY"),
            "TaskDefinition": service.task_family,
        }
    waits: dict[str, Any] = {} if service.rollout.shifts_traffic else {"DependsOn": [reached.rule.title]}
    return {**waits, "TaskDefinition": Ref(definition)}
