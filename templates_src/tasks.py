"""Makes one service: its task, the two roles of the task, its logs, its target group, and the alarm on it.

Its pipeline releases into it; it needs the cluster, the network and the load balancer.
Until an image has been released it runs no task: a service that wants tasks of a missing image never settles.
Look at what each role may do, and at who may reach the container.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import (
    AWSHelperFn,
    AWSObject,
    Equals,
    GetAtt,
    If,
    Join,
    Not,
    Output,
    Parameter,
    Ref,
    cloudwatch,
    ec2,
    ecs,
    iam,
    logs,
)
from troposphere import elasticloadbalancingv2 as elb

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.entrance import HAS_CERTIFICATE, Entrance
from templates_src.exports import exported
from templates_src.interface import Group
from templates_src.logical_ids import pascal
from templates_src.network import ANYWHERE, Network
from templates_src.retention import RETAINED
from templates_src.trust import service_trust

NO_IMAGE_YET = "no-image-released-yet"
"""Stands where an image would, in a task that is never run."""


@dataclass(frozen=True)
class Place:
    """Where a service runs: what it shares with the others."""

    project: Project
    cluster: ecs.Cluster
    network: Network
    entrance: Entrance
    topic_arn: AWSHelperFn


@dataclass(frozen=True)
class Tasks:
    """What one service adds to the template."""

    group: Group
    conditions: dict[str, AWSHelperFn]
    resources: tuple[AWSObject, ...]
    outputs: tuple[Output, ...]


def image_parameter(service: Service) -> str:
    """Name the parameter that carries the image which runs now; the deployer fills it in."""
    return f"{pascal(service.name)}Image"


def environment_parameters(service: Service) -> dict[str, str]:
    """Map each variable of the container to the parameter that gives its value."""
    return {name: f"{pascal(service.name)}{pascal(name)}" for name in service.environment}


def tasks(service: Service, number: int, place: Place, stack: str) -> Tasks:
    """Make ``service``, the ``number``-th (from 1) of the load balancer's rules."""
    image = _image(service)
    variables = {name: _variable(service, name, title) for name, title in environment_parameters(service).items()}
    log_group = _log_group(service, place.project)
    task_role = _task_role(service, place.project)
    execution_role = _execution_role(service, place.project, log_group)
    definition = _task_definition(service, place, (task_role, execution_role), log_group, (image, variables))
    group = _security_group(service, place)
    targets = _target_group(service, place)
    rule = _listener_rule(service, number, targets, place)
    running = _service(service, place, definition, (group, targets, rule))
    return Tasks(
        group=Group(f"Service {service.name}", _questions(service, image, variables)),
        conditions=_conditions(service, image, variables),
        resources=(
            *(log_group, task_role, execution_role, definition, group, targets, rule, running),
            _unhealthy_alarm(service, targets, place),
        ),
        outputs=_outputs(service, stack, place, (task_role, execution_role)),
    )


def _image(service: Service) -> Parameter:
    return Parameter(
        image_parameter(service),
        Type="String",
        Default="",
        AllowedPattern=r"|[^\s]{1,512}",
        ConstraintDescription="must be an image with its registry, or empty",
        Description="Image that runs now, which the deployer finds out; empty before the first release.",
    )


def _variable(service: Service, name: str, title: str) -> Parameter:
    if service.environment[name] == "service-url":
        return Parameter(
            title,
            Type="String",
            Default="",
            AllowedPattern=r"|https?://[^\s/]+",
            ConstraintDescription="must be an address such as https://api.cruddur.example, or empty",
            Description=f"Value of {name} in {service.name}; the load balancer's own address if empty.",
        )
    return Parameter(
        title,
        Type="String",
        AllowedPattern=r"[^\s].*",
        ConstraintDescription="must not be empty",
        Description=f"Value of {name} in {service.name}.",
    )


def _questions(service: Service, image: Parameter, variables: dict[str, Parameter]) -> dict[str, Parameter]:
    asked = {f"{name}?": parameter for name, parameter in variables.items()}
    return {f"Which image of {service.name} runs now?": image, **asked}


def _has_image(service: Service) -> str:
    return f"Has{image_parameter(service)}"


def _conditions(service: Service, image: Parameter, variables: dict[str, Parameter]) -> dict[str, AWSHelperFn]:
    given = {
        f"Has{parameter.title}": Not(Equals(Ref(parameter), ""))
        for name, parameter in variables.items()
        if service.environment[name] == "service-url"
    }
    return {_has_image(service): Not(Equals(Ref(image), "")), **given}


