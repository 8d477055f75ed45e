"""ECR within MiniStack: repositories and images."""

import base64
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import ecr

from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query


def be_reached_at(host: str, make_password: Callable[[str], str], seconds: int) -> None:
    """Name repositories ``host/name``, and answer GetAuthorizationToken with passwords for whoever asks."""
    ecr._repo_uri = lambda name: f"{host}/{name}"

    async def authorize(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        del method, path, body
        if not headers.get("x-amz-target", "").endswith(".GetAuthorizationToken"):
            return None
        password = make_password(adapter.access_key_of(headers, query))
        data = {
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "expiresAt": time.time() + seconds,
            "proxyEndpoint": f"http://{host}",
        }
        content = json.dumps({"authorizationData": [data]}).encode()
        return int(HTTPStatus.OK), {"Content-Type": "application/x-amz-json-1.1"}, content

    adapter.guard("ecr", authorize)


def rename_repositories() -> None:
    """Have the repositories that were kept from before named by where the registry is reached now."""
    for (account_id, region, name), repository_record in list(ecr._repositories._data.items()):
        with adapter.acting_in(account_id, region):
            repository_record["repositoryUri"] = ecr._repo_uri(name)


def repository(name: str) -> dict[str, Any] | None:
    """Return the record of a repository of the account and region that are acted in; None where there is none."""
    found: dict[str, Any] | None = ecr._repositories.get(name)
    return found


def find(name: str, wanted: dict[str, str]) -> dict[str, Any] | None:
    """Return the record of an image by ``imageDigest`` or ``imageTag``; None where there is none."""
    digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
    return next(
        (
            image
            for image in ecr._images.get(name, [])
            if (digest or tag)
            and digest in (None, image.get("imageDigest"))
            and (tag is None or tag in image.get("imageTags", []))
        ),
        None,
    )


def has_tag(name: str, tag: str) -> bool:
    """Return whether an image of the repository has that tag."""
    return any(tag in image.get("imageTags", []) for image in ecr._images.get(name, []))


def has_manifest(name: str, digest: str) -> bool:
    """Return whether the repository has an image, or a list of images, of that digest."""
    return any(image.get("imageDigest") == digest for image in ecr._images.get(name, []))


def put_manifest(name: str, reference: str, media_type: str, content: bytes) -> Answer:
    """Keep a manifest that was checked under its digest and, where ``reference`` is one, a tag."""
    answer: Answer = ecr._v2_put_manifest(name, reference, {"content-type": media_type} if media_type else {}, content)
    return answer


def answer(method: str, path: str, query: Query) -> Answer:
    """Answer a request of the registry's protocol about manifests that are there, or tags."""
    verb, name, reference = ecr._parse_v2_path(path)
    answers = {
        ("manifest", "GET"): lambda: ecr._v2_get_manifest(name, reference),
        ("manifest", "HEAD"): lambda: ecr._v2_head_manifest(name, reference),
        ("manifest", "DELETE"): lambda: ecr._v2_delete_manifest(name, reference),
        ("tags_list", "GET"): lambda: ecr._v2_list_tags(name, query),
    }
    found: Answer = answers[verb, method]()
    return found


def check_put_images(check: Callable[[str, bytes, str, str | None], tuple[str, str] | None]) -> None:
    """Have ``check`` see what ECR's PutImage is given: repository, manifest, media type (empty: none) and digest.

    It gives the error's code and message, or None.
    """

    async def before(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        del method, path, query
        if not headers.get("x-amz-target", "").endswith(".PutImage"):
            return None
        given = json.loads(body)
        manifest, media_type = str(given.get("imageManifest", "")), str(given.get("imageManifestMediaType") or "")
        failure = check(str(given.get("repositoryName", "")), manifest.encode(), media_type, given.get("imageDigest"))
        if failure is None:
            return None
        content = json.dumps({"__type": failure[0], "message": failure[1]}).encode()
        return int(HTTPStatus.BAD_REQUEST), {"Content-Type": "application/x-amz-json-1.1"}, content

    adapter.guard("ecr", before)
