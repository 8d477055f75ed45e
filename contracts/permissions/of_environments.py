"""What a project's own configuration needs: source, artifacts, cache and logs outside of pipelines, network, image."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.names import plain_name
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_HERE = "${AWS::Region}:${AWS::AccountId}"


def needs_of(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    """Return them for a template that stands alone; the project's own uses none of these."""
    if index.system.whole:
        return
    yield from _source(project, index)
    yield from _stores(project, index)
    if mapping(project.properties.get("VpcConfig")).get("VpcId") is not None:
        yield from needs("network of a build", project, {"somewhere": UNKNOWN})
    yield from _image(project, index)


def _text(given: Mapping[str, Any], key: str, project: Resource, index: ProjectIndex) -> str:
    return index.text(given.get(key), project.stack) or ""


def _source(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    source = mapping(project.properties.get("Source"))
    location, kind = _text(source, "Location", project, index), _text(source, "Type", project, index)
    if kind == "S3":
        yield from needs("source of a build in S3", project, {"object": _object(location)})
    if kind == "CODECOMMIT":
        name = location.rpartition("/")[2] if "/" in location else OPEN
        arn = f"arn:${{AWS::Partition}}:codecommit:{_open_place(location)}:{name}"
        yield from needs("source of a build in CodeCommit", project, {"repository": arn})


def _open_place(location: str) -> str:
    return _HERE if "${AWS::Region}" in location else f"{OPEN}:{OPEN}"


def _stores(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    artifacts = mapping(project.properties.get("Artifacts"))
    if _text(artifacts, "Type", project, index) == "S3":
        bucket = _text(artifacts, "Location", project, index)
        yield from needs("artifact of a build in S3", project, {"object": _object(bucket)})
    cache = mapping(project.properties.get("Cache"))
    if _text(cache, "Type", project, index) == "S3":
        yield from needs("cache in S3", project, {"object": _object(_text(cache, "Location", project, index))})
    logs = mapping(mapping(project.properties.get("LogsConfig")).get("S3Logs"))
    if _text(logs, "Status", project, index) == "ENABLED":
        yield from needs("logs in S3", project, {"object": _object(_text(logs, "Location", project, index))})


def _object(location: str) -> str:
    """Return the ARN of an object by a bucket's name or ARN, with or without a path."""
    bucket = location.rpartition(":::")[2].partition("/")[0]
    return f"arn:${{AWS::Partition}}:s3:::{bucket or OPEN}/{OPEN}"


def _image(project: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    environment = mapping(project.properties.get("Environment"))
    image = _text(environment, "Image", project, index)
    is_own = _text(environment, "ImagePullCredentialsType", project, index) == "SERVICE_ROLE"
    if is_own and ".dkr.ecr." in image:
        name = image.partition("/")[2].partition("@")[0].partition(":")[0]
        arn = f"arn:${{AWS::Partition}}:ecr:{OPEN}:{OPEN}:repository/{name}"
        yield from needs("image of a build", project, {"repository": arn})
    batch = mapping(project.properties.get("BuildBatchConfig"))
    if _text(batch, "ServiceRole", project, index) == _text(project.properties, "ServiceRole", project, index) != "":
        arn = f"arn:${{AWS::Partition}}:codebuild:{_HERE}:project/{plain_name(project, index.resolver)}"
        yield from needs("batch of builds", project, {"project": arn})
