"""What each CodeBuild project needs: logs, artifacts, reports, parameters, and what its commands do."""

from collections.abc import Iterator, Mapping
from typing import Any

from buildspecs.reading.model import Buildspec, SecretReference
from contracts.commands import commands_of
from contracts.permissions import of_commands, of_environments
from contracts.permissions.implied import needs
from contracts.permissions.of_actions import connection
from contracts.permissions.of_pipelines import stored
from contracts.permissions.required import Requirement, Usage
from contracts.permissions.secret_values import of_secret, parameter_arn
from contracts.project_index import (
    PIPELINE,
    PROJECT,
    ProjectIndex,
    actions,
    inputs,
    outputs,
    project_parameters,
    provider,
)
from system_model.buildspecs_of import variables
from system_model.names import plain_name
from system_model.system import Resource, mapping

_HERE = "${AWS::Region}:${AWS::AccountId}"
_COVERAGE = {"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how each project uses its role."""
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
    yield from of_environments.needs_of(project, index)
    yield from _variables(project, index)
    specification = index.buildspecs.of(project)
    if specification is not None:
        for name, value in specification.spec.environment.parameter_store.items():
            yield from _parameter(project, value, f"{specification.file} reads {name}: ")
        for name, secret in specification.spec.environment.secrets_manager.items():
            yield from _secret(project, secret, f"{specification.file} reads {name}: ", index)
        yield from _reports(project, specification.spec, specification.file, index)
    yield from of_commands.needs(project, commands_of(project, index), index)


def _variables(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    for name, value in project_parameters(project, index):
        yield from _parameter(project, value, f"variable {name} of the project: ")
    for variable in variables(project):
        secret = index.text(variable.get("Value"), project.stack)
        if variable.get("Type") == "SECRETS_MANAGER" and secret is not None:
            about = f"variable {variable.get('Name')} of the project: "
            yield from of_secret(project, secret, about, index)


def _secret(project: Resource, secret: SecretReference, about: str, index: ProjectIndex) -> Iterator[Requirement]:
    if index.system.whole:
        arn = f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:{secret.secret_id}-??????"
        places = {"secret": secret.secret_id if secret.secret_id.startswith("arn:") else arn}
        yield from needs("secret", project, places, about=about)
    else:
        yield from of_secret(project, secret.secret_id, about, index)


def _logs(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    configured = mapping(mapping(project.properties.get("LogsConfig")).get("CloudWatchLogs"))
    status = index.text(configured.get("Status"), project.stack)
    if status == "DISABLED" or "${" in (status or ""):
        return
    given = index.text(configured.get("GroupName"), project.stack)
    group = given or f"/aws/codebuild/{plain_name(project, index.resolver)}"
    streams = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}:log-stream:STREAM"
    yield from needs("logs of a build", project, {"streams": streams})
    # A group that only the deployment names lies elsewhere.
    is_elsewhere = not index.system.whole and "${" in group
    if index.named("AWS::Logs::LogGroup", group) is None and not is_elsewhere:
        yield from needs("log group", project, {"streams": streams})


def _artifacts(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    """Return the needs for what pipelines hand to the project and take from it."""
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
        given = index.text(authorisation.get("Resource"), project.stack)
        yield from needs("clone", project, {"connection": connection(str(given), index)})
    if not index.system.whole:
        yield from _full_clones(project, index)


def _full_clones(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    """Return the needs for sources that a pipeline hands over as references, to be cloned by the build."""
    runs = index.remembered("runs", lambda: _runs(index))
    for pipeline, build in runs.get(plain_name(project, index.resolver), []):
        taken = set(inputs(build))
        for action in actions(pipeline):
            configuration = mapping(action.get("Configuration"))
            is_clone = index.text(configuration.get("OutputArtifactFormat"), pipeline.stack) == "CODEBUILD_CLONE_REF"
            if not is_clone or taken.isdisjoint(outputs(action)):
                continue
            given = index.text(configuration.get("ConnectionArn"), pipeline.stack)
            name = index.text(configuration.get("RepositoryName"), pipeline.stack)
            if provider(action) == "CodeStarSourceConnection":
                yield from needs("full clone", project, {"connection": connection(str(given), index)})
            elif provider(action) == "CodeCommit":
                arn = f"arn:${{AWS::Partition}}:codecommit:{_HERE}:{name}"
                yield from needs("full clone of CodeCommit", project, {"repository": arn})


def _parameter(project: Resource, name: str, about: str) -> Iterator[Requirement]:
    yield from needs("parameter", project, {"parameter": parameter_arn(name)}, about=about)


def _reports(project: Resource, spec: Buildspec, file: str, index: ProjectIndex) -> Iterator[Requirement]:
    name = plain_name(project, index.resolver)
    for group, report in spec.reports.items():
        own = f"arn:${{AWS::Partition}}:codebuild:{_HERE}:report-group/{name}-{group}"
        occasion = "coverage report" if report.file_format in _COVERAGE else "test report"
        places = {"report group": group if group.startswith("arn:") else own}
        yield from needs(occasion, project, places, about=f"reports of group {group} in {file}: ")
