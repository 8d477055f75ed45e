"""Makes the values that a service's builds and tasks read from Parameter Store.

The buildspecs name them; the environment file gives them, but for two that the account and the registry know.
They need the repository. Nothing here is secret: CloudFormation can't make a SecureString, so secrets are put beside
these by a command, and only their names stand in templates.
"""

from collections.abc import Mapping

from troposphere import AWSHelperFn, Parameter, Ref, Select, Split, ecr, ssm

from settings.project import Project
from settings.service import Service, ServiceParameter
from templates_src.names import pascal
from templates_src.service.task_roles import parameter_path


def value_parameters(service: Service) -> dict[str, Parameter]:
    """Return the template parameters that ask for the service's values, by the question in the console."""
    described = [item.description for item in service.parameters]
    return {
        item.description if described.count(item.description) == 1 else f"{item.description} ({item.name})": _asked(
            item
        )
        for item in service.parameters
    }


def values(project: Project, service: Service, repository: ecr.Repository) -> list[ssm.Parameter]:
    """Make the service's values in Parameter Store."""
    registry = Select(0, Split("/", repository.get_att("RepositoryUri")))
    known: Mapping[str, tuple[AWSHelperFn, str]] = {
        "AWS_ACCOUNT_ID": (Ref("AWS::AccountId"), "Account that the registry belongs to"),
        "BACKEND_IMAGE_URL": (registry, "Host of the registry that images are pushed to"),
    }
    given = {item.name: (Ref(pascal(item.name)), item.description) for item in service.parameters}
    return [
        ssm.Parameter(
            f"{pascal(name)}Value",
            Name=parameter_path(project, service, name),
            Type="String",
            Value=value,
            Description=description,
        )
        for name, (value, description) in {**known, **given}.items()
    ]


def _asked(item: ServiceParameter) -> Parameter:
    return Parameter(
        pascal(item.name),
        Type="String",
        AllowedPattern=item.pattern,
        ConstraintDescription=f"must match {item.pattern}",
        Description=f"{item.description}.",
    )
