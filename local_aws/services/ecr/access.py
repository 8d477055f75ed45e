"""Which ECR action each request of the registry's protocol is, and how it is refused.

https://distribution.github.io/distribution/spec/api/#errors

https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html and
https://distribution.github.io/distribution/spec/api/
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.ministack.adapter import Answer

VERSION: Mapping[str, str] = {"Docker-Distribution-Api-Version": "registry/2.0"}


def registry_error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Make an error of one ``code``, such as BLOB_UNKNOWN."""
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return int(status), {"Content-Type": "application/json", **VERSION, **(headers or {})}, body


_PATH = re.compile(r"/v2/(?P<repository>.+?)/(?P<kind>blobs/uploads|blobs|manifests|tags/list)(?:/(?P<reference>.*))?$")

_ACTIONS = {
    ("blobs", "HEAD"): "BatchCheckLayerAvailability",
    ("blobs", "GET"): "GetDownloadUrlForLayer",
    ("blobs/uploads", "POST"): "InitiateLayerUpload",
    ("blobs/uploads", "GET"): "UploadLayerPart",
    ("blobs/uploads", "PATCH"): "UploadLayerPart",
    ("blobs/uploads", "PUT"): "CompleteLayerUpload",
    ("blobs/uploads", "DELETE"): "InitiateLayerUpload",
    ("manifests", "HEAD"): "BatchGetImage",
    ("manifests", "GET"): "BatchGetImage",
    ("manifests", "PUT"): "PutImage",
    ("manifests", "DELETE"): "BatchDeleteImage",
    ("tags/list", "GET"): "ListImages",
}


@dataclass(frozen=True)
class RequestedAccess:
    """What a request wants: an action such as ``ecr:PutImage``, on a repository.

    ``kind`` is what the path is about, such as ``blobs/uploads``; ``reference`` is a tag, a digest or an upload's id.
    """

    kind: str
    action: str
    repository: str
    reference: str


def is_registry_path(path: str) -> bool:
    """Return whether a path is the registry's; the APIs of other services begin with ``/v2/`` as well."""
    return path in {"/v2", "/v2/"} or _PATH.match(path) is not None


def wanted(method: str, path: str) -> RequestedAccess | None:
    """Read a request; None for the mere question whether this is a registry, and for what ECR does not offer."""
    found = _PATH.match(path)
    if found is None:
        return None
    action = _ACTIONS.get((found["kind"], method))
    reference = (found["reference"] or "").rstrip("/")
    return RequestedAccess(found["kind"], f"ecr:{action}", found["repository"], reference) if action else None
