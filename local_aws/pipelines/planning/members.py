"""Every member that a pipeline structure may have; a misspelt or unknown one is found, wherever it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

Shape = Mapping[str, Any]
"""Member names; the value is the shape of what stands under it, None for a plain value or a free mapping."""

TYPE_ID: Shape = {"category": None, "owner": None, "provider": None, "version": None}
ARTIFACT: Shape = {"name": None}
OUTPUT_ARTIFACT: Shape = {"name": None, "files": None}
STORE: Shape = {"type": None, "location": None, "encryptionKey": {"id": None, "type": None}}
CRITERIA: Shape = {"includes": None, "excludes": None}
RULE: Shape = {
    **dict.fromkeys(("name", "configuration", "commands", "roleArn", "region", "timeoutInMinutes")),
    "ruleTypeId": TYPE_ID,
    "inputArtifacts": ARTIFACT,
}
CONDITION: Shape = {"result": None, "rules": RULE}
ACTION: Shape = {
    **dict.fromkeys(("name", "runOrder", "configuration", "commands", "outputVariables", "roleArn", "region")),
    **dict.fromkeys(("namespace", "timeoutInMinutes", "environmentVariables")),
    "actionTypeId": TYPE_ID,
    "inputArtifacts": ARTIFACT,
    "outputArtifacts": OUTPUT_ARTIFACT,
}
STAGE: Shape = {
    "name": None,
    "blockers": {"name": None, "type": None},
    "actions": ACTION,
    "beforeEntry": {"conditions": CONDITION},
    "onSuccess": {"conditions": CONDITION},
    "onFailure": {"result": None, "retryConfiguration": {"retryMode": None}, "conditions": CONDITION},
}
TRIGGER: Shape = {
    "providerType": None,
    "gitConfiguration": {
        "sourceActionName": None,
        "push": {"tags": CRITERIA, "branches": CRITERIA, "filePaths": CRITERIA},
        "pullRequest": {"events": None, "branches": CRITERIA, "filePaths": CRITERIA},
    },
}
PIPELINE: Shape = {
    **dict.fromkeys(("name", "roleArn", "version", "executionMode", "pipelineType")),
    "artifactStore": STORE,
    "artifactStores": None,
    "variables": {"name": None, "defaultValue": None, "description": None},
    "triggers": TRIGGER,
    "stages": STAGE,
}


def unknown_members(
    found: object, shape: Shape | None = PIPELINE, place: str = ""
) -> Iterator[tuple[str, str, list[str]]]:
    """Give (place, name, names allowed there) for each member of ``found`` that ``shape`` does not have."""
    if isinstance(found, list):
        for index, each in enumerate(found):
            label = each.get("name", index) if isinstance(each, Mapping) else index
            yield from unknown_members(each, shape, f"{place}/{label}")
    elif isinstance(found, Mapping) and shape is not None:
        for name, value in found.items():
            if name not in shape:
                yield place, name, sorted(shape)
            else:
                yield from unknown_members(value, shape[name], f"{place}/{name}" if place else name)
