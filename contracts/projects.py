"""CodeBuild projects, and the variables that they set themselves."""

from collections.abc import Iterator

from contracts.project_index import ProjectIndex
from system_model.buildspecs_of import variables
from system_model.system import Resource

PROJECT = "AWS::CodeBuild::Project"


def project_parameters(project: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    """Give (variable, name) of what a project's own variables take from Parameter Store."""
    for variable in variables(project):
        if variable.get("Type") == "PARAMETER_STORE":
            value = index.text(variable.get("Value"), project.stack)
            if value is not None:
                yield str(variable.get("Name")), value
