"""Makes one service: its task, the two roles of the task, its logs, its target group, its alarms and dashboard.

Its pipeline releases into it; it needs the cluster, the network and the load balancer.
Until an image has been released it runs no task: a service that wants tasks of a missing image never settles.
Look at what each role may do, and at who may reach the container.
"""

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, If, Output, Ref, Sub, cloudwatch, ec2, ecs, iam

from settings.project import Project
from settings.service import Service
from templates_src.database import access
from templates_src.names import exported, pascal
from templates_src.service import alarms, code_deploy, dashboard, rollout, target_group, task_roles
from templates_src.service.service_context import ServiceContext
from templates_src.service.task_definition import task_definition
from templates_src.service.task_parameters import TaskParameters, has_image, task_parameters


@dataclass(frozen=True)
class EcsService:
    """The parts of a service's template."""

    parameters: TaskParameters
    resources: tuple[AWSObject, ...]
    outputs: tuple[Output, ...]


def ecs_service(service: Service, context: ServiceContext, stack: str) -> EcsService:
    """Make ``service`` for the stack of that name."""
    parameters = task_parameters(service)
    log_group = task_roles.log_group(service, context)
    task_role = task_roles.task_role(service, context.project)
    execution_role = task_roles.execution_role(service, context.project, log_group)
    definition = task_definition(service, context, (task_role, execution_role), log_group, parameters)
    group = target_group.security_group(service, context)
    groups = target_group.target_groups(service, context)
    reached = rollout.Reached(groups, target_group.listener_rule(service, groups, context))
    measured = alarms.Measured(service, groups, context)
    errors = alarms.error_alarms(measured)
    shifting = rollout.infrastructure_roles(service, context.project, reached)
    asking = rollout.hook_roles(service, context.project)
    running = _service(service, context, definition, (group, reached), (errors, shifting, asking))
    return EcsService(
        parameters=parameters,
        resources=(
            *(log_group, task_role, execution_role, definition, group, *groups, reached.rule),
            *(*errors, *shifting, *asking, running),
            *code_deploy.parts(service, context, reached, running, (errors, (task_role, execution_role))),
            *alarms.other_alarms(measured),
            *([dashboard.dashboard(measured)] if service.alarms.dashboard else []),
        ),
        outputs=(
            *_outputs(service, stack, context.project, (task_role, execution_role)),
            exported(stack, "SecurityGroupId", GetAtt(group, "GroupId"), f"What the tasks of {service.name} stand in"),
            exported(stack, "LogGroupName", Ref(log_group), f"Where the tasks of {service.name} write their logs"),
        ),
    )


def _service(
    service: Service,
    context: ServiceContext,
    definition: ecs.TaskDefinition,
    network: tuple[ec2.SecurityGroup, rollout.Reached],
    shifts: tuple[list[cloudwatch.Alarm], list[iam.Role], list[iam.Role]],
) -> ecs.Service:
    group, reached = network
    errors, roles, asking = shifts
    return ecs.Service(
        f"{pascal(service.name)}Service",
        ServiceName=service.name,
        Cluster=context.cluster,
        **rollout.deployed(service, reached, definition),
        DesiredCount=If(has_image(service), service.desired_count, 0),
        LaunchType="FARGATE",
        PlatformVersion="LATEST",
        DeploymentConfiguration=rollout.deployment_configuration(service, errors, asking),
        HealthCheckGracePeriodSeconds=60,
        NetworkConfiguration=ecs.NetworkConfiguration(
            AwsvpcConfiguration=ecs.AwsvpcConfiguration(
                Subnets=list(context.task_subnets),
                SecurityGroups=[GetAtt(group, "GroupId"), *access.groups(service, context.project)],
                AssignPublicIp="DISABLED" if context.project.runtime.nat_gateways else "ENABLED",
            )
        ),
        LoadBalancers=[rollout.load_balancer(service, reached, roles)],
        EnableECSManagedTags=True,
        PropagateTags="SERVICE",
    )


def _outputs(service: Service, stack: str, project: Project, roles: tuple[iam.Role, iam.Role]) -> tuple[Output, ...]:
    task_role, execution_role = roles
    return (
        exported(stack, "TaskRoleArn", GetAtt(task_role, "Arn"), f"Role of the code of {service.name}"),
        exported(stack, "ExecutionRoleArn", GetAtt(execution_role, "Arn"), f"Role that starts tasks of {service.name}"),
        console_page(project, service),
    )


def console_page(project: Project, service: Service) -> Output:
    """Make the output that leads to the service in the console."""
    page = f"https://${{AWS::Region}}.console.aws.amazon.com/ecs/v2/clusters/{project.runtime.cluster}/services"
    value = Sub(f"{page}/{service.name}/health?region=${{AWS::Region}}")
    return Output("ServiceConsole", Description=f"{service.name} in the console", Value=value)
