"""CodeBuild projects, and the variables that they set themselves."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.reading import Reading
from contracts.system import Resource, listed, mapping

PROJECT = "AWS::CodeBuild::Project"


def project_parameters(project: Resource, reading: Reading) -> Iterator[tuple[str, str]]:
    """Give (variable, name) of what a project's own variables take from Parameter Store."""
    for variable in variables(project):
        if variable.get("Type") == "PARAMETER_STORE":
            value = reading.text(variable.get("Value"), project.stack)
            if value is not None:
                yield str(variable.get("Name")), value


def variables(project: Resource) -> Iterator[Mapping[str, Any]]:
    """Give the environment variables that the project itself sets."""
    given = mapping(project.properties.get("Environment")).get("EnvironmentVariables")
    yield from map(mapping, listed(given))
