"""ECR's scans: DescribeImageScanFindings, and which kind of scan the registry has.

An image is scanned when its findings are asked for: what a scan on push has come to by then; of the first time
EventBridge is told. Findings of more than one page are not divided.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from local_aws.ministack import adapter, images
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.cloudformation.events import Publisher
from local_aws.platform.json_store import Records
from local_aws.services.ecr.blobs import Blobs
from local_aws.services.ecr.scanning.announcements import events_of
from local_aws.services.ecr.scanning.findings import BASIC, ENHANCED, described, vulnerabilities
from local_aws.services.ecr.scanning.layers import UnreadableError, files_of
from local_aws.services.ecr.scanning.packages import packages

CONFIGURATION = "configuration"
UNSUPPORTED = "UnsupportedImageError: The operating system and/or package manager are not supported."
Json = Mapping[str, Any]


class RefusedError(Exception):
    """A request is refused; ``code`` is ECR's name for the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Scans:
    """The scans of an account and region, whose layers are ``blobs``."""

    def __init__(self, blobs: Blobs, records: Records, account_id: str, publish: Publisher) -> None:
        self._blobs = blobs
        self._records = records
        self._account_id = account_id
        self._publish = publish
        self._operations: Mapping[str, Callable[[Json], Json]] = {
            "DescribeImageScanFindings": self._describe,
            "GetRegistryScanningConfiguration": self._get_configuration,
            "PutRegistryScanningConfiguration": self._put_configuration,
        }

    def install(self) -> None:
        """Answer these operations in place of MiniStack, which lacks them."""

        async def before(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
            del method, path, query
            operation = self._operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
            if operation is None:
                return None
            try:
                # Reading layers takes a second or two, in which others are answered.
                content: Json = await asyncio.to_thread(operation, json.loads(body))
                status = HTTPStatus.OK
            except RefusedError as error:
                content, status = {"__type": error.code, "message": str(error)}, HTTPStatus.BAD_REQUEST
            return int(status), {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(content).encode()

        adapter.guard("ecr", before)

    def _describe(self, asked: Json) -> Json:
        name, wanted = str(asked.get("repositoryName", "")), asked.get("imageId", {})
        repository, image = images.repository(name), images.find(name, wanted)
        registry = f"the registry with id '{self._account_id}'"
        if repository is None:
            message = f"The repository with name '{name}' does not exist in {registry}"
            raise RefusedError("RepositoryNotFoundException", message)
        told = f"{{imageDigest:'{wanted.get('imageDigest', 'null')}', imageTag:'{wanted.get('imageTag', 'null')}'}}"
        place = f"the repository with name '{name}' in {registry}"
        if image is None:
            message = f"The image with imageId {told} does not exist within {place}"
            raise RefusedError("ImageNotFoundException", message)
        kind = self._kind()
        if kind == BASIC and not repository.get("imageScanningConfiguration", {}).get("scanOnPush"):
            message = f"Image scan does not exist for the image with {told} in {place}"
            raise RefusedError("ScanNotFoundException", message)
        tag = {"imageTag": wanted["imageTag"]} if "imageTag" in wanted else {}
        identity = {"imageDigest": image["imageDigest"], **tag}
        about = {"registryId": self._account_id, "repositoryName": name, "imageId": identity}
        scanned = self._scanned(name, image, kind)
        self._tell_once(name, image, scanned, kind)
        return {**about, **scanned}

    def _tell_once(self, name: str, image: Json, scanned: Json, kind: str) -> None:
        key = f"{kind} {name}@{image['imageDigest']}"
        if self._records.get(key) is not None:
            return
        self._records.put(key, {"told": True})
        resources = [str((images.repository(name) or {}).get("repositoryArn", ""))]
        for source, detail_type, detail in events_of(name, image, scanned, kind):
            self._publish(source=source, detail_type=detail_type, detail=detail, resources=resources)

    def _scanned(self, name: str, image: Json, kind: str) -> Json:
        layers = [layer.get("digest", "") for layer in json.loads(image["imageManifest"]).get("layers", [])]
        files = [self._blobs.file(name, digest) for digest in layers]
        try:
            found = list(packages(files_of([file for file in files if file is not None])))
        except UnreadableError:
            found = []
        if None in files or not [one for one in found if kind == ENHANCED or one.manager == "OS"]:
            return {"imageScanStatus": {"status": "UNSUPPORTED_IMAGE", "description": UNSUPPORTED}}
        status = ("ACTIVE", "Continuous scan is selected for image.")
        if kind == BASIC:
            status = ("COMPLETE", "The scan was completed successfully.")
        return {
            "imageScanStatus": {"status": status[0], "description": status[1]},
            "imageScanFindings": {
                "imageScanCompletedAt": image["imagePushedAt"],
                "vulnerabilitySourceUpdatedAt": image["imagePushedAt"],
                **described(vulnerabilities(found, kind), kind),
            },
        }

    def _kind(self) -> str:
        return str((self._records.get(CONFIGURATION) or {}).get("scanType", BASIC))

    def _get_configuration(self, _asked: Json) -> Json:
        found = self._records.get(CONFIGURATION) or {"scanType": BASIC, "rules": []}
        return {"registryId": self._account_id, "scanningConfiguration": found}

    def _put_configuration(self, asked: Json) -> Json:
        kind = asked.get("scanType", BASIC)
        if kind not in (BASIC, ENHANCED):
            raise RefusedError("ValidationException", f"scanType is {kind!r}; allowed are {BASIC} and {ENHANCED}.")
        kept = {"scanType": kind, "rules": asked.get("rules", [])}
        self._records.put(CONFIGURATION, kept)
        return {"registryScanningConfiguration": kept}
