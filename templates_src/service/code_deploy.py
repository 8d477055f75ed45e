"""Makes what CodeDeploy deploys a service with: an application, a group with its steps, and a role to act under.

Look at the role: it replaces the tasks of this one service, and may change its one listener rule.
https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
"""

from collections.abc import Sequence

from troposphere import AWSObject, GetAtt, Ref, cloudwatch, codedeploy, ecs, iam

from settings.service import Service
from templates_src import arns, permissions
from templates_src.names import pascal
from templates_src.service import rollout_permissions
from templates_src.service.rollout import Reached
from templates_src.service.service_context import ServiceContext
from templates_src.trust_policy import service_trust

_KINDS = {"all-at-once": "AllAtOnce", "canary": "TimeBasedCanary", "linear": "TimeBasedLinear"}


def parts(
    service: Service,
    context: ServiceContext,
    reached: Reached,
    running: ecs.Service,
    watched: tuple[Sequence[cloudwatch.Alarm], Sequence[iam.Role]],
) -> list[AWSObject]:
    """Make them; none for a service that ECS deploys itself. ``watched``: what ends a deployment; the task's roles."""
    if not service.rollout.by_code_deploy:
        return []
    alarms, task_roles = watched
    title, owned = pascal(service.name), name(context.project.application, service)
    role = _role(service, context, reached, task_roles)
    application = codedeploy.Application(f"{title}Application", ApplicationName=owned, ComputePlatform="ECS")
    steps = codedeploy.DeploymentConfig(
        f"{title}DeploymentConfig", ComputePlatform="ECS", TrafficRoutingConfig=_routing(service)
    )
    pair = codedeploy.TargetGroupPairInfo(
        TargetGroups=[codedeploy.TargetGroupInfo(Name=GetAtt(group, "TargetGroupName")) for group in reached.groups],
        ProdTrafficRoute=codedeploy.TrafficRoute(ListenerArns=[context.listener]),
    )
    group = codedeploy.DeploymentGroup(
        f"{title}DeploymentGroup",
        ApplicationName=Ref(application),
        DeploymentGroupName=owned,
        DeploymentConfigName=Ref(steps),
        ServiceRoleArn=GetAtt(role, "Arn"),
        DeploymentStyle=codedeploy.DeploymentStyle(
            DeploymentType="BLUE_GREEN", DeploymentOption="WITH_TRAFFIC_CONTROL"
        ),
        ECSServices=[codedeploy.ECSService(ClusterName=context.cluster, ServiceName=GetAtt(running, "Name"))],
        LoadBalancerInfo=codedeploy.LoadBalancerInfo(TargetGroupPairInfoList=[pair]),
        BlueGreenDeploymentConfiguration=codedeploy.BlueGreenDeploymentConfiguration(
            DeploymentReadyOption=codedeploy.DeploymentReadyOption(ActionOnTimeout="CONTINUE_DEPLOYMENT"),
            TerminateBlueInstancesOnDeploymentSuccess=codedeploy.BlueInstanceTerminationOption(
                Action="TERMINATE", TerminationWaitTimeInMinutes=service.rollout.bake_minutes
            ),
        ),
        AlarmConfiguration=codedeploy.AlarmConfiguration(
            Enabled=True, Alarms=[codedeploy.Alarm(Name=Ref(alarm)) for alarm in alarms]
        ),
        AutoRollbackConfiguration=codedeploy.AutoRollbackConfiguration(
            Enabled=True,
            Events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        ),
    )
    return [role, application, steps, group]


def name(application: str, service: Service) -> str:
    """Name the application and the group of a service."""
    return f"{application}-{service.name}"


def _routing(service: Service) -> codedeploy.TrafficRoutingConfig:
    rollout = service.rollout
    kind = _KINDS[rollout.shift]
    if rollout.shift == "canary":
        canary = codedeploy.TimeBasedCanary(CanaryPercentage=rollout.step_percent, CanaryInterval=rollout.step_minutes)
        return codedeploy.TrafficRoutingConfig(Type=kind, TimeBasedCanary=canary)
    if rollout.shift == "linear":
        linear = codedeploy.TimeBasedLinear(LinearPercentage=rollout.step_percent, LinearInterval=rollout.step_minutes)
        return codedeploy.TrafficRoutingConfig(Type=kind, TimeBasedLinear=linear)
    return codedeploy.TrafficRoutingConfig(Type=kind)


def _role(service: Service, context: ServiceContext, reached: Reached, task_roles: Sequence[iam.Role]) -> iam.Role:
    cluster, owned = context.project.runtime.cluster, name(context.project.application, service)
    statements = [
        rollout_permissions.replace_tasks(arns.task_sets(cluster, service.name)),
        rollout_permissions.choose_tasks(arns.ecs_service(cluster, service.name)),
        permissions.pass_task_roles([GetAtt(role, "Arn") for role in task_roles]),
        rollout_permissions.find_listeners(),
        rollout_permissions.shift_traffic(Ref(reached.rule)),
        rollout_permissions.watch_alarms(),
    ]
    return iam.Role(
        f"{pascal(service.name)}CodeDeployRole",
        RoleName=f"{owned}-codedeploy",
        Description=f"What CodeDeploy may do to deploy {service.name}: replace its tasks, change its rule",
        # https://docs.aws.amazon.com/codedeploy/latest/userguide/security-iam.html
        AssumeRolePolicyDocument=service_trust("codedeploy.amazonaws.com", arns.deployment_group(owned, owned)),
        Policies=[permissions.policy("deploy", statements)],
    )