def _log_group(service: Service, project: Project) -> logs.LogGroup:
    return logs.LogGroup(
        f"{pascal(service.name)}LogGroup",
        LogGroupName=log_group_name(service, project),
        RetentionInDays=project.runtime.log_retention_days,
        **RETAINED,
    )


def log_group_name(service: Service, project: Project) -> str:
    """Name the log group of a service's tasks."""
    return f"/ecs/{project.runtime.cluster}/{service.name}"


def _task_role(service: Service, project: Project) -> iam.Role:
    return iam.Role(
        f"{pascal(service.name)}TaskRole",
        RoleName=f"{project.application}-{service.name}-task",
        Description=f"What the code of {service.name} may do in AWS: nothing, until it needs something",
        AssumeRolePolicyDocument=service_trust("ecs-tasks.amazonaws.com", arns.ecs_tasks(), is_pattern=True),
    )


def _execution_role(service: Service, project: Project, log_group: logs.LogGroup) -> iam.Role:
    statements = [
        permissions.log_in_to_registry(),
        permissions.pull_image(arns.repository(service.name)),
        permissions.write_logs(arns.log_group(log_group.LogGroupName)),
    ]
    names = [*service.secrets, *(parameter.name for parameter in service.parameters)]
    if names:
        paths = [arns.parameter(parameter_path(project, service, name)) for name in names]
        statements.append(permissions.read_parameters(paths))
    return iam.Role(
        f"{pascal(service.name)}ExecutionRole",
        RoleName=f"{project.application}-{service.name}-execution",
        Description=f"What ECS may do to start a task of {service.name}: pull, log, read its parameters",
        AssumeRolePolicyDocument=service_trust("ecs-tasks.amazonaws.com", arns.ecs_tasks(), is_pattern=True),
        Policies=[permissions.policy("start-tasks", statements)],
    )


def parameter_path(project: Project, service: Service, name: str) -> str:
    """Name the place of a value in Parameter Store."""
    return f"/{project.application}/{service.name}/{name}"


def _task_definition(
    service: Service,
    place: Place,
    roles: tuple[iam.Role, iam.Role],
    log_group: logs.LogGroup,
    values: tuple[Parameter, dict[str, Parameter]],
) -> ecs.TaskDefinition:
    task_role, execution_role = roles
    image, variables = values
    return ecs.TaskDefinition(
        f"{pascal(service.name)}TaskDefinition",
        Family=service.name,
        Cpu=str(service.cpu),
        Memory=str(service.memory),
        NetworkMode="awsvpc",
        RequiresCompatibilities=["FARGATE"],
        RuntimePlatform=ecs.RuntimePlatform(CpuArchitecture="X86_64", OperatingSystemFamily="LINUX"),
        TaskRoleArn=GetAtt(task_role, "Arn"),
        ExecutionRoleArn=GetAtt(execution_role, "Arn"),
        ContainerDefinitions=[_container(service, place, log_group, image, variables)],
    )


def _container(
    service: Service, place: Place, log_group: logs.LogGroup, image: Parameter, variables: dict[str, Parameter]
) -> ecs.ContainerDefinition:
    names = [*(parameter.name for parameter in service.parameters), *service.secrets]
    checks: dict[str, Any] = {"HealthCheck": _health_check(service)} if service.health_check_command else {}
    return ecs.ContainerDefinition(
        Name=service.name,
        Image=If(_has_image(service), Ref(image), NO_IMAGE_YET),
        Essential=True,
        PortMappings=[ecs.PortMapping(ContainerPort=service.port, Protocol="tcp")],
        Environment=[
            ecs.Environment(Name=name, Value=_value(service, name, parameter, place))
            for name, parameter in variables.items()
        ],
        Secrets=[
            ecs.Secret(Name=name, ValueFrom=arns.parameter(parameter_path(place.project, service, name)))
            for name in names
        ],
        LinuxParameters=ecs.LinuxParameters(InitProcessEnabled=True),
        LogConfiguration=_log_configuration(service, log_group),
        ReadonlyRootFilesystem=True,
        StopTimeout=30,
        **checks,
    )


def _health_check(service: Service) -> ecs.HealthCheck:
    command = ["CMD", *service.health_check_command]
    return ecs.HealthCheck(Command=command, Interval=10, Timeout=5, Retries=3, StartPeriod=30)


def _value(service: Service, name: str, parameter: Parameter, place: Place) -> AWSHelperFn:
    if service.environment[name] == "parameter":
        return Ref(parameter)
    return If(f"Has{parameter.title}", Ref(parameter), service_url(place.entrance))


