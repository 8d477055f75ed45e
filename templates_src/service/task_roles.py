"""Makes the two roles of a service's task, and the log group that it writes to.

ECS starts the task under the execution role; the service's own code has the task role.
They name the repository and the parameters, which the pipeline stack makes later, by their names.
"""

from troposphere import iam, logs

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.database import access
from templates_src.names import pascal
from templates_src.retention import RETAINED
from templates_src.service.service_context import ServiceContext
from templates_src.trust_policy import service_trust


def parameter_path(project: Project, service: Service, name: str) -> str:
    """Name the place of a value in Parameter Store."""
    return f"/{project.application}/{service.name}/{name}"


def log_group(service: Service, context: ServiceContext) -> logs.LogGroup:
    """Make the log group of the service's tasks."""
    return logs.LogGroup(
        f"{pascal(service.name)}LogGroup",
        LogGroupName=service.log_group,
        RetentionInDays=context.project.runtime.log_retention_days,
        KmsKeyId=context.key_arn,
        **RETAINED,
    )


def task_role(service: Service, project: Project) -> iam.Role:
    """Make the role of the service's code."""
    return iam.Role(
        f"{pascal(service.name)}TaskRole",
        RoleName=f"{project.application}-{service.name}-task",
        Description=f"What the code of {service.name} may do in AWS: nothing, until it needs something",
        AssumeRolePolicyDocument=service_trust("ecs-tasks.amazonaws.com", arns.ecs_tasks(), is_pattern=True),
    )


def execution_role(service: Service, project: Project, group: logs.LogGroup) -> iam.Role:
    """Make the role that ECS starts tasks under, which write to ``group``."""
    statements = [
        permissions.log_in_to_registry(),
        permissions.pull_image(arns.repository(service.image_repository)),
        permissions.write_logs(arns.log_streams(group.LogGroupName)),
    ]
    names = [*service.secrets, *(parameter.name for parameter in service.parameters)]
    if names:
        paths = [arns.parameter(parameter_path(project, service, name)) for name in names]
        statements.append(permissions.read_parameters(paths))
    if service.uses_database:
        statements.append(permissions.read_secret(access.secret_arn(project)))
    return iam.Role(
        f"{pascal(service.name)}ExecutionRole",
        RoleName=f"{project.application}-{service.name}-execution",
        Description=f"What ECS may do to start a task of {service.name}: pull, log, read its parameters",
        AssumeRolePolicyDocument=service_trust("ecs-tasks.amazonaws.com", arns.ecs_tasks(), is_pattern=True),
        Policies=[permissions.policy("start-tasks", statements)],
    )
