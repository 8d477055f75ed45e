"""The registry's protocol: blobs come and go as streams, manifests are checked and become images of ECR.

https://distribution.github.io/distribution/spec/api/
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from local_aws.gateway import bodies
from local_aws.gateway.answers import FileAnswer
from local_aws.gateway.bodies import Limit, Receive
from local_aws.gateway.request import Request
from local_aws.ministack import images
from local_aws.ministack.adapter import Answer
from local_aws.services.ecr import blobs, manifests
from local_aws.services.ecr.access import VERSION, RequestedAccess, registry_error
from local_aws.services.ecr.blobs import Blobs, Upload
from local_aws.services.ecr.guard import Guard
from local_aws.services.ecr.manifests import ManifestError, There
from local_aws.services.ecr.signatures import Signatures

Given = Answer | FileAnswer


class Registry:
    """Answers requests below ``/v2/``, each decided on by ``guard`` first."""

    def __init__(self, guard: Guard, kept: Blobs, signatures: Signatures) -> None:
        self._guard = guard
        self._signatures = signatures
        self._blobs = kept
        self._handlers: dict[tuple[str, str], Callable[[Request, RequestedAccess, Receive], Awaitable[Given]]] = {
            ("blobs", "HEAD"): self._blob,
            ("blobs", "GET"): self._blob,
            ("blobs/uploads", "POST"): self._begin,
            ("blobs/uploads", "PATCH"): self._add,
            ("blobs/uploads", "PUT"): self._finish,
            ("blobs/uploads", "GET"): self._progress,
            ("blobs/uploads", "DELETE"): self._cancel,
            ("manifests", "PUT"): self._put_manifest,
        }

    def refusal(self, request: Request) -> Answer | None:
        """Return the refusal of a request whose body was not read yet; None where it may go on."""
        return self._guard.refusal(request)

    async def answer(self, request: Request, receive: Receive) -> Given:
        """Answer a request that was not refused; the errors of its body are those of ``bodies.parts``."""
        wanted = self._guard.wanted(request)
        if wanted is None:
            return int(HTTPStatus.OK), {"Content-Type": "application/json", **VERSION}, b"{}"
        handler = self._handlers.get((wanted.kind, request.method))
        try:
            with self._guard.acting():
                if handler is None:
                    return images.answer(request.method, request.path, request.query)
                return await handler(request, wanted, receive)
        except ManifestError as error:
            return registry_error(HTTPStatus.BAD_REQUEST, error.code, error.message)

    async def _blob(self, request: Request, wanted: RequestedAccess, _receive: Receive) -> Given:
        file = self._blobs.file(wanted.repository, wanted.reference)
        if file is None:
            return registry_error(HTTPStatus.NOT_FOUND, "BLOB_UNKNOWN", "blob unknown to registry")
        headers = {
            "Content-Type": "application/octet-stream",
            "Docker-Content-Digest": wanted.reference,
            "Content-Length": str(file.stat().st_size),
            **VERSION,
        }
        return (200, headers, b"") if request.method == "HEAD" else FileAnswer(200, headers, file)

    async def _begin(self, request: Request, wanted: RequestedAccess, receive: Receive) -> Given:
        # A layer of another repository is uploaded too: mounting it is off until an account turns it on.
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/blob-mounting.html
        upload = self._blobs.begin(wanted.repository)
        if _first(request, "digest"):
            return await self._receive_all(request, upload, wanted, receive)
        return _under_way(HTTPStatus.ACCEPTED, upload)

    async def _add(self, request: Request, wanted: RequestedAccess, receive: Receive) -> Given:
        upload = self._blobs.upload(wanted.repository, wanted.reference)
        if upload is None:
            return _unknown_upload()
        begin = request.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
        if upload.is_busy or (begin and begin != str(upload.size)):
            return _under_way(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, upload)
        await self._receive(request, upload, receive)
        return _under_way(HTTPStatus.ACCEPTED, upload)

    async def _finish(self, request: Request, wanted: RequestedAccess, receive: Receive) -> Given:
        upload = self._blobs.upload(wanted.repository, wanted.reference)
        if upload is None:
            return _unknown_upload()
        if upload.is_busy:
            return _under_way(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, upload)
        return await self._receive_all(request, upload, wanted, receive)

    async def _progress(self, _request: Request, wanted: RequestedAccess, _receive: Receive) -> Given:
        upload = self._blobs.upload(wanted.repository, wanted.reference)
        return _unknown_upload() if upload is None else _under_way(HTTPStatus.NO_CONTENT, upload)

    async def _cancel(self, _request: Request, wanted: RequestedAccess, _receive: Receive) -> Given:
        upload = self._blobs.upload(wanted.repository, wanted.reference)
        if upload is None:
            return _unknown_upload()
        self._blobs.cancel(upload)
        return int(HTTPStatus.NO_CONTENT), dict(VERSION), b""

    async def _receive(self, request: Request, upload: Upload, receive: Receive) -> None:
        with upload.adding() as add:
            async for part in bodies.parts(receive, request.content_length, blobs.LARGEST - upload.size):
                add(part)

    async def _receive_all(self, request: Request, upload: Upload, wanted: RequestedAccess, receive: Receive) -> Given:
        """Take what is left of a blob, and keep it where it is of the digest in the query."""
        await self._receive(request, upload, receive)
        digest = _first(request, "digest")
        if not await asyncio.to_thread(self._blobs.finish, upload, digest):
            message = "The uploaded blob is not of the digest that was stated."
            return registry_error(HTTPStatus.BAD_REQUEST, "DIGEST_INVALID", message)
        return _made(wanted, f"blobs/{digest}", digest)

    async def _put_manifest(self, request: Request, wanted: RequestedAccess, receive: Receive) -> Given:
        body = await bodies.read(receive, request.content_length, Limit(manifests.LARGEST))
        content, media_type = bytes(body.content), request.headers.get("content-type", "")
        digest = wanted.reference if ":" in wanted.reference else None
        manifests.check_manifest(content, media_type, digest, self._there(wanted.repository))
        self._signatures.pushed(wanted.repository, content, self._guard.key_of(request) or "")
        return images.put_manifest(wanted.repository, wanted.reference, media_type, content)

    def fault_of(self, repository: str, manifest: bytes, media_type: str, digest: str | None) -> tuple[str, str] | None:
        """Give code and message of what ECR's PutImage refuses in a manifest; None where nothing is wrong."""
        try:
            manifests.check_manifest(manifest, media_type, digest, self._there(repository))
        except ManifestError as error:
            return error.ecr_code, error.message
        return None

    def _there(self, repository: str) -> There:
        """Report what a repository of the account and region that are acted in holds."""

        def blob_size(digest: str) -> int | None:
            file = self._blobs.file(repository, digest)
            return None if file is None else file.stat().st_size

        return There(blob_size, lambda digest: images.has_manifest(repository, digest))


def _first(request: Request, name: str) -> str:
    return request.query.get(name, [""])[0]


def _made(wanted: RequestedAccess, path: str, digest: str) -> Answer:
    location = f"/v2/{wanted.repository}/{path}"
    return int(HTTPStatus.CREATED), {"Location": location, "Docker-Content-Digest": digest, **VERSION}, b""


def _under_way(status: HTTPStatus, upload: Upload) -> Answer:
    headers = {
        "Location": f"/v2/{upload.repository}/blobs/uploads/{upload.identifier}",
        "Range": f"0-{max(0, upload.size - 1)}",
        "Docker-Upload-UUID": upload.identifier,
        **VERSION,
    }
    return int(status), headers, b""


def _unknown_upload() -> Answer:
    return registry_error(HTTPStatus.NOT_FOUND, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
