"""W9624, E9627: the files of a shift of traffic, taken as they lie in the repository, fit their action and each other.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from contracts.project_index import PIPELINE, ProjectIndex, actions, outputs, provider
from reporting.findings import Finding
from system_model.system import Resource, listed, mapping


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each action CodeDeployToECS whose files come from a source action."""
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) == "CodeDeployToECS":
                yield from _of_action(action, pipeline, index)


def _of_action(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> Iterator[Finding]:
    given = mapping(action.get("Configuration"))
    told = {key: index.text(value, pipeline.stack) or "" for key, value in given.items()}
    task = _text("TaskDefinitionTemplate", "taskdef.json", told, pipeline, index)
    if task is None:
        return
    for number in range(1, 5):
        name = told.get(f"Image{number}ContainerName", "")
        if name and "${" not in name and f"<{name}>" not in task[1]:
            yield index.finding(
                "W9624",
                pipeline,
                ("Properties", "Stages"),
                f"Action {action.get('Name')} of {pipeline} puts its image in place of <{name}>, which {task[0]} does "
                "not have: the image that is written there is deployed again and again.",
                f'Write "image": "<{name}>" there.',
            )
    application = _text("AppSpecTemplate", "appspec.yaml", told, pipeline, index)
    known = [mapping(one).get("name") for one in listed(mapping(_parsed(task[1])).get("containerDefinitions"))]
    for name in _balanced(_parsed(application[1])) if application is not None and known else ():
        if name not in known and application is not None:
            yield index.finding(
                "E9627",
                pipeline,
                ("Properties", "Stages"),
                f"{application[0]}, which action {action.get('Name')} of {pipeline} takes, sends requests to the "
                f"container {name}; {task[0]} has only {', '.join(map(str, known))}.",
                "Write one of these names.",
            )


def _text(
    key: str, default: str, told: Mapping[str, str], pipeline: Resource, index: ProjectIndex
) -> tuple[str, str] | None:
    """Return path and text of a file that reaches the action as it is in the repository."""
    artifact, path = told.get(f"{key}Artifact"), told.get(f"{key}Path") or default
    makers = [one for one in actions(pipeline) if artifact in outputs(one)]
    of_source = any(mapping(one.get("ActionTypeId")).get("Category") == "Source" for one in makers)
    text = index.system.repository.text(path) if of_source and "${" not in path else None
    return None if text is None else (path, text)


def _parsed(text: str) -> object:
    try:
        return json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _balanced(application: object) -> Iterator[str]:
    for one in listed(mapping(application).get("Resources")):
        for resource in mapping(one).values():
            balancer = mapping(mapping(mapping(resource).get("Properties")).get("LoadBalancerInfo"))
            name = balancer.get("ContainerName")
            if isinstance(name, str) and "<" not in name and "$" not in name:
                yield name
