"""What each CodeBuild project needs: logs, artifacts, reports, parameters, and what its commands do."""

from collections.abc import Iterator, Mapping
from typing import Any

from buildspecs.reading.model import Buildspec
from contracts.commands import commands_of
from contracts.permissions import of_commands
from contracts.permissions.implied import needs
from contracts.permissions.of_pipelines import PIPELINE, actions, inputs, outputs, provider, stored
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import ProjectIndex
from contracts.projects import PROJECT, project_parameters
from system_model.names import plain_name
from system_model.system import Resource, mapping

_HERE = "${AWS::Region}:${AWS::AccountId}"
_COVERAGE = {"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Give how each project uses its role."""
    for project in index.system.resources(PROJECT):
        name = plain_name(project, index.resolver)
        context = {
            "aws:SourceAccount": "${AWS::AccountId}",
            "aws:SourceArn": f"arn:${{AWS::Partition}}:codebuild:{_HERE}:project/{name}",
        }
        yield Usage(
            project, project.properties.get("ServiceRole"), "codebuild.amazonaws.com", context, _needs(project, index)
        )


def _needs(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    yield from _logs(project, index)
    yield from _artifacts(project, index)
    yield from _clone(project, index)
    for name, value in project_parameters(project, index):
        yield _parameter(project, value, f"variable {name} of the project: ")
    specification = index.buildspecs.of(project)
    if specification is not None:
        for name, value in specification.spec.environment.parameter_store.items():
            yield _parameter(project, value, f"{specification.file} reads {name}: ")
        for name, secret in specification.spec.environment.secrets_manager.items():
            arn = f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:{secret.secret_id}-??????"
            places = {"secret": secret.secret_id if secret.secret_id.startswith("arn:") else arn}
            yield from needs("secret", project, places, about=f"{specification.file} reads {name}: ")
        yield from _reports(project, specification.spec, specification.file, index)
    yield from of_commands.needs(project, commands_of(project, index))


def _logs(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    configured = mapping(mapping(project.properties.get("LogsConfig")).get("CloudWatchLogs"))
    if index.text(configured.get("Status"), project.stack) == "DISABLED":
        return
    group = index.text(configured.get("GroupName"), project.stack)
    group = group or f"/aws/codebuild/{plain_name(project, index.resolver)}"
    streams = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}:log-stream:STREAM"
    yield from needs("logs", project, {"streams": streams})
    if index.named("AWS::Logs::LogGroup", group) is None:
        whole = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}"
        yield from needs("log group", project, {"streams": whole})


def _artifacts(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    """Give the needs for what pipelines hand to the project and take from it."""
    runs = index.remembered("runs", lambda: _runs(index))
    for pipeline, action in runs.get(plain_name(project, index.resolver), []):
        about = f"in action {action.get('Name')} of {pipeline}, "
        for name in inputs(action):
            yield from needs("input artifact", project, stored(pipeline, name, index), about)
        for name in outputs(action):
            yield from needs("output artifact", project, stored(pipeline, name, index), about)


def _runs(index: ProjectIndex) -> Mapping[str | None, list[tuple[Resource, Mapping[str, Any]]]]:
    """Give (pipeline, action) for each action that runs a project, by the project's name."""
    found: dict[str | None, list[tuple[Resource, Mapping[str, Any]]]] = {}
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) == "CodeBuild":
                name = index.text(mapping(action.get("Configuration")).get("ProjectName"), pipeline.stack)
                found.setdefault(name, []).append((pipeline, action))
    return found


def _clone(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    authorisation = mapping(mapping(project.properties.get("Source")).get("Auth"))
    if authorisation.get("Type") == "CODECONNECTIONS":
        connection = index.text(authorisation.get("Resource"), project.stack)
        yield from needs("clone", project, {"connection": str(connection)})


def _parameter(project: Resource, name: str, about: str) -> Requirement:
    (need,) = needs("parameter", project, {"parameter": parameter_arn(name)}, about=about)
    return need


def parameter_arn(name: str) -> str:
    """Give the ARN of a parameter by its name, or the ARN that it is given by."""
    if name.startswith("arn:"):
        return name
    return f"arn:${{AWS::Partition}}:ssm:{_HERE}:parameter/{name.removeprefix('/')}"


def _reports(project: Resource, spec: Buildspec, file: str, index: ProjectIndex) -> Iterator[Requirement]:
    name = plain_name(project, index.resolver)
    for group, report in spec.reports.items():
        own = f"arn:${{AWS::Partition}}:codebuild:{_HERE}:report-group/{name}-{group}"
        occasion = "coverage report" if report.file_format in _COVERAGE else "test report"
        places = {"report group": group if group.startswith("arn:") else own}
        yield from needs(occasion, project, places, about=f"reports of group {group} in {file}: ")
