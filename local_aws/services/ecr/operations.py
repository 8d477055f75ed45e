"""How operations of ECR that MiniStack lacks are answered in its place."""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from local_aws.ministack import adapter, images
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.platform.service import ServiceError

Json = Mapping[str, Any]
Operations = Mapping[str, Callable[[Json], Json]]
"""By name: what gives an answer's content from that of a request."""


def answer_with(operations: Operations) -> None:
    """Answer requests for these operations; they may raise ``ServiceError``."""

    async def before(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        del method, path, query
        operation = operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if operation is None:
            return None
        try:
            # Some take a second or two, in which others are answered.
            content: Json = await asyncio.to_thread(operation, json.loads(body))
            status: int = HTTPStatus.OK
        except ServiceError as error:
            content, status = {"__type": error.code, "message": error.message}, error.status
        return int(status), {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(content).encode()

    adapter.guard("ecr", before)


def image_asked_for(asked: Json, account_id: str) -> tuple[Json, Json, Json]:
    """Return the repository, the image, and what an answer says of both; raises ``ServiceError`` without them."""
    name, wanted = str(asked.get("repositoryName", "")), asked.get("imageId", {})
    repository, image = images.repository(name), images.find(name, wanted)
    registry = f"the registry with id '{account_id}'"
    if repository is None:
        message = f"The repository with name '{name}' does not exist in {registry}"
        raise ServiceError("RepositoryNotFoundException", message)
    if image is None:
        place = f"the repository with name '{name}' in {registry}"
        raise ServiceError(
            "ImageNotFoundException", f"The image with imageId {told(wanted)} does not exist within {place}"
        )
    tag = {"imageTag": wanted["imageTag"]} if "imageTag" in wanted else {}
    identity = {"imageDigest": image["imageDigest"], **tag}
    return repository, image, {"registryId": account_id, "repositoryName": name, "imageId": identity}


def told(image_id: Json) -> str:
    """Return an image's id as ECR's errors name it."""
    return f"{{imageDigest:'{image_id.get('imageDigest', 'null')}', imageTag:'{image_id.get('imageTag', 'null')}'}}"
