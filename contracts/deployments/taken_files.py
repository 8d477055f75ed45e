"""The files that deploy actions take from their input artifacts.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.project_index import ProjectIndex, inputs, provider
from system_model.system import Resource, mapping

_TEMPLATES = ("TaskDefinitionTemplate", "taskdef.json"), ("AppSpecTemplate", "appspec.yaml")
_IMAGES = tuple(f"Image{number}ArtifactName" for number in range(1, 5))


def files_taken(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    """Return (artifact, path) of each file that an action can't do without."""
    given = mapping(action.get("Configuration"))
    configuration = {key: index.text(value, pipeline.stack) or "" for key, value in given.items()}
    if provider(action) == "ECS":
        for name in inputs(action)[:1]:
            yield name, configuration.get("FileName") or "imagedefinitions.json"
    elif provider(action) == "CodeDeployToECS":
        yield from _of_blue_green(configuration)
    elif provider(action) == "CloudFormation":
        for key in ("TemplatePath", "TemplateConfiguration"):
            name, separator, path = configuration.get(key, "").partition("::")
            if separator:
                yield name, path


def _of_blue_green(configuration: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, default in _TEMPLATES:
        if f"{key}Artifact" in configuration:
            yield configuration[f"{key}Artifact"], configuration.get(f"{key}Path") or default
    for key in _IMAGES:
        if key in configuration:
            yield configuration[key], "imageDetail.json"
