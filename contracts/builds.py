"""What each CodeBuild project needs: logs, artifacts, reports, parameters, and what its commands do."""

from collections.abc import Iterator, Mapping
from typing import Any

from buildspecs.reading.model import Buildspec
from contracts import command_needs
from contracts.commands import commands_of
from contracts.needs import Need, Use
from contracts.occasions import needs
from contracts.pipelines import PIPELINE, actions, inputs, outputs, provider, stored
from contracts.projects import PROJECT, project_parameters
from contracts.reading import Reading
from system_model.names import plain_name
from system_model.system import Resource, mapping

_HERE = "${AWS::Region}:${AWS::AccountId}"
_COVERAGE = {"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}


def uses(reading: Reading) -> Iterator[Use]:
    """Give how each project uses its role."""
    for project in reading.system.resources(PROJECT):
        name = plain_name(project, reading.resolver)
        context = {
            "aws:SourceAccount": "${AWS::AccountId}",
            "aws:SourceArn": f"arn:${{AWS::Partition}}:codebuild:{_HERE}:project/{name}",
        }
        yield Use(
            project, project.properties.get("ServiceRole"), "codebuild.amazonaws.com", context, _needs(project, reading)
        )


def _needs(project: Resource, reading: Reading) -> Iterator[Need]:
    yield from _logs(project, reading)
    yield from _artifacts(project, reading)
    yield from _clone(project, reading)
    for name, value in project_parameters(project, reading):
        yield _parameter(project, value, f"variable {name} of the project: ")
    specification = reading.buildspecs.of(project)
    if specification is not None:
        for name, value in specification.spec.environment.parameter_store.items():
            yield _parameter(project, value, f"{specification.file} reads {name}: ")
        for name, secret in specification.spec.environment.secrets_manager.items():
            arn = f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:{secret.secret_id}-??????"
            places = {"secret": secret.secret_id if secret.secret_id.startswith("arn:") else arn}
            yield from needs("secret", project, places, about=f"{specification.file} reads {name}: ")
        yield from _reports(project, specification.spec, specification.file, reading)
    yield from command_needs.needs(project, commands_of(project, reading))


def _logs(project: Resource, reading: Reading) -> Iterator[Need]:
    configured = mapping(mapping(project.properties.get("LogsConfig")).get("CloudWatchLogs"))
    if reading.text(configured.get("Status"), project.stack) == "DISABLED":
        return
    group = reading.text(configured.get("GroupName"), project.stack)
    group = group or f"/aws/codebuild/{plain_name(project, reading.resolver)}"
    streams = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}:log-stream:STREAM"
    yield from needs("logs", project, {"streams": streams})
    if reading.named("AWS::Logs::LogGroup", group) is None:
        whole = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}"
        yield from needs("log group", project, {"streams": whole})


def _artifacts(project: Resource, reading: Reading) -> Iterator[Need]:
    """Give the needs for what pipelines hand to the project and take from it."""
    runs = reading.remembered("runs", lambda: _runs(reading))
    for pipeline, action in runs.get(plain_name(project, reading.resolver), []):
        about = f"in action {action.get('Name')} of {pipeline}, "
        for name in inputs(action):
            yield from needs("input artifact", project, stored(pipeline, name, reading), about)
        for name in outputs(action):
            yield from needs("output artifact", project, stored(pipeline, name, reading), about)


def _runs(reading: Reading) -> Mapping[str | None, list[tuple[Resource, Mapping[str, Any]]]]:
    """Give (pipeline, action) for each action that runs a project, by the project's name."""
    found: dict[str | None, list[tuple[Resource, Mapping[str, Any]]]] = {}
    for pipeline in reading.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) == "CodeBuild":
                name = reading.text(mapping(action.get("Configuration")).get("ProjectName"), pipeline.stack)
                found.setdefault(name, []).append((pipeline, action))
    return found


def _clone(project: Resource, reading: Reading) -> Iterator[Need]:
    authorisation = mapping(mapping(project.properties.get("Source")).get("Auth"))
    if authorisation.get("Type") == "CODECONNECTIONS":
        connection = reading.text(authorisation.get("Resource"), project.stack)
        yield from needs("clone", project, {"connection": str(connection)})


def _parameter(project: Resource, name: str, about: str) -> Need:
    (need,) = needs("parameter", project, {"parameter": parameter_arn(name)}, about=about)
    return need


def parameter_arn(name: str) -> str:
    """Give the ARN of a parameter by its name, or the ARN that it is given by."""
    if name.startswith("arn:"):
        return name
    return f"arn:${{AWS::Partition}}:ssm:{_HERE}:parameter/{name.removeprefix('/')}"


def _reports(project: Resource, spec: Buildspec, file: str, reading: Reading) -> Iterator[Need]:
    name = plain_name(project, reading.resolver)
    for group, report in spec.reports.items():
        own = f"arn:${{AWS::Partition}}:codebuild:{_HERE}:report-group/{name}-{group}"
        occasion = "coverage report" if report.file_format in _COVERAGE else "test report"
        places = {"report group": group if group.startswith("arn:") else own}
        yield from needs(occasion, project, places, about=f"reports of group {group} in {file}: ")
