"""Makes one service: its task, the two roles of the task, its logs, its target group, and the alarm on it.

Its pipeline releases into it; it needs the cluster, the network and the load balancer.
Until an image has been released it runs no task: a service that wants tasks of a missing image never settles.
Look at what each role may do, and at who may reach the container.
"""

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, If, Output, Ref, ec2, ecs, iam
from troposphere import elasticloadbalancingv2 as elb

from settings.service import Service
from templates_src import targets, task_roles
from templates_src.container import task_definition
from templates_src.entrance import service_url
from templates_src.exports import exported
from templates_src.logical_ids import pascal
from templates_src.place import Place
from templates_src.questions import Questions, has_image, questions


@dataclass(frozen=True)
class Tasks:
    """What one service adds to the template."""

    questions: Questions
    resources: tuple[AWSObject, ...]
    outputs: tuple[Output, ...]


def tasks(service: Service, number: int, place: Place, stack: str) -> Tasks:
    """Make ``service``, the ``number``-th (from 1) of the load balancer's rules."""
    asked = questions(service)
    log_group = task_roles.log_group(service, place.project)
    task_role = task_roles.task_role(service, place.project)
    execution_role = task_roles.execution_role(service, place.project, log_group)
    definition = task_definition(service, place, (task_role, execution_role), log_group, asked)
    group = targets.security_group(service, place)
    target_group = targets.target_group(service, place)
    rule = targets.listener_rule(service, number, target_group, place)
    running = _service(service, place, definition, (group, target_group, rule))
    return Tasks(
        questions=asked,
        resources=(
            *(log_group, task_role, execution_role, definition, group, target_group, rule, running),
            targets.unhealthy_alarm(service, target_group, place),
        ),
        outputs=_outputs(service, stack, place, (task_role, execution_role)),
    )


def _service(
    service: Service,
    place: Place,
    definition: ecs.TaskDefinition,
    reached: tuple[ec2.SecurityGroup, elb.TargetGroup, elb.ListenerRule],
) -> ecs.Service:
    group, target_group, rule = reached
    public = "ENABLED" if place.network.tasks_have_public_addresses else "DISABLED"
    return ecs.Service(
        f"{pascal(service.name)}Service",
        # Without a rule, the target group belongs to no load balancer, and ECS refuses it.
        DependsOn=[rule.title, *(route.title for route in place.network.way_out)],
        ServiceName=service.name,
        Cluster=Ref(place.cluster),
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
                Subnets=[Ref(subnet) for subnet in place.network.task_subnets],
                SecurityGroups=[GetAtt(group, "GroupId")],
                AssignPublicIp=public,
            )
        ),
        LoadBalancers=[
            ecs.LoadBalancer(ContainerName=service.name, ContainerPort=service.port, TargetGroupArn=Ref(target_group))
        ],
        EnableECSManagedTags=True,
        PropagateTags="SERVICE",
    )


def _outputs(service: Service, stack: str, place: Place, roles: tuple[iam.Role, iam.Role]) -> tuple[Output, ...]:
    task_role, execution_role = roles
    owner = pascal(service.name)
    return (
        exported(stack, f"{owner}Url", service_url(place.entrance), f"Where {service.name} answers"),
        exported(stack, f"{owner}TaskRoleArn", GetAtt(task_role, "Arn"), f"Role of the code of {service.name}"),
        exported(
            stack,
            f"{owner}ExecutionRoleArn",
            GetAtt(execution_role, "Arn"),
            f"Role that starts tasks of {service.name}",
        ),
    )
