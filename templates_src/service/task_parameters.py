"""What a service's stack asks for: the image that runs now, and the variables of its container.

The deployer finds out the image; the environment file gives the variables.
"""

from dataclasses import dataclass

from troposphere import AWSHelperFn, Equals, Not, Parameter, Ref

from settings.service import Service
from templates_src.names import pascal
from templates_src.template_assembly import Group


@dataclass(frozen=True)
class TaskParameters:
    """The parameters of one service, and the conditions on them."""

    image: Parameter
    variables: dict[str, Parameter]
    """By the name that the variable has in the container."""
    group: Group
    conditions: dict[str, AWSHelperFn]


def image_parameter(service: Service) -> str:
    """Name the parameter that carries the image which runs now; the deployer fills it in."""
    return f"{pascal(service.name)}Image"


def task_parameters(service: Service) -> TaskParameters:
    """Make the parameters of ``service``."""
    image = _image(service)
    variables = {name: _variable(service, name) for name in service.environment}
    return TaskParameters(
        image=image,
        variables=variables,
        group=Group(f"Service {service.name}", _labels(service, image, variables)),
        conditions=_conditions(service, image, variables),
    )


def has_image(service: Service) -> str:
    """Name the condition that an image was released."""
    return f"Has{image_parameter(service)}"


def _image(service: Service) -> Parameter:
    return Parameter(
        image_parameter(service),
        Type="String",
        Default="",
        AllowedPattern=r"|[^\s]{1,512}",
        ConstraintDescription="must be an image with its registry, or empty",
        Description="Image that runs now, which the deployer finds out; empty before the first release.",
    )


def _variable(service: Service, name: str) -> Parameter:
    title = f"{pascal(service.name)}{pascal(name)}"
    if service.environment[name] == "service-url":
        return Parameter(
            title,
            Type="String",
            Default="",
            AllowedPattern=r"|https?://[^\s/]+",
            ConstraintDescription="must be an address such as https://api.example.com, or empty",
            Description=f"Value of {name} in {service.name}; the load balancer's own address if empty.",
        )
    return Parameter(
        title,
        Type="String",
        AllowedPattern=r"[^\s].*",
        ConstraintDescription="must not be empty",
        Description=f"Value of {name} in {service.name}.",
    )


def _labels(service: Service, image: Parameter, variables: dict[str, Parameter]) -> dict[str, Parameter]:
    asked = {f"{name}?": parameter for name, parameter in variables.items()}
    return {f"Which image of {service.name} runs now?": image, **asked}


def _conditions(service: Service, image: Parameter, variables: dict[str, Parameter]) -> dict[str, AWSHelperFn]:
    given = {
        f"Has{parameter.title}": Not(Equals(Ref(parameter), ""))
        for name, parameter in variables.items()
        if service.environment[name] == "service-url"
    }
    return {has_image(service): Not(Equals(Ref(image), "")), **given}
