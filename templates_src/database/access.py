"""Makes how a service reaches the database: the variables and secrets of its container, its right, its group.

A task is given user and password when it starts. RDS rotates the password; connections that are open stay.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from troposphere import AWSHelperFn, ImportValue, Join, ecs

from settings.project import Project
from settings.service import Service
from templates_src.database import database_stack
from templates_src.names import imported


def variables(service: Service, project: Project) -> list[ecs.Environment]:
    """Return what the container of ``service`` is told of the database; nothing where it has none."""
    database = project.database
    if database is None or not service.uses_database:
        return []
    stack = database_stack.stack_name(project)
    values: dict[str, str | AWSHelperFn] = {
        "PGHOST": imported(stack, "Host"),
        "PGPORT": imported(stack, "Port"),
        "PGDATABASE": database.name,
        "PGSSLMODE": "require",
    }
    return [ecs.Environment(Name=name, Value=value) for name, value in values.items()]


def secrets(service: Service, project: Project) -> list[ecs.Secret]:
    """Return user and password, each a key of the one secret."""
    if not service.uses_database:
        return []
    keys = {"PGUSER": "username", "PGPASSWORD": "password"}
    arn = secret_arn(project)
    return [ecs.Secret(Name=name, ValueFrom=Join("", [arn, f":{key}::"])) for name, key in keys.items()]


def secret_arn(project: Project) -> ImportValue:
    """Name the secret."""
    return imported(database_stack.stack_name(project), "SecretArn")


def groups(service: Service, project: Project) -> list[AWSHelperFn]:
    """Return the group that the tasks of ``service`` stand in beside their own, so that the database lets them in."""
    return [imported(database_stack.stack_name(project), "ClientsSecurityGroupId")] if service.uses_database else []