def service_url(entrance: Entrance) -> Join:
    """Give the load balancer's own address, without a slash at its end."""
    scheme = If(HAS_CERTIFICATE, "https://", "http://")
    return Join("", [scheme, GetAtt(entrance.load_balancer, "DNSName")])


def _log_configuration(service: Service, log_group: logs.LogGroup) -> ecs.LogConfiguration:
    options = {
        "awslogs-group": Ref(log_group),
        "awslogs-region": Ref("AWS::Region"),
        "awslogs-stream-prefix": service.name,
        # A service that waits for its log lines to be taken stands still whenever CloudWatch Logs does.
        "mode": "non-blocking",
        "max-buffer-size": "25m",
    }
    return ecs.LogConfiguration(LogDriver="awslogs", Options=options)


def _security_group(service: Service, place: Place) -> ec2.SecurityGroup:
    return ec2.SecurityGroup(
        f"{pascal(service.name)}SecurityGroup",
        GroupDescription=f"Lets the load balancer alone reach the tasks of {service.name}",
        VpcId=Ref(place.network.vpc),
        SecurityGroupIngress=[
            ec2.SecurityGroupRule(
                Description="From the load balancer",
                IpProtocol="tcp",
                FromPort=service.port,
                ToPort=service.port,
                SourceSecurityGroupId=GetAtt(place.entrance.security_group, "GroupId"),
            )
        ],
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(
                Description="To registry, logs, parameters, database", IpProtocol="-1", CidrIp=ANYWHERE
            )
        ],
    )


def _target_group(service: Service, place: Place) -> elb.TargetGroup:
    return elb.TargetGroup(
        f"{pascal(service.name)}TargetGroup",
        VpcId=Ref(place.network.vpc),
        TargetType="ip",
        Protocol="HTTP",
        Port=service.port,
        HealthCheckPath=service.health_check_path,
        HealthCheckIntervalSeconds=10,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        Matcher=elb.Matcher(HttpCode="200"),
        TargetGroupAttributes=[
            elb.TargetGroupAttribute(Key="deregistration_delay.timeout_seconds", Value=str(service.drain_seconds))
        ],
    )


def _listener_rule(service: Service, number: int, targets: elb.TargetGroup, place: Place) -> elb.ListenerRule:
    return elb.ListenerRule(
        f"{pascal(service.name)}ListenerRule",
        ListenerArn=place.entrance.listener,
        Priority=number,
        Conditions=[
            elb.Condition(
                Field="path-pattern", PathPatternConfig=elb.PathPatternConfig(Values=list(service.path_patterns))
            )
        ],
        Actions=[elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(targets))],
    )


def _service(
    service: Service,
    place: Place,
    definition: ecs.TaskDefinition,
    reached: tuple[ec2.SecurityGroup, elb.TargetGroup, elb.ListenerRule],
) -> ecs.Service:
    group, targets, rule = reached
    public = "ENABLED" if place.network.tasks_have_public_addresses else "DISABLED"
    return ecs.Service(
        f"{pascal(service.name)}Service",
        # Without a rule, the target group belongs to no load balancer, and ECS refuses it.
        DependsOn=[rule.title, *(route.title for route in place.network.way_out)],
        ServiceName=service.name,
        Cluster=Ref(place.cluster),
        TaskDefinition=Ref(definition),
        DesiredCount=If(_has_image(service), service.desired_count, 0),
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
            ecs.LoadBalancer(ContainerName=service.name, ContainerPort=service.port, TargetGroupArn=Ref(targets))
        ],
        EnableECSManagedTags=True,
        PropagateTags="SERVICE",
    )


def _unhealthy_alarm(service: Service, targets: elb.TargetGroup, place: Place) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        f"{pascal(service.name)}UnhealthyAlarm",
        AlarmName=f"{place.project.application}-{service.name}-unhealthy",
        AlarmDescription=f"A task of {service.name} has failed its health check for five minutes",
        Namespace="AWS/ApplicationELB",
        MetricName="UnHealthyHostCount",
        Dimensions=[
            cloudwatch.MetricDimension(
                Name="LoadBalancer", Value=GetAtt(place.entrance.load_balancer, "LoadBalancerFullName")
            ),
            cloudwatch.MetricDimension(Name="TargetGroup", Value=GetAtt(targets, "TargetGroupFullName")),
        ],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=5,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[place.topic_arn],
        OKActions=[place.topic_arn],
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
