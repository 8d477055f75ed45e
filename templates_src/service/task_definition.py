"""Makes the task definition of a service: one container, read-only, without rights of root, with a health check.

The pipeline registers later revisions of it by itself, with another image.
"""

from typing import Any

from troposphere import AWSHelperFn, GetAtt, If, Parameter, Ref, ecs, iam, logs

from settings.service import Service
from templates_src import arns
from templates_src.database import access
from templates_src.names import pascal
from templates_src.service.service_context import ServiceContext
from templates_src.service.task_parameters import TaskParameters, has_image
from templates_src.service.task_roles import parameter_path

NO_IMAGE_YET = "no-image-released-yet"
"""Stands where an image would, in a task that is never run."""


def task_definition(
    service: Service,
    context: ServiceContext,
    roles: tuple[iam.Role, iam.Role],
    log_group: logs.LogGroup,
    asked: TaskParameters,
) -> ecs.TaskDefinition:
    """Make the first revision of the service's task definition."""
    task_role, execution_role = roles
    return ecs.TaskDefinition(
        f"{pascal(service.name)}TaskDefinition",
        Family=service.task_family,
        Cpu=str(service.cpu),
        Memory=str(service.memory),
        NetworkMode="awsvpc",
        RequiresCompatibilities=["FARGATE"],
        RuntimePlatform=ecs.RuntimePlatform(CpuArchitecture="X86_64", OperatingSystemFamily="LINUX"),
        TaskRoleArn=GetAtt(task_role, "Arn"),
        ExecutionRoleArn=GetAtt(execution_role, "Arn"),
        ContainerDefinitions=[_container(service, context, log_group, asked)],
    )


def _container(
    service: Service, context: ServiceContext, log_group: logs.LogGroup, asked: TaskParameters
) -> ecs.ContainerDefinition:
    names = [*(parameter.name for parameter in service.parameters), *service.secrets]
    checks: dict[str, Any] = {"HealthCheck": _health_check(service)} if service.health_check_command else {}
    return ecs.ContainerDefinition(
        Name=service.name,
        Image=If(has_image(service), Ref(asked.image), NO_IMAGE_YET),
        Essential=True,
        PortMappings=[ecs.PortMapping(ContainerPort=service.port, Protocol="tcp")],
        Environment=[
            ecs.Environment(Name=name, Value=_value(service, name, parameter, context))
            for name, parameter in asked.variables.items()
        ]
        + access.variables(service, context.project),
        Secrets=[
            ecs.Secret(Name=name, ValueFrom=arns.parameter(parameter_path(context.project, service, name)))
            for name in names
        ]
        + access.secrets(service, context.project),
        LinuxParameters=ecs.LinuxParameters(Capabilities=ecs.KernelCapabilities(Drop=["ALL"]), InitProcessEnabled=True),
        LogConfiguration=_log_configuration(service, log_group),
        ReadonlyRootFilesystem=True,
        StopTimeout=30,
        **checks,
    )


def _health_check(service: Service) -> ecs.HealthCheck:
    command = ["CMD", *service.health_check_command]
    return ecs.HealthCheck(Command=command, Interval=10, Timeout=5, Retries=3, StartPeriod=30)


def _value(service: Service, name: str, parameter: Parameter, context: ServiceContext) -> AWSHelperFn:
    if service.environment[name] == "parameter":
        return Ref(parameter)
    return If(f"Has{parameter.title}", Ref(parameter), context.url)


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
