"""Makes one service: its task, the two roles of the task, its logs, its target group, and the alarm on it.

Its pipeline releases into it; it needs the cluster, the network and the load balancer.
Until an image has been released it runs no task: a service that wants tasks of a missing image never settles.
Look at what each role may do, and at who may reach the container.
"""

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, If, Output, Ref, ec2, ecs, iam
from troposphere import elasticloadbalancingv2 as elb

from settings.service import Service
from templates_src.exports import exported
from templates_src.logical_ids import pascal
from templates_src.runtime import target_group, task_roles
from templates_src.runtime.load_balancer import service_url
from templates_src.runtime.service_context import ServiceContext
from templates_src.runtime.task_definition import task_definition
from templates_src.runtime_parameters import RuntimeParameters, has_image, questions


@dataclass(frozen=True)
class EcsService:
    """What one service adds to the template."""

    questions: RuntimeParameters
    resources: tuple[AWSObject, ...]
    outputs: tuple[Output, ...]


def tasks(service: Service, number: int, context: ServiceContext, stack: str) -> EcsService:
    """Make ``service``, the ``number``-th (from 1) of the load balancer's rules."""
    asked = questions(service)
    log_group = task_roles.log_group(service, context.project)
    task_role = task_roles.task_role(service, context.project)
    execution_role = task_roles.execution_role(service, context.project, log_group)
    definition = task_definition(service, context, (task_role, execution_role), log_group, asked)
    group = target_group.security_group(service, context)
    targets = target_group.target_group(service, context)
    rule = target_group.listener_rule(service, number, targets, context)
    running = _service(service, context, definition, (group, targets, rule))
    return EcsService(
        questions=asked,
        resources=(
            *(log_group, task_role, execution_role, definition, group, targets, rule, running),
            target_group.unhealthy_alarm(service, targets, context),
        ),
        outputs=_outputs(service, stack, context, (task_role, execution_role)),
    )


def _service(
    service: Service,
    context: ServiceContext,
    definition: ecs.TaskDefinition,
    reached: tuple[ec2.SecurityGroup, elb.TargetGroup, elb.ListenerRule],
) -> ecs.Service:
    group, targets, rule = reached
    public = "ENABLED" if context.network.tasks_have_public_addresses else "DISABLED"
    return ecs.Service(
        f"{pascal(service.name)}Service",
        # Without a rule, the target group belongs to no load balancer, and ECS refuses it.
        DependsOn=[rule.title, *(route.title for route in context.network.way_out)],
        ServiceName=service.name,
        Cluster=Ref(context.cluster),
        TaskDefinition=Ref(definition),
        DesiredCount=If(has_image(service), service.desired_count, 0),
        LaunchType="FARGATE",
        PlatformVersion="LATEST",
        DeploymentConfiguration=ecs.DeploymentConfiguration(
            DeploymentCircuitBreaker=ecs.DeploymentCircuitBreaker(Enable=True, Rollback=True),
            MinimumHealthyPercent=100,
            MaximumPercent=200,
        ),
        HealthCheckGracePeriodSeconds=60,
        NetworkConfiguration=ecs.NetworkConfiguration(
            AwsvpcConfiguration=ecs.AwsvpcConfiguration(
                Subnets=[Ref(subnet) for subnet in context.network.task_subnets],
                SecurityGroups=[GetAtt(group, "GroupId")],
                AssignPublicIp=public,
            )
        ),
        LoadBalancers=[
            ecs.LoadBalancer(ContainerName=service.name, ContainerPort=service.port, TargetGroupArn=Ref(targets))
        ],
        EnableECSManagedTags=True,
        PropagateTags="SERVICE",
    )


def _outputs(
    service: Service, stack: str, context: ServiceContext, roles: tuple[iam.Role, iam.Role]
) -> tuple[Output, ...]:
    task_role, execution_role = roles
    owner = pascal(service.name)
    return (
        exported(stack, f"{owner}Url", service_url(context.load_balancer), f"Where {service.name} answers"),
        exported(stack, f"{owner}TaskRoleArn", GetAtt(task_role, "Arn"), f"Role of the code of {service.name}"),
        exported(
            stack,
            f"{owner}ExecutionRoleArn",
            GetAtt(execution_role, "Arn"),
            f"Role that starts tasks of {service.name}",
        ),
    )
