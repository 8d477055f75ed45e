"""Reads the AppSpec of a deployment to ECS: which revision of a task definition, and behind which container's port.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from aws_facts import facts
from local_aws.platform.service import Json, ServiceError

_SERVICE = "AWS::ECS::Service"
CONTENT_KINDS = {"AppSpecContent": "appSpecContent", "String": "string"}


@dataclass(frozen=True)
class AppSpec:
    """What an AppSpec says; ``more`` are members of UpdateService, ``hooks`` Lambda functions by lifecycle event."""

    definition: str
    container: str
    port: int
    more: Json
    hooks: Mapping[str, str]


class AppSpecError(Exception):
    """An AppSpec can't be deployed; the sentence says why."""


def check_location(revision: Mapping[str, Any]) -> None:
    """Refuse a revision that names no place, or one that a deployment to ECS can't have."""
    kind = revision.get("revisionType") or ""
    if kind == "S3":
        location = revision.get("s3Location") or {}
        if not location.get("bucket") or not location.get("key"):
            raise ServiceError("InvalidRevisionException", "An S3 revision needs a bucket and a key.")
        if location.get("bundleType") not in {"YAML", "JSON"}:
            message = "The bundleType of a deployment to ECS must be YAML or JSON."
            raise ServiceError("InvalidRevisionException", message)
        return
    if kind not in CONTENT_KINDS:
        raise ServiceError("InvalidRevisionException", "The revisionType must be S3, AppSpecContent or String.")
    given = revision.get(CONTENT_KINDS[kind]) or {}
    content = given.get("content")
    if not content:
        raise ServiceError("InvalidRevisionException", "The revision has no content.")
    digest = given.get("sha256")
    if digest and digest != hashlib.sha256(content.encode()).hexdigest():
        message = "The SHA-256 of the AppSpec content does not match the sha256 that is given."
        raise ServiceError("InvalidRevisionException", message)


def read(text: str) -> AppSpec:
    """Read an AppSpec in YAML or JSON; ``AppSpecError`` says what is wrong with it."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise AppSpecError(f"The AppSpec file is not YAML or JSON: {error}") from None
    whole = _lower(found)
    resources = whole.get("resources")
    listed = resources if isinstance(resources, list) else []
    if len(listed) != 1 or not isinstance(listed[0], dict) or len(listed[0]) != 1:
        raise AppSpecError(f"The AppSpec file must have one resource, of type {_SERVICE}.")
    ((name, resource),) = listed[0].items()
    told = _lower(resource)
    if told.get("type") != _SERVICE:
        raise AppSpecError(f"The resource {name} of the AppSpec file must be of type {_SERVICE}.")
    properties = _lower(told.get("properties"))
    balancer = _lower(properties.get("loadbalancerinfo"))
    definition, container, port = (
        properties.get("taskdefinition"),
        balancer.get("containername"),
        balancer.get("containerport"),
    )
    if not definition or not container or not isinstance(port, int | str) or not str(port).isdigit():
        raise AppSpecError(
            f"The resource {name} of the AppSpec file needs TaskDefinition, and LoadBalancerInfo with ContainerName "
            "and ContainerPort."
        )
    return AppSpec(str(definition), str(container), int(port), _more(properties), _hooks(whole.get("hooks")))


def _more(properties: Mapping[str, Any]) -> Json:
    found: Json = {}
    if properties.get("platformversion"):
        found["platformVersion"] = str(properties["platformversion"])
    network = _lower(_lower(properties.get("networkconfiguration")).get("awsvpcconfiguration"))
    if network:
        names = {"subnets": "subnets", "securitygroups": "securityGroups", "assignpublicip": "assignPublicIp"}
        kept = {names[name]: value for name, value in network.items() if name in names}
        found["networkConfiguration"] = {"awsvpcConfiguration": kept}
    return found


def _hooks(hooks: object) -> Mapping[str, str]:
    allowed = facts("appspec")["resources"]["types"][_SERVICE]["hooks"]
    found: dict[str, str] = {}
    for one in hooks if isinstance(hooks, list) else []:
        for event, function in one.items() if isinstance(one, dict) else ():
            if event not in allowed:
                raise AppSpecError(f"The AppSpec file has a hook {event}; allowed are {', '.join(allowed)}.")
            found[event] = str(function)
    return found


def _lower(value: object) -> dict[str, Any]:
    """Return an object with its names in small letters, as CodeDeploy reads them; nothing for what is none."""
    return {str(name).lower(): one for name, one in value.items()} if isinstance(value, dict) else {}
