"""A system as contracts read it, with its projects and pipelines; a finding has its line of the template."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_facts.codepipeline import folder_of_pipeline
from contracts.catalogue import RULES
from reporting.findings import Finding, Severity
from system_model.buildspecs_of import variables
from system_model.index import SystemIndex
from system_model.line_numbers import line_of
from system_model.names import plain_name
from system_model.system import Resource, Stack, listed, mapping


class ProjectIndex(SystemIndex):
    """The index of a system that makes findings."""

    def finding(
        self, identifier: str, resource: Resource, below: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Return a finding about a part of a resource."""
        path = ("Resources", resource.logical_id, *below)
        return self.finding_in(identifier, resource.stack, path, sentence, remedy)

    def finding_in(
        self, identifier: str, stack: Stack, path: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Return a finding about a place of a template."""
        line, found = line_of(stack.template, path) if stack.is_rendered else (0, path)
        place = "/".join(str(part) for part in found)
        rule = RULES[identifier]
        return Finding(
            file=stack.file,
            line=line,
            column=1 if line else 0,
            id=identifier,
            severity=Severity.ERROR,
            sentence=sentence,
            remedy=remedy,
            place=place,
            title=rule.shortdesc,
            source=rule.source_url,
        )


PROJECT = "AWS::CodeBuild::Project"


def project_parameters(project: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    """Give (variable, name) of what a project's own variables take from Parameter Store."""
    for variable in variables(project):
        if variable.get("Type") == "PARAMETER_STORE":
            value = index.text(variable.get("Value"), project.stack)
            if value is not None:
                yield str(variable.get("Name")), value


PIPELINE = "AWS::CodePipeline::Pipeline"


def actions(pipeline: Resource) -> Iterator[Mapping[str, Any]]:
    """Return every action."""
    for stage in listed(pipeline.properties.get("Stages")):
        yield from (mapping(action) for action in listed(mapping(stage).get("Actions")))


def provider(action: Mapping[str, Any]) -> str:
    """Return the provider of an action."""
    return str(mapping(action.get("ActionTypeId")).get("Provider"))


def inputs(action: Mapping[str, Any]) -> list[str]:
    """Return the names of an action's input artifacts."""
    return [str(mapping(one).get("Name")) for one in listed(action.get("InputArtifacts"))]


def outputs(action: Mapping[str, Any]) -> list[str]:
    """Return the names of an action's output artifacts."""
    return [str(mapping(one).get("Name")) for one in listed(action.get("OutputArtifacts"))]


def names_of_artifacts(pipeline: Resource) -> list[str]:
    """Return the name of every artifact that an action of the pipeline makes."""
    return list(dict.fromkeys(name for action in actions(pipeline) for name in outputs(action)))


def folder(pipeline: Resource, index: ProjectIndex) -> str | None:
    """Return the folder of a pipeline's artifacts; None where the name is made up by AWS or by the deployment."""
    name = plain_name(pipeline, index.resolver)
    return None if "${" in name else folder_of_pipeline(name)
